using Gatehouse.Causes;

namespace Gatehouse.Doctor.Logs.Signatures;

/// <summary>What a message is worth.</summary>
public enum Certainty
{
    /// <summary>It belongs to refusals and does not tell the cause: a guess.</summary>
    Hints = 0,

    /// <summary>Several causes write the same words.</summary>
    OneOfSeveral,

    /// <summary>Nearly always this cause.</summary>
    Likely,

    /// <summary>The server names the reason.</summary>
    Proves,
}

/// <summary>One message of one server and what it means: a row of the tables beside this file.</summary>
/// <param name="Server">Whose message.</param>
/// <param name="Code">Its number, <c>AH01630</c>; null: it has none.</param>
/// <param name="Level">The level it is logged at, in the server's own word; null: any.</param>
/// <param name="Pattern">See <see cref="Template"/>.</param>
/// <param name="Cause">What it means.</param>
/// <param name="Certainty">How surely.</param>
/// <param name="Answers">The status that the client got; 0: any. 200 stands for none (the line says what would not refuse by itself).</param>
/// <param name="Says">The finding's summary, with the holes of the pattern, and {line} for the line's own user, client, url.</param>
internal sealed record Signature(LogServer Server, string? Code, string? Level, string Pattern, Cause Cause, Certainty Certainty, int Answers, string Says)
{
    /// <summary>What else writes the same words, likeliest first.</summary>
    public IReadOnlyList<Cause> Also { get; init; } = [];

    /// <summary>Other statuses under which the client may see it.</summary>
    public IReadOnlyList<int> OrAnswers { get; init; } = [];

    /// <summary>What the owner does, starting with a verb; null: the catalogue's own text.</summary>
    public string? Do { get; init; }

    /// <summary>Where the message is known from: a source file of the server, its documentation, or <c>seen</c> for a run of the server itself.</summary>
    public string Source { get; init; } = "";

    /// <summary>The message taken apart.</summary>
    public Template Template { get; } = new(Pattern);

    /// <summary>Whether a client that got this status can have met this message.</summary>
    public bool Fits(int? status) => status is null || Answers == 0 || Answers == status || OrAnswers.Contains(status.Value);

    /// <summary>Whether the server writes it only at a level that is off by default.</summary>
    public bool IsQuiet => Level is "info" or "debug" or "trace" or "trace1" or "trace2" or "notice";
}

/// <summary>A row that fits a line.</summary>
/// <param name="Row">The row.</param>
/// <param name="Held">What its holes hold.</param>
internal sealed record SignatureMatch(Signature Row, IReadOnlyDictionary<string, string> Held)
{
    /// <summary>What a hole holds; null: the row has none of that name, or it is empty.</summary>
    public string? this[string name] => Held.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
