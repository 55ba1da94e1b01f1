using System.Net;

namespace Gatehouse.Policy;

/// <summary>What the words of rules can refer to; built by whoever reads the configuration.</summary>
public sealed record PolicySurroundings
{
    /// <summary>Opens the list that <c>list NAME</c> names; returns null and a reason where it can't be read. The set may renew itself.</summary>
    public required Func<string, (Func<IPAddress, bool>? Contains, string? Error)> OpenList { get; init; }

    /// <summary>Whether a list holds nothing at this time, so that it names nobody, whatever their address; by default none does.</summary>
    public Func<string, bool> IsEmptyList { get; init; } = static _ => false;

    /// <summary>Whether a country database is at hand: without one, <c>country</c> is an error at load.</summary>
    public required bool CountriesKnown { get; init; }

    /// <summary>The schemes that are switched on and what their identities can have; a rule that none of them can satisfy is an error at load.</summary>
    public required IReadOnlyDictionary<Scheme, SchemeAbilities> Schemes { get; init; }
}

/// <summary>A fault of a rule, or a remark about it.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong, lower case, no final stop, user text in backticks.</param>
/// <param name="Advice">What to do instead; starts with a verb; null where there is nothing to add.</param>
/// <param name="IsError">False: a warning.</param>
public sealed record PolicyFault(string File, int Line, int Column, string Message, string? Advice, bool IsError);

/// <summary>The rules of a site, compiled. Immutable; decides without I/O and, on the allow path, without allocation.</summary>
public sealed class AccessPolicy
{
    private readonly RefuseList _refuse;
    private readonly RuleIndex _index;

    private AccessPolicy(RefuseList refuse, RuleIndex index)
    {
        (_refuse, _index) = (refuse, index);
        Rules = [.. index.Rules.Select(rule => rule.Text)];
    }

    /// <summary>Reads and reasons over the rules. All faults are collected; with any error the policy is null.</summary>
    public static AccessPolicy? Load(IReadOnlyList<RuleText> refuse, IReadOnlyList<RuleText> rules, PolicySurroundings surroundings, out IReadOnlyList<PolicyFault> faults)
    {
        var reader = new PolicyReader(surroundings);
        var list = new RefuseList([.. refuse.Select(reader.ReadRefusal).OfType<CompiledRule>()]);
        var index = new RuleIndex(rules.Select(reader.ReadRule).OfType<CompiledRule>());
        PolicyReasoning.Check(list, index, surroundings, reader);
        faults = reader.Faults;
        return faults.Any(fault => fault.IsError) ? null : new(list, index);
    }

    /// <summary>
    /// The verdict for somebody known, or for nobody (<paramref name="who"/> null: conditions of the identity are unknown).
    /// Of somebody known, NeedsIdentity says that a stronger or newer sign-in alone would be enough (RFC 9470).
    /// </summary>
    public Verdict Evaluate(Facts facts, Identity? who)
    {
        if (_refuse.Refuses(facts)) return Verdict.Deny;
        return _index.Find(facts.Path, facts.Method)?.Decide(facts, who) ?? Verdict.Deny;
    }

    /// <summary>The same with all reasons.</summary>
    public Decision Explain(Facts facts, Identity? who) =>
        Explanation.Of(facts, who, _refuse, _index.FindAll(facts.Path, facts.Method));

    /// <summary>The rule that decides for this request with its say, contact, hide, report-only and strict; null where none names it.</summary>
    public RuleText? RuleFor(Facts facts) => _index.Find(facts.Path, facts.Method)?.Text;

    /// <summary>Whether an identity of these abilities could be accepted for this request.</summary>
    public bool CanHelp(Facts facts, SchemeAbilities abilities) =>
        !_refuse.Refuses(facts) && _index.Find(facts.Path, facts.Method)?.CanHelp(facts, abilities) == true;

    /// <summary>The patterns of all rules in the order in which they win, for tables.</summary>
    public IReadOnlyList<RuleText> Rules { get; }
}
