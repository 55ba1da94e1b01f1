using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Guard.SignIn;
using Gatehouse.Server.Commands;

namespace Gatehouse.Server.Tests.Commands;

/// <summary>What `gatehouse check` says and what the running Guard answers, for policies and requests by chance.</summary>
public sealed class CheckAgreementTests
{
    private const string Password = "correct horse battery";

    private static readonly bool Nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
    private static readonly string[] Atoms =
    [
        "anyone", "nobody", "signed-in", "role admin", "role editor", "user alice", "network 127.0.0.0/8", "network 127.0.0.2", "method GET", "scope read", "subscription premium", "within 10m", "two-factor",
    ];

    private static readonly string[] Patterns = ["/**", "/", "/a/**", "/a/b/**", "POST /a/**", "/**/*.key", "/c/x", "GET /c/**"];
    private static readonly string[] Paths = ["/", "/a/x", "/a/b/x", "/c/x", "/c/k.key", "/a/../c/x", "/a//b/./x", "/a%2fb", "/d/x"];

    [Fact]
    public async Task Check_says_what_the_running_Guard_answers()
    {
        await using var upstream = Upstream.Start();
        using var site = new SiteFolder(Policy(new Random(-1), upstream.Address));
        foreach (var (user, role) in new[] { ("alice", "admin"), ("bob", "reader") })
            (await ServerProgram.RunWithAsync(Password + "\n", "user", "add", user, "--role", role, "--password-stdin", "--config", site.Configuration)).With(0);
        var key = (await ServerProgram.RunAsync("key", "add", "--user", "bob", "--scope", "read", "--config", site.Configuration)).With(0).Out.Trim();
        (string Name, string Value)?[] credentials =
        [
            null, null, ("Authorization", Basic("alice")), ("Authorization", Basic("bob")), ("X-API-Key", key), ("X-API-Key", key + "x"), ("Authorization", "Bearer x.y.z"), ("Authorization", "Basic ?"),
        ];
        await using var server = await RunningServer.StartAsync(site);
        var compared = 0;
        for (var (seed, policies) = (0, 0); policies < (Nightly ? 200 : 10); seed++)
        {
            var chance = new Random(seed);
            site.Write("trial.yaml", Policy(chance, upstream.Address));
            using var parts = SignInParts.Create(TimeProvider.System);
            // What no Guard would start with is no policy; there is nothing to compare.
            if (CheckCommand.Open(site["trial.yaml"], parts) is not { } offline) continue;
            using var sites = offline.Sites;
            policies++;
            var renewals = Renewals(server);
            File.Move(site["trial.yaml"], site.Configuration, overwrite: true);
            server.Signal(1);
            await server.UntilAsync(() => Renewals(server) > renewals);
            for (var i = 0; i < 25; i++, compared++)
            {
                var (method, path, from, credential) = (chance.Next(3) == 0 ? "POST" : "GET", Paths[chance.Next(Paths.Length)], (byte)(chance.Next(3) switch { 0 => 1, 1 => 2, _ => 66 }), credentials[chance.Next(credentials.Length)]);
                (string Name, string Value)[] fields = credential is { } one ? [("Accept", "application/problem+json"), one] : [("Accept", "application/problem+json")];
                var url = new Uri(server.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
                var said = await offline.Guard.AskAsync(method, url, new IPAddress([127, 0, 0, from]), null, null, fields);
                var answered = await AnswerAsync(server, method, url, from, fields);
                if (answered != Told(said))
                {
                    // Another tick may have read the file before it was whole in force: what is true stays true.
                    await Task.Delay(1500);
                    answered = await AnswerAsync(server, method, url, from, fields);
                }

                Assert.True(Told(said) == answered, $"seed {seed}: {method} {path} from {from} with {credential?.Name} {credential?.Value.Split(' ')[0]}\ncheck says {Told(said)}\nthe Guard {answered}\n{await File.ReadAllTextAsync(site.Configuration)}");
            }
        }

        Assert.True(compared >= 250, $"{compared}");
    }

    private static string Told(OfflineAnswer said) => $"{said.Status} {said.Cause} {string.Join(" | ", said.Challenges)}";

    private static async Task<string> AnswerAsync(RunningServer server, string method, Uri url, byte from, (string Name, string Value)[] fields)
    {
        using var client = RunningServer.Client(from);
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        var status = (int)answer.StatusCode;
        string? cause = null;
        if (status != 200 && answer.Headers.TryGetValues("Gatehouse-Incident", out var ids))
        {
            var id = ids.Single();
            await server.UntilAsync(() => server.Said.Contains(id, StringComparison.Ordinal));
            var line = JsonDocument.Parse(server.Said.Split('\n').First(line => line.Contains(id, StringComparison.Ordinal))).RootElement;
            cause = line.TryGetProperty("cause", out var known) ? known.GetString() : null;
        }

        return $"{status} {cause} {string.Join(" | ", answer.Headers.TryGetValues("WWW-Authenticate", out var challenges) ? challenges : [])}";
    }

    private static int Renewals(RunningServer server) => server.Complained.Split("was read again and is in force").Length;

    private static string Basic(string user) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Password}"));

    private static string Policy(Random chance, string upstream)
    {
        var text = new StringBuilder($"listen: http://127.0.0.1:0\nupstream: {upstream}\nsign-in: {{ users: gatehouse.db, basic: true, tokens: {{ issuer: https://login.example.com, audience: a }} }}\nrefuse:\n  - network 127.0.0.66\nrules:\n");
        var rules = 0;
        foreach (var pattern in Patterns)
        {
            if (chance.Next(2) == 0 && rules > 0) continue;
            rules++;
            var words = chance.Next(3) switch { 0 => Atom(chance), 1 => $"{Atom(chance)} and {Atom(chance)}", _ => $"{Atom(chance)} or {Atom(chance)}" };
            text.Append(chance.Next(8) == 0 ? $"  \"{pattern}\": {{ allow: {words}, hide: true }}\n" : chance.Next(10) == 0 ? $"  \"{pattern}\": {{ allow: {words}, strict: true }}\n" : $"  \"{pattern}\": {words}\n");
        }

        return text.ToString();
    }

    private static string Atom(Random chance) => Atoms[chance.Next(Atoms.Length)];

    /// <summary>Answers 200 to everything, so that what is allowed shows.</summary>
    private sealed class Upstream : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private Task _serving = Task.CompletedTask;

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public static Upstream Start()
        {
            var upstream = new Upstream();
            upstream._listener.Start();
            upstream._serving = upstream.ServeAsync();
            return upstream;
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    _ = await stream.ReadAsync(new byte[8192]);
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or IOException)
            {
            }
        }
    }
}
