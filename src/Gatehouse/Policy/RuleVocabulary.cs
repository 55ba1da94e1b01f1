namespace Gatehouse.Policy;

/// <summary>One word of the language of rules.</summary>
/// <param name="Word">As it is written.</param>
/// <param name="Values">What may follow: null for nothing, otherwise an example.</param>
/// <param name="Summary">One phrase.</param>
/// <param name="OfIdentity">Whether it speaks of who asks.</param>
public sealed record RuleWord(string Word, string? Values, string Summary, bool OfIdentity);

/// <summary>All words of rules, for editors' completion, for the documentation and for what was meant by a word that is none.</summary>
public static class RuleVocabulary
{
    /// <summary>The conditions, in the order of the documentation.</summary>
    public static IReadOnlyList<RuleWord> Words { get; } =
    [
        new("anyone", null, "everybody may pass, known or not", false),
        new("nobody", null, "nobody may pass", false),
        new("signed-in", null, "whoever is known", true),
        new("user", "alice bob", "one of these accounts", true),
        new("role", "admin", "has one of these roles; a group also grants the role of its name", true),
        new("group", "staff", "is in one of these groups", true),
        new("scope", "orders.read", "the token or key has one of these scopes", true),
        new("claim", "department sales", "has this claim, with one of these values where some are named", true),
        new("subscription", "premium", "has one of these subscriptions and it has not ended; without a name: any", true),
        new("two-factor", null, "a second factor was part of the sign-in", true),
        new("within", "10m", "the sign-in is not older than this", true),
        new("network", "10.0.0.0/8 2001:db8::/32", "the client's address is in one of these networks", false),
        new("list", "blocklist.txt", "the client's address is on this list", false),
        new("country", "DE AT CH", "the client's address is in one of these countries (ISO 3166-1)", false),
        new("method", "GET POST", "the request has one of these methods; HEAD follows GET", false),
        new("hours", "mon-fri 08:00-18:00 Europe/Berlin", "the time is within one of these windows; UTC where no zone is named", false),
        new("https", null, "the request came over TLS", false),
    ];

    /// <summary>What joins conditions.</summary>
    public static IReadOnlyList<string> Joints { get; } = ["and", "or", "not"];

    /// <summary>Words of other languages that people write, to what they are called here.</summary>
    internal static IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["everyone"] = "anyone",
        ["everybody"] = "anyone",
        ["anybody"] = "anyone",
        ["public"] = "anyone",
        ["all"] = "anyone",
        ["any"] = "anyone",
        ["allow"] = "anyone",
        ["granted"] = "anyone",
        ["anonymous"] = "anyone",
        ["none"] = "nobody",
        ["deny"] = "nobody",
        ["denied"] = "nobody",
        ["noone"] = "nobody",
        ["no-one"] = "nobody",
        ["never"] = "nobody",
        ["authenticated"] = "signed-in",
        ["login"] = "signed-in",
        ["logged-in"] = "signed-in",
        ["valid-user"] = "signed-in",
        ["signedin"] = "signed-in",
        ["known"] = "signed-in",
        ["ip"] = "network",
        ["cidr"] = "network",
        ["address"] = "network",
        ["net"] = "network",
        ["from"] = "network",
        ["range"] = "network",
        ["mfa"] = "two-factor",
        ["2fa"] = "two-factor",
        ["otp"] = "two-factor",
        ["twofactor"] = "two-factor",
        ["plan"] = "subscription",
        ["subscriber"] = "subscription",
        ["subscribed"] = "subscription",
        ["geo"] = "country",
        ["location"] = "country",
        ["time"] = "hours",
        ["hour"] = "hours",
        ["verb"] = "method",
        ["tls"] = "https",
        ["ssl"] = "https",
        ["secure"] = "https",
        ["blocklist"] = "list",
        ["file"] = "list",
        ["permission"] = "scope",
        ["max-age"] = "within",
        ["age"] = "within",
        ["account"] = "user",
        ["member"] = "group",
        ["&&"] = "and",
        ["&"] = "and",
        ["||"] = "or",
        ["|"] = "or",
        ["!"] = "not",
        ["except"] = "and not",
        ["but"] = "and",
    };

    /// <summary>What was probably meant; null: nothing near.</summary>
    internal static string? Meant(string word, IEnumerable<string> candidates)
    {
        if (Elsewhere.TryGetValue(word, out var known)) return known;
        var lower = word.ToLowerInvariant();
        var best = candidates.Select(candidate => (candidate, distance: Distance(lower, candidate.ToLowerInvariant()))).OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal).FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(1, Math.Min(2, best.candidate.Length / 3)) ? best.candidate : null;
    }

    // Edits between two words; two letters exchanged count as one (optimal string alignment).
    internal static int Distance(string a, string b)
    {
        if (a.Length > 32) return int.MaxValue;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
