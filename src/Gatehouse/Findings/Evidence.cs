namespace Gatehouse.Findings;

/// <summary>What sort of thing was seen. The names in reports are the kebab-case forms: <c>response-status</c>.</summary>
public enum EvidenceKind
{
    /// <summary>What was sent.</summary>
    Request,

    /// <summary>The status line of an answer.</summary>
    ResponseStatus,

    /// <summary>A header of an answer.</summary>
    ResponseHeader,

    /// <summary>A passage of an answer's body.</summary>
    ResponseBody,

    /// <summary>Two exchanges that differ.</summary>
    Comparison,

    /// <summary>A claim or header of a token.</summary>
    Token,

    /// <summary>A TLS certificate.</summary>
    Certificate,

    /// <summary>A cookie, its attributes or its absence.</summary>
    Cookie,

    /// <summary>Mode, owner and group of a file, or its ACL.</summary>
    FileMode,

    /// <summary>A symbolic link.</summary>
    FileLink,

    /// <summary>A line of a server's configuration, <c>file:line</c>.</summary>
    ConfigLine,

    /// <summary>A line of rules: .htaccess or gatehouse.yaml, <c>file:line</c>.</summary>
    RuleLine,

    /// <summary>A line of a log, <c>file:line</c>.</summary>
    LogLine,

    /// <summary>A network address or the name of a host.</summary>
    Address,

    /// <summary>A difference between clocks.</summary>
    Clock,
}

/// <summary>One thing that was seen.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Where">The place, to be found again by hand: an URL, a header's name, a path, <c>file:line</c>.</param>
/// <param name="What">What stands there; secrets masked before they come here (<see cref="Masked"/>).</param>
public sealed record Evidence(EvidenceKind Kind, string Where, string What);
