namespace Gatehouse.Doctor.Logs.Formats;

/// <summary>Takes one line apart; null: it is not of this format.</summary>
internal delegate LogRecord? LineReader(string line);

/// <summary>Every format that is read, in the order in which a line is tried. A new one is one file and one line here.</summary>
internal static class LineFormats
{
    /// <summary>The narrow ones first; the last takes any text that begins with a time or a level.</summary>
    public static IReadOnlyList<LineReader> InOrder { get; } =
    [
        JsonFormat.Read,
        ApacheErrorFormat.Read,
        NginxErrorFormat.Read,
        HaproxyFormat.Read,
        EnvoyFormat.Read,
        AwsFormats.ReadLoadBalancer,
        AwsFormats.ReadS3,
        CombinedFormat.Read,
        SquidFormat.Read,
        LighttpdErrorFormat.Read,
        JavaFormat.Read,
        DotnetConsoleFormat.Read,
        PlainFormat.Read,
    ];

    /// <summary>Longest chain of envelopes that is opened: Docker's JSON around syslog's prefix around the line.</summary>
    private const int MaxEnvelopes = 3;

    /// <summary>Takes a line apart, whatever stands around it; text that no format knows comes back as a message.</summary>
    public static LogRecord Read(string line)
    {
        var inner = line;
        Envelope? outer = null;
        for (var i = 0; i < MaxEnvelopes && Envelope.Open(inner) is { } envelope; i++)
        {
            outer = envelope.Around(outer);
            inner = envelope.Inner;
        }

        var record = ReadBare(inner) ?? new LogRecord { Format = "text", Message = inner.Trim() };
        if (outer is not null)
        {
            record = record with
            {
                Time = record.Time is { } own && (own.Offset is not null || outer.Time?.Offset is null) ? own : outer.Time ?? record.Time,
                Host = record.Host,
                Module = record.Module ?? outer.Program,
                Server = record.Server == LogServer.Unknown ? ServerNames.Of(outer.Program) : record.Server,
                Format = outer.Format + ", " + record.Format,
            };
        }

        return record with { Text = line };
    }

    private static LogRecord? ReadBare(string line)
    {
        foreach (var read in InOrder)
            if (read(line) is { } record) return record;
        return null;
    }
}

/// <summary>Names of programs, as they stand in syslog and in containers.</summary>
internal static class ServerNames
{
    /// <summary>Unknown where the name tells nothing.</summary>
    public static LogServer Of(string? program) => program?.Split('[', '/', ':')[0].ToLowerInvariant() switch
    {
        "nginx" or "openresty" or "tengine" or "angie" or "freenginx" => LogServer.Nginx,
        "apache" or "apache2" or "httpd" => LogServer.Apache,
        "haproxy" => LogServer.Haproxy,
        "caddy" => LogServer.Caddy,
        "lighttpd" => LogServer.Lighttpd,
        "squid" => LogServer.Squid,
        "traefik" => LogServer.Traefik,
        "envoy" or "istio-proxy" => LogServer.Envoy,
        "tomcat" or "tomcat9" or "tomcat10" or "catalina" => LogServer.Tomcat,
        "oauth2-proxy" or "oauth2_proxy" => LogServer.OAuth2Proxy,
        "fail2ban" or "fail2ban-server" or "fail2ban.actions" => LogServer.Fail2ban,
        "crowdsec" => LogServer.CrowdSec,
        "kube-apiserver" => LogServer.Kubernetes,
        "kernel" or "audit" or "auditd" => LogServer.Kernel,
        _ => LogServer.Unknown,
    };
}
