using System.Globalization;

namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>The W3C extended log of IIS and CloudFront: which fields a line has stands in <c>#Fields:</c> above it.</summary>
internal sealed class W3cFormat
{
    private string[] fields = [];

    /// <summary>Whether a file of this kind begins so.</summary>
    public static bool Begins(string line) => line.StartsWith("#Software:", StringComparison.Ordinal) || line.StartsWith("#Version:", StringComparison.Ordinal) || line.StartsWith("#Fields:", StringComparison.Ordinal) || line.StartsWith("#Date:", StringComparison.Ordinal);

    /// <summary>Reads the lines in their order; null for those that are no record.</summary>
    public LogRecord? Read(string line)
    {
        if (line.StartsWith("#Fields:", StringComparison.Ordinal))
        {
            fields = line[8..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            return null;
        }

        if (line.StartsWith('#') || fields.Length == 0) return null;
        var words = line.Contains('\t', StringComparison.Ordinal) ? line.Split('\t') : line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? Field(string name) => Array.IndexOf(fields, name) is >= 0 and var at && at < words.Length ? Values.Text(words[at]) : null;
        var stamp = Field("date") + " " + Field("time");
        var status = Values.Status(Field("sc-status"));
        if (status is null) return null;
        var query = Field("cs-uri-query");
        var cloudFront = Array.IndexOf(fields, "x-edge-location") >= 0;
        var sub = Field("sc-substatus");
        return new LogRecord
        {
            Format = cloudFront ? "CloudFront" : "IIS W3C",
            Server = cloudFront ? LogServer.Aws : LogServer.Iis,
            IsAccess = true,
            Text = line,
            Time = LogTime.Exact(stamp, TimeSpan.Zero, "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-dd HH:mm:ss"),
            Client = Values.Client(Field("c-ip")),
            User = Field("cs-username"),
            Method = Field("cs-method"),
            Target = Field("cs-uri-stem") is { } stem ? stem + (query is null ? "" : "?" + query) : null,
            Host = Field("cs-host") ?? Field("cs(Host)") ?? Field("x-host-header"),
            Status = status,
            Flags = cloudFront ? Field("x-edge-detailed-result-type") ?? Field("x-edge-result-type") : status + "." + (sub ?? "0"),
            Code = Field("sc-win32-status"),
            Referrer = Field("cs(Referer)"),
            UserAgent = Field("cs(User-Agent)")?.Replace('+', ' '),
            RequestId = Field("x-edge-request-id"),
        };
    }

    /// <summary>What a Windows error number means, as far as it speaks of access; null: another.</summary>
    public static string? Win32(string? number) => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code switch
    {
        5 => "access denied",
        1326 => "the user name or password is wrong",
        1327 => "an account restriction forbids it",
        1330 => "the password has expired",
        1331 => "the account is disabled",
        1909 => "the account is locked out",
        _ => null,
    } : null;
}
