using Gatehouse.Apache.Directives;

namespace Gatehouse.Apache.Configuration;

/// <summary>What httpd checks of every directive before the module sees it: that a module knows it, that it may stand here, how many words it has.</summary>
internal static class DirectiveCheck
{
    /// <summary>Whether it passes; else a fault was added.</summary>
    public static bool Passes(Directive directive, RulesContext context, IReadOnlySet<string> modules, List<ConfigFault> faults)
    {
        var name = directive.Inside is null ? directive.Name : "<" + directive.Name;
        var all = DirectiveTable.Find(name);
        DirectiveFact? fact = null;
        foreach (var candidate in all)
        {
            if (!modules.Contains(candidate.Module)) continue;
            fact ??= candidate;
            if ((candidate.Allowed & context.Allowed) != 0) fact = candidate;
        }

        if (fact is null)
        {
            if (context.Htaccess is { } permissive && permissive.Nonfatal.HasFlag(NonfatalFaults.Unknown)) return false;
            faults.Add(Unknown(directive, name, all, modules));
            return false;
        }

        if ((fact.Allowed & context.Allowed) == 0 && context.Htaccess?.List?.Contains(directive.Name, StringComparer.OrdinalIgnoreCase) != true)
        {
            if (context.Htaccess is { } lenient && lenient.Nonfatal.HasFlag(NonfatalFaults.Override)) return false;
            faults.Add(new(directive.At, ConfigFaultKind.NotPermitted, $"{name} not allowed here", name));
            return false;
        }

        if (Wrong(fact, directive.Arguments) is not { } wrong) return true;
        faults.Add(new(directive.At, ConfigFaultKind.Syntax, wrong, name));
        return false;
    }

    private static ConfigFault Unknown(Directive directive, string name, IReadOnlyList<DirectiveFact> all, IReadOnlySet<string> modules)
    {
        if (all.Count > 0)
        {
            var owners = string.Join(" or ", all.Select(fact => Source(fact.Module)).Distinct(StringComparer.Ordinal));
            return new(directive.At, ConfigFaultKind.UnknownDirective, $"invalid command `{name}`: it belongs to {owners}, which is not loaded", name);
        }

        var foreign = modules.Where(module => !DirectiveTable.Knows(module)).Order(StringComparer.Ordinal).ToList();
        if (foreign.Count > 0) return new(directive.At, ConfigFaultKind.NotKnown, $"`{name}` may be a directive of {string.Join(", ", foreign)}", name);
        var nearest = DirectiveTable.Nearest(name);
        return new(directive.At, ConfigFaultKind.UnknownDirective, $"invalid command `{name}`, misspelled or of a module that is not loaded{(nearest is null ? "" : $"; `{nearest}` is spelled much like it")}", name);
    }

    /// <summary>The name under which people know a module: <c>mod_access_compat</c>.</summary>
    internal static string Source(string module) => module.EndsWith("_module", StringComparison.Ordinal) ? "mod_" + module[..^"_module".Length] : module;

    /// <summary>What is wrong with the number of words; null: nothing.</summary>
    private static string? Wrong(DirectiveFact fact, IReadOnlyList<string> words)
    {
        var n = words.Count;
        return fact.Arguments switch
        {
            "NOARGS" when n > 0 => $"{fact.Name} takes no arguments",
            "TAKE1" when n != 1 || words[0].Length == 0 => $"{fact.Name} takes one argument",
            "TAKE2" when n != 2 => $"{fact.Name} takes two arguments",
            "TAKE3" when n != 3 => $"{fact.Name} takes three arguments",
            "TAKE12" when n is < 1 or > 2 => $"{fact.Name} takes 1-2 arguments",
            "TAKE23" when n is < 2 or > 3 => $"{fact.Name} takes two or three arguments",
            "TAKE123" when n is < 1 or > 3 => $"{fact.Name} takes one, two or three arguments",
            "TAKE13" when n is not (1 or 3) => $"{fact.Name} takes one or three arguments",
            "ITER2" when n < 2 => $"{fact.Name} requires at least two arguments",
            "FLAG" when n != 1 || words[0].ToLowerInvariant() is not ("on" or "off") => $"{fact.Name} must be On or Off",
            _ => null,
        };
    }
}
