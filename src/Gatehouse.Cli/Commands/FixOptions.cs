using System.CommandLine;

namespace Gatehouse.Cli.Commands;

/// <summary>The options that `fix` has beyond those of `why`.</summary>
internal sealed class FixOptions
{
    public Option<bool> Apply { get; } = new("--apply") { Description = "carry the edits out; what is not safe by itself is asked about" };

    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "agree to every edit that would be asked about" };

    public Option<string?> Undo { get; } = new("--undo") { HelpName = "ID", Description = "take a fix back; without ID the newest", Arity = ArgumentArity.ZeroOrOne };

    public Option<bool> Force { get; } = new("--force") { Description = "with --undo: also where a file was changed since" };

    public Option<bool> List { get; } = new("--list") { Description = "show the journal of what was changed" };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Apply, Yes, Undo, Force, List];
}
