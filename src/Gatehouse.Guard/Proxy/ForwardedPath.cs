using System.Buffers;
using System.Text;

namespace Gatehouse.Guard.Proxy;

/// <summary>A canonical, decoded path written as a request target's path (RFC 3986 section 3.3), so that the upstream decodes exactly what was decided on.</summary>
public static class ForwardedPath
{
    /// <summary>pchar without pct-encoded, and the slash. <c>;</c> stands for itself: what is a parameter to somebody was refused before.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    /// <summary>The encoded form; the same text where nothing needs encoding.</summary>
    public static string Encode(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(Plain)) return path;
        var text = new StringBuilder(path.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsAscii && Plain.Contains((char)rune.Value))
            {
                text.Append((char)rune.Value);
                continue;
            }

            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) text.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);
        }

        return text.ToString();
    }
}
