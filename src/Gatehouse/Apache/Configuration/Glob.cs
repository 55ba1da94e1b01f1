namespace Gatehouse.Apache.Configuration;

/// <summary>apr_fnmatch: shell patterns with <c>*</c>, <c>?</c>, <c>[...]</c> and a backslash that quotes.</summary>
public static class Glob
{
    /// <summary>Whether a text is a pattern (ap_is_matchexp knows <c>*</c> and <c>?</c> alone; apr_fnmatch_test brackets too).</summary>
    public static bool Is(ReadOnlySpan<char> text) => text.IndexOfAny('*', '?', '[') >= 0;

    /// <summary>Whether a name matches; with <paramref name="pathName"/> a slash is matched by a slash alone. Works in time of the product of both lengths.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name, bool pathName, bool ignoreCase = false)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = n;
                continue;
            }

            var width = p < pattern.Length ? One(pattern[p..], name[n], pathName, ignoreCase) : 0;
            if (width > 0)
            {
                p += width;
                n++;
            }
            else if (star >= 0 && !(pathName && name[mark] == '/'))
            {
                p = star + 1;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>The width of the pattern's first element where it matches the character; 0: it does not.</summary>
    private static int One(ReadOnlySpan<char> pattern, char c, bool pathName, bool ignoreCase)
    {
        switch (pattern[0])
        {
            case '?':
                return pathName && c == '/' ? 0 : 1;
            case '[':
                return Bracket(pattern, c, pathName, ignoreCase);
            case '\\' when pattern.Length > 1:
                return Same(pattern[1], c, ignoreCase) ? 2 : 0;
            default:
                return Same(pattern[0], c, ignoreCase) ? 1 : 0;
        }
    }

    private static int Bracket(ReadOnlySpan<char> pattern, char c, bool pathName, bool ignoreCase)
    {
        var at = 1;
        var not = at < pattern.Length && pattern[at] is '!' or '^';
        if (not) at++;
        var matched = false;
        for (var first = true; at < pattern.Length && (first || pattern[at] != ']'); first = false)
        {
            if (pattern[at] == '\\' && at + 1 < pattern.Length) at++;
            var low = pattern[at++];
            var high = low;
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                if (pattern[at] == '\\' && at + 1 < pattern.Length) at++;
                high = pattern[at++];
            }

            var lower = char.ToLowerInvariant(c);
            var upper = char.ToUpperInvariant(c);
            matched |= (c >= low && c <= high) || (ignoreCase && ((lower >= low && lower <= high) || (upper >= low && upper <= high)));
        }

        // Without its closing bracket it stands for itself.
        if (at >= pattern.Length) return Same('[', c, ignoreCase) ? 1 : 0;
        return matched != not && !(pathName && c == '/') ? at + 1 : 0;
    }

    private static bool Same(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToLowerInvariant(a) == char.ToLowerInvariant(b));
}
