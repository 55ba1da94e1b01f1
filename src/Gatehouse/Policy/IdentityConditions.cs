using Gatehouse.Causes;

namespace Gatehouse.Policy;

/// <summary>A condition of who asks: unknown while nobody is known.</summary>
internal abstract class IdentityCondition(string word, params IEnumerable<string> values) : Condition(word, values)
{
    public sealed override bool OfIdentity => true;

    public sealed override bool Holds(Facts facts, Identity? who) => who is not null && HoldsFor(facts, who);

    public sealed override string Why(Facts facts, Identity? who) => who is null ? "nobody is known" : WhyFor(facts, who);

    public sealed override string Change(Facts facts, Identity? who) =>
        who is null ? $"sign in as somebody who meets `{Text}`" : ChangeFor(facts, who);

    // Somebody is known.
    private protected abstract bool HoldsFor(Facts facts, Identity who);

    private protected abstract string WhyFor(Facts facts, Identity who);

    private protected abstract string ChangeFor(Facts facts, Identity who);

    // Everything that can be said of an identity needs one.
    public override bool Implies(Condition other) => other is SignedInCondition || base.Implies(other);

    private protected static string Listed(IEnumerable<string> names, string one, string many)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        return all.Length switch
        {
            0 => $"no {one}",
            1 => $"the {one} {all[0]}",
            <= 8 => $"the {many} {string.Join(", ", all)}",
            _ => $"the {many} {string.Join(", ", all.Take(8))} and {all.Length - 8} more",
        };
    }
}

/// <summary><c>signed-in</c></summary>
internal sealed class SignedInCondition() : IdentityCondition("signed-in")
{
    public override Cause Lack => Credentials.Missing;

    private protected override bool HoldsFor(Facts facts, Identity who) => true;

    private protected override string WhyFor(Facts facts, Identity who) => $"{who.Name} is known";

    private protected override string ChangeFor(Facts facts, Identity who) => "sign in";
}

/// <summary><c>user alice bob</c></summary>
internal sealed class UserCondition(IReadOnlyList<string> names) : IdentityCondition("user", names)
{
    public override Cause Lack => Permissions.UserNotListed;

    private protected override bool HoldsFor(Facts facts, Identity who)
    {
        foreach (var name in Values)
            if (string.Equals(name, who.Name, StringComparison.Ordinal)) return true;
        return false;
    }

    private protected override string WhyFor(Facts facts, Identity who) => $"the user is {who.Name}";

    private protected override string ChangeFor(Facts facts, Identity who) => $"add {Quoted(who.Name)} to `{Text}`";

    public override bool Implies(Condition other) => IsSubsetOf(other) || base.Implies(other);
}

/// <summary><c>role admin</c>; a group also grants the role of its name.</summary>
internal sealed class RoleCondition(IReadOnlyList<string> roles) : IdentityCondition("role", roles)
{
    public override SchemeAbilities Possible => SchemeAbilities.Roles | SchemeAbilities.Groups;

    public override Cause Lack => Permissions.RoleMissing;

    private protected override bool HoldsFor(Facts facts, Identity who)
    {
        foreach (var role in Values)
            if (who.Roles.Contains(role) || who.Groups.Contains(role)) return true;
        return false;
    }

    private protected override string WhyFor(Facts facts, Identity who) =>
        $"{who.Name} has {Listed(who.Roles.Concat(who.Groups).Distinct(StringComparer.Ordinal), "role", "roles")}";

    private protected override string ChangeFor(Facts facts, Identity who) => $"give {who.Name} the role {AnyOfValues}";

    public override bool Implies(Condition other) => IsSubsetOf(other) || base.Implies(other);
}

/// <summary><c>group staff</c></summary>
internal sealed class GroupCondition(IReadOnlyList<string> groups) : IdentityCondition("group", groups)
{
    public override SchemeAbilities Possible => SchemeAbilities.Groups;

    public override Cause Lack => Permissions.GroupMissing;

    private protected override bool HoldsFor(Facts facts, Identity who)
    {
        foreach (var group in Values)
            if (who.Groups.Contains(group)) return true;
        return false;
    }

    private protected override string WhyFor(Facts facts, Identity who) => $"{who.Name} is in {Listed(who.Groups, "group", "groups")}";

    private protected override string ChangeFor(Facts facts, Identity who) => $"put {who.Name} into the group {AnyOfValues}";

    public override bool Implies(Condition other) =>
        IsSubsetOf(other) || (other is RoleCondition && Values.All(value => other.Values.Contains(value, StringComparer.Ordinal))) || base.Implies(other);
}

/// <summary><c>scope orders.read</c></summary>
internal sealed class ScopeCondition(IReadOnlyList<string> scopes) : IdentityCondition("scope", scopes)
{
    public override SchemeAbilities Possible => SchemeAbilities.Scopes;

    public override Cause Lack => Permissions.ScopeMissing;

    private protected override bool HoldsFor(Facts facts, Identity who)
    {
        foreach (var scope in Values)
            if (who.Scopes.Contains(scope)) return true;
        return false;
    }

    private protected override string WhyFor(Facts facts, Identity who) => $"{who.Name} has {Listed(who.Scopes, "scope", "scopes")}";

    private protected override string ChangeFor(Facts facts, Identity who) => $"use a token or key of {who.Name} with the scope {AnyOfValues}";

    public override bool Implies(Condition other) => IsSubsetOf(other) || base.Implies(other);
}

/// <summary><c>claim department sales support</c>; without a value: the claim is there at all.</summary>
internal sealed class ClaimCondition(string name, IReadOnlyList<string> values) : IdentityCondition("claim", [name, .. values])
{
    private readonly string[] _accepted = [.. values];

    // The name comes first; the order of the values means nothing.
    public override string Key { get; } = $"claim {Quoted(name)} {string.Join(' ', values.Order(StringComparer.Ordinal).Select(Quoted))}";

    public override SchemeAbilities Possible => SchemeAbilities.Claims;

    public override Cause Lack => Permissions.ClaimMissing;

    private protected override bool HoldsFor(Facts facts, Identity who)
    {
        if (!who.Claims.TryGetValue(name, out var values) || values.Count == 0) return false;
        if (_accepted.Length == 0) return true;
        foreach (var value in _accepted)
            if (values.Contains(value)) return true;
        return false;
    }

    private protected override string WhyFor(Facts facts, Identity who) =>
        who.Claims.TryGetValue(name, out var values) ? $"{who.Name} has `{name}` = {string.Join(", ", values.Order(StringComparer.Ordinal).Take(8))}" : $"{who.Name} has no claim `{name}`";

    private protected override string ChangeFor(Facts facts, Identity who) =>
        _accepted.Length == 0 ? $"give {who.Name} the claim `{name}`" : $"give {who.Name} the claim `{name}` with the value `{_accepted[0]}`";

    public override bool Implies(Condition other) =>
        (other is ClaimCondition claim && claim.Values[0] == name && (claim._accepted.Length == 0 || (_accepted.Length > 0 && _accepted.All(value => claim._accepted.Contains(value, StringComparer.Ordinal)))))
        || base.Implies(other);
}

/// <summary><c>subscription premium</c>; without a plan: any that is active.</summary>
internal sealed class SubscriptionCondition(IReadOnlyList<string> plans) : IdentityCondition("subscription", plans)
{
    public override SchemeAbilities Possible => SchemeAbilities.Subscriptions;

    public override Cause Lack => Permissions.SubscriptionRequired;

    private protected override bool HoldsFor(Facts facts, Identity who)
    {
        if (Values.Length == 0)
        {
            foreach (var end in who.Subscriptions.Values)
                if (end > facts.Time) return true;
            return false;
        }

        foreach (var plan in Values)
            if (who.Subscriptions.TryGetValue(plan, out var end) && end > facts.Time) return true;
        return false;
    }

    private protected override string WhyFor(Facts facts, Identity who)
    {
        if (who.Subscriptions.Count == 0) return $"{who.Name} has no subscription";
        var parts = who.Subscriptions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(8)
            .Select(pair => pair.Value > facts.Time ? pair.Key : $"{pair.Key} (ended {pair.Value.UtcDateTime:yyyy-MM-dd HH:mm} UTC)");
        return $"{who.Name} has {string.Join(", ", parts)}";
    }

    private protected override string ChangeFor(Facts facts, Identity who) =>
        Values.Length == 0 ? $"give {who.Name} a subscription" : $"give {who.Name} the subscription {AnyOfValues}";

    public override bool Implies(Condition other) =>
        (other is SubscriptionCondition && other.Values.Length == 0) || (Values.Length > 0 && IsSubsetOf(other)) || base.Implies(other);
}

/// <summary><c>two-factor</c></summary>
internal sealed class TwoFactorCondition() : IdentityCondition("two-factor")
{
    public override bool OfStrength => true;

    public override SchemeAbilities Possible => SchemeAbilities.TwoFactor;

    public override Cause Lack => Tokens.AuthenticationTooWeak;

    private protected override bool HoldsFor(Facts facts, Identity who) => who.TwoFactor;

    private protected override string WhyFor(Facts facts, Identity who) =>
        who.TwoFactor ? $"{who.Name} gave a second factor" : $"{who.Name} gave no second factor";

    private protected override string ChangeFor(Facts facts, Identity who) => "sign in with a second factor";
}

/// <summary><c>within 10m</c>: the sign-in is not older.</summary>
internal sealed class WithinCondition(string text, TimeSpan limit) : IdentityCondition("within", text)
{
    public TimeSpan Limit { get; } = limit;

    public override string Key { get; } = $"within {limit}";

    public override bool OfStrength => true;

    public override SchemeAbilities Possible => SchemeAbilities.AuthenticatedAt;

    public override Cause Lack => Tokens.AuthenticationTooOld;

    private protected override bool HoldsFor(Facts facts, Identity who) =>
        who.AuthenticatedAt is { } since && facts.Time - since <= Limit;

    private protected override string WhyFor(Facts facts, Identity who) =>
        who.AuthenticatedAt is { } since
            ? $"{who.Name} signed in {(facts.Time - since).TotalSeconds:0} s ago"
            : $"it is not known when {who.Name} signed in";

    private protected override string ChangeFor(Facts facts, Identity who) => "sign in again";

    public override bool Implies(Condition other) => (other is WithinCondition within && Limit <= within.Limit) || base.Implies(other);
}
