namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Squid's own access log (logformat squid).</summary>
internal static class SquidFormat
{
    // 1700000000.123    12 127.0.0.1 TCP_DENIED/403 3900 GET http://host/path user HIER_NONE/- text/html
    public static LogRecord? Read(string line)
    {
        if (line.Length < 40 || !char.IsAsciiDigit(line[0])) return null;
        var cursor = new Cursor(line);
        var stamp = cursor.Word();
        if (!stamp.Contains('.', StringComparison.Ordinal) || LogTime.Epoch(stamp) is not { } time) return null;
        if (!long.TryParse(cursor.Word(), out _)) return null;
        var client = Values.Client(cursor.Word());
        var result = cursor.Word();
        var slash = result.IndexOf('/', StringComparison.Ordinal);
        if (client is null || slash <= 0) return null;
        cursor.Word();
        var method = cursor.Word();
        var url = cursor.Word();
        var user = cursor.Word();
        var hierarchy = cursor.Word();
        var host = Uri.TryCreate(url, UriKind.Absolute, out var absolute) ? absolute.Host : null;
        var peer = hierarchy.IndexOf('/', StringComparison.Ordinal) is > 0 and var at ? Values.Text(hierarchy[(at + 1)..]) : null;
        var status = Values.Status(result.AsSpan(slash + 1));
        return new LogRecord
        {
            Format = "Squid access",
            Server = LogServer.Squid,
            IsAccess = true,
            Time = time,
            Client = client,
            Status = status,
            Flags = result[..slash],
            Method = method,
            Target = Values.Target(url) ?? url,
            Host = host,
            User = Values.Text(user),
            Upstream = peer,
            UpstreamStatus = peer is null ? null : status,
        };
    }
}
