using System.Net;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Apache httpd's error log: 2.4 with module and process, 2.2 without.</summary>
internal static class ApacheErrorFormat
{
    private static readonly string[] TimePatterns = ["ddd MMM d HH:mm:ss.ffffff yyyy", "ddd MMM d HH:mm:ss yyyy", "ddd MMM dd HH:mm:ss.ffffff yyyy", "ddd MMM dd HH:mm:ss yyyy"];

    // [Tue Nov 24 14:30:40.123456 2026] [core:error] [pid 12:tid 34] (13)Permission denied: [client 127.0.0.1:4711] AH00132: message, referer: URL
    public static LogRecord? Read(string line)
    {
        if (line.Length < 28 || line[0] != '[') return null;
        var cursor = new Cursor(line);
        if (cursor.Between('[', ']') is not { Length: >= 20 and <= 40 } written) return null;
        var time = LogTime.Exact(written, null, TimePatterns) ?? LogTime.IsoAtStart(written, out _);
        if (time is null) return null;
        string? module = null, level = null, thread = null, code = null, id = null;
        IPAddress? client = null;
        var errno = "";
        while (true)
        {
            var rest = cursor.Rest.TrimStart(' ');
            if (rest.StartsWith("(") && rest.IndexOf(")") is > 1 and < 8 and var close && !rest[1..close].ContainsAnyExceptInRange('0', '9') && rest.IndexOf(": ") is > 0 and var colon)
            {
                errno = rest[..(colon + 2)].ToString();
                cursor = new Cursor(rest[(colon + 2)..]);
                continue;
            }

            if (rest.StartsWith("AH") && rest.Length > 9 && rest[7] == ':' && !rest[2..7].ContainsAnyExceptInRange('0', '9'))
            {
                code = rest[..7].ToString();
                cursor = new Cursor(rest[8..]);
                continue;
            }

            if (!rest.StartsWith("[") || cursor.Between('[', ']') is not { } inside) break;
            if (inside.StartsWith("client ", StringComparison.Ordinal) || inside.StartsWith("remote ", StringComparison.Ordinal)) client = Values.Client(inside.AsSpan(7));
            else if (inside.StartsWith("pid ", StringComparison.Ordinal)) thread = inside;
            else if (inside.Split(':') is [var from, var at] && IsLevel(at)) (module, level) = (from, at);
            else if (IsLevel(inside)) level = inside;
            else if (level is null || inside.Contains(' ', StringComparison.Ordinal)) break;
            else id = inside; // [%L] of an ErrorLogFormat of one's own
        }

        if (level is null && client is null && code is null) return null;
        var message = errno + cursor.Rest.Trim().ToString();
        string? referrer = null;
        if (message.LastIndexOf(", referer: ", StringComparison.Ordinal) is > 0 and var mark) (referrer, message) = (message[(mark + 11)..], message[..mark]);
        return new LogRecord
        {
            Format = module is null ? "Apache error 2.2" : "Apache error",
            Server = LogServer.Apache,
            Time = time,
            Level = level,
            Module = module,
            Code = code,
            Message = message,
            Client = client,
            Thread = thread,
            RequestId = id ?? Bracketed(message, "[unique_id \""),
            Referrer = referrer,
            Host = Bracketed(message, "[hostname \""),
            Target = Values.Target(Bracketed(message, "[uri \"")) ?? TargetIn(message),
        };
    }

    /// <summary>The URL path in a message that names one: behind <c>access to</c>, <c>for "</c>, or at its end.</summary>
    private static string? TargetIn(string message)
    {
        foreach (var mark in (ReadOnlySpan<string>)["access to /", "failure for \"/", "denied by server configuration: uri /", "authentication for /", "wrong authentication scheme: /", " not found: /", "no authenticated user): /"])
        {
            var at = message.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0) continue;
            var from = at + mark.Length - 1;
            var end = message.AsSpan(from).IndexOfAny('"', ' ');
            return (end < 0 ? message[from..] : message.Substring(from, end)).TrimEnd(',', '.', ':');
        }

        return null;
    }

    private static string? Bracketed(string message, string mark)
    {
        var at = message.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0) return null;
        var end = message.IndexOf('"', at + mark.Length);
        return end < 0 ? null : message[(at + mark.Length)..end];
    }

    private static bool IsLevel(string word) => word is "emerg" or "alert" or "crit" or "error" or "warn" or "notice" or "info" or "debug" || (word.StartsWith("trace", StringComparison.Ordinal) && word.Length == 6);
}
