namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>Values: strings, hash tables, variables, New-Object, and the few static calls that copied requests have. What is not known is <see cref="PowerShellValue.Nothing"/>.</summary>
internal sealed class PowerShellExpressions
{
    /// <summary>Deepest nesting of parentheses and tables.</summary>
    private const int MaxDepth = 16;

    private readonly PowerShellText source;
    private readonly PowerShellStrings strings;
    private readonly Action<int, string> say;
    private int depth;

    internal PowerShellExpressions(PowerShellText source, Action<int, string> say)
    {
        this.source = source;
        this.say = say;
        strings = new(source, Variable, say);
    }

    /// <summary>What was set so far.</summary>
    internal Dictionary<string, PowerShellValue> Variables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What stands behind a backtick.</summary>
    internal void Escape(System.Text.StringBuilder word) => strings.Escape(word);

    /// <summary>The value of a variable; unknown where nothing set it.</summary>
    private PowerShellValue Variable(string name) => Variables.GetValueOrDefault(name) ?? PowerShellValue.Nothing;

    /// <summary>The value that stands at the position.</summary>
    internal PowerShellValue Expression()
    {
        source.SkipBlanks();
        if (source.IsAtEnd || depth == MaxDepth) return PowerShellValue.Nothing;
        depth++;
        var value = Primary();
        depth--;
        return value;
    }

    private PowerShellValue Primary()
    {
        var c = source.Peek();
        if (c == '\'') return new() { Text = strings.Single() };
        if (c == '"') return strings.Double() is { } known ? new() { Text = known } : PowerShellValue.Nothing;
        if (c == '@' && source.Peek(1) is '"' or '\'') return strings.HereString();
        if (c == '@' && source.Peek(1) == '{') return Table();
        if (c == '@')
        {
            source.At++;
            return Variable(source.Identifier());
        }

        if (c == '$')
        {
            if (source.Peek(1) == '(')
            {
                source.SkipParentheses();
                return PowerShellValue.Nothing;
            }

            source.At++;
            var name = source.Identifier();
            if (source.Peek() == ':')
            {
                source.At++;
                source.Identifier();
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
        var bare = source.Bare();
        if (bare.Length > 0) return new() { Text = bare };
        source.At++;
        return PowerShellValue.Nothing;
    }

    // [System.Text.Encoding]::UTF8.GetBytes("...") is its argument; ([char]252) a character; anything else is not known.
    private PowerShellValue Static()
    {
        var start = source.At;
        source.SkipTo(']');
        var type = source.Since(start);
        while (!source.IsAtEnd && (char.IsAsciiLetterOrDigit(source.Peek()) || source.Peek() is ':' or '.')) source.At++;
        var name = source.Since(start);
        if (type.Equals("[char]", StringComparison.OrdinalIgnoreCase)) return PowerShellStrings.Character(name[6..]) is { } c ? new() { Text = c } : PowerShellValue.Nothing;
        if (source.Peek() != '(') return PowerShellValue.Nothing;
        var arguments = List();
        return name.EndsWith("UTF8.GetBytes", StringComparison.OrdinalIgnoreCase) && arguments is [var one] ? one : PowerShellValue.Nothing;
    }

    /// <summary>Whether an object is made here.</summary>
    internal bool IsNewObject() => source.StandsHere("New-Object");

    private PowerShellValue NewObject()
    {
        source.At += 10;
        source.SkipBlanks();
        if (source.StandsHere("-TypeName")) source.At += 9;
        source.SkipBlanks();
        var type = source.Peek() is '"' or '\'' ? Expression().Text ?? "" : TypeName();
        source.SkipBlanks();
        if (source.StandsHere("-ArgumentList")) source.At += 13;
        source.SkipBlanks();
        var arguments = source.Peek() == '(' ? List() : [];
        if (type.EndsWith("WebRequestSession", StringComparison.OrdinalIgnoreCase)) return new() { Cookies = [] };
        if (type.EndsWith("Net.Cookie", StringComparison.OrdinalIgnoreCase) && arguments is [{ Text: { } name }, { Text: { } value }, ..]) return new() { Cookies = [$"{name}={value}"] };
        return type.Contains("Dictionary", StringComparison.OrdinalIgnoreCase) || type.EndsWith("Hashtable", StringComparison.OrdinalIgnoreCase) ? new() { Table = [] } : PowerShellValue.Nothing;
    }

    private string TypeName()
    {
        var start = source.At;
        while (!source.IsAtEnd && (char.IsAsciiLetterOrDigit(source.Peek()) || source.Peek() is '.' or '_' or '[' or ']' or ',')) source.At++;
        return source.Since(start);
    }

    /// <summary>(a, b, c)</summary>
    internal List<PowerShellValue> List()
    {
        var values = new List<PowerShellValue>();
        var start = source.At++;
        while (!source.IsAtEnd && values.Count < 100)
        {
            source.SkipSpace();
            if (source.Peek() == ')')
            {
                source.At++;
                return values;
            }

            if (source.Peek() == ',')
            {
                source.At++;
                continue;
            }

            var before = source.At;
            values.Add(Expression());
            if (source.At == before && !source.IsAtEnd) source.At++;
        }

        say(start, "this parenthesis is never closed");
        return values;
    }

    // @{ "a"="b"; c = 'd' }
    private PowerShellValue Table()
    {
        var start = source.At;
        var table = new List<KeyValuePair<string, PowerShellValue>>();
        source.At += 2;
        while (!source.IsAtEnd && table.Count < 1000)
        {
            source.SkipSpace();
            if (source.Peek() is ';' or ',')
            {
                source.At++;
                continue;
            }

            if (source.Peek() == '}')
            {
                source.At++;
                return new() { Table = table };
            }

            var before = source.At;
            var key = source.Peek() is '"' or '\'' ? Expression().Text : source.Identifier();
            source.SkipSpace();
            if (source.Peek() == '=')
            {
                source.At++;
                source.SkipSpace();
                var value = Expression();
                if (key is { Length: > 0 }) table.Add(new(key, value));
            }

            if (source.At == before && !source.IsAtEnd) source.At++;
        }

        say(start, "this table is never closed");
        return new() { Table = table };
    }
}
