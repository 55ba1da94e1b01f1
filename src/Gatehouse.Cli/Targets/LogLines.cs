namespace Gatehouse.Cli.Targets;

/// <summary>Whether a line is one of a log: by its time stamp and what stands around it.</summary>
internal static class LogLines
{
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Access logs in common and combined form, error logs of httpd, nginx, lighttpd and Tomcat, syslog, W3C, JSON with a status or a level.</summary>
    public static bool LooksLike(string line)
    {
        if (line.StartsWith('{')) return line.EndsWith('}') && (line.Contains("\"status\"", StringComparison.OrdinalIgnoreCase) || line.Contains("\"level\"", StringComparison.Ordinal) || line.Contains("\"msg\"", StringComparison.Ordinal) || line.Contains("\"time", StringComparison.OrdinalIgnoreCase) || line.Contains("\"ts\"", StringComparison.Ordinal));
        if (line.StartsWith("#Fields:", StringComparison.Ordinal) || line.StartsWith("#Software:", StringComparison.Ordinal)) return true;
        // [10/Oct/2000:13:55:36 +0000] of the common form; [Tue Nov 24 10:00:00.1 2026] of httpd's error log.
        for (var at = line.IndexOf('['); at >= 0; at = line.IndexOf('[', at + 1))
        {
            var rest = line.AsSpan(at + 1);
            if (rest.Length > 12 && char.IsAsciiDigit(rest[0]) && rest[2] == '/' && IsMonth(rest[3..]) && rest[6] == '/') return true;
            if (rest.Length > 12 && rest[3] == ' ' && IsMonth(rest[4..]) && rest[7] == ' ') return true;
        }

        // 2026/11/24 10:00:00 of nginx, 2026-11-24T10:00:00 and 2026-11-24 10:00:00 of many, 24-Nov-2026 10:00:00 of Tomcat, Nov 24 10:00:00 of syslog.
        if (line.Length > 19 && char.IsAsciiDigit(line[0]) && (line[4] is '/' or '-') && (line[7] is '/' or '-') && line[13] == ':') return true;
        if (line.Length > 19 && char.IsAsciiDigit(line[0]) && line[2] == '-' && IsMonth(line.AsSpan(3)) && line[6] == '-') return true;
        if (line.StartsWith('<') && line.IndexOf('>') is > 0 and < 5 and var close) line = line[(close + 1)..];
        if (line.Length > 15 && IsMonth(line) && line[3] == ' ' && line[9] == ':' && line[12] == ':') return true;
        // Squid: seconds with milliseconds, blanks, duration, address.
        return line.Length > 20 && line.AsSpan(0, 10).IndexOfAnyExceptInRange('0', '9') < 0 && line[10] == '.' && line.Contains("TCP_", StringComparison.Ordinal);
    }

    private static bool IsMonth(ReadOnlySpan<char> text)
    {
        foreach (var month in Months)
        {
            if (text.StartsWith(month, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
