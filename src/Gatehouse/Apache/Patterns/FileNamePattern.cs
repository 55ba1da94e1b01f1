using Gatehouse.Patterns;

namespace Gatehouse.Apache.Patterns;

/// <summary>How a file name pattern is matched (APR_FNM_...).</summary>
[Flags]
public enum FileNameOptions
{
    /// <summary>A star and a question mark match anything.</summary>
    None = 0,

    /// <summary>They do not match a slash, and both sides have the same number of them.</summary>
    PathName = 1,

    /// <summary>A dot at the start of a segment must be matched by a dot.</summary>
    Period = 2,

    /// <summary>Case of ASCII letters does not count.</summary>
    IgnoreCase = 4,
}

/// <summary>
/// Patterns with <c>*</c>, <c>?</c>, <c>[...]</c> as &lt;Directory&gt;, &lt;Files&gt;, &lt;Location&gt; (with <see cref="FileNameOptions.PathName"/>)
/// and the expressions' <c>-strmatch</c> use them (apr_fnmatch). A backslash takes the next character's meaning.
/// </summary>
public static class FileNamePattern
{
    /// <summary>Whether the text has characters that make it a pattern (apr_fnmatch_test).</summary>
    public static bool HasWildcards(ReadOnlySpan<char> pattern)
    {
        var open = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '?' or '*': return true;
                case '\\':
                    if (++i == pattern.Length) return false;
                    break;
                case '[': open++; break;
                case ']' when open > 0: return true;
                default: break;
            }
        }

        return false;
    }

    /// <summary>Whether the pattern matches the whole text.</summary>
    public static bool Matches(string pattern, string text, FileNameOptions options)
    {
        ReadOnlySpan<char> left = Octets.Of(pattern), right = Octets.Of(text);
        if (!options.HasFlag(FileNameOptions.PathName)) return MatchesSegment(left, right, options);
        while (true)
        {
            // A backslash before a slash is dropped; segments are compared one by one.
            var (patternEnd, textEnd) = (EndOfSegment(left), right.IndexOf('/') is var slash and >= 0 ? slash : right.Length);
            if (!MatchesSegment(left[..patternEnd.At], right[..textEnd], options)) return false;
            if (patternEnd.At == left.Length) return textEnd == right.Length;
            if (textEnd == right.Length) return false;
            left = left[patternEnd.Next..];
            right = right[(textEnd + 1)..];
        }
    }

    private static (int At, int Next) EndOfSegment(ReadOnlySpan<char> pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '/') return (i, i + 1);
            if (pattern[i] != '\\' || i + 1 >= pattern.Length) continue;
            if (pattern[i + 1] == '/') return (i, i + 2);
            i++;
        }

        return (pattern.Length, pattern.Length);
    }

    private static bool MatchesSegment(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, FileNameOptions options)
    {
        if (options.HasFlag(FileNameOptions.Period) && text.StartsWith('.') && !pattern.StartsWith('.') && !pattern.StartsWith("\\."))
            return false;

        // Greedy with one point to come back to: a later star makes an earlier one's choice final, so this is linear in practice and quadratic at worst.
        int p = 0, t = 0, starPattern = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = ++p;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, text[t], options))
            {
                t++;
            }
            else if (starPattern >= 0)
            {
                p = starPattern;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, char c, FileNameOptions options)
    {
        var ignoreCase = options.HasFlag(FileNameOptions.IgnoreCase);
        var at = p;
        switch (pattern[at])
        {
            case '?':
                p++;
                return true;
            case '[' when ReadClass(pattern, ref at, c, ignoreCase, options.HasFlag(FileNameOptions.PathName)) is { } member:
                if (member) p = at;
                return member;
            case '\\' when at + 1 < pattern.Length:
                at++;
                break;
            default: break;
        }

        if (!Equal(pattern[at], c, ignoreCase)) return false;
        p = at + 1;
        return true;
    }

    private static bool Equal(char left, char right, bool ignoreCase) =>
        left == right || (ignoreCase && char.IsAscii(left) && char.IsAscii(right) && char.ToLowerInvariant(left) == char.ToLowerInvariant(right));

    // "[" [ "!" / "^" ] items "]"; null: not well-formed, and the bracket stands for itself.
    private static bool? ReadClass(ReadOnlySpan<char> pattern, ref int at, char c, bool ignoreCase, bool slashEnds)
    {
        var i = at + 1;
        var negated = i < pattern.Length && pattern[i] is '!' or '^';
        if (negated) i++;
        var found = false;
        for (var first = true; i < pattern.Length; first = false)
        {
            if (pattern[i] == ']' && !first)
            {
                at = i + 1;
                return found != negated;
            }

            if (pattern[i] == '\\' && !(first && pattern[i] == ']') && ++i >= pattern.Length) return null;
            if (slashEnds && pattern[i] == '/' && !first) return null;
            if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                var from = pattern[i];
                i += pattern[i + 2] == '\\' ? 3 : 2;
                if (i >= pattern.Length || (slashEnds && pattern[i] == '\\')) return null;
                var to = pattern[i++];
                found |= (c >= from && c <= to) || (ignoreCase && (char.IsAsciiLetterUpper(c) || char.IsAsciiLetterUpper(from) || char.IsAsciiLetterUpper(to))
                    && Lower(c) >= Lower(from) && Lower(c) <= Lower(to));
                continue;
            }

            found |= Equal(pattern[i++], c, ignoreCase);
        }

        return null;

        static char Lower(char octet) => char.IsAscii(octet) ? char.ToLowerInvariant(octet) : octet;
    }
}
