using System.Collections.Frozen;
using System.Net;
using CsCheck;
using Gatehouse.Grammar;
using Gatehouse.Policy;

namespace Gatehouse.Tests.Policy;

/// <summary>Requests, people and policies for the tests of this folder.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public static readonly SchemeAbilities Everything =
        SchemeAbilities.Roles | SchemeAbilities.Groups | SchemeAbilities.Scopes | SchemeAbilities.Subscriptions | SchemeAbilities.Claims | SchemeAbilities.TwoFactor | SchemeAbilities.AuthenticatedAt;

    public static PolicySurroundings Surroundings { get; } = new()
    {
        OpenList = name => name == "blocklist.txt" ? (address => address.ToString().StartsWith("192.0.2.", StringComparison.Ordinal), null) : (null, "no such file"),
        CountriesKnown = true,
        Schemes = new Dictionary<Scheme, SchemeAbilities> { [Scheme.Cookie] = Everything, [Scheme.Bearer] = Everything },
    };

    public static Facts Request(string path, string method = "GET", string from = "198.51.100.7", string? country = null, bool secure = false, DateTimeOffset? at = null) => new()
    {
        Method = method,
        Host = "example.org",
        Path = path,
        Address = Address.TryParse(from, out var address, out _) ? address! : throw new ArgumentException(from),
        Country = country,
        Time = at ?? Noon,
        Secure = secure,
    };

    public static Identity Someone(string name = "alice", string[]? roles = null, string[]? groups = null, string[]? scopes = null, bool twoFactor = false, TimeSpan? signedInAgo = null) => new()
    {
        Name = name,
        Scheme = Scheme.Cookie,
        Roles = FrozenSet.ToFrozenSet(roles ?? [], StringComparer.Ordinal),
        Groups = FrozenSet.ToFrozenSet(groups ?? [], StringComparer.Ordinal),
        Scopes = FrozenSet.ToFrozenSet(scopes ?? [], StringComparer.Ordinal),
        TwoFactor = twoFactor,
        AuthenticatedAt = signedInAgo is { } ago ? Noon - ago : null,
    };

    /// <summary>Rules as a file has them, one a line: <c>/path: words</c>, <c>refuse words</c>.</summary>
    public static AccessPolicy? Load(string lines, out IReadOnlyList<PolicyFault> faults, PolicySurroundings? surroundings = null)
    {
        List<RuleText> refuse = [];
        List<RuleText> rules = [];
        var number = 0;
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries))
        {
            number++;
            if (line.Length == 0) continue;
            if (line.StartsWith("refuse ", StringComparison.Ordinal))
            {
                refuse.Add(new() { Words = line[7..], File = "gatehouse.yaml", Line = number, WordsLine = number, WordsColumn = 8 });
                continue;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            rules.Add(new() { Pattern = line[..colon], Words = line[(colon + 2)..], File = "gatehouse.yaml", Line = number, WordsLine = number, WordsColumn = colon + 3 });
        }

        return AccessPolicy.Load(refuse, rules, surroundings ?? Surroundings, out faults);
    }

    public static AccessPolicy Loaded(string lines, PolicySurroundings? surroundings = null) =>
        Load(lines, out var faults, surroundings) ?? throw new InvalidOperationException(string.Join('\n', faults));

    /// <summary>One of these, each as likely.</summary>
    public static Gen<T> Pick<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
