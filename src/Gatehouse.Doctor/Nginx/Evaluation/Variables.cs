using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Doctor.Nginx.Model;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>Values of variables (src/http/ngx_http_variables.c and the modules' own).</summary>
internal static class Variables
{
    /// <summary>Evaluated anew each time; all others keep their first value for the request.</summary>
    private static readonly HashSet<string> NotKept = new(StringComparer.OrdinalIgnoreCase)
    {
        "args", "query_string", "is_args", "uri", "document_uri", "request_filename", "document_root", "realpath_root", "request_method", "limit_rate", "secure_link", "secure_link_expires",
    };

    /// <summary>Variables that exist and that nothing here can tell.</summary>
    private static readonly HashSet<string> NotTold = new(StringComparer.OrdinalIgnoreCase)
    {
        "hostname", "pid", "connection", "connection_requests", "connection_time", "request_id", "request_time", "request_length", "bytes_sent", "body_bytes_sent", "msec", "remote_port", "realip_remote_port",
        "nginx_version", "status", "pipe", "request_body", "request_body_file", "ssl_protocol", "ssl_cipher", "ssl_ciphers", "ssl_curves", "ssl_curve", "ssl_session_id", "ssl_session_reused",
        "ssl_early_data", "ssl_client_cert", "ssl_client_raw_cert", "ssl_client_escaped_cert", "ssl_client_s_dn", "ssl_client_i_dn", "ssl_client_s_dn_legacy", "ssl_client_i_dn_legacy", "ssl_client_serial",
        "ssl_client_fingerprint", "ssl_client_v_start", "ssl_client_v_end", "ssl_client_v_remain", "proxy_protocol_addr", "proxy_protocol_port", "proxy_protocol_server_addr", "proxy_protocol_server_port",
        "proxy_host", "proxy_port", "limit_req_status", "limit_conn_status", "tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd", "tcpinfo_rcv_space", "gzip_ratio", "uid_got", "uid_set", "uid_reset",
        "connections_active", "connections_reading", "connections_writing", "connections_waiting", "slice_range", "modern_browser", "ancient_browser", "msie", "upstream_addr", "request_completion", "server_addr_v6",
    };

    /// <summary>Nobody told where the request comes from.</summary>
    public static Text NoClient => Text.Not("the client's address is not known: --from IP tells it");

    /// <summary>The value of a variable by its name without dollar sign.</summary>
    public static Text Of(Flow flow, string name)
    {
        if (flow.Ground.Kept.TryGetValue(name, out var kept)) return kept;
        var value = Evaluate(flow, name);
        if (!NotKept.Contains(name) && !name.StartsWith("arg_", StringComparison.OrdinalIgnoreCase) && !IsVolatile(flow, name)) flow.Ground.Kept[name] = value;
        return value;
    }

    /// <summary>Gives a variable its value, as `set` and named groups do.</summary>
    public static void Set(Flow flow, string name, Text value)
    {
        if (name.Equals("args", StringComparison.OrdinalIgnoreCase)) flow.Arguments = value.Plain;
        else flow.Ground.Kept[name] = value;
    }

    private static bool IsVolatile(Flow flow, string name) =>
        flow.Ground.Model.Defined.TryGetValue(name, out var node) && node.Name == "map" && node.Block!.Exists(entry => entry.Name == "volatile");

    private static Text Evaluate(Flow flow, string name)
    {
        var ground = flow.Ground;
        if (ground.Model.Defined.TryGetValue(name, out var definition)) return Maps.Of(flow, name, definition);
        var request = ground.Request;
        var lower = name.ToLowerInvariant();
        switch (lower)
        {
            case "uri" or "document_uri":
                return new(flow.Uri);
            case "args" or "query_string":
                return new(flow.Arguments);
            case "is_args":
                return new(flow.Arguments.Length > 0 ? "?" : "");
            case "request_uri":
                return new(request.Target.StartsWith('/') ? request.Target : RequestTarget.Parse(request.Target, true) is { } target ? target.Path : request.Target);
            case "request":
                return new($"{request.Method} {request.Target} {request.Protocol}");
            case "request_method":
                return new(request.Method);
            case "host":
                return new(ground.Host ?? ServerName(flow));
            case "server_name":
                return new(ServerName(flow));
            case "server_port":
                return new(request.ServerPort.ToString(CultureInfo.InvariantCulture));
            case "server_addr":
                return request.ServerAddress is { } address ? new(address.ToString()) : Text.Not("the server's own address is not known");
            case "server_protocol":
                return new(request.Protocol);
            case "scheme":
                return new(request.Https ? "https" : "http");
            case "https":
                return request.Https ? new("on") : new("");
            case "remote_addr":
                return ground.Client is { } client ? new(client.ToString()) : NoClient;
            case "realip_remote_addr":
                return request.Peer is { } peer ? new(peer.ToString()) : NoClient;
            case "binary_remote_addr":
                return ground.Client is { } raw ? new(Encoding.Latin1.GetString(raw.GetAddressBytes())) : NoClient;
            case "remote_user":
                return BasicAuth.Credentials(flow, out var user, out _) ? new(user) : Text.None;
            case "content_length":
                return Header(flow, "Content-Length") is { } length ? new(length) : request.BodyLength > 0 ? new(request.BodyLength.ToString(CultureInfo.InvariantCulture)) : Text.None;
            case "content_type":
                return new(Header(flow, "Content-Type"));
            case "request_filename":
                return Paths.Map(flow, out var file, out _) is { } problem ? problem : new(file);
            case "document_root":
                return Paths.Root(flow, out var root) is { } unknown ? unknown : new(root);
            case "realpath_root":
                return Text.Not("links in the document root are not resolved");
            case "proxy_add_x_forwarded_for":
                return ground.Client is null ? NoClient : new(Header(flow, "X-Forwarded-For") is { } forwarded ? $"{forwarded}, {ground.Client}" : ground.Client.ToString());
            case "invalid_referer":
                return Referers.Invalid(flow);
            case "secure_link":
                return SecureLink.Of(flow, out _);
            case "secure_link_expires":
                SecureLink.Of(flow, out var expires);
                return expires;
            case "ssl_client_verify":
                return !request.Https ? Text.None : request.ClientVerify is not { } verify ? Text.Not("whether the client's certificate verifies") : VerifyAsked(flow) ? new(verify) : new("NONE");
            case "ssl_server_name":
                return request.Https ? new(request.Sni) : Text.None;
            case "http2" or "http3":
                return new("");
            case "ssl_early_data":
                return Text.None;
            case "time_iso8601":
                return Time(request, "yyyy-MM-ddTHH:mm:sszzz");
            case "time_local":
                return request.Time is { } local ? new(local.ToString("dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture).Remove(24, 1)) : Time(request, "");
            case "date_local":
                return Time(request, "dddd, dd-MMM-yyyy HH:mm:ss");
            case "date_gmt":
                return request.Time is { } gmt ? new(gmt.ToUniversalTime().ToString("dddd, dd-MMM-yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture)) : Time(request, "");
        }

        if (lower.StartsWith("http_", StringComparison.Ordinal)) return new(HeaderVariable(flow, lower[5..]));
        if (lower.StartsWith("arg_", StringComparison.Ordinal)) return new(Argument(flow.Arguments, lower[4..]));
        if (lower.StartsWith("cookie_", StringComparison.Ordinal)) return new(Cookie(flow, lower[7..]));
        if (lower.StartsWith("ssl_client_", StringComparison.Ordinal) && (!request.Https || request.ClientVerify == "NONE")) return Text.None;
        if (lower.StartsWith("ssl_", StringComparison.Ordinal) && !request.Https && NotTold.Contains(lower)) return Text.None;
        if (lower.StartsWith("geoip_", StringComparison.Ordinal)) return Text.Not("the old GeoIP database can't be read");
        if (lower.StartsWith("upstream_", StringComparison.Ordinal) || lower.StartsWith("sent_", StringComparison.Ordinal)) return Text.None;
        if (NotTold.Contains(lower)) return Text.Not($"the value of ${name}");
        // Set by some `set` of the configuration, and not on this request's way: empty.
        if (ground.Model.Settable.Contains(name)) return Text.None;
        if (HasNamedGroup(flow, name)) return Text.None;
        return Text.Not($"the variable ${name} is of a module that is not known here");
    }

    /// <summary>The joined or first value of a header, as nginx reads it; null: it did not come, or was dropped.</summary>
    public static string? Header(Flow flow, string name)
    {
        string? found = null;
        foreach (var (key, value) in flow.Ground.Headers)
        {
            if (!key.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is null) found = value;
            else if (name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) found += "; " + value;
            else if (name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)) found += ", " + value;
        }

        return found;
    }

    /// <summary>The value of an argument, undecoded; null: there is none of that name.</summary>
    public static string? Argument(string arguments, string name)
    {
        if (name.Length == 0) return null;
        foreach (var part in arguments.Split('&'))
        {
            if (part.Length > name.Length && part[name.Length] == '=' && part.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return part[(name.Length + 1)..];
        }

        return null;
    }

    private static string? HeaderVariable(Flow flow, string name)
    {
        string? found = null;
        foreach (var (key, value) in flow.Ground.Headers)
        {
            if (!Matches(key, name)) continue;
            if (found is null) found = value;
            else if (name == "cookie") found += "; " + value;
            else if (name == "x_forwarded_for") found += ", " + value;
        }

        return found;
    }

    private static bool Matches(string header, string variable)
    {
        if (header.Length != variable.Length) return false;
        for (var i = 0; i < header.Length; i++)
        {
            var c = char.ToLowerInvariant(header[i]);
            if ((c == '-' ? '_' : c) != variable[i]) return false;
        }

        return true;
    }

    private static string? Cookie(Flow flow, string name)
    {
        foreach (var (key, value) in flow.Ground.Headers)
        {
            if (!key.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) continue;
            for (var at = 0; at < value.Length;)
            {
                var rest = value.AsSpan(at);
                if (rest.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                {
                    var tail = rest[name.Length..].TrimStart(' ');
                    if (tail.StartsWith("=", StringComparison.Ordinal))
                    {
                        tail = tail[1..].TrimStart(' ');
                        var end = tail.IndexOf(';');
                        return (end < 0 ? tail : tail[..end]).ToString();
                    }
                }

                var next = rest.IndexOfAny(';', ',');
                if (next < 0) break;
                at += next + 1;
                while (at < value.Length && value[at] == ' ') at++;
            }
        }

        return null;
    }

    private static string ServerName(Flow flow) => flow.Ground.Choice?.Server?.FirstName ?? "";

    /// <summary>Without ssl_verify_client no certificate is asked for.</summary>
    private static bool VerifyAsked(Flow flow) => flow.Server.Value("ssl_verify_client") is { } value && !value.Equals("off", StringComparison.OrdinalIgnoreCase);

    private static Text Time(NginxRequest request, string format) =>
        request.Time is { } time ? new(time.ToString(format, CultureInfo.InvariantCulture)) : Text.Not("the time of the request");

    private static bool HasNamedGroup(Flow flow, string name)
    {
        bool Named(Patterns.Pcre? pattern) => pattern is not null && pattern.Names.Any(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        return flow.Ground.Model.Servers.Any(server => server.Names.Any(one => Named(one.Pattern)) || HttpModel.AllScopes(server.Scope).Any(scope =>
            Named(scope.Pattern) || scope.Steps.Any(step => (step is RewriteStep.Rewrite rewrite && Named(rewrite.Pattern)) || (step is RewriteStep.If test && Named(test.Condition.Pattern)))));
    }

    /// <summary>An address for matching: IPv4 in IPv6 clothes as IPv4.</summary>
    public static IPAddress Plain(IPAddress address) => address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    /// <summary>Matches a pattern and keeps its groups, named ones as variables (ngx_http_regex_exec).</summary>
    public static bool? Exec(Flow flow, Patterns.Pcre pattern, string subject)
    {
        var matched = pattern.Matches(subject, out var captures);
        if (matched != true) return matched;
        // Trailing groups that took no part are not counted.
        flow.Captures = captures;
        foreach (var (name, number) in pattern.Names) flow.Ground.Kept[name] = captures[number] is { } value ? new(value) : new("");
        return true;
    }
}
