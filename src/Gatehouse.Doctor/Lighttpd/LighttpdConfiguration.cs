using System.Text;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Lighttpd;

/// <summary>A value: a text, or a list whose entries may have keys.</summary>
internal sealed record LighttpdValue(string Text, IReadOnlyList<(string Key, LighttpdValue Value, int Line)>? Items)
{
    /// <summary>The texts in a list, or the one text.</summary>
    public IEnumerable<string> Texts => Items is null ? [Text] : Items.SelectMany(item => item.Value.Texts);
}

/// <summary>A setting or a condition with its block.</summary>
internal abstract record LighttpdStatement(string File, int Line)
{
    /// <summary><c>name = value</c>.</summary>
    internal sealed record Setting(string File, int Line, string Name, bool Adds, LighttpdValue Value, string Written) : LighttpdStatement(File, Line);

    /// <summary><c>$HTTP["url"] =~ "pattern" { }</c> with its else branches.</summary>
    internal sealed record Condition(string File, int Line, string Variable, string Operator, string Pattern, IReadOnlyList<LighttpdStatement> Then, IReadOnlyList<LighttpdStatement> Else) : LighttpdStatement(File, Line);
}

/// <summary>lighttpd.conf as statements (doc/config.y of lighttpd's sources is the grammar).</summary>
internal sealed class LighttpdConfiguration
{
    /// <summary>Includes within includes: more is a circle.</summary>
    private const int MaxDepth = 16;

    /// <summary>Blocks and lists within each other.</summary>
    private const int MaxNesting = 64;

    /// <summary>Where Debian's package keeps the scripts that its configuration runs.</summary>
    private const string Scripts = "/usr/share/lighttpd/";

    /// <summary>Those of them that print addresses to listen on and types of files, never a rule.</summary>
    private static readonly string[] Harmless = ["use-ipv6.pl", "create-mime.conf.pl", "create-mime.assign.pl"];

    /// <summary>Variables of one configuration.</summary>
    private const int MaxVariables = 10_000;

    private readonly string main;
    private readonly ConfigurationText text;
    private readonly List<(string Kind, string Text, int Line)> tokens;
    private readonly Dictionary<string, LighttpdValue> variables;
    private readonly int depth;
    private int at;

    private LighttpdConfiguration(ConfigurationText text, string main, Dictionary<string, LighttpdValue> variables, int depth)
    {
        (this.text, this.main, this.variables, this.depth) = (text, main, variables, depth);
        tokens = Tokens(text);
    }

    public static bool Recognise(ConfigurationText text) => text.Lines.Any(line =>
    {
        var start = line.TrimStart();
        return (start.StartsWith("server.document-root", StringComparison.Ordinal) || start.StartsWith("server.modules", StringComparison.Ordinal) || start.StartsWith("url.access-deny", StringComparison.Ordinal) || start.StartsWith("auth.require", StringComparison.Ordinal) || start.StartsWith("$HTTP[", StringComparison.Ordinal))
            && (start.Contains('=', StringComparison.Ordinal));
    });

    public static IReadOnlyList<LighttpdStatement> Read(ConfigurationText text) => new LighttpdConfiguration(text, text.Path, new(StringComparer.Ordinal), 0).Block(0);

    private (string Kind, string Text, int Line) Peek => at < tokens.Count ? tokens[at] : ("", "", 0);

    private List<LighttpdStatement> Block(int nesting)
    {
        var result = new List<LighttpdStatement>();
        while (at < tokens.Count && Peek.Text != "}")
        {
            var (kind, name, line) = tokens[at++];
            if (nesting > MaxNesting) return result;
            if (kind == "condition") result.Add(Condition(name, line, nesting));
            else if (name is "include")
            {
                Include(Value(nesting).Text, line, result);
            }
            else if (name is "include_shell") Shell(Value(nesting).Text, line, result);
            else if (Peek.Text is "=" or "+=" or ":=")
            {
                var adds = tokens[at++].Text == "+=";
                var from = at;
                var value = Value(nesting);
                if (name.StartsWith("var.", StringComparison.Ordinal)) variables[name] = value;
                result.Add(new LighttpdStatement.Setting(text.Path, line, name, adds, value, $"{name} {(adds ? "+=" : "=")} {Shown(from)}"));
            }
        }

        return result;
    }

    /// <summary>Beside the main file, wherever the line stands.</summary>
    private void Include(string pattern, int line, List<LighttpdStatement> into)
    {
        if (depth >= MaxDepth || variables.Count > MaxVariables)
        {
            text.Files.Say($"{text.Name}:{line}: files include each other in a circle, or deeper than {MaxDepth} levels");
            return;
        }

        foreach (var path in text.Files.Included(main, pattern, line)) into.AddRange(new LighttpdConfiguration(path, main, variables, depth + 1).Block(0));
    }

    /// <summary>The output of a command would be read as settings. It is never run; of Debian's own scripts it is known what they print.</summary>
    private void Shell(string command, int line, List<LighttpdStatement> into)
    {
        if (IsScript(command, "include-conf-enabled.pl")) Include("/etc/lighttpd/conf-enabled/*.conf", line, into);
        else text.Files.Say($"{text.Name}:{line} takes settings from the command `{command}`, which is not run here", mayHoldRules: !Harmless.Any(script => IsScript(command, script)));
    }

    /// <summary>The script and plain arguments; lighttpd gives the line to a shell, which takes more than that for further commands.</summary>
    private static bool IsScript(string command, string name) => command.StartsWith(Scripts + name, StringComparison.Ordinal) && command[(Scripts.Length + name.Length)..] is var arguments
        && (arguments.Length == 0 || arguments[0] == ' ') && arguments.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or ':' or '-' or '_');

    private LighttpdStatement.Condition Condition(string variable, int line, int nesting)
    {
        var op = at < tokens.Count ? tokens[at++].Text : "";
        var pattern = Value(nesting).Text;
        var then = Braced(nesting);
        IReadOnlyList<LighttpdStatement> otherwise = [];
        if (Peek is { Kind: "word", Text: "else" or "elseif" or "elsif" })
        {
            at++;
            if (Peek is { Kind: "word", Text: "if" }) at++;
            if (Peek.Kind == "condition")
            {
                var (_, next, nextLine) = tokens[at++];
                otherwise = nesting < MaxNesting ? [Condition(next, nextLine, nesting + 1)] : [];
            }
            else otherwise = Braced(nesting);
        }

        return new(text.Path, line, variable, op, pattern, then, otherwise);
    }

    private List<LighttpdStatement> Braced(int nesting)
    {
        if (Peek.Text != "{") return [];
        at++;
        var block = Block(nesting + 1);
        if (Peek.Text == "}") at++;
        return block;
    }

    private LighttpdValue Value(int nesting)
    {
        var value = Single(nesting);
        while (Peek is { Kind: "mark", Text: "+" })
        {
            at++;
            var other = Single(nesting);
            value = value.Items is null && other.Items is null ? new(value.Text + other.Text, null) : new("", [.. value.Items ?? [], .. other.Items ?? []]);
        }

        return value;
    }

    private LighttpdValue Single(int nesting)
    {
        if (at >= tokens.Count) return new("", null);
        var (kind, word, line) = tokens[at++];
        if (kind == "text" || word != "(") return kind == "word" && variables.TryGetValue(word.StartsWith("var.", StringComparison.Ordinal) ? word : "var." + word, out var known) ? known : new(word, null);
        var items = new List<(string, LighttpdValue, int)>();
        while (at < tokens.Count && Peek.Text != ")" && nesting < MaxNesting)
        {
            if (Peek.Text == ",")
            {
                at++;
                continue;
            }

            var start = Peek.Line;
            var first = Value(nesting + 1);
            if (Peek.Text == "=>")
            {
                at++;
                items.Add((first.Text, Value(nesting + 1), start));
            }
            else items.Add(("", first, start));
        }

        if (Peek.Text == ")") at++;
        return new("", items);
    }

    private string Shown(int from)
    {
        var shown = string.Join(' ', tokens.Skip(from).Take(at - from).Select(token => token.Kind == "text" ? $"\"{token.Text}\"" : token.Text));
        return shown.Length > 160 ? shown[..160] + "…" : shown;
    }

    private static List<(string, string, int)> Tokens(ConfigurationText source)
    {
        var result = new List<(string, string, int)>();
        var text = source.Text;
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n') line++;
            if (char.IsWhiteSpace(c)) continue;
            if (c == '#')
            {
                while (i + 1 < text.Length && text[i + 1] != '\n') i++;
            }
            else if (c is '"' or '\'')
            {
                var word = new StringBuilder();
                var start = line;
                for (i++; i < text.Length && text[i] != c; i++)
                {
                    if (text[i] == '\n') line++;
                    if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == c) i++;
                    word.Append(text[i]);
                }

                result.Add(("text", word.ToString(), start));
            }
            else if (c == '$')
            {
                // $HTTP["url"], $REQUEST_HEADER["x"], $SERVER["socket"]
                var open = text.IndexOf('[', i);
                var close = open < 0 ? -1 : text.IndexOf(']', open);
                if (close < 0) break;
                result.Add(("condition", text[(i + 1)..open].Trim() + ":" + text[(open + 1)..close].Trim().Trim('"', '\''), line));
                i = close;
            }
            else if (c is '{' or '}' or '(' or ')' or ',') result.Add(("mark", c.ToString(), line));
            else if (c is '=' or '+' or '!' or ':')
            {
                var two = i + 1 < text.Length ? text.Substring(i, 2) : "";
                if (two is "=>" or "==" or "=~" or "!=" or "!~" or "+=" or ":=" or "=^" or "=$")
                {
                    result.Add(("mark", two, line));
                    i++;
                }
                else result.Add(("mark", c.ToString(), line));
            }
            else
            {
                var from = i;
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '.' or '-' or '_' or '/' or '*')) i++;
                if (i == from) continue;
                result.Add(("word", text[from..i], line));
                i--;
            }
        }

        return result;
    }
}
