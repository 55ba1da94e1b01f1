using System.Globalization;

namespace Gatehouse.Guard.Settings;

/// <summary>Durations as people write them: <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>90d</c>.</summary>
public static class Durations
{
    /// <summary>A whole number of up to six digits and a unit.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length is < 2 or > 7 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        TimeSpan? read = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
        duration = read ?? default;
        return read is not null;
    }

    /// <summary>In the largest unit that fits.</summary>
    public static string Text(TimeSpan duration) =>
        duration.Ticks % TimeSpan.TicksPerDay == 0 && duration > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays}d")
        : duration.Ticks % TimeSpan.TicksPerHour == 0 && duration > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours}h")
        : duration.Ticks % TimeSpan.TicksPerMinute == 0 && duration > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes}m")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s");
}
