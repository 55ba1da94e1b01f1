using System.Net;
using Gatehouse.Addresses;
using Gatehouse.Causes;

namespace Gatehouse.Policy;

/// <summary>What is told of a client whose address a trusted proxy hides.</summary>
file static class Unknown
{
    public const string Why = "the client's address is not known: a trusted proxy hides it or wrote what is no address";

    public const string Change = "let the trusted proxy tell the client's address in the forwarding field";
}

/// <summary><c>network 10.0.0.0/8 2001:db8::/32</c></summary>
internal sealed class NetworkCondition(IReadOnlyList<string> texts, RangeSet addresses) : Condition("network", texts)
{
    public RangeSet Addresses { get; } = addresses;

    public override Cause Lack => Causes.Network.IpNotAllowed;

    public override Cause Blocked => Causes.Network.IpBlocked;

    public override bool Holds(Facts facts, Identity? who) => facts.Address is { } address && Addresses.Contains(address);

    public override bool IsUnknown(Facts facts) => facts.Address is null;

    public override string Why(Facts facts, Identity? who) =>
        facts.Address is null ? Unknown.Why : Holds(facts, who) ? $"{facts.Address} is in it" : $"{facts.Address} is not in it";

    public override string Change(Facts facts, Identity? who) => facts.Address is null ? Unknown.Change : $"add {facts.Address} to `{Text}`";

    public override bool Implies(Condition other) =>
        other is NetworkCondition network ? Ranges.Subtract(Ranges.Of(Addresses), Ranges.Of(network.Addresses)).IsEmpty : base.Implies(other);
}

/// <summary><c>list blocklist.txt</c></summary>
internal sealed class ListCondition(string name, Func<IPAddress, bool> contains, Func<bool> isEmpty) : Condition("list", name)
{
    public override Cause Lack => Causes.Network.IpNotAllowed;

    public override Cause Blocked => Causes.Network.IpBlocked;

    public override bool Holds(Facts facts, Identity? who) => facts.Address is { } address && contains(address);

    public override bool IsUnknown(Facts facts) => facts.Address is null && !isEmpty();

    public override string Why(Facts facts, Identity? who) =>
        facts.Address is null ? Unknown.Why : Holds(facts, who) ? $"{facts.Address} is on it" : $"{facts.Address} is not on it";

    public override string Change(Facts facts, Identity? who) => facts.Address is null ? Unknown.Change : $"add {facts.Address} to the list `{Values[0]}`";
}

/// <summary><c>country DE AT CH</c>; an address of unknown country is in none.</summary>
internal sealed class CountryCondition(IReadOnlyList<string> codes) : Condition("country", codes)
{
    public override Cause Lack => Causes.Network.CountryBlocked;

    public override Cause Blocked => Causes.Network.CountryBlocked;

    public override bool Holds(Facts facts, Identity? who)
    {
        if (facts.Country is null) return false;
        foreach (var code in Values)
            if (string.Equals(code, facts.Country, StringComparison.Ordinal)) return true;
        return false;
    }

    public override bool IsUnknown(Facts facts) => facts.Address is null;

    public override string Why(Facts facts, Identity? who) =>
        facts.Address is null ? Unknown.Why : facts.Country is null ? $"the country of {facts.Address} is not known" : $"{facts.Address} is in {facts.Country}";

    public override string Change(Facts facts, Identity? who) =>
        facts.Address is null ? Unknown.Change : facts.Country is null ? $"let {facts.Address}, whose country is not known, in by another condition" : $"add {facts.Country} to `{Text}`";

    public override bool Implies(Condition other) => IsSubsetOf(other);
}

/// <summary><c>method GET POST</c>; HEAD follows GET.</summary>
internal sealed class MethodCondition(IReadOnlyList<string> methods) : Condition("method", methods)
{
    public override Cause Lack => Causes.Network.MethodDenied;

    public override Cause Blocked => Causes.Network.MethodDenied;

    public override bool Holds(Facts facts, Identity? who) => Includes(Values, facts.Method);

    /// <summary>Whether a list of methods names this one; HEAD is named by GET.</summary>
    public static bool Includes(string[] methods, string method)
    {
        foreach (var named in methods)
            if (string.Equals(named, method, StringComparison.Ordinal) || (method == "HEAD" && named == "GET")) return true;
        return false;
    }

    public override string Why(Facts facts, Identity? who) => $"the method is {facts.Method}";

    public override string Change(Facts facts, Identity? who) => $"add {facts.Method} to `{Text}`";

    public override bool Implies(Condition other) => other is MethodCondition method && Values.All(value => Includes(method.Values, value));
}

/// <summary><c>hours mon-fri 08:00-18:00 Europe/Berlin</c></summary>
internal sealed class HoursCondition(IReadOnlyList<string> texts, OpenHours hours) : Condition("hours", texts)
{
    public OpenHours Hours { get; } = hours;

    // The order of the values means something here.
    public override string Key => Text;

    public override Cause Lack => Causes.Network.TimeOutsideWindow;

    public override Cause Blocked => Causes.Network.TimeOutsideWindow;

    public override bool Holds(Facts facts, Identity? who) => Hours.Contain(facts.Time);

    public override string Why(Facts facts, Identity? who) => $"it is {Hours.Local(facts.Time):ddd HH:mm} {Hours.Zone.Id}";

    public override string Change(Facts facts, Identity? who) => $"come within `{Text}`, or widen it to {Hours.Local(facts.Time):ddd HH:mm} {Hours.Zone.Id}";

    public override bool Implies(Condition other) => other is HoursCondition hours && Hours.AreWithin(hours.Hours);
}

/// <summary><c>https</c></summary>
internal sealed class HttpsCondition() : Condition("https")
{
    public override Cause Lack => Causes.Network.HttpsRequired;

    public override bool Holds(Facts facts, Identity? who) => facts.Secure;

    public override string Why(Facts facts, Identity? who) => facts.Secure ? "it came over TLS" : "it came over plain http";

    public override string Change(Facts facts, Identity? who) => "ask over https";
}

/// <summary><c>not</c> over a condition of the request.</summary>
internal sealed class NegatedCondition(Condition inner) : Condition($"not {inner.Text}")
{
    public Condition Inner { get; } = inner;

    public override string Key { get; } = $"not {inner.Key}";

    // What must not hold and does is blocked by it.
    public override Cause Lack => Inner.Blocked;

    public override Cause Blocked => Inner.Lack;

    public override bool Holds(Facts facts, Identity? who) => !Inner.IsUnknown(facts) && !Inner.Holds(facts, who);

    public override bool IsUnknown(Facts facts) => Inner.IsUnknown(facts);

    public override string Why(Facts facts, Identity? who) => Inner.Why(facts, who);

    public override string Change(Facts facts, Identity? who) => Inner switch
    {
        _ when Inner.IsUnknown(facts) => Unknown.Change,
        HttpsCondition => "ask over plain http",
        HoursCondition => $"come outside `{Inner.Text}`",
        CountryCondition => $"take {facts.Country} out of `{Text}`",
        MethodCondition => $"take {facts.Method} out of `{Text}`",
        _ => $"take {facts.Address} out of `{Text}`",
    };

    public override bool Implies(Condition other) => other is NegatedCondition negated && negated.Inner.Implies(Inner);
}
