using System.Collections.Frozen;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>Which request fields carry credentials: taken out by experiments, kept from other origins, masked in reports.</summary>
public static class CredentialFields
{
    private static readonly FrozenSet<string> Known = new[]
    {
        "Authorization", "Proxy-Authorization", "DPoP", "X-Amz-Security-Token", "X-Amz-Signature", "Ocp-Apim-Subscription-Key", "X-Functions-Key",
        "PRIVATE-TOKEN", "JOB-TOKEN", "X-Gitlab-Token", "X-Vault-Token", "X-Goog-Iap-Jwt-Assertion", "X-Goog-Api-Key", "CF-Access-Client-Secret", "CF-Access-Client-Id", "Cf-Access-Jwt-Assertion", "Sec-WebSocket-Protocol",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // What field names of API keys and tokens are made of, word by word (`X-Api-Key`, `apikey`, `x-auth-token`).
    private static readonly string[] TellingEnds = ["api-key", "apikey", "api_key", "access-key", "accesskey", "auth-token", "access-token", "token", "secret", "signature", "auth", "authorization", "password", "jwt", "session-id", "sessionid", "client-key"];

    /// <summary>Whether a field carries credentials; cookies are asked for on their own (<see cref="IsCookie"/>), tokens against forgery are none.</summary>
    public static bool Is(string name)
    {
        if (Known.Contains(name)) return true;
        if (IsForgeryToken(name)) return false;
        return TellingEnds.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase) && (name.Length == end.Length || name[^(end.Length + 1)] is '-' or '_' || name.StartsWith("X", StringComparison.OrdinalIgnoreCase)));
    }

    private static readonly FrozenSet<string> Parameters = new[] { "api_key", "apikey", "api-key", "key", "subscription-key", "subscription_key", "access_token", "auth_token", "token", "app_key", "appid", "client_key", "access_key", "api_token", "apitoken", "auth_key" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Shorter values of such names are rather the key of a record than a secret.</summary>
    private const int ShortestSecret = 8;

    /// <summary>Whether a parameter of the query carries a key or a token; signatures over the address are none, since they say what is asked for.</summary>
    public static bool IsParameter(ReadOnlySpan<char> pair)
    {
        var equals = pair.IndexOf('=');
        return equals > 0 && pair.Length - equals > ShortestSecret && Parameters.Contains(pair[..equals].ToString());
    }

    /// <summary>Whether it is the Cookie field.</summary>
    public static bool IsCookie(string name) => name.Equals("Cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether its value is a secret that reports mask.</summary>
    public static bool IsSecret(string name) => Is(name) || IsCookie(name) || IsForgeryToken(name) || name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>Tokens that prove the page, not the caller (<c>X-CSRF-Token</c>, <c>X-XSRF-TOKEN</c>, <c>RequestVerificationToken</c>).</summary>
    private static bool IsForgeryToken(string name) =>
        name.Contains("csrf", StringComparison.OrdinalIgnoreCase) || name.Contains("xsrf", StringComparison.OrdinalIgnoreCase) || name.EndsWith("RequestVerificationToken", StringComparison.OrdinalIgnoreCase);
}
