using Gatehouse.Policy;

namespace Gatehouse.Guard.Accounts;

/// <summary>Where accounts come from: the database, or a password file of Apache httpd's kind.</summary>
internal interface IAccounts
{
    /// <summary>What its identities can have.</summary>
    SchemeAbilities Abilities { get; }

    /// <summary>Changes whenever anything about any account may have changed. Cheap: asked by every request.</summary>
    /// <exception cref="StateUnavailableException">The accounts can't be read.</exception>
    long Revision { get; }

    /// <summary>The account of that name; null: there is none.</summary>
    /// <exception cref="StateUnavailableException">The accounts can't be read.</exception>
    ValueTask<Account?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>The account's password hash; null: no such account. Takes the same way, and time, for both.</summary>
    /// <exception cref="StateUnavailableException">The accounts can't be read.</exception>
    ValueTask<PasswordRecord?> FindPasswordAsync(string name, CancellationToken cancellation);

    /// <summary>Verifies against the account's hash, or where there is none (<paramref name="record"/> null) against one of equal cost that nothing matches.</summary>
    PasswordVerdict Verify(string name, PasswordRecord? record, string password);

    /// <summary>Stores the password again under today's cost, where the hash was of a lesser one.</summary>
    ValueTask RenewHashAsync(PasswordRecord record, string password, CancellationToken cancellation);
}

/// <summary>An account's name, the text of its password hash, and whether it is switched off.</summary>
internal sealed record PasswordRecord(string Name, string Hash, bool Disabled = false)
{
    /// <summary>Secrets are not printed.</summary>
    public override string ToString() => $"the hash of {Name}";
}

/// <summary>What became of a verification. The default refuses.</summary>
internal enum PasswordVerdict
{
    /// <summary>It differs, or there is no such account.</summary>
    Wrong = 0,

    /// <summary>The hash itself is malformed or of a kind that can't be verified here.</summary>
    BadHash,

    /// <summary>It is right.</summary>
    Right,

    /// <summary>It is right, and its hash is of a lesser cost than today's.</summary>
    RightAndOutdated,
}
