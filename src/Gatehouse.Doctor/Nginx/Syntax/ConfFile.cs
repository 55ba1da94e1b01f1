using System.Text;
using Gatehouse.Doctor.Fixes;

namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>Where something stands in a configuration.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in bytes.</param>
internal readonly record struct Spot(string File, int Line, int Column)
{
    /// <summary><c>file:line</c>, as evidence names it.</summary>
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A fault that keeps nginx from reading the configuration.</summary>
/// <param name="At">Where.</param>
/// <param name="What">What is wrong, in nginx's own words where it has some.</param>
internal sealed record ConfFault(Spot At, string What);

/// <summary>One word of a directive.</summary>
/// <param name="Text">Quotes and backslashes undone; each character is one byte.</param>
/// <param name="Start">Offset of its first byte, the quote included.</param>
/// <param name="End">Offset behind its last byte.</param>
internal readonly record struct ConfWord(string Text, int Start, int End);

/// <summary>
/// One file, kept whole: its bytes as characters of ISO-8859-1, so that every offset is a byte and writing it back gives the same bytes. Comments, blanks and
/// line ends stand between the nodes.
/// </summary>
internal sealed class ConfFile(string path, string text)
{
    private int[]? lineStarts;

    /// <summary>Absolute, or as the dump names it.</summary>
    public string Path { get; } = path;

    /// <summary>All bytes, one character each.</summary>
    public string Text { get; } = text;

    /// <summary>The directives at its outermost level, in order.</summary>
    public List<ConfNode> Nodes { get; } = [];

    /// <summary>Where reading ended before the file did; null: all was read.</summary>
    public ConfFault? Fault { get; set; }

    /// <summary>The bytes, as they were.</summary>
    public byte[] Bytes => Encoding.Latin1.GetBytes(Text);

    /// <summary>Whether the file lies on this machine and may be changed (not a part of a dump).</summary>
    public bool OnDisk { get; init; } = true;

    /// <summary>Line and column of an offset.</summary>
    public Spot At(int offset)
    {
        lineStarts ??= Starts(Text);
        var line = Array.BinarySearch(lineStarts, offset);
        if (line < 0) line = ~line - 1;
        return new(Path, line + 1, offset - lineStarts[line] + 1);
    }

    /// <summary>The file with a stretch of it replaced, before and after, as edits hold texts (<see cref="TextBytes"/>).</summary>
    public (string Before, string After) Replaced(int start, int end, string with)
    {
        var before = TextBytes.Read(Bytes, out var encoding);
        var changed = Encoding.Latin1.GetBytes(string.Concat(Text.AsSpan(0, start), with, Text.AsSpan(end)));
        return (before, encoding.GetString(changed));
    }

    private static int[] Starts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\n') starts.Add(i + 1);
        return [.. starts];
    }
}

/// <summary>A directive, with its block where it has one.</summary>
internal sealed class ConfNode
{
    /// <summary>The file that it stands in.</summary>
    public required ConfFile File { get; init; }

    /// <summary>The name and what follows it, in order; never empty.</summary>
    public required IReadOnlyList<ConfWord> Words { get; init; }

    /// <summary>What is inside the braces; null: it ends in a semicolon.</summary>
    public List<ConfNode>? Block { get; init; }

    /// <summary>The text of a Lua block; null: none.</summary>
    public string? Lua { get; init; }

    /// <summary>Offset of its first byte.</summary>
    public int Start => Words[0].Start;

    /// <summary>Offset behind its semicolon or closing brace.</summary>
    public int End { get; set; }

    /// <summary>Offset of the opening brace; -1: none.</summary>
    public int Brace { get; init; } = -1;

    /// <summary>What `include` brought in, in order; null: not an include, or it was not followed.</summary>
    public List<ConfFile>? Included { get; set; }

    /// <summary>Why an include was not followed; null: it was, or it is none.</summary>
    public string? NotIncluded { get; set; }

    /// <summary>The first word.</summary>
    public string Name => Words[0].Text;

    /// <summary>Number of words behind the name.</summary>
    public int Count => Words.Count - 1;

    /// <summary>The nth word behind the name, from 0; empty: there are not so many.</summary>
    public string this[int index] => index + 1 < Words.Count ? Words[index + 1].Text : "";

    /// <summary>The words behind the name.</summary>
    public IEnumerable<string> Arguments => Words.Skip(1).Select(word => word.Text);

    /// <summary>Where it begins.</summary>
    public Spot At => File.At(Start);

    /// <summary>As it stands there up to its semicolon or brace, on one line, bytes read as UTF-8.</summary>
    public string Line
    {
        get
        {
            var end = Brace >= 0 ? Brace : Math.Max(End, Words[^1].End);
            var raw = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(File.Text[Start..Math.Min(end, File.Text.Length)]));
            return string.Join(' ', raw.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)) + (Brace >= 0 ? " {" : "");
        }
    }
}
