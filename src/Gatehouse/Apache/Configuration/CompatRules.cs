using System.Net;

namespace Gatehouse.Apache.Configuration;

/// <summary>What an Allow or Deny speaks of.</summary>
public enum CompatSubject
{
    /// <summary>Everybody.</summary>
    All = 0,

    /// <summary>Addresses.</summary>
    Network,

    /// <summary>A host's or domain's name.</summary>
    Host,

    /// <summary>A variable of the environment that is set.</summary>
    Environment,
}

/// <summary>One word of an Allow or Deny.</summary>
/// <param name="Allows">Allow, or Deny.</param>
/// <param name="Subject">What it speaks of.</param>
/// <param name="Value">The name of the host or variable; else as written.</param>
/// <param name="Network">The addresses.</param>
/// <param name="Limit">The methods; null: all.</param>
/// <param name="By">The directive.</param>
public sealed record CompatEntry(bool Allows, CompatSubject Subject, string Value, Subnet? Network, MethodLimit? Limit, Directive By);

/// <summary>Order of mod_access_compat.</summary>
public enum CompatOrder
{
    /// <summary>Deny,Allow: open unless denied and not allowed. The default.</summary>
    DenyAllow = 0,

    /// <summary>Allow,Deny: closed unless allowed and not denied.</summary>
    AllowDeny,

    /// <summary>Mutual-failure: allowed and not denied.</summary>
    MutualFailure,
}

/// <summary>mod_access_compat's settings of a section. They have no merge: any directive of the module in a section replaces all of its parents'.</summary>
public sealed class CompatRules
{
    private readonly List<(CompatOrder Order, MethodLimit? Limit, Directive By)> orders = [];
    private readonly List<(bool Any, MethodLimit? Limit, Directive By)> satisfies = [];
    private readonly List<CompatEntry> entries = [];

    /// <summary>Every Allow and Deny word, in order.</summary>
    public IReadOnlyList<CompatEntry> Entries => entries;

    /// <summary>Whether Order, Allow or Deny is there (Satisfy alone is not).</summary>
    public bool HasAccessRules => orders.Count > 0 || entries.Count > 0;

    /// <summary>The last Order that speaks of a method.</summary>
    public (CompatOrder Order, Directive? By) OrderFor(string method)
    {
        var found = orders.LastOrDefault(order => order.Limit?.Covers(method) ?? true);
        return (found.Order, found.By);
    }

    /// <summary>The last Satisfy that speaks of a method; null: none.</summary>
    public (bool Any, Directive By)? SatisfyFor(string method)
    {
        var found = satisfies.LastOrDefault(satisfy => satisfy.Limit?.Covers(method) ?? true);
        return found.By is null ? null : (found.Any, found.By);
    }

    /// <summary>Takes a directive of the module; the fault that httpd finds in it, or null.</summary>
    public string? Take(Directive directive, MethodLimit? limit)
    {
        var words = directive.Arguments;
        switch (directive.Name.ToLowerInvariant())
        {
            case "order":
                CompatOrder? order = words[0].ToLowerInvariant() switch { "allow,deny" => CompatOrder.AllowDeny, "deny,allow" => CompatOrder.DenyAllow, "mutual-failure" => CompatOrder.MutualFailure, _ => null };
                if (order is null) return "unknown order";
                orders.Add((order.Value, limit, directive));
                return null;
            case "satisfy":
                if (words[0].ToLowerInvariant() is not ("any" or "all")) return "Satisfy either `any` or `all`";
                satisfies.Add((words[0].Equals("any", StringComparison.OrdinalIgnoreCase), limit, directive));
                return null;
            default:
                if (!words[0].Equals("from", StringComparison.OrdinalIgnoreCase)) return "allow and deny must be followed by `from`";
                foreach (var word in words.Skip(1))
                {
                    if (word.StartsWith('#')) return "comments are not allowed at the end of the line";
                    if (!TryEntry(directive, word, limit, out var fault)) return fault;
                }

                return null;
        }
    }

    private bool TryEntry(Directive directive, string word, MethodLimit? limit, out string? fault)
    {
        fault = null;
        var allows = directive.Is("Allow");
        if (word.StartsWith("env=", StringComparison.OrdinalIgnoreCase)) entries.Add(new(allows, CompatSubject.Environment, word[4..], null, limit, directive));
        else if (word.Equals("all", StringComparison.OrdinalIgnoreCase)) entries.Add(new(allows, CompatSubject.All, word, null, limit, directive));
        else
        {
            switch (Subnet.Parse(word, out var network))
            {
                case SubnetText.Right:
                    entries.Add(new(allows, CompatSubject.Network, word, network, limit, directive));
                    break;
                case SubnetText.NotAnAddress when !word.Contains('/'):
                    entries.Add(new(allows, CompatSubject.Host, word, null, limit, directive));
                    break;
                default:
                    fault = $"`{word}`: an IP address was expected";
                    return false;
            }
        }

        return true;
    }
}
