namespace Gatehouse.Doctor.Servers;

/// <summary>How one server is called in configurations, processes and Server fields.</summary>
internal static class ServerNames
{
    /// <summary>A row a server: its name here, the programs that it runs as, what its Server field begins with.</summary>
    private static readonly (string Server, string[] Programs, string[] Fields)[] All =
    [
        ("Apache httpd", ["apache2", "httpd", "httpd.worker", "httpd.event", "httpd-prefork"], ["Apache"]),
        ("nginx", ["nginx", "openresty", "angie", "freenginx"], ["nginx", "openresty", "angie"]),
        ("Caddy", ["caddy"], ["Caddy"]),
        ("HAProxy", ["haproxy"], []),
        ("lighttpd", ["lighttpd"], ["lighttpd"]),
        ("Tomcat", ["java"], ["Apache-Coyote", "Apache Tomcat"]),
        ("IIS", ["w3wp.exe"], ["Microsoft-IIS"]),
        ("Traefik", ["traefik"], []),
        ("Squid", ["squid"], ["squid"]),
        ("Gatehouse", ["gatehouse-serve", "gatehouse-server", "dotnet"], []),
    ];

    /// <summary>Whether a process of that name can be this server; a server without a row: yes, for want of knowledge.</summary>
    public static bool IsProgramOf(string program, string server)
    {
        foreach (var row in All)
            if (row.Server == server) return row.Programs.Contains(program, StringComparer.Ordinal);
        return true;
    }

    /// <summary>The server that a Server field names; null: none of ours.</summary>
    public static string? OfField(string? field)
    {
        if (field is null) return null;
        foreach (var row in All)
            foreach (var start in row.Fields)
                if (field.StartsWith(start, StringComparison.OrdinalIgnoreCase) && !(row.Server == "Apache httpd" && field.StartsWith("Apache-Coyote", StringComparison.OrdinalIgnoreCase))) return row.Server;
        return null;
    }
}
