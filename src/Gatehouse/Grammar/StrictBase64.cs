using System.Buffers;
using System.Buffers.Text;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>
/// Base64 with padding, and base64url without (RFC 4648 sections 4 and 5), canonical only: no blanks, no missing padding, no
/// bits set behind the end (section 3.5). The decoders of the runtime take all three, so that one secret would have many spellings.
/// </summary>
internal static class StrictBase64
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Letters + "+/");

    private static readonly SearchValues<char> UrlCharacters = SearchValues.Create(Letters + "-_");

    /// <summary>How many bytes so many characters without padding give; -1 where no bytes give so many.</summary>
    internal static int DecodedLength(int characters) => characters % 4 == 1 ? -1 : characters / 4 * 3 + Math.Max(0, characters % 4 - 1);

    internal static bool TryDecode(ReadOnlySpan<char> text, Span<byte> octets, out int length, out SyntaxError error)
    {
        length = 0;
        var digits = text.TrimEnd('=').Length;
        var stray = text[..digits].IndexOfAnyExcept(Characters);
        if (stray >= 0) return Fail(0, stray, "base64", out error);
        if (text.Length % 4 != 0 || text.Length - digits > 2) return Fail(0, text.Length, "base64 with its padding: a multiple of four characters", out error);
        if (octets.Length < DecodedLength(digits)) return Fail(0, 0, $"at most {octets.Length} bytes", out error);
        if (!HasCleanEnd(text[..digits], '+', '/')) return Fail(0, digits - 1, "base64 without stray bits at its end (RFC 4648 section 3.5)", out error);
        error = default;
        return Convert.TryFromBase64Chars(text, octets, out length);
    }

    internal static bool TryDecodeUrl(ReadOnlySpan<char> text, Span<byte> octets, out int length, out SyntaxError error)
    {
        length = 0;
        var stray = text.IndexOfAnyExcept(UrlCharacters);
        if (stray >= 0) return Fail(0, stray, text[stray] == '=' ? "base64url without padding" : "base64url", out error);
        if (DecodedLength(text.Length) < 0) return Fail(0, text.Length, "base64url: one character more or less", out error);
        if (octets.Length < DecodedLength(text.Length)) return Fail(0, 0, $"at most {octets.Length} bytes", out error);
        if (!HasCleanEnd(text, '-', '_')) return Fail(0, text.Length - 1, "base64url without stray bits at its end (RFC 4648 section 3.5)", out error);
        error = default;
        return Base64Url.TryDecodeFromChars(text, octets, out length);
    }

    // Of the last of two characters the low four bits say nothing, of the last of three the low two: they must be zero.
    private static bool HasCleanEnd(ReadOnlySpan<char> digits, char of62, char of63)
    {
        var unused = (digits.Length % 4) switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        if (unused == 0) return true;
        var last = digits[^1];
        var value = last == of62 ? 62 : last == of63 ? 63 : Letters.IndexOf(last, StringComparison.Ordinal);
        return (value & unused) == 0;
    }
}
