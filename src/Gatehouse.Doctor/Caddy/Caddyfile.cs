using System.Text;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Caddy;

/// <summary>A directive with its arguments and, where it has one, its block.</summary>
internal sealed record CaddyDirective(string File, int Line, IReadOnlyList<string> Words, IReadOnlyList<CaddyDirective> Block)
{
    /// <summary>Its name.</summary>
    public string Name => Words[0];

    /// <summary>In one line.</summary>
    public string Text => string.Join(' ', Words) + (Block.Count > 0 ? " { … }" : "");
}

/// <summary>A site: its addresses and its directives.</summary>
internal sealed record CaddySite(IReadOnlyList<string> Addresses, int Line, IReadOnlyList<CaddyDirective> Directives);

/// <summary>The Caddyfile (caddyserver.com/docs/caddyfile/concepts): tokens, blocks, snippets and imports.</summary>
internal sealed class Caddyfile(ConfigurationFiles files)
{
    /// <summary>Imports within imports: more is a circle.</summary>
    private const int MaxDepth = 16;

    /// <summary>Blocks within blocks.</summary>
    private const int MaxNesting = 64;

    /// <summary>Directives of all files and snippets: snippets that use each other twice double at each level.</summary>
    private const int MaxDirectives = 200_000;

    private readonly Dictionary<string, IReadOnlyList<CaddyDirective>> snippets = new(StringComparer.Ordinal);

    private int directives;

    /// <summary>Global options.</summary>
    public List<CaddyDirective> Options { get; } = [];

    /// <summary>In the order of the file.</summary>
    public List<CaddySite> Sites { get; } = [];

    /// <summary>Directives by which a Caddyfile is known, beside its name.</summary>
    public static bool Recognise(ConfigurationText text)
    {
        if (text.Name.StartsWith("Caddyfile", StringComparison.OrdinalIgnoreCase) || text.Name.EndsWith(".caddyfile", StringComparison.OrdinalIgnoreCase) || text.Name.EndsWith(".caddy", StringComparison.OrdinalIgnoreCase)) return true;
        if (text.Text.TrimStart().StartsWith('<') || text.Text.Contains(";\n", StringComparison.Ordinal)) return false;
        var known = 0;
        var opened = false;
        foreach (var line in text.Lines)
        {
            var first = line.TrimStart().Split([' ', '\t'], 2)[0];
            opened |= line.TrimEnd().EndsWith('{');
            if (first is "reverse_proxy" or "file_server" or "respond" or "basic_auth" or "basicauth" or "forward_auth" or "handle" or "handle_path" or "php_fastcgi" or "encode" or "tls") known++;
        }

        return known > 0 && opened && !text.Lines.Any(line => line.Contains("$HTTP[", StringComparison.Ordinal));
    }

    public static Caddyfile Read(ConfigurationText text)
    {
        var file = new Caddyfile(text.Files);
        file.Add(text, 0);
        return file;
    }

    private void Add(ConfigurationText text, int depth)
    {
        var tokens = Tokens(text);
        var at = 0;
        var first = true;
        while (at < tokens.Count)
        {
            // Everything up to the brace at the end of a line: addresses, or a snippet's name.
            var labels = new List<Token>();
            while (at < tokens.Count && tokens[at].Text != "{")
            {
                if (labels.Count > 0 && tokens[at].Line != labels[^1].Line && !labels[^1].Text.EndsWith(',')) break;
                labels.Add(tokens[at++]);
            }

            if (labels.Count > 0 && labels[0].Text == "import")
            {
                Import(text.Path, labels[0].Line, labels.Select(label => label.Text).Skip(1).ToList(), depth, null);
                continue;
            }

            if (at < tokens.Count && tokens[at].Text == "{")
            {
                at++;
                var block = Block(text.Path, tokens, ref at, 0, depth);
                if (labels.Count == 0 && first) Options.AddRange(block);
                else if (labels.Count == 1 && labels[0].Text is ['(', .. var name, ')']) snippets[name] = block;
                else Sites.Add(new(Addresses(labels), labels.Count > 0 ? labels[0].Line : 1, block));
            }
            else if (labels.Count > 0)
            {
                // One site without braces: the first line its addresses, the rest its directives.
                at -= 0;
                var rest = new List<CaddyDirective>();
                Directives(text.Path, tokens, ref at, 0, depth, rest);
                Sites.Add(new(Addresses(labels), labels[0].Line, rest));
            }

            first = false;
        }
    }

    private static List<string> Addresses(List<Token> labels) => [.. labels.SelectMany(label => label.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private List<CaddyDirective> Block(string file, List<Token> tokens, ref int at, int nesting, int depth)
    {
        var result = new List<CaddyDirective>();
        Directives(file, tokens, ref at, nesting, depth, result);
        if (at < tokens.Count && tokens[at].Text == "}") at++;
        return result;
    }

    private void Directives(string file, List<Token> tokens, ref int at, int nesting, int depth, List<CaddyDirective> result)
    {
        while (at < tokens.Count && tokens[at].Text != "}")
        {
            var line = tokens[at].Line;
            var words = new List<string>();
            while (at < tokens.Count && tokens[at].Line == line && !(tokens[at].Text == "}" && !tokens[at].Quoted))
            {
                if (tokens[at] is { Text: "{", Quoted: false } && (at + 1 >= tokens.Count || tokens[at + 1].Line > line || tokens[at + 1].Text == "}")) break;
                words.Add(tokens[at].Text);
                line = tokens[at].EndLine;
                at++;
            }

            IReadOnlyList<CaddyDirective> block = [];
            if (at < tokens.Count && tokens[at] is { Text: "{", Quoted: false })
            {
                at++;
                if (nesting >= MaxNesting) return;
                block = Block(file, tokens, ref at, nesting + 1, depth);
            }

            if (words.Count == 0) continue;
            if (words[0] == "import") Import(file, line, words.Skip(1).ToList(), depth, result);
            else
            {
                directives++;
                result.Add(new(file, line, words, block));
            }
        }
    }

    private void Import(string from, int line, List<string> words, int depth, List<CaddyDirective>? into)
    {
        if (words.Count == 0) return;
        if (depth >= MaxDepth || directives > MaxDirectives)
        {
            files.Say($"{System.IO.Path.GetFileName(from)}:{line}: files import each other in a circle, or more than a configuration has");
            return;
        }

        if (into is not null && snippets.TryGetValue(words[0], out var snippet))
        {
            var arguments = words.Skip(1).ToList();
            into.AddRange(snippet.Select(directive => Filled(directive, arguments)));
            return;
        }

        foreach (var text in files.Included(from, words[0], line))
        {
            if (into is null)
            {
                Add(text, depth + 1);
                continue;
            }

            var tokens = Tokens(text);
            var at = 0;
            var own = new List<CaddyDirective>();
            Directives(text.Path, tokens, ref at, 0, depth + 1, own);
            var arguments = words.Skip(1).ToList();
            into.AddRange(own.Select(directive => Filled(directive, arguments)));
        }
    }

    /// <summary>A directive of what is imported, with the arguments in it; what is beyond the limit is left out, and the next import says so.</summary>
    private CaddyDirective Filled(CaddyDirective directive, List<string> arguments) => directive with
    {
        Words = [.. directive.Words.Select(word => arguments.Select((argument, index) => (argument, index)).Aggregate(word, (text, pair) => text.Replace($"{{args[{pair.index}]}}", pair.argument, StringComparison.Ordinal).Replace($"{{args.{pair.index}}}", pair.argument, StringComparison.Ordinal)))],
        Block = directives++ > MaxDirectives ? [] : [.. directive.Block.Select(inner => Filled(inner, arguments))],
    };

    private readonly record struct Token(string Text, int Line, bool Quoted, int EndLine);

    private static List<Token> Tokens(ConfigurationText source)
    {
        var tokens = new List<Token>();
        var text = source.Text;
        var line = 1;
        var word = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                line++;
                continue;
            }

            if (char.IsWhiteSpace(c)) continue;
            if (c == '\\' && i + 1 < text.Length && text[i + 1] == '\n')
            {
                i++; // the line goes on; its tokens keep the number of the first
                continue;
            }

            if (c == '#')
            {
                while (i + 1 < text.Length && text[i + 1] != '\n') i++;
                continue;
            }

            var start = line;
            word.Clear();
            if (c is '"' or '`')
            {
                for (i++; i < text.Length && text[i] != c; i++)
                {
                    if (text[i] == '\n') line++;
                    if (c == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\') i++;
                    word.Append(text[i]);
                }

                tokens.Add(new(word.ToString(), start, true, line));
                continue;
            }

            if (c == '<' && i + 2 < text.Length && text[i + 1] == '<' && char.IsAsciiLetterUpper(text[i + 2]))
            {
                var end = text.IndexOf('\n', i);
                var marker = end < 0 ? "" : text[(i + 2)..end].Trim();
                var close = marker.Length > 0 ? text.IndexOf(marker, end, StringComparison.Ordinal) : -1;
                if (close > 0)
                {
                    tokens.Add(new(text[(end + 1)..close].Trim(), start, true, start + text.AsSpan(i, close - i).Count('\n')));
                    line = start + text.AsSpan(i, close - i).Count('\n');
                    i = close + marker.Length - 1;
                    continue;
                }
            }

            while (i < text.Length && !char.IsWhiteSpace(text[i])) word.Append(text[i++]);
            i--;
            tokens.Add(new(word.ToString(), start, false, start));
        }

        return tokens;
    }
}
