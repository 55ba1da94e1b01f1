using System.Text;

namespace Gatehouse.Doctor.Inputs.Curl;

/// <summary>The quotes <c>$'...'</c> with C's escapes (POSIX.1-2024 XCU section 2.2.4; bash manual, "ANSI-C Quoting"), which browsers write where a text has a quote or is not ASCII.</summary>
internal static class AnsiQuotes
{
    /// <summary>Reads from the dollar sign on.</summary>
    public static void Read(string text, ref int at, StringBuilder word, Action<int, string> say)
    {
        var start = at;
        at += 2;
        while (at < text.Length && text[at] != '\'')
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                var length = char.IsSurrogatePair(text, at) ? 2 : 1;
                word.Append(Octets.Of(text.Substring(at, length)));
                at += length;
                continue;
            }

            var c = text[at + 1];
            at += 2;
            switch (c)
            {
                case 'n': word.Append('\n'); break;
                case 't': word.Append('\t'); break;
                case 'r': word.Append('\r'); break;
                case 'a': word.Append('\a'); break;
                case 'b': word.Append('\b'); break;
                case 'e' or 'E': word.Append('\x1b'); break;
                case 'f': word.Append('\f'); break;
                case 'v': word.Append('\v'); break;
                case '\\' or '\'' or '"' or '?': word.Append(c); break;
                case 'x': AppendOctet(Number(text, ref at, 2, 16), "x", word); break;
                case >= '0' and <= '7':
                    at--;
                    AppendOctet(Number(text, ref at, 3, 8), "", word);
                    break;
                case 'u': AppendRune(text, ref at, 4, word); break;
                case 'U': AppendRune(text, ref at, 8, word); break;
                case 'c' when at < text.Length:
                    word.Append((char)(text[at++] & 0x1f));
                    break;
                case '\r' or '\n': word.Append('\\').Append(c); break;
                default: word.Append('\\').Append(Octets.Of(c.ToString())); break;
            }
        }

        if (at == text.Length) say(start, "this quote is never closed");
        else at++;
    }

    private static void AppendOctet(int number, string letter, StringBuilder word)
    {
        if (number < 0) word.Append('\\').Append(letter);
        else word.Append((char)(number & 0xFF));
    }

    private static void AppendRune(string text, ref int at, int most, StringBuilder word)
    {
        var number = Number(text, ref at, most, 16);
        if (number < 0)
        {
            word.Append('\\').Append(most == 4 ? 'u' : 'U');
            return;
        }

        // Browsers write characters beyond the first plane as two escapes, a surrogate each.
        if (number is >= 0xD800 and < 0xDC00 && at + 1 < text.Length && text[at] == '\\' && text[at + 1] == 'u')
        {
            var back = at;
            at += 2;
            var low = Number(text, ref at, 4, 16);
            if (low is >= 0xDC00 and < 0xE000) number = 0x10000 + ((number - 0xD800) << 10) + (low - 0xDC00);
            else at = back;
        }

        word.Append(Octets.Of((Rune.IsValid(number) ? new Rune(number) : Rune.ReplacementChar).ToString()));
    }

    private static int Number(string text, ref int at, int most, int radix)
    {
        var number = 0L;
        var start = at;
        while (at < text.Length && at - start < most)
        {
            var digit = char.IsAsciiHexDigit(text[at]) ? Convert.ToInt32(text[at].ToString(), 16) : 99;
            if (digit >= radix) break;
            number = (number * radix) + digit;
            at++;
        }

        return at == start ? -1 : (int)Math.Min(number, int.MaxValue);
    }
}
