using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Evaluates Order, Allow, Deny (mod_access_compat).</summary>
internal static class AllowDeny
{
    /// <summary>Whether the address and environment pass; unknown where a host's name would have to be looked up.</summary>
    public static Known Passes(CompatRules rules, ApacheRequest request, IAskDns dns, EnvironmentLookup environment, out CompatEntry? decided, out Directive? order, out string? because)
    {
        because = null;
        (var kind, order) = rules.OrderFor(request.Method);
        var allowed = Find(rules, true, request, dns, environment, out var allow, ref because);
        var denied = Find(rules, false, request, dns, environment, out var deny, ref because);
        decided = null;
        switch (kind)
        {
            case CompatOrder.AllowDeny:
                decided = denied == Known.Yes ? deny : allow;
                return And(allowed, Not(denied));
            case CompatOrder.DenyAllow:
                decided = allowed == Known.Yes ? allow : deny;
                return Not(And(denied, Not(allowed)));
            default:
                decided = denied == Known.Yes ? deny : allow;
                return And(allowed, Not(denied));
        }
    }

    private static Known Find(CompatRules rules, bool allows, ApacheRequest request, IAskDns dns, EnvironmentLookup environment, out CompatEntry? found, ref string? because)
    {
        found = null;
        var unknown = false;
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
            if (holds == Known.Unknown)
            {
                unknown = true;
                because ??= $"{entry.By.Text} ({entry.By.At}) can't be evaluated from here: {(entry.Subject == CompatSubject.Host ? "httpd looks the client's name up" : $"who sets `{entry.Value}` is not known")}";
            }

            if (holds != Known.Yes) continue;
            found = entry;
            return Known.Yes;
        }

        return unknown ? Known.Unknown : Known.No;
    }

    private static Known And(Known a, Known b) => a == Known.No || b == Known.No ? Known.No : a == Known.Unknown || b == Known.Unknown ? Known.Unknown : Known.Yes;

    private static Known Not(Known a) => a switch { Known.Yes => Known.No, Known.No => Known.Yes, Known.Unknown => Known.Unknown };
}

/// <summary>Whether a variable of the environment is set; unknown where something foreign may set it.</summary>
internal delegate Known EnvironmentLookup(string name);

/// <summary>What httpd would ask the name service. Judging has no I/O: the default knows nothing.</summary>
public interface IAskDns
{
    /// <summary>Whether the client's verified name is the host or lies in the domain.</summary>
    Known ClientIsIn(string domain, System.Net.IPAddress client) => Known.Unknown;

    /// <summary>Whether a host's addresses include the client's.</summary>
    Known ResolvesTo(string host, System.Net.IPAddress client) => Known.Unknown;
}

/// <summary>Asks nobody.</summary>
public sealed class NoDns : IAskDns
{
    /// <summary>The only one.</summary>
    public static NoDns Instance { get; } = new();
}
