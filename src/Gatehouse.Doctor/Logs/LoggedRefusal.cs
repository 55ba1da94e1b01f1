using Gatehouse.Doctor.Logs.Signatures;

namespace Gatehouse.Doctor.Logs;

/// <summary>How a line was found to belong to the refusal in question.</summary>
public enum LogLink
{
    /// <summary>It carries the request's own id.</summary>
    RequestId = 0,

    /// <summary>It was written when the request was answered, and names nothing else.</summary>
    Time,

    /// <summary>No request was sent: the newest refusal of the URL in question.</summary>
    NewestOfUrl,

    /// <summary>No URL was asked about: the newest refusal of all.</summary>
    Newest,

    /// <summary>An earlier refusal of the same URL, not this one: never evidence by itself.</summary>
    Earlier,
}

/// <summary>A line and the row of the tables that fits it.</summary>
/// <param name="Record">The line.</param>
/// <param name="Match">Null: no row fits (an access line).</param>
internal sealed record LogHit(LogRecord Record, SignatureMatch? Match)
{
    /// <summary>When, by the reader's zone where the line tells none; null: it tells no time.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The line tells no time: <see cref="At"/> is when the file was written last.</summary>
    public bool Timeless { get; init; }
}

/// <summary>What the logs hold of one refusal: the access line tells the status, the messages of the same moment tell why.</summary>
internal sealed record LoggedRefusal : Observation
{
    /// <summary>How it was found.</summary>
    public required LogLink Link { get; init; }

    /// <summary>The access line; null: none was found.</summary>
    public LogRecord? Access { get; init; }

    /// <summary>Messages that tell why, the first written first.</summary>
    public IReadOnlyList<LogHit> Messages { get; init; } = [];

    /// <summary>When; null: the lines tell no time.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The status that was answered, from the access line or from what the message goes with; null: not told.</summary>
    public int? Status => Access?.Status ?? (Messages is [{ Match.Row.Answers: > 200 and var answers }, ..] ? answers : null);

    /// <summary>Path and query; null: not told.</summary>
    public string? Target => Access?.Target ?? Messages.Select(hit => hit.Record.Target).FirstOrDefault(target => target is not null);

    /// <summary>Method; null: not told.</summary>
    public string? Method => Access?.Method ?? Messages.Select(hit => hit.Record.Method).FirstOrDefault(method => method is not null);
}

/// <summary>One log was read.</summary>
/// <param name="File">Its path; empty: pasted lines.</param>
/// <param name="Formats">What its lines were read as.</param>
/// <param name="Lines">How many lines were looked at, from the end.</param>
/// <param name="TellsWhy">Whether it is a log of messages in which its server writes reasons (an error log).</param>
/// <param name="Newest">The newest time in it; null: none.</param>
internal sealed record LogRead(string File, IReadOnlyList<string> Formats, long Lines, bool TellsWhy, DateTimeOffset? Newest) : Observation;

/// <summary>A log in which the server would have written a reason at its default level, and in which nothing about this refusal stands.</summary>
/// <param name="File">Its path.</param>
/// <param name="Server">Whose log it is.</param>
internal sealed record LogSilent(string File, LogServer Server) : Observation;
