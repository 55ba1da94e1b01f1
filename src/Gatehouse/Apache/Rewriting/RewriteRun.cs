using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>One pass of a list of rules over a request (apply_rewrite_list). It changes the request as httpd does.</summary>
internal sealed partial class RewriteRun(ApacheRequest request, Surroundings surroundings, RewriteSettings settings, IReadOnlyDictionary<string, RewriteMap> maps, ICollection<Step> trace)
{
    /// <summary>Twice the longest request line: a file name beyond it ends the rules with 500, as loops that grow do.</summary>
    private const int LongestName = 2 * 8190;

    private string uri = "";

    public ApacheRequest Request => request;

    public Surroundings Surroundings => surroundings;

    public IReadOnlyDictionary<string, RewriteMap> Maps => maps;

    /// <summary>The path or file as the rules have it so far (r->filename).</summary>
    public string FileName { get; set; } = "";

    public IReadOnlyList<string?> RuleGroups { get; private set; } = [];

    public IReadOnlyList<string?> ConditionGroups { get; private set; } = [];

    /// <summary>The rule that substituted last; null: none did.</summary>
    public RewriteRule? LastSubstitution { get; private set; }

    /// <summary>An absolute URL of this very server was cut down to its path.</summary>
    public bool Reduced { get; private set; }

    /// <summary>Why it can't be told from here; null: all could.</summary>
    public string? Unknown { get; private set; }

    /// <summary>How a list of rules ended.</summary>
    public enum Ending
    {
        Unchanged,
        Changed,
        ChangedWithoutEscaping,
        Status,
    }

    private string? Prefix => settings.Directory;

    private bool InDirectory => settings.Directory is not null;

    public Ending Run()
    {
        var rules = settings.Rules;
        var expansion = new RewriteExpansion(this);
        var ending = Ending.Unchanged;
        var round = 1;
        for (var i = 0; i < rules.Count; i++)
        {
            var rule = rules[i];
            if (request.IsSubRequest && rule.Has(RewriteFlags.NotInSubRequests | RewriteFlags.ForceRedirect)) continue;
            var applied = Apply(rule, expansion);
            if (Unknown is not null) return ending;
            if (applied == Applied.Not)
            {
                while (i < rules.Count && rules[i].Has(RewriteFlags.Chain)) i++;
                continue;
            }

            if (applied == Applied.Refused) return Ending.Status;
            if (Octets.Of(FileName).Length > LongestName)
            {
                Note(rule, "the result is longer than the server takes (500)");
                request.Status = 500;
                return Ending.Status;
            }

            if (rule.Has(RewriteFlags.Status)) return Ending.Status;
            if (applied == Applied.Substituted) ending = rule.Has(RewriteFlags.NoEscape) ? Ending.ChangedWithoutEscaping : Ending.Changed;
            if (rule.Has(RewriteFlags.PassThrough))
            {
                FileName = "passthrough:" + FileName;
                return Ending.Changed;
            }

            if (rule.Has(RewriteFlags.End))
            {
                request.RewritingEnded = true;
                return ending;
            }

            if (rule.Has(RewriteFlags.Proxy | RewriteFlags.Last)) return ending;
            if (rule.Has(RewriteFlags.NextRound))
            {
                if (++round >= rule.MaximumRounds)
                {
                    Note(rule, "more rounds than [N] may go (500)");
                    request.Status = 500;
                    return Ending.Status;
                }

                i = -1;
                continue;
            }

            if (rule.Skip > 0) i = (int)Math.Min((long)i + rule.Skip, rules.Count);
        }

        return ending;
    }

    private enum Applied
    {
        Not,
        Matched,
        Substituted,
        Refused,
    }

    private void Note(RewriteRule rule, string says) => trace.Add(new(rule.Line.At, rule.Line.Text, says));

    private Applied Stop(RewriteRule rule, string because)
    {
        Unknown = because;
        Note(rule, $"can't be told from here: {because}");
        return Applied.Not;
    }

    private Applied Apply(RewriteRule rule, RewriteExpansion expansion)
    {
        uri = FileName;
        if (InDirectory)
        {
            uri += request.PathInfo;
            if (uri.StartsWith(Prefix!, StringComparison.Ordinal)) uri = uri[Prefix!.Length..];
        }

        var match = rule.Pattern.Match(uri);
        if (match.Matched == Known.Unknown) return Stop(rule, match.Because ?? "the pattern can't be matched from here");
        if (match.Matched == Known.Yes == rule.Negated)
        {
            Note(rule, rule.Negated ? $"`{uri}` matches, which it must not" : $"does not match `{uri}`");
            return Applied.Not;
        }

        ConditionGroups = [];
        RuleGroups = rule.Negated ? [] : match.Groups;
        var holds = Check(rule.Conditions, expansion);
        if (holds.Is == Known.Unknown) return Stop(rule, holds.Because ?? "a condition can't be told from here");
        if (holds.Is == Known.No)
        {
            Note(rule, $"matches `{uri}`, but its conditions do not hold");
            return Applied.Not;
        }

        return Carry(rule, expansion);
    }

    private Applied Carry(RewriteRule rule, RewriteExpansion expansion)
    {
        string? result = null;
        var foreignMark = false;
        if (!rule.Has(RewriteFlags.NoSubstitution))
        {
            var expanded = expansion.Expand(rule.Output, rule);
            if (expanded.Value is null) return Stop(rule, expanded.Because ?? "the substitution can't be told from here");
            result = expanded.Value;
            foreignMark = rule.Has(RewriteFlags.QueryLast) ? expansion.LastMarkIsForeign : expansion.FirstMarkIsForeign;
        }

        if (!SetVariables(rule, expansion) || !SetCookies(rule, expansion)) return Applied.Not;
        if (result is null)
        {
            if (!ForceType(rule, expansion)) return Applied.Not;
            if (rule.Has(RewriteFlags.Status)) request.Status = rule.Status;
            Note(rule, rule.Has(RewriteFlags.Status) ? $"matches `{uri}` and answers {rule.Status}" : $"matches `{uri}`");
            return Applied.Matched;
        }

        if (foreignMark && !rule.Has(RewriteFlags.UnsafeAllow3F))
        {
            Note(rule, $"puts a question mark from the request into the path, which is refused (403)");
            request.Status = 403;
            return Applied.Refused;
        }

        Note(rule, $"rewrites `{uri}` to `{result}`");
        LastSubstitution = rule;
        FileName = Rooted(rule, result);
        if (InDirectory && rule.Has(RewriteFlags.DiscardPathInfo)) request.PathInfo = "";
        SplitQuery(rule);
        if (rule.Has(RewriteFlags.Proxy))
        {
            if (InDirectory && !rule.Has(RewriteFlags.NoEscape)) FileName = UriText.EscapePath(FileName);
            if (!Qualify(rule)) return Applied.Not;
            FileName = "proxy:" + FileName;
            return Applied.Substituted;
        }

        if (rule.Has(RewriteFlags.ForceRedirect))
        {
            if (!Qualify(rule)) return Applied.Not;
            request.Status = rule.Status;
            return Applied.Substituted;
        }

        Reduce();
        if (AbsoluteUri.Is(FileName))
        {
            request.Status = rule.Status;
            return Applied.Substituted;
        }

        return ForceType(rule, expansion) ? Applied.Substituted : Applied.Not;
    }

    private bool SetVariables(RewriteRule rule, RewriteExpansion expansion)
    {
        foreach (var item in rule.Environment)
        {
            var expanded = expansion.Expand(item, null);
            if (expanded.Value is not { } text)
            {
                Stop(rule, expanded.Because ?? "a variable can't be told from here");
                return false;
            }

            if (text.StartsWith('!'))
            {
                request.Environment.Remove(text[1..]);
                request.UnknownVariables.Remove(text[1..]);
                continue;
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            request.UnknownVariables.Remove(colon < 0 ? text : text[..colon]);
            request.Environment[colon < 0 ? text : text[..colon]] = colon < 0 ? "" : text[(colon + 1)..];
        }

        return true;
    }

    private bool SetCookies(RewriteRule rule, RewriteExpansion expansion)
    {
        foreach (var item in rule.Cookies)
        {
            var expanded = expansion.Expand(item, null);
            if (expanded.Value is not { } text)
            {
                Stop(rule, expanded.Because ?? "a cookie can't be told from here");
                return false;
            }

            if (RewriteCookie.Make(text, request) is { } cookie) request.ResponseHeaders.Add(new("Set-Cookie", cookie));
        }

        return true;
    }

    private bool ForceType(RewriteRule rule, RewriteExpansion expansion)
    {
        foreach (var (text, note) in new[] { (rule.MediaType, "rewrite-forced-mimetype"), (rule.Handler, "rewrite-forced-handler") })
        {
            if (text is null) continue;
            var expanded = expansion.Expand(text, rule);
            if (expanded.Value is null)
            {
                Stop(rule, expanded.Because ?? "a type can't be told from here");
                return false;
            }

            if (expanded.Value.Length > 0) request.Notes[note] = expanded.Value.ToLowerInvariant();
        }

        return true;
    }
}
