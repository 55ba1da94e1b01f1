using System.Net;

namespace Gatehouse.Policy;

/// <summary>What a request shows, whoever sends it: made once from the canonical request; the decision and what is served both come from it.</summary>
public sealed record Facts
{
    /// <summary>The method, upper case as sent (methods are case-sensitive, RFC 9110 section 9.1).</summary>
    public required string Method { get; init; }

    /// <summary>Host without port, lower case, without trailing dot.</summary>
    public required string Host { get; init; }

    /// <summary>Decoded, canonical path: starts with one slash, no dot segments, no doubled slashes.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The client's address: of the peer, or what a trusted proxy says; mapped addresses unwrapped, no zone. Null where a trusted proxy hides it or
    /// can't be understood: then no condition on addresses or countries grants anything, and each of the refuse list refuses.
    /// </summary>
    public required IPAddress? Address { get; init; }

    /// <summary>ISO 3166-1 alpha-2, upper case; null where the country database does not know the address.</summary>
    public string? Country { get; init; }

    /// <summary>When the request came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether it came over TLS (to us, or to a trusted proxy that says so).</summary>
    public bool Secure { get; init; }
}
