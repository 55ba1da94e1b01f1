using Gatehouse.Causes;

namespace Gatehouse.Findings;

/// <summary>A cause, what was seen that speaks for it, and how certain that makes it. Both halves produce it: the Guard of its own refusals, the Doctor of others'.</summary>
public sealed record Finding
{
    /// <summary>What is wrong.</summary>
    public required Cause Cause { get; init; }

    /// <summary>
    /// 0 to 1. 1.0: proved (the denying rule was evaluated, or the server's own log says so). 0.9: a unique fingerprint.
    /// 0.6 to 0.8: inferred from exchanges that differ. Below 0.5: a guess, and worded as one.
    /// </summary>
    public required double Confidence { get; init; }

    /// <summary>One sentence for this very case, with its names and numbers; secrets masked. Lower case start is fine, no final stop.</summary>
    public required string Summary { get; init; }

    /// <summary>What was seen and where, most telling first; secrets masked.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>What to do, and who does it; empty where nothing sensible can be said beyond the catalogue's own text.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];

    /// <summary>Whether the server that refused names this very cause itself, as a Guard does: then no inference is more exact.</summary>
    public bool NamedByServer { get; init; }

    /// <summary>What a correct server answers in this case, as a rule the cause's status; null where the finding is about another fault.</summary>
    public int? Status
    {
        get => field ?? Cause.Status;
        init;
    }
}
