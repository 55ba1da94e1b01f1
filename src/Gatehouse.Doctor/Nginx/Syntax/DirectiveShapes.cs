using System.Collections.Frozen;

namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>
/// How many words directives of nginx's own modules take, and whether a block follows: what nginx checks before it runs anything. A semicolon that was forgotten shows
/// here, for the next line's words are then taken for this one's.
/// </summary>
internal static class DirectiveShapes
{
    private const int Many = 64;

    /// <summary>Name, least and most words, and whether it has a block. Data: the documentation's syntax lines of the modules that decide access.</summary>
    private static readonly (string Name, int Least, int Most, bool Block)[] Rows =
    [
        ("http", 0, 0, true), ("events", 0, 0, true), ("server", 0, 0, true), ("location", 1, 2, true), ("if", 1, Many, true), ("limit_except", 1, Many, true), ("map", 2, 2, true), ("geo", 1, 2, true), ("upstream", 1, 1, true), ("types", 0, 0, true), ("split_clients", 2, 2, true),
        ("listen", 1, Many, false), ("server_name", 1, Many, false), ("root", 1, 1, false), ("alias", 1, 1, false), ("index", 1, Many, false), ("autoindex", 1, 1, false), ("try_files", 2, Many, false), ("return", 1, 2, false), ("rewrite", 2, 3, false), ("set", 2, 2, false), ("break", 0, 0, false),
        ("allow", 1, 1, false), ("deny", 1, 1, false), ("satisfy", 1, 1, false), ("auth_basic", 1, 1, false), ("auth_basic_user_file", 1, 1, false), ("auth_request", 1, 1, false), ("auth_request_set", 2, 2, false), ("internal", 0, 0, false), ("error_page", 2, Many, false),
        ("recursive_error_pages", 1, 1, false), ("disable_symlinks", 1, 2, false), ("valid_referers", 1, Many, false), ("secure_link", 1, 1, false), ("secure_link_md5", 1, 1, false), ("secure_link_secret", 1, 1, false), ("set_real_ip_from", 1, 1, false), ("real_ip_header", 1, 1, false),
        ("real_ip_recursive", 1, 1, false), ("limit_req_zone", 3, 4, false), ("limit_req", 1, 3, false), ("limit_req_status", 1, 1, false), ("limit_conn_zone", 2, 2, false), ("limit_conn", 2, 2, false), ("limit_conn_status", 1, 1, false), ("proxy_pass", 1, 1, false), ("proxy_set_header", 2, 2, false),
        ("proxy_intercept_errors", 1, 1, false), ("proxy_redirect", 1, 2, false), ("proxy_http_version", 1, 1, false), ("proxy_read_timeout", 1, 1, false), ("proxy_buffering", 1, 1, false), ("fastcgi_pass", 1, 1, false), ("fastcgi_index", 1, 1, false), ("fastcgi_param", 2, 3, false),
        ("fastcgi_split_path_info", 1, 1, false), ("uwsgi_pass", 1, 1, false), ("grpc_pass", 1, 1, false), ("ssl_certificate", 1, 1, false), ("ssl_certificate_key", 1, 1, false), ("ssl_client_certificate", 1, 1, false), ("ssl_verify_client", 1, 1, false), ("ssl_verify_depth", 1, 1, false),
        ("ssl_protocols", 1, Many, false), ("ssl_ciphers", 1, 1, false), ("ssl_session_cache", 1, 2, false), ("ssl_session_timeout", 1, 1, false), ("ssl_prefer_server_ciphers", 1, 1, false), ("add_header", 2, 3, false), ("expires", 1, 2, false), ("access_log", 1, Many, false), ("error_log", 1, 2, false),
        ("client_max_body_size", 1, 1, false), ("default_type", 1, 1, false), ("sendfile", 1, 1, false), ("tcp_nopush", 1, 1, false), ("tcp_nodelay", 1, 1, false), ("keepalive_timeout", 1, 2, false), ("server_tokens", 1, 1, false), ("gzip", 1, 1, false), ("gzip_types", 1, Many, false),
        ("worker_processes", 1, 2, false), ("worker_connections", 1, 1, false), ("user", 1, 2, false), ("pid", 1, 1, false), ("include", 1, 1, false), ("log_not_found", 1, 1, false), ("merge_slashes", 1, 1, false), ("underscores_in_headers", 1, 1, false), ("resolver", 1, Many, false), ("charset", 1, 1, false),
    ];

    private static readonly FrozenDictionary<string, (string Name, int Least, int Most, bool Block)> Known = Rows.ToFrozenDictionary(row => row.Name, StringComparer.Ordinal);

    /// <summary>Blocks whose lines are data, not directives.</summary>
    private static readonly FrozenSet<string> Data = ((string[])["map", "geo", "types", "split_clients", "upstream", "geoip2", "charset_map", "match", "stream", "mail", "rtmp"]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The first directive of a file that nginx would refuse for its form; null: none.</summary>
    public static ConfFault? FirstFault(IEnumerable<ConfNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (Fault(node) is { } what) return new(node.At, what);
            if (node.Block is { } block && node.Lua is null && !Data.Contains(node.Name) && FirstFault(block) is { } inner) return inner;
        }

        return null;
    }

    private static string? Fault(ConfNode node)
    {
        if (Known.TryGetValue(node.Name, out var row))
        {
            if (row.Block && node.Block is null) return $"directive \"{node.Name}\" has no opening \"{{\"";
            if (!row.Block && node.Block is not null) return $"directive \"{node.Name}\" is not terminated by \";\"";
            if (node.Count >= row.Least && node.Count <= row.Most) return null;
            var lines = node.File.At(node.Words[^1].Start).Line - node.At.Line;
            return $"invalid number of arguments in \"{node.Name}\" directive{(lines > 0 && node.Count > row.Most ? " (a semicolon is probably missing at the end of that line)" : "")}";
        }

        // A name that is nearly one of nginx's is a slip; others may be of a module that is not known here.
        var near = node.Name.Length < 5 ? null : Known.Keys.FirstOrDefault(name => name.Length > 4 && IsNear(node.Name, name));
        return near is null ? null : $"unknown directive \"{node.Name}\" (\"{near}\" is probably meant)";
    }

    /// <summary>One letter too many, too few, another, or two exchanged.</summary>
    private static bool IsNear(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 1) return false;
        var i = 0;
        while (i < one.Length && i < other.Length && one[i] == other[i]) i++;
        var a = one.AsSpan(i);
        var b = other.AsSpan(i);
        if (a.Length == b.Length) return (a.Length > 0 && a[1..].SequenceEqual(b[1..])) || (a.Length > 1 && a[0] == b[1] && a[1] == b[0] && a[2..].SequenceEqual(b[2..]));
        return a.Length > b.Length ? a[1..].SequenceEqual(b) : b[1..].SequenceEqual(a);
    }
}
