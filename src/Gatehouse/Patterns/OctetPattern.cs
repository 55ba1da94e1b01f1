using System.Text.RegularExpressions;
using Gatehouse.Grammar;

namespace Gatehouse.Patterns;

/// <summary>
/// A regular expression as PCRE2 10.42 matches it without UTF, over octets written as one character each. What has no exact words in .NET's language
/// compiles into a pattern that can't tell; what PCRE2 would refuse does not compile.
/// </summary>
public sealed class OctetPattern
{
    /// <summary>How long one match may take: patterns such as <c>(a+)+$</c> with a long text take for ever otherwise.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(500);

    private readonly Regex? regex;

    private OctetPattern(PatternTranslation translation)
    {
        Groups = translation.Groups;
        Names = translation.Names;
        Untranslatable = translation.Untranslatable;
        if (Untranslatable is null) regex = Compile(translation);
        if (regex is null) Untranslatable ??= "more than can be matched here";
    }

    /// <summary>Number of groups that capture.</summary>
    public int Groups { get; }

    /// <summary>Names of groups with their numbers, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names { get; }

    /// <summary>What can't be matched exactly here, so that no text is ever told; null: all can.</summary>
    public string? Untranslatable { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <returns>False, with the position, where PCRE2 refuses it too.</returns>
    public static bool TryCompile(string octets, PatternOptions options, out OctetPattern? value, out SyntaxError error)
    {
        value = PatternTranslation.TryRead(octets, options, out var translation, out error) ? new(translation) : null;
        return value is not null;
    }

    /// <summary>Looks for the pattern anywhere in the text; null: it can't be told, or not in time.</summary>
    /// <param name="octets">The text.</param>
    /// <param name="groups">What the whole and each group matched; null: this one took no part. Empty where nothing was found.</param>
    public bool? Match(string octets, out string?[] groups)
    {
        groups = [];
        if (regex is null) return null;
        try
        {
            var match = regex.Match(octets);
            if (!match.Success) return false;
            groups = new string?[Groups + 1];
            for (var i = 0; i < groups.Length; i++)
                if (match.Groups[i] is { Success: true } group) groups[i] = group.Value;
            return true;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

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
