namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>The console of Microsoft.Extensions.Logging (one line or with the message indented below), and systemd's.</summary>
internal static class DotnetConsoleFormat
{
    private static readonly string[] Levels = ["trce: ", "dbug: ", "info: ", "warn: ", "fail: ", "crit: "];

    // [time] info: Category[12] message
    public static LogRecord? Read(string line)
    {
        var at = -1;
        foreach (var level in Levels)
        {
            at = line.IndexOf(level, StringComparison.Ordinal);
            if (at is >= 0 and < 48) break;
            at = -1;
        }

        if (at < 0) return null;
        var time = at == 0 ? null : LogTime.IsoAtStart(line, out _) ?? Bracketed(line.AsSpan(0, at));
        if (at > 0 && time is null && !TimeOnly.TryParse(line.AsSpan(0, at).Trim().TrimEnd(':'), out _)) return null;
        var rest = line.AsSpan(at + 6);
        var open = rest.IndexOf('[');
        var close = rest.IndexOf(']');
        if (open <= 0 || close < open || rest[..open].Contains(' ')) return null;
        var category = rest[..open].ToString();
        var message = rest[(close + 1)..].Trim().ToString();
        return WithRequest(new LogRecord
        {
            Format = ".NET console",
            Server = category.StartsWith("Gatehouse", StringComparison.Ordinal) ? LogServer.Gatehouse : LogServer.AspNetCore,
            Time = time,
            Level = line.Substring(at, 4),
            Module = category,
            Message = message,
        });
    }

    /// <summary>The request that hosting's own messages speak of: <c>Request finished HTTP/1.1 GET http://host/path - 403 0 text/plain 1.2ms</c>.</summary>
    public static LogRecord WithRequest(LogRecord record)
    {
        var text = record.Message.Length > 0 ? record.Message : record.Continued.TrimStart();
        var finished = text.StartsWith("Request finished ", StringComparison.Ordinal);
        if (!finished && !text.StartsWith("Request starting ", StringComparison.Ordinal)) return record;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5) return record;
        var status = finished ? Array.Find(words[5..], word => Values.Status(word) is not null) : null;
        return record with
        {
            Method = words[3],
            Target = Values.Target(words[4]),
            Host = Uri.TryCreate(words[4], UriKind.Absolute, out var url) ? url.Host : null,
            Status = status is null ? null : Values.Status(status),
            IsAccess = finished,
        };
    }

    private static LogTime? Bracketed(ReadOnlySpan<char> text) => text.Trim() is ['[', .. var inner, ']'] ? LogTime.IsoAtStart(inner, out _) : null;
}
