using Gatehouse.Findings;

namespace Gatehouse.Doctor.Servers;

/// <summary>What a condition looks at.</summary>
public enum Subject
{
    /// <summary>Nothing: it always holds.</summary>
    Anything = 0,

    /// <summary>The client's address.</summary>
    Address,

    /// <summary>The country of the address.</summary>
    Country,

    /// <summary>The method.</summary>
    Method,

    /// <summary>The path or its query.</summary>
    Path,

    /// <summary>A header without a meaning of its own here.</summary>
    Header,

    /// <summary>Referer.</summary>
    Referrer,

    /// <summary>User-Agent.</summary>
    UserAgent,

    /// <summary>Origin.</summary>
    Origin,

    /// <summary>Host or SNI.</summary>
    Host,

    /// <summary>The port that is asked for.</summary>
    Port,

    /// <summary>A symbolic link on the way to the file.</summary>
    Link,

    /// <summary>http or https.</summary>
    Scheme,

    /// <summary>Time of day or date.</summary>
    Time,

    /// <summary>A counter.</summary>
    Rate,

    /// <summary>User and password, or a token.</summary>
    Credentials,

    /// <summary>A TLS client certificate.</summary>
    Certificate,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>An anti-forgery token.</summary>
    Csrf,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>What the credentials lacked.</summary>
public enum Lack
{
    /// <summary>It is not about credentials.</summary>
    Nothing = 0,

    /// <summary>None came.</summary>
    Missing,

    /// <summary>Of another scheme.</summary>
    WrongScheme,

    /// <summary>They can't be read.</summary>
    Malformed,

    /// <summary>No such user.</summary>
    UnknownUser,

    /// <summary>The user is known, the password differs.</summary>
    WrongPassword,

    /// <summary>The entry's hash can't be verified.</summary>
    BadHash,

    /// <summary>The password file does not exist.</summary>
    FileMissing,

    /// <summary>The password file can't be read by the server.</summary>
    FileUnreadable,

    /// <summary>The user is not among those named.</summary>
    NotListed,

    /// <summary>A group is lacking.</summary>
    Group,

    /// <summary>A role is lacking.</summary>
    Role,

    /// <summary>Another server decides and said no.</summary>
    RefusedElsewhere,

    /// <summary>Another server decides and could not: it failed, or is asked with what it can't judge by.</summary>
    DeciderFails,
}

/// <summary>One condition of a rule.</summary>
/// <param name="Subject">What it looks at.</param>
/// <param name="Negated">Whether the rule asks that it does not hold.</param>
/// <param name="Value">What the condition comes to, before the negation.</param>
/// <param name="Text">As it stands there.</param>
/// <param name="File">Where it is defined.</param>
/// <param name="Line">From 1.</param>
public sealed record RuleTest(Subject Subject, bool Negated, Truth Value, string Text, string File, int Line)
{
    /// <summary>The header's or the list's name.</summary>
    public string? Name { get; init; }

    /// <summary>The condition names exactly this path, and the request lies below it.</summary>
    public bool JustAbove { get; init; }

    /// <summary>What it comes to in the rule.</summary>
    public Truth Holds => Negated ? Value.Not() : Value;
}

/// <summary>What becomes of a request by a rule.</summary>
public enum RuleOutcome
{
    /// <summary>It is refused.</summary>
    Denies = 0,

    /// <summary>Credentials are asked for.</summary>
    Challenges,

    /// <summary>It is let through.</summary>
    Allows,

    /// <summary>It is refused because no rule let it through.</summary>
    DeniesByDefault,
}

/// <summary>The rule of a server's configuration that decides a request, or that probably does.</summary>
public sealed record DecidingRule : Observation
{
    /// <summary>As in <see cref="Evaluated.Server"/>.</summary>
    public required string Server { get; init; }

    /// <summary>Where it stands.</summary>
    public required string File { get; init; }

    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    /// <summary>The rule in one line, secrets masked.</summary>
    public required string Text { get; init; }

    /// <summary>What it does.</summary>
    public required RuleOutcome Outcome { get; init; }

    /// <summary>The status it answers.</summary>
    public int? Status { get; init; }

    /// <summary>Whether it conceals what is there: it answers as if it were not.</summary>
    public bool Hides { get; init; }

    /// <summary>Its conditions.</summary>
    public IReadOnlyList<RuleTest> Tests { get; init; } = [];

    /// <summary>What the credentials lacked.</summary>
    public Lack Lack { get; init; }

    /// <summary>A detail of the lack, in words: <c>no user al; known are alice, bob</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether everything that leads to it was evaluated; false: it is the likely one.</summary>
    public bool Certain { get; init; }

    /// <summary>How many other rules may as well have decided, where it is not certain.</summary>
    public int Rivals { get; init; }

    /// <summary>Rules before it that let others through, with the conditions that failed.</summary>
    public IReadOnlyList<(TraceStep Step, IReadOnlyList<RuleTest> Failed)> PassedBy { get; init; } = [];

    /// <summary>Rules behind it that fit the request and are never reached by it.</summary>
    public IReadOnlyList<TraceStep> Unreached { get; init; } = [];

    /// <summary>Further evidence: the line of a password file, a list.</summary>
    public IReadOnlyList<Evidence> Further { get; init; } = [];

    /// <summary>Remedies beyond the cause's own.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];
}

/// <summary>A rule that protects exactly one path, and a request below that path which it therefore does not touch.</summary>
/// <param name="Server">As in <see cref="Evaluated.Server"/>.</param>
/// <param name="Step">The rule.</param>
/// <param name="Test">Its condition.</param>
/// <param name="Path">The request's path.</param>
public sealed record NarrowRule(string Server, TraceStep Step, RuleTest Test, string Path) : Observation;

/// <summary>A line that takes the credentials out of what is handed on.</summary>
/// <param name="Server">As in <see cref="Evaluated.Server"/>.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">The directive.</param>
public sealed record DropsCredentials(string Server, string File, int Line, string Text) : Observation;

/// <summary>A configuration that hands the request on to another server.</summary>
/// <param name="Server">As in <see cref="Evaluated.Server"/>.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">The directive.</param>
/// <param name="To">Where it is handed on to.</param>
public sealed record HandsOn(string Server, string File, int Line, string Text, string To) : Observation;
