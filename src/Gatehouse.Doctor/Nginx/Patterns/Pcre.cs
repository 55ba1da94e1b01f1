using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.Doctor.Nginx.Patterns;

/// <summary>
/// A pattern of PCRE as nginx compiles it: over bytes, ASCII classes alone. What .NET's engine means otherwise is rewritten; what it can't say
/// is not translated, and whoever asks is told so.
/// </summary>
internal sealed class Pcre
{
    /// <summary>One match may take this long: a pattern that backtracks without end would hold the diagnosis.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Regex regex;

    private Pcre(string text, Regex regex, IReadOnlyList<KeyValuePair<string, int>> names, int groups)
    {
        Text = text;
        this.regex = regex;
        Names = names;
        Groups = groups;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Named groups with their numbers.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names { get; }

    /// <summary>Number of groups.</summary>
    public int Groups { get; }

    /// <summary>Translates; null: it uses something that is not evaluated here, named in <paramref name="problem"/>.</summary>
    public static Pcre? Of(string text, bool ignoreCase, out string? problem)
    {
        var translation = new PcreTranslation(text);
        if (!translation.Run(out problem)) return null;
        if (ignoreCase && (text.Any(c => c > 0x7F) || translation.HasHighEscape))
        {
            problem = "letters beyond ASCII without regard to case";
            return null;
        }

        try
        {
            var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            return new(text, new Regex(translation.Result, options, Patience), translation.Names, translation.Groups);
        }
        catch (ArgumentException error)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>Whether it matches somewhere; null: it took too long to tell.</summary>
    /// <param name="subject">Bytes as characters.</param>
    /// <param name="captures">Group by group from 0; null where a group took no part.</param>
    public bool? Matches(string subject, out string?[] captures)
    {
        captures = [];
        try
        {
            var match = regex.Match(subject);
            if (!match.Success) return false;
            captures = new string?[Groups + 1];
            for (var i = 0; i <= Groups; i++)
            {
                var group = match.Groups[i.ToString(CultureInfo.InvariantCulture)];
                captures[i] = group.Success ? group.Value : null;
            }

            return true;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>One pass over a pattern (pcre2pattern(3)).</summary>
internal sealed class PcreTranslation(string text)
{
    private const string Word = "a-zA-Z0-9_";
    private const string Space = " \\t\\n\\v\\f\\r";

    private readonly StringBuilder result = new();
    private readonly List<KeyValuePair<string, int>> names = [];
    private int at;

    /// <summary>What .NET takes.</summary>
    public string Result => result.ToString();

    /// <summary>Named groups.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names => names;

    /// <summary>Number of capturing groups.</summary>
    public int Groups { get; private set; }

    /// <summary>Whether an escape names a byte above 7F.</summary>
    public bool HasHighEscape { get; private set; }

    /// <summary>Translates; false with what is not known.</summary>
    public bool Run(out string? problem)
    {
        problem = null;
        var quantifiable = false;
        while (at < text.Length)
        {
            var c = text[at];
            switch (c)
            {
                case '\\':
                    if (!Escape(out problem)) return false;
                    quantifiable = true;
                    break;
                case '[':
                    if (!Class(out problem)) return false;
                    quantifiable = true;
                    break;
                case '(':
                    if (!Group(out problem)) return false;
                    quantifiable = false;
                    break;
                case '*' or '+' or '?' or '{':
                    if (c == '{' && !IsQuantifier())
                    {
                        result.Append("\\{");
                        at++;
                        quantifiable = true;
                        break;
                    }

                    if (!quantifiable) return Unknown("a quantifier without anything to repeat", out problem);
                    if (!Quantifier(out problem)) return false;
                    quantifiable = false;
                    break;
                case ' ' or '#':
                    result.Append('\\').Append(c);
                    at++;
                    quantifiable = true;
                    break;
                default:
                    result.Append(c);
                    at++;
                    quantifiable = c is not ('|' or '^');
                    break;
            }
        }

        return true;
    }

    private static bool Unknown(string what, out string? problem)
    {
        problem = what;
        return false;
    }

    private bool IsQuantifier()
    {
        var end = text.IndexOf('}', at);
        if (end < 0 || end == at + 1) return false;
        var inside = text.AsSpan(at + 1, end - at - 1);
        var comma = inside.IndexOf(',');
        var low = comma < 0 ? inside : inside[..comma];
        var high = comma < 0 ? [] : inside[(comma + 1)..];
        return !low.IsEmpty && !low.ContainsAnyExceptInRange('0', '9') && !high.ContainsAnyExceptInRange('0', '9');
    }

    private bool Quantifier(out string? problem)
    {
        problem = null;
        var end = text[at] == '{' ? text.IndexOf('}', at) + 1 : at + 1;
        result.Append(text, at, end - at);
        at = end;
        if (at < text.Length && text[at] == '+') return Unknown("a possessive quantifier", out problem);
        if (at >= text.Length || text[at] != '?') return true;
        result.Append('?');
        at++;
        return true;
    }

    private bool Group(out string? problem)
    {
        problem = null;
        var rest = text.AsSpan(at);
        if (rest.StartsWith("(*", StringComparison.Ordinal)) return Unknown("a verb such as (*UTF8)", out problem);
        if (!rest.StartsWith("(?", StringComparison.Ordinal))
        {
            Groups++;
            result.Append(CultureInfo.InvariantCulture, $"(?<{Groups}>");
            at++;
            return true;
        }

        foreach (var plain in (string[])["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"])
        {
            if (!rest.StartsWith(plain, StringComparison.Ordinal)) continue;
            result.Append(plain);
            at += plain.Length;
            return true;
        }

        if (rest.StartsWith("(?#", StringComparison.Ordinal))
        {
            var end = text.IndexOf(')', at);
            if (end < 0) return Unknown("a comment without end", out problem);
            at = end + 1;
            return true;
        }

        foreach (var (mark, close) in ((string, char)[])[("(?P<", '>'), ("(?<", '>'), ("(?'", '\'')])
        {
            if (!rest.StartsWith(mark, StringComparison.Ordinal)) continue;
            var end = text.IndexOf(close, at + mark.Length);
            if (end < 0) return Unknown("a name without end", out problem);
            Groups++;
            names.Add(new(text[(at + mark.Length)..end], Groups));
            result.Append(CultureInfo.InvariantCulture, $"(?<{Groups}>");
            at = end + 1;
            return true;
        }

        // (?i) and (?i:...) mean the same in both, for the letters that both have.
        var letters = 2;
        while (letters < rest.Length && rest[letters] is 'i' or 'm' or 's' or '-') letters++;
        if (letters > 2 && letters < rest.Length && rest[letters] is ')' or ':')
        {
            result.Append(rest[..(letters + 1)]);
            at += letters + 1;
            return true;
        }

        return Unknown($"the group `{rest[..Math.Min(4, rest.Length)]}`", out problem);
    }

    private bool Escape(out string? problem)
    {
        problem = null;
        if (at + 1 >= text.Length) return Unknown("a backslash at the end", out problem);
        var c = text[at + 1];
        at += 2;
        switch (c)
        {
            case 'd':
                result.Append("[0-9]");
                return true;
            case 'D':
                result.Append("[^0-9]");
                return true;
            case 'w':
                result.Append('[').Append(Word).Append(']');
                return true;
            case 'W':
                result.Append("[^").Append(Word).Append(']');
                return true;
            case 's':
                result.Append('[').Append(Space).Append(']');
                return true;
            case 'S':
                result.Append("[^").Append(Space).Append(']');
                return true;
            case 'h':
                result.Append("[ \\t\\xA0]");
                return true;
            case 'N':
                result.Append("[^\\n]");
                return true;
            case 'R':
                result.Append("(?:\\r\\n|[\\n\\v\\f\\r\\x85])");
                return true;
            case 'b':
                result.Append($"(?:(?<=[{Word}])(?![{Word}])|(?<![{Word}])(?=[{Word}]))");
                return true;
            case 'B':
                result.Append($"(?:(?<=[{Word}])(?=[{Word}])|(?<![{Word}])(?![{Word}]))");
                return true;
            case 'A' or 'Z' or 'z' or 't' or 'n' or 'r' or 'f' or 'a' or 'e':
                result.Append('\\').Append(c);
                return true;
            case 'Q':
                var end = text.IndexOf("\\E", at, StringComparison.Ordinal);
                result.Append(Regex.Escape(end < 0 ? text[at..] : text[at..end]).Replace("]", "\\]", StringComparison.Ordinal));
                at = end < 0 ? text.Length : end + 2;
                return true;
            case 'x':
                if (!Hex(out var value)) return Unknown("a character beyond one byte", out problem);
                result.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                return true;
            case '0':
                result.Append("\\x00");
                return at < text.Length && char.IsAsciiDigit(text[at]) ? Unknown("an octal escape", out problem) : true;
            case >= '1' and <= '9':
                if (at < text.Length && char.IsAsciiDigit(text[at])) return Unknown("a back reference of two digits", out problem);
                if (c - '0' > Groups) return Unknown("a back reference ahead", out problem);
                result.Append(CultureInfo.InvariantCulture, $"\\k<{c}>");
                return true;
            default:
                if (char.IsAsciiLetterOrDigit(c)) return Unknown($"the escape `\\{c}`", out problem);
                result.Append(Regex.Escape(c.ToString()));
                if (c is ']' or '}') result.Length--;
                if (c is ']' or '}') result.Append('\\').Append(c);
                return true;
        }
    }

    /// <summary>Behind <c>\x</c>: up to two digits, or digits in braces.</summary>
    private bool Hex(out int value)
    {
        value = 0;
        var braces = at < text.Length && text[at] == '{';
        if (braces) at++;
        for (var digits = 0; at < text.Length && char.IsAsciiHexDigit(text[at]) && (braces || digits < 2); digits++, at++)
            value = Math.Min((value << 4) | Convert.ToInt32(text[at].ToString(), 16), 0x10000);
        if (braces && (at >= text.Length || text[at++] != '}')) return false;
        HasHighEscape |= value > 0x7F;
        return value <= 0xFF;
    }

    private bool Class(out string? problem)
    {
        problem = null;
        at++;
        result.Append('[');
        if (at < text.Length && text[at] == '^')
        {
            result.Append('^');
            at++;
        }

        for (var first = true; ; first = false)
        {
            if (at >= text.Length) return Unknown("a class without end", out problem);
            var c = text[at];
            if (c == ']' && !first)
            {
                at++;
                result.Append(']');
                return true;
            }

            if (c == '[' && at + 1 < text.Length && text[at + 1] is ':' or '.' or '=')
            {
                var end = text.IndexOf(text[at + 1] + "]", at + 2, StringComparison.Ordinal);
                if (end > 0 && text[at + 1] == ':' && Posix(text[(at + 2)..end]) is { } members)
                {
                    result.Append(members);
                    at = end + 2;
                    continue;
                }

                if (end > 0) return Unknown("a class of POSIX", out problem);
            }

            if (c == '\\')
            {
                if (!ClassEscape(out problem)) return false;
                continue;
            }

            at++;
            if (c is '[' or ']' or '^') result.Append('\\');
            // A hyphen that makes no range is said to be one, so that it opens no subtraction.
            if (c == '-' && (first || at >= text.Length || text[at] is ']' or '[')) result.Append('\\');
            result.Append(c);
        }
    }

    private bool ClassEscape(out string? problem)
    {
        problem = null;
        if (at + 1 >= text.Length) return Unknown("a backslash at the end", out problem);
        var c = text[at + 1];
        at += 2;
        switch (c)
        {
            case 'd':
                result.Append("0-9");
                return true;
            case 'w':
                result.Append(Word);
                return true;
            case 's':
                result.Append(Space);
                return true;
            case 'h':
                result.Append(" \\t\\xA0");
                return true;
            case 'D':
                result.Append("\\x00-/:-\\xFF");
                return true;
            case 'W':
                result.Append("\\x00-/:-@\\[-\\^`{-\\xFF");
                return true;
            case 'S':
                result.Append("\\x00-\\x08\\x0E-\\x1F!-\\xFF");
                return true;
            case 't' or 'n' or 'r' or 'f' or 'a' or 'e' or 'b':
                result.Append('\\').Append(c);
                return true;
            case 'x':
                if (!Hex(out var value)) return Unknown("a character beyond one byte", out problem);
                result.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                return true;
            default:
                if (char.IsAsciiLetterOrDigit(c)) return Unknown($"the escape `\\{c}` in a class", out problem);
                result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
                HasHighEscape |= c > 0x7F;
                return true;
        }
    }

    private static string? Posix(string name) => name switch
    {
        "alpha" => "a-zA-Z",
        "digit" => "0-9",
        "alnum" => "a-zA-Z0-9",
        "upper" => "A-Z",
        "lower" => "a-z",
        "space" => Space,
        "blank" => " \\t",
        "xdigit" => "0-9a-fA-F",
        "word" => Word,
        "punct" => "!-/:-@\\[-`{-~",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "print" => " -~",
        "graph" => "!-~",
        _ => null,
    };
}
