using System.Text;

namespace Gatehouse.Apache.Syntax;

/// <summary>Cuts the words of a line as httpd does (ap_getword_conf, ap_getword_white).</summary>
public static class Words
{
    /// <summary>isspace(3) in the C locale.</summary>
    internal const string White = " \t\n\v\f\r";

    /// <summary>The same for Trim.</summary>
    internal static readonly char[] Whites = White.ToCharArray();

    /// <summary>isspace(3) in the C locale.</summary>
    public static bool IsWhite(char c) => c is ' ' or (>= '\t' and <= '\r');

    /// <summary>
    /// The next word: quoted by <c>"</c> or <c>'</c>, where a backslash before the quote or a backslash is dropped, or up to white space, where
    /// a backslash before a backslash is dropped. Moves <paramref name="at"/> to the beginning of the next; empty at the end.
    /// </summary>
    public static string Next(string text, ref int at)
    {
        while (at < text.Length && IsWhite(text[at])) at++;
        if (at >= text.Length) return "";
        var quote = text[at] is '"' or '\'' ? text[at] : '\0';
        var start = quote == '\0' ? at : at + 1;
        var end = start;
        var escapes = false;
        while (end < text.Length && (quote == '\0' ? !IsWhite(text[end]) : text[end] != quote))
        {
            if (text[end] == '\\' && end + 1 < text.Length && (text[end + 1] == '\\' || (quote != '\0' && text[end + 1] == quote)))
            {
                escapes = true;
                end++;
                if (quote == '\0')
                {
                    // Without quotes httpd looks for white space alone, and undoes the pair afterwards.
                    end++;
                    continue;
                }
            }

            end++;
        }

        end = Math.Min(end, text.Length);
        at = end < text.Length && quote != '\0' ? end + 1 : end;
        while (at < text.Length && IsWhite(text[at])) at++;
        return escapes ? Unescaped(text.AsSpan(start, end - start), quote) : text[start..end];
    }

    /// <summary>All words.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        for (var at = 0; ;)
        {
            while (at < text.Length && IsWhite(text[at])) at++;
            if (at >= text.Length) return words;
            words.Add(Next(text, ref at));
        }
    }

    private static string Unescaped(ReadOnlySpan<char> word, char quote)
    {
        var result = new StringBuilder(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] == '\\' && i + 1 < word.Length && (word[i + 1] == '\\' || (quote != '\0' && word[i + 1] == quote))) i++;
            result.Append(word[i]);
        }

        return result.ToString();
    }
}
