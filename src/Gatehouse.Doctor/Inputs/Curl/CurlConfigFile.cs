using System.Text;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>Files of options (-K): one a line, <c>name value</c>, <c>name = "value"</c> or <c>--name value</c>, comments behind a hash (curl's manual page, "--config").</summary>
internal static class CurlConfigFile
{
    /// <summary>The words that the file stands for.</summary>
    /// <param name="octets">The file.</param>
    /// <param name="position">Of the option that names it.</param>
    public static List<Word> Words(string octets, int position)
    {
        var words = new List<Word>();
        foreach (var raw in octets.Split('\n'))
        {
            var line = raw.Trim(' ', '\t', '\r');
            if (line.Length == 0 || line[0] == '#' || words.Count >= ShellReading.MaxWords) continue;
            var end = line.AsSpan().IndexOfAny(" \t=:");
            var name = end < 0 ? line : line[..end];
            words.Add(new(name.StartsWith('-') ? name : "--" + name, position));
            if (end < 0) continue;
            var value = line[end..].TrimStart(' ', '\t', '=', ':');
            if (value.Length == 0) continue;
            words.Add(new(value[0] == '"' ? Quoted(value) : value.IndexOf('#', StringComparison.Ordinal) is > 0 and var comment && value[comment - 1] is ' ' or '\t' ? value[..comment].TrimEnd(' ', '\t') : value, position));
        }

        return words;
    }

    private static string Quoted(string value)
    {
        var plain = new StringBuilder();
        for (var i = 1; i < value.Length && value[i] != '"'; i++)
        {
            if (value[i] != '\\' || i + 1 == value.Length)
            {
                plain.Append(value[i]);
                continue;
            }

            plain.Append(value[++i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'v' => '\v', var other => other });
        }

        return plain.ToString();
    }
}
