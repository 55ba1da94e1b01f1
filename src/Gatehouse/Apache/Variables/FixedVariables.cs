using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Variables;

/// <summary>
/// mod_env: SetEnv, PassEnv and UnsetEnv of one section or of the server's level; and how they merge. They are set after access is decided and
/// after rewriting, and do not replace what is already there: <c>Require env</c> and RewriteCond never see them in the same round.
/// </summary>
public sealed class FixedVariables
{
    private readonly Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> removed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a directive is one of these.</summary>
    public static bool Concerns(Directive directive) => directive.Name.ToLowerInvariant() is "setenv" or "passenv" or "unsetenv";

    /// <summary>Reads the directives of one section; null where none is one of these.</summary>
    public static FixedVariables? Read(IEnumerable<Directive> directives)
    {
        FixedVariables? variables = null;
        foreach (var directive in directives)
        {
            if (!Concerns(directive)) continue;
            variables ??= new();
            switch (directive.Name.ToLowerInvariant())
            {
                case "setenv" when directive.Arguments.Count > 0:
                    variables.values[directive.Arguments[0]] = directive.Arguments.Count > 1 ? directive.Arguments[1] : "";
                    break;
                case "passenv":
                    foreach (var name in directive.Arguments) variables.values[name] = null;
                    break;
                default:
                    foreach (var name in directive.Arguments)
                    {
                        variables.values.Remove(name);
                        variables.removed.Add(name);
                    }

                    break;
            }
        }

        return variables;
    }

    /// <summary>A section's own over those before it; null stays out of it.</summary>
    public static FixedVariables? Merge(FixedVariables? before, FixedVariables? own)
    {
        if (before is null || own is null) return own ?? before;
        var merged = new FixedVariables();
        foreach (var (name, value) in before.values)
            if (!own.removed.Contains(name)) merged.values[name] = value;
        foreach (var (name, value) in own.values) merged.values[name] = value;
        return merged;
    }

    /// <summary>Sets the variables that are not there yet.</summary>
    public void Apply(ApacheRequest request)
    {
        foreach (var (name, value) in values)
        {
            if (request.Environment.ContainsKey(name)) continue;
            var text = value is null ? ServerVariables.OfProcess(name, request) : new Text(value);
            if (text is not { } known) continue;
            if (known.Value is null) request.UnknownVariables[name] = known.Because ?? "it is not known";
            else request.Environment[name] = known.Value;
        }
    }
}
