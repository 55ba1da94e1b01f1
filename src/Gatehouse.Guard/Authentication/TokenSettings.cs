namespace Gatehouse.Guard.Authentication;

/// <summary>One issuer whose access tokens are accepted.</summary>
public sealed record TokenSettings
{
    /// <summary>Compared with <c>iss</c> octet by octet (RFC 8725 section 3.8). Without <see cref="KeysFile"/>, an https address from which its keys are discovered.</summary>
    public required string Issuer { get; init; }

    /// <summary>What <c>aud</c> must contain one of.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The algorithms that are taken; <c>none</c> never is. Symmetric ones only with keys from a file.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = DefaultAlgorithms;

    /// <summary>A JSON Web Key Set (RFC 7517) on disk, read again when it changes; null: discovery.</summary>
    public string? KeysFile { get; init; }

    /// <summary>How far clocks may differ, for <c>exp</c>, <c>nbf</c> and <c>iat</c>.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The claim that holds the roles, or a path to it (<c>realm_access.roles</c>).</summary>
    public string RolesClaim { get; init; } = "roles";

    /// <summary>The claim that holds the groups.</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>The claim that holds the scopes; null: <c>scope</c> and <c>scp</c>.</summary>
    public string? ScopeClaim { get; init; }

    /// <summary>The claim that holds the plans subscribed to.</summary>
    public string SubscriptionClaim { get; init; } = "subscription";

    /// <summary>Asymmetric ones alone.</summary>
    public static IReadOnlyList<string> DefaultAlgorithms { get; } = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
}
