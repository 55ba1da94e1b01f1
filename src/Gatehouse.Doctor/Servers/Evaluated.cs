namespace Gatehouse.Doctor.Servers;

/// <summary>One step of an evaluation: a line of the configuration and what it said to this request.</summary>
/// <param name="File">Path of the file, as given or included.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">The directive as it stands there, one line, secrets masked.</param>
/// <param name="Says">What it came to: <c>denies</c>, <c>matched</c>, <c>no match</c>, <c>sets the user file</c>.</param>
public sealed record TraceStep(string File, int Line, string Text, string Says);

/// <summary>
/// What a server's own configuration, evaluated for the request in question, comes to. Each server's probe adds one (besides its own
/// observations with the details that its rules judge), so that what is evaluated, seen and logged can be joined.
/// </summary>
public sealed record Evaluated : Observation
{
    /// <summary><c>Apache httpd</c>, <c>nginx</c>, <c>Caddy</c>, <c>HAProxy</c>, <c>lighttpd</c>, <c>Tomcat</c>, <c>IIS</c>, <c>Traefik</c>, <c>Gatehouse</c>.</summary>
    public required string Server { get; init; }

    /// <summary>The main configuration file.</summary>
    public required string File { get; init; }

    /// <summary>The status that it answers; 200 stands for "serves the file or hands it on"; null: can't be told from here.</summary>
    public int? Status { get; init; }

    /// <summary>What can't be evaluated from here, where <see cref="Status"/> is null.</summary>
    public string? UnknownBecause { get; init; }

    /// <summary>The file that the request maps to; null: none (proxied, returned, unknown).</summary>
    public string? FilePath { get; init; }

    /// <summary>Whether an application or another server behind it answers (proxy, FastCGI, CGI).</summary>
    public bool HandedOn { get; init; }

    /// <summary>Error logs that the configuration names for this request, absolute paths.</summary>
    public IReadOnlyList<string> ErrorLogs { get; init; } = [];

    /// <summary>Access logs likewise.</summary>
    public IReadOnlyList<string> AccessLogs { get; init; } = [];

    /// <summary>Which lines were looked at and what they said, in the server's own order.</summary>
    public IReadOnlyList<TraceStep> Trace { get; init; } = [];
}
