using System.CommandLine;
using System.CommandLine.Help;
using Gatehouse.Causes;

namespace Gatehouse.Cli.Output;

/// <summary>An option as help, completion and manual show it.</summary>
/// <param name="Names">The long one first.</param>
/// <param name="Value">What it takes: <c>FILE</c>; null: nothing.</param>
/// <param name="What">One sentence.</param>
internal sealed record OptionLine(IReadOnlyList<string> Names, string? Value, string What);

/// <summary>A command with its options.</summary>
/// <param name="Name">As typed.</param>
/// <param name="What">One sentence.</param>
/// <param name="Arguments">Names of its arguments.</param>
/// <param name="Options">In the order of the help.</param>
/// <param name="Words">What its argument may be, for completion; empty: files.</param>
internal sealed record CommandLine(string Name, string What, IReadOnlyList<string> Arguments, IReadOnlyList<OptionLine> Options, IReadOnlyList<string> Words);

/// <summary>The commands, read off the tree that also parses: help, completion and manual can't say something else.</summary>
internal static class CommandTree
{
    /// <summary>All visible commands in order.</summary>
    public static IReadOnlyList<CommandLine> Of(Command root) => [.. root.Subcommands.Where(command => !command.Hidden).Select(Line)];

    private static CommandLine Line(Command command) => new(
        command.Name,
        command.Description ?? "",
        [.. command.Arguments.Select(argument => argument.Name)],
        [.. command.Options.Where(option => !option.Hidden && option is not HelpOption and not VersionOption).Select(option => new OptionLine([option.Name, .. option.Aliases], option.ValueType == typeof(bool) ? null : option.HelpName ?? "VALUE", option.Description ?? ""))],
        command.Name switch
        {
            "causes" => [.. Catalogue.All.Select(cause => cause.Id)],
            "completion" => ["bash", "zsh", "fish"],
            _ => [],
        });
}
