namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Common, combined, combinedio and vhost_combined of Apache httpd; nginx's, lighttpd's, Tomcat's and Caddy's likenesses of them; Traefik's and HAProxy's CLF.</summary>
internal static class CombinedFormat
{
    // [%v:%p] %h %l %u [%t] "%r" %>s %b ["%{Referer}i" "%{User-Agent}i" ...]
    public static LogRecord? Read(string line)
    {
        var open = line.IndexOf('[', StringComparison.Ordinal);
        if (open < 3) return null;
        var close = line.IndexOf(']', open);
        if (close < 0 || close - open is < 18 or > 40 || LogTime.Clf(line.AsSpan(open + 1, close - open - 1)) is not { } time) return null;
        var head = line[..open].Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (head.Length is < 1 or > 12) return null;
        var cursor = new Cursor(line.AsSpan(close + 1));
        if (cursor.Between('"', '"') is not { } request) return null;
        var status = Values.Status(cursor.Word());
        if (status is null) return null;
        cursor.Word(); // size
        var referrer = cursor.Between('"', '"');
        var agent = cursor.Between('"', '"');
        // The client is the first address; a name with a port in front of it is the virtual host.
        var at = Array.FindIndex(head, word => Values.Client(word) is not null);
        var named = at < 0 && head.Length >= 3;
        var host = at > 0 ? head[0] : null;
        var (method, target) = Values.RequestLine(request);
        var record = new LogRecord
        {
            Format = "combined",
            IsAccess = true,
            Time = time,
            Client = at >= 0 ? Values.Client(head[at]) : null,
            User = !named && head.Length > at + 2 ? Values.Text(string.Join(' ', head[(at + 2)..])) : named ? Values.Text(head[^1]) : null,
            Host = host,
            Method = method,
            Target = target,
            Status = status,
            Referrer = Values.Text(referrer),
            UserAgent = Values.Text(agent),
            Module = "access",
        };
        return Traefik(record, cursor);
    }

    // ... requests "router" "service URL" 12ms
    private static LogRecord Traefik(LogRecord record, Cursor cursor)
    {
        if (!cursor.Rest.TrimEnd().EndsWith("ms")) return record;
        var count = cursor.Word();
        if (!count.All(char.IsAsciiDigit) || cursor.Between('"', '"') is not { } router || cursor.Between('"', '"') is not { } service) return record;
        return record with { Server = LogServer.Traefik, Format = "Traefik common", Module = Values.Text(router), Upstream = Values.Text(service) };
    }
}
