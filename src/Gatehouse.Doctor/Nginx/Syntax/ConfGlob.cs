namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>Patterns of glob(7): `*`, `?` and sets, none of which match a slash or a leading dot.</summary>
internal static class ConfGlob
{
    /// <summary>Whether a path matches, segment by segment.</summary>
    public static bool Matches(string pattern, string path)
    {
        var patterns = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (patterns.Length != names.Length) return false;
        for (var i = 0; i < names.Length; i++)
            if (!MatchesName(patterns[i], names[i])) return false;
        return true;
    }

    /// <summary>Whether one name matches one segment of a pattern.</summary>
    public static bool MatchesName(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (name.StartsWith(".", StringComparison.Ordinal) && !pattern.StartsWith(".", StringComparison.Ordinal)) return false;
        int p = 0, n = 0, star = -1, kept = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                kept = n;
            }
            else if (p < pattern.Length && One(pattern, p, name[n]) is var length && length > 0)
            {
                p += length;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++kept;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>How much of the pattern matches the character; 0: it does not.</summary>
    private static int One(ReadOnlySpan<char> pattern, int at, char c)
    {
        if (pattern[at] == '?') return 1;
        if (pattern[at] == '\\' && at + 1 < pattern.Length) return pattern[at + 1] == c ? 2 : 0;
        if (pattern[at] != '[') return pattern[at] == c ? 1 : 0;
        var i = at + 1;
        var negated = i < pattern.Length && pattern[i] is '!' or '^';
        if (negated) i++;
        var hit = false;
        for (var first = i; i < pattern.Length && (pattern[i] != ']' || i == first); i++)
        {
            if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                hit |= c >= pattern[i] && c <= pattern[i + 2];
                i += 2;
            }
            else
            {
                hit |= pattern[i] == c;
            }
        }

        if (i >= pattern.Length) return c == '[' ? 1 : 0;
        return hit != negated ? i - at + 1 : 0;
    }
}
