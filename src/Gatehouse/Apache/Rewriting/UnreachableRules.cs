namespace Gatehouse.Apache.Rewriting;

/// <summary>Rules that stand behind one which fits every path and ends the list.</summary>
public static class UnreachableRules
{
    /// <summary>Patterns that fit every path of one line.</summary>
    private static readonly HashSet<string> FitsAll = new(StringComparer.Ordinal) { "", "^", ".*", "^.*", ".*$", "^.*$", "(.*)", "^(.*)", "(.*)$", "^(.*)$" };

    /// <summary>At the server's level every path begins with a slash.</summary>
    private static readonly HashSet<string> FitsAllOfServer = new(StringComparer.Ordinal) { "/", "^/", "^/.*", "^/.*$", "^/(.*)", "^/(.*)$", "^(/.*)$" };

    /// <summary>The first rule that ends the list for every request, and the rules behind it; null: each may come to its turn.</summary>
    public static (Directive Ends, IReadOnlyList<Directive> Behind)? Of(RewriteSettings settings)
    {
        var rules = settings.Rules;
        var jumped = 0;
        for (var i = 0; i < rules.Count - 1; i++)
        {
            var rule = rules[i];
            var may = i < jumped || (i > 0 && rules[i - 1].Has(RewriteFlags.Chain));
            if (!may && EndsAll(rule, settings.Directory is null)) return (rule.Line, [.. rules.Skip(i + 1).Select(behind => behind.Line)]);
            if (rule.Skip > 0) jumped = (int)Math.Max(jumped, Math.Min((long)i + 1 + rule.Skip, rules.Count));
        }

        return null;
    }

    private static bool EndsAll(RewriteRule rule, bool ofServer) =>
        !rule.Negated && rule.Conditions.Count == 0 && !rule.Has(RewriteFlags.NotInSubRequests)
        && rule.Has(RewriteFlags.Status | RewriteFlags.Last | RewriteFlags.End | RewriteFlags.Proxy)
        && (FitsAll.Contains(rule.Pattern.Text) || (ofServer && FitsAllOfServer.Contains(rule.Pattern.Text)));
}
