namespace Gatehouse.Policy;

/// <summary>What an identity that a scheme leads to can have, so that a challenge is offered only where it can help.</summary>
[Flags]
public enum SchemeAbilities
{
    /// <summary>A name and nothing else.</summary>
    None = 0,

    /// <summary>Roles.</summary>
    Roles = 1,

    /// <summary>Groups.</summary>
    Groups = 2,

    /// <summary>Scopes.</summary>
    Scopes = 4,

    /// <summary>Subscriptions.</summary>
    Subscriptions = 8,

    /// <summary>Other claims.</summary>
    Claims = 16,

    /// <summary>A second factor.</summary>
    TwoFactor = 32,

    /// <summary>The time of the sign-in is known.</summary>
    AuthenticatedAt = 64,
}
