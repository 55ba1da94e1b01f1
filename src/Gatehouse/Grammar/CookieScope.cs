namespace Gatehouse.Grammar;

/// <summary>Whether a cookie's Domain and Path cover a request (RFC 6265bis sections 5.1.3 and 5.1.4).</summary>
public static class CookieScope
{
    /// <summary>Whether a host lies in a domain: equal, or below it at a dot, and no IP address.</summary>
    /// <param name="host">Lower case, without port and trailing dot.</param>
    /// <param name="domain">Lower case, without leading dot.</param>
    public static bool DomainMatches(ReadOnlySpan<char> host, ReadOnlySpan<char> domain) =>
        host.SequenceEqual(domain)
        || (host.Length > domain.Length && domain.Length > 0 && host.EndsWith(domain) && host[^(domain.Length + 1)] == '.' && !IsAddress(host));

    /// <summary>Whether a request's path lies in a cookie's path: equal, or below it at a slash.</summary>
    public static bool PathMatches(ReadOnlySpan<char> requestPath, ReadOnlySpan<char> cookiePath) =>
        requestPath.StartsWith(cookiePath)
        && (requestPath.Length == cookiePath.Length || (cookiePath.Length > 0 && cookiePath[^1] == '/') || requestPath[cookiePath.Length] == '/');

    /// <summary>The path of a cookie that names none: that of the request up to its last slash.</summary>
    public static string DefaultPath(ReadOnlySpan<char> requestPath)
    {
        if (requestPath.IsEmpty || requestPath[0] != '/') return "/";
        var last = requestPath.LastIndexOf('/');
        return last == 0 ? "/" : requestPath[..last].ToString();
    }

    /// <summary>Whether a host is an IP address, in brackets or not: addresses have no subdomains.</summary>
    internal static bool IsAddress(ReadOnlySpan<char> host) =>
        Address.TryParse(host.Length > 1 && host[0] == '[' && host[^1] == ']' ? host[1..^1] : host, out _, out _);
}
