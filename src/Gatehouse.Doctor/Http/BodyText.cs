using System.Text;

namespace Gatehouse.Doctor.Http;

/// <summary>Octets of a body to text.</summary>
internal static class BodyText
{
    /// <summary>By the charset of the Content-Type; UTF-8, with U+FFFD for what does not fit, where none or an unknown one is named.</summary>
    public static string Of(string? contentType, ReadOnlySpan<byte> body)
    {
        if (contentType is not null && contentType.IndexOf("charset=", StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            var name = contentType.AsSpan(at + 8).Trim().Trim('"');
            if (name.IndexOfAny(";\" ") is >= 0 and var end) name = name[..end];
            if (name.Equals("iso-8859-1", StringComparison.OrdinalIgnoreCase) || name.Equals("latin1", StringComparison.OrdinalIgnoreCase) || name.Equals("windows-1252", StringComparison.OrdinalIgnoreCase))
                return Encoding.Latin1.GetString(body);
        }

        return Encoding.UTF8.GetString(body.StartsWith("\uFEFF"u8) ? body[3..] : body);
    }
}
