namespace Gatehouse.Doctor.Reports;

/// <summary>Addresses as they may be shown: without user and password, and with the secrets of their query masked.</summary>
public static class MaskedUrl
{
    // Names of query parameters that carry what opens a door: tokens, keys, signatures, one-time codes.
    private static readonly string[] Secrets =
    [
        "token", "access_token", "id_token", "refresh_token", "auth", "authorization", "jwt", "key", "api_key", "apikey", "api-key", "appkey", "password", "passwd", "pwd", "pass", "secret", "client_secret",
        "sig", "signature", "x-amz-signature", "x-amz-security-token", "x-goog-signature", "policy", "code", "state", "nonce", "session", "sessionid", "session_id", "sid", "ticket", "assertion", "samlresponse", "otp", "hmac", "subscription-key",
    ];

    /// <summary>The address, its secrets masked.</summary>
    public static string Of(Uri url)
    {
        var text = url.OriginalString;
        var at = text.IndexOf("://", StringComparison.Ordinal);
        if (at > 0 && text.IndexOfAny(['/', '?', '#'], at + 3) is var end && text.LastIndexOf('@', end < 0 ? text.Length - 1 : end) is var sign && sign > at) text = text[..(at + 3)] + text[(sign + 1)..];
        var mark = text.IndexOfAny(['?', '#']);
        if (mark < 0) return text;
        // OAuth's implicit grant brings the token behind the `#` (RFC 6749 section 4.2.2).
        var fragment = text[mark] == '#' ? mark : text.IndexOf('#', mark);
        var query = fragment < 0 ? text[(mark + 1)..] : fragment == mark ? "" : text[(mark + 1)..fragment];
        return text[..mark] + (fragment == mark ? "" : "?" + Query(query)) + (fragment < 0 ? "" : "#" + Query(text[(fragment + 1)..]));
    }

    /// <summary>A query (or a form body), its secrets masked.</summary>
    public static string Query(string query) => string.Join('&', query.Split('&').Select(pair =>
    {
        var equals = pair.IndexOf('=');
        return equals > 0 && pair.Length > equals + 1 && IsSecret(pair[..equals]) ? $"{pair[..equals]}={MaskedField.Secret(Uri.UnescapeDataString(pair[(equals + 1)..]))}" : pair;
    }));

    /// <summary>A text in which addresses may stand, the secrets of their queries masked.</summary>
    public static string InText(string text)
    {
        if (text.AsSpan().IndexOfAny('?', '#') < 0) return text;
        var shown = new System.Text.StringBuilder(text.Length);
        var from = 0;
        for (var at = text.IndexOfAny(BeginsOfQuery); at >= 0; at = text.IndexOfAny(BeginsOfQuery, from))
        {
            var rest = text.AsSpan(at + 1);
            var end = rest.IndexOfAny(EndsOfQuery);
            var query = (end < 0 ? rest : rest[..end]).ToString();
            shown.Append(text, from, at + 1 - from).Append(query.Contains('=') ? Query(query) : query);
            from = at + 1 + query.Length;
        }

        return shown.Append(text, from, text.Length - from).ToString();
    }

    private static readonly char[] BeginsOfQuery = ['?', '#'];

    private static readonly System.Buffers.SearchValues<char> EndsOfQuery = System.Buffers.SearchValues.Create(" \t\r\n\"'`<>,;)|#?");

    /// <summary>Whether a parameter of that name carries a secret; of <c>user[password]</c> the inner name counts.</summary>
    public static bool IsSecret(string name)
    {
        if (name.Contains('%')) name = Uri.UnescapeDataString(name);
        if (name.EndsWith(']') && name.LastIndexOf('[') is >= 0 and var open) name = name[(open + 1)..^1];
        return Secrets.Any(secret => name.Equals(secret, StringComparison.OrdinalIgnoreCase)
            || (secret.Length > 4 && (name.EndsWith("_" + secret, StringComparison.OrdinalIgnoreCase) || name.EndsWith("-" + secret, StringComparison.OrdinalIgnoreCase))));
    }
}
