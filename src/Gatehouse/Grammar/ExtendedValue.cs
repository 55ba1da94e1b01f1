using System.Text;
using System.Text.Unicode;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>A value in the form <c>UTF-8''J%C3%A4s%C3%B8n</c> (RFC 8187 section 3.2.1).</summary>
internal static class ExtendedValue
{
    internal static bool TryParse(ReadOnlySpan<char> text, out string value, out SyntaxError error)
    {
        value = "";
        var first = text.IndexOf('\'');
        var second = first < 0 ? -1 : text[(first + 1)..].IndexOf('\'');
        if (second < 0 || !text[..first].Equals("UTF-8", StringComparison.OrdinalIgnoreCase)) return Fail(0, 0, "UTF-8''value", out error);
        var start = first + second + 2;
        var octets = new byte[text.Length - start];
        var length = 0;
        for (var at = start; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                if (!TokenCharacters.Contains(text[at]) || text[at] is '*' or '\'') return Fail(start, at, "a letter, a digit or %XX", out error);
                octets[length++] = (byte)text[at];
                continue;
            }

            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                return Fail(start, at, "two hexadecimal digits behind %", out error);
            octets[length++] = (byte)(Convert.ToInt32(text.Slice(at + 1, 2).ToString(), 16));
            at += 2;
        }

        if (!Utf8.IsValid(octets.AsSpan(0, length))) return Fail(start, start, "UTF-8", out error);
        value = Encoding.UTF8.GetString(octets, 0, length);
        error = default;
        return true;
    }
}
