using Gatehouse.Addresses;

namespace Gatehouse.Policy;

/// <summary>What no sign-in can cure: refused before anybody is asked who they are.</summary>
internal sealed class RefuseList
{
    private readonly RangeSet _networks;
    private readonly CompiledRule[] _others;

    public RefuseList(IReadOnlyList<CompiledRule> entries)
    {
        Entries = entries;
        // Thousands of plain networks become one set; what is joined, negated or of another word is asked one by one.
        var builder = new RangeSetBuilder();
        List<CompiledRule> others = [];
        foreach (var entry in entries)
        {
            if (PlainNetwork(entry) is { } network) builder.Add(network.Addresses);
            else others.Add(entry);
        }

        _networks = builder.Build();
        _others = [.. others];
    }

    /// <summary>As they stand in the file.</summary>
    public IReadOnlyList<CompiledRule> Entries { get; }

    /// <summary>The union of the entries that are networks and nothing else.</summary>
    public RangeSet Networks => _networks;

    /// <summary>The same for reasoning.</summary>
    public Ranges Ranges => field ??= Ranges.Of(_networks);

    /// <summary>The entries that say more than a network.</summary>
    public IReadOnlyList<CompiledRule> Others => _others;

    /// <summary>Whether the request is refused.</summary>
    public bool Refuses(Facts facts)
    {
        if (!_networks.IsEmpty && (facts.Address is not { } address || _networks.Contains(address))) return true;
        foreach (var entry in _others)
            if (entry.Refuses(facts)) return true;
        return false;
    }

    /// <summary>The first entry that refuses the request; null: none does.</summary>
    public CompiledRule? Find(Facts facts) =>
        Refuses(facts) ? Entries.FirstOrDefault(entry => entry.Refuses(facts)) : null;

    /// <summary>The network of an entry that is nothing else; null: it is something else.</summary>
    public static NetworkCondition? PlainNetwork(CompiledRule entry) =>
        entry.Alternatives.Sets is [1UL] && entry.Alternatives.Conditions is [NetworkCondition network] ? network : null;
}
