using System.Text;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>Texts with variables in them (ngx_http_script.c): <c>$name</c>, <c>${name}</c>, <c>$1</c>.</summary>
internal static class Script
{
    /// <summary>Whether a text has variables.</summary>
    public static bool HasVariables(string text) => text.Contains('$', StringComparison.Ordinal);

    /// <summary>The text with its variables' values.</summary>
    public static Text Run(Flow flow, string text)
    {
        if (!HasVariables(text)) return new(text);
        var result = new StringBuilder(text.Length + 32);
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (c != '$' || !Name(text, at, out var name, out var end))
            {
                result.Append(c);
                at++;
                continue;
            }

            at = end;
            if (name.Length == 1 && char.IsAsciiDigit(name[0]))
            {
                result.Append(Capture(flow, name[0] - '0'));
                continue;
            }

            var value = Variables.Of(flow, name);
            if (!value.IsKnown) return value;
            result.Append(value.Plain);
        }

        return new(result.ToString());
    }

    /// <summary>A group of the last pattern that matched; empty where there is none.</summary>
    public static string Capture(Flow flow, int number) => number < flow.Captures.Length ? flow.Captures[number] ?? "" : "";

    /// <summary>The variables that a text names.</summary>
    public static IEnumerable<string> Names(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || !Name(text, at, out var name, out var end)) continue;
            yield return name;
            at = end - 1;
        }
    }

    /// <summary>The name behind a dollar sign.</summary>
    public static bool Name(string text, int at, out string name, out int end)
    {
        name = "";
        end = at + 1;
        if (end >= text.Length) return false;
        if (text[end] is >= '1' and <= '9')
        {
            name = text.Substring(end, 1);
            end++;
            return true;
        }

        var braces = text[end] == '{';
        var start = braces ? end + 1 : end;
        var stop = start;
        while (stop < text.Length && (char.IsAsciiLetterOrDigit(text[stop]) || text[stop] == '_')) stop++;
        if (stop == start || (braces && (stop >= text.Length || text[stop] != '}'))) return false;
        name = text[start..stop];
        end = braces ? stop + 1 : stop;
        return true;
    }
}
