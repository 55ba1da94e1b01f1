using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Grammar;

namespace Gatehouse.Apache.Patterns;

/// <summary>
/// A regular expression of httpd's configuration (ap_regcomp, PCRE2 10.42). What has no exact words in .NET's language compiles into a
/// pattern that answers <see cref="Known.Unknown"/>; what httpd would refuse does not compile.
/// </summary>
public sealed class HttpdPattern
{
    /// <summary>How long one match may take: patterns such as <c>(a+)+$</c> with a long text take for ever otherwise.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(500);

    private readonly Regex? regex;
    private readonly bool wordsOfAsciiOnly;

    private HttpdPattern(string text, PatternTranslation translation, Regex? regex)
    {
        Text = text;
        this.regex = regex;
        wordsOfAsciiOnly = translation.HasBoundaries;
        Groups = translation.Groups;
        Names = translation.Names;
        Untranslatable = translation.Untranslatable;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Number of groups that capture (re_nsub).</summary>
    public int Groups { get; }

    /// <summary>Names of groups with their numbers, in order; &lt;LocationMatch&gt; and others put them into the environment as MATCH_NAME.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names { get; }

    /// <summary>What can't be matched exactly here, so that every answer is unknown; null: all can.</summary>
    public string? Untranslatable { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <returns>False, with the position in octets, where httpd refuses the pattern too.</returns>
    public static bool TryCompile(string text, PatternOptions options, out HttpdPattern? value, out SyntaxError error)
    {
        value = null;
        if (!PatternTranslation.TryRead(Octets.Of(text), options, out var translation, out error)) return false;
        value = new(text, translation, translation.Untranslatable is null ? Compile(translation) : null);
        return true;
    }

    /// <summary>Looks for the pattern anywhere in the text, as ap_regexec does.</summary>
    public PatternMatch Match(string subject)
    {
        if (regex is null) return PatternMatch.Unknown($"the pattern `{Text}` uses {Untranslatable ?? "more than can be matched here"}");
        if (wordsOfAsciiOnly && !Ascii.IsValid(subject)) return PatternMatch.Unknown($"the pattern `{Text}` asks for word boundaries in a text beyond ASCII");
        try
        {
            var match = regex.Match(Octets.Of(subject));
            if (!match.Success) return PatternMatch.None;
            var groups = new string?[Groups + 1];
            for (var i = 0; i < groups.Length; i++)
            {
                var group = match.Groups[i];
                groups[i] = group.Success ? Octets.ToText(group.Value) : null;
            }

            return PatternMatch.Found(groups);
        }
        catch (RegexMatchTimeoutException)
        {
            return PatternMatch.Unknown($"the pattern `{Text}` takes too long on this text");
        }
    }

    /// <summary>As written.</summary>
    public override string ToString() => Text;

    private static Regex? Compile(PatternTranslation translation)
    {
        // Not NonBacktracking: it does not always find the leftmost match (`[abc]?x` in `bCxaabx`, .NET 10.0.1), so groups would differ.
        try
        {
            return new(translation.Written, RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
