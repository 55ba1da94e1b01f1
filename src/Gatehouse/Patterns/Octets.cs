using System.Text;

namespace Gatehouse.Patterns;

/// <summary>
/// Text as httpd sees it: a row of octets, here one character of the range 0 to 255 each. Patterns and escapes work on octets (a dot
/// matches one of the two that make an é), so text goes there and comes back. Octets that are no UTF-8 come back as the lone
/// surrogates U+DC80 to U+DCFF and return unharmed.
/// </summary>
public static class Octets
{
    /// <summary>Each octet of the text as one character; the same string where all is ASCII.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var result = new StringBuilder(text.Length + 16);
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x80)
            {
                result.Append(c);
            }
            else if (c is >= '\uDC80' and <= '\uDCFF' && (i == 0 || !char.IsHighSurrogate(text[i - 1])))
            {
                result.Append((char)(c - 0xDC00));
            }
            else
            {
                var status = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed);
                if (status != System.Buffers.OperationStatus.Done) rune = Rune.ReplacementChar;
                var length = rune.EncodeToUtf8(buffer);
                foreach (var octet in buffer[..length]) result.Append((char)octet);
                i += consumed - 1;
            }
        }

        return result.ToString();
    }

    /// <summary>The text that the octets mean in UTF-8; the same string where all is ASCII.</summary>
    public static string ToText(string octets)
    {
        if (Ascii.IsValid(octets)) return octets;
        var bytes = new byte[octets.Length];
        for (var i = 0; i < octets.Length; i++) bytes[i] = (byte)octets[i];
        return ToText(bytes);
    }

    /// <summary>The text that the octets mean in UTF-8.</summary>
    public static string ToText(ReadOnlySpan<byte> octets)
    {
        var result = new StringBuilder(octets.Length);
        while (octets.Length > 0)
        {
            if (Rune.DecodeFromUtf8(octets, out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
            {
                result.Append(rune.ToString());
                octets = octets[consumed..];
            }
            else
            {
                result.Append((char)(0xDC00 + octets[0]));
                octets = octets[1..];
            }
        }

        return result.ToString();
    }
}
