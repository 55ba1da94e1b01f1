using System.Net;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Any application's line: a time or a level in front, then words; <c>key=value</c> pairs and a request line in it are read.</summary>
internal static class PlainFormat
{
    private static readonly System.Buffers.SearchValues<char> EndOfUrl = System.Buffers.SearchValues.Create(" \"'),;");
    private static readonly System.Buffers.SearchValues<char> EndOfValue = System.Buffers.SearchValues.Create(" ,}])\t");
    private static readonly string[] Methods = ["GET ", "POST ", "PUT ", "DELETE ", "PATCH ", "HEAD ", "OPTIONS "];

    public static LogRecord? Read(string line)
    {
        var text = line.AsSpan().TrimStart();
        if (text.IsEmpty || char.IsWhiteSpace(line[0])) return null; // indented: belongs to the line above
        LogTime? time = null;
        var server = LogServer.Unknown;
        if (text[0] == '[' && text.IndexOf(']') is > 8 and < 40 and var close)
        {
            time = LogTime.IsoAtStart(text[1..close], out _) ?? LogTime.Clf(text[1..close]);
            if (time is not null) text = text[(close + 1)..].TrimStart();
        }
        else
        {
            time = LogTime.IsoAtStart(text, out var length);
            if (time is not null) text = text[length..].TrimStart(" :-");
        }

        var whole = text.ToString();
        var pairs = Pairs(whole);
        if (time is null && whole.IndexOf("msg=audit(", StringComparison.Ordinal) is >= 0 and var audit && whole.IndexOf(':', audit) is > 0 and var end) time = LogTime.Epoch(whole[(audit + 10)..end]);
        time ??= Time(pairs);
        if (Level(whole) is not { } level) level = pairs.GetValueOrDefault("level") ?? pairs.GetValueOrDefault("lvl") ?? "";
        if (time is null && level.Length == 0 && pairs.Count < 3) return null;
        if (whole.Contains("fail2ban", StringComparison.Ordinal)) server = LogServer.Fail2ban;
        else if (whole.Contains("org.springframework.", StringComparison.Ordinal) || whole.Contains("o.s.s.", StringComparison.Ordinal) || whole.Contains("o.s.security", StringComparison.Ordinal)) server = LogServer.Spring;
        else if (whole.Contains("django.", StringComparison.Ordinal)) server = LogServer.Django;
        else if (whole.Contains("[AuthFailure]", StringComparison.Ordinal) || whole.Contains("[AuthError]", StringComparison.Ordinal)) server = LogServer.OAuth2Proxy;
        var (method, target) = Request(whole);
        var message = whole.Contains("msg=\"", StringComparison.Ordinal) ? pairs.GetValueOrDefault("msg") ?? whole : whole.Contains("message=\"", StringComparison.Ordinal) ? pairs.GetValueOrDefault("message") ?? whole : whole;
        if (pairs.GetValueOrDefault("error") is { } error && message != whole) message += ": " + error;
        return new LogRecord
        {
            Format = "plain",
            Server = server,
            Time = time,
            Level = level.Length > 0 ? level : null,
            Message = message,
            Method = method ?? Values.Text(pairs.GetValueOrDefault("method")),
            Target = target ?? Values.Target(pairs.GetValueOrDefault("path") ?? pairs.GetValueOrDefault("uri") ?? pairs.GetValueOrDefault("url")),
            Status = Values.Status(pairs.GetValueOrDefault("status") ?? pairs.GetValueOrDefault("code") ?? ""),
            Client = Client(pairs),
            User = Values.Text(pairs.GetValueOrDefault("user") ?? pairs.GetValueOrDefault("username")),
            RequestId = Values.Text(pairs.GetValueOrDefault("request_id") ?? pairs.GetValueOrDefault("requestId") ?? pairs.GetValueOrDefault("trace_id") ?? pairs.GetValueOrDefault("req_id")),
        };
    }

    private static IPAddress? Client(Dictionary<string, string> pairs)
    {
        foreach (var name in (ReadOnlySpan<string>)["client", "client_ip", "remote_ip", "remote", "remote_addr", "ip", "addr"])
            if (pairs.TryGetValue(name, out var value) && Values.Client(value) is { } address) return address;
        return null;
    }

    private static LogTime? Time(Dictionary<string, string> pairs) =>
        pairs.TryGetValue("time", out var time) || pairs.TryGetValue("ts", out time) || pairs.TryGetValue("timestamp", out time)
            ? LogTime.IsoAtStart(time, out _) ?? LogTime.Epoch(time)
            : null;

    /// <summary>The level among the first words, in any of its spellings.</summary>
    private static string? Level(string text)
    {
        var words = 0;
        foreach (var range in text.AsSpan().SplitAny(" :|\t"))
        {
            var word = text.AsSpan()[range].Trim("[]()<>");
            if (word.IsEmpty) continue;
            if (++words > 4) return null;
            foreach (var level in (ReadOnlySpan<string>)["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "CRITICAL", "FATAL", "SEVERE", "CRIT", "ALERT"])
                if (word.Equals(level, StringComparison.OrdinalIgnoreCase)) return level;
        }

        return null;
    }

    private static (string? Method, string? Target) Request(string text)
    {
        foreach (var method in Methods)
        {
            var at = text.IndexOf(method, StringComparison.Ordinal);
            if (at < 0 || (at > 0 && char.IsLetterOrDigit(text[at - 1]))) continue;
            var rest = text.AsSpan(at + method.Length);
            if (!rest.StartsWith("/") && !rest.StartsWith("http")) continue;
            var end = rest.IndexOfAny(EndOfUrl);
            return (method.TrimEnd(), Values.Target((end < 0 ? rest : rest[..end]).ToString()));
        }

        return (null, null);
    }

    /// <summary><c>key=value</c> and <c>key="value"</c> (logfmt).</summary>
    private static Dictionary<string, string> Pairs(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var equals = text.IndexOf('=', StringComparison.Ordinal); equals > 0 && pairs.Count < 64; equals = text.IndexOf('=', equals + 1))
        {
            var start = equals;
            while (start > 0 && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.')) start--;
            if (start == equals || equals + 1 >= text.Length || (start > 0 && text[start - 1] is not (' ' or ',' or '{' or '[' or '(' or '\t'))) continue;
            var from = equals + 1;
            int end;
            if (text[from] == '"')
            {
                end = from + 1;
                while (end < text.Length && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
                pairs.TryAdd(text[start..equals], text[(from + 1)..Math.Min(end, text.Length)].Replace("\\\"", "\"", StringComparison.Ordinal));
                equals = Math.Min(end, text.Length - 1);
            }
            else
            {
                end = text.AsSpan(from).IndexOfAny(EndOfValue) is >= 0 and var stop ? from + stop : text.Length;
                pairs.TryAdd(text[start..equals], text[from..end]);
            }
        }

        return pairs;
    }
}
