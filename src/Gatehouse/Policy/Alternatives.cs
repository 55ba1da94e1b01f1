namespace Gatehouse.Policy;

/// <summary>
/// A rule as alternatives, each a set of conditions that must all hold; one is enough. Sets are bits, so that deciding is a few
/// comparisons, and exact: alternatives that nobody can meet are gone before, which a fold over the words could not see.
/// </summary>
internal sealed class Alternatives
{
    /// <summary>As many conditions as a machine word has bits.</summary>
    public const int MaximumConditions = 64;

    /// <summary>Multiplying out `(a or b) and (c or d) and ...` doubles with each pair.</summary>
    public const int MaximumCount = 512;

    private Alternatives(IReadOnlyList<Condition> conditions, ulong[] sets)
    {
        Conditions = [.. conditions];
        Sets = sets;
        for (var i = 0; i < Conditions.Length; i++)
        {
            if (Conditions[i].OfIdentity) OfIdentity |= 1UL << i;
            if (Conditions[i].OfStrength) OfStrength |= 1UL << i;
        }
    }

    /// <summary>Each condition once, in the order of the words.</summary>
    public Condition[] Conditions { get; }

    /// <summary>The alternatives; none: nobody; the empty set among them: anyone.</summary>
    public ulong[] Sets { get; }

    /// <summary>Which conditions speak of who asks.</summary>
    public ulong OfIdentity { get; }

    /// <summary>Which conditions another sign-in cures.</summary>
    public ulong OfStrength { get; }

    /// <summary>The conditions of a set.</summary>
    public IEnumerable<Condition> Of(ulong set) => Conditions.Where((_, i) => (set & 1UL << i) != 0);

    /// <summary>The same with these sets alone.</summary>
    public Alternatives With(IEnumerable<ulong> sets) => new(Conditions, [.. sets]);

    /// <summary>Multiplies out; null where that would be too much.</summary>
    public static Alternatives? Of(Expression expression)
    {
        List<Condition> conditions = [];
        var bits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var leaf in expression.Leaves)
        {
            if (!bits.TryAdd(leaf.Condition.Key, conditions.Count)) continue;
            if (conditions.Count == MaximumConditions) return null;
            conditions.Add(leaf.Condition);
        }

        return Sets(expression) is { } sets ? new(conditions, [.. sets]) : null;

        List<ulong>? Sets(Expression part)
        {
            switch (part)
            {
                case Expression.Constant constant:
                    return constant.Value ? [0UL] : [];
                case Expression.Leaf leaf:
                    return [1UL << bits[leaf.Condition.Key]];
                case Expression.Any any:
                    List<ulong> sum = [];
                    foreach (var inner in any.Parts)
                    {
                        if (Sets(inner) is not { } more) return null;
                        foreach (var set in more) AddMinimal(sum, set);
                        if (sum.Count > MaximumCount) return null;
                    }

                    return sum;
                case Expression.All all:
                    List<ulong> product = [0UL];
                    foreach (var inner in all.Parts)
                    {
                        if (Sets(inner) is not { } factors) return null;
                        List<ulong> next = [];
                        foreach (var left in product)
                            foreach (var right in factors)
                            {
                                AddMinimal(next, left | right);
                                if (next.Count > MaximumCount) return null;
                            }

                        product = next;
                    }

                    return product;
                default:
                    throw new InvalidOperationException();
            }
        }
    }

    // What contains another alternative adds nothing to it.
    private static void AddMinimal(List<ulong> sets, ulong set)
    {
        foreach (var other in sets)
            if ((other & set) == other) return;
        sets.RemoveAll(other => (other & set) == set);
        sets.Add(set);
    }
}
