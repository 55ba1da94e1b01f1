using Gatehouse.Doctor.Nginx.Patterns;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>valid_referers and $invalid_referer (ngx_http_referer_module.c).</summary>
internal static class Referers
{
    private const int MaxHost = 256;

    /// <summary><c>1</c> where the Referer is not among the valid ones, else empty.</summary>
    public static Text Invalid(Flow flow)
    {
        var valid = new Text("");
        var invalid = new Text("1");
        bool none = false, blocked = false;
        var words = new List<string>();
        foreach (var word in flow.Scope.Find("valid_referers").SelectMany(node => node.Arguments))
        {
            if (word == "none") none = true;
            else if (word == "blocked") blocked = true;
            else if (word == "server_names") words.AddRange(flow.Ground.Choice?.Server?.Names.Where(name => name.Text.Length > 0).Select(name => name.Text) ?? []);
            else words.Add(word);
        }

        if (words.Count == 0) return valid;
        if (Variables.Header(flow, "Referer") is not { } referer) return none ? valid : invalid;
        var rest = referer.Length >= 11 && referer.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? referer[7..]
            : referer.Length >= 11 && referer.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? referer[8..] : null;
        if (rest is null) return blocked ? valid : invalid;
        var end = rest.AsSpan().IndexOfAny('/', ':');
        var host = (end < 0 ? rest : rest[..end]).ToLowerInvariant();
        if (host.Length >= MaxHost) return invalid;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var path = slash < 0 ? "" : rest[slash..];
        (int Kind, int Length) best = default;
        string? wanted = null;
        foreach (var word in words.Where(word => !word.StartsWith('~')))
        {
            var cut = word.IndexOf('/', StringComparison.Ordinal);
            var name = (cut < 0 ? word : word[..cut]).ToLowerInvariant();
            var rank = Rank(name, host);
            if (rank.Kind == 0 || rank.CompareTo(best) <= 0) continue;
            best = rank;
            wanted = cut < 0 ? "" : word[cut..];
        }

        if (wanted is not null) return wanted.Length == 0 || path.StartsWith(wanted, StringComparison.Ordinal) ? valid : invalid;
        foreach (var word in words.Where(word => word.StartsWith('~')))
        {
            if (Pcre.Of(word[1..], ignoreCase: true, out var problem) is not { } pattern) return Text.Not($"the pattern `{word}` of valid_referers can't be evaluated: {problem}");
            switch (pattern.Matches(rest, out _))
            {
                case null:
                    return Text.Not($"the pattern `{word}` of valid_referers takes too long to match");
                case true:
                    return valid;
            }
        }

        return invalid;
    }

    private static (int Kind, int Length) Rank(string name, string host)
    {
        if (name.Equals(host, StringComparison.Ordinal)) return (3, 0);
        if (name.StartsWith('.')) return host.Equals(name[1..], StringComparison.Ordinal) ? (3, 0) : host.EndsWith(name, StringComparison.Ordinal) ? (2, name.Length) : default;
        if (name.StartsWith("*.", StringComparison.Ordinal)) return host.Length > name.Length - 1 && host.EndsWith(name[1..], StringComparison.Ordinal) ? (2, name.Length) : default;
        return name.EndsWith(".*", StringComparison.Ordinal) && host.Length > name.Length - 1 && host.StartsWith(name[..^1], StringComparison.Ordinal) ? (1, name.Length) : default;
    }
}
