using System.Numerics;
using Gatehouse.Causes;

namespace Gatehouse.Policy;

/// <summary>Tells why a request is decided as it is: the reasons behind what <see cref="AccessPolicy.Evaluate"/> says.</summary>
internal static class Explanation
{
    // A refuse list can have thousands of entries; those that did not match are told singly only where they are few.
    private const int EntriesToldSingly = 16;

    public static Decision Of(Facts facts, Identity? who, RefuseList refuse, List<CompiledRule> matching)
    {
        List<TraceStep> trace = [];
        var refused = refuse.Find(facts);
        Trace(refuse, refused, facts, trace);
        var rule = matching.Count > 0 ? matching[0] : null;
        if (refused is not null)
        {
            var remedy = rule is null ? null : Change(rule, facts, who);
            return new()
            {
                Verdict = Verdict.Deny,
                Rule = refused.Source,
                Beaten = [.. matching.Select(beaten => beaten.Source)],
                Cause = Nearest(refused, facts, null) is var set ? refused.Alternatives.Of(set).FirstOrDefault()?.Blocked ?? Files.ResourceDenied : null,
                Trace = trace,
                NearestChange = $"take `{refused.Text.Words}` out of the refuse list ({refused.Source.File}:{refused.Source.Line})" + (rule is null ? $", and {NoRule(facts)}" : remedy is null ? "" : $", and {remedy}"),
            };
        }

        if (rule is null)
        {
            return new()
            {
                Verdict = Verdict.Deny,
                Rule = null,
                Cause = Files.ResourceDeniedByDefault,
                Trace = trace,
                NearestChange = NoRule(facts),
            };
        }

        var holding = rule.Holding(facts, who);
        var alternatives = rule.Alternatives;
        for (var i = 0; i < alternatives.Conditions.Length; i++)
        {
            var condition = alternatives.Conditions[i];
            var value = (holding & 1UL << i) != 0 ? Verdict.Allow : condition.OfIdentity && who is null ? Verdict.NeedsIdentity : Verdict.Deny;
            trace.Add(new(condition.Text, value, condition.Why(facts, who)));
        }

        if (alternatives.Conditions.Length == 0)
        {
            var open = alternatives.Sets.Length > 0;
            trace.Add(new(open ? "anyone" : "nobody", open ? Verdict.Allow : Verdict.Deny, open ? "the rule lets everybody pass" : "the rule lets nobody pass"));
        }

        var verdict = rule.Decide(facts, who);
        var decision = new Decision
        {
            Verdict = verdict,
            Rule = rule.Source,
            Beaten = [.. matching.Skip(1).Select(beaten => beaten.Source)],
            Trace = trace,
        };
        if (verdict == Verdict.Allow) return decision;
        decision = decision with { NearestChange = Change(rule, facts, who) };
        if (alternatives.Sets.Length == 0) return decision with { Cause = Files.ResourceDenied };

        var lacking = Nearest(rule, facts, who) & ~holding;
        if ((lacking & ~alternatives.OfIdentity) != 0)
            return decision with { Cause = alternatives.Of(lacking & ~alternatives.OfIdentity).First().Lack };
        if (who is null)
            return decision with { Cause = verdict == Verdict.NeedsIdentity ? Credentials.Missing : Files.ResourceDenied };
        if (verdict == Verdict.NeedsIdentity)
        {
            var limits = alternatives.Of(lacking).OfType<WithinCondition>().ToArray();
            return decision with
            {
                StepUpHelps = true,
                Cause = alternatives.Of(lacking).First() is TwoFactorCondition || limits.Length == 0 ? Tokens.AuthenticationTooWeak : Tokens.AuthenticationTooOld,
                MaxAge = limits.Length == 0 ? null : limits.Min(within => within.Limit),
            };
        }

        // Strength that lacks as well is not the point: another sign-in would not be enough.
        var permissions = lacking & ~alternatives.OfStrength;
        return decision with
        {
            Cause = alternatives.Of(permissions == 0 ? lacking : permissions).First().Lack,
            MissingScopes = [.. alternatives.Of(permissions).OfType<ScopeCondition>().Select(scope => scope.Values[0]).Distinct(StringComparer.Ordinal)],
        };
    }

    // The alternative that comes closest: first what the request itself shows, then permissions, then strength; of equals the first as written.
    private static ulong Nearest(CompiledRule rule, Facts facts, Identity? who)
    {
        var alternatives = rule.Alternatives;
        var holding = rule.Holding(facts, who);
        ulong nearest = 0;
        var best = (Unanswerable: true, Request: int.MaxValue, Permission: int.MaxValue, Strength: int.MaxValue);
        for (var i = 0; i < alternatives.Sets.Length; i++)
        {
            var lacking = alternatives.Sets[i] & ~holding;
            var permission = lacking & alternatives.OfIdentity & ~alternatives.OfStrength;
            var distance = (
                Unanswerable: !rule.IsAnswerable(i),
                Request: BitOperations.PopCount(lacking & ~alternatives.OfIdentity),
                Permission: BitOperations.PopCount(permission),
                Strength: BitOperations.PopCount(lacking & alternatives.OfStrength));
            if (i > 0 && distance.CompareTo(best) >= 0) continue;
            (nearest, best) = (alternatives.Sets[i], distance);
        }

        return nearest;
    }

    private static string? Change(CompiledRule rule, Facts facts, Identity? who)
    {
        var alternatives = rule.Alternatives;
        if (alternatives.Sets.Length == 0) return $"change the rule `{rule.Source.Text}` ({rule.Source.File}:{rule.Source.Line}), which lets nobody pass";
        var lacking = Nearest(rule, facts, who) & ~rule.Holding(facts, who);
        return lacking == 0 ? null : string.Join(", and ", alternatives.Of(lacking).Select(condition => condition.Change(facts, who)).Distinct(StringComparer.Ordinal));
    }

    private static string NoRule(Facts facts) => $"add a rule that names {facts.Method} {facts.Path}";

    private static void Trace(RefuseList refuse, CompiledRule? refused, Facts facts, List<TraceStep> trace)
    {
        if (refused is null && refuse.Entries.Count > EntriesToldSingly)
        {
            trace.Add(new("refuse", Verdict.Deny, $"none of {refuse.Entries.Count} entries matches"));
            return;
        }

        foreach (var entry in refused is null ? refuse.Entries : [refused])
        {
            var holding = entry.Holding(facts, null);
            for (var i = 0; i < entry.Alternatives.Conditions.Length; i++)
            {
                var condition = entry.Alternatives.Conditions[i];
                trace.Add(new($"refuse {condition.Text}", (holding & 1UL << i) != 0 || condition.IsUnknown(facts) ? Verdict.Allow : Verdict.Deny, condition.Why(facts, null)));
            }
        }
    }
}
