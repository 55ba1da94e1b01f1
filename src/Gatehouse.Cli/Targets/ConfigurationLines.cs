namespace Gatehouse.Cli.Targets;

/// <summary>Whether a line is one of a web server's configuration: by directives that stand in nothing else.</summary>
internal static class ConfigurationLines
{
    // Apache httpd, lower case, with what must follow.
    private static readonly string[] Httpd = ["<virtualhost", "<directory", "<location", "<files", "<ifmodule", "<limit", "<proxy", "serverroot ", "documentroot ", "loadmodule ", "allowoverride", "authtype ", "authname ", "authuserfile ", "require ", "require all", "rewriteengine ", "rewriterule ", "rewritecond ", "options ", "serveradmin ", "customlog ", "errordocument ", "order ", "deny from", "allow from", "listen ", "servername ", "header "];

    // nginx: blocks, and directives that end in a semicolon.
    private static readonly string[] Nginx = ["server {", "http {", "events {", "location ", "upstream ", "server_name ", "auth_basic", "auth_request ", "proxy_pass ", "fastcgi_pass ", "worker_processes", "error_log ", "access_log ", "try_files ", "root ", "allow ", "deny ", "return ", "include ", "ssl_", "limit_req", "map ", "geo "];

    private static readonly string[] Others =
    [
        "frontend ", "backend ", "defaults", "http-request ", "acl ", "use_backend ", "bind ", // HAProxy
        "server.document-root", "server.modules", "server.port", "$http[", "auth.require", "auth.backend", "url.access-deny", "simple-vhost.", // lighttpd
        "http_access ", "http_port ", "cache_peer ", "http_reply_access ", // Squid
        "<server ", "<server>", "<web-app", "<tomcat-users", "<security-constraint", "<valve ", "<system.webserver", "<ipsecurity", "<configuration", // Tomcat and IIS
        "reverse_proxy ", "file_server", "basicauth", "basic_auth", "forward_auth ", "respond ", "root * ", "@", // Caddy
        "listen:", "rules:", "sign-in:", "refuse:", "upstream:", // gatehouse.yaml
        "entrypoints:", "http:", "middlewares:", "routers:", // Traefik
    ];

    /// <summary>Whether some server takes it for one of its own.</summary>
    public static bool LooksLike(string line)
    {
        if (line.StartsWith('#')) return false;
        var lower = line.ToLowerInvariant();
        if (Httpd.Any(begin => lower.StartsWith(begin, StringComparison.Ordinal))) return true;
        if (Nginx.Any(begin => lower.StartsWith(begin, StringComparison.Ordinal)) && (lower.EndsWith(';') || lower.EndsWith('{') || lower.EndsWith('}') || lower.Contains("; ", StringComparison.Ordinal))) return true;
        if (Others.Any(begin => lower.StartsWith(begin, StringComparison.Ordinal))) return true;
        // A site block of Caddy: an address or a port and a brace.
        return lower.EndsWith('{') && lower[..^1].Trim() is { Length: > 0 } name && name.AsSpan().IndexOfAny("()=;\"") < 0 && (name.Contains('.') || name.Contains(':') || name.StartsWith('/'));
    }
}
