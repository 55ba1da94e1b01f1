using System.Diagnostics;

namespace Gatehouse.Cli.Commands;

/// <summary>Commands that the server program carries out: they are handed to it whole, arguments, terminal and exit status.</summary>
internal static class ServerCommand
{
    /// <summary>Their names, with what they do, for the help.</summary>
    public static IReadOnlyList<(string Name, string What)> All { get; } =
    [
        ("serve", "run the Guard"),
        ("demo", "try the Guard on a sample site"),
        ("check", "what would the Guard decide, and why (nothing is sent)"),
        ("init", "write a commented gatehouse.yaml for the site at hand"),
        ("schema", "JSON Schema of gatehouse.yaml"),
        ("user", "administer accounts"),
        ("key", "administer API keys"),
        ("session", "list and end sessions"),
        ("block", "administer the block list"),
        ("incident", "look a refusal of the Guard up"),
    ];

    /// <summary>Where the server program is: the environment's GATEHOUSE_SERVER, else beside this program.</summary>
    private static string Program => Environment.GetEnvironmentVariable("GATEHOUSE_SERVER") is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "gatehouse-server");

    /// <summary>Runs it; 2 with one sentence where it is not installed.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var start = new ProcessStartInfo(Program) { UseShellExecute = false };
        foreach (var argument in args) start.ArgumentList.Add(argument);
        try
        {
            // Ctrl-C reaches both; the server stops gracefully, and we wait for it.
            Console.CancelKeyPress += (_, press) => press.Cancel = true;
            using var process = Process.Start(start)!;
            using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                _ = Signal(process.Id, Terminate);
            });
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            await Console.Error.WriteLineAsync($"gatehouse: the server program {Program} can't be started ({missing.Message}): install it beside this program, or name it in GATEHOUSE_SERVER");
            return CommandList.Usage;
        }
    }

    private const int Terminate = 15;

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
