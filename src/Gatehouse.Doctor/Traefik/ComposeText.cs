using System.Text;

namespace Gatehouse.Doctor.Traefik;

/// <summary>What compose makes of a value before anybody reads it (compose specification, interpolation): <c>$NAME</c> and <c>${NAME}</c> are variables, <c>$$</c> is a dollar.</summary>
internal static class ComposeText
{
    /// <summary>The value with defaults where a variable has one, and nothing where it is not set; variables are of the machine on which compose runs, and not known here.</summary>
    /// <param name="value">As written.</param>
    /// <param name="names">The plain variables that may well be none: each began with a single dollar.</param>
    public static string Interpolated(string value, out IReadOnlyList<string> names)
    {
        var found = new List<string>();
        names = found;
        if (!value.Contains('$', StringComparison.Ordinal)) return value;
        var result = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '$' || i + 1 >= value.Length)
            {
                result.Append(value[i]);
                continue;
            }

            var next = value[i + 1];
            if (next == '$')
            {
                result.Append('$');
                i++;
            }
            else if (next == '{' && value.IndexOf('}', i) is > 0 and var close)
            {
                var mark = value.AsSpan(i + 2, close - i - 2).IndexOf(":-");
                if (mark >= 0) result.Append(value.AsSpan(i + 4 + mark, close - i - 4 - mark));
                else result.Append("${").Append(value.AsSpan(i + 2, close - i - 2)).Append('}');
                i = close;
            }
            else if (char.IsAsciiLetter(next) || next == '_')
            {
                var end = i + 1;
                while (end < value.Length && (char.IsAsciiLetterOrDigit(value[end]) || value[end] == '_')) end++;
                found.Add(value[(i + 1)..end]);
                i = end - 1;
            }
            else result.Append('$');
        }

        return result.ToString();
    }
}
