using System.Text;
using Gatehouse.Apache.Expressions;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>Puts variables, back references and map values into a text, in a single pass (do_expand).</summary>
internal sealed class RewriteExpansion(RewriteRun run)
{
    /// <summary>Maps inside of maps; a configuration that nests deeper is none that anybody wrote.</summary>
    private const int MaximumDepth = 50;

    private int depth;

    /// <summary>Whether the first question mark of the last <see cref="Expand"/> came in by a variable or a back reference.</summary>
    public bool FirstMarkIsForeign { get; private set; }

    /// <summary>The same of the last question mark, at which [QSL] splits.</summary>
    public bool LastMarkIsForeign { get; private set; }

    /// <summary>The text; <paramref name="rule"/> says how back references are escaped, null: not at all.</summary>
    public Expressions.Text Expand(string input, RewriteRule? rule)
    {
        if (++depth > MaximumDepth) return Expressions.Text.Unknown("maps stand too deep inside each other");
        var output = new StringBuilder();
        var seen = false;
        var (foreign, lastForeign) = (false, false);
        for (var i = 0; i < input.Length;)
        {
            var c = input[i];
            if (c is not ('\\' or '$' or '%'))
            {
                Literal(c);
                output.Append(c);
                i++;
                continue;
            }

            if (c == '\\')
            {
                if (i + 1 < input.Length) i++;
                Literal(input[i]);
                output.Append(input[i++]);
                continue;
            }

            var next = i + 1 < input.Length ? input[i + 1] : '\0';
            if (next == '{' && Closing(input, i + 2) is var end and >= 0)
            {
                var inside = input[(i + 2)..end];
                Expressions.Text? value;
                if (c == '%')
                {
                    value = RewriteVariables.Read(inside, run);
                }
                else if (Separator(inside, ':') is var colon and >= 0)
                {
                    value = LookUp(inside[..colon], inside[(colon + 1)..], rule);
                }
                else
                {
                    output.Append("${");
                    i += 2;
                    continue;
                }

                if (value is { Value: null } unknown) return unknown;
                Put(value?.Value ?? "");
                i = end + 1;
            }
            else if (char.IsAsciiDigit(next))
            {
                var groups = c == '$' ? run.RuleGroups : run.ConditionGroups;
                var number = next - '0';
                var captured = number < groups.Count ? groups[number] ?? "" : "";
                Put(rule is null ? captured : Escaped(captured, rule));
                i += 2;
            }
            else
            {
                output.Append(c);
                i++;
                if (next == '{')
                {
                    output.Append('{');
                    i++;
                }
            }
        }

        depth--;
        (FirstMarkIsForeign, LastMarkIsForeign) = (foreign, lastForeign);
        return output.ToString();

        void Literal(char c)
        {
            if (c == '?') (seen, lastForeign) = (true, false);
        }

        void Put(string value)
        {
            output.Append(value);
            if (!value.Contains('?', StringComparison.Ordinal)) return;
            if (!seen) seen = foreign = true;
            lastForeign = true;
        }
    }

    private Expressions.Text? LookUp(string name, string keyAndDefault, RewriteRule? rule)
    {
        var bar = Separator(keyAndDefault, '|');
        var key = Expand(bar < 0 ? keyAndDefault : keyAndDefault[..bar], rule);
        if (key.Value is null) return key;
        var found = run.Maps.TryGetValue(name, out var map) ? map.LookUp(key.Value, run.Surroundings.Files) : null;
        if (found is not null) return found;
        return bar >= 0 && bar + 1 < keyAndDefault.Length ? Expand(keyAndDefault[(bar + 1)..], rule) : default(Expressions.Text?);
    }

    // Position of the brace that closes the one before.
    private static int Closing(string input, int from)
    {
        var open = 1;
        for (var i = from; i < input.Length; i++)
        {
            if (input[i] == '}' && --open == 0) return i;
            if (input[i] == '{') open++;
        }

        return -1;
    }

    // Position of a character outside of inner braces.
    private static int Separator(string input, char c)
    {
        var open = 1;
        for (var i = 0; i < input.Length; i++)
        {
            if (input[i] == c && open == 1) return i;
            if (input[i] == '}' && --open == 0) return -1;
            if (input[i] == '{') open++;
        }

        return -1;
    }

    private static string Escaped(string captured, RewriteRule rule)
    {
        if (!rule.Has(RewriteFlags.EscapeBackreferences | RewriteFlags.EscapeControls)) return captured;
        var octets = Gatehouse.Patterns.Octets.Of(captured);
        var result = new StringBuilder();
        foreach (var c in octets)
        {
            var control = c is <= ' ' or '\u007F';

            // A list names what alone is escaped, beside controls with [BCTLS]; without one it is all but letters, digits and underscores, or controls alone with [BCTLS].
            var escape = rule.Has(RewriteFlags.EscapeControls) && control;
            if (rule.Escaped is { } only) escape |= only.Contains(c, StringComparison.Ordinal);
            else escape |= !rule.Has(RewriteFlags.EscapeControls);
            escape &= !(char.IsAsciiLetterOrDigit(c) || c == '_' || rule.NotEscaped.Contains(c, StringComparison.Ordinal));
            if (!escape) result.Append(c);
            else if (c == ' ' && !rule.Has(RewriteFlags.NoPlus)) result.Append('+');
            else result.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{(int)c:x2}");
        }

        return Gatehouse.Patterns.Octets.ToText(result.ToString());
    }
}
