namespace Gatehouse.Policy;

/// <summary>One rule, ready to decide.</summary>
internal sealed class CompiledRule
{
    private readonly Condition[] _conditions;
    private readonly Alternative[] _alternatives;
    private readonly ulong _ofIdentity;
    private readonly ulong _ofStrength;

    // Abilities: what a scheme must have. AnyOf: one of these suffices (a role comes from roles or from groups).
    private readonly record struct Alternative(ulong Set, SchemeAbilities Abilities, SchemeAbilities AnyOf, bool Answerable)
    {
        public bool Suits(SchemeAbilities abilities) => (abilities & Abilities) == Abilities && (AnyOf == SchemeAbilities.None || (abilities & AnyOf) != SchemeAbilities.None);
    }

    public CompiledRule(RuleText text, PathPattern? pattern, Alternatives alternatives, IEnumerable<SchemeAbilities> schemes)
    {
        (Text, Pattern, Alternatives) = (text, pattern, alternatives);
        Source = new(text.File, text.Line, text.Pattern is null ? text.Words : $"{text.Pattern}: {text.Words}");
        (_conditions, _ofIdentity, _ofStrength) = (alternatives.Conditions, alternatives.OfIdentity, alternatives.OfStrength);
        SchemeAbilities[] on = [.. schemes];
        _alternatives = [.. alternatives.Sets.Select(set =>
        {
            var (all, any) = Needed(alternatives.Of(set));
            var alternative = new Alternative(set, all, any, false);
            return alternative with { Answerable = (set & _ofIdentity) == 0 || on.Any(alternative.Suits) };
        })];
    }

    /// <summary>As written.</summary>
    public RuleText Text { get; }

    /// <summary>Where it stands.</summary>
    public RuleSource Source { get; }

    /// <summary>What paths it names; null in the refuse list.</summary>
    public PathPattern? Pattern { get; }

    /// <summary>What it asks for.</summary>
    public Alternatives Alternatives { get; }

    /// <summary>Whether some scheme that is on can lead to an identity that this alternative accepts.</summary>
    public bool IsAnswerable(int alternative) => _alternatives[alternative].Answerable;

    // INVARIANT: allocates nothing, and NeedsIdentity never ends the loop: a later alternative may allow.
    /// <summary>The verdict of this rule alone.</summary>
    public Verdict Decide(Facts facts, Identity? who)
    {
        var holding = Holding(facts, who);
        var verdict = Verdict.Deny;
        foreach (var alternative in _alternatives)
        {
            var lacking = alternative.Set & ~holding;
            if (lacking == 0) return Verdict.Allow;
            if (alternative.Answerable && (lacking & ~(who is null ? _ofIdentity : _ofStrength)) == 0) verdict = Verdict.NeedsIdentity;
        }

        return verdict;
    }

    /// <summary>The conditions that hold, as bits; those of the identity only where somebody is known.</summary>
    public ulong Holding(Facts facts, Identity? who)
    {
        var holding = 0UL;
        for (var i = 0; i < _conditions.Length; i++)
        {
            var bit = 1UL << i;
            if ((who is not null || (_ofIdentity & bit) == 0) && _conditions[i].Holds(facts, who)) holding |= bit;
        }

        return holding;
    }

    /// <summary>Whether the request is what an entry of the refuse list names. What can't be told for want of an address counts as named: a proxy that hides the client opens nothing.</summary>
    public bool Refuses(Facts facts)
    {
        var holding = Holding(facts, null);
        for (var i = 0; facts.Address is null && i < _conditions.Length; i++)
            if (_conditions[i].IsUnknown(facts)) holding |= 1UL << i;
        foreach (var alternative in _alternatives)
            if ((alternative.Set & ~holding) == 0) return true;
        return false;
    }

    /// <summary>Whether somebody of these abilities can meet it.</summary>
    public bool CanHelp(Facts facts, SchemeAbilities abilities)
    {
        var holding = Holding(facts, null);
        foreach (var alternative in _alternatives)
            if ((alternative.Set & ~_ofIdentity & ~holding) == 0 && ((alternative.Set & _ofIdentity) == 0 || alternative.Suits(abilities))) return true;
        return false;
    }

    private static (SchemeAbilities All, SchemeAbilities Any) Needed(IEnumerable<Condition> conditions)
    {
        var all = SchemeAbilities.None;
        var any = SchemeAbilities.None;
        foreach (var condition in conditions.Where(condition => condition.OfIdentity))
        {
            var possible = condition.Possible;
            if (System.Numerics.BitOperations.PopCount((uint)possible) > 1) any |= possible;
            else all |= possible;
        }

        return (all, any);
    }
}
