using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Policy;

/// <summary>The minutes of a week at which access is open, in one time zone: <c>mon-fri 08:00-18:00 sat 9-12 Europe/Berlin</c>.</summary>
internal sealed class OpenHours
{
    private const int MinutesPerDay = 24 * 60;
    private const int MinutesPerWeek = 7 * MinutesPerDay;

    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly bool[] _open = new bool[MinutesPerWeek];

    private OpenHours()
    {
    }

    /// <summary>UTC where the rule names none.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Whether it is open at this moment; a window ends just before its last minute.</summary>
    public bool Contain(DateTimeOffset time)
    {
        var local = Local(time);
        return _open[((int)local.DayOfWeek + 6) % 7 * MinutesPerDay + local.Hour * 60 + local.Minute];
    }

    /// <summary>The moment on the clock of the zone.</summary>
    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);

    /// <summary>Whether the other is open whenever this is; false also where two zones make it hard to say.</summary>
    public bool AreWithin(OpenHours other) => SameZone(other) && !CanMeet([this], [other]);

    /// <summary>Whether there is a minute at which all of one list and none of the other is open; true also where zones differ.</summary>
    public static bool CanMeet(IReadOnlyList<OpenHours> inside, IReadOnlyList<OpenHours> outside)
    {
        if (inside.Count + outside.Count == 0) return true;
        var zone = inside.Concat(outside).First();
        if (!inside.Concat(outside).All(zone.SameZone)) return true;
        for (var minute = 0; minute < MinutesPerWeek; minute++)
            if (inside.All(hours => hours._open[minute]) && outside.All(hours => !hours._open[minute])) return true;
        return false;
    }

    private bool SameZone(OpenHours other) => string.Equals(Zone.Id, other.Zone.Id, StringComparison.Ordinal);

    // hours = 1*( *day window ) [ zone ]      day = dayname [ "-" dayname ]      window = time "-" time      time = 1*2DIGIT [ ":" 2DIGIT ]
    /// <summary>Reads the values of <c>hours</c>; false with the number of the value at fault and what was expected there.</summary>
    public static bool TryParse(IReadOnlyList<string> values, [NotNullWhen(true)] out OpenHours? hours, out int at, out string expected)
    {
        hours = null;
        var result = new OpenHours();
        List<int> days = [];
        var windows = 0;
        var windowSinceDays = true;
        for (at = 0; at < values.Count; at++)
        {
            var value = values[at];
            if (TryParseDays(value, days, windowSinceDays))
            {
                windowSinceDays = false;
            }
            else if (TryParseWindow(value, out var from, out var to))
            {
                result.Open(days, from, to);
                windowSinceDays = true;
                windows++;
            }
            else if (at == values.Count - 1 && windows > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(value, out var zone))
            {
                result.Zone = zone;
            }
            else
            {
                expected = at == values.Count - 1 && windows > 0 && value.Contains('/')
                    ? "the name of a time zone that this system knows, such as `Europe/Berlin`"
                    : "a day (`mon-fri`) or a window such as `08:00-18:00`";
                return false;
            }
        }

        expected = "a window such as `08:00-18:00`";
        if (windows == 0 || !windowSinceDays) return false;
        hours = result;
        return true;
    }

    private void Open(List<int> days, int from, int to)
    {
        // 22:00-06:00 runs into the next day.
        var length = to > from ? to - from : to + MinutesPerDay - from;
        for (var day = 0; day < 7; day++)
        {
            if (days.Count > 0 && !days.Contains(day)) continue;
            for (var minute = 0; minute < length; minute++)
                _open[(day * MinutesPerDay + from + minute) % MinutesPerWeek] = true;
        }
    }

    private static bool TryParseDays(string text, List<int> days, bool begins)
    {
        var dash = text.IndexOf('-');
        var first = Array.IndexOf(Days, dash < 0 ? text : text[..dash]);
        var last = dash < 0 ? first : Array.IndexOf(Days, text[(dash + 1)..]);
        if (first < 0 || last < 0) return false;
        if (begins) days.Clear();
        for (var day = first; ; day = (day + 1) % 7)
        {
            days.Add(day);
            if (day == last) return true;
        }
    }

    private static bool TryParseWindow(string text, out int from, out int to)
    {
        (from, to) = (0, 0);
        var dash = text.IndexOf('-');
        return dash > 0 && TryParseTime(text.AsSpan(0, dash), out from) && TryParseTime(text.AsSpan(dash + 1), out to) && from != to && from < MinutesPerDay;
    }

    private static bool TryParseTime(ReadOnlySpan<char> text, out int minute)
    {
        minute = 0;
        var colon = text.IndexOf(':');
        var hourText = colon < 0 ? text : text[..colon];
        var minuteText = colon < 0 ? "00" : text[(colon + 1)..];
        if (hourText.Length is 0 or > 2 || minuteText.Length != 2) return false;
        foreach (var c in hourText) if (!char.IsAsciiDigit(c)) return false;
        foreach (var c in minuteText) if (!char.IsAsciiDigit(c)) return false;
        var (hour, rest) = (int.Parse(hourText), int.Parse(minuteText));
        minute = hour * 60 + rest;
        return rest < 60 && minute <= MinutesPerDay;
    }
}
