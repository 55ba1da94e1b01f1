using System.Net;

namespace Gatehouse.Guard.Pipeline;

/// <summary>What is needed beside the request itself to say what it shows.</summary>
public sealed record RequestSurroundings
{
    /// <summary>Proxies whose word on the client's address and scheme counts; empty (the default): nobody's.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The field in which trusted proxies name the client: <c>X-Forwarded-For</c> or <c>Forwarded</c>. The other one is ignored.</summary>
    public string ForwardingField { get; init; } = "X-Forwarded-For";

    /// <summary>The country of an address, upper case; null where it is not known or no rule speaks of countries.</summary>
    public Func<IPAddress, string?>? CountryOf { get; init; }

    /// <summary>What keeps the Guard from deciding (accounts that can't be read), for the health page; null: nothing does.</summary>
    public Func<string?>? Trouble { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
