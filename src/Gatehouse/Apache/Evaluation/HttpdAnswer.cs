using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Why httpd answers as it does.</summary>
public enum AnswerReason
{
    /// <summary>It can't be told from here.</summary>
    Unknown = 0,

    /// <summary>The file is sent.</summary>
    Served,

    /// <summary>A listing of the directory is sent.</summary>
    Listed,

    /// <summary>Another server, a program or a module that runs code answers.</summary>
    HandedOn,

    /// <summary>A redirect: by mod_alias, mod_rewrite, mod_dir or an ErrorDocument that is a URL.</summary>
    Redirected,

    /// <summary>The request itself is refused as malformed.</summary>
    BadRequest,

    /// <summary>There is no such file.</summary>
    NotFound,

    /// <summary>A Require, or the lack of one that grants, refuses without asking who it is.</summary>
    Require,

    /// <summary>Order, Allow, Deny refuse.</summary>
    AllowDeny,

    /// <summary>A login is needed and no credentials came.</summary>
    CredentialsMissing,

    /// <summary>Credentials of another scheme than AuthType came.</summary>
    WrongScheme,

    /// <summary>The credentials can't be read.</summary>
    CredentialsMalformed,

    /// <summary>No provider knows the user.</summary>
    UnknownUser,

    /// <summary>The password differs.</summary>
    WrongPassword,

    /// <summary>The entry in the password file can't be verified by any password.</summary>
    BadHash,

    /// <summary>The user is known and Require wants another.</summary>
    NotAuthorized,

    /// <summary>The password file does not exist, can't be read or is not named: 500.</summary>
    PasswordFile,

    /// <summary>A user is required and nothing can authenticate one, or AuthType stands alone: 500.</summary>
    LoginNotConfigured,

    /// <summary>An .htaccess file can't be read.</summary>
    RulesFileUnreadable,

    /// <summary>An .htaccess file has a fault: 500.</summary>
    RulesFileFault,

    /// <summary>The server's user can't pass through a directory.</summary>
    NotSearchable,

    /// <summary>The server's user can't read the file.</summary>
    NotReadable,

    /// <summary>A symbolic link that may not be followed, or leads nowhere.</summary>
    LinkRefused,

    /// <summary>Neither file nor directory.</summary>
    NotAFile,

    /// <summary>No index file, and listings are off.</summary>
    NoIndex,

    /// <summary>The method is refused by AllowMethods, TraceEnable or the handler: 405 or 501.</summary>
    Method,

    /// <summary>SSLRequireSSL on plain http.</summary>
    TlsRequired,

    /// <summary>A RewriteRule refuses or fails.</summary>
    Rewritten,

    /// <summary>A Redirect to a status that is none of redirecting.</summary>
    RedirectStatus,

    /// <summary>A program where Options ExecCGI is off, or that is none.</summary>
    Program,

    /// <summary>Internal redirects in a circle: 500.</summary>
    Loop,

    /// <summary>The configuration has a fault and the server would not start.</summary>
    ConfigurationFault,
}

/// <summary>One line of the way: a directive and what it said to this request.</summary>
/// <param name="By">The directive; null: a default of httpd.</param>
/// <param name="Says">What it came to.</param>
public sealed record TraceLine(Directive? By, string Says);

/// <summary>An .htaccess file on the way.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Read">Whether httpd reads it.</param>
/// <param name="Override">The AllowOverride that decided that.</param>
/// <param name="Faults">What is wrong in it.</param>
/// <param name="Rules">Its directives; null: not read.</param>
public sealed record RulesFileMet(string Path, bool Read, OverrideState Override, IReadOnlyList<ConfigFault> Faults, IReadOnlyList<Directive>? Rules)
{
    /// <summary>The AccessFileName that names other files than this .htaccess; null: it is among the names.</summary>
    public Directive? OtherNames { get; init; }
}

/// <summary>What one Require came to.</summary>
/// <param name="Node">The line or container.</param>
/// <param name="Result">Its result.</param>
/// <param name="Why">In words, where it is not plain.</param>
public sealed record RequireResult(AuthorizationNode Node, AuthorizationResults Result, string Why)
{
    /// <summary>Whether an odd number of the containers around it negate (RequireNone): what it grants refuses.</summary>
    public bool IsTurned { get; init; }

    /// <summary>Whether a client that it names is kept out, by <c>Require not</c> or by RequireNone.</summary>
    public bool Excludes => Node.Negated != IsTurned;

    /// <summary>Whether it speaks for a refusal.</summary>
    public bool Refuses => IsTurned ? Result == AuthorizationResults.Granted : Result is AuthorizationResults.Denied or AuthorizationResults.Neutral;
}

/// <summary>Results of mod_authz_core; several at once: it can't be told which.</summary>
[Flags]
public enum AuthorizationResults
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Refused.</summary>
    Denied = 1,

    /// <summary>Refused as long as nobody is known: another user may change it.</summary>
    DeniedNoUser = 2,

    /// <summary>Granted.</summary>
    Granted = 4,

    /// <summary>Has no say.</summary>
    Neutral = 8,

    /// <summary>An error: 500.</summary>
    Error = 16,
}

/// <summary>What httpd answers to a request, and why.</summary>
public sealed record HttpdAnswer
{
    /// <summary>The status that the client gets; null: it can't be told from here. 200 also stands for a request that is handed on.</summary>
    public int? Status { get; init; }

    /// <summary>Why.</summary>
    public required AnswerReason Reason { get; init; }

    /// <summary>The status before an ErrorDocument turned it into a redirect; null: the same.</summary>
    public int? Inner { get; init; }

    /// <summary>The directive that decided; null: none, or a default.</summary>
    public Directive? By { get; init; }

    /// <summary>What can't be told; null where all could.</summary>
    public string? UnknownBecause { get; init; }

    /// <summary>The file or folder that matters: mapped to, at fault, missing.</summary>
    public string? Path { get; init; }

    /// <summary>Where a redirect leads, or to whom the request is handed.</summary>
    public string? Target { get; init; }

    /// <summary>In words, for this case; empty: nothing beyond the reason.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What the Require lines said, in order of evaluation.</summary>
    public IReadOnlyList<RequireResult> Requires { get; init; } = [];

    /// <summary>What exists where a rule answers 404 or 410, as a path of the disk; null: nothing, or nobody hides it.</summary>
    public string? Hides { get; init; }

    /// <summary>The Allow or Deny that decided, or that can't be told; null: the Order's default.</summary>
    public CompatEntry? Compat { get; init; }

    /// <summary>The fault of an .htaccess file or of the configuration.</summary>
    public ConfigFault? Fault { get; init; }

    /// <summary>The rules that were in force at the end; null: it did not come so far.</summary>
    public DirectoryRules? Rules { get; init; }

    /// <summary>The request as it stood at the end.</summary>
    public ApacheRequest? Request { get; init; }

    /// <summary>Whether somebody else answers.</summary>
    public bool HandedOn => Reason == AnswerReason.HandedOn;
}
