using System.Collections.Frozen;
using Gatehouse.Policy;

namespace Gatehouse.Tests.Policy;

/// <summary>
/// The table "The rule of 401 and 403" of the contract, written down a second time and in another way: nothing is folded and nothing is
/// multiplied out. Every identity that could exist in its small world is tried, one by one. It shares no code with the engine.
/// </summary>
internal static class Oracle
{
    /// <summary>Whether there is anybody, or nobody in particular, whom the policy lets pass: step 2 asks it of each request once.</summary>
    public static bool CouldPass(OraclePolicy policy, int request) => policy.Allows(request, -1) || World.People.Any(person => policy.Allows(request, person.Index));

    /// <summary>The answer: 0 served, 401, 403.</summary>
    /// <param name="policy">What is asked for.</param>
    /// <param name="request">A row of <see cref="World.Requests"/>.</param>
    /// <param name="who">A row of <see cref="World.People"/>; -1: nobody is known.</param>
    /// <param name="couldPass">What <see cref="CouldPass"/> says of the request.</param>
    public static int Answer(OraclePolicy policy, int request, int who, bool couldPass)
    {
        // Step 2: with the identity unknown it is false, that is for whoever could come.
        if (!couldPass) return 403;
        // Step 3: everybody is allowed, so also who is nobody.
        if (policy.Allows(request, -1)) return 0;
        // Step 5: nobody is known, and somebody could pass.
        if (who < 0) return 401;
        // Step 6.
        if (policy.Allows(request, who)) return 0;
        // Step 7: the same person, having signed in in another way or at another time.
        return World.People[who].Otherwise.Any(other => policy.Allows(request, other)) ? 401 : 403;
    }
}

/// <summary>A rule's words as a tree, and as text for the engine.</summary>
internal abstract record Words
{
    public sealed record Atom(int Index) : Words;

    public sealed record Not(int Index) : Words;

    public sealed record All(params Words[] Parts) : Words;

    public sealed record Any(params Words[] Parts) : Words;

    public sealed record Constant(bool Value) : Words;

    public bool Holds(int request, int who) => this switch
    {
        Atom atom => World.Holds(atom.Index, request, who),
        Not not => !World.Holds(not.Index, request, who),
        All all => all.Parts.All(part => part.Holds(request, who)),
        Any any => any.Parts.Any(part => part.Holds(request, who)),
        Constant constant => constant.Value,
        _ => throw new InvalidOperationException(),
    };

    public sealed override string ToString() => this switch
    {
        Atom atom => World.Atoms[atom.Index].Text,
        Not not => "not " + World.Atoms[not.Index].Text,
        All all => string.Join(" and ", all.Parts.Select(part => part is Any ? $"({part})" : part.ToString())),
        Any any => string.Join(" or ", any.Parts.Select(part => $"{part}")),
        Constant constant => constant.Value ? "anyone" : "nobody",
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>Refusals and rules; the rules in the order in which they win, which is known here by construction.</summary>
internal sealed record OraclePolicy(IReadOnlyList<Words> Refuse, IReadOnlyList<(string Pattern, Words Words)> Rules)
{
    public bool Allows(int request, int who)
    {
        if (Refuse.Any(words => words.Holds(request, -1))) return false;
        foreach (var (pattern, words) in Rules)
            if (World.Names(pattern, World.Requests[request])) return words.Holds(request, who);
        return false;
    }

    public string Text => string.Join('\n', [.. Refuse.Select(words => $"refuse {words}"), .. Rules.Select(rule => $"{rule.Pattern}: {rule.Words}")]);
}

/// <summary>Somebody, in plain words.</summary>
internal sealed record Person(int Index, string Name, string[] Roles, string[] Groups, string[] Scopes, string? Department, (string Plan, bool Ended)[] Plans, bool TwoFactor, int? MinutesAgo)
{
    /// <summary>The same with another strength or age of the sign-in.</summary>
    public int[] Otherwise { get; set; } = [];

    public override string ToString() => $"{Name}, roles {string.Join(' ', Roles)}, groups {string.Join(' ', Groups)}, scopes {string.Join(' ', Scopes)}, department {Department}, plans {string.Join(' ', Plans)}, {(TwoFactor ? "two factors" : "one factor")}, {MinutesAgo} minutes ago";

    /// <summary>As the engine knows them when that request comes.</summary>
    public Identity At(DateTimeOffset now) => new()
    {
        Name = Name,
        Scheme = Scheme.Bearer,
        Roles = Roles.ToFrozenSet(StringComparer.Ordinal),
        Groups = Groups.ToFrozenSet(StringComparer.Ordinal),
        Scopes = Scopes.ToFrozenSet(StringComparer.Ordinal),
        Claims = Department is null ? FrozenDictionary<string, FrozenSet<string>>.Empty : new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal) { ["department"] = new[] { Department }.ToFrozenSet(StringComparer.Ordinal) }.ToFrozenDictionary(StringComparer.Ordinal),
        Subscriptions = Plans.ToFrozenDictionary(plan => plan.Plan, plan => plan.Ended ? Given.Noon.AddYears(-1) : Given.Noon.AddYears(1), StringComparer.Ordinal),
        TwoFactor = TwoFactor,
        AuthenticatedAt = MinutesAgo is { } ago ? now.AddMinutes(-ago) : null,
    };
}

/// <summary>A request, in plain words. All come at the same moment but for the day of the week.</summary>
internal sealed record Ask(string Path, string Method, string From, string? Country, bool Secure, bool Sunday)
{
    public Facts Facts => Given.Request(Path, Method, From, Country, Secure, Sunday ? Given.Noon.AddDays(-3) : Given.Noon);
}

/// <summary>Everything that exists: two dozen atoms, and the requests and people that tell them apart.</summary>
internal static class World
{
    public const string Exact = "/a/x.key", PostExact = "POST /a/x.key", Name = "/**/*.key", Folder = "/a/**", PostFolder = "POST /a/**", Everything = "/**";

    /// <summary>In the order in which they win: exact before names before folders, then the longer, then the one that names a method.</summary>
    public static readonly string[] Patterns = [PostExact, Exact, Name, PostFolder, Folder, Everything];

    public static readonly (string Text, bool OfIdentity, Func<Ask, Person?, bool> Holds)[] Atoms =
    [
        ("signed-in", true, (_, who) => who is not null),
        ("user alice", true, (_, who) => who?.Name == "alice"),
        ("user bob", true, (_, who) => who?.Name == "bob"),
        ("role admin", true, (_, who) => who is not null && (who.Roles.Contains("admin") || who.Groups.Contains("admin"))),
        ("role editor", true, (_, who) => who is not null && (who.Roles.Contains("editor") || who.Groups.Contains("editor"))),
        ("role staff", true, (_, who) => who is not null && (who.Roles.Contains("staff") || who.Groups.Contains("staff"))),
        ("group staff", true, (_, who) => who?.Groups.Contains("staff") == true),
        ("scope read", true, (_, who) => who?.Scopes.Contains("read") == true),
        ("scope write read", true, (_, who) => who?.Scopes.Any(scope => scope is "write" or "read") == true),
        ("claim department sales", true, (_, who) => who?.Department == "sales"),
        ("claim department", true, (_, who) => who?.Department is not null),
        ("subscription premium", true, (_, who) => who?.Plans.Any(plan => plan.Plan == "premium" && !plan.Ended) == true),
        ("subscription", true, (_, who) => who?.Plans.Any(plan => !plan.Ended) == true),
        ("two-factor", true, (_, who) => who?.TwoFactor == true),
        ("within 10m", true, (_, who) => who?.MinutesAgo <= 10),
        ("network 10.0.0.0/8", false, (ask, _) => ask.From.StartsWith("10.", StringComparison.Ordinal)),
        ("network 10.1.0.0/16", false, (ask, _) => ask.From.StartsWith("10.1.", StringComparison.Ordinal)),
        ("list blocklist.txt", false, (ask, _) => ask.From.StartsWith("192.0.2.", StringComparison.Ordinal)),
        ("country DE", false, (ask, _) => ask.Country == "DE"),
        ("country DE AT", false, (ask, _) => ask.Country is "DE" or "AT"),
        ("method POST", false, (ask, _) => ask.Method == "POST"),
        ("method GET", false, (ask, _) => ask.Method is "GET" or "HEAD"),
        ("hours mon-fri 08:00-18:00", false, (ask, _) => !ask.Sunday),
        ("https", false, (ask, _) => ask.Secure),
    ];

    public static readonly Ask[] Requests =
    [
        .. from path in new[] { "/a/x.key", "/a/y", "/b/z.key", "/c" }
           from method in new[] { "GET", "POST", "HEAD" }
           from place in new[] { ("10.1.2.3", (string?)"DE"), ("10.9.0.1", "AT"), ("192.0.2.1", "KP"), ("198.51.100.7", null) }
           from secure in new[] { false, true }
           from sunday in new[] { false, true }
           select new Ask(path, method, place.Item1, place.Item2, secure, sunday),
    ];

    public static readonly Person[] People = MakePeople();

    // Truth of each atom for each request, and for each person (an identity's atoms do not look at the request here).
    private static readonly bool[][] OfRequest = [.. Atoms.Select(atom => Requests.Select(ask => !atom.OfIdentity && atom.Holds(ask, null)).ToArray())];
    private static readonly bool[][] OfPerson = [.. Atoms.Select(atom => People.Select(person => atom.OfIdentity && atom.Holds(Requests[0], person)).ToArray())];

    public static bool Holds(int atom, int request, int who) => Atoms[atom].OfIdentity ? who >= 0 && OfPerson[atom][who] : OfRequest[atom][request];

    public static bool Names(string pattern, Ask ask) => pattern switch
    {
        PostExact => ask is { Method: "POST", Path: "/a/x.key" },
        Exact => ask.Path == "/a/x.key",
        Name => ask.Path.EndsWith(".key", StringComparison.Ordinal),
        PostFolder => ask.Method == "POST" && ask.Path.StartsWith("/a/", StringComparison.Ordinal),
        Folder => ask.Path.StartsWith("/a/", StringComparison.Ordinal),
        Everything => true,
        _ => throw new ArgumentException(pattern, nameof(pattern)),
    };

    private static Person[] MakePeople()
    {
        var all = from name in new[] { "alice", "bob" }
                  from roles in new string[][] { [], ["admin"], ["editor"], ["admin", "editor"] }
                  from groups in new string[][] { [], ["staff"] }
                  from scopes in new string[][] { [], ["read"], ["write"] }
                  from department in new[] { null, "sales", "support" }
                  from plans in new (string, bool)[][] { [], [("premium", false)], [("basic", false), ("premium", true)] }
                  from factor in new[] { false, true }
                  from ago in new int?[] { null, 1, 600 }
                  select (name, roles, groups, scopes, department, plans, factor, ago);
        Person[] people = [.. all.Select((p, index) => new Person(index, p.name, p.roles, p.groups, p.scopes, p.department, p.plans, p.factor, p.ago))];
        // Strength and age vary fastest: each six in a row are one person.
        foreach (var person in people) person.Otherwise = [.. Enumerable.Range(person.Index / 6 * 6, 6)];
        return people;
    }
}
