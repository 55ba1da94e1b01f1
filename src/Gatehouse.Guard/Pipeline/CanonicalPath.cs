using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Guard.Pipeline;

/// <summary>
/// One spelling for each path. Dot segments (raw or encoded), doubled slashes and needless escapes are resolved;
/// whatever two servers could read in two ways is refused with the reason. The result is decoded exactly once.
/// </summary>
public static class CanonicalPath
{
    /// <summary>Characters that mean themselves everywhere: nothing to decode, nothing to doubt.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,:@=/.");

    /// <summary>Longest path in characters as sent; Kestrel's own limit of a request line is lower by default.</summary>
    private const int MaximumLength = 16 * 1024;

    /// <summary>Reads the path of a request target: <c>absolute-path</c> of RFC 9112 section 3.2.1, without the query.</summary>
    /// <param name="raw">As it came on the wire.</param>
    /// <param name="path">Starts with one slash; null where refused.</param>
    /// <param name="problem">What is ambiguous or malformed: lower case, no final stop; null where it was read.</param>
    /// <param name="known">A string that may equal the result, to save making another.</param>
    public static bool TryRead(ReadOnlySpan<char> raw, out string? path, out string? problem, string? known = null)
    {
        path = null;
        problem = null;
        if (raw.Length == 0 || raw[0] != '/') return Refused("the target does not start with a slash", out problem);
        if (raw.Length > MaximumLength) return Refused($"the path is longer than {MaximumLength} characters", out problem);
        if (!raw.ContainsAnyExcept(Plain) && IsSettled(raw) && !raw.Contains("::$", StringComparison.Ordinal))
        {
            path = known is not null && raw.SequenceEqual(known) ? known : raw.ToString();
            return true;
        }

        if (!TryDecode(raw, out var decoded, out problem)) return false;
        return TryResolve(decoded, out path, out problem);
    }

    /// <summary>The canonical path as a URI has it: everything but RFC 3986's unreserved characters and a few that are safe in a path is escaped.</summary>
    public static string Encode(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(Plain)) return path;
        var text = new StringBuilder(path.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsAscii && Plain.Contains((char)rune.Value))
            {
                text.Append((char)rune.Value);
                continue;
            }

            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
                text.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Whether nothing is left to resolve: no empty segment, none that starts or ends with a dot.</summary>
    private static bool IsSettled(ReadOnlySpan<char> path)
    {
        // A name that starts with a dot is legal (".well-known"); it only takes the slower way.
        var previous = '\0';
        foreach (var c in path)
        {
            if (c == '/' && previous is '/' or '.') return false;
            if (c == '.' && previous == '/') return false;
            previous = c;
        }

        return previous != '.';
    }

    // pchar = unreserved / pct-encoded / sub-delims / ":" / "@" (RFC 3986 section 3.3)
    private static bool TryDecode(ReadOnlySpan<char> raw, out string decoded, out string? problem)
    {
        decoded = "";
        problem = null;
        var octets = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            var length = 0;
            for (var i = 0; i < raw.Length; i++)
            {
                var c = raw[i];
                var escaped = c == '%';
                if (escaped)
                {
                    if (i + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[i + 1]) || !char.IsAsciiHexDigit(raw[i + 2]))
                        return Refused("a percent sign that no two hexadecimal digits follow", out problem);
                    c = (char)((HexValue(raw[i + 1]) << 4) | HexValue(raw[i + 2]));
                    i += 2;
                }

                switch (c)
                {
                    case '\0': return Refused("a NUL character in the path", out problem);
                    case < ' ' or '\x7f': return Refused("a control character in the path", out problem);
                    case '/' when escaped: return Refused("an encoded slash: some servers take it for a separator and some for a character", out problem);
                    case '\\': return Refused("a backslash: some servers take it for a slash", out problem);
                    case ';': return Refused("a semicolon: some servers cut path parameters off and some do not", out problem);
                    case '#' when !escaped: return Refused("a fragment in the request target", out problem);
                    case '?' when !escaped: return Refused("a query where only a path belongs", out problem);
                    case ' ' when !escaped: return Refused("a blank in the request target", out problem);
                    case > '\x7f' when !escaped: return Refused("a character that is not ASCII stands unescaped in the path", out problem);
                    default:
                        octets[length++] = (byte)c;
                        break;
                }
            }

            var bytes = octets.AsSpan(0, length);
            if (!Utf8.IsValid(bytes)) return Refused("the escapes in the path are not UTF-8", out problem);
            decoded = Encoding.UTF8.GetString(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }

        for (var i = 0; i < decoded.Length; i++)
        {
            if (decoded[i] is (>= '\u0080' and <= '\u009f') or '\u2028' or '\u2029') return Refused("a control character in the path", out problem);
            if (decoded[i] == '%' && i + 2 < decoded.Length && char.IsAsciiHexDigit(decoded[i + 1]) && char.IsAsciiHexDigit(decoded[i + 2]))
                return Refused("a part of the path is encoded twice", out problem);
        }

        return true;
    }

    // remove_dot_segments (RFC 3986 section 5.2.4), over the decoded path, merging empty segments
    private static bool TryResolve(string decoded, out string? path, out string? problem)
    {
        path = null;
        problem = null;
        var kept = new List<Range>();
        var text = decoded.AsSpan();
        var endsInSlash = false;
        foreach (var range in text.Split('/'))
        {
            var segment = text[range];
            endsInSlash = true;
            if (segment is "" or ".") continue;
            if (segment is "..")
            {
                if (kept.Count == 0) return Refused("dot segments lead above the root", out problem);
                kept.RemoveAt(kept.Count - 1);
                continue;
            }

            if (segment[^1] is '.' or ' ') return Refused("a name that ends in a dot or a blank: some systems drop it", out problem);
            if (segment.Contains("::$", StringComparison.Ordinal)) return Refused("the name of an NTFS stream", out problem);
            kept.Add(range);
            endsInSlash = false;
        }

        var result = new StringBuilder(decoded.Length);
        foreach (var range in kept)
            result.Append('/').Append(text[range]);
        if (endsInSlash || kept.Count == 0) result.Append('/');
        path = result.ToString();
        return true;
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool Refused(string reason, out string? problem)
    {
        problem = reason;
        return false;
    }
}
