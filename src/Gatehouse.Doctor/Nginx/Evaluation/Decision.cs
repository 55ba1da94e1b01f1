using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Passwords;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>What decided.</summary>
internal enum DecidedBy
{
    /// <summary>A file or a listing is served.</summary>
    Served,

    /// <summary>Another program answers.</summary>
    HandedOn,

    /// <summary>A return, or a rewrite with redirection.</summary>
    Returned,

    /// <summary>A deny.</summary>
    AddressRule,

    /// <summary>auth_basic.</summary>
    Basic,

    /// <summary>The password file could not be read.</summary>
    UserFile,

    /// <summary>auth_request.</summary>
    AuthRequest,

    /// <summary>A directory without index.</summary>
    NoIndex,

    /// <summary>EACCES.</summary>
    FileDenied,

    /// <summary>disable_symlinks.</summary>
    LinkRefused,

    /// <summary>Nothing is there.</summary>
    FileMissing,

    /// <summary>Files are served to GET, HEAD and POST of a directory alone (405).</summary>
    Method,

    /// <summary>A location for redirections inside alone (404).</summary>
    Internal,

    /// <summary>The request is no good (400).</summary>
    BadRequest,

    /// <summary>The client's certificate is missing or does not verify.</summary>
    Certificate,

    /// <summary>http on a port of https.</summary>
    PlainHttp,

    /// <summary>The certificate's server is another than the host's (421).</summary>
    Misdirected,

    /// <summary>The last word of try_files.</summary>
    TryFiles,

    /// <summary>A redirection by the server itself (a slash is missing).</summary>
    Redirected,

    /// <summary>A fault of the configuration that shows at run time (500).</summary>
    Fault,

    /// <summary>The body is too large.</summary>
    TooLarge,
}

/// <summary>One decision on the way of a request.</summary>
internal sealed record Decision
{
    /// <summary>What decided.</summary>
    public required DecidedBy By { get; init; }

    /// <summary>The status it amounts to, before any error page.</summary>
    public required int Status { get; init; }

    /// <summary>The directive; null: none stands for it.</summary>
    public ConfNode? Node { get; init; }

    /// <summary>What it says, for the trace.</summary>
    public required string Says { get; init; }

    /// <summary>Where it stands.</summary>
    public required Scope Scope { get; init; }

    /// <summary>The ifs around it that were true, outermost first.</summary>
    public IReadOnlyList<RewriteStep.If> Conditions { get; init; } = [];

    /// <summary>Of Basic: what the look into the password file said; null: no usable credentials came.</summary>
    public PasswordCheck? Check { get; init; }

    /// <summary>Of Basic: whether a header came that can't be used.</summary>
    public bool Malformed { get; init; }

    /// <summary>Of Basic: the user that was named.</summary>
    public string? User { get; init; }

    /// <summary>The file that it is about.</summary>
    public string? File { get; init; }

    /// <summary>Of Basic: the entry's line in the password file; 0: none.</summary>
    public int EntryLine { get; init; }

    /// <summary>Whether it was taken in a sub-request.</summary>
    public bool Subrequest { get; init; }

    /// <summary>Whether the address was a listed one (not <c>all</c>).</summary>
    public bool NamesAddress { get; init; }

    /// <summary>How a file answered, where it could not be used.</summary>
    public FileAnswer Answer { get; init; }
}
