using System.CommandLine;
using System.CommandLine.Help;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Targets;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Commands;

/// <summary>Every command of `gatehouse`. A new one is one file and one line here; those of the server program stand in <see cref="ServerCommand"/>.</summary>
internal static class CommandList
{
    /// <summary>Bad usage (contract.md, "Exit status").</summary>
    public const int Usage = 2;

    /// <summary>In the order of the help.</summary>
    /// <param name="copied">What stood behind <c>--</c>; null: there was none.</param>
    public static IReadOnlyList<Command> All(IReadOnlyList<string>? copied = null) =>
    [
        WhyCommand.Create(copied),
        FixCommand.Create(copied),
        CausesCommand.Create(),
        CompletionCommand.Create(),
        ManualCommand.Create(),
    ];

    /// <summary>The whole tree, for help, completion and manual.</summary>
    /// <param name="copied">What stood behind <c>--</c>; null: there was none.</param>
    public static Command Root(IReadOnlyList<string>? copied = null)
    {
        var root = new Command("gatehouse", "Gatehouse gets refusals right: it finds out why a server answered 401 or 403, and stands in front of sites to answer the right one.");
        foreach (var command in All(copied)) root.Subcommands.Add(command);
        foreach (var (name, what) in ServerCommand.All) root.Subcommands.Add(new Command(name, what));
        var help = new HelpOption();
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        help.Action = new ExamplesFirst((HelpAction)help.Action!);
        root.Options.Add(help);
        root.Options.Add(new VersionOption());
        return root;
    }

    /// <summary>Runs the program; what is neither a command nor an option is a target of `why`.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length > 0 && ServerCommand.All.Any(command => command.Name == args[0])) return await ServerCommand.RunAsync(args);
        if (args.Length == 0) args = ["--help"];

        // What stands behind `--` is a command line of its own, and is not read by ours.
        var split = Array.IndexOf(args, "--");
        var root = Root(split < 0 ? null : args[(split + 1)..]);
        var words = split < 0 ? args : args[..split];
        if (words.Length > 0 && !words[0].StartsWith('-') && root.Subcommands.All(command => command.Name != words[0]) && IsTarget(words[0])) words = ["why", .. words];
        // `@FILE` is a secret in a file here, never more arguments.
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync("gatehouse: " + Sentence(parsed, root));
            return Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static bool IsTarget(string word) => word.Contains("://", StringComparison.Ordinal) || word.Contains('.') || word.Contains('/') || word == "-" || File.Exists(word) || Directory.Exists(word);

    // The parser's own sentences end in a stop, and its suggestions stand on lines of their own.
    private static string Sentence(ParseResult parsed, Command root)
    {
        if (parsed.CommandResult.Command == root && parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-'))
            return $"there is no command `{SafeText.Of(word)}`{Suggestion.Clause(word, root.Subcommands.Select(command => command.Name))}; `gatehouse --help` lists them";
        if (parsed.UnmatchedTokens is [var unknown, ..] && unknown.StartsWith('-'))
            return $"unknown option `{SafeText.Of(unknown)}`{Suggestion.Clause(unknown, parsed.CommandResult.Command.Options.SelectMany(option => option.Aliases.Append(option.Name)))}";
        var text = SafeText.Of(parsed.Errors[0].Message.TrimEnd('.'));
        return char.ToLowerInvariant(text[0]) + text[1..];
    }
}
