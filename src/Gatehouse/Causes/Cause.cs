namespace Gatehouse.Causes;

/// <summary>From where a cause can be found.</summary>
[Flags]
public enum Vantage
{
    /// <summary>Nowhere yet.</summary>
    None = 0,

    /// <summary>From outside: requests and their answers.</summary>
    Outside = 1,

    /// <summary>From a log line.</summary>
    Log = 2,

    /// <summary>From a server's configuration or rules.</summary>
    Configuration = 4,

    /// <summary>From the files on disk.</summary>
    Files = 8,

    /// <summary>The Guard itself refuses for it.</summary>
    Guard = 16,
}

/// <summary>Why a request is refused: one entry of the catalogue. The id is a public contract and never changes its meaning.</summary>
public sealed record Cause
{
    /// <summary><c>family.kebab-case</c>; names the problem, not the cure.</summary>
    public required string Id { get; init; }

    /// <summary>What a correct server answers; null where the finding is about another fault than the status.</summary>
    public required int? Status { get; init; }

    /// <summary>From where it can be found.</summary>
    public required Vantage SeenFrom { get; init; }

    /// <summary>A few words, for lists and for the title of RFC 9457.</summary>
    public required string Title { get; init; }

    /// <summary>One or two sentences: what is so.</summary>
    public required string Meaning { get; init; }

    /// <summary>How a person proves it by hand.</summary>
    public required string Confirm { get; init; }

    /// <summary>What whoever met the page does.</summary>
    public required string Visitor { get; init; }

    /// <summary>What the author of the client does.</summary>
    public required string Developer { get; init; }

    /// <summary>What whoever runs the server does.</summary>
    public required string Owner { get; init; }

    /// <summary>The section of the standard, or the server documentation, that it rests on.</summary>
    public required string Specification { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}
