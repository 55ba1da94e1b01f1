using System.Text;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>The spelling of an Authorization field that was meant, where the one that was given is off: a pure function, tried at the same origin alone.</summary>
internal static class MendedCredentials
{
    /// <summary>The mended value and what was mended; null: nothing to mend.</summary>
    public static (string Value, string What)? Of(string value)
    {
        var trimmed = Unwrapped(value.Trim(' ', '\t', '\r', '\n', '\u00a0'));
        var blank = trimmed.IndexOf(' ');
        if (blank < 0) return WithoutScheme(trimmed, value);
        var scheme = trimmed[..blank].TrimEnd(':', '=');
        var rest = trimmed[blank..].Trim(' ', '\t');
        while (Again(rest, scheme) is { } shorter) rest = shorter;
        rest = Unwrapped(rest);
        if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) rest = Basic(rest);
        else if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && rest.AsSpan().ContainsAny(" \t\r\n")) rest = new string([.. rest.Where(c => c is not (' ' or '\t' or '\r' or '\n'))]);
        var mended = $"{scheme} {rest}";
        return mended == value ? null : (mended, "the same credentials spelt as the standard asks");
    }

    /// <summary>A user's name and password in the other of UTF-8 and ISO-8859-1 (RFC 7617 section 2.1); null: they are no Basic, or plain ASCII, or can't be written in it.</summary>
    public static (string Value, string What)? InOtherCharset(string value)
    {
        if (!value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || !BasicCredentials.TryParse(value.AsSpan(6).Trim(), out var basic, out _)) return null;
        byte[] octets = [.. basic!.UserOctets, (byte)':', .. basic.PasswordOctets];
        switch (basic.Encoding)
        {
            case BasicEncoding.Ascii:
                return null;
            case BasicEncoding.Utf8:
                var text = Encoding.UTF8.GetString(octets);
                return text.All(c => c <= '\u00ff') ? ($"Basic {Convert.ToBase64String(Encoding.Latin1.GetBytes(text))}", "user name and password in ISO-8859-1 instead of UTF-8") : null;
            case BasicEncoding.Other:
                return ($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(octets)))}", "user name and password in UTF-8 instead of ISO-8859-1");
            default:
                return null;
        }
    }

    // A bare token: a JSON Web Token was meant for Bearer, base64 with a colon in it for Basic.
    private static (string Value, string What)? WithoutScheme(string token, string value)
    {
        if (token.Length == 0) return null;
        if (BasicCredentials.TryParse(token, out _, out _)) return ($"Basic {token}", "the same credentials with the scheme `Basic` before them");
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer", "Basic"])
        {
            if (token.Length > scheme.Length + 1 && token.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && token[scheme.Length] is ':' or '=' or ',')
                return ($"{scheme} {token[(scheme.Length + 1)..]}", "the same credentials with a blank behind the scheme");
        }

        if (token.Equals("Basic", StringComparison.OrdinalIgnoreCase) || token.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return null;
        var asBearer = $"Bearer {token}";
        return asBearer == value || token.AsSpan().ContainsAny(",=\"") && !token.EndsWith('=') ? null : (asBearer, "the same credentials with the scheme `Bearer` before them");
    }

    private static string? Again(string rest, string scheme) =>
        rest.Length > scheme.Length && rest.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && rest[scheme.Length] is ' ' or ':' ? rest[(scheme.Length + 1)..].TrimStart(' ') : null;

    private static string Unwrapped(string text) =>
        text.Length >= 2 && (text[0], text[^1]) is ('"', '"') or ('\'', '\'') or ('<', '>') or ('{', '}') or ('`', '`') ? text[1..^1].Trim(' ') : text;

    // `user:password` in clear, base64url, missing padding, a line end that `echo` put behind the password.
    private static string Basic(string rest)
    {
        if (rest.Contains(':') && !rest.AsSpan().ContainsAny('"', '\'')) return Convert.ToBase64String(Encoding.Latin1.GetBytes(rest));
        var canonical = rest.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        canonical += (canonical.Length % 4) switch { 2 => "==", 3 => "=", _ => "" };
        var octets = new byte[canonical.Length];
        if (!Convert.TryFromBase64String(canonical, octets, out var length)) return rest;
        var clear = octets.AsSpan(0, length).TrimEnd("\r\n"u8);
        return clear.Contains((byte)':') ? Convert.ToBase64String(clear) : rest;
    }
}
