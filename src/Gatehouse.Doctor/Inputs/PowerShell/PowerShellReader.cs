using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>One argument of a command: a parameter's name or a value.</summary>
/// <param name="Name">Without the dash; null: a value.</param>
/// <param name="Value">The value; null: a parameter's name.</param>
/// <param name="Raw">As written, for native programs.</param>
/// <param name="Start">Offset in the text.</param>
internal sealed record PowerShellArgument(string? Name, PowerShellValue? Value, string Raw, int Start);

/// <summary>The part of PowerShell that copied requests are written in (about_Quoting_Rules, about_Parsing): strings, hash tables, variables, New-Object, one command a line. Nothing is run.</summary>
internal sealed class PowerShellReader(string text, Action<int, string> say)
{
    /// <summary>Deepest nesting of parentheses and tables.</summary>
    private const int MaxDepth = 16;

    private readonly Dictionary<string, PowerShellValue> variables = new(StringComparer.OrdinalIgnoreCase);
    private int at;
    private int depth;

    /// <summary>The commands in order: name and arguments. Assignments and calls on variables are followed on the way.</summary>
    public IEnumerable<(string Name, int Start, List<PowerShellArgument> Arguments)> Commands()
    {
        for (var statements = 0; statements < 2000; statements++)
        {
            SkipSeparators();
            SkipPrompt();
            if (at >= text.Length) yield break;
            var start = at;
            if (text[at] == '$' && Statement()) continue;
            if (at >= text.Length) yield break;
            var name = Bare();
            if (name.Length == 0)
            {
                say(at, "this is not read as PowerShell and left out");
                SkipLine();
                continue;
            }

            yield return (name, start, Arguments());
        }
    }

    /// <summary>The value of a variable; unknown where nothing set it.</summary>
    public PowerShellValue Variable(string name) => variables.GetValueOrDefault(name) ?? PowerShellValue.Nothing;

    // $x = value | $x.Cookies.Add(...) | $x.UserAgent = value | $x["k"] = value | $x.Add("k", "v"); false: a command stands behind `=`.
    private bool Statement()
    {
        var start = at++;
        var name = Identifier();
        SkipBlanks();
        if (Peek() == '=')
        {
            at++;
            SkipBlanks();
            if (char.IsAsciiLetter(Peek()) && !IsNewObject()) return false;
            variables[name] = Expression();
            SkipLine();
            return true;
        }

        var value = variables.GetValueOrDefault(name);
        if (Peek() == '[')
        {
            at++;
            var key = Expression();
            SkipTo(']');
            SkipBlanks();
            if (Peek() == '=')
            {
                at++;
                SkipBlanks();
                var set = Expression();
                if (key.Text is { } known) value?.Table?.Add(new(known, set));
            }

            SkipLine();
            return true;
        }

        var path = "";
        while (Peek() == '.')
        {
            at++;
            path += "." + Identifier();
        }

        SkipBlanks();
        if (path.Equals(".UserAgent", StringComparison.OrdinalIgnoreCase) && Peek() == '=')
        {
            at++;
            SkipBlanks();
            if (value is not null) value.UserAgent = Expression().Text;
        }
        else if (path.EndsWith(".Add", StringComparison.OrdinalIgnoreCase) && Peek() == '(')
        {
            var arguments = List();
            if (path.Equals(".Cookies.Add", StringComparison.OrdinalIgnoreCase) && arguments.LastOrDefault()?.Cookies is { Count: 1 } cookie) value?.Cookies?.Add(cookie[0]);
            else if (arguments is [{ Text: { } key }, var set]) value?.Table?.Add(new(key, set));
            else say(start, "this line is not read and left out");
        }
        else
        {
            say(start, $"`${name}{path}` is not read and left out");
        }

        SkipLine();
        return true;
    }

    private List<PowerShellArgument> Arguments()
    {
        var arguments = new List<PowerShellArgument>();
        while (true)
        {
            SkipBlanks();
            if (at >= text.Length || text[at] is '\n' or '\r' or ';') return arguments;
            var start = at;
            if (text[at] is '|' or '>' or '&')
            {
                if (text[at] == '|') say(start, "what stands behind the pipe works on the answer: it is left out");
                SkipLine();
                return arguments;
            }

            if (arguments.Count == Curl.ShellReading.MaxWords) return arguments;
            if (text[at] == '-' && at + 1 < text.Length && char.IsAsciiLetter(text[at + 1]))
            {
                at++;
                var name = Identifier();
                // -Name:value; behind a native option (-H"...") more may follow.
                if (Peek() == ':') at++;
                if (at >= text.Length || char.IsWhiteSpace(text[at]) || text[at - 1] == ':' || text[at] is ';')
                {
                    arguments.Add(new(name, null, text[start..at], start));
                    continue;
                }

                at = start;
            }

            var value = Word();
            arguments.Add(new(null, value, text[start..Math.Min(at, text.Length)], start));
            if (at == start) at++;
        }
    }

    /// <summary>Pieces without blanks between them are one word.</summary>
    private PowerShellValue Word()
    {
        if (text[at] is '(' or '@' or '[') return Expression();
        var word = new StringBuilder();
        PowerShellValue? only = null;
        var pieces = 0;
        var unknown = false;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (';' or '|'))
        {
            var before = at;
            if (text[at] == '`' && IsLineEnd(at + 1)) break;
            if (text[at] is '"' or '\'' or '$')
            {
                only = Expression();
                if (only.Text is { } known) word.Append(known);
                else unknown = true;
            }
            else if (text[at] == '`' && at + 1 < text.Length)
            {
                at++;
                Escape(word);
            }
            else
            {
                word.Append(text[at++]);
            }

            pieces++;
            if (at == before && at < text.Length) at++;
        }

        return pieces == 1 && only is not null ? only : unknown ? PowerShellValue.Nothing : new() { Text = word.ToString() };
    }

    private PowerShellValue Expression()
    {
        SkipBlanks();
        if (at >= text.Length || depth == MaxDepth) return PowerShellValue.Nothing;
        depth++;
        var value = Primary();
        depth--;
        return value;
    }

    private PowerShellValue Primary()
    {
        var c = text[at];
        if (c == '\'') return new() { Text = Single() };
        if (c == '"') return Double() is { } known ? new() { Text = known } : PowerShellValue.Nothing;
        if (c == '@' && at + 1 < text.Length && text[at + 1] is '"' or '\'') return HereString();
        if (c == '@' && at + 1 < text.Length && text[at + 1] == '{') return Table();
        if (c == '@')
        {
            at++;
            return Variable(Identifier());
        }

        if (c == '$')
        {
            if (at + 1 < text.Length && text[at + 1] == '(')
            {
                SkipParentheses();
                return PowerShellValue.Nothing;
            }

            at++;
            var name = Identifier();
            if (Peek() == ':')
            {
                at++;
                Identifier();
                return PowerShellValue.Nothing;
            }

            return name.ToLowerInvariant() is "true" or "false" or "null" ? new() { Text = name.ToLowerInvariant() } : Variable(name);
        }

        if (c == '(')
        {
            var list = List();
            return list.Count == 1 ? list[0] : PowerShellValue.Nothing;
        }

        if (c == '[') return Static();
        if (IsNewObject()) return NewObject();
        var bare = Bare();
        if (bare.Length > 0) return new() { Text = bare };
        at++;
        return PowerShellValue.Nothing;
    }

    // [System.Text.Encoding]::UTF8.GetBytes("...") is its argument; ([char]252) a character; anything else is not known.
    private PowerShellValue Static()
    {
        var start = at;
        SkipTo(']');
        var type = text[start..Math.Min(at, text.Length)];
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is ':' or '.')) at++;
        var name = text[start..at];
        if (type.Equals("[char]", StringComparison.OrdinalIgnoreCase)) return Character(name[6..]) is { } c ? new() { Text = c } : PowerShellValue.Nothing;
        if (Peek() != '(') return PowerShellValue.Nothing;
        var arguments = List();
        return name.EndsWith("UTF8.GetBytes", StringComparison.OrdinalIgnoreCase) && arguments is [var one] ? one : PowerShellValue.Nothing;
    }

    private bool IsNewObject() => string.Compare(text, at, "New-Object", 0, 10, StringComparison.OrdinalIgnoreCase) == 0;

    private PowerShellValue NewObject()
    {
        at += 10;
        SkipBlanks();
        if (string.Compare(text, at, "-TypeName", 0, 9, StringComparison.OrdinalIgnoreCase) == 0) at += 9;
        SkipBlanks();
        var type = Peek() is '"' or '\'' ? Expression().Text ?? "" : TypeName();
        SkipBlanks();
        if (string.Compare(text, at, "-ArgumentList", 0, 13, StringComparison.OrdinalIgnoreCase) == 0) at += 13;
        SkipBlanks();
        var arguments = Peek() == '(' ? List() : [];
        if (type.EndsWith("WebRequestSession", StringComparison.OrdinalIgnoreCase)) return new() { Cookies = [] };
        if (type.EndsWith("Net.Cookie", StringComparison.OrdinalIgnoreCase) && arguments is [{ Text: { } name }, { Text: { } value }, ..]) return new() { Cookies = [$"{name}={value}"] };
        return type.Contains("Dictionary", StringComparison.OrdinalIgnoreCase) || type.EndsWith("Hashtable", StringComparison.OrdinalIgnoreCase) ? new() { Table = [] } : PowerShellValue.Nothing;
    }

    private string TypeName()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '_' or '[' or ']' or ',')) at++;
        return text[start..at];
    }

    // (a, b, c)
    private List<PowerShellValue> List()
    {
        var values = new List<PowerShellValue>();
        var start = at++;
        while (at < text.Length && values.Count < 100)
        {
            SkipSpace();
            if (Peek() == ')')
            {
                at++;
                return values;
            }

            if (Peek() == ',')
            {
                at++;
                continue;
            }

            var before = at;
            values.Add(Expression());
            if (at == before && at < text.Length) at++;
        }

        say(start, "this parenthesis is never closed");
        return values;
    }

    // @{ "a"="b"; c = 'd' }
    private PowerShellValue Table()
    {
        var start = at;
        var table = new List<KeyValuePair<string, PowerShellValue>>();
        at += 2;
        while (at < text.Length && table.Count < 1000)
        {
            SkipSpace();
            if (Peek() is ';' or ',')
            {
                at++;
                continue;
            }

            if (Peek() == '}')
            {
                at++;
                return new() { Table = table };
            }

            var before = at;
            var key = Peek() is '"' or '\'' ? Expression().Text : Identifier();
            SkipSpace();
            if (Peek() == '=')
            {
                at++;
                SkipSpace();
                var value = Expression();
                if (key is { Length: > 0 }) table.Add(new(key, value));
            }

            if (at == before && at < text.Length) at++;
        }

        say(start, "this table is never closed");
        return new() { Table = table };
    }

    private string Single()
    {
        var start = at++;
        var word = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] != '\'') word.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '\'') word.Append(text[at++]);
            else
            {
                at++;
                return word.ToString();
            }
        }

        say(start, "this quote is never closed");
        return word.ToString();
    }

    // Null: it holds what is not known here.
    private string? Double()
    {
        var start = at++;
        var word = new StringBuilder();
        var unknown = false;
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '"' && !(at + 1 < text.Length && text[at + 1] == '"'))
            {
                at++;
                return unknown ? null : word.ToString();
            }

            if (c == '"')
            {
                word.Append('"');
                at += 2;
            }
            else if (c == '`' && at + 1 < text.Length)
            {
                at++;
                Escape(word);
            }
            else if (c == '$' && at + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[at + 1]) || text[at + 1] is '(' or '{' or '_'))
            {
                unknown |= !Expanded(word);
            }
            else
            {
                word.Append(text[at++]);
            }
        }

        say(start, "this quote is never closed");
        return unknown ? null : word.ToString();
    }

    // $name, ${name} and $([char]252) inside a string.
    private bool Expanded(StringBuilder word)
    {
        var start = at;
        if (text[at + 1] == '(')
        {
            SkipParentheses();
            var inside = text[(start + 2)..Math.Max(start + 2, at - 1)].Trim();
            if (inside.StartsWith("[char]", StringComparison.OrdinalIgnoreCase) && Character(inside[6..]) is { } character)
            {
                word.Append(character);
                return true;
            }

            say(start, "a command inside a string is not run: its option is left out");
            return false;
        }

        at++;
        var braces = Peek() == '{';
        if (braces) at++;
        var name = Identifier();
        if (braces) SkipTo('}');
        if (Variable(name).Text is { } known)
        {
            word.Append(known);
            return true;
        }

        say(start, $"the variable `{(name.Length > 40 ? name[..40] : name)}` has no value here: its option is left out");
        return false;
    }

    private static string? Character(string number)
    {
        var plain = number.Trim();
        var hex = plain.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return int.TryParse(hex ? plain[2..] : plain, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is > 0 and <= 0xFFFF ? ((char)code).ToString() : null;
    }

    private void Escape(StringBuilder word)
    {
        var c = text[at++];
        switch (c)
        {
            case 'n': word.Append('\n'); break;
            case 'r': word.Append('\r'); break;
            case 't': word.Append('\t'); break;
            case '0': word.Append('\0'); break;
            case 'b': word.Append('\b'); break;
            case '\r' or '\n': break;
            default: word.Append(c); break;
        }
    }

    private PowerShellValue HereString()
    {
        var quote = text[at + 1];
        var begin = text.IndexOf('\n', at);
        var end = begin < 0 ? -1 : text.IndexOf("\n" + quote + "@", begin, StringComparison.Ordinal);
        if (end < 0)
        {
            say(at, "this text is never closed");
            at = text.Length;
            return PowerShellValue.Nothing;
        }

        at = end + 3;
        var inside = end <= begin ? "" : text[(begin + 1)..end].TrimEnd('\r');
        return quote == '"' && inside.Contains('$', StringComparison.Ordinal) ? PowerShellValue.Nothing : new() { Text = inside };
    }

    private string Identifier()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-')) at++;
        return text[start..at];
    }

    private string Bare()
    {
        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (';' or '|' or '(' or ')' or '{' or '}' or ',' or '"' or '\'' or '`')) at++;
        return text[start..at];
    }

    private char Peek() => at < text.Length ? text[at] : '\0';

    private bool IsLineEnd(int index) => index >= text.Length || text[index] is '\n' or '\r';

    private void SkipBlanks()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t') at++;
            else if (text[at] == '`' && IsLineEnd(at + 1))
            {
                at++;
                if (Peek() == '\r') at++;
                if (Peek() == '\n') at++;
            }
            else return;
        }
    }

    private void SkipSpace()
    {
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || (text[at] == '`' && IsLineEnd(at + 1)))) at++;
    }

    private void SkipSeparators()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]) || text[at] is ';' or ')' or '}') at++;
            else if (text[at] == '#') SkipLine();
            else return;
        }
    }

    // `PS C:\Users\me>` and `>>`, which come along when a console is copied.
    private void SkipPrompt()
    {
        var end = text.AsSpan(at).IndexOfAny(">\n\"'");
        if (end >= 0 && text[at + end] == '>' && (end == 0 || (string.Compare(text, at, "PS", 0, 2, StringComparison.Ordinal) == 0 && (end == 2 || text[at + 2] == ' ')))) at += end + 1;
        while (Peek() is '>' or ' ' or '\t') at++;
    }

    private void SkipLine()
    {
        while (at < text.Length && text[at] is not ('\n' or ';')) at++;
    }

    private void SkipTo(char end)
    {
        while (at < text.Length && text[at] != end) at++;
        if (at < text.Length) at++;
    }

    private void SkipParentheses()
    {
        for (var open = 0; at < text.Length; at++)
        {
            if (text[at] == '(') open++;
            else if (text[at] == ')' && --open == 0)
            {
                at++;
                return;
            }
        }
    }
}
