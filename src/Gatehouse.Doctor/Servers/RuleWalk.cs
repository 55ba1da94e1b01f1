namespace Gatehouse.Doctor.Servers;

/// <summary>Rules in their order, each with its conditions: the first that holds decides. What can't be told from here makes a rule a likely one, not a certain one.</summary>
internal sealed class RuleWalk(string server, AskedRequest request)
{
    private readonly List<DecidingRule> likely = [];
    private readonly List<(TraceStep, IReadOnlyList<RuleTest>)> passedBy = [];
    private readonly List<TraceStep> trace = [];
    private readonly List<TraceStep> unreached = [];
    private readonly List<Observation> notes = [];

    /// <summary>The rule that decided; null: none yet.</summary>
    public DecidingRule? Decided { get; private set; }

    /// <summary>What was looked at.</summary>
    public IReadOnlyList<TraceStep> Trace => trace;

    /// <summary>Takes the next rule.</summary>
    /// <param name="rule">With its outcome and tests; <see cref="DecidingRule.Certain"/> is set here.</param>
    /// <param name="holds">What all its conditions come to together; null: all tests and-ed.</param>
    /// <returns>True where it decides: what comes after it is not reached.</returns>
    public bool Take(DecidingRule rule, Truth? holds = null)
    {
        var value = holds ?? rule.Tests.Aggregate(Truth.True, (all, test) => all.And(test.Holds));
        var step = new TraceStep(rule.File, rule.Line, rule.Text, Says(rule, value));
        if (Decided is not null)
        {
            if (value == Truth.True && rule.Outcome == RuleOutcome.Allows && Decided.Outcome != RuleOutcome.Allows && IsException(rule, Decided)) unreached.Add(step);
            return false;
        }

        if (trace.Count < 200) trace.Add(step);
        if (value == Truth.False)
        {
            var failed = rule.Tests.Where(test => test.Holds == Truth.False).ToList();
            if (rule.Outcome == RuleOutcome.Allows) passedBy.Add((step, failed));
            else if (failed is [{ JustAbove: true } narrow]) notes.Add(new NarrowRule(server, step, narrow, request.Path));
            return false;
        }

        if (value == Truth.Unknown)
        {
            if (rule.Outcome != RuleOutcome.Allows) likely.Add(rule);
            else unknownAllow = true;
            return false;
        }

        Decided = rule with { Certain = !unknownAllow && likely.All(other => other.Status is not null && other.Status == rule.Status ? false : request.Seen is not null && other.Status != request.Seen), PassedBy = [.. passedBy] };
        return true;
    }

    private bool unknownAllow;

    /// <summary>Whether a later rule is meant as an exception to the deciding one: it asks for something, and of the same things. One that lets all the rest through is no exception.</summary>
    private static bool IsException(DecidingRule later, DecidingRule decided)
    {
        var own = later.Tests.Select(test => test.Subject).Where(subject => subject != Subject.Anything).ToHashSet();
        return own.Count > 0 && decided.Tests.Select(test => test.Subject).Where(subject => subject != Subject.Anything).All(own.Contains);
    }

    /// <summary>The rule that refuses, or the likeliest one where none certainly does and the answer was a refusal; null: none.</summary>
    public DecidingRule? Answer()
    {
        if (Decided is { Outcome: not RuleOutcome.Allows }) return Decided with { Unreached = [.. unreached] };
        if (likely.Count == 0 || request.Seen is null) return null;
        // What was seen tells which of the doubtful ones it can have been.
        var fitting = likely.Where(rule => rule.Status is null || rule.Status == request.Seen).ToList();
        return fitting.Count == 0 ? null : fitting[0] with { Certain = false, Rivals = fitting.Count - 1, PassedBy = [.. passedBy] };
    }

    /// <summary>Everything that the walk showed, as observations.</summary>
    public IEnumerable<Observation> Observations()
    {
        var answer = Answer();
        if (answer is not null) yield return answer;
        else foreach (var note in notes) yield return note;
    }

    /// <summary>The status by the rules alone: null where a doubtful rule may decide and nothing was seen.</summary>
    public int? Status(int otherwise) => Answer() is { } answer ? answer.Certain || request.Seen == answer.Status ? answer.Status : null : likely.Count > 0 && request.Seen is null ? null : otherwise;

    private static string Says(DecidingRule rule, Truth value) => value switch
    {
        Truth.False => "does not apply",
        Truth.Unknown => "can't be told from here",
        _ => rule.Outcome switch { RuleOutcome.Denies => "denies", RuleOutcome.Challenges => "asks for credentials", RuleOutcome.Allows => "lets through", RuleOutcome.DeniesByDefault => "denies by default" },
    };
}
