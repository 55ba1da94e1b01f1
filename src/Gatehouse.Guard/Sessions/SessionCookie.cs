using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Sessions;

/// <summary>
/// The cookies that the Guard sets. Over TLS they bear the prefix <c>__Host-</c>: browsers then take them only with Secure,
/// Path=/ and no Domain, so that no other host can plant one (RFC 6265bis section 4.1.3.2). Over plain http, which is for loopback,
/// browsers would refuse that name, so it is left off; the two are different cookies and never stand for one another.
/// </summary>
internal static class SessionCookie
{
    /// <summary>The session's cookie.</summary>
    public static string Name(bool secure) => secure ? "__Host-gatehouse" : "gatehouse";

    /// <summary>The cookie that the anti-forgery token of the form is bound to.</summary>
    public static string FormName(bool secure) => secure ? "__Host-gatehouse-form" : "gatehouse-form";

    /// <summary>Set-Cookie that gives a value until the browser is closed.</summary>
    public static string Set(string name, string value, bool secure) => $"{name}={value}; Path=/; HttpOnly; SameSite=Lax{(secure ? "; Secure" : "")}";

    /// <summary>Set-Cookie that deletes it.</summary>
    public static string Clear(string name, bool secure) => $"{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{(secure ? "; Secure" : "")}";

    /// <summary>Looks for the cookie of exactly that name.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="name">Compared octet by octet.</param>
    /// <param name="value">Its value without the quotes that it may stand in; null where it is not there.</param>
    /// <returns>How often it is there: of two, one is another's, and nobody can tell which.</returns>
    public static int Find(IHeaderDictionary headers, string name, out ReadOnlySpan<char> value)
    {
        value = default;
        var count = 0;
        // HTTP/2 may send one cookie a field (RFC 9113 section 8.2.3).
        foreach (var field in headers.Cookie)
        {
            var rest = field.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim(' ').Trim('\t');
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name, StringComparison.Ordinal)) continue;
                value = pair[(name.Length + 1)..];
                if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') value = value[1..^1];
                count++;
            }
        }

        return count;
    }
}
