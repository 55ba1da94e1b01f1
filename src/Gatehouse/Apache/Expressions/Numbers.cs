namespace Gatehouse.Apache.Expressions;

/// <summary>Numbers as C's library reads them: blanks, a sign, digits, and no word about what follows.</summary>
internal static class Numbers
{
    /// <summary>64 bits, at the limits where it is larger (strtol).</summary>
    public static long Read(string text)
    {
        var at = 0;
        while (at < text.Length && text[at] is ' ' or (>= '\t' and <= '\r')) at++;
        var negative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is '-' or '+') at++;
        Int128 value = 0;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++) value = Int128.Min(value * 10 + (text[at] - '0'), (Int128)long.MaxValue + 1);
        return (long)Int128.Clamp(negative ? -value : value, long.MinValue, long.MaxValue);
    }

    /// <summary>32 bits, cut off as C's atoi on Linux does.</summary>
    public static int Read32(string text) => unchecked((int)Read(text));
}
