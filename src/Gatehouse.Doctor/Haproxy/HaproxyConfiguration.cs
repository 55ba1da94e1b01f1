using System.Text;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>One line of a section, its words without quotes.</summary>
internal sealed record HaproxyLine(string File, int Number, string Text, IReadOnlyList<string> Words);

/// <summary>A section: <c>frontend web</c>, <c>userlist staff</c>.</summary>
internal sealed record HaproxySection(string Kind, string Name, HaproxyLine Head, List<HaproxyLine> Lines);

/// <summary>haproxy.cfg, line by line (configuration manual, chapter 2).</summary>
internal sealed class HaproxyConfiguration(ConfigurationFiles files)
{
    private static readonly string[] Kinds = ["global", "defaults", "frontend", "backend", "listen", "userlist", "peers", "resolvers", "mailers", "cache", "program", "http-errors", "ring", "crt-store", "traces", "log-forward", "fcgi-app", "log-profile", "acme"];

    /// <summary>Where lists that it names are read.</summary>
    public ConfigurationFiles Files { get; } = files;

    /// <summary>In the order of the file.</summary>
    public List<HaproxySection> Sections { get; } = [];

    /// <summary>Whether the text is HAProxy's: sections with a bind or a server among them.</summary>
    public static bool Recognise(ConfigurationText text)
    {
        bool section = false, known = false;
        foreach (var line in text.Lines)
        {
            var first = line.TrimStart().Split(' ', 2)[0];
            if (line.TrimEnd().EndsWith(';') && !line.TrimStart().StartsWith('#')) return false;
            section |= first is "frontend" or "listen" or "defaults" or "backend";
            known |= first is "bind" or "http-request" or "use_backend" or "default_backend" or "mode" or "option";
        }

        return section && known;
    }

    public static HaproxyConfiguration Read(ConfigurationText text)
    {
        var result = new HaproxyConfiguration(text.Files);
        for (var i = 0; i < text.Lines.Length; i++)
        {
            var words = Words(text.Lines[i]);
            if (words.Count == 0) continue;
            var line = new HaproxyLine(text.Path, i + 1, text.Lines[i].Trim(), words);
            if (Kinds.Contains(words[0]) && !char.IsWhiteSpace(text.Lines[i][0])) result.Sections.Add(new(words[0], words.Count > 1 ? words[1] : "", line, []));
            else if (Kinds.Contains(words[0]) && words[0] is "frontend" or "backend" or "listen" or "defaults" or "global" or "userlist" && words.Count <= 2) result.Sections.Add(new(words[0], words.Count > 1 ? words[1] : "", line, []));
            else if (result.Sections.Count > 0) result.Sections[^1].Lines.Add(line);
        }

        return result;
    }

    /// <summary>Lines of a section with those that its defaults give it before them: rules of defaults with a name are carried out first (chapter 4, defaults).</summary>
    public IReadOnlyList<HaproxyLine> Effective(HaproxySection section)
    {
        var at = Sections.IndexOf(section);
        var from = section.Head.Words.ToList().IndexOf("from") is > 0 and var word ? section.Head.Words.ElementAtOrDefault(word + 1) : null;
        var defaults = from is null ? Sections.Take(at).LastOrDefault(each => each.Kind == "defaults") : Sections.FirstOrDefault(each => each.Kind == "defaults" && each.Name == from);
        return defaults is null ? section.Lines : [.. defaults.Lines.Where(line => line.Words[0] is "acl" or "http-request" or "http-response" or "tcp-request" or "default_backend"), .. section.Lines];
    }

    /// <summary>Whether some rule sets a variable.</summary>
    public bool Sets(string variable) => Sections.Any(section => section.Lines.Any(line => line.Text.Contains($"set-var({variable}", StringComparison.Ordinal)));

    /// <summary>Words by blanks; quotes and backslashes protect; <c>#</c> begins a comment.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var any = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else if (c == '\\' && quote == '"' && i + 1 < line.Length) word.Append(line[++i]);
                else word.Append(c);
            }
            else if (c is '"' or '\'') (quote, any) = (c, true);
            else if (c == '\\' && i + 1 < line.Length) word.Append(line[++i]);
            else if (c == '#') break;
            else if (c is ' ' or '\t')
            {
                if (word.Length > 0 || any) words.Add(word.ToString());
                word.Clear();
                any = false;
            }
            else word.Append(c);
        }

        if (word.Length > 0 || any) words.Add(word.ToString());
        return words;
    }
}
