using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Fixes;

/// <summary>Two texts as diff(1) -u shows them. Edits are small and near each other: the lines before the first and after the last difference are common, and what lies between is aligned.</summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Above this many pairs of lines the middle is shown as replaced whole.</summary>
    private const int MaxAligned = 4_000_000;

    /// <summary>The diff; empty where both are equal. Line ends are kept and a missing last one is told.</summary>
    public static string Of(string before, string after, string nameBefore, string nameAfter)
    {
        if (before == after) return "";
        string[] a = Lines(before), b = Lines(after);
        var head = 0;
        while (head < a.Length && head < b.Length && a[head] == b[head]) head++;
        var tail = 0;
        while (tail < a.Length - head && tail < b.Length - head && a[^(tail + 1)] == b[^(tail + 1)]) tail++;
        var steps = Align(a[head..^tail], b[head..^tail]);
        var lead = Math.Min(head, Context);
        var trail = Math.Min(tail, Context);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"--- {nameBefore}\n+++ {nameAfter}\n");
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(head - lead, a.Length - head - tail + lead + trail)} +{Range(head - lead, b.Length - head - tail + lead + trail)} @@\n");
        foreach (var line in a[(head - lead)..head]) Line(text, ' ', line);
        foreach (var (sign, line) in steps) Line(text, sign, line);
        foreach (var line in a[^tail..].Take(trail)) Line(text, ' ', line);
        return text.ToString();
    }

    private static List<(char Sign, string Line)> Align(string[] a, string[] b)
    {
        var steps = new List<(char, string)>();
        if ((long)a.Length * b.Length > MaxAligned)
        {
            steps.AddRange(a.Select(line => ('-', line)));
            steps.AddRange(b.Select(line => ('+', line)));
            return steps;
        }

        var common = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
            for (var j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                steps.Add((' ', a[i]));
                i++;
                j++;
            }
            else if (i < a.Length && (j == b.Length || common[i + 1, j] >= common[i, j + 1])) steps.Add(('-', a[i++]));
            else steps.Add(('+', b[j++]));
        }

        return steps;
    }

    private static string Range(int start, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)}{(count == 1 ? "" : "," + count.ToString(CultureInfo.InvariantCulture))}");

    private static void Line(StringBuilder text, char sign, string line)
    {
        text.Append(sign).Append(line);
        if (!line.EndsWith('\n')) text.Append("\n\\ No newline at end of file\n");
    }

    private static string[] Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return [.. lines];
    }
}
