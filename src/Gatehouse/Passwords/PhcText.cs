using System.Globalization;
using Gatehouse.Grammar;

namespace Gatehouse.Passwords;

/// <summary>Pieces of the PHC string format: numbers behind a name, base64 without padding.</summary>
internal static class PhcText
{
    internal static bool TryTakeNumber(ref ReadOnlySpan<char> text, string name, out int number)
    {
        number = 0;
        if (!text.StartsWith(name)) return false;
        var rest = text[name.Length..];
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? rest : rest[..end];
        text = rest[digits.Length..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Standard alphabet, no padding; passlib writes a dot for the plus.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> text, out byte[] octets)
    {
        octets = [];
        var length = StrictBase64.DecodedLength(text.Length);
        if (length <= 0) return false;
        Span<char> url = stackalloc char[PasswordHash.MaximumLength];
        url = url[..text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '-' or '_') return false;
            url[i] = text[i] switch { '+' or '.' => '-', '/' => '_', var c => c };
        }

        octets = new byte[length];
        return StrictBase64.TryDecodeUrl(url, octets, out _, out _);
    }
}
