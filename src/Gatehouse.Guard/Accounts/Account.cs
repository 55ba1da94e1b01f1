using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Accounts;

/// <summary>An account as requests see it: immutable, made anew when anything about it changes.</summary>
internal sealed record Account
{
    /// <summary>As it was registered, whatever spelling the caller used.</summary>
    public required string Name { get; init; }

    /// <summary>Changes with the password and with whatever else must end sessions; 16 bytes that tell nothing of it.</summary>
    public required byte[] Stamp { get; init; }

    /// <summary>Switched off by an administrator.</summary>
    public bool Disabled { get; init; }

    /// <summary>Roles.</summary>
    public FrozenSet<string> Roles { get; init; } = [];

    /// <summary>Groups.</summary>
    public FrozenSet<string> Groups { get; init; } = [];

    /// <summary>Plan to its end.</summary>
    public FrozenDictionary<string, DateTimeOffset> Subscriptions { get; init; } = FrozenDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The identity that a proof by this scheme gives.</summary>
    public Identity As(Scheme scheme, DateTimeOffset? authenticatedAt = null, FrozenSet<string>? scopes = null) => new()
    {
        Name = Name,
        Scheme = scheme,
        Roles = Roles,
        Groups = Groups,
        Subscriptions = Subscriptions,
        Scopes = scopes ?? [],
        AuthenticatedAt = authenticatedAt,
    };

    /// <summary>The stamp of a text that changes when sessions must end.</summary>
    public static byte[] StampOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];
}
