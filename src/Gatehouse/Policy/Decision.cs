using Gatehouse.Causes;

namespace Gatehouse.Policy;

/// <summary>Where a rule stands.</summary>
/// <param name="File">As given to the reader.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">The rule as written: <c>/admin/**: role admin and network 10.0.0.0/8</c>.</param>
public sealed record RuleSource(string File, int Line, string Text);

/// <summary>What one condition said, for the trace.</summary>
/// <param name="Condition">As written: <c>role admin</c>.</param>
/// <param name="Value">Deny is false, NeedsIdentity unknown, Allow true.</param>
/// <param name="Why">One phrase: <c>alice has the roles editor, author</c>.</param>
public sealed record TraceStep(string Condition, Verdict Value, string Why);

/// <summary>A verdict with its reasons: what is told to the operator. Made only where it is needed; the allow path does without.</summary>
public sealed record Decision
{
    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The rule that decided; null where no rule names the path (refused by default).</summary>
    public required RuleSource? Rule { get; init; }

    /// <summary>Rules that also match and are less specific, most specific first.</summary>
    public IReadOnlyList<RuleSource> Beaten { get; init; } = [];

    /// <summary>The cause of the refusal; null where it is allowed. The first thing that lacks, in the order: refuse list, request, identity's strength, permission.</summary>
    public Cause? Cause { get; init; }

    /// <summary>All conditions of the deciding rule and of the refuse list as far as it was consulted.</summary>
    public IReadOnlyList<TraceStep> Trace { get; init; } = [];

    /// <summary>The scopes that lack, for <c>scope=</c> of RFC 6750; empty where scopes are not what lacks.</summary>
    public IReadOnlyList<string> MissingScopes { get; init; } = [];

    /// <summary>Whether a stronger or newer sign-in alone would allow it (RFC 9470): the answer is 401 even for somebody who is known.</summary>
    public bool StepUpHelps { get; init; }

    /// <summary>For <c>max_age</c> of RFC 9470; null where the age is not what lacks.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The nearest change that would allow it, for the operator; starts with a verb; null where it is allowed.</summary>
    public string? NearestChange { get; init; }
}
