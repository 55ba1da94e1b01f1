namespace Gatehouse.Policy;

/// <summary>The words of a rule as they are joined; <see cref="Alternatives"/> is what is made of them.</summary>
internal abstract record Expression
{
    private Expression()
    {
    }

    /// <summary><c>anyone</c> (true) and <c>nobody</c> (false).</summary>
    public sealed record Constant(bool Value) : Expression;

    /// <summary>One condition.</summary>
    /// <param name="Condition">What it says.</param>
    /// <param name="Offset">Where it begins in the words.</param>
    public sealed record Leaf(Condition Condition, int Offset) : Expression;

    /// <summary>Joined by <c>and</c>.</summary>
    public sealed record All(IReadOnlyList<Expression> Parts) : Expression;

    /// <summary>Joined by <c>or</c>.</summary>
    public sealed record Any(IReadOnlyList<Expression> Parts) : Expression;

    /// <summary>The opposite; null with the leaf that stands in the way: a condition of the identity has none.</summary>
    public Expression? Negated(out Leaf? ofIdentity)
    {
        ofIdentity = null;
        switch (this)
        {
            case Constant constant:
                return new Constant(!constant.Value);
            case Leaf { Condition.OfIdentity: true } leaf:
                ofIdentity = leaf;
                return null;
            case Leaf { Condition: NegatedCondition negated } leaf:
                return new Leaf(negated.Inner, leaf.Offset);
            case Leaf leaf:
                return new Leaf(new NegatedCondition(leaf.Condition), leaf.Offset);
            case All all:
                return Negated(all.Parts, out ofIdentity) is { } opposites ? new Any(opposites) : null;
            case Any any:
                return Negated(any.Parts, out ofIdentity) is { } others ? new All(others) : null;
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>All leaves, from left to right.</summary>
    public IEnumerable<Leaf> Leaves => this switch
    {
        Leaf leaf => [leaf],
        All all => all.Parts.SelectMany(part => part.Leaves),
        Any any => any.Parts.SelectMany(part => part.Leaves),
        _ => [],
    };

    private static List<Expression>? Negated(IReadOnlyList<Expression> parts, out Leaf? ofIdentity)
    {
        ofIdentity = null;
        List<Expression> negated = [];
        foreach (var part in parts)
        {
            if (part.Negated(out ofIdentity) is not { } opposite) return null;
            negated.Add(opposite);
        }

        return negated;
    }
}
