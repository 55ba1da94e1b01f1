using Gatehouse.Apache;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Doctor.Apache;

/// <summary>Least changes to a configuration's text: one line is touched, and comments, indentation and line ends stay as they are.</summary>
internal static class ConfigEdit
{
    /// <summary>Puts a directive in the place of another.</summary>
    public static string Replace(string text, Directive line, string directive) =>
        At(text, line) is not { } statement ? text : text[..(statement.Start + Indent(text, statement).Length)] + directive + text[Body(text, statement)..];

    /// <summary>Adds words at the end of a directive.</summary>
    public static string Append(string text, Directive line, string words) => At(text, line) is not { } statement ? text : text.Insert(Body(text, statement), words);

    /// <summary>Adds a line behind a directive, indented as it is.</summary>
    public static string After(string text, Directive line, string directive) =>
        At(text, line) is not { } statement ? text : text[..Body(text, statement)] + Newline(text) + Indent(text, statement) + directive + text[Body(text, statement)..];

    /// <summary>Adds a line before a section's closing tag, indented as its first line inside is.</summary>
    public static string Inside(string text, Directive section, string directive)
    {
        var read = ConfigText.Parse(section.At.File, text);
        if (read.At(section.ClosedAt) is not { Kind: StatementKind.Close } close) return text;
        var first = read.Statements.FirstOrDefault(statement => statement.Line > section.At.Line && statement.Line < section.ClosedAt && statement.Kind is StatementKind.Directive or StatementKind.Open);
        var indent = first.Text is null ? Indent(text, close) + "    " : Indent(text, first);
        return text.Insert(close.Start, indent + directive + Newline(text));
    }

    /// <summary>Takes a directive's line out.</summary>
    public static string Remove(string text, Directive line) => At(text, line) is not { } statement ? text : text.Remove(statement.Start, statement.End - statement.Start);

    /// <summary>Adds lines at the end of the file.</summary>
    public static string AtEnd(string text, params string[] lines)
    {
        var newline = Newline(text);
        return text + (text.Length == 0 || text.EndsWith('\n') ? "" : newline) + string.Concat(lines.Select(line => line + newline));
    }

    private static Statement? At(string text, Directive line) => ConfigText.Parse(line.At.File, text).At(line.At.Line) is { Kind: StatementKind.Directive or StatementKind.Open } statement ? statement : null;

    private static string Indent(string text, Statement statement) => text.Substring(statement.Start, statement.Column - 1);

    /// <summary>Offset behind the statement's last character, before its line end.</summary>
    private static int Body(string text, Statement statement)
    {
        var end = statement.End;
        while (end > statement.Start && text[end - 1] is '\n' or '\r') end--;
        return end;
    }

    private static string Newline(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
}
