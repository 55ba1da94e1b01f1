using System.Text;

namespace Gatehouse.Cli.Output;

/// <summary>Completion for three shells, without calling the program while somebody types.</summary>
internal static class CompletionScript
{
    /// <summary>For ~/.bashrc: <c>source &lt;(gatehouse completion bash)</c>.</summary>
    public static string Bash(IReadOnlyList<CommandLine> tree)
    {
        var script = new StringBuilder("# bash completion of gatehouse: source <(gatehouse completion bash)\n_gatehouse() {\n")
            .Append("    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n    COMPREPLY=()\n")
            .Append("    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '").Append(string.Join(' ', tree.Select(command => command.Name))).Append(" --help --version' -- \"$cur\"))\n        return\n    fi\n    case $command in\n");
        foreach (var command in tree.Where(command => command.Options.Count > 0 || command.Words.Count > 0))
        {
            script.Append("    ").Append(command.Name).Append(")\n");
            var values = command.Options.Where(option => option.Value is not null && !TakesFile(option)).SelectMany(option => option.Names).ToList();
            if (values.Count > 0) script.Append("        case $prev in ").Append(string.Join('|', values)).Append(") return ;; esac\n");
            script.Append("        case $cur in -*) COMPREPLY=($(compgen -W '").Append(string.Join(' ', command.Options.SelectMany(option => option.Names).Append("--help"))).Append("' -- \"$cur\")); return ;; esac\n");
            if (command.Words.Count > 0) script.Append("        COMPREPLY=($(compgen -W '").Append(string.Join(' ', command.Words)).Append("' -- \"$cur\"))\n        return\n");
            script.Append("        ;;\n");
        }

        return script.Append("    esac\n    COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _gatehouse gatehouse\n").ToString();
    }

    /// <summary>For a file <c>_gatehouse</c> in a folder of $fpath.</summary>
    public static string Zsh(IReadOnlyList<CommandLine> tree)
    {
        var script = new StringBuilder("#compdef gatehouse\n# zsh completion of gatehouse: gatehouse completion zsh > a folder of $fpath, as _gatehouse\n_gatehouse() {\n    local -a commands\n    commands=(\n");
        foreach (var command in tree) script.Append("        '").Append(command.Name).Append(':').Append(Plain(command.What)).Append("'\n");
        script.Append("    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    fi\n    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n");
        foreach (var command in tree)
        {
            script.Append("    ").Append(command.Name).Append(")\n        _arguments -s");
            foreach (var option in command.Options)
            {
                foreach (var name in option.Names)
                {
                    script.Append(" \\\n            '*").Append(name).Append('[').Append(Plain(option.What)).Append(']');
                    if (option.Value is { } value) script.Append(':').Append(Plain(value)).Append(':').Append(TakesFile(option) ? "_files" : " ");
                    script.Append('\'');
                }
            }

            script.Append(" \\\n            '*: :").Append(command.Words.Count > 0 ? $"({string.Join(' ', command.Words)})" : "_files").Append("'\n        ;;\n");
        }

        return script.Append("    esac\n}\n_gatehouse \"$@\"\n").ToString();
    }

    /// <summary>For ~/.config/fish/completions/gatehouse.fish.</summary>
    public static string Fish(IReadOnlyList<CommandLine> tree)
    {
        var script = new StringBuilder("# fish completion of gatehouse: gatehouse completion fish > ~/.config/fish/completions/gatehouse.fish\n");
        foreach (var command in tree)
        {
            script.Append("complete -c gatehouse -f -n __fish_use_subcommand -a ").Append(command.Name).Append(" -d '").Append(Plain(command.What)).Append("'\n");
            var condition = $"-n '__fish_seen_subcommand_from {command.Name}'";
            foreach (var option in command.Options)
            {
                script.Append("complete -c gatehouse ").Append(condition);
                foreach (var name in option.Names) script.Append(name.StartsWith("--", StringComparison.Ordinal) ? " -l " : " -s ").Append(name.TrimStart('-'));
                if (option.Value is not null) script.Append(TakesFile(option) ? " -r -F" : " -x");
                script.Append(" -d '").Append(Plain(option.What)).Append("'\n");
            }

            if (command.Words.Count > 0) script.Append("complete -c gatehouse -f ").Append(condition).Append(" -a '").Append(string.Join(' ', command.Words)).Append("'\n");
        }

        return script.ToString();
    }

    private static bool TakesFile(OptionLine option) => option.Value is { } value && (value.Contains("FILE", StringComparison.Ordinal) || value.Contains("DIR", StringComparison.Ordinal));

    // Quotes, brackets and colons mean something to the shells.
    private static string Plain(string text) => text.Replace("'", "", StringComparison.Ordinal).Replace("[", "(", StringComparison.Ordinal).Replace("]", ")", StringComparison.Ordinal).Replace(":", ",", StringComparison.Ordinal);
}
