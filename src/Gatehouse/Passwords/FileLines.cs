using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Passwords;

/// <summary>What is wrong with one line of a password or group file. The other lines count all the same.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Problem">In words, without secrets; lower case, no final stop.</param>
/// <param name="IsWarning">Whether the line is used all the same (a weak hash, a user that stands twice and whose first line counts).</param>
public readonly record struct LineProblem(int Line, int Column, string Problem, bool IsWarning = false)
{
    /// <summary>For instance <c>3:1: no colon between name and hash</c>.</summary>
    public override string ToString() => $"{Line}:{Column}: {Problem}";
}

/// <summary>The lines of a file: ends of LF or CRLF, a byte-order mark skipped, blanks around them dropped, empty lines and comments left out, as Apache httpd reads its files.</summary>
internal ref struct FileLines
{
    /// <summary>Longest line, in bytes; longer ones are a problem of that line.</summary>
    internal const int MaximumLineLength = 8192;

    /// <summary>Most lines that are read; a file that grows without end must not take all memory.</summary>
    internal const int MaximumLines = 4_000_000;

    /// <summary>Most problems kept: a binary file has one on every line.</summary>
    internal const int MaximumProblems = 1000;

    private ReadOnlySpan<byte> _rest;
    private readonly List<LineProblem> _problems;

    internal FileLines(ReadOnlySpan<byte> octets, List<LineProblem> problems)
    {
        _rest = octets.StartsWith("\uFEFF"u8) ? octets[3..] : octets;
        _problems = problems;
        Number = 0;
        Text = default;
        Indent = 0;
    }

    /// <summary>Of the current line, from 1.</summary>
    internal int Number { get; private set; }

    /// <summary>The current line without blanks around it.</summary>
    internal ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>How many blanks stood before it.</summary>
    internal int Indent { get; private set; }

    internal bool Next()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'\n');
            var line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (++Number > MaximumLines)
            {
                _problems.Add(new(Number, 1, $"only {MaximumLines} lines are read"));
                return false;
            }

            if (line.Length > MaximumLineLength)
            {
                Report(1, $"longer than {MaximumLineLength} bytes");
                continue;
            }

            var started = line.TrimStart(" \t\r"u8);
            Indent = line.Length - started.Length;
            Text = started.TrimEnd(" \t\r"u8);
            if (Text.IsEmpty || Text[0] == '#') continue;
            return true;
        }

        return false;
    }

    /// <summary>Notes a problem of the current line.</summary>
    internal readonly void Report(int column, string problem, bool isWarning = false)
    {
        if (_problems.Count < MaximumProblems) _problems.Add(new(Number, Indent + column, problem, isWarning));
    }

    /// <summary>UTF-8 where it is, else ISO-8859-1: the same reading as of names that Basic sends.</summary>
    internal static string Decode(ReadOnlySpan<byte> octets) => (Utf8.IsValid(octets) ? Encoding.UTF8 : Encoding.Latin1).GetString(octets);
}
