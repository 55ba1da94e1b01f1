using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>A real server on a free loopback port, stopped by its process id.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process process;

    private RunningProgram(Process process, int port) => (this.process, Port) = (process, port);

    public int Port { get; }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Where a program is; skips the test, with the reason, where it is missing and need not be there.</summary>
    public static string Find(string program)
    {
        foreach (var folder in new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin" })
            if (File.Exists(Path.Combine(folder, program))) return Path.Combine(folder, program);
        if (Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") == "1") Assert.Fail($"{program} is not installed");
        Assert.Skip($"{program} is not installed");
        return "";
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<RunningProgram> StartAsync(int port, string program, string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var said = new System.Text.StringBuilder();
        process.OutputDataReceived += (_, line) => said.AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var running = new RunningProgram(process, port);
        for (var i = 0; i < 300; i++)
        {
            if (process.HasExited) Assert.Fail($"{program} ended: {said}");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return running;
            }
            catch (SocketException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        running.Dispose();
        Assert.Fail($"{program} does not listen on {port}: {said}");
        return running;
    }

    /// <summary>The status of one request, sent octet by octet so that nothing is added to it.</summary>
    public async Task<int> StatusAsync(string method, string target, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var host = headers.Any(header => header.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)) ? "" : $"Host: 127.0.0.1:{Port}\r\n";
        var text = $"{method} {target} HTTP/1.1\r\n{host}{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\nContent-Length: 0\r\n\r\n";
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        return line.Split(' ') is [_, var status, ..] ? int.Parse(status) : 0;
    }

    public void Dispose()
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit(5000);
        }
        catch (InvalidOperationException)
        {
            // it ended by itself
        }

        process.Dispose();
    }
}
