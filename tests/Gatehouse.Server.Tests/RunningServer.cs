using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.Server.Tests;

/// <summary>`gatehouse serve` as a process on a free port, stopped by its id.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly StringBuilder _complained = new();

    private RunningServer(Process process) => _process = process;

    /// <summary>Where it listens; the first of several.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What stands on its standard error so far.</summary>
    public string Complained
    {
        get
        {
            lock (_complained) return _complained.ToString();
        }
    }

    /// <summary>What stands on its standard output so far: a line of JSON a decision.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    public static Task<RunningServer> StartAsync(SiteFolder site) => StartAsync("serve", "--config", site.Configuration);

    /// <summary>Starts any command that serves, and waits until it says where.</summary>
    public static Task<RunningServer> StartAsync(params string[] arguments) => StartAsync(said: false, arguments);

    /// <summary>The same for one that says it on its standard output.</summary>
    public static Task<RunningServer> StartAsync(bool said, params string[] arguments) => StartAsync(ServerProgram.Start(arguments), said);

    /// <summary>The same for a process that was started in another way, or in other surroundings.</summary>
    public static async Task<RunningServer> StartAsync(Process process, bool said = false)
    {
        var server = new RunningServer(process);
        server._process.OutputDataReceived += (_, line) => Take(server._said, line.Data);
        server._process.ErrorDataReceived += (_, line) => Take(server._complained, line.Data);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        Match? listening = null;
        await server.UntilAsync(() => (listening = Listening().Match(said ? server.Said : server.Complained)).Success);
        server.Address = new Uri(listening!.Groups[1].Value);
        return server;
    }

    /// <summary>Waits; fails with what it complained of when it ends before, or never does.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var begun = Stopwatch.StartNew();
        while (!condition())
        {
            if (_process.HasExited || begun.Elapsed > Patience) throw new InvalidOperationException($"it {(_process.HasExited ? $"ended with {_process.ExitCode}" : "did not get there")}: {Complained}{Said}");
            await Task.Delay(25);
        }
    }

    /// <summary>Asks one thing on a connection of its own.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="basic">name:password; null: nobody.</param>
    /// <param name="from">The last part of the loopback address from which it is asked.</param>
    /// <param name="method">The method.</param>
    /// <param name="fields">Further fields.</param>
    public async Task<HttpResponseMessage> AskAsync(string path, string? basic = null, byte from = 1, string method = "GET", params (string Name, string Value)[] fields)
    {
        using var client = Client(from);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (basic is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    /// <summary>A client that follows nothing and takes any certificate, from that loopback address.</summary>
    public static HttpClient Client(byte from = 1, CookieContainer? cookies = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = cookies is not null,
        CookieContainer = cookies ?? new(),
#pragma warning disable CA5359 // the tests make their own certificates, on loopback
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            if (from != 1) socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            if (from != 1) socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, from]), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    }, disposeHandler: true);

    /// <summary>Sends a signal (15: end, 2: interrupt, 1: look at the configuration again).</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Asks it to end, and hands out its exit status.</summary>
    public async Task<int> StopAsync(int signal = 15)
    {
        if (!_process.HasExited) Signal(signal);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }
    }

    private static void Take(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    [GeneratedRegex(@"(?:listening at|The site is at) (https?://[^\s,]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Listening();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
