using System.CommandLine;

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
    ];

    /// <summary>The whole tree, for help, completion and manual.</summary>
    /// <param name="copied">What stood behind <c>--</c>; null: there was none.</param>
    public static RootCommand Root(IReadOnlyList<string>? copied = null)
    {
        var root = new RootCommand("Gatehouse gets refusals right: it finds out why a server answered 401 or 403, and stands in front of sites to answer the right one.");
        foreach (var command in All(copied)) root.Subcommands.Add(command);
        foreach (var (name, what) in ServerCommand.All) root.Subcommands.Add(new Command(name, what));
        return root;
    }

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length > 0 && ServerCommand.All.Any(command => command.Name == args[0])) return await ServerCommand.RunAsync(args);

        // What stands behind `--` is a command line of its own, and is not read by ours.
        var split = Array.IndexOf(args, "--");
        var root = Root(split < 0 ? null : args[(split + 1)..]);
        // `@FILE` is a secret in a file here, never more arguments.
        var parsed = root.Parse(split < 0 ? args : args[..split], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors.Take(1)) await Console.Error.WriteLineAsync("gatehouse: " + error.Message);
            return Usage;
        }

        return await parsed.InvokeAsync();
    }
}
