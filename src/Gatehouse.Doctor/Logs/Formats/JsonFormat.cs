using System.Net;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>
/// A JSON object a line: Caddy, Traefik, nginx with a JSON log_format, Envoy, Serilog's compact form, zap, pino, bunyan, winston, logrus,
/// Logstash and Elastic Common Schema. One table of names serves them all.
/// </summary>
internal static class JsonFormat
{
    private static readonly string[] TimeNames = ["ts", "time", "timestamp", "@timestamp", "@t", "Timestamp", "StartUTC", "start_time", "datetime", "date", "time_iso8601", "time_local", "msec", "eventTime", "asctime"];
    private static readonly string[] LevelNames = ["level", "@l", "severity", "levelname", "LogLevel", "log.level", "lvl", "severityText"];
    private static readonly string[] MessageNames = ["msg", "message", "@m", "@mt", "RenderedMessage", "Message", "event", "MessageTemplate", "body"];
    private static readonly string[] ErrorNames = ["error", "err", "error.message", "err.message", "exception", "@x", "Exception", "reason", "cause", "detail", "error_description"];
    private static readonly string[] StatusNames = ["status", "statusCode", "StatusCode", "status_code", "DownstreamStatus", "response_code", "res.statusCode", "response.status", "http.response.status_code", "http.status_code", "http_status", "responseStatus.code", "res.status"];
    private static readonly string[] MethodNames = ["request.method", "RequestMethod", "method", "request_method", "req.method", "http.request.method", "http_method", "verb", "HttpMethod"];
    private static readonly string[] TargetNames = ["request.uri", "RequestPath", "request_uri", "uri", "path", "url", "req.url", "url.original", "url.path", "requestURI", "Path", "request_path", "x_envoy_origin_path", "http.target"];
    private static readonly string[] ClientNames = ["request.client_ip", "request.remote_ip", "ClientHost", "remote_addr", "client_ip", "remote_ip", "client", "ip", "req.remoteAddress", "client.ip", "source.ip", "clientip", "RemoteIpAddress", "downstream_remote_address", "sourceIPs", "remote", "request.remote_addr", "ClientAddr"];
    private static readonly string[] HostNames = ["request.host", "RequestHost", "host", "http_host", "authority", "req.headers.host", "Host", "server_name"];
    private static readonly string[] UserNames = ["user_id", "ClientUsername", "remote_user", "user", "username", "userName", "user.name", "sub", "userId"];
    private static readonly string[] IdNames = ["request_id", "requestId", "RequestId", "trace_id", "traceId", "TraceId", "req.id", "reqId", "correlation_id", "correlationId", "x_request_id", "incident", "auditID", "transaction.unique_id", "request.id"];
    private static readonly string[] UpstreamNames = ["ServiceURL", "ServiceAddr", "upstream_addr", "upstream_host", "upstream"];
    private static readonly string[] UpstreamStatusNames = ["OriginStatus", "upstream_status"];
    private static readonly string[] LoggerNames = ["logger", "SourceContext", "name", "category", "Category", "log.logger", "logger_name", "middlewareName", "EventId.Name"];

    public static LogRecord? Read(string line)
    {
        if (line.Length < 2 || line[0] != '{' || FlatJson.Read(line) is not { } fields) return null;
        string? First(string[] names)
        {
            foreach (var name in names)
                if (fields.TryGetValue(name, out var value) && value.Length > 0 && value != "-") return value;
            return null;
        }

        var server = Server(fields);
        var message = First(MessageNames) ?? "";
        if (message.Contains('{', StringComparison.Ordinal)) message = Filled(message, fields);
        foreach (var name in ErrorNames)
            if (fields.TryGetValue(name, out var error) && error.Length > 0 && !message.Contains(error, StringComparison.Ordinal)) message = message.Length == 0 ? error : message + ": " + error;
        // Caddy and Serilog tell details in fields of their own: they belong to the words that signatures are sought in.
        foreach (var name in (ReadOnlySpan<string>)["Reason", "Requirement", "AuthenticationScheme", "filename", "middlewareType", "response_flags", "response_code_details", "responseObject.message", "responseObject.reason", "annotations.authorization.k8s.io/reason"])
            if (fields.TryGetValue(name, out var detail) && detail.Length > 0 && !message.Contains(detail, StringComparison.Ordinal)) message += (message.Length == 0 ? "" : "; ") + name + ": " + detail;
        var status = Values.Status(First(StatusNames) ?? "");
        var target = First(TargetNames);
        var request = First(["request", "requestLine"]) is { } requestLine ? Values.RequestLine(requestLine) : default;
        var query = fields.GetValueOrDefault("QueryString") ?? "";
        var behind = Values.Status(First(UpstreamStatusNames) ?? "");
        return new LogRecord
        {
            Format = server switch { LogServer.Caddy => "Caddy JSON", LogServer.Traefik => "Traefik JSON", _ => "JSON" },
            Server = server,
            IsAccess = status is not null && (target ?? request.Target) is not null && (server != LogServer.Caddy || fields.GetValueOrDefault("logger")?.StartsWith("http.log.access", StringComparison.Ordinal) == true),
            Time = Time(First(TimeNames)),
            Level = Level(First(LevelNames)),
            Module = First(LoggerNames),
            Message = message,
            Status = status,
            Method = First(MethodNames) ?? request.Method,
            Target = (Values.Target(target) ?? request.Target) is { } path ? path + (path.Contains('?', StringComparison.Ordinal) ? "" : query) : null,
            Client = First(ClientNames) is { } client ? Values.Client(client) : null,
            Host = First(HostNames),
            User = First(UserNames),
            RequestId = First(IdNames),
            Thread = First(["ConnectionId", "connection"]),
            Upstream = First(UpstreamNames),
            UpstreamStatus = behind,
            Flags = fields.GetValueOrDefault("response_code_details") ?? fields.GetValueOrDefault("response_flags"),
            UserAgent = fields.GetValueOrDefault("request.headers.User-Agent") ?? fields.GetValueOrDefault("http_user_agent"),
        };
    }

    private static LogServer Server(Dictionary<string, string> fields)
    {
        if (fields.GetValueOrDefault("logger") is { } logger && (logger.StartsWith("http.", StringComparison.Ordinal) || logger.StartsWith("admin", StringComparison.Ordinal) || logger.StartsWith("tls", StringComparison.Ordinal))) return LogServer.Caddy;
        if (fields.ContainsKey("DownstreamStatus") || fields.ContainsKey("middlewareName") || fields.ContainsKey("RouterName")) return LogServer.Traefik;
        if (fields.ContainsKey("response_flags")) return LogServer.Envoy;
        if (fields.ContainsKey("auditID") && fields.ContainsKey("verb")) return LogServer.Kubernetes;
        if (fields.ContainsKey("cause") && fields.ContainsKey("incident")) return LogServer.Gatehouse;
        if (fields.ContainsKey("remote_addr") && fields.ContainsKey("request_uri")) return LogServer.Nginx;
        if (fields.ContainsKey("transaction.unique_id") || fields.ContainsKey("transaction.messages.message")) return LogServer.ModSecurity;
        if (fields.ContainsKey("@mt") || fields.ContainsKey("@m") || fields.ContainsKey("SourceContext") || fields.ContainsKey("EventId") || fields.ContainsKey("Category")) return LogServer.AspNetCore;
        if (fields.GetValueOrDefault("logger_name")?.StartsWith("org.springframework", StringComparison.Ordinal) == true) return LogServer.Spring;
        return LogServer.Unknown;
    }

    private static LogTime? Time(string? text) =>
        text is null ? null : LogTime.IsoAtStart(text, out _) ?? LogTime.Epoch(text) ?? LogTime.Clf(text);

    /// <summary>pino and bunyan number their levels.</summary>
    private static string? Level(string? text) => text switch { "10" => "trace", "20" => "debug", "30" => "info", "40" => "warn", "50" => "error", "60" => "fatal", _ => text };

    /// <summary>A message template with its values: <c>AuthenticationScheme: {AuthenticationScheme} was challenged.</c></summary>
    private static string Filled(string template, Dictionary<string, string> fields)
    {
        var result = new System.Text.StringBuilder(template.Length + 64);
        for (var at = 0; at < template.Length; at++)
        {
            var end = template[at] == '{' ? template.IndexOf('}', at) : -1;
            if (end > at + 1 && fields.TryGetValue(template[(at + 1)..end].TrimStart('@', '$').Split(':')[0], out var value))
            {
                result.Append(value);
                at = end;
            }
            else result.Append(template[at]);
        }

        return result.ToString();
    }
}
