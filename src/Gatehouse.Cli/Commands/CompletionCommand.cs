using System.CommandLine;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Targets;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse completion bash|zsh|fish`: a script that completes commands, options, causes and files; made from the command tree.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { HelpName = "SHELL", Description = "bash, zsh or fish" };
        shell.CompletionSources.Add(Shells);
        var command = new Command("completion", "a script that completes commands and options in a shell") { shell };
        command.SetAction(parsed => Run(parsed.GetValue(shell)!));
        return command;
    }

    private static int Run(string shell)
    {
        var tree = CommandTree.Of(CommandList.Root());
        switch (shell)
        {
            case "bash":
                Console.Out.Write(CompletionScript.Bash(tree));
                return 0;
            case "zsh":
                Console.Out.Write(CompletionScript.Zsh(tree));
                return 0;
            case "fish":
                Console.Out.Write(CompletionScript.Fish(tree));
                return 0;
            default:
                Console.Error.WriteLine($"gatehouse: no completion for `{Gatehouse.Doctor.Reports.SafeText.Of(shell)}`{Suggestion.Clause(shell, Shells)}; there are bash, zsh and fish");
                return CommandList.Usage;
        }
    }
}
