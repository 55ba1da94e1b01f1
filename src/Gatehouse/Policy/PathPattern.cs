using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Policy;

/// <summary>How exactly a pattern names a path; the greater wins.</summary>
internal enum PatternKind
{
    /// <summary><c>/account/**</c>: the folder, with or without its slash, and everything below it.</summary>
    Subtree = 0,

    /// <summary><c>/**/*.key</c> (at any depth), <c>/images/*.png</c> (in this folder): what the last segment looks like.</summary>
    FileName,

    /// <summary><c>/login</c>: this path alone.</summary>
    Exact,
}

/// <summary>The key of a rule: methods, if any, and what paths it names. Paths are compared decoded and case-sensitively.</summary>
internal sealed class PathPattern : IComparable<PathPattern>
{
    private PathPattern(PatternKind kind, string folder, string name, bool anyDepth, string[] methods, string text)
    {
        (Kind, Folder, Name, AnyDepth, Methods, Text) = (kind, folder, name, anyDepth, methods, text);
        Literal = kind switch
        {
            PatternKind.Exact => folder.Length,
            PatternKind.FileName => folder.Length + 1 + name.Length - name.Count(c => c == '*'),
            PatternKind.Subtree => folder.Length + 1,
        };
    }

    /// <summary>What wins first.</summary>
    public PatternKind Kind { get; }

    /// <summary>Exact: the whole path. Otherwise the folder without its last slash; empty for the root.</summary>
    public string Folder { get; }

    /// <summary>Of a file-name pattern: the last segment, <c>*</c> for any characters; otherwise empty.</summary>
    public string Name { get; }

    /// <summary>Of a file-name pattern: also in folders below.</summary>
    public bool AnyDepth { get; }

    /// <summary>Sorted; empty: every method.</summary>
    public string[] Methods { get; }

    /// <summary>The path's part as written.</summary>
    public string Text { get; }

    /// <summary>How many characters are given literally; what wins second.</summary>
    public int Literal { get; }

    /// <summary>Whether requests of this method are meant; HEAD follows GET.</summary>
    public bool Names(string method) => Methods.Length == 0 || MethodCondition.Includes(Methods, method);

    /// <summary>Whether this path is meant.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        switch (Kind)
        {
            case PatternKind.Exact:
                return path.SequenceEqual(Folder);
            case PatternKind.Subtree:
                return path.StartsWith(Folder, StringComparison.Ordinal) && (path.Length == Folder.Length || path[Folder.Length] == '/');
            case PatternKind.FileName:
                if (!path.StartsWith(Folder, StringComparison.Ordinal) || path.Length <= Folder.Length || path[Folder.Length] != '/') return false;
                var (start, end) = LastSegment(path);
                return (AnyDepth ? start > Folder.Length : start == Folder.Length + 1) && Fits(Name, path[start..end]);
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>Where the last segment that is not empty lies: <c>/x/secret.key/</c> names a file as <c>/x/secret.key</c> does, for servers that overlook the slash.</summary>
    public static (int Start, int End) LastSegment(ReadOnlySpan<char> path)
    {
        var end = path.Length > 1 && path[^1] == '/' ? path.Length - 1 : path.Length;
        return (path[..end].LastIndexOf('/') + 1, end);
    }

    /// <summary>Whether a name fits a pattern in which <c>*</c> stands for any characters; an empty name fits none.</summary>
    public static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return false;
        // The last star takes up whatever did not fit, which is enough: earlier ones need no second try.
        int p = 0, n = 0, star = -1, taken = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                taken = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++taken;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>Most specific first: kind, literal part, whether a method is named, whether HEAD is named itself.</summary>
    public int CompareTo(PathPattern? other)
    {
        if (other is null) return -1;
        if (Kind != other.Kind) return other.Kind.CompareTo(Kind);
        if (Literal != other.Literal) return other.Literal.CompareTo(Literal);
        if (Methods.Length == 0 != (other.Methods.Length == 0)) return Methods.Length == 0 ? 1 : -1;
        return NamesHead(other).CompareTo(NamesHead(this));
        static bool NamesHead(PathPattern pattern) => Array.IndexOf(pattern.Methods, "HEAD") >= 0;
    }

    /// <summary>Whether there is a request that both name, where neither is the more specific; a HEAD rule is more specific than one that names HEAD through GET.</summary>
    public bool Ties(PathPattern other) =>
        Kind == other.Kind && Literal == other.Literal && Methods.Length == 0 == (other.Methods.Length == 0)
        && (Methods.Length == 0 || Methods.Intersect(other.Methods, StringComparer.Ordinal).Any())
        && Overlaps(other);

    // Of the same kind and with equally long literal parts.
    private bool Overlaps(PathPattern other)
    {
        if (Kind != PatternKind.FileName) return string.Equals(Folder, other.Folder, StringComparison.Ordinal);
        var (outer, inner) = Folder.Length <= other.Folder.Length ? (this, other) : (other, this);
        if (!inner.Folder.StartsWith(outer.Folder, StringComparison.Ordinal)) return false;
        if (inner.Folder.Length > outer.Folder.Length && (inner.Folder[outer.Folder.Length] != '/' || !outer.AnyDepth)) return false;
        return Meet(Name, other.Name);
    }

    // Whether one name fits both patterns: the two are walked side by side, a star standing still or taking a character of the other.
    private static bool Meet(string a, string b)
    {
        var seen = new bool[a.Length + 1, b.Length + 1];
        var open = new Stack<(int A, int B)>();
        open.Push((0, 0));
        while (open.TryPop(out var at))
        {
            if (seen[at.A, at.B]) continue;
            seen[at.A, at.B] = true;
            if (at.A == a.Length && at.B == b.Length) return true;
            var starA = at.A < a.Length && a[at.A] == '*';
            var starB = at.B < b.Length && b[at.B] == '*';
            if (starA) open.Push((at.A + 1, at.B));
            if (starB) open.Push((at.A, at.B + 1));
            if (starA && at.B < b.Length && !starB) open.Push((at.A, at.B + 1));
            if (starB && at.A < a.Length && !starA) open.Push((at.A + 1, at.B));
            if (!starA && !starB && at.A < a.Length && at.B < b.Length && a[at.A] == b[at.B]) open.Push((at.A + 1, at.B + 1));
        }

        return false;
    }

    // key = *( method ( SP / "," ) ) path      path = exact / folder "/**" / folder "/" name / folder "/**/" name
    /// <summary>Reads the key of a rule; false with the offset, what is wrong and what to write instead.</summary>
    public static bool TryParse(string key, [NotNullWhen(true)] out PathPattern? pattern, out int offset, out string message, out string? advice)
    {
        (pattern, offset, message, advice) = (null, 0, "", null);
        List<string> methods = [];
        var at = 0;
        while (at < key.Length && key[at] != '/')
        {
            if (key[at] is ' ' or ',')
            {
                at++;
                continue;
            }

            var start = at;
            while (at < key.Length && key[at] is not (' ' or ',' or '/')) at++;
            var method = key[start..at];
            offset = start;
            if (at == key.Length && methods.Count == 0 && !method.Contains('*'))
            {
                message = $"`{key}`: a path starts with `/`";
                advice = $"write `/{method}`";
                return false;
            }

            if (method.Contains('*'))
            {
                message = $"`{key}`: a path starts with `/`";
                advice = $"write `/**/{key[start..]}` for this name in every folder";
                return false;
            }

            if (at < key.Length && key[at] == '/')
            {
                message = $"`{key}`: expected a blank before the path";
                advice = $"write `/{key[start..]}` if `{method}` belongs to the path";
                return false;
            }

            if (MethodNames.Fault(method, out advice) is { } fault)
            {
                message = fault;
                return false;
            }

            if (!methods.Contains(method)) methods.Add(method);
        }

        var path = key[at..].TrimEnd(' ');
        offset = at;
        if (path.Length == 0)
        {
            message = $"`{key}` names a method and no path";
            advice = $"write `{key.TrimEnd()} /**` for every path";
            return false;
        }

        if (Fault(path, out var inside, out message, out advice))
        {
            offset = at + inside;
            return false;
        }

        methods.Sort(StringComparer.Ordinal);
        string[] sorted = [.. methods];
        if (path.EndsWith("/**", StringComparison.Ordinal))
        {
            pattern = new(PatternKind.Subtree, path[..^3], "", true, sorted, path);
        }
        else if (path.Contains('*'))
        {
            var slash = path.LastIndexOf('/');
            var folder = path[..slash];
            var anyDepth = folder.EndsWith("/**", StringComparison.Ordinal);
            pattern = new(PatternKind.FileName, anyDepth ? folder[..^3] : folder, path[(slash + 1)..], anyDepth, sorted, path);
        }
        else
        {
            pattern = new(PatternKind.Exact, path, "", false, sorted, path);
        }

        return true;
    }

    private static bool Fault(string path, out int at, out string message, out string? advice)
    {
        (at, message, advice) = (0, "", null);
        if ((at = path.AsSpan().IndexOfAny('?', '#')) >= 0)
        {
            message = $"`{path}`: rules name paths; what stands behind `{path[at]}` is not part of one";
            advice = $"write `{path[..at]}`";
            return true;
        }

        for (at = 0; at + 2 < path.Length; at++)
        {
            if (path[at] != '%' || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2])) continue;
            message = $"`{path[at..(at + 3)]}`: paths are compared decoded";
            advice = $"write `{Uri.UnescapeDataString(path)}`";
            return true;
        }

        for (at = 0; at < path.Length; at++)
        {
            if (!char.IsControl(path[at]) && path[at] != '\\') continue;
            message = "a backslash or control character, which no accepted path has";
            return true;
        }

        var segments = path.Split('/');
        at = 0;
        for (var i = 1; i < segments.Length; i++)
        {
            at += segments[i - 1].Length + 1;
            var (segment, last) = (segments[i], i == segments.Length - 1);
            if (segment is "." or ".." || (segment.Length == 0 && !last))
            {
                message = $"`{path}`: dot segments and doubled slashes are gone before rules are asked, so this never matches";
                advice = "write the path as it is after they are resolved";
                return true;
            }

            // `**` may stand before the name or at the end; a single star only in the name.
            var fine = !segment.Contains('*') || (segment == "**" ? last || (i == segments.Length - 2 && segments[^1] is not ("" or "**")) : last && !segment.Contains("**", StringComparison.Ordinal));
            if (fine) continue;
            message = $"`{path}`: `*` stands in the last segment, or `**` for folders before it";
            advice = "write `/folder/**` for all below a folder, `/folder/*.png` for names in it, `/folder/**/*.png` for names at any depth";
            return true;
        }

        return false;
    }
}
