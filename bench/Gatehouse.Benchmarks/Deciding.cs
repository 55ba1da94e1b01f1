using System.Collections.Frozen;
using System.Net;
using BenchmarkDotNet.Attributes;
using Gatehouse.Policy;

namespace Gatehouse.Benchmarks;

/// <summary>The policy of a middling site: what one request costs before anything is served.</summary>
[MemoryDiagnoser]
public class Deciding
{
    private static readonly (string Pattern, string Words)[] Rules =
    [
        ("/", "anyone"), ("/images/**", "anyone"), ("/account/**", "signed-in"), ("/api/**", "scope orders.read"), ("POST /api/**", "scope orders.write"),
        ("/premium/**", "subscription premium"), ("/admin/**", "role admin and network 10.0.0.0/8"), ("/**/*.key", "nobody"),
    ];

    private readonly Facts open = Request("/images/lamp.svg");
    private readonly Facts admin = Request("/admin/people/7");
    private readonly Identity editor = new() { Name = "alice", Scheme = Scheme.Cookie, Roles = FrozenSet.ToFrozenSet(["admin"], StringComparer.Ordinal) };
    private AccessPolicy policy = null!;

    [GlobalSetup]
    public void Load()
    {
        var surroundings = new PolicySurroundings
        {
            OpenList = _ => (null, "there is none"),
            CountriesKnown = true,
            Schemes = new Dictionary<Scheme, SchemeAbilities> { [Scheme.Cookie] = SchemeAbilities.Roles | SchemeAbilities.Subscriptions, [Scheme.Bearer] = SchemeAbilities.Scopes },
        };
        policy = AccessPolicy.Load([], [.. Rules.Select((rule, i) => new RuleText { Pattern = rule.Pattern, Words = rule.Words, File = "bench", Line = i + 1 })], surroundings, out var faults)
            ?? throw new InvalidOperationException(string.Join('\n', faults));
    }

    [Benchmark(Baseline = true)]
    public Verdict Open() => policy.Evaluate(open, null);

    [Benchmark]
    public Verdict NobodyKnown() => policy.Evaluate(admin, null);

    [Benchmark]
    public Verdict RoleAndNetwork() => policy.Evaluate(admin, editor);

    private static Facts Request(string path) => new()
    {
        Method = "GET",
        Host = "example.org",
        Path = path,
        Address = new IPAddress((ReadOnlySpan<byte>)[10, 1, 2, 3]),
        Time = new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero),
        Secure = true,
    };
}
