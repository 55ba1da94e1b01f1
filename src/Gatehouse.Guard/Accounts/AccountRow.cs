using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Guard.Accounts;

/// <summary>An account as it lies in the database: ASP.NET Core Identity's columns and ours.</summary>
internal sealed class AccountRow : IdentityUser
{
    /// <summary>Switched off by an administrator.</summary>
    public bool Disabled { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; set; }

    /// <summary>Groups.</summary>
    public List<AccountGroup> Groups { get; } = [];

    /// <summary>Subscriptions.</summary>
    public List<AccountSubscription> Subscriptions { get; } = [];
}

/// <summary>That an account belongs to a group.</summary>
internal sealed class AccountGroup
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The group.</summary>
    public required string Name { get; init; }
}

/// <summary>That an account has subscribed to a plan.</summary>
internal sealed class AccountSubscription
{
    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The plan.</summary>
    public required string Plan { get; init; }

    /// <summary>When it ends; null: never.</summary>
    public DateTimeOffset? Until { get; set; }
}
