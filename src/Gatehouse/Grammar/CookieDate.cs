namespace Gatehouse.Grammar;

/// <summary>Reads the dates of Set-Cookie as browsers do (RFC 6265bis section 5.1.1): tokens in any order, of almost any form.</summary>
internal static class CookieDate
{
    /// <summary>Reads a date.</summary>
    /// <returns>False where day, month, year or time is missing or out of range.</returns>
    internal static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        int hour = -1, minute = 0, second = 0, day = -1, month = -1, year = -1;
        for (var at = 0; at < text.Length;)
        {
            if (IsDelimiter(text[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < text.Length && !IsDelimiter(text[at])) at++;
            var token = text[start..at];
            if (hour < 0 && TryReadTime(token, out var h, out var m, out var s)) (hour, minute, second) = (h, m, s);
            else if (day < 0 && TryReadNumber(token, 1, 2, out var d)) day = d;
            else if (month < 0 && TryReadMonth(token, out var n)) month = n;
            else if (year < 0 && TryReadNumber(token, 2, 4, out var y)) year = y is >= 70 and <= 99 ? y + 1900 : y is >= 0 and <= 69 ? y + 2000 : y;
        }

        if (hour is < 0 or > 23 || minute > 59 || second > 59 || day is < 1 or > 31 || month < 1 || year is < 1601 or > 9999) return false;
        if (day > DateTime.DaysInMonth(year, month)) return false;
        value = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    // delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
    private static bool IsDelimiter(char c) => c is '\t' or (>= ' ' and <= '/') or (>= ';' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~');

    // time = hms-time [ non-digit *OCTET ]; hms-time = time-field ":" time-field ":" time-field, each of one or two digits
    private static bool TryReadTime(ReadOnlySpan<char> token, out int hour, out int minute, out int second)
    {
        minute = second = 0;
        return TryReadField(ref token, out hour) && TryTake(ref token, ':')
            && TryReadField(ref token, out minute) && TryTake(ref token, ':')
            && TryReadField(ref token, out second)
            && (token.IsEmpty || !char.IsAsciiDigit(token[0]));
    }

    private static bool TryReadField(ref ReadOnlySpan<char> token, out int value)
    {
        value = 0;
        var length = 0;
        while (length < token.Length && length < 2 && char.IsAsciiDigit(token[length])) value = value * 10 + (token[length++] - '0');
        token = token[length..];
        return length > 0;
    }

    private static bool TryTake(ref ReadOnlySpan<char> token, char c)
    {
        if (token.IsEmpty || token[0] != c) return false;
        token = token[1..];
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> token, int least, int most, out int value)
    {
        value = 0;
        var length = 0;
        while (length < token.Length && char.IsAsciiDigit(token[length]) && length <= most) value = value * 10 + (token[length++] - '0');
        return length >= least && length <= most;
    }

    private static bool TryReadMonth(ReadOnlySpan<char> token, out int month)
    {
        month = token.Length < 3 ? -1 : "janfebmaraprmayjunjulaugsepoctnovdec".AsSpan().IndexOf(token[..3], StringComparison.OrdinalIgnoreCase);
        if (month < 0 || month % 3 != 0) return false;
        month = month / 3 + 1;
        return true;
    }
}
