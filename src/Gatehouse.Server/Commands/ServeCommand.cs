using System.CommandLine;
using Gatehouse.Server.Hosting;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse serve`.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = ConfigurationOption.Create();
        var command = new Command("serve", "Run the Guard") { config };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var server = await GuardServer.StartAsync(parsed.GetValue(config)!, cancellation);
            if (server is null) return ServerCommands.Usage;
            await server.WaitAsync();
            return 0;
        });
        return command;
    }
}
