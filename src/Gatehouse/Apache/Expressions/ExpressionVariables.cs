using System.Collections.Frozen;
using System.Globalization;

namespace Gatehouse.Apache.Expressions;

/// <summary>The variables of expressions (<c>%{NAME}</c>); names compare without regard to case.</summary>
internal static class ExpressionVariables
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "TIME_YEAR", "TIME_MON", "TIME_DAY", "TIME_HOUR", "TIME_MIN", "TIME_SEC", "TIME_WDAY", "TIME", "SERVER_SOFTWARE", "API_VERSION",
        "HTTP_USER_AGENT", "HTTP_PROXY_CONNECTION", "HTTP_REFERER", "HTTP_COOKIE", "HTTP_FORWARDED", "HTTP_HOST", "HTTP_ACCEPT",
        "REQUEST_METHOD", "REQUEST_SCHEME", "REQUEST_URI", "REQUEST_FILENAME", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_USER", "SERVER_ADMIN",
        "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SCRIPT_FILENAME", "PATH_INFO", "QUERY_STRING", "IS_SUBREQ", "DOCUMENT_ROOT",
        "AUTH_TYPE", "THE_REQUEST", "CONTENT_TYPE", "HANDLER", "REQUEST_LOG_ID", "SCRIPT_USER", "SCRIPT_GROUP", "DOCUMENT_URI",
        "LAST_MODIFIED", "CONTEXT_PREFIX", "CONTEXT_DOCUMENT_ROOT", "REQUEST_STATUS", "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PROTOCOL_VERSION",
        "SERVER_PROTOCOL_VERSION_MAJOR", "SERVER_PROTOCOL_VERSION_MINOR", "HTTPS", "IPV6", "CONN_LOG_ID", "CONN_REMOTE_ADDR", "HTTP2",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the core knows it or mod_ssl may.</summary>
    public static bool Exists(string name) => Names.Contains(name) || name.StartsWith("SSL_", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of a variable given in capital letters.</summary>
    public static Text Read(string name, ApacheRequest request)
    {
        if (name.StartsWith("TIME", StringComparison.Ordinal)) return ServerVariables.Time(name, request);
        return name switch
        {
            "API_VERSION" => "20120211",
            "REQUEST_SCHEME" => ServerVariables.Scheme(request),
            "REQUEST_FILENAME" or "SCRIPT_FILENAME" => request.FileName ?? "",
            "CONTENT_TYPE" => request.ContentType ?? "",
            "HANDLER" => request.Handler ?? "",
            "REQUEST_STATUS" => request.Status == 0 ? "" : request.Status.ToString(CultureInfo.InvariantCulture),
            "DOCUMENT_URI" => request.Environment.GetValueOrDefault("DOCUMENT_URI") ?? request.Path,
            "HTTP2" => request.Protocol.StartsWith("HTTP/2", StringComparison.Ordinal) ? "on" : "off",
            "SERVER_PROTOCOL_VERSION" => ProtocolNumber(request.Protocol) is var (major, minor) ? (major * 1000 + minor).ToString(CultureInfo.InvariantCulture) : "",
            "SERVER_PROTOCOL_VERSION_MAJOR" => ProtocolNumber(request.Protocol).Major.ToString(CultureInfo.InvariantCulture),
            "SERVER_PROTOCOL_VERSION_MINOR" => ProtocolNumber(request.Protocol).Minor.ToString(CultureInfo.InvariantCulture),
            "REQUEST_LOG_ID" or "CONN_LOG_ID" or "SCRIPT_USER" or "SCRIPT_GROUP" or "LAST_MODIFIED" => Text.Unknown($"`{name}` is known to the server alone"),
            _ when name.StartsWith("SSL_", StringComparison.Ordinal) => ServerVariables.Tls(name, request),
            _ => ServerVariables.Read(name, request) ?? "",
        };
    }

    private static (int Major, int Minor) ProtocolNumber(string protocol) =>
        protocol.Split('/') is [_, var version] && version.Split('.') is [var major, var minor]
        && int.TryParse(major, CultureInfo.InvariantCulture, out var first) && int.TryParse(minor, CultureInfo.InvariantCulture, out var second)
            ? (first, second)
            : (1, 1);
}
