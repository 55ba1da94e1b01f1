using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Proxy;
using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>The Guard in front of an upstream that records every byte and answers what it is told to.</summary>
public sealed class ProxyLab : IAsyncLifetime
{
    /// <summary>The one trusted proxy.</summary>
    internal const byte Proxy = 88;

    private readonly TcpListener _upstream = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ServiceProvider _services;
    private ProxyContent? _content;
    private RunningGuard? _guard;
    private Task? _recording;
    private bool _replaced;

    public ProxyLab()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpForwarder();
        _services = services.BuildServiceProvider();
    }

    internal Lab Lab { get; } = new();

    internal RunningGuard Guard => _guard!;

    /// <summary>What the upstream answers, byte for byte (Latin-1).</summary>
    internal string Reply { get; set; } = Plain;

    /// <summary>What it waits for before it answers.</summary>
    internal Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Disposes of what forwards, as a changed configuration does.</summary>
    internal void Replace()
    {
        _replaced = true;
        _content!.Dispose();
    }

    internal const string Plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>The requests that reached the upstream since the last look.</summary>
    internal IReadOnlyList<string> TakeSeen()
    {
        var seen = _seen.ToArray();
        _seen.Clear();
        return seen;
    }

    /// <summary>The one request that reached it.</summary>
    internal string Seen() => Assert.Single(TakeSeen());

    public async ValueTask InitializeAsync()
    {
        await Lab.AddAsync("alice", "admin", "editor");
        await Lab.AddAsync("bob");
        _upstream.Start();
        _recording = RecordAsync();
        _content = new ProxyContent(_services.GetRequiredService<IHttpForwarder>(), new ProxySettings
        {
            Upstream = new Uri($"http://127.0.0.1:{((IPEndPoint)_upstream.LocalEndpoint).Port}/app"),
            CredentialFields = ["X-API-Key"],
            Cookies = [SessionCookie.Name(true), SessionCookie.Name(false), SessionCookie.FormName(true), SessionCookie.FormName(false)],
        });
        IReadOnlyList<IAuthenticator> authenticators = [Lab.Cookie, Lab.Basic];
        var policy = AccessPolicy.Load(
            [new RuleText { Words = "network 203.0.113.0/24 2001:db8:bad::/48", File = "lab.yaml", Line = 1 }],
            [Rule("/public/**", "anyone", 2), Rule("/admin/**", "role admin", 3), Rule("/account/**", "signed-in", 4), Rule("GET /only/**", "anyone", 5), Rule("/inside/**", "network 127.0.0.1", 6), Rule("/near/**", "network 127.0.0.0/8", 7)],
            new PolicySurroundings { OpenList = name => (null, name), CountriesKnown = false, Schemes = authenticators.ToDictionary(one => one.Scheme, one => one.Abilities) },
            out var faults);
        Assert.True(policy is not null, string.Join("; ", faults));
        _guard = await RunningGuard.StartAsync(
            host => host is "lab.test" ? new() { Name = "lab.test", Policy = policy, Authenticators = authenticators, Content = _content.ServeAsync } : null,
            new() { Time = Lab.Time, TrustedProxies = [new(new([127, 0, 0, Proxy]), 32), new(new([10, 0, 0, 0]), 8)] });
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _upstream.Stop();
        if (_recording is not null) await _recording;
        if (_guard is not null) await _guard.DisposeAsync();
        if (!_replaced) _content?.Dispose();
        await _services.DisposeAsync();
        Lab.Dispose();
        _stopping.Dispose();
    }

    private static RuleText Rule(string pattern, string words, int line) => new() { Pattern = pattern, Words = words, File = "lab.yaml", Line = line };

    private async Task RecordAsync()
    {
        try
        {
            while (true)
            {
                var client = await _upstream.AcceptTcpClientAsync(_stopping.Token);
                _ = AnswerAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    // One connection, one answer: whatever is sent after it would be a request that the Guard never judged.
    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[1 << 16];
                var held = 0;
                int end;
                while ((end = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8)) < 0)
                {
                    var read = await stream.ReadAsync(buffer.AsMemory(held), _stopping.Token);
                    if (read == 0) return;
                    held += read;
                }

                var head = Encoding.Latin1.GetString(buffer, 0, end + 4);
                var length = head.Split("\r\n").Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line[15..], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
                while (held < end + 4 + length)
                {
                    var read = await stream.ReadAsync(buffer.AsMemory(held), _stopping.Token);
                    if (read == 0) break;
                    held += read;
                }

                _seen.Enqueue(Encoding.Latin1.GetString(buffer, 0, held));
                await Hold;
                await stream.WriteAsync(Encoding.Latin1.GetBytes(Reply), _stopping.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException)
            {
            }
        }
    }
}
