using Gatehouse.Apache;

namespace Gatehouse.Tests.Apache;

/// <summary>Directives of a text without sections, words split at blanks outside of double quotes.</summary>
internal static class ConfigLines
{
    public static List<Directive> Of(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, i) =>
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var raw = space < 0 ? "" : line[(space + 1)..];
        return new Directive { Name = space < 0 ? line : line[..space], Raw = raw, Arguments = Words(raw), At = new("rules", i + 1, 1) };
    })];

    private static List<string> Words(string raw)
    {
        var words = new List<string>();
        for (var at = 0; at < raw.Length;)
        {
            if (raw[at] == ' ')
            {
                at++;
                continue;
            }

            var quoted = raw[at] == '"';
            if (quoted) at++;
            var word = new System.Text.StringBuilder();
            for (; at < raw.Length && raw[at] != (quoted ? '"' : ' '); at++)
            {
                if (raw[at] == '\\' && at + 1 < raw.Length && (raw[at + 1] == '\\' || (quoted && raw[at + 1] == '"'))) at++;
                word.Append(raw[at]);
            }

            at++;
            words.Add(word.ToString());
        }

        return words;
    }
}
