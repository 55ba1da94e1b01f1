namespace Gatehouse.Apache.Rewriting;

/// <summary>Splits the arguments of RewriteRule and RewriteCond, which do not follow the rules of other directives: backslashes stay, but for one before a blank.</summary>
internal static class RewriteLine
{
    // argument = ( DQUOTE / SQUOTE ) *CHAR the-same / *( CHAR / "\" BLANK )
    /// <summary>Two or three arguments.</summary>
    /// <returns>What is wrong, in words; null: nothing.</returns>
    public static string? Split(string text, out string first, out string second, out string? third)
    {
        var at = 0;
        second = "";
        third = null;
        first = Argument(text, ref at, out var more);
        if (!more) return "at least two arguments are required";
        second = Argument(text, ref at, out more);
        SkipBlanks(text, ref at);
        if (!more || at >= text.Length) return null;
        third = Argument(text, ref at, out _);
        if (!third.StartsWith('[')) return $"the third argument must begin with `[`, not with `{(third.Length > 0 ? third[..1] : "")}`: too many arguments, or blanks without quotes";
        return third.EndsWith(']') && third.Length > 1 ? null : "the third argument must end with `]`: blanks inside of the flags";
    }

    private static string Argument(string text, ref int at, out bool more)
    {
        SkipBlanks(text, ref at);
        var quote = at < text.Length && text[at] is '"' or '\'' ? text[at++] : '\0';
        var start = at;
        for (; at < text.Length; at++)
        {
            if (quote == '\0' ? IsBlank(text[at]) : text[at] == quote) break;
            if (text[at] == '\\' && at + 1 < text.Length && IsBlank(text[at + 1])) at++;
        }

        var end = Math.Min(at, text.Length);
        more = at < text.Length;
        at++;
        return text[start..end];
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && IsBlank(text[at])) at++;
    }

    private static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');

    /// <summary>Flags with their values: <c>[R=301,NC]</c>.</summary>
    public static IEnumerable<(string Name, string Value)> Flags(string brackets)
    {
        foreach (var part in brackets[1..^1].Split(','))
        {
            var flag = part.Trim(' ', '\t', '\n', '\v', '\f', '\r');
            if (flag.Length == 0 && part.Length == 0 && brackets.Length == 2) yield break;
            var equals = flag.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0 ? (flag, "") : (flag[..equals], flag[(equals + 1)..]);
        }
    }
}
