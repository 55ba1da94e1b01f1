using System.Text;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Logs;

/// <summary>Log lines carry tokens, passwords and cookies: in query strings, headers and messages. Evidence shows them masked.</summary>
internal static class LogSecrets
{
    private static readonly string[] Names = ["access_token", "id_token", "refresh_token", "token", "api_key", "apikey", "api-key", "key", "password", "passwd", "pwd", "secret", "client_secret", "sig", "signature", "session", "sessionid", "code", "authorization", "cookie", "jwt", "auth"];

    private static readonly System.Buffers.SearchValues<char> EndOfSecret = System.Buffers.SearchValues.Create(" &\"',;)]}");

    /// <summary>The text with the values of such names, and everything that looks like a JWT or follows Bearer and Basic, masked.</summary>
    public static string Mask(string text)
    {
        if (text.Length < 8) return text;
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            if (SecretAt(text, at, out var start, out var end))
            {
                result.Append(text, at, start - at).Append(Masked.Secret(text.AsSpan(start, end - start)));
                at = end;
            }
            else result.Append(text[at++]);
        }

        return result.ToString();
    }

    private static bool SecretAt(string text, int at, out int start, out int end)
    {
        start = end = at;
        var rest = text.AsSpan(at);
        var boundary = at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]);
        if (!boundary) return false;
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "Basic "])
            if (rest.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && Length(rest[scheme.Length..]) is >= 8 and var length && (length >= 16 || rest[scheme.Length..].Contains('=')))
                return Take(at + scheme.Length, length, out start, out end);
        if (rest.StartsWith("eyJ", StringComparison.Ordinal) && Length(rest) is >= 24 and var token) return Take(at, token, out start, out end);
        foreach (var name in Names)
        {
            if (!rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) || rest.Length <= name.Length + 1 || (at > 0 && text[at - 1] is '_' or '-')) continue;
            var mark = rest[name.Length] == '=' ? 1 : rest[name.Length..].StartsWith("\":\"") ? 3 : 0;
            if (mark > 0 && Length(rest[(name.Length + mark)..]) is > 0 and var value) return Take(at + name.Length + mark, value, out start, out end);
        }

        return false;
    }

    private static bool Take(int from, int length, out int start, out int end)
    {
        (start, end) = (from, from + length);
        return true;
    }

    private static int Length(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(EndOfSecret);
        return end < 0 ? text.Length : end;
    }
}
