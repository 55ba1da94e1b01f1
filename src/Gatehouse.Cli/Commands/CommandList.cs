using System.CommandLine;

namespace Gatehouse.Cli.Commands;

/// <summary>Every command of `gatehouse`. A new one is one file and one line here; those of the server program stand in <see cref="ServerCommand"/>.</summary>
internal static class CommandList
{
    /// <summary>Bad usage (contract.md, "Exit status").</summary>
    public const int Usage = 2;

    /// <summary>In the order of the help.</summary>
    public static IReadOnlyList<Command> All =>
    [
        WhyCommand.Create(),
    ];

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length > 0 && ServerCommand.All.Any(command => command.Name == args[0])) return await ServerCommand.RunAsync(args);
        var root = new RootCommand("Gatehouse gets refusals right: it finds out why a server answered 401 or 403, and stands in front of sites to answer the right one.");
        foreach (var command in All) root.Subcommands.Add(command);
        foreach (var (name, what) in ServerCommand.All) root.Subcommands.Add(new Command(name, what));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync("gatehouse: " + error.Message);
            return Usage;
        }

        return await parsed.InvokeAsync();
    }
}
