using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Inputs.PowerShell;

/// <summary>The quoted texts of PowerShell (about_Quoting_Rules, about_Special_Characters). A command inside a string is not run.</summary>
internal sealed class PowerShellStrings(PowerShellText source, Func<string, PowerShellValue> variable, Action<int, string> say)
{
    /// <summary>'...', in which a quote is doubled.</summary>
    internal string Single()
    {
        var start = source.At++;
        var word = new StringBuilder();
        for (; !source.IsAtEnd; source.At++)
        {
            if (source.Peek() != '\'') word.Append(source.Peek());
            else if (source.Peek(1) == '\'') word.Append(source.Take());
            else
            {
                source.At++;
                return word.ToString();
            }
        }

        say(start, "this quote is never closed");
        return word.ToString();
    }

    /// <summary>"..." with its escapes and variables; null: it holds what is not known here.</summary>
    internal string? Double()
    {
        var start = source.At++;
        var word = new StringBuilder();
        var unknown = false;
        while (!source.IsAtEnd)
        {
            var c = source.Peek();
            if (c == '"' && !(source.Peek(1) == '"'))
            {
                source.At++;
                return unknown ? null : word.ToString();
            }

            if (c == '"')
            {
                word.Append('"');
                source.At += 2;
            }
            else if (c == '`' && source.Peek(1) is not '\0')
            {
                source.At++;
                Escape(word);
            }
            else if (c == '$' && (char.IsAsciiLetterOrDigit(source.Peek(1)) || source.Peek(1) is '(' or '{' or '_'))
            {
                unknown |= !Expanded(word);
            }
            else
            {
                word.Append(source.Take());
            }
        }

        say(start, "this quote is never closed");
        return unknown ? null : word.ToString();
    }

    // $name, ${name} and $([char]252) inside a string.
    private bool Expanded(StringBuilder word)
    {
        var start = source.At;
        if (source.Peek(1) == '(')
        {
            source.SkipParentheses();
            var inside = source.Between(start + 2, Math.Max(start + 2, source.At - 1)).Trim();
            if (inside.StartsWith("[char]", StringComparison.OrdinalIgnoreCase) && Character(inside[6..]) is { } character)
            {
                word.Append(character);
                return true;
            }

            say(start, "a command inside a string is not run: its option is left out");
            return false;
        }

        source.At++;
        var braces = source.Peek() == '{';
        if (braces) source.At++;
        var name = source.Identifier();
        if (braces) source.SkipTo('}');
        if (variable(name).Text is { } known)
        {
            word.Append(known);
            return true;
        }

        say(start, $"the variable `{(name.Length > 40 ? name[..40] : name)}` has no value here: its option is left out");
        return false;
    }

    /// <summary>The character of a number, as in <c>[char]252</c>; null: it is none.</summary>
    internal static string? Character(string number)
    {
        var plain = number.Trim();
        var hex = plain.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return int.TryParse(hex ? plain[2..] : plain, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is > 0 and <= 0xFFFF ? ((char)code).ToString() : null;
    }

    /// <summary>What stands behind a backtick.</summary>
    internal void Escape(StringBuilder word)
    {
        var c = source.Take();
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

    /// <summary>A text between <c>@"</c> and <c>"@</c> on lines of their own.</summary>
    internal PowerShellValue HereString()
    {
        var quote = source.Peek(1);
        var begin = source.Find("\n", source.At);
        var end = begin < 0 ? -1 : source.Find("\n" + quote + "@", begin);
        if (end < 0)
        {
            say(source.At, "this text is never closed");
            source.SkipAll();
            return PowerShellValue.Nothing;
        }

        source.At = end + 3;
        var inside = end <= begin ? "" : source.Between(begin + 1, end).TrimEnd('\r');
        return quote == '"' && inside.Contains('$', StringComparison.Ordinal) ? PowerShellValue.Nothing : new() { Text = inside };
    }
}
