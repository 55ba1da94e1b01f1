using System.Collections.Frozen;
using Gatehouse.Apache.Patterns;
using Gatehouse.Grammar;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Expressions;

/// <summary>
/// Reads httpd's expressions (ap_expr) as the grammar of 2.4 has them. Where a word could end in several ways the longest wins, as in
/// the scanner that httpd generates.
/// </summary>
internal sealed class ExpressionParser(string text, ExpressionOptions options)
{
    /// <summary>Conditions in parentheses and functions inside each other: httpd gives up on evaluating more than 20 anyway; this guards the stack.</summary>
    private const int MaximumDepth = 200;

    /// <summary>Longest literal part, as httpd's buffer takes.</summary>
    private const int LongestText = 8191;

    private static readonly FrozenDictionary<string, Comparison> WordComparisons = new Dictionary<string, Comparison>(StringComparer.Ordinal)
    {
        ["eq"] = Comparison.Equal,
        ["ne"] = Comparison.NotEqual,
        ["lt"] = Comparison.Less,
        ["le"] = Comparison.LessOrEqual,
        ["gt"] = Comparison.Greater,
        ["ge"] = Comparison.GreaterOrEqual,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private int at;
    private int depth;
    private SyntaxError problem;

    /// <summary>The position after reading failed.</summary>
    public SyntaxError Problem => problem;

    /// <summary>A whole condition; null with <see cref="Problem"/>.</summary>
    public Condition? ReadCondition()
    {
        var condition = ReadOr();
        if (condition is null) return null;
        SkipBlanks();
        return at == text.Length ? condition : Fail<Condition>(at, at, "the end or `&&`, `||`");
    }

    /// <summary>A whole text with variables in it; null with <see cref="Problem"/>.</summary>
    public Word? ReadText() => text.Length == 0 ? new Word.Literal("", false) : ReadString('\0', at);

    private T? Fail<T>(int start, int offset, string expected)
        where T : class
    {
        if (problem.Expected is null) problem = new(start, offset, expected);
        return null;
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n') at++;
    }

    // or = and [ ( "||" / "or" ) or ]
    private Condition? ReadOr()
    {
        if (ReadAnd() is not { } left) return null;
        return Take("||") || TakeName("or") ? ReadOr() is { } right ? new Condition.Or(left, right) : null : left;
    }

    // and = not [ ( "&&" / "and" ) and ]
    private Condition? ReadAnd()
    {
        if (ReadNot() is not { } left) return null;
        return Take("&&") || TakeName("and") ? ReadAnd() is { } right ? new Condition.And(left, right) : null : left;
    }

    // not = ( "!" / "not" ) not / primary
    private Condition? ReadNot()
    {
        if (++depth > MaximumDepth) return Fail<Condition>(at, at, $"at most {MaximumDepth} conditions inside each other");
        SkipBlanks();
        var negated = at < text.Length && text[at] == '!' && (at + 1 >= text.Length || text[at + 1] is not ('=' or '~'));
        if (negated) at++;
        Condition? result;
        if (negated || TakeName("not")) result = ReadNot() is { } inner ? new Condition.Not(inner) : null;
        else result = ReadPrimary();
        depth--;
        return result;
    }

    private Condition? ReadPrimary()
    {
        SkipBlanks();
        if (TakeName("true")) return new Condition.Constant(true);
        if (TakeName("false")) return new Condition.Constant(false);
        if (Take("("))
        {
            var inner = ReadOr();
            return inner is null || Take(")") ? inner : Fail<Condition>(at, at, "`)`");
        }

        if (at + 1 < text.Length && text[at] == '-' && (char.IsAsciiLetter(text[at + 1]) || text[at + 1] == '_')) return ReadUnary();
        if (ReadWord() is not { } left) return null;
        return ReadRest(left);
    }

    private Condition.Unary? ReadUnary()
    {
        const string known = "nzRTdefsLhxFUA";
        var start = at;
        var name = DashName();
        if (name.Length != 1 || !known.Contains(name[0], StringComparison.Ordinal)) return Fail<Condition.Unary>(start, start + 1, $"one of the tests -{string.Join(" -", known.ToCharArray())}");
        if (options.HasFlag(ExpressionOptions.Restricted) && "defsLhx".Contains(name[0], StringComparison.Ordinal))
            return Fail<Condition.Unary>(start, start, $"no `-{name}`: it is not available in .htaccess");
        if (ReadWord() is not { } argument) return null;
        Subnet? network = null;
        if (name[0] == 'R' && !IsSubnet(argument, start, out network)) return null;
        return new(name[0], argument, network);
    }

    private bool IsSubnet(Word argument, int start, out Subnet? network)
    {
        network = null;
        if (argument is not Word.Literal { IsNumber: false } literal) Fail<Condition>(start, at, "a subnet as a constant text");
        else if (Subnet.Parse(literal.Value, out network) != SubnetText.Right) Fail<Condition>(start, at, "a subnet such as `10.0.0.0/8`");
        return network is not null;
    }

    private Condition? ReadRest(Word left)
    {
        SkipBlanks();
        var start = at;
        if (Take("=~")) return ReadMatch(left, negated: false);
        if (Take("!~")) return ReadMatch(left, negated: true);
        if (Take("==") || Take("=")) return Compared(Comparison.TextEqual, left);
        if (Take("!=")) return Compared(Comparison.TextNotEqual, left);
        if (Take("<=")) return Compared(Comparison.TextLessOrEqual, left);
        if (Take("<")) return Compared(Comparison.TextLess, left);
        if (Take(">=")) return Compared(Comparison.TextGreaterOrEqual, left);
        if (Take(">")) return Compared(Comparison.TextGreater, left);
        if (at < text.Length && char.IsAsciiLetter(text[at]))
        {
            var word = Name();
            if (word == "in") return ReadIn(left);
            if (WordComparisons.TryGetValue(word, out var comparison)) return Compared(comparison, left);
            return Fail<Condition>(start, start, "a comparison");
        }

        if (at >= text.Length || text[at] != '-') return Fail<Condition>(start, start, "a comparison");
        var name = DashName();
        if (name == "in") return ReadIn(left);
        if (WordComparisons.TryGetValue(name, out var numeric)) return Compared(numeric, left);
        var test = name.ToLowerInvariant();
        if (test is not ("ipmatch" or "fnmatch" or "strmatch" or "strcmatch")) return Fail<Condition>(start, start, "a comparison such as -ipmatch, -fnmatch, -strmatch, -strcmatch");
        if (ReadWord() is not { } right) return null;
        Subnet? network = null;
        if (test == "ipmatch" && !IsSubnet(right, start, out network)) return null;
        return new Condition.Binary(test, left, right, network);
    }

    private Condition? Compared(Comparison by, Word left) => ReadWord() is { } right ? new Condition.Compare(by, left, right) : null;

    // list = "{" word *( "," word ) "}" / name "(" word ")"
    private Condition? ReadIn(Word needle)
    {
        if (Take("{"))
        {
            var words = new List<Word>();
            do
            {
                if (ReadWord() is not { } word) return null;
                words.Add(word);
            }
            while (Take(","));
            return Take("}") ? new Condition.In(needle, words) : Fail<Condition>(at, at, "`,` or `}`");
        }

        SkipBlanks();
        var start = at;
        var name = Name();

        // The only function that gives a list in the modules that are commonly there (mod_ssl).
        if (!name.Equals("PeerExtList", StringComparison.OrdinalIgnoreCase)) return Fail<Condition>(start, at, "a list in braces");
        if (!Take("(")) return Fail<Condition>(at, at, "`(`");
        if (ReadWord() is null) return null;
        return Take(")") ? new Condition.InFunction(name) : Fail<Condition>(at, at, "`)`");
    }

    // regex = ( "/" / "m" SEPARATOR ) *CHAR SEPARATOR [ "i" ]; there is no way to escape the separator.
    private Condition.Matches? ReadMatch(Word subject, bool negated)
    {
        const string separators = "/#$%^,;:_?|-!.'\"";
        SkipBlanks();
        var start = at;
        if (at < text.Length && text[at] == 'm' && at + 1 < text.Length && separators.Contains(text[at + 1], StringComparison.Ordinal)) at++;
        else if (at >= text.Length || text[at] != '/') return Fail<Condition.Matches>(start, start, "a pattern in slashes");
        var end = text.IndexOf(text[at], at + 1);
        if (end < 0) return Fail<Condition.Matches>(start, text.Length, $"`{text[at]}` at the end of the pattern");
        var pattern = text[(at + 1)..end];
        at = end + 1;
        var ignoreCase = at < text.Length && text[at] == 'i';
        if (ignoreCase) at++;
        if (!HttpdPattern.TryCompile(pattern, PatternOptions.Default | (ignoreCase ? PatternOptions.IgnoreCase : PatternOptions.None), out var compiled, out var error))
            return Fail<Condition.Matches>(start, start + 1 + error.Offset, error.Expected);
        return new(subject, compiled!, negated);
    }

    // word = part [ "." word ]
    private Word? ReadWord()
    {
        if (++depth > MaximumDepth) return Fail<Word>(at, at, $"at most {MaximumDepth} words inside each other");
        var word = ReadPart();
        if (word is not null && Take(".")) word = ReadWord() is { } right ? new Word.Concat(word, right) : null;
        depth--;
        return word;
    }

    private Word? ReadPart()
    {
        SkipBlanks();
        var start = at;
        if (at >= text.Length) return Fail<Word>(at, at, "a text, a variable or a function");
        var c = text[at];
        if (c is '"' or '\'')
        {
            at++;
            return ReadString(c, start);
        }

        if (char.IsAsciiDigit(c) || (c == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            return new Word.Literal(text[start..at], true);
        }

        if (text.AsSpan(at).StartsWith("%{")) return ReadVariable();
        if (c == '$' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
        {
            at += 2;
            return new Word.Backreference(text[at - 1] - '0');
        }

        if (!char.IsAsciiLetter(c)) return Fail<Word>(start, start, "a text in quotes, a number, a variable `%{NAME}` or a function");
        var name = Name();
        if (!Take("(")) return Fail<Word>(start, at, "`(`: words without quotes name functions");
        if (ReadWord() is not { } argument) return null;
        if (!Take(")")) return Fail<Word>(at, at, "`)`");
        return Called(name, argument, start);
    }

    private Word.Call? Called(string name, Word argument, int start)
    {
        if (!ExpressionFunctions.Exists(name)) return Fail<Word.Call>(start, start, $"a function that exists; `{name}` does not");
        if (options.HasFlag(ExpressionOptions.Restricted) && name.ToLowerInvariant() is "file" or "filesize")
            return Fail<Word.Call>(start, start, $"no `{name}`: it is not available in .htaccess");
        return new(name.ToLowerInvariant(), argument);
    }

    // variable = "%{" name [ ":" string ] "}"
    private Word? ReadVariable()
    {
        var start = at;
        at += 2;
        var name = Name();
        if (name.Length == 0 || at >= text.Length) return Fail<Word>(start, at, "a variable's name");
        if (text[at] == ':')
        {
            at++;
            if (++depth > MaximumDepth) return Fail<Word>(at, at, $"at most {MaximumDepth} variables inside each other");
            var argument = at < text.Length && text[at] == '}' ? Fail<Word>(start, at, "an argument") : ReadString('}', start);
            depth--;
            return argument is null ? null : Called(name, argument, start);
        }

        if (text[at] != '}') return Fail<Word>(start, at, "`}` or `:`");
        at++;
        return ExpressionVariables.Exists(name) ? new Word.Variable(name.ToUpperInvariant()) : Fail<Word>(start, start + 2, $"a variable that exists; `{name}` does not");
    }

    // Literal parts, escapes, variables and back references up to the closing character; '\0' stands for the end of the text.
    private Word? ReadString(char close, int start)
    {
        Word? result = null;
        var literal = new System.Text.StringBuilder();
        while (true)
        {
            if (at >= text.Length)
            {
                if (close != '\0') return Fail<Word>(start, at, $"`{close}`");
                break;
            }

            var c = text[at];
            if (c == close && close != '\0')
            {
                at++;
                break;
            }

            if (literal.Length >= LongestText) return Fail<Word>(start, at, "a shorter text");
            if (c == '\\')
            {
                if (!ReadEscape(start, literal)) return null;
            }
            else if (c == '$' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
            {
                Flush();
                Append(new Word.Backreference(text[at + 1] - '0'));
                at += 2;
            }
            else if (c == '%' && at + 1 < text.Length && text[at + 1] == '{')
            {
                Flush();
                if (ReadVariable() is not { } variable) return null;
                Append(variable);
            }
            else
            {
                literal.Append(c);
                at++;
            }
        }

        Flush();
        return result ?? new Word.Literal("", false);

        void Flush()
        {
            if (literal.Length == 0) return;
            Append(new Word.Literal(literal.ToString(), false));
            literal.Clear();
        }

        void Append(Word part) => result = result is null ? part : new Word.Concat(result, part);
    }

    // "\" 1*3OCTAL / "\n" / "\r" / "\t" / "\b" / "\f" / "\" CHAR
    private bool ReadEscape(int start, System.Text.StringBuilder literal)
    {
        if (at + 1 >= text.Length) return Fail<Word>(start, at, "a character after the backslash") is not null;
        at++;
        if (char.IsAsciiDigit(text[at]))
        {
            var from = at;
            var value = 0;
            for (; at < text.Length && at - from < 3 && text[at] is >= '0' and <= '7'; at++) value = value * 8 + text[at] - '0';
            if (at == from || value > 255) return Fail<Word>(start, from, "an octal number up to 377") is not null;
            literal.Append(Octets.ToText(((char)value).ToString()));
            return true;
        }

        literal.Append(text[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var other => other });
        at++;
        return true;
    }

    private bool Take(string token)
    {
        SkipBlanks();
        if (!text.AsSpan(at).StartsWith(token, StringComparison.Ordinal)) return false;
        at += token.Length;
        return true;
    }

    private bool TakeName(string name)
    {
        SkipBlanks();
        var saved = at;
        if (Name() == name) return true;
        at = saved;
        return false;
    }

    // name = ALPHA *( ALPHA / DIGIT / "_" )
    private string Name()
    {
        var start = at;
        if (at < text.Length && char.IsAsciiLetter(text[at])) at++;
        else return "";
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')) at++;
        return text[start..at];
    }

    private string DashName()
    {
        var start = ++at;
        while (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_' || (at > start && char.IsAsciiDigit(text[at])))) at++;
        return text[start..at];
    }
}
