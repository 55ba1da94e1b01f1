using System.Collections.Frozen;

namespace Gatehouse.Policy;

/// <summary>How somebody can prove who they are. A challenge is built for each.</summary>
public enum Scheme
{
    /// <summary>Nobody is known.</summary>
    None = 0,

    /// <summary>RFC 7617.</summary>
    Basic,

    /// <summary>Login form and server-side session; challenge scheme <c>Cookie</c>.</summary>
    Cookie,

    /// <summary>RFC 6750, JWT (RFC 7519).</summary>
    Bearer,

    /// <summary>API key; challenge scheme <c>ApiKey</c>.</summary>
    ApiKey,

    /// <summary>TLS client certificate.</summary>
    Certificate,
}

/// <summary>Who asks, how strongly that is known, and since when.</summary>
public sealed record Identity
{
    /// <summary>The account's name, or the subject of a token.</summary>
    public required string Name { get; init; }

    /// <summary>What proved it.</summary>
    public required Scheme Scheme { get; init; }

    /// <summary>Ordinal comparison; empty: none.</summary>
    public FrozenSet<string> Roles { get; init; } = [];

    /// <summary>Ordinal comparison; empty: none. A group also grants the role of its name.</summary>
    public FrozenSet<string> Groups { get; init; } = [];

    /// <summary>OAuth scopes of a token or key; empty: none.</summary>
    public FrozenSet<string> Scopes { get; init; } = [];

    /// <summary>Plan to the moment when it ends (<see cref="DateTimeOffset.MaxValue"/>: never).</summary>
    public FrozenDictionary<string, DateTimeOffset> Subscriptions { get; init; } = FrozenDictionary<string, DateTimeOffset>.Empty;

    /// <summary>Other attributes, each with all its values.</summary>
    public FrozenDictionary<string, FrozenSet<string>> Claims { get; init; } = FrozenDictionary<string, FrozenSet<string>>.Empty;

    /// <summary>When the person last proved who they are (<c>auth_time</c>); null: not known, which is older than any limit.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>Whether a second factor was part of it.</summary>
    public bool TwoFactor { get; init; }
}
