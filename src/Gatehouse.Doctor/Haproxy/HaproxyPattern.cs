using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Matches a value against patterns (configuration manual, 7.1).</summary>
internal static class HaproxyPattern
{
    /// <summary>Patterns behind one that timed out or can't be read: thousands of slow ones would take hours.</summary>
    private const int MaxUnknown = 20;


    /// <summary>Whether one of the patterns fits.</summary>
    public static Truth Matches(AskedRequest request, string value, string matching, bool ignoreCase, IReadOnlyList<string> patterns)
    {
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var result = Truth.False;
        string? op = null;
        var unknown = 0;
        foreach (var pattern in patterns)
        {
            if (matching == "int" && pattern is "eq" or "ge" or "gt" or "le" or "lt")
            {
                op = pattern;
                continue;
            }

            if (result == Truth.Unknown && ++unknown > MaxUnknown) break;
            result = result.Or(matching switch
            {
                "str" => TruthTables.Of(value.Equals(pattern, comparison)),
                "beg" => TruthTables.Of(value.StartsWith(pattern, comparison)),
                "end" => TruthTables.Of(value.EndsWith(pattern, comparison)),
                "sub" => TruthTables.Of(value.Contains(pattern, comparison)),
                "dir" => TruthTables.Of(('/' + value.Trim('/') + '/').Contains('/' + pattern.Trim('/') + '/', comparison)),
                "dom" => TruthTables.Of(Domain(value, pattern.Trim('.'), comparison)),
                "reg" => ServerExpression.Matches(value, pattern, ignoreCase),
                "len" => TruthTables.Of(int.TryParse(pattern, out var length) && value.Length == length),
                "int" => Compare(value, op, pattern),
                "ip" => Gatehouse.Doctor.Logs.Formats.Values.Client(value) is { } address ? request with { Address = address } is var other ? other.AddressIn([pattern]) : Truth.Unknown : Truth.False,
                _ => Truth.Unknown,
            });
            if (result == Truth.True) break;
        }

        return result;
    }

    /// <summary>The pattern stands between marks that part a host's name from what is around it.</summary>
    private static bool Domain(string value, string pattern, StringComparison comparison)
    {
        for (var at = value.IndexOf(pattern, comparison); at >= 0; at = at + 1 < value.Length ? value.IndexOf(pattern, at + 1, comparison) : -1)
        {
            var end = at + pattern.Length;
            if ((at == 0 || value[at - 1] is '/' or '.' or ':' or '?' or '@') && (end == value.Length || value[end] is '/' or '.' or ':' or '?')) return true;
            if (pattern.Length == 0) return true;
        }

        return false;
    }

    private static Truth Compare(string value, string? op, string pattern)
    {
        if (!long.TryParse(value, out var number)) return Truth.Unknown;
        var range = pattern.Split(':');
        if (range.Length == 2)
            return TruthTables.Of((range[0].Length == 0 || (long.TryParse(range[0], out var low) && number >= low)) && (range[1].Length == 0 || (long.TryParse(range[1], out var high) && number <= high)));
        if (!long.TryParse(pattern, out var other)) return Truth.Unknown;
        return TruthTables.Of(op switch { "ge" => number >= other, "gt" => number > other, "le" => number <= other, "lt" => number < other, _ => number == other });
    }

    /// <summary>How a fetch is matched where <c>-m</c> says nothing.</summary>
    public static string MatchingOf(string name, bool converted)
    {
        var mark = name.LastIndexOf('_');
        if (mark > 0 && name[(mark + 1)..] is "beg" or "end" or "sub" or "reg" or "dir" or "dom" or "len" or "ip") return name[(mark + 1)..];
        return !converted && (name.EndsWith("_cnt", StringComparison.Ordinal) || name.EndsWith("_port", StringComparison.Ordinal) || name.EndsWith("_val", StringComparison.Ordinal) || name is "date" or "int") ? "int" : "str";
    }
}
