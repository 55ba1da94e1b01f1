namespace Gatehouse.Doctor;

/// <summary>What a probe may lean on beyond the question: the clock, the place for progress, the number of requests that are left.</summary>
public sealed class Surroundings(TimeProvider clock, IProgress<string> progress, int maxRequests)
{
    private int requestsLeft = maxRequests;

    /// <summary>The only source of time.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>One short line of what is being done now, for people who wait (stderr).</summary>
    public IProgress<string> Progress { get; } = progress;

    /// <summary>Requests that may still be sent (--max-requests).</summary>
    public int RequestsLeft => Volatile.Read(ref requestsLeft);

    /// <summary>Takes one request from the allowance; false: it is used up, send nothing.</summary>
    public bool TakeRequest()
    {
        if (Interlocked.Decrement(ref requestsLeft) >= 0) return true;
        Interlocked.Increment(ref requestsLeft);
        return false;
    }
}

/// <summary>The only place of I/O in the Doctor: collects observations, judges nothing.</summary>
/// <param name="Name">For progress and traces: <c>files on the path</c>.</param>
/// <param name="Collect">Looks; what can't be looked at is an observation too (<see cref="NotLookedAt"/>), never an exception.</param>
public sealed record Probe(string Name, Func<Question, Observations, Surroundings, CancellationToken, ValueTask<IReadOnlyList<Observation>>> Collect);

/// <summary>Something that was not or could not be looked at, and what would make it visible.</summary>
/// <param name="What">One sentence, lower case, no final stop: <c>no error log was given: --log FILE would tell the file</c>.</param>
public sealed record NotLookedAt(string What) : Observation;

/// <summary>A target could not be reached or read at all; where nothing else was seen, the exit status is 4.</summary>
/// <param name="What">One sentence: what, where, what to do instead.</param>
public sealed record Unreachable(string What) : Observation;

/// <summary>What was asked, for the rules: the first observation of every diagnosis.</summary>
/// <param name="Question">Targets and options.</param>
public sealed record Asked(Question Question) : Observation
{
    /// <summary>Whether rules are to be evaluated for a client that is not the one who sends our requests (--from): then what is seen need not be what is evaluated.</summary>
    public bool OtherClient => Question.From is not null;
}
