using System.CommandLine;

namespace Gatehouse.Server.Commands;

/// <summary>Every command of the server program. A new one is one file and one line here (and one in the list of the command `gatehouse`, which starts this program).</summary>
internal static class ServerCommands
{
    /// <summary>Bad usage.</summary>
    public const int Usage = 2;

    public static IReadOnlyList<Command> All =>
    [
        ServeCommand.Create(),
        DemoCommand.Create(),
        CheckCommand.Create(),
        InitCommand.Create(),
        SchemaCommand.Create(),
        UserCommand.Create(),
        KeyCommand.Create(),
        SessionCommand.Create(),
        BlockCommand.Create(),
        IncidentCommand.Create(),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Gatehouse: stands in front of a site, decides who may pass, answers the right one of 401 and 403, and says why.");
        foreach (var command in All) root.Subcommands.Add(command);
        var parsed = root.Parse(args);
        // An option that is not known would otherwise pass for an argument.
        var unknown = parsed.Tokens.Where(token => token.Type == System.CommandLine.Parsing.TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-' && !args.Contains("--")).Select(token => $"unknown option `{token.Value}`");
        var errors = unknown.Concat(parsed.Errors.Select(error => error.Message)).ToList();
        if (errors.Count > 0)
        {
            foreach (var error in errors) await Console.Error.WriteLineAsync("gatehouse: " + error);
            await Console.Error.WriteLineAsync($"gatehouse: see `gatehouse {string.Join(' ', args.TakeWhile(argument => !argument.StartsWith('-')).Take(1))} --help`".Replace(" `gatehouse  ", " `gatehouse ", StringComparison.Ordinal));
            return Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }
}
