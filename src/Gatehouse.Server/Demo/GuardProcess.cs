using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gatehouse.Server.Demo;

/// <summary>`gatehouse serve` as a process of its own: what the demonstration asks is the real thing.</summary>
internal sealed partial class GuardProcess : IAsyncDisposable
{
    /// <summary>A busy machine takes seconds to start it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Listening = "listening at ";
    private const int Terminate = 15;
    private const int DropFromBoundingSet = 24;
    private const int ReadAnything = 1;
    private const int SearchAnything = 2;

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _complaints = [];

    private GuardProcess(Process process, StreamWriter log) => (_process, _log) = (process, log);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Ends when the process does.</summary>
    public Task Ended => _process.WaitForExitAsync();

    /// <summary>Starts it.</summary>
    /// <param name="configuration">Its gatehouse.yaml.</param>
    /// <param name="log">Where its decisions go, a line each.</param>
    /// <param name="complaints">What it said where it did not start.</param>
    /// <returns>Null: it did not start.</returns>
    public static async Task<GuardProcess?> StartAsync(string configuration, string log, List<string> complaints)
    {
        var program = Environment.ProcessPath!;
        string[] arguments = ["serve", "--config", configuration];
        // Run by `dotnet gatehouse-server.dll`, as some packagers do.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") arguments = [Path.Combine(AppContext.BaseDirectory, "gatehouse-server.dll"), .. arguments];
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

        // Root may read every file, and would show nothing of permissions: the child does without that privilege, and so does not get it back.
        if (Environment.IsPrivilegedProcess)
        {
            _ = Control(DropFromBoundingSet, ReadAnything, 0, 0, 0);
            _ = Control(DropFromBoundingSet, SearchAnything, 0, 0, 0);
        }

        var guard = new GuardProcess(Process.Start(start)!, new StreamWriter(log, append: true) { AutoFlush = true });
        guard._process.OutputDataReceived += (_, line) => guard.Take(line.Data);
        guard._process.ErrorDataReceived += (_, line) => guard.Hear(line.Data);
        guard._process.BeginOutputReadLine();
        guard._process.BeginErrorReadLine();
        await Task.WhenAny(guard._address.Task, guard.Ended, Task.Delay(Patience, TimeProvider.System));
        if (guard._address.Task.IsCompletedSuccessfully && guard._address.Task.Result is { } address)
        {
            guard.Address = address;
            return guard;
        }

        await guard.DisposeAsync();
        complaints.AddRange(guard._complaints);
        return null;
    }

    /// <summary>Stops it gracefully, and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _ = Kill(_process.Id, Terminate);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_log) _log.WriteLine(line);
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0 && Uri.TryCreate(line[(at + Listening.Length)..].Split(',')[0].Trim(), UriKind.Absolute, out var address)) _address.TrySetResult(address);
        else if (_address.Task.IsCompleted) Console.Error.WriteLine(line);
        else lock (_complaints) _complaints.Add(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);
}
