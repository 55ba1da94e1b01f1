using System.Globalization;
using Gatehouse.Grammar;

namespace Gatehouse.Patterns;

// The pieces that a sequence is made of: characters, anchors, groups, escapes outside of classes.
internal sealed partial class PatternTranslation
{
    private const string AnyOctet = "[\\u0000-\\uFFFF]";

    private bool ReadAtom(out Width width, out bool repeatable, out SyntaxError error)
    {
        width = new(1, 1);
        repeatable = true;
        error = default;
        var c = pattern[at];
        switch (c)
        {
            case '.':
                at++;
                if (dotAll) output.Append(AnyOctet);
                else OctetSet.OfEscape('N')!.Write(output);
                return true;
            case '^':
                at++;
                (width, repeatable) = (default, false);
                output.Append(multiline ? "(?:\\A|(?<=\\n)(?!\\z))" : "\\A");
                return true;
            case '$':
                at++;
                (width, repeatable) = (default, false);
                output.Append(multiline ? "(?=\\n|\\z)" : dollarEndOnly ? "\\z" : "\\Z");
                return true;
            case '[': return ReadClass(out error);
            case '(': return ReadGroup(out width, out repeatable, out error);
            case '\\': return ReadEscape(out width, out repeatable, out error);
            default:
                if (PeekQuantifier(out _, out _, out _))
                {
                    error = new(at, at, "something that can be repeated before the quantifier");
                    return false;
                }

                at++;
                Literal(c);
                return true;
        }
    }

    private void Literal(char octet)
    {
        if (ignoreCase && char.IsAsciiLetter(octet)) output.Append('[').Append(char.ToLowerInvariant(octet)).Append(char.ToUpperInvariant(octet)).Append(']');
        else OctetSet.Write(output, octet);
    }

    private bool Unsupported(string what)
    {
        Untranslatable ??= what;
        stopped = true;
        at = pattern.Length;
        return true;
    }

    private bool ReadGroup(out Width width, out bool repeatable, out SyntaxError error)
    {
        width = default;
        repeatable = true;
        error = default;
        var start = at;
        if (++depth > MaximumDepth)
        {
            error = new(start, start, $"at most {MaximumDepth} parentheses inside each other");
            return false;
        }

        var rest = pattern.AsSpan(at + 1);
        if (rest is ['*', ..]) return Unsupported("a verb such as `(*FAIL)`");
        if (rest is not ['?', ..])
        {
            at++;
            return plainGroups ? Enclosed("(?:", start, out width, out error) : Captured(null, start, out width, out error);
        }

        at += 2;
        rest = pattern.AsSpan(at);
        switch (rest)
        {
            case ['#', ..]:
                var end = pattern.IndexOf(')', at);
                if (end < 0) return Unclosed(start, out error);
                at = end + 1;
                repeatable = false;
                depth--;
                return true;
            case [':', ..]:
                at++;
                return Enclosed("(?:", start, out width, out error);
            case ['>', ..]:
                at++;
                return Enclosed("(?>", start, out width, out error);
            case ['=', ..] or ['!', ..]:
                at++;
                if (!Enclosed(rest[0] == '=' ? "(?=" : "(?!", start, out _, out error)) return false;
                return true;
            case ['<', '=' or '!', ..]:
                at += 2;
                return Enclosed(rest[1] == '=' ? "(?<=" : "(?<!", start, out _, out error, eachFixed: true);
            case ['<', '*', ..] or ['*', ..]: return Unsupported("look-around that is not atomic");
            case ['|', ..]: return Unsupported("groups that share their numbers (`(?|`)");
            case ['P', '=', ..]:
                at += 2;
                if (!ReadName(')', out var referred, out error)) return false;
                depth--;
                width = new(0, -1);
                return Reference(referred, start, out error);
            case ['P', '<', ..]:
                at += 2;
                return ReadName('>', out var python, out error) && Captured(python, start, out width, out error);
            case ['<', ..]:
                at++;
                return ReadName('>', out var perl, out error) && Captured(perl, start, out width, out error);
            case ['\'', ..]:
                at++;
                return ReadName('\'', out var quoted, out error) && Captured(quoted, start, out width, out error);
            case ['(', ..]: return ReadConditional(start, out width, out error);
            case ['R' or '&' or 'C' or '+' or (>= '0' and <= '9'), ..] or ['P', '>', ..] or ['-', >= '0' and <= '9', ..]:
                return Unsupported("recursion and callouts");
            default: return ReadFlags(start, out width, out repeatable, out error);
        }
    }

    private bool Captured(string? name, int start, out Width width, out SyntaxError error)
    {
        var number = ++opened;
        if (name is not null) names.Add(new(name, number));
        open.Add(number);
        if (!Enclosed(string.Create(CultureInfo.InvariantCulture, $"(?<{number}>"), start, out width, out error)) return false;
        open.Remove(number);
        return true;
    }

    private bool Enclosed(string opening, int start, out Width width, out SyntaxError error, bool eachFixed = false)
    {
        output.Append(opening);
        if (!ReadAlternatives(out width, out error, eachFixed)) return false;
        if (stopped) return true;
        if (at >= pattern.Length) return Unclosed(start, out error);
        at++;
        depth--;
        output.Append(')');
        return true;
    }

    private bool Unclosed(int start, out SyntaxError error)
    {
        error = new(start, pattern.Length, "`)`");
        return false;
    }

    // name = ( ALPHA / "_" ) *31( ALPHA / DIGIT / "_" )
    private bool ReadName(char close, out string name, out SyntaxError error)
    {
        const int longest = 32;
        var start = at;
        while (at < pattern.Length && (char.IsAsciiLetterOrDigit(pattern[at]) || pattern[at] == '_')) at++;
        name = pattern[start..at];
        error = new(start, at, "a group's name of up to 32 letters, digits and underscores");
        if (name.Length is 0 or > longest || char.IsAsciiDigit(name[0]) || at >= pattern.Length || pattern[at] != close) return false;
        at++;
        return true;
    }

    // "(?" flags [ "-" flags ] ( ")" / ":" alternatives ")" )
    private bool ReadFlags(int start, out Width width, out bool repeatable, out SyntaxError error)
    {
        var before = (ignoreCase, dotAll, multiline, extended, ungreedy, plainGroups);
        width = default;
        repeatable = false;
        error = default;
        var on = true;
        if (at < pattern.Length && pattern[at] == '^')
        {
            at++;
            (ignoreCase, dotAll, multiline, extended, plainGroups) = (false, false, false, false, false);
        }

        for (; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case 'i': ignoreCase = on; break;
                case 's': dotAll = on; break;
                case 'm': multiline = on; break;
                case 'x': extended = on; break;
                case 'n': plainGroups = on; break;
                case 'U': ungreedy = on; break;
                case 'J': break;
                case '-' when on: on = false; break;
                case ')':
                    at++;
                    depth--;
                    return true;
                case ':':
                    at++;
                    repeatable = true;
                    var read = Enclosed("(?:", start, out width, out error);
                    (ignoreCase, dotAll, multiline, extended, ungreedy, plainGroups) = before;
                    return read;
                default:
                    error = new(start, at, "flags of a group");
                    return false;
            }
        }

        return Unclosed(start, out error);
    }

    // "(?(" number / "<" name ">" / "'" name "'" ")" sequence [ "|" sequence ] ")"
    private bool ReadConditional(int start, out Width width, out SyntaxError error)
    {
        error = default;
        width = new(0, -1);
        at++;
        var close = at < pattern.Length ? pattern[at] : '\0';
        int number;
        if (close is '<' or '\'')
        {
            at++;
            if (!ReadName(close == '<' ? '>' : '\'', out var name, out error)) return false;
            number = NumberOf(name);
            if (number == 0) return Unsupported("a condition on a group defined later or twice");
        }
        else
        {
            var from = at;
            ReadCount(ref at, out number);
            if (at == from) return Unsupported("conditions other than whether a group matched");
        }

        if (at >= pattern.Length || pattern[at] != ')' || number > Math.Max(groups, opened))
        {
            error = new(start, at, "the number of a group");
            return false;
        }

        at++;
        return Enclosed(string.Create(CultureInfo.InvariantCulture, $"(?({number})"), start, out _, out error);
    }

    private int NumberOf(string name)
    {
        var found = 0;
        foreach (var (known, number) in names)
        {
            if (known != name) continue;
            if (found != 0) return 0;
            found = number;
        }

        return found;
    }

    private bool Reference(string name, int start, out SyntaxError error)
    {
        error = default;
        var number = NumberOf(name);
        return number == 0 ? Unsupported("a reference to a group named later or twice") : Reference(number, start, out error);
    }

    private bool Reference(int number, int start, out SyntaxError error)
    {
        error = default;
        if (number < 1 || number > groups)
        {
            error = new(start, at, "the number of a group that exists");
            return false;
        }

        // PCRE treats a group that refers to itself as atomic, .NET does not.
        if (open.Contains(number)) Untranslatable ??= "a group that refers to itself";
        output.Append(CultureInfo.InvariantCulture, $"{(ignoreCase ? "(?i:" : "(?:")}\\k<{number}>)");
        return true;
    }
}
