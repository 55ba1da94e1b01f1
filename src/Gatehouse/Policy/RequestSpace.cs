using Gatehouse.Addresses;

namespace Gatehouse.Policy;

/// <summary>
/// The requests that meet a set of conditions, as far as it takes to say whether there is one. Exact for networks, countries, methods, TLS, users
/// and hours of one zone; what a list holds and what another time zone's clock says is taken as possible either way.
/// </summary>
internal sealed record RequestSpace
{
    // Stands for any method that no rule names.
    private const string AnotherMethod = "ANOTHER-METHOD";

    private Ranges? _addresses;
    private HashSet<string>? _countries;
    private HashSet<string> _otherCountries = [];
    private IReadOnlyList<Func<string, bool>> _methods = [];
    private IReadOnlyList<string> _named = [AnotherMethod, "HEAD"];
    private IReadOnlyList<OpenHours> _inside = [];
    private IReadOnlyList<OpenHours> _outside = [];
    private IReadOnlyDictionary<string, bool> _switches = new Dictionary<string, bool>(StringComparer.Ordinal);
    private HashSet<string>? _users;
    private bool _contradictory;

    /// <summary>The requests that a pattern's methods leave; null: all.</summary>
    public static RequestSpace Of(PathPattern? pattern) =>
        pattern is null || pattern.Methods.Length == 0 ? new() : new() { _methods = [pattern.Names], _named = [AnotherMethod, "HEAD", .. pattern.Methods] };

    /// <summary>Whether a condition on addresses is among them.</summary>
    public bool NamesAddresses => _addresses is not null;

    /// <summary>Whether no request is left.</summary>
    public bool IsEmpty =>
        _contradictory
        || _addresses is { IsEmpty: true }
        || _countries is { Count: 0 }
        || _users is { Count: 0 }
        || !_named.Any(method => _methods.All(accepts => accepts(method)))
        || !OpenHours.CanMeet(_inside, _outside);

    /// <summary>What is left with one more condition.</summary>
    public RequestSpace With(Condition condition) => condition switch
    {
        NegatedCondition negated => Without(negated.Inner),
        NetworkCondition network => this with { _addresses = Ranges.Intersect(_addresses ?? Ranges.Everything, Ranges.Of(network.Addresses)) },
        CountryCondition country => this with { _countries = [.. (_countries ?? [.. country.Values]).Intersect(country.Values, StringComparer.Ordinal).Except(_otherCountries, StringComparer.Ordinal)] },
        MethodCondition method => this with { _methods = [.. _methods, name => MethodCondition.Includes(method.Values, name)], _named = [.. _named, .. method.Values] },
        HoursCondition hours => this with { _inside = [.. _inside, hours.Hours] },
        UserCondition user => this with { _users = [.. (_users ?? [.. user.Values]).Intersect(user.Values, StringComparer.Ordinal)] },
        HttpsCondition or ListCondition => Switched(condition.Key, true),
        _ => this,
    };

    /// <summary>What is left where these addresses are taken out.</summary>
    public RequestSpace WithoutAddresses(Ranges addresses) => this with { _addresses = Ranges.Subtract(_addresses ?? Ranges.Everything, addresses) };

    /// <summary>What is left where a condition does not hold.</summary>
    public RequestSpace Without(Condition condition) => condition switch
    {
        NegatedCondition negated => With(negated.Inner),
        NetworkCondition network => WithoutAddresses(Ranges.Of(network.Addresses)),
        CountryCondition country => this with { _otherCountries = [.. _otherCountries, .. country.Values], _countries = _countries is null ? null : [.. _countries.Except(country.Values, StringComparer.Ordinal)] },
        MethodCondition method => this with { _methods = [.. _methods, name => !MethodCondition.Includes(method.Values, name)], _named = [.. _named, .. method.Values] },
        HoursCondition hours => this with { _outside = [.. _outside, hours.Hours] },
        HttpsCondition or ListCondition => Switched(condition.Key, false),
        _ => this,
    };

    private RequestSpace Switched(string key, bool on)
    {
        if (_switches.TryGetValue(key, out var before)) return before == on ? this : this with { _contradictory = true };
        return this with { _switches = new Dictionary<string, bool>(_switches, StringComparer.Ordinal) { [key] = on } };
    }
}
