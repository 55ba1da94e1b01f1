using System.Globalization;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Amazon's load balancers and S3's server access log.</summary>
internal static class AwsFormats
{
    // type time elb client:port target:port t t t elb_status target_status received sent "request" "agent" ... ; classic: without the type
    public static LogRecord? ReadLoadBalancer(string line)
    {
        if (line.Length < 60 || !(line[0] is 'h' or 'w' or 'g' || char.IsAsciiDigit(line[0]))) return null;
        var cursor = new Cursor(line);
        var first = cursor.Word();
        var classic = LogTime.IsoAtStart(first, out _) is not null;
        if (!classic && first is not ("http" or "https" or "h2" or "grpcs" or "ws" or "wss")) return null;
        var time = LogTime.IsoAtStart(classic ? first : cursor.Word(), out _);
        if (time is null) return null;
        cursor.Word();
        var client = Values.Client(cursor.Word());
        var target = cursor.Word();
        for (var i = 0; i < 3; i++)
            if (!decimal.TryParse(cursor.Word(), NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return null;
        var status = Values.Status(cursor.Word());
        var behind = Values.Status(cursor.Word());
        cursor.Word();
        cursor.Word();
        if (status is null || client is null || cursor.Between('"', '"') is not { } request) return null;
        var (method, path) = Values.RequestLine(request);
        var agent = cursor.Between('"', '"');
        cursor.Word();
        cursor.Word();
        cursor.Word();
        var trace = cursor.Value();
        var host = cursor.Value();
        cursor.Value();
        cursor.Word();
        cursor.Word();
        var actions = cursor.Value();
        cursor.Value();
        var reason = cursor.Value();
        return new LogRecord
        {
            Format = classic ? "Amazon ELB" : "Amazon ALB",
            Server = LogServer.Aws,
            IsAccess = true,
            Time = time,
            Client = client,
            Status = status,
            UpstreamStatus = behind,
            Upstream = Values.Text(target),
            Method = method,
            Target = path,
            UserAgent = Values.Text(agent),
            RequestId = Values.Text(trace),
            Host = Values.Text(host),
            Flags = Values.Text((actions + " " + reason).Replace("-", "", StringComparison.Ordinal).Trim()) is null ? null : (actions + " " + reason).Trim(),
        };
    }

    // owner bucket [time] ip requester id operation key "request" status error ...
    public static LogRecord? ReadS3(string line)
    {
        if (line.Length < 80 || line.IndexOf(' ', StringComparison.Ordinal) != 64) return null;
        var cursor = new Cursor(line);
        cursor.Word();
        var bucket = cursor.Word();
        if (cursor.Between('[', ']') is not { } written || LogTime.Clf(written) is not { } time) return null;
        var client = Values.Client(cursor.Word());
        var requester = cursor.Word();
        var id = cursor.Word();
        var operation = cursor.Word();
        cursor.Word();
        var (method, target) = Values.RequestLine(cursor.Value());
        var status = Values.Status(cursor.Word());
        if (status is null) return null;
        return new LogRecord
        {
            Format = "S3 access",
            Server = LogServer.Aws,
            IsAccess = true,
            Time = time,
            Client = client,
            User = Values.Text(requester),
            Host = bucket,
            Module = operation,
            Method = method,
            Target = target,
            Status = status,
            RequestId = id,
            Flags = Values.Text(cursor.Word()),
        };
    }
}
