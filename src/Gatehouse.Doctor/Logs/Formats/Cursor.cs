using System.Globalization;
using System.Net;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Reads the pieces of a line from left to right.</summary>
internal ref struct Cursor(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> rest = text;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<char> Rest => rest;

    /// <summary>Up to the next blank, which is passed; empty at the end.</summary>
    public string Word()
    {
        rest = rest.TrimStart(' ');
        var end = rest.IndexOf(' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return word.ToString();
    }

    /// <summary>What stands between two marks at this place; null: the first is not here, or the second nowhere.</summary>
    public string? Between(char open, char close)
    {
        rest = rest.TrimStart(' ');
        if (rest.Length == 0 || rest[0] != open) return null;
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '\\' && close == '"') i++;
            else if (rest[i] == close)
            {
                var inside = rest[1..i].ToString();
                rest = rest[(i + 1)..];
                return inside;
            }
        }

        return null;
    }

    /// <summary>A word, or what stands between quotes.</summary>
    public string Value() => rest.TrimStart(' ') is ['"', ..] ? Between('"', '"') ?? Word() : Word();
}

/// <summary>Values as logs write them.</summary>
internal static class Values
{
    private static readonly System.Buffers.SearchValues<char> MethodCharacters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");

    /// <summary>Null for <c>-</c> and for nothing.</summary>
    public static string? Text(string? text) => string.IsNullOrEmpty(text) || text is "-" or "\"-\"" or "(null)" ? null : text;

    /// <summary>Three digits.</summary>
    public static int? Status(ReadOnlySpan<char> text) => text.Length == 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999 ? status : null;

    /// <summary>An address, with or without a port and brackets; of a list the first.</summary>
    public static IPAddress? Client(ReadOnlySpan<char> text)
    {
        if (text.IndexOf(',') is > 0 and var comma) text = text[..comma];
        text = text.Trim("\" ");
        if (text is ['[', ..] && text.IndexOf(']') is > 0 and var close) text = text[1..close];
        else if (text.Count(':') == 1) text = text[..text.IndexOf(':')];
        if (Address.TryParse(text, out var address, out _)) return address;
        // 127.0.0.1:8080 was cut above; an IPv6 address with a port and no brackets is Apache's own way.
        return text.LastIndexOf(':') is > 0 and var last && text.Count(':') > 2 && Address.TryParse(text[..last], out address, out _) ? address : null;
    }

    /// <summary>Method and target of a request line: <c>GET /a?b HTTP/1.1</c>.</summary>
    public static (string? Method, string? Target) RequestLine(string? line)
    {
        if (line is null) return (null, null);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space is <= 0 or > 32 || line.AsSpan(0, space).ContainsAnyExcept(MethodCharacters)) return (null, null);
        var target = line[(space + 1)..];
        var protocol = target.LastIndexOf(" HTTP/", StringComparison.Ordinal);
        return (line[..space], Target(protocol >= 0 ? target[..protocol] : target));
    }

    /// <summary>Path and query of an absolute URL or of a target; null: neither.</summary>
    public static string? Target(string? text)
    {
        if (Text(text) is not { } given) return null;
        var scheme = given.IndexOf("://", StringComparison.Ordinal);
        if (scheme is > 0 and < 8)
        {
            var slash = given.IndexOf('/', scheme + 3);
            return slash < 0 ? "/" : given[slash..];
        }

        return given[0] is '/' or '*' ? given : null;
    }
}
