namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>lighttpd's error log.</summary>
internal static class LighttpdErrorFormat
{
    // 2026-11-24 14:30:40: (mod_auth.c.828) password doesn't match for /x username: alice IP: 127.0.0.1
    public static LogRecord? Read(string line)
    {
        if (LogTime.IsoAtStart(line, out var length) is not { } time || line.Length < length + 6) return null;
        var rest = line.AsSpan(length);
        if (!rest.StartsWith(": (") || rest.IndexOf(") ") is not (> 0 and < 48 and var close) || !rest[..close].Contains(".c.", StringComparison.Ordinal)) return null;
        var message = rest[(close + 2)..].Trim().ToString();
        var ip = message.LastIndexOf(" IP: ", StringComparison.Ordinal);
        var words = message.Split(' ');
        return new LogRecord
        {
            Format = "lighttpd error",
            Server = LogServer.Lighttpd,
            Time = time,
            Module = rest[3..close].ToString(),
            Message = message,
            Client = ip > 0 ? Values.Client(message.AsSpan(ip + 5)) : null,
            Target = words.FirstOrDefault(word => word.StartsWith('/')),
        };
    }
}
