namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Envoy's default access log, and Istio's with the response code details behind the flags.</summary>
internal static class EnvoyFormat
{
    // [START] "METHOD PATH PROTOCOL" CODE FLAGS [DETAILS TERMINATION "FAILURE"] RECEIVED SENT DURATION UPSTREAM-TIME "XFF" "UA" "ID" "AUTHORITY" "UPSTREAM"
    public static LogRecord? Read(string line)
    {
        if (line.Length < 40 || line[0] != '[' || !char.IsAsciiDigit(line[1])) return null;
        var cursor = new Cursor(line);
        if (cursor.Between('[', ']') is not { } written || LogTime.IsoAtStart(written, out var length) is not { } time || length != written.Length) return null;
        if (cursor.Between('"', '"') is not { } request) return null;
        var status = Values.Status(cursor.Word());
        if (status is null) return null;
        var flags = cursor.Word();
        var details = cursor.Word();
        if (!long.TryParse(details, out _))
        {
            cursor.Word();
            cursor.Value();
            flags = details == "-" ? flags : flags + " " + details;
            cursor.Word();
        }

        cursor.Word();
        cursor.Word();
        cursor.Word();
        var forwarded = cursor.Value();
        var agent = cursor.Value();
        var id = cursor.Value();
        var authority = cursor.Value();
        var upstream = Values.Text(cursor.Value());
        var (method, target) = Values.RequestLine(request);
        return new LogRecord
        {
            Format = "Envoy access",
            Server = LogServer.Envoy,
            IsAccess = true,
            Time = time,
            Client = Values.Client(forwarded),
            Method = method,
            Target = target,
            Status = status,
            Flags = Values.Text(flags),
            Host = Values.Text(authority),
            UserAgent = Values.Text(agent),
            RequestId = Values.Text(id),
            Upstream = upstream,
            UpstreamStatus = upstream is null ? null : status,
        };
    }
}
