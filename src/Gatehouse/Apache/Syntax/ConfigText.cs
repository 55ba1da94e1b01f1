namespace Gatehouse.Apache.Syntax;

/// <summary>What a logical line is.</summary>
public enum StatementKind
{
    /// <summary>Nothing but white space.</summary>
    Blank = 0,

    /// <summary>It starts with <c>#</c>; a backslash at its end continues it, as with any line.</summary>
    Comment,

    /// <summary>A directive.</summary>
    Directive,

    /// <summary><c>&lt;Name ...&gt;</c>.</summary>
    Open,

    /// <summary><c>&lt;/Name&gt;</c>.</summary>
    Close,
}

/// <summary>A logical line: one or, continued by backslashes, several lines of a file. All statements of a file in order, cut from it by offset, are the file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first character, indentation included.</param>
/// <param name="End">Offset behind its line end.</param>
/// <param name="Line">From 1.</param>
/// <param name="LastLine">The same where it is not continued.</param>
/// <param name="Column">Of its first character that is no white space, from 1.</param>
/// <param name="Text">As httpd sees it: continuations joined, white space at both ends cut.</param>
public readonly record struct Statement(StatementKind Kind, int Start, int End, int Line, int LastLine, int Column, string Text);

/// <summary>A file of httpd's configuration, cut into statements without loss: comments, line ends and encoding stay in <see cref="Source"/>.</summary>
public sealed class ConfigText
{
    /// <summary>A configuration is not larger: an endless or binary file ends here.</summary>
    public const int MaxCharacters = 16 << 20;

    /// <summary>VARBUF_MAX of httpd is larger still; a line of this length is an attack or not a configuration.</summary>
    public const int MaxLine = 1 << 20;

    private ConfigText(string path, string source, IReadOnlyList<Statement> statements, ConfigFault? fault)
    {
        Path = path;
        Source = source;
        Statements = statements;
        Fault = fault;
    }

    /// <summary>Its name, as given.</summary>
    public string Path { get; }

    /// <summary>The whole text, unchanged.</summary>
    public string Source { get; }

    /// <summary>Every logical line.</summary>
    public IReadOnlyList<Statement> Statements { get; }

    /// <summary>Why it was not read to its end; null: it was.</summary>
    public ConfigFault? Fault { get; }

    /// <summary>Cuts a text into statements (ap_cfg_getline of httpd: a backslash before the line end continues, CR before LF is cut, white space at both ends too).</summary>
    public static ConfigText Parse(string path, string text)
    {
        if (text.Length > MaxCharacters) return new(path, text, [], new(new(path, 1, 1), ConfigFaultKind.NotRead, $"larger than {MaxCharacters >> 20} MiB: not read"));
        if (text.AsSpan(0, Math.Min(text.Length, 4096)).Contains('\0')) return new(path, text, [], new(new(path, 1, 1), ConfigFaultKind.NotRead, "a binary file: not read"));
        var statements = new List<Statement>(text.Length / 24);
        for (int at = text.StartsWith('\uFEFF') ? 1 : 0, line = 1; at < text.Length;)
        {
            var start = at;
            var first = line;
            System.Text.StringBuilder? joined = null;
            ReadOnlySpan<char> part;
            while (true)
            {
                var end = text.IndexOf('\n', at);
                var next = end < 0 ? text.Length : end + 1;
                part = text.AsSpan(at, (end < 0 ? text.Length : end) - at);
                if (part.EndsWith("\r") && end >= 0) part = part[..^1];
                at = next;
                if (!part.EndsWith("\\") || end < 0) break;
                joined ??= new();
                if (joined.Length + part.Length > MaxLine) return new(path, text, statements, new(new(path, first, 1), ConfigFaultKind.Syntax, "the line is too long"));
                joined.Append(part[..^1]);
                line++;
                if (at >= text.Length)
                {
                    part = [];
                    line--;
                    break;
                }
            }

            if (part.Length > MaxLine) return new(path, text, statements, new(new(path, first, 1), ConfigFaultKind.Syntax, "the line is too long"));
            var whole = joined is null ? part.Trim(Words.White).ToString() : joined.Append(part).ToString().Trim(Words.Whites);
            var indent = start;
            while (indent < at && Words.IsWhite(text[indent]) && text[indent] != '\n') indent++;
            var kind = whole.Length == 0 ? StatementKind.Blank
                : whole[0] == '#' ? StatementKind.Comment
                : whole.StartsWith("</", StringComparison.Ordinal) ? StatementKind.Close
                : whole[0] == '<' ? StatementKind.Open
                : StatementKind.Directive;
            statements.Add(new(kind, start, at, first, line, indent - start + 1, whole));
            line++;
        }

        return new(path, text, statements, null);
    }

    /// <summary>The statement that begins on or covers a line; null: none.</summary>
    public Statement? At(int line)
    {
        foreach (var statement in Statements)
            if (statement.Line <= line && line <= statement.LastLine) return statement;
        return null;
    }
}
