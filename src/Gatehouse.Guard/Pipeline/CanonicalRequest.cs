using System.Buffers;
using System.Net;
using Gatehouse.Grammar;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Guard.Pipeline;

/// <summary>Why no canonical request could be made.</summary>
/// <param name="Status">400; 501 for a method that is not known here (RFC 9110 section 15.6.2).</param>
/// <param name="Reason">What is ambiguous or malformed: lower case, no final stop.</param>
public sealed record Ambiguity(int Status, string Reason);

/// <summary>
/// Reads a request once into the one form from which it is both judged and served. Whatever two programs could
/// read in two ways ends here with a reason (RFC 9112 section 11.2; RFC 3986 section 6).
/// </summary>
public sealed class CanonicalRequest(RequestSurroundings surroundings)
{
    /// <summary>Registered methods that are safe to pass on. TRACE and CONNECT are not: they have no place at a reverse proxy (RFC 9110 section 9.3).</summary>
    private static readonly string[] KnownMethods =
    [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "ACL", "BIND", "UNBIND", "REBIND", "MKCALENDAR", "VERSION-CONTROL",
    ];

    /// <summary>tchar of RFC 9110 section 5.6.2.</summary>
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly TrustedProxies? _proxies = surroundings.TrustedProxies.Count == 0 ? null : new(surroundings);
    private CachedHost _lastHost = new("", "");
    private CachedAddress _lastAddress = new(IPAddress.None, IPAddress.None);

    /// <summary>Reads the request; sets its Path to the canonical one, so that whatever comes later sees nothing else.</summary>
    /// <returns>Null, with the reason, where it is ambiguous or malformed.</returns>
    public Facts? Read(HttpContext context, out Ambiguity? ambiguity)
    {
        ambiguity = null;
        var request = context.Request;
        var headers = request.Headers;
        if (MethodProblem(request.Method) is { } method)
        {
            ambiguity = method;
            return null;
        }

        if (HeaderProblem(request, headers) is { } problem)
        {
            ambiguity = new(StatusCodes.Status400BadRequest, problem);
            return null;
        }

        if (!TryReadHost(headers.Host.ToString(), out var host, out var reason) || !TryReadPath(context, out var path, out reason))
        {
            ambiguity = new(StatusCodes.Status400BadRequest, reason!);
            return null;
        }

        var (address, secure) = TryReadPeer(context, out reason);
        if (reason is not null)
        {
            ambiguity = new(StatusCodes.Status400BadRequest, reason);
            return null;
        }

        if (!string.Equals(request.Path.Value, path, StringComparison.Ordinal)) request.Path = new PathString(path);
        if (request.PathBase.HasValue) request.PathBase = PathString.Empty;
        return new Facts
        {
            Method = request.Method,
            Host = host!,
            Path = path!,
            Address = address,
            Country = address is null ? null : surroundings.CountryOf?.Invoke(address),
            Time = surroundings.Time.GetUtcNow(),
            Secure = secure,
        };
    }

    private static Ambiguity? MethodProblem(string method)
    {
        // Kestrel hands out its own strings for the common ones: the first comparisons are of references.
        foreach (var known in KnownMethods)
            if (string.Equals(method, known, StringComparison.Ordinal)) return null;
        foreach (var known in KnownMethods)
            if (string.Equals(method, known, StringComparison.OrdinalIgnoreCase))
                return new(StatusCodes.Status400BadRequest, $"the method is not spelled `{known}`: methods are case-sensitive");
        return new(StatusCodes.Status501NotImplemented, "this method is not served here");
    }

    private static string? HeaderProblem(HttpRequest request, IHeaderDictionary headers)
    {
        if (headers.Host.Count > 1) return "more than one Host field";
        if (headers.Authorization.Count > 1) return "more than one Authorization field: it can't be told which one counts";
        // HTTP/1 names are tokens already; of HTTP/2's, Kestrel lets blanks and colons through (RFC 9113 section 8.2.1).
        if (!HttpProtocol.IsHttp11(request.Protocol) && !HttpProtocol.IsHttp10(request.Protocol))
            foreach (var field in headers)
                if (!field.Key.StartsWith(':') && field.Key.AsSpan().ContainsAnyExcept(NameCharacters)) return "the name of a field has a character that no field's name has";
        var lengths = headers.ContentLength is not null;
        if (headers.TransferEncoding.Count == 0) return null;
        if (!HttpProtocol.IsHttp11(request.Protocol)) return "Transfer-Encoding outside HTTP/1.1";

        // Kestrel renames Content-Length to X-Content-Length where Transfer-Encoding came along (RFC 9112 section 6.3).
        if (lengths || headers.ContainsKey("X-Content-Length")) return "both Content-Length and Transfer-Encoding";
        return headers.TransferEncoding is [{ } only] && string.Equals(only.Trim(), "chunked", StringComparison.OrdinalIgnoreCase) ? null : "a Transfer-Encoding other than chunked alone";
    }

    private bool TryReadHost(string field, out string? host, out string? reason)
    {
        var last = _lastHost;
        if (string.Equals(last.Field, field, StringComparison.Ordinal) && field.Length > 0)
        {
            host = last.Host;
            reason = null;
            return true;
        }

        if (!CanonicalHost.TryRead(field, out host, out reason)) return false;
        _lastHost = new(field, host!);
        return true;
    }

    private static bool TryReadPath(HttpContext context, out string? path, out string? reason)
    {
        path = null;
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw)) raw = context.Request.Path.ToUriComponent() + context.Request.QueryString.Value;
        var target = raw.AsSpan();
        if (target.ContainsAnyInRange('\0', ' ') || target.Contains('\x7f'))
        {
            reason = "a blank or a control character in the request target";
            return false;
        }

        if (target.Contains('#'))
        {
            reason = "a fragment in the request target";
            return false;
        }

        if (target.Length > 0 && target[0] != '/')
        {
            // absolute-form (RFC 9112 section 3.2.2); Kestrel has compared its host with the Host field.
            var authority = target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? target[7..] : target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? target[8..] : default;
            if (authority.Length == 0)
            {
                reason = "the request target is neither a path nor an absolute address";
                return false;
            }

            var end = authority.IndexOfAny('/', '?');
            var host = end < 0 ? authority : authority[..end];
            if (host.Contains('@'))
            {
                reason = "user information in the request target";
                return false;
            }

            if (!host.Equals(context.Request.Headers.Host.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                reason = "the target names another host than the Host field";
                return false;
            }

            target = end < 0 || authority[end] == '?' ? "/" : authority[end..];
        }

        var query = target.IndexOf('?');
        return CanonicalPath.TryRead(query < 0 ? target : target[..query], out path, out reason, context.Request.Path.Value);
    }

    private (IPAddress? Address, bool Secure) TryReadPeer(HttpContext context, out string? reason)
    {
        reason = null;
        var remote = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var last = _lastAddress;
        if (!ReferenceEquals(last.Remote, remote))
        {
            last = new(remote, ClientAddress.Unwrap(remote));
            _lastAddress = last;
        }

        var secure = context.Request.IsHttps;
        return _proxies is null ? (last.Address, secure) : _proxies.Read(last.Address, secure, context.Request.Headers, out reason);
    }

    private sealed record CachedHost(string Field, string Host);

    private sealed record CachedAddress(IPAddress Remote, IPAddress Address);
}
