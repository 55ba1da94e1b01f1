using System.Globalization;
using Gatehouse.Doctor.Servers;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Converters between a fetch and its patterns (configuration manual, 7.3.1).</summary>
internal sealed class HaproxyConverter(AskedRequest request, ConfigurationFiles files, TimeZoneInfo zone)
{
    /// <summary>The year 2999: a field of the request may hold any number, and no date is made of it.</summary>
    private const long MaxSeconds = 32_472_144_000;

    /// <summary>Entries read of one map: a list of networks, not a way to fill memory.</summary>
    private const int MaxEntries = 200_000;

    /// <summary>Converts a value; false: it can't be told from here. Null: the sample is gone.</summary>
    public bool Convert(string converter, string value, HaproxyLine line, out string? result)
    {
        var (name, argument) = HaproxySample.Call(converter);
        result = value;
        switch (name)
        {
            case "lower":
                result = value.ToLowerInvariant();
                return true;
            case "upper":
                result = value.ToUpperInvariant();
                return true;
            case "url_dec":
                result = Uri.UnescapeDataString(value);
                return true;
            case "ltime" or "utime" when long.TryParse(value, out var seconds) && seconds is >= 0 and < MaxSeconds && argument is not null && !argument.Contains(',', StringComparison.Ordinal):
                var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
                result = Strftime(argument, name == "utime" ? at : TimeZoneInfo.ConvertTime(at, zone));
                return result is not null;
            case "length":
                result = value.Length.ToString(CultureInfo.InvariantCulture);
                return true;
            case "bool":
                result = value is "0" or "" ? "0" : "1";
                return true;
            case "host_only" or "port_only":
                // Of an IPv6 address in brackets the colons are its own.
                var colon = value.LastIndexOf(':');
                var parted = colon > value.LastIndexOf(']') ? colon : -1;
                result = name == "host_only" ? parted < 0 ? value : value[..parted] : parted < 0 ? "0" : value[(parted + 1)..];
                return true;
            case "field" or "word" when argument?.Split(',') is [var index, var separator] && int.TryParse(index, out var at1) && at1 > 0 && separator.Length > 0:
                // Each character of the second argument parts; between two of them there is an empty field, and no word.
                var fields = value.Split(separator.ToCharArray(), name == "word" ? StringSplitOptions.RemoveEmptyEntries : StringSplitOptions.None);
                result = at1 <= fields.Length ? fields[at1 - 1] : null;
                return at1 <= fields.Length || name == "field"; // what becomes of a word that is not there differs between releases
            case "ipmask" when argument is not null && !value.Contains(':', StringComparison.Ordinal) && Network.TryParse($"{value}/{argument.Split(',')[0]}", out var masked, out _, out _):
                result = masked.BaseAddress.ToString();
                return true;
            case "map" or "map_str" or "map_beg" or "map_sub" or "map_end" or "map_dom" or "map_dir" or "map_reg" or "map_ip" or "map_len" when argument is not null:
                return Map(argument.Split(','), name == "map" ? "str" : name[4..], value, line, out result);
            case "sub" or "add" when long.TryParse(value, out var left) && long.TryParse(argument, out var right):
                result = (name == "add" ? left + right : left - right).ToString(CultureInfo.InvariantCulture);
                return true;
            case "strcmp":
                return false;
        }

        return false;
    }

    private static string? Strftime(string format, DateTimeOffset at)
    {
        var result = new System.Text.StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            var piece = format[++i] switch
            {
                'H' => at.ToString("HH", CultureInfo.InvariantCulture),
                'M' => at.ToString("mm", CultureInfo.InvariantCulture),
                'S' => at.ToString("ss", CultureInfo.InvariantCulture),
                'd' => at.ToString("dd", CultureInfo.InvariantCulture),
                'm' => at.ToString("MM", CultureInfo.InvariantCulture),
                'Y' => at.ToString("yyyy", CultureInfo.InvariantCulture),
                'w' => ((int)at.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'u' => (at.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)at.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'a' => at.ToString("ddd", CultureInfo.InvariantCulture),
                'R' => at.ToString("HH:mm", CultureInfo.InvariantCulture),
                'T' => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
                'F' => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (piece is null) return null;
            result.Append(piece);
        }

        return result.ToString();
    }

    /// <summary>The value behind the first key that fits, else what the rule gives for none (7.3.1, map).</summary>
    private bool Map(string[] arguments, string matching, string value, HaproxyLine line, out string? result)
    {
        result = null;
        if (files.Named(line.File, arguments[0], line.Number) is not { } map) return false;
        if (map.Lines.Length > MaxEntries) return false;
        var best = default((string Key, string Value)?);
        foreach (var entry in map.Lines.Select(text => text.Trim()).Where(text => text.Length > 0 && text[0] != '#'))
        {
            if (entry.Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not [var key, var behind]) continue;
            var fits = HaproxyPattern.Matches(request, value, matching, ignoreCase: false, [key]);
            if (fits == Truth.Unknown) return false;
            // Of networks and beginnings the longest counts, of all others the first.
            if (fits == Truth.True && (best is null || (matching == "beg" && key.Length > best.Value.Key.Length) || (matching == "ip" && Narrower(key, best.Value.Key)))) best = (key, behind);
        }

        result = best?.Value ?? (arguments.Length > 1 ? arguments[1] : null);
        return true;
    }

    private static bool Narrower(string one, string other) =>
        Network.TryParse(one, out var left, out _, out _) && Network.TryParse(other, out var right, out _, out _) && left.PrefixLength > right.PrefixLength;
}
