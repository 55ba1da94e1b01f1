using System.Globalization;
using System.Text;
using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>Escaping as httpd does it.</summary>
public static class UriText
{
    /// <summary>Percent-encodes what may not stand in a path (ap_os_escape_path, ap_escape_uri): letters, digits and <c>$-_.+!*'(),:;@&amp;=/~</c> stay.</summary>
    public static string EscapePath(string text) => Escape(text, static c => char.IsAsciiLetterOrDigit(c) || "$-_.+!*'(),:;@&=/~".Contains(c, StringComparison.Ordinal));

    /// <summary>Percent-encodes what does not stay, octet by octet, in small hexadecimal digits.</summary>
    public static string Escape(string text, Func<char, bool> stays)
    {
        var octets = Octets.Of(text);
        var result = new StringBuilder(octets.Length + 8);
        foreach (var octet in octets)
        {
            if (stays(octet)) result.Append(octet);
            else result.Append(CultureInfo.InvariantCulture, $"%{(int)octet:x2}");
        }

        return Octets.ToText(result.ToString());
    }

    /// <summary>Undoes percent-encoding (ap_unescape_url).</summary>
    /// <param name="text">What to undo.</param>
    /// <param name="keepSlashes">Encoded slashes stay encoded.</param>
    /// <returns>Null where httpd refuses it: an incomplete escape, or a zero or, unless kept, a slash in one.</returns>
    public static string? Unescape(string text, bool keepSlashes)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var octets = Octets.Of(text);
        var result = new StringBuilder(octets.Length);
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] != '%')
            {
                result.Append(octets[i]);
                continue;
            }

            if (i + 2 >= octets.Length || !char.IsAsciiHexDigit(octets[i + 1]) || !char.IsAsciiHexDigit(octets[i + 2])) return null;
            var value = (char)int.Parse(octets.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (value == '\0' || (value == '/' && !keepSlashes)) return null;
            if (value == '/') result.Append(octets, i, 3);
            else result.Append(value);
            i += 2;
        }

        return Octets.ToText(result.ToString());
    }
}
