using Gatehouse.Doctor.Logs.Formats;

namespace Gatehouse.Doctor.Logs;

/// <summary>A line of a log and what is indented below it, not taken apart yet.</summary>
/// <param name="File">The file; empty for pasted text.</param>
/// <param name="Line">From 1; 0: not counted.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Text">The line.</param>
/// <param name="Below">What is indented below it, one line each; empty: nothing.</param>
internal readonly record struct LogEntry(string File, long Line, long Offset, string Text, string Below)
{
    /// <summary>The record where the format had to be read from its start.</summary>
    public LogRecord? Taken { get; init; }

    /// <summary>False: neither the line nor what is below it is worth taking apart.</summary>
    /// <param name="sieve">What tells.</param>
    /// <param name="byName">Whether it is of no use where it does not name the request.</param>
    public bool Passes(LineSieve sieve, bool byName) =>
        Taken is not null || ((!byName || sieve.IsAsked(Text) || (Below.Length > 0 && sieve.IsAsked(Below))) && (sieve.Holds(Text) || (Below.Length > 0 && sieve.Holds(Below))));

    /// <summary>Takes it apart.</summary>
    public LogRecord Read()
    {
        if (Taken is not null) return Taken;
        var record = LineFormats.Read(Text) with { File = File, Line = Line, Offset = Offset };
        return Below.Length == 0 ? record : DotnetConsoleFormat.WithRequest(record with { Continued = Below });
    }
}
