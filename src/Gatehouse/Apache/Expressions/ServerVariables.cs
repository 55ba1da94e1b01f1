using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Apache.Expressions;

/// <summary>Variables that expressions and mod_rewrite both know, and the facts behind them.</summary>
public static class ServerVariables
{
    /// <summary>Names that start scripts and service managers give httpd's process; others count as absent where its environment is not known.</summary>
    private static readonly string[] OfStartScripts =
        ["PATH", "LANG", "LC_", "HOME", "PWD", "SHELL", "USER", "LOGNAME", "TERM", "SHLVL", "APACHE_", "HTTPD", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_", "HOSTNAME", "TZ", "LD_", "PHP_", "OLDPWD", "_", "OPENSSL_"];

    /// <summary>Beginnings of names that modules set which are not evaluated here: countries, TLS, ModSecurity, the number of the request.</summary>
    private static readonly string[] OfOtherModules = ["GEOIP_", "GEOIP2_", "MM_", "MMDB_", "SSL_", "UNIQUE_ID", "MODSEC"];

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public static string Scheme(ApacheRequest request) => request.Https ? "https" : "http";

    /// <summary>The name for links to itself (ap_get_server_name_for_url).</summary>
    public static Text HostName(ApacheRequest request)
    {
        var name = request.UseCanonicalName ? request.ServerName : request.HostName ?? request.ServerName;
        if (name is null) return Text.Unknown("the server's name is not set and no Host field came");
        return name.Contains(':', StringComparison.Ordinal) && !name.StartsWith('[') ? $"[{name}]" : name;
    }

    /// <summary>The port for links to itself (ap_get_server_port).</summary>
    public static int Port(ApacheRequest request)
    {
        if (!request.UseCanonicalName && request.HostPort is { } named) return named;
        return request.ServerNamePort != 0 ? request.ServerNamePort : DefaultPort(request);
    }

    /// <summary>443 with TLS, otherwise 80.</summary>
    public static int DefaultPort(ApacheRequest request) => request.Https ? 443 : 80;

    /// <summary>A variable of the process's environment; null: it does not exist.</summary>
    public static Text? OfProcess(string name, ApacheRequest request)
    {
        if (request.ProcessEnvironment is { } known) return Value(known.GetValueOrDefault(name));
        return Array.Exists(OfStartScripts, start => start == "_" ? name == "_" : name.StartsWith(start, StringComparison.Ordinal))
            ? Text.Unknown($"the environment of the server's process (`{name}`) is not known")
            : default(Text?);
    }

    /// <summary>A note, a variable of the request or one of the process, in this order; null: none has it.</summary>
    public static Text? Environment(string name, ApacheRequest request) =>
        Value(request.Notes.GetValueOrDefault(name)) ?? OfRequest(name, request) ?? OfProcess(name, request);

    /// <summary>A variable of the request; null: it is not set.</summary>
    public static Text? OfRequest(string name, ApacheRequest request)
    {
        if (request.UnknownVariables.TryGetValue(name, out var because)) return Text.Unknown(because);
        if (request.Environment.TryGetValue(name, out var value)) return new Text(value);
        return Array.Exists(OfOtherModules, start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)) && (request.Https || !name.StartsWith("SSL_", StringComparison.OrdinalIgnoreCase))
            ? Text.Unknown($"`{name}` is set by a module that is not evaluated")
            : default(Text?);
    }

    internal static Text Time(string name, ApacheRequest request)
    {
        if (request.Time is not { } time) return Text.Unknown("the time of the request is not given");
        var format = name switch
        {
            "TIME" => "yyyyMMddHHmmss",
            "TIME_YEAR" => "yyyy",
            "TIME_MON" => "MM",
            "TIME_DAY" => "dd",
            "TIME_HOUR" => "HH",
            "TIME_MIN" => "mm",
            "TIME_SEC" => "ss",
            _ => null,
        };
        return format is null ? ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture) : time.ToString(format, CultureInfo.InvariantCulture);
    }

    internal static Text Tls(string name, ApacheRequest request) =>
        !request.Https ? "" : name == "HTTPS" ? "on" : Text.Unknown($"`{name}` is known to the TLS connection alone");

    /// <summary>A variable by its name in capital letters; null: it exists and has no value, or it does not exist.</summary>
    internal static Text? Read(string name, ApacheRequest request) => name switch
    {
        "HTTP_USER_AGENT" => Field("User-Agent", request),
        "HTTP_PROXY_CONNECTION" => Field("Proxy-Connection", request),
        "HTTP_REFERER" => Field("Referer", request),
        "HTTP_COOKIE" => Field("Cookie", request),
        "HTTP_FORWARDED" => Field("Forwarded", request),
        "HTTP_HOST" => Field("Host", request),
        "HTTP_ACCEPT" => Field("Accept", request),
        "REQUEST_METHOD" => request.Method,
        "REQUEST_SCHEME" => Scheme(request),
        "REQUEST_URI" => request.Path,
        "REMOTE_HOST" => request.HostnameLookups ? Text.Unknown("the client's name is looked up by the server") : Shown(request.Client),
        "REMOTE_ADDR" => Shown(request.Client),
        "CONN_REMOTE_ADDR" => Shown(request.Peer),
        "REMOTE_PORT" => request.ClientPort == 0 ? Text.Unknown("the client's port is not known") : request.ClientPort.ToString(CultureInfo.InvariantCulture),
        "REMOTE_IDENT" => null,
        "REMOTE_USER" => Value(request.User),
        "AUTH_TYPE" => Value(request.AuthType),
        "SERVER_ADMIN" => request.ServerAdmin ?? "[no address given]",
        "SERVER_NAME" => HostName(request),
        "SERVER_ADDR" => request.ServerAddress is { } address ? Shown(address) : Text.Unknown("the server's address is not known"),
        "SERVER_PORT" => Port(request).ToString(CultureInfo.InvariantCulture),
        "SERVER_PROTOCOL" => request.Protocol,
        "SERVER_SOFTWARE" => request.ServerSoftware ?? Text.Unknown("what the server calls itself is not known"),
        "PATH_INFO" => request.PathInfo,
        "QUERY_STRING" => Value(request.Query),
        "IS_SUBREQ" => request.IsSubRequest ? "true" : "false",
        "DOCUMENT_ROOT" => request.DocumentRoot,
        "THE_REQUEST" => request.RequestLine ?? $"{request.Method} {request.UnparsedTarget} {request.Protocol}",
        "CONTEXT_PREFIX" => request.ContextPrefix,
        "CONTEXT_DOCUMENT_ROOT" => request.ContextDocumentRoot ?? request.DocumentRoot,
        "HTTPS" => request.Https ? "on" : "off",
        "IPV6" => request.Client is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? "on" : "off",
        _ => null,
    };

    private static Text? Value(string? text) => text is null ? default(Text?) : new Text(text);

    private static Text? Field(string name, ApacheRequest request) => Value(request.Header(name));

    private static string Shown(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
