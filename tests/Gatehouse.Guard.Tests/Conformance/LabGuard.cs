using System.Collections.Concurrent;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.StaticFiles;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Guard.Tests.Authentication;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>The policy that all conformance rows use, over real accounts, sessions, tokens and files, on a real Kestrel; what reaches the content is recorded.</summary>
public sealed class LabGuard : IAsyncLifetime
{
    /// <summary>Blocked.</summary>
    internal const byte Blocked = 66;

    /// <summary>In a country that nothing below /geo is open to.</summary>
    internal const byte Abroad = 77;

    /// <summary>A client of the one trusted proxy there is.</summary>
    internal const byte Proxy = 88;

    internal const string Issuer = "https://login.example.com";

    private readonly Folder _folder = new();
    private readonly ConcurrentQueue<string> _served = new();
    private readonly TokenSigner _signer = TokenSigner.Ec("e1");
    private TokenKeySources? _keys;
    private BearerAuthenticator? _bearer;
    private RunningGuard? _guard;

    /// <summary>How much callers are told; set before a request.</summary>
    internal ExplainLevel Explain { get; set; } = ExplainLevel.Helpful;

    /// <summary>What the authenticator of the scheme ApiKey does: a plug point for faults.</summary>
    internal Func<ValueTask<Outcome>> Key { get; set; } = () => new(Outcome.None.Instance);

    /// <summary>What stands in for the content; null: the files.</summary>
    internal SiteContent? Content { get; set; }

    internal Lab Lab { get; } = new();

    internal RunningGuard Guard => _guard!;

    internal string Root => _folder.File("site");

    /// <summary>All paths that were served since the last look.</summary>
    internal IReadOnlyList<string> TakeServed()
    {
        var served = _served.ToArray();
        _served.Clear();
        return served;
    }

    public async ValueTask InitializeAsync()
    {
        await Lab.AddAsync("alice", "admin");
        await Lab.AddAsync("bob");
        _folder.Write("jwks.json", TokenSigner.Set(_signer));
        _keys = new(Lab.Time);
        _bearer = BearerAuthenticator.TryCreate([new TokenSettings { Issuer = Issuer, Audiences = ["lab"], KeysFile = _folder.File("jwks.json") }], "lab", _keys, Lab.Time, out var error);
        Assert.Null(error);
        foreach (var file in new[] { "index.html", "public/x", "admin/x", "files/x.txt", "hidden/x", "account/x", "trial/x", "strict/x", "geo/x", "apikeys/x", "recent/x", "api/x", "admin/index.html", "open/unreadable" })
        {
            var path = Path.Combine(Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "content of " + file);
        }

        Directory.CreateDirectory(Path.Combine(Root, "open/bare"));
        File.CreateSymbolicLink(Path.Combine(Root, "open/link"), "/etc/hostname");
        File.CreateSymbolicLink(Path.Combine(Root, "account/link"), "/etc/hostname");

        var files = new StaticSite(new() { Root = Root });
        IReadOnlyList<IAuthenticator> authenticators = [Lab.Cookie, Lab.Basic, _bearer!, new PluggedKey(this)];
        var policy = AccessPolicy.Load(
            [Refusal("network 127.0.0.66", 1), Refusal("network 203.0.113.0/24", 2), Refusal("network 2001:db8:bad::/48", 3)],
            [
                Rule("/", "anyone", 10), Rule("/public/**", "anyone", 11), Rule("/open/**", "anyone", 12), Rule("/files/**", "anyone", 13),
                Rule("/admin/**", "role admin", 14), Rule("/api/**", "scope read", 15), Rule("POST /api/**", "scope write", 16), Rule("/apikeys/**", "anyone", 17),
                Rule("/paid/**", "subscription premium", 18), Rule("/geo/**", "country DE", 19), Rule("/account/**", "signed-in", 20), Rule("/nobody/**", "nobody", 21),
                Rule("/hidden/**", "role admin", 22) with { Hide = true }, Rule("/locked/**", "nobody", 23) with { Hide = true },
                Rule("/trial/**", "role admin", 24) with { ReportOnly = true }, Rule("/strict/**", "anyone", 25) with { Strict = true },
                Rule("/recent/**", "role admin and within 5m", 26), Rule("/said/**", "nobody", 27) with { Say = "Closed for <b>repairs</b>", Contact = "desk@example.com" },
                Rule("/night/**", "hours 03:00-03:01", 28), Rule("/hidden-open/**", "anyone", 29) with { Hide = true }, Rule("/only-get/**", "method GET", 30),
            ],
            new PolicySurroundings
            {
                OpenList = name => (null, $"no list {name}"),
                CountriesKnown = true,
                Schemes = authenticators.ToDictionary(authenticator => authenticator.Scheme, authenticator => authenticator.Abilities),
            },
            out var faults);
        Assert.True(policy is not null, string.Join("; ", faults));

        GuardedSite? Site(string host) => host is "lab.test" or "127.0.0.1" ? new()
        {
            Name = "lab.test",
            Policy = policy,
            Authenticators = authenticators,
            Explain = Explain,
            ClearSessionCookie = SessionCookie.Clear(SessionCookie.Name(false), false),
            SignInForm = (context, facts) => new("/.gatehouse/sign-in", facts.Path, "token", "a\"b<c", "form=1; Path=/", null),
            Content = (context, facts, who) =>
            {
                _served.Enqueue($"{facts.Method} {facts.Path} {who?.Name}".TrimEnd());
                return Content is { } other ? other(context, facts, who) : files.ServeAsync(context, facts, who);
            },
        } : null;
        _guard = await RunningGuard.StartAsync(Site, new()
        {
            Time = Lab.Time,
            CountryOf = address => address.GetAddressBytes()[^1] == Abroad ? "KP" : "DE",
            TrustedProxies = [new(new([127, 0, 0, Proxy]), 32), new(new([10, 0, 0, 0]), 8)],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_guard is not null) await _guard.DisposeAsync();
        _keys?.Dispose();
        _signer.Dispose();
        Lab.Dispose();
        _folder.Dispose();
    }

    internal static string As(string user, string password = Lab.Password) => "Authorization: " + Lab.Basic64(user, password);

    internal string Token(string name, string? scope, long expiresIn = 600, string audience = "lab") => "Authorization: Bearer " + _signer.Sign(new Dictionary<string, object?>
    {
        ["iss"] = Issuer,
        ["sub"] = name,
        ["aud"] = audience,
        ["iat"] = Lab.Time.GetUtcNow().ToUnixTimeSeconds() - 1000,
        ["exp"] = Lab.Time.GetUtcNow().ToUnixTimeSeconds() + expiresIn,
        ["scope"] = scope,
    });

    internal async Task<string> SessionOfAsync(string user)
    {
        var account = await Lab.Accounts.FindAsync(user, default);
        Lab.Sessions.Begin("lab.test", account!, "127.0.0.1", "test", out var cookie);
        return $"Cookie: {SessionCookie.Name(false)}={cookie}";
    }

    /// <summary>
    /// What every row checks of a refusal: the status; that nothing reached the content; that the body says no more than it may;
    /// that the operator finds the cause under the incident of the answer.
    /// </summary>
    internal async Task<Answer> RefusedAsync(Answer answer, int status, string? cause, int? recorded = null)
    {
        Assert.Equal(status, answer.Status);
        Assert.Empty(TakeServed());
        Assert.Equal("no-store", answer["Cache-Control"]);
        Assert.Equal(status == 401, answer.All("WWW-Authenticate").Count > 0 && status == 401);
        var incident = await Guard.IncidentAsync(answer["Gatehouse-Incident"]);
        Assert.Equal(recorded ?? status, incident.GetProperty("status").GetInt32());
        Assert.Equal(cause, incident.TryGetProperty("cause", out var recordedCause) ? recordedCause.GetString() : null);
        if (answer["Content-Type"] == "application/problem+json" && answer.Bytes.Length > 0)
        {
            Assert.Equal(answer["Gatehouse-Incident"], answer.Json.GetProperty("incident").GetString());
            Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
        }

        Assert.DoesNotContain(Lab.Password, answer.Body, StringComparison.Ordinal);
        return answer;
    }

    private static RuleText Rule(string pattern, string words, int line) => new() { Pattern = pattern, Words = words, File = "lab.yaml", Line = line };

    private static RuleText Refusal(string words, int line) => new() { Words = words, File = "lab.yaml", Line = line };

    private sealed class PluggedKey(LabGuard lab) : IAuthenticator
    {
        public Scheme Scheme => Scheme.ApiKey;

        public SchemeAbilities Abilities => SchemeAbilities.Scopes;

        public bool IsExplicit => true;

        public ValueTask<Outcome> AuthenticateAsync(Microsoft.AspNetCore.Http.HttpRequest request, Facts facts, CancellationToken cancellation) => lab.Key();

        public string Challenge(ChallengeReason reason) => "ApiKey realm=\"lab\"";
    }
}
