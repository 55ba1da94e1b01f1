using System.Text;

namespace Gatehouse.Doctor.Servers;

/// <summary>TOML with the line of everything in it, as far as servers' configurations use it: tables, arrays of tables, dotted keys, strings, lists, inline tables (toml.io, v1.0).</summary>
internal sealed class TomlNodes
{
    /// <summary>Values within values: an attack on the stack.</summary>
    private const int MaxDepth = 48;

    private readonly ConfigurationText text;
    private int at;
    private int line = 1;
    private int nodes;

    private TomlNodes(ConfigurationText text) => this.text = text;

    /// <summary>A table while it is filled.</summary>
    private sealed class Table(int line)
    {
        public int Line { get; } = line;

        public List<(YamlNode.Scalar Key, object Value)> Entries { get; } = [];

        private readonly Dictionary<string, object> known = new(StringComparer.Ordinal);

        public object? this[string key] => known.GetValueOrDefault(key);

        public void Add(YamlNode.Scalar key, object value)
        {
            known.TryAdd(key.Value, value);
            Entries.Add((key, value));
        }

        public YamlNode Node(int depth) => new YamlNode.Mapping(depth > MaxDepth ? [] : [.. Entries.Select(entry => (entry.Key, Of(entry.Value, depth + 1)))], Line);

        private static YamlNode Of(object value, int depth) => value switch
        {
            Table table => table.Node(depth),
            List<Table> list => new YamlNode.Sequence([.. list.Select(each => each.Node(depth))], list[0].Line),
            _ => (YamlNode)value,
        };
    }

    /// <summary>Told by its name, or by a table's head in its own line.</summary>
    public static bool IsToml(ConfigurationText text) => text.Name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase)
        || (!text.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) && !text.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && text.Lines.Any(line => line.TrimStart() is ['[', ..] head && head.TrimEnd() is [.., ']'] && head.Contains("http.", StringComparison.Ordinal)));

    /// <summary>The document; null, with the fault in words, where it does not parse.</summary>
    public static YamlNode? Read(ConfigurationText text, out string? fault)
    {
        var reader = new TomlNodes(text);
        fault = null;
        var root = new Table(1);
        if (reader.Document(root)) return root.Node(0);
        fault = $"{text.Name}:{reader.line} is not valid TOML";
        return null;
    }

    private bool Document(Table root)
    {
        var here = root;
        while (true)
        {
            Blank(lines: true);
            if (at >= text.Text.Length) return true;
            if (text.Text[at] == '[')
            {
                var many = at + 1 < text.Text.Length && text.Text[at + 1] == '[';
                at += many ? 2 : 1;
                if (!Keys(out var head) || !Take(']') || (many && !Take(']')) || Reach(root, head, many) is not { } table) return false;
                here = table;
            }
            else
            {
                if (!Keys(out var keys) || !Take('=') || Value(0) is not { } value || Reach(here, keys[..^1], many: false) is not { } table) return false;
                table.Add(keys[^1], value);
            }

            Blank(lines: false);
            if (at < text.Text.Length && text.Text[at] is not ('\n' or '\r')) return false;
        }
    }

    /// <summary>The table of dotted keys, made where it is not there; of an array of tables its last one.</summary>
    private static Table? Reach(Table from, IReadOnlyList<YamlNode.Scalar> keys, bool many)
    {
        if (keys.Count > MaxDepth) return null;
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i];
            var add = many && i == keys.Count - 1;
            var found = from[key.Value];
            if (found is null)
            {
                var made = new Table(key.Line);
                from.Add(key, add ? new List<Table> { made } : made);
                from = made;
            }
            else if (found is List<Table> list)
            {
                if (add) list.Add(new Table(key.Line));
                from = list[^1];
            }
            else if (found is Table table && !add) from = table;
            else return null;
        }

        return from;
    }

    private bool Keys(out List<YamlNode.Scalar> keys)
    {
        keys = [];
        while (true)
        {
            Blank(lines: false);
            if (at >= text.Text.Length || ++nodes > YamlNode.MaxNodes) return false;
            if (text.Text[at] is '"' or '\'')
            {
                if (Quoted() is not { } quoted) return false;
                keys.Add(new(quoted, line));
            }
            else
            {
                var start = at;
                while (at < text.Text.Length && (char.IsAsciiLetterOrDigit(text.Text[at]) || text.Text[at] is '-' or '_')) at++;
                if (at == start) return false;
                keys.Add(new(text.Text[start..at], line));
            }

            Blank(lines: false);
            if (at >= text.Text.Length || text.Text[at] != '.') return true;
            at++;
        }
    }

    private YamlNode? Value(int depth)
    {
        Blank(lines: false);
        if (at >= text.Text.Length || depth > MaxDepth || ++nodes > YamlNode.MaxNodes) return null;
        var start = line;
        switch (text.Text[at])
        {
            case '"' or '\'':
                return Quoted() is { } quoted ? new YamlNode.Scalar(quoted, start) : null;
            case '[':
                at++;
                var items = new List<YamlNode>();
                while (true)
                {
                    Blank(lines: true);
                    if (Take(']')) return new YamlNode.Sequence(items, start);
                    if (Value(depth + 1) is not { } item) return null;
                    items.Add(item);
                    Blank(lines: true);
                    if (!Take(',') && !(at < text.Text.Length && text.Text[at] == ']')) return null;
                }

            case '{':
                at++;
                var table = new Table(start);
                while (true)
                {
                    Blank(lines: true);
                    if (Take('}')) return table.Node(depth);
                    if (!Keys(out var keys) || !Take('=') || Value(depth + 1) is not { } value || Reach(table, keys[..^1], many: false) is not { } inner) return null;
                    inner.Add(keys[^1], value);
                    Blank(lines: true);
                    if (!Take(',') && !(at < text.Text.Length && text.Text[at] == '}')) return null;
                }

            default:
                var from = at;
                while (at < text.Text.Length && text.Text[at] is not (',' or ']' or '}' or '#' or '\n' or '\r')) at++;
                return at > from ? new YamlNode.Scalar(text.Text[from..at].Trim(), start) : null;
        }
    }

    private string? Quoted()
    {
        var quote = text.Text[at];
        var triple = at + 2 < text.Text.Length && text.Text[at + 1] == quote && text.Text[at + 2] == quote;
        at += triple ? 3 : 1;
        var result = new StringBuilder();
        while (at < text.Text.Length)
        {
            var c = text.Text[at];
            if (c == quote && (!triple || (at + 2 < text.Text.Length && text.Text[at + 1] == quote && text.Text[at + 2] == quote)))
            {
                at += triple ? 3 : 1;
                return result.ToString();
            }

            if (c == '\n')
            {
                if (!triple) return null;
                line++;
            }

            if (c == '\\' && quote == '"' && at + 1 < text.Text.Length)
            {
                c = text.Text[++at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other };
                if (c == '\n' && text.Text[at] == '\n') line++;
            }

            result.Append(c);
            at++;
        }

        return null;
    }

    private bool Take(char mark)
    {
        Blank(lines: false);
        if (at >= text.Text.Length || text.Text[at] != mark) return false;
        at++;
        return true;
    }

    /// <summary>Past blanks and comments.</summary>
    private void Blank(bool lines)
    {
        for (; at < text.Text.Length; at++)
        {
            var c = text.Text[at];
            if (c == '#')
            {
                while (at < text.Text.Length && text.Text[at] != '\n') at++;
                at--;
            }
            else if (c is '\n' or '\r' && lines)
            {
                if (c == '\n') line++;
            }
            else if (c is not (' ' or '\t')) return;
        }
    }
}
