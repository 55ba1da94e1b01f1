using Gatehouse.Grammar;

namespace Gatehouse.Patterns;

// What a backslash means, and classes in brackets.
internal sealed partial class PatternTranslation
{
    private const string Word = "[a-zA-Z0-9_]";

    private bool ReadEscape(out Width width, out bool repeatable, out SyntaxError error)
    {
        width = new(1, 1);
        repeatable = true;
        error = default;
        var start = at++;
        if (at >= pattern.Length) return Refused(start, "a character after the backslash", out error);
        var c = pattern[at];
        if (OctetSet.OfEscape(c) is { } set)
        {
            at++;
            if (c == 'N' && at < pattern.Length && pattern[at] == '{' && !PeekQuantifier(out _, out _, out _)) return Refused(start, "no character by its name", out error);
            set.Write(output);
            return true;
        }

        switch (c)
        {
            case 'b' or 'B':
                at++;
                (width, repeatable) = (default, false);
                // Said by its parts: .NET counts letters beyond ASCII as parts of words, PCRE does not.
                output.Append(c == 'b' ? $"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))" : $"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))");
                return true;
            case 'A' or 'G' or 'z' or 'Z':
                at++;
                (width, repeatable) = (default, false);
                output.Append('\\').Append(c == 'G' ? 'A' : c);
                return true;
            case 'C':
                at++;
                output.Append(AnyOctet);
                return true;
            case 'R':
                at++;
                width = new(1, 2);
                output.Append("(?>\\r\\n|[\\n\\v\\f\\r\\u0085])");
                return true;
            case 'E':
                at++;
                (width, repeatable) = (default, false);
                return true;
            case 'Q':
                at++;
                return ReadQuoted(out width, out error);
            case 'K' or 'X' or 'p' or 'P': return Unsupported($"`\\{c}`");
            case 'k':
                at++;
                width = new(0, -1);
                return ReadNamedReference(start, out error);
            case 'g':
                at++;
                width = new(0, -1);
                return ReadReference(start, out error);
            case >= '1' and <= '9':
                var from = at;
                ReadCount(ref at, out var number);
                if (number < 10 || c >= '8' || number <= groups)
                {
                    width = new(0, -1);
                    return Reference(number, start, out error);
                }

                at = from;
                break;
            default: break;
        }

        if (!ReadOctet(start, inClass: false, out var octet, out error)) return false;
        Literal(octet);
        return true;
    }

    private static bool Refused(int start, int at, string expected, out SyntaxError error)
    {
        error = new(start, at, expected);
        return false;
    }

    private bool Refused(int start, string expected, out SyntaxError error) => Refused(start, at, expected, out error);

    // "\Q" *CHAR "\E": all stands for itself; a quantifier behind it belongs to the last one.
    private bool ReadQuoted(out Width width, out SyntaxError error)
    {
        error = default;
        var end = pattern.IndexOf("\\E", at, StringComparison.Ordinal);
        var stop = end < 0 ? pattern.Length : end;
        width = new(stop - at, stop - at);
        for (; at < stop; at++)
        {
            atomStart = output.Length;
            Literal(pattern[at]);
        }

        at = end < 0 ? stop : stop + 2;
        return true;
    }

    private bool ReadNamedReference(int start, out SyntaxError error)
    {
        var close = at < pattern.Length ? pattern[at] switch { '<' => '>', '\'' => '\'', '{' => '}', _ => '\0' } : '\0';
        if (close == '\0') return Refused(start, "`<`, `'` or `{` and a name", out error);
        at++;
        return ReadName(close, out var name, out error) && Reference(name, start, out error);
    }

    // "\g" ( [ "-" / "+" ] number / "{" [ "-" / "+" ] number "}" / "{" name "}" ); \g< and \g' call a group.
    private bool ReadReference(int start, out SyntaxError error)
    {
        error = default;
        if (at < pattern.Length && pattern[at] is '<' or '\'') return Unsupported("recursion and callouts");
        var braces = at < pattern.Length && pattern[at] == '{';
        if (braces) at++;
        if (braces && at < pattern.Length && (char.IsAsciiLetter(pattern[at]) || pattern[at] == '_'))
            return ReadName('}', out var name, out error) && Reference(name, start, out error);
        var sign = at < pattern.Length && pattern[at] is '-' or '+' ? pattern[at++] : '\0';
        var from = at;
        ReadCount(ref at, out var number);
        if (at == from || (braces && (at >= pattern.Length || pattern[at++] != '}'))) return Refused(start, "the number of a group", out error);
        return Reference(sign switch { '-' => opened + 1 - number, '+' => opened + number, _ => number }, start, out error);
    }

    // One octet by escape, the position being behind the backslash.
    private bool ReadOctet(int start, bool inClass, out char octet, out SyntaxError error)
    {
        error = default;
        octet = pattern[at++];
        switch (octet)
        {
            case 'a': octet = '\a'; return true;
            case 'e': octet = '\u001B'; return true;
            case 'f': octet = '\f'; return true;
            case 'n': octet = '\n'; return true;
            case 'r': octet = '\r'; return true;
            case 't': octet = '\t'; return true;
            case 'b' when inClass: octet = '\b'; return true;
            case >= '0' and <= '7':
                at--;
                return ReadNumber(start, 8, 3, out octet, out error);
            case '8' or '9' when inClass: return true;
            case 'o' when at < pattern.Length && pattern[at] == '{': return ReadBraced(start, 8, out octet, out error);
            case 'x' when at < pattern.Length && pattern[at] == '{': return ReadBraced(start, 16, out octet, out error);
            case 'x': return ReadNumber(start, 16, 2, out octet, out error);
            case 'c':
                if (at >= pattern.Length || pattern[at] is < ' ' or > '~') return Refused(start, "a printable character after `\\c`", out error);
                octet = (char)(char.ToUpperInvariant(pattern[at++]) ^ 0x40);
                return true;
            default:
                return !char.IsAsciiLetterOrDigit(octet) || Refused(start, "an escape that exists", out error);
        }
    }

    private bool ReadNumber(int start, int radix, int digits, out char octet, out SyntaxError error)
    {
        error = default;
        var value = 0;
        for (; digits > 0 && at < pattern.Length && Digit(pattern[at]) is var digit && digit >= 0 && digit < radix; at++, digits--)
            value = value * radix + digit;
        octet = (char)value;
        return value <= 255 || Refused(start, "an octet, up to 255", out error);
    }

    private bool ReadBraced(int start, int radix, out char octet, out SyntaxError error)
    {
        error = default;
        at++;
        var value = 0;
        var from = at;
        for (; at < pattern.Length && Digit(pattern[at]) is var digit && digit >= 0 && digit < radix; at++) value = Math.Min(value * radix + digit, 256);
        octet = (char)value;
        if (at == from || at >= pattern.Length || pattern[at] != '}' || value > 255) return Refused(start, "an octet in braces, up to 255", out error);
        at++;
        return true;
    }

    private static int Digit(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : -1;

    private bool ReadClass(out SyntaxError error)
    {
        error = default;
        var start = at;
        var rest = pattern.AsSpan(at);
        if (rest.StartsWith("[[:<:]]") || rest.StartsWith("[[:>:]]")) return Unsupported("`[[:<:]]`");
        if (IsPosix(at)) return Refused(start, "a class such as `[[:alpha:]]` inside of brackets", out error);
        at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        var set = new OctetSet();
        var first = true;
        var quoted = false;
        while (at < pattern.Length && (pattern[at] != ']' || first || quoted))
        {
            if (TryQuote(ref quoted)) continue;
            first = false;
            if (!ReadClassItem(start, quoted, out var from, out var members, out error)) return false;
            if (stopped) return true;
            var range = !quoted && at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']';
            if (members is not null)
            {
                if (range) return Refused(start, "no range after a class", out error);
                set.Add(members);
                continue;
            }

            if (!range)
            {
                set.Add(from);
                continue;
            }

            at++;
            if (!ReadClassItem(start, quoted: false, out var to, out members, out error)) return false;
            if (stopped) return true;
            if (members is not null || to < from) return Refused(start, "a range in order", out error);
            set.Add(from, to);
        }

        if (at >= pattern.Length) return Refused(start, "`]`", out error);
        at++;
        if (ignoreCase) set = set.WithBothCases();
        (negated ? set.Negated() : set).Write(output);
        return true;
    }

    private bool TryQuote(ref bool quoted)
    {
        var rest = pattern.AsSpan(at);
        if (!quoted && rest.StartsWith("\\Q")) quoted = true;
        else if (rest.StartsWith("\\E")) quoted = false;
        else return false;
        at += 2;
        return true;
    }

    private bool ReadClassItem(int start, bool quoted, out char octet, out OctetSet? members, out SyntaxError error)
    {
        members = null;
        error = default;
        octet = pattern[at];
        if (quoted || (octet != '\\' && octet != '['))
        {
            at++;
            return true;
        }

        if (octet == '[')
        {
            if (!IsPosix(at))
            {
                at++;
                return true;
            }

            var end = pattern.IndexOf($"{pattern[at + 1]}]", at + 2, StringComparison.Ordinal);
            var name = pattern[(at + 2)..end];
            var inverted = name.StartsWith('^');
            members = pattern[at + 1] == ':' ? OctetSet.Named(inverted ? name[1..] : name) : null;
            if (members is null) return Refused(start, "a POSIX class that exists", out error);
            if (ignoreCase && (name.TrimStart('^') is "upper" or "lower")) members = OctetSet.Named("alpha")!;
            if (inverted) members = members.Negated();
            at = end + 2;
            return true;
        }

        at++;
        if (at >= pattern.Length) return Refused(start, "`]`", out error);
        var c = pattern[at];
        if (c is 'p' or 'P') return Unsupported($"`\\{c}`");
        if (c is 'N') return Refused(start, "no `\\N` in brackets", out error);
        if (OctetSet.OfEscape(c) is { } set)
        {
            at++;
            members = set;
            return true;
        }

        return ReadOctet(start, inClass: true, out octet, out error);
    }

    // "[:" name ":]", "[." or "[=": what PCRE2 takes for POSIX syntax.
    private bool IsPosix(int from)
    {
        if (from + 1 >= pattern.Length || pattern[from + 1] is not (':' or '.' or '=')) return false;
        var terminator = pattern[from + 1];
        for (var i = from + 2; i + 1 < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && pattern[i + 1] is ']' or '\\') i++;
            else if (pattern[i] == ']' || (pattern[i] == '[' && pattern[i + 1] == terminator)) return false;
            else if (pattern[i] == terminator && pattern[i + 1] == ']') return true;
        }

        return false;
    }
}
