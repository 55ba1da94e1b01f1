using System.Globalization;

namespace Gatehouse.Doctor.Logs;

/// <summary>A time as a log tells it: often without a zone, sometimes without a year, in whole seconds or finer.</summary>
/// <param name="Wall">As written; the year is 1 where none stands there.</param>
/// <param name="Offset">The zone as written; null: the server's own zone, which the log does not tell.</param>
/// <param name="Resolution">The unit of the last digit.</param>
public readonly record struct LogTime(DateTime Wall, TimeSpan? Offset, TimeSpan Resolution)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The instant, with what the line leaves open taken from where it is read.</summary>
    /// <param name="zone">The zone of lines without one.</param>
    /// <param name="near">A line without a year belongs to the year that brings it nearest to this.</param>
    public DateTimeOffset At(TimeZoneInfo zone, DateTimeOffset near)
    {
        var wall = Wall;
        if (wall.Year == 1)
        {
            var day = Math.Min(wall.Day, DateTime.DaysInMonth(near.Year, wall.Month));
            wall = new DateTime(near.Year, wall.Month, day, 0, 0, 0, DateTimeKind.Unspecified) + wall.TimeOfDay;
            if (wall - near.DateTime > TimeSpan.FromDays(180) && wall.Year > 1) wall = wall.AddYears(-1);
        }

        if (Offset is { } offset) return wall.Ticks > TimeSpan.TicksPerDay && wall.Year < 9999 ? new DateTimeOffset(wall, offset) : DateTimeOffset.UnixEpoch;
        return wall.Year is > 1 and < 9999 ? new DateTimeOffset(wall, zone.GetUtcOffset(wall)) : DateTimeOffset.UnixEpoch;
    }

    /// <summary>Seconds since 1970 with a fraction, milliseconds, microseconds or nanoseconds: told apart by their size.</summary>
    public static LogTime? Epoch(string text)
    {
        if (text.Length is < 9 or > 24 || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        var (unit, resolution) = number switch
        {
            < 100_000_000m => (0m, Second),
            < 100_000_000_000m => (1m, text.Contains('.', StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(1) : Second),
            < 100_000_000_000_000m => (1_000m, TimeSpan.FromMilliseconds(1)),
            < 100_000_000_000_000_000m => (1_000_000m, TimeSpan.FromMicroseconds(1)),
            < 100_000_000_000_000_000_000m => (1_000_000_000m, TimeSpan.FromTicks(1)),
            _ => (0m, Second),
        };
        if (unit == 0) return null;
        return new LogTime(DateTime.UnixEpoch.AddTicks((long)(number / unit * TimeSpan.TicksPerSecond)), TimeSpan.Zero, resolution);
    }

    /// <summary><c>24/Nov/2026:14:30:40 +0000</c>, with or without fraction and zone (Common Log Format, HAProxy).</summary>
    public static LogTime? Clf(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var offset = default(TimeSpan?);
        if (text.Length > 6 && text[^5] is '+' or '-' && Zone(text[^5..]) is { } zone)
        {
            offset = zone;
            text = text[..^5].TrimEnd();
        }

        return Exact(text, offset, "dd/MMM/yyyy:HH:mm:ss.ffffff", "dd/MMM/yyyy:HH:mm:ss.fff", "dd/MMM/yyyy:HH:mm:ss", "d/MMM/yyyy:HH:mm:ss");
    }

    /// <summary>ISO 8601 and its relatives: a blank for the T, a comma for the point, slashes for the hyphens, with or without zone.</summary>
    /// <param name="text">Begins with the time.</param>
    /// <param name="length">How many characters belong to it.</param>
    public static LogTime? IsoAtStart(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        if (text.Length < 19 || !Digits(text, 0, 4) || text[4] is not ('-' or '/') || !Digits(text, 5, 2) || text[7] != text[4] || !Digits(text, 8, 2)
            || text[10] is not ('T' or 't' or ' ') || !Digits(text, 11, 2) || text[13] != ':' || !Digits(text, 14, 2) || text[16] != ':' || !Digits(text, 17, 2)) return null;
        var at = 19;
        var fraction = 0L;
        var digits = 0;
        if (at < text.Length && text[at] is '.' or ',')
        {
            for (var i = at + 1; i < text.Length && char.IsAsciiDigit(text[i]) && digits < 9; i++, digits++)
                if (digits < 7) fraction = fraction * 10 + (text[i] - '0');
            if (digits > 0) at += 1 + digits;
        }

        for (var i = digits; i < 7; i++) fraction *= 10;
        TimeSpan? offset = null;
        if (at < text.Length && text[at] is 'Z' or 'z') (offset, at) = (TimeSpan.Zero, at + 1);
        else
        {
            var from = at < text.Length && text[at] == ' ' ? at + 1 : at;
            if (from + 6 <= text.Length && text[from] is '+' or '-' && text[from + 3] == ':' && Zone(text.Slice(from, 6)) is { } colon) (offset, at) = (colon, from + 6);
            else if (from + 5 <= text.Length && text[from] is '+' or '-' && Zone(text.Slice(from, 5)) is { } plain) (offset, at) = (plain, from + 5);
        }

        int year = Number(text, 0, 4), month = Number(text, 5, 2), day = Number(text, 8, 2), hour = Number(text, 11, 2), minute = Number(text, 14, 2), second = Math.Min(59, Number(text, 17, 2));
        if (year < 1970 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59) return null;
        length = at;
        return new LogTime(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).AddTicks(fraction), offset, digits switch
        {
            0 => Second,
            <= 3 => TimeSpan.FromMilliseconds(1),
            _ => TimeSpan.FromMicroseconds(1),
        });
    }

    /// <summary>By the first of several .NET patterns that fits.</summary>
    public static LogTime? Exact(ReadOnlySpan<char> text, TimeSpan? offset, params ReadOnlySpan<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (!DateTime.TryParseExact(text, pattern, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite | DateTimeStyles.AllowLeadingWhite | DateTimeStyles.NoCurrentDateDefault, out var value)) continue;
            return new LogTime(DateTime.SpecifyKind(value, DateTimeKind.Unspecified), offset, pattern.Contains(".ffffff", StringComparison.Ordinal) ? TimeSpan.FromMicroseconds(1)
                : pattern.Contains("fff", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(1) : Second);
        }

        return null;
    }

    /// <summary><c>Nov 24 14:30:40</c>, the year missing (RFC 3164 section 4.1.2).</summary>
    public static LogTime? SyslogAtStart(ReadOnlySpan<char> text)
    {
        if (text.Length < 15 || text[3] != ' ' || text[9] != ':' || text[12] != ':') return null;
        var month = "JanFebMarAprMayJunJulAugSepOctNovDec".AsSpan().IndexOf(text[..3], StringComparison.Ordinal);
        if (month < 0 || month % 3 != 0 || !Digits(text, 7, 2) || !Digits(text, 10, 2) || !Digits(text, 13, 2)) return null;
        var day = int.TryParse(text.Slice(4, 2), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var number) ? number : 0;
        month = month / 3 + 1;
        if (day < 1 || day > DateTime.DaysInMonth(2024, month) || Number(text, 7, 2) > 23 || Number(text, 10, 2) > 59) return null;
        day = Math.Min(day, DateTime.DaysInMonth(1, month)); // year 1 is no leap year
        return new LogTime(new DateTime(1, month, day, Number(text, 7, 2), Number(text, 10, 2), Math.Min(59, Number(text, 13, 2)), DateTimeKind.Unspecified), null, Second);
    }

    private static TimeSpan? Zone(ReadOnlySpan<char> text)
    {
        var digits = text.Length == 6 ? string.Concat(text.Slice(1, 2), text.Slice(4, 2)) : text[1..].ToString();
        return digits.Length == 4 && digits.All(char.IsAsciiDigit) && Number(digits, 0, 2) < 15 && Number(digits, 2, 2) < 60
            ? (text[0] == '-' ? -1 : 1) * new TimeSpan(Number(digits, 0, 2), Number(digits, 2, 2), 0)
            : null;
    }

    private static bool Digits(ReadOnlySpan<char> text, int from, int count) => from + count <= text.Length && !text.Slice(from, count).ContainsAnyExceptInRange('0', '9');

    private static int Number(ReadOnlySpan<char> text, int from, int count)
    {
        var number = 0;
        foreach (var c in text.Slice(from, count)) number = number * 10 + (c - '0');
        return number;
    }
}
