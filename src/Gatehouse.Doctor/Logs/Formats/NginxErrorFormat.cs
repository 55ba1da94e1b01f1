namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>nginx's error log, and what OpenResty and Angie make of it.</summary>
internal static class NginxErrorFormat
{
    // 2026/11/24 14:30:40 [error] 12#12: *34 message, client: 127.0.0.1, server: name, request: "GET / HTTP/1.1", upstream: "...", host: "name", referrer: "..."
    public static LogRecord? Read(string line)
    {
        if (line.Length < 24 || line[4] != '/' || line[7] != '/') return null;
        if (LogTime.IsoAtStart(line, out var length) is not { } time) return null;
        var cursor = new Cursor(line.AsSpan(length));
        var level = cursor.Between('[', ']');
        if (level is not ("debug" or "info" or "notice" or "warn" or "error" or "crit" or "alert" or "emerg")) return null;
        var rest = cursor.Rest.TrimStart(' ');
        var worker = rest.IndexOf(": ");
        if (worker is <= 0 or > 32 || !rest[..worker].Contains('#')) return null;
        rest = rest[(worker + 2)..];
        string? connection = null;
        if (rest.StartsWith("*") && rest.IndexOf(' ') is > 1 and < 24 and var space)
        {
            connection = rest[..space].ToString();
            rest = rest[(space + 1)..];
        }

        var text = rest.ToString();
        var tail = text.LastIndexOf(", client: ", StringComparison.Ordinal);
        var message = tail < 0 ? text : text[..tail];
        var (method, target) = tail < 0 ? (null, null) : Values.RequestLine(Field(text, tail, "request"));
        return new LogRecord
        {
            Format = "nginx error",
            Server = message.Contains("ModSecurity: ", StringComparison.Ordinal) ? LogServer.ModSecurity : LogServer.Nginx,
            Time = time,
            Level = level,
            Message = message,
            Client = tail < 0 ? null : Values.Client(Field(text, tail, "client")),
            Method = method,
            Target = target,
            Host = tail < 0 ? null : Field(text, tail, "host") ?? Values.Text(Field(text, tail, "server")),
            Upstream = tail < 0 ? null : Field(text, tail, "upstream"),
            Referrer = tail < 0 ? null : Field(text, tail, "referrer"),
            Thread = connection,
            RequestId = message.IndexOf("[unique_id \"", StringComparison.Ordinal) is >= 0 and var id && message.IndexOf('"', id + 12) is > 0 and var close ? message[(id + 12)..close] : null,
        };
    }

    private static string? Field(string text, int from, string name)
    {
        var at = text.IndexOf(", " + name + ": ", from, StringComparison.Ordinal);
        if (at < 0) return null;
        at += name.Length + 4;
        if (at < text.Length && text[at] == '"')
        {
            var end = text.IndexOf('"', at + 1);
            return end < 0 ? text[(at + 1)..] : text[(at + 1)..end];
        }

        var comma = text.IndexOf(", ", at, StringComparison.Ordinal);
        return comma < 0 ? text[at..] : text[at..comma];
    }
}
