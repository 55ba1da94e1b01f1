using System.Text;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>The head of a request as octets: exactly the fields that it names, in their order, malformed ones too (RFC 9112 section 2.1).</summary>
internal static class RequestHead
{
    /// <summary>Request line and fields.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="throughProxy">Whether the target is written in absolute form, for a proxy (RFC 9112 section 3.2.2).</param>
    /// <param name="proxyCredentials">Value of Proxy-Authorization; null: none.</param>
    public static byte[] Of(SentRequest request, bool throughProxy, string? proxyCredentials)
    {
        var target = request.Url.PathAndQuery is { Length: > 0 } path ? path : "/";
        if (throughProxy) target = $"http://{request.Url.IdnHost}{(request.Url.IsDefaultPort ? "" : $":{request.Url.Port}")}{target}";
        var text = new StringBuilder().Append(request.Method).Append(' ').Append(target).Append(" HTTP/1.1\r\n");
        foreach (var field in request.Fields) text.Append(field.Name).Append(field.Value.Length == 0 ? ":" : ": ").Append(field.Value).Append("\r\n");
        if (throughProxy && proxyCredentials is not null) text.Append("Proxy-Authorization: ").Append(proxyCredentials).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>CONNECT for a tunnel through a proxy (RFC 9110 section 9.3.6).</summary>
    public static byte[] Tunnel(Uri url, string? proxyCredentials)
    {
        var authority = $"{(url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost)}:{url.Port}";
        return Encoding.Latin1.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{(proxyCredentials is null ? "" : $"Proxy-Authorization: {proxyCredentials}\r\n")}\r\n");
    }
}
