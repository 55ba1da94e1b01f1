using Gatehouse.Grammar;
using Gatehouse.Passwords;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Accounts;

/// <summary>
/// Passwords that verified a short time ago. One is forgotten at once when its account changes: it is bound to the account's stamp,
/// which is compared whenever anything about accounts changed; a change of somebody else costs it nothing.
/// </summary>
internal sealed class RememberedPasswords(TimeProvider time) : IDisposable
{
    /// <summary>How long one is remembered.</summary>
    public static readonly TimeSpan For = TimeSpan.FromMinutes(5);

    private const int Capacity = 16_384;

    private readonly VerifiedCredentials<Entry> _verified = new(time, For, Capacity);

    /// <summary>Whose name and password these are; null: they did not verify lately, or the account changed since.</summary>
    /// <exception cref="StateUnavailableException">The accounts can't be read.</exception>
    public ValueTask<Identity?> FindAsync(BasicCredentials credentials, IAccounts accounts, CancellationToken cancellation)
    {
        if (_verified.Find(credentials.UserOctets, credentials.PasswordOctets, version: 0) is not { } entry) return new((Identity?)null);
        var revision = accounts.Revision;
        var standing = entry.Standing;
        return standing.Revision == revision ? new(standing.Identity) : CompareAsync(entry, accounts, revision, cancellation);
    }

    /// <summary>Remembers what verified now.</summary>
    public Identity Keep(BasicCredentials credentials, Account account)
    {
        var identity = account.As(Scheme.Basic);
        // The revision is not known to be that of the account: the next use compares the stamp once.
        _verified.Remember(credentials.UserOctets, credentials.PasswordOctets, version: 0, new Entry(account.Name, account.Stamp) { Standing = new(identity, -1) });
        return identity;
    }

    /// <inheritdoc/>
    public void Dispose() => _verified.Dispose();

    private static async ValueTask<Identity?> CompareAsync(Entry entry, IAccounts accounts, long revision, CancellationToken cancellation)
    {
        var account = await accounts.FindAsync(entry.Name, cancellation);
        if (account is null || account.Disabled || !account.Stamp.AsSpan().SequenceEqual(entry.Stamp)) return null;
        var identity = account.As(Scheme.Basic);
        entry.Standing = new(identity, revision);
        return identity;
    }

    private sealed class Entry(string name, byte[] stamp)
    {
        private Standing _standing = null!;

        public string Name => name;

        public byte[] Stamp => stamp;

        public required Standing Standing
        {
            get => Volatile.Read(ref _standing);
            set => Volatile.Write(ref _standing, value);
        }
    }

    private sealed record Standing(Identity? Identity, long Revision);
}
