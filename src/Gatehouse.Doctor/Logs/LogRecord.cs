using System.Net;

namespace Gatehouse.Doctor.Logs;

/// <summary>Whose words a line holds.</summary>
public enum LogServer
{
    /// <summary>Nothing tells it: an application of one's own, as a rule.</summary>
    Unknown = 0,

    /// <summary>Apache httpd and its modules.</summary>
    Apache,

    /// <summary>nginx and what is built on it.</summary>
    Nginx,

    /// <summary>Caddy.</summary>
    Caddy,

    /// <summary>HAProxy.</summary>
    Haproxy,

    /// <summary>lighttpd.</summary>
    Lighttpd,

    /// <summary>Apache Tomcat.</summary>
    Tomcat,

    /// <summary>Eclipse Jetty.</summary>
    Jetty,

    /// <summary>Microsoft IIS.</summary>
    Iis,

    /// <summary>Traefik.</summary>
    Traefik,

    /// <summary>Envoy and Istio.</summary>
    Envoy,

    /// <summary>Squid.</summary>
    Squid,

    /// <summary>ASP.NET Core and its authentication handlers.</summary>
    AspNetCore,

    /// <summary>Spring Security.</summary>
    Spring,

    /// <summary>Django and Django REST framework.</summary>
    Django,

    /// <summary>Ruby on Rails.</summary>
    Rails,

    /// <summary>Laravel, Symfony and other PHP.</summary>
    Php,

    /// <summary>Express and other Node.js.</summary>
    Node,

    /// <summary>ModSecurity with or without the Core Rule Set, Coraza.</summary>
    ModSecurity,

    /// <summary>oauth2-proxy.</summary>
    OAuth2Proxy,

    /// <summary>fail2ban.</summary>
    Fail2ban,

    /// <summary>CrowdSec.</summary>
    CrowdSec,

    /// <summary>The Kubernetes API server.</summary>
    Kubernetes,

    /// <summary>Load balancers and stores of Amazon.</summary>
    Aws,

    /// <summary>The kernel: SELinux, AppArmor.</summary>
    Kernel,

    /// <summary>Gatehouse's own Guard.</summary>
    Gatehouse,
}

/// <summary>One line of a log, taken apart: what it says, not what it means. Null where the line does not tell.</summary>
public sealed record LogRecord
{
    /// <summary>The file; empty for pasted text.</summary>
    public string File { get; init; } = "";

    /// <summary>From the start of the file, from 1; 0: not counted.</summary>
    public long Line { get; init; }

    /// <summary>Where its first octet stands in the file.</summary>
    public long Offset { get; init; }

    /// <summary>The whole line, cut at the reader's limit.</summary>
    public string Text { get; init; } = "";

    /// <summary>The format that it was read by: <c>nginx error</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Whose words they are.</summary>
    public LogServer Server { get; init; }

    /// <summary>True: a line for each request, with its status. False: a message.</summary>
    public bool IsAccess { get; init; }

    /// <summary>When.</summary>
    public LogTime? Time { get; init; }

    /// <summary>As written: <c>err</c>, <c>error</c>, <c>WARN</c>.</summary>
    public string? Level { get; init; }

    /// <summary>Module, logger or category.</summary>
    public string? Module { get; init; }

    /// <summary><c>AH01630</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The message alone; empty for an access line.</summary>
    public string Message { get; init; } = "";

    /// <summary>The client, as the server saw it.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>The user; null also for <c>-</c>.</summary>
    public string? User { get; init; }

    /// <summary>The method.</summary>
    public string? Method { get; init; }

    /// <summary>Path and query as logged, not decoded.</summary>
    public string? Target { get; init; }

    /// <summary>The Host, or the name of the virtual server.</summary>
    public string? Host { get; init; }

    /// <summary>The status that was answered.</summary>
    public int? Status { get; init; }

    /// <summary>Where it was handed on to; null also for <c>-</c> and <c>&lt;NOSRV&gt;</c>.</summary>
    public string? Upstream { get; init; }

    /// <summary>The status that came from there.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>Request id, unique id, trace id.</summary>
    public string? RequestId { get; init; }

    /// <summary>What holds the lines of one request together: process and thread, connection number, request id.</summary>
    public string? Thread { get; init; }

    /// <summary>Referer.</summary>
    public string? Referrer { get; init; }

    /// <summary>User-Agent.</summary>
    public string? UserAgent { get; init; }

    /// <summary>HAProxy's termination state, Envoy's flags, Squid's result, the sub-status of IIS as <c>403.6</c>.</summary>
    public string? Flags { get; init; }

    /// <summary>Lines that were indented below this one: exceptions, requirements.</summary>
    public string Continued { get; init; } = "";

    /// <summary>Message and continuation, which signatures are sought in; the whole text where there is no message.</summary>
    public string Words => Continued.Length > 0 ? Message.Length > 0 ? Message + "\n" + Continued : Continued : Message.Length > 0 ? Message : Text;

    /// <summary>For evidence: <c>error.log:18</c>.</summary>
    public string Where => File.Length == 0 ? "the line given" : Line > 0 ? $"{Path.GetFileName(File)}:{Line}" : Path.GetFileName(File);
}
