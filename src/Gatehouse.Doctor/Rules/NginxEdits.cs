using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Least changes of a configuration that keep its comments and its form; each is asked about before it is made.</summary>
internal static class NginxEdits
{
    /// <summary>A line before a directive, indented like it.</summary>
    public static IReadOnlyList<Edit> Before(ConfNode node, string line)
    {
        var text = node.File.Text;
        var start = LineStart(text, node.Start);
        var indent = text[start..node.Start];
        return indent.AsSpan().Trim().IsEmpty
            ? Of(node.File, start, start, indent + line + NewLine(text))
            : Of(node.File, node.Start, node.Start, line + " ");
    }

    /// <summary>A directive taken out, with its line where it stands alone on it.</summary>
    public static IReadOnlyList<Edit> Without(ConfNode node)
    {
        var text = node.File.Text;
        var start = LineStart(text, node.Start);
        var end = text.IndexOf('\n', node.End) is var at && at < 0 ? text.Length : at + 1;
        var alone = text.AsSpan(start, node.Start - start).Trim().IsEmpty && text.AsSpan(node.End, end - node.End).Trim().IsEmpty;
        return alone ? Of(node.File, start, end, "") : Of(node.File, node.Start, node.End, "");
    }

    /// <summary>A word behind the last one.</summary>
    public static IReadOnlyList<Edit> Appended(ConfNode node, string word) => Of(node.File, node.Words[^1].End, node.Words[^1].End, " " + word);

    /// <summary>A word in place of another.</summary>
    public static IReadOnlyList<Edit> Replaced(ConfNode node, int word, string with) => Of(node.File, node.Words[word].Start, node.Words[word].End, with);

    private static IReadOnlyList<Edit> Of(ConfFile file, int start, int end, string with)
    {
        if (!file.OnDisk || with.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))) return [];
        var (before, after) = file.Replaced(start, end, with);
        return [new Edit(EditKind.Content, file.Path, before, after, EditSafety.Ask)];
    }

    private static int LineStart(string text, int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    private static string NewLine(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
}
