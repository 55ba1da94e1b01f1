using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Inputs;

/// <summary>An address as it is typed: what curl and browsers take beyond RFC 3986.</summary>
/// <param name="Url">http or https, without user and fragment.</param>
/// <param name="User">From <c>user:password@</c>, decoded, as octets; null: none.</param>
public sealed record UrlText(Uri Url, UserPassword? User)
{
    /// <summary>Longest address read, in characters: browsers and servers stop well before.</summary>
    public const int MaxLength = 65_536;

    /// <summary>Reads an address; without a scheme it is taken as http.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="value">The address.</param>
    /// <param name="error">Where it stops being one.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out UrlText? value, out SyntaxError error) => TryParseOctets(Octets.Of(text), pathAsIs: false, out value, out error);

    /// <summary>The same for octets.</summary>
    /// <param name="text">One character an octet.</param>
    /// <param name="pathAsIs">Whether dot segments stay (curl's --path-as-is).</param>
    /// <param name="value">The address.</param>
    /// <param name="error">Where it stops being one.</param>
    internal static bool TryParseOctets(string text, bool pathAsIs, [NotNullWhen(true)] out UrlText? value, out SyntaxError error)
    {
        value = null;
        if (text.Length > MaxLength) return Fail(MaxLength, $"at most {MaxLength} characters", out error);
        var trimmed = text.Trim();
        var at = text.Length == 0 ? 0 : text.IndexOf(trimmed, StringComparison.Ordinal);
        if (trimmed.Length == 0) return Fail(0, "an address", out error);
        for (var i = 0; i < trimmed.Length; i++)
            if (trimmed[i] <= ' ' || trimmed[i] == '\x7f') return Fail(at + i, "no blank or control character: write %20 for a blank", out error);

        var scheme = "http";
        var rest = trimmed;
        if (trimmed.IndexOf("://", StringComparison.Ordinal) is > 0 and var colon && trimmed.AsSpan(0, colon).IndexOfAny("/?#.@") < 0)
        {
            scheme = trimmed[..colon].ToLowerInvariant();
            rest = trimmed[(colon + 3)..];
            if (scheme is not ("http" or "https")) return Fail(at, $"http or https, not `{Shown(scheme)}`", out error);
        }

        rest = rest.TrimStart('/');
        var end = rest.AsSpan().IndexOfAny("/?#") is >= 0 and var found ? found : rest.Length;
        var authority = rest[..end];
        var tail = rest[end..];
        if (tail.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment) tail = tail[..fragment];

        // curl takes it for a part of the user's name, browsers for a slash: whom it means can't be told.
        if (authority.Contains('\\', StringComparison.Ordinal)) return Fail(at, "a host without a backslash", out error);
        UserPassword? user = null;
        if (authority.LastIndexOf('@') is >= 0 and var sign)
        {
            var name = authority[..sign];
            authority = authority[(sign + 1)..];
            var split = name.IndexOf(':', StringComparison.Ordinal);
            user = new(Unescaped(split < 0 ? name : name[..split]), split < 0 ? null : Unescaped(name[(split + 1)..]));
        }

        if (authority.Length == 0) return Fail(at + trimmed.Length - rest.Length, "a host", out error);
        var path = tail.StartsWith('/') ? tail : "/" + tail;
        var target = Escaped(pathAsIs ? path : WithoutDots(path));
        if (!TryMake($"{scheme}://{Octets.Text(authority)}", target, out var url))
            return Fail(at + trimmed.Length - rest.Length, "a host name or an address, and a port up to 65535", out error);
        value = new(url, user);
        error = default;
        return true;
    }

    /// <summary>
    /// An address with just this path and query. <see cref="Uri"/> decodes what need not be encoded; where that would change what is sent, it is told to keep
    /// its hands off (such an address can be sent and shown, but not taken apart by GetComponents).
    /// </summary>
    internal static bool TryMake(string origin, string pathAndQuery, [NotNullWhen(true)] out Uri? url)
    {
        if (Uri.TryCreate(origin + pathAndQuery, UriKind.Absolute, out url) && url.Host.Length > 0 && url.PathAndQuery == pathAndQuery) return true;
        return Uri.TryCreate(origin + pathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out url) && url.Host.Length > 0;
    }

    /// <summary>Dot segments resolved, also in their encoded form, everything else untouched (RFC 3986 section 5.2.4).</summary>
    private static string WithoutDots(string pathAndQuery)
    {
        var mark = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? pathAndQuery : pathAndQuery[..mark];
        if (path.IndexOf("/.", StringComparison.Ordinal) < 0 && path.IndexOf("/%2e", StringComparison.OrdinalIgnoreCase) < 0) return pathAndQuery;
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var plain = segments[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (plain is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (plain == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (i == segments.Length - 1) kept.Add("");
        }

        return "/" + string.Join('/', kept) + (mark < 0 ? "" : pathAndQuery[mark..]);
    }

    /// <summary>Octets beyond ASCII percent-encoded; all else as it stands.</summary>
    private static string Escaped(string path)
    {
        if (Ascii.IsValid(path)) return path;
        var escaped = new StringBuilder();
        foreach (var octet in path)
        {
            if (octet < 0x80) escaped.Append(octet);
            else escaped.Append('%').Append(((int)octet).ToString("X2"));
        }

        return escaped.ToString();
    }

    private static string Unescaped(string text)
    {
        if (text.IndexOf('%', StringComparison.Ordinal) < 0) return text;
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private static string Shown(string scheme) => scheme.Length > 20 ? scheme[..20] + "…" : scheme;

    private static bool Fail(int at, string expected, out SyntaxError error)
    {
        error = new(at, at, expected);
        return false;
    }
}
