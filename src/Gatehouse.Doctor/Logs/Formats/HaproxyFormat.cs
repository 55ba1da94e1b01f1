namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>HAProxy's httplog and httpslog (configuration manual, "HTTP log format"); its CLF is read as such.</summary>
internal static class HaproxyFormat
{
    // ip:port [date] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes cookie cookie tsc ac/fc/bc/sc/rc sq/bq {headers} {headers} "request"
    public static LogRecord? Read(string line)
    {
        var open = line.IndexOf(" [", StringComparison.Ordinal);
        if (open is < 3 or > 60) return null;
        var client = Values.Client(line.AsSpan(0, open));
        if (client is null || line[..open].Contains(' ', StringComparison.Ordinal)) return null;
        var cursor = new Cursor(line.AsSpan(open + 1));
        if (cursor.Between('[', ']') is not { } written || LogTime.Clf(written) is not { } time) return null;
        var frontend = cursor.Word();
        var backend = cursor.Word();
        var timers = cursor.Word();
        if (!backend.Contains('/', StringComparison.Ordinal) || timers.Count(c => c == '/') < 2) return null;
        var status = Values.Status(cursor.Word());
        if (status is null) return null;
        cursor.Word();
        cursor.Word();
        cursor.Word();
        var state = cursor.Word();
        if (state.Length is not (2 or 4)) return null;
        var rest = cursor.Rest.ToString();
        var quote = rest.IndexOf('"', StringComparison.Ordinal);
        var end = quote < 0 ? -1 : rest.IndexOf('"', quote + 1);
        var request = quote < 0 ? null : rest[(quote + 1)..(end < 0 ? rest.Length : end)];
        var (method, target) = Values.RequestLine(request);
        var server = backend[(backend.LastIndexOf('/') + 1)..];
        return new LogRecord
        {
            Format = "HAProxy http",
            Server = LogServer.Haproxy,
            IsAccess = true,
            Time = time,
            Client = client,
            Status = status,
            Method = method,
            Target = target,
            Module = frontend.TrimEnd('~'),
            Upstream = server == "<NOSRV>" ? null : backend,
            UpstreamStatus = server == "<NOSRV>" || state[0] != '-' ? null : status,
            Flags = state,
        };
    }
}
