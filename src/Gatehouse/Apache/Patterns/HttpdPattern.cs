using Gatehouse.Grammar;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Patterns;

/// <summary>A regular expression of httpd's configuration (ap_regcomp), over texts.</summary>
public sealed class HttpdPattern
{
    private readonly OctetPattern pattern;

    private HttpdPattern(string text, OctetPattern pattern)
    {
        Text = text;
        this.pattern = pattern;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Number of groups that capture (re_nsub).</summary>
    public int Groups => pattern.Groups;

    /// <summary>Names of groups with their numbers, in order; &lt;LocationMatch&gt; and others put them into the environment as MATCH_NAME.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names => pattern.Names;

    /// <summary>What can't be matched exactly here, so that every answer is unknown; null: all can.</summary>
    public string? Untranslatable => pattern.Untranslatable;

    /// <summary>Compiles a pattern.</summary>
    /// <returns>False, with the position in octets, where httpd refuses the pattern too.</returns>
    public static bool TryCompile(string text, PatternOptions options, out HttpdPattern? value, out SyntaxError error)
    {
        value = OctetPattern.TryCompile(Octets.Of(text), options, out var pattern, out error) ? new(text, pattern!) : null;
        return value is not null;
    }

    /// <summary>Looks for the pattern anywhere in the text, as ap_regexec does.</summary>
    public PatternMatch Match(string subject)
    {
        if (Untranslatable is { } what) return PatternMatch.Unknown($"the pattern `{Text}` uses {what}");
        if (pattern.Match(Octets.Of(subject), out var groups) is not { } found) return PatternMatch.Unknown($"the pattern `{Text}` takes too long on this text");
        if (!found) return PatternMatch.None;
        for (var i = 0; i < groups.Length; i++)
            if (groups[i] is { } octets) groups[i] = Octets.ToText(octets);
        return PatternMatch.Found(groups);
    }

    /// <summary>As written.</summary>
    public override string ToString() => Text;
}
