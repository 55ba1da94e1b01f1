using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Evaluates Order, Allow, Deny (mod_access_compat).</summary>
internal static class AllowDeny
{
    /// <summary>Whether the address and environment pass; unknown where a host's name would have to be looked up: then <paramref name="decided"/> is the entry that can't be told.</summary>
    public static Known Passes(CompatRules rules, ApacheRequest request, IAskDns dns, EnvironmentLookup environment, out CompatEntry? decided, out Directive? order)
    {
        (var kind, order) = rules.OrderFor(request.Method);
        var allowed = Find(rules, true, request, dns, environment, out var allow);
        var denied = Find(rules, false, request, dns, environment, out var deny);
        var passes = kind == CompatOrder.DenyAllow ? Not(And(denied, Not(allowed))) : And(allowed, Not(denied));
        if (passes == Known.Unknown) decided = denied == Known.Unknown ? deny : allow;
        else if (kind == CompatOrder.DenyAllow) decided = allowed == Known.Yes ? allow : denied == Known.Yes ? deny : null;
        else decided = denied == Known.Yes ? deny : allowed == Known.Yes ? allow : null;
        return passes;
    }

    private static Known Find(CompatRules rules, bool allows, ApacheRequest request, IAskDns dns, EnvironmentLookup environment, out CompatEntry? found)
    {
        found = null;
        foreach (var entry in rules.Entries)
        {
            if (entry.Allows != allows || entry.Limit?.Covers(request.Method) == false) continue;
            var holds = entry.Subject switch
            {
                CompatSubject.All => Known.Yes,
                CompatSubject.Network => entry.Network!.Contains(request.Client) ? Known.Yes : Known.No,
                CompatSubject.Environment => environment(entry.Value),
                CompatSubject.Host => dns.ClientIsIn(entry.Value, request.Client),
            };
            if (holds == Known.No || (holds == Known.Unknown && found is not null)) continue;
            found = entry;
            if (holds == Known.Yes) return Known.Yes;
        }

        return found is null ? Known.No : Known.Unknown;
    }

    private static Known And(Known a, Known b) => a == Known.No || b == Known.No ? Known.No : a == Known.Unknown || b == Known.Unknown ? Known.Unknown : Known.Yes;

    private static Known Not(Known a) => a switch { Known.Yes => Known.No, Known.No => Known.Yes, Known.Unknown => Known.Unknown };
}

/// <summary>Whether a variable of the environment is set; unknown where something foreign may set it.</summary>
internal delegate Known EnvironmentLookup(string name);
