using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Rewriting;

/// <summary>A RewriteMap. Functions of the server and text files are looked up; databases, programs and chance are not known.</summary>
internal sealed record RewriteMap(string Kind, string Source)
{
    /// <summary>Longest line of a text file (REWRITE_MAX_TXT_MAP_LINE); longer ones go on as another line.</summary>
    private const int LongestLine = 1024;

    /// <summary>Reads <c>RewriteMap name type:source</c>; says what httpd refuses.</summary>
    public static string? Read(Directive line, out string name, out RewriteMap? map)
    {
        map = null;
        name = "";
        if (line.Arguments is not [var first, var source, ..] || line.Arguments.Count > 3) return "takes a name, a source and options";
        name = first;
        var colon = source.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? "" : source[..colon].ToLowerInvariant();
        if (kind.StartsWith("dbm=", StringComparison.Ordinal)) kind = "dbm";
        map = kind is "txt" or "rnd" or "dbm" or "dbd" or "fastdbd" or "prg" or "int" ? new(kind, source[(colon + 1)..]) : new("txt", source);
        return map.Kind == "int" && map.Source is not ("tolower" or "toupper" or "escape" or "unescape") ? $"no function `{map.Source}`" : null;
    }

    /// <summary>The value of a key; null with no reason: there is none.</summary>
    public Text? LookUp(string key, IFileView files) => Kind switch
    {
        "int" => Source switch
        {
            "tolower" => string.Create(key.Length, key, static (to, from) => { for (var i = 0; i < to.Length; i++) to[i] = char.IsAscii(from[i]) ? char.ToLowerInvariant(from[i]) : from[i]; }),
            "toupper" => string.Create(key.Length, key, static (to, from) => { for (var i = 0; i < to.Length; i++) to[i] = char.IsAscii(from[i]) ? char.ToUpperInvariant(from[i]) : from[i]; }),
            "escape" => UriText.EscapePath(key),
            _ => UriText.Unescape(key, keepSlashes: false) ?? Text.Unknown($"`unescape` of `{key}` ends in the middle"),
        },
        "txt" => InFile(key, files),
        "rnd" => Text.Unknown("a map of kind `rnd` chooses by chance"),
        _ => Text.Unknown($"a map of kind `{Kind}` can't be looked up from here"),
    };

    private Text? InFile(string key, IFileView files)
    {
        if (files.Stat(Source) is null) return null;
        if (files.Read(Source) is not { } content) return Text.Unknown($"the map `{Source}` can't be read from here");
        foreach (var line in content.Split('\n'))
        {
            if (line.Length > LongestLine) return Text.Unknown($"the map `{Source}` has a line longer than the server reads");
            if (line.Length == 0 || line[0] == '#' || char.IsWhiteSpace(line[0]) || !line.StartsWith(key, StringComparison.Ordinal)) continue;
            var rest = line.AsSpan(key.Length);
            if (rest.Length > 0 && !char.IsWhiteSpace(rest[0])) continue;
            rest = rest.TrimStart();
            if (rest.Length == 0) continue;
            var end = rest.IndexOfAny(" \t\r\v\f");
            return (end < 0 ? rest : rest[..end]).ToString();
        }

        return null;
    }
}
