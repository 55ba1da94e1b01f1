using System.Text;

namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>
/// Reads the grammar of nginx's configuration as ngx_conf_read_token (src/core/ngx_conf_file.c) does: words end at blanks, `;` and `{`; quotes are quotes only at
/// a word's start; `${` opens no block; a backslash keeps the next byte and vanishes before quotes and itself. A file with a fault is read up to it.
/// </summary>
internal ref struct ConfReader
{
    /// <summary>nginx's own buffer (NGX_CONF_BUFFER): a longer word is a fault there.</summary>
    private const int MaxWord = 4096;

    /// <summary>Deeper nesting has no meaning in nginx, and each level is a call on our stack.</summary>
    private const int MaxDepth = 64;

    private readonly ConfFile file;
    private readonly string text;
    private int at;

    private ConfReader(ConfFile file)
    {
        this.file = file;
        text = file.Text;
        // Written by editors of other systems; nginx takes it for a part of the first word, and says so when it starts.
        at = 0;
    }

    private enum Token
    {
        Semicolon,
        Open,
        Close,
        EndOfFile,
        Fault,
    }

    /// <summary>Reads all of a file.</summary>
    public static ConfFile Read(string path, string text, bool onDisk = true)
    {
        var file = new ConfFile(path, text) { OnDisk = onDisk };
        new ConfReader(file).ReadBlock(file.Nodes, depth: 0);
        return file;
    }

    private bool ReadBlock(List<ConfNode> nodes, int depth)
    {
        while (true)
        {
            var words = new List<ConfWord>();
            switch (ReadWords(words))
            {
                case Token.EndOfFile when depth == 0:
                    return true;
                case Token.EndOfFile:
                    return Fails(text.Length, "unexpected end of file, expecting \"}\"");
                case Token.Close when depth == 0:
                    return Fails(at - 1, "unexpected \"}\"");
                case Token.Close:
                    return true;
                case Token.Fault:
                    return false;
                case Token.Semicolon:
                    nodes.Add(new ConfNode { File = file, Words = words, End = at });
                    break;
                case Token.Open:
                    if (depth >= MaxDepth) return Fails(at - 1, "blocks are nested too deep");
                    var brace = at - 1;
                    if (words[0].Text.EndsWith("_by_lua_block", StringComparison.Ordinal))
                    {
                        var end = LuaText.End(text, at);
                        var node = new ConfNode { File = file, Words = words, Block = [], Brace = brace, Lua = text[at..Math.Max(at, end - 1)], End = end < 0 ? text.Length : end };
                        nodes.Add(node);
                        if (end < 0) return Fails(text.Length, "unexpected end of file, expecting \"}\" of the Lua block");
                        at = end;
                        break;
                    }

                    var block = new ConfNode { File = file, Words = words, Block = [], Brace = brace, End = text.Length };
                    nodes.Add(block);
                    if (!ReadBlock(block.Block, depth + 1)) return false;
                    block.End = at;
                    break;
            }
        }
    }

    private bool Fails(int offset, string what)
    {
        file.Fault ??= new(file.At(Math.Min(offset, text.Length)), what);
        return false;
    }

    private Token ReadWords(List<ConfWord> words)
    {
        while (at < text.Length)
        {
            var c = text[at];
            switch (c)
            {
                case ' ' or '\t' or '\r' or '\n':
                    at++;
                    continue;
                case '#':
                    var end = text.IndexOf('\n', at);
                    at = end < 0 ? text.Length : end + 1;
                    continue;
                case ';' or '{':
                    at++;
                    if (words.Count > 0) return c == ';' ? Token.Semicolon : Token.Open;
                    Fails(at - 1, $"unexpected \"{c}\"");
                    return Token.Fault;
                case '}':
                    at++;
                    if (words.Count == 0) return Token.Close;
                    Fails(at - 1, "unexpected \"}\"");
                    return Token.Fault;
                default:
                    if (!(c is '"' or '\'' ? ReadQuoted(words, c) : ReadPlain(words))) return Token.Fault;
                    continue;
            }
        }

        if (words.Count == 0) return Token.EndOfFile;
        Fails(text.Length, "unexpected end of file, expecting \";\" or \"}\"");
        return Token.Fault;
    }

    private bool ReadQuoted(List<ConfWord> words, char quote)
    {
        var start = at++;
        for (; at < text.Length; at++)
        {
            if (at - start > MaxWord) return Fails(start, $"too long parameter, probably missing terminating \"{quote}\" character");
            if (text[at] == '\\')
            {
                at++;
                continue;
            }

            if (text[at] != quote) continue;
            words.Add(new(Plain(text.AsSpan(start + 1, at - start - 1)), start, ++at));
            // Behind a closing quote a word must end; `)` begins a new one, for the sake of `if ($a = "b")`.
            if (at >= text.Length || text[at] is ' ' or '\t' or '\r' or '\n' or ';' or '{' or ')') return true;
            return Fails(at, $"unexpected \"{text[at]}\"");
        }

        return Fails(text.Length, "unexpected end of file, expecting \";\" or \"}\"");
    }

    private bool ReadPlain(List<ConfWord> words)
    {
        var start = at;
        for (var variable = false; at < text.Length; at++)
        {
            if (at - start > MaxWord) return Fails(start, "too long parameter");
            var c = text[at];
            if (c == '{' && variable) // `${name}`: the mark stays set, as it does in nginx
                continue;
            if (c == '\\')
            {
                variable = false;
                at++;
                continue;
            }

            variable = c == '$';
            if (c is not (' ' or '\t' or '\r' or '\n' or ';' or '{')) continue;
            words.Add(new(Plain(text.AsSpan(start, at - start)), start, at));
            return true;
        }

        at = text.Length;
        return Fails(text.Length, "unexpected end of file, expecting \";\" or \"}\"");
    }

    private static string Plain(ReadOnlySpan<char> raw)
    {
        if (!raw.Contains('\\')) return raw.ToString();
        var plain = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\' || i + 1 == raw.Length)
            {
                plain.Append(raw[i]);
                continue;
            }

            switch (raw[i + 1])
            {
                case '"' or '\'' or '\\':
                    plain.Append(raw[++i]);
                    break;
                case 't':
                    plain.Append('\t');
                    i++;
                    break;
                case 'r':
                    plain.Append('\r');
                    i++;
                    break;
                case 'n':
                    plain.Append('\n');
                    i++;
                    break;
                default:
                    plain.Append('\\');
                    break;
            }
        }

        return plain.ToString();
    }
}
