using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Grammar;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Accounts;

/// <summary>
/// Passwords that verified a short time ago, under a hash with a key that lives as long as the process. One is forgotten at once
/// when its account changes: it is bound to the account's stamp, which is looked at each time.
/// </summary>
internal sealed class RememberedPasswords(TimeProvider time) : IDisposable
{
    /// <summary>How long one is remembered.</summary>
    public static readonly TimeSpan For = TimeSpan.FromMinutes(5);

    private const int Bound = 50_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();

    /// <summary>Whose name and password these are; null: they did not verify lately, or the account changed since.</summary>
    /// <exception cref="StateUnavailableException">The accounts can't be read.</exception>
    public async ValueTask<Identity?> FindAsync(BasicCredentials credentials, IAccounts accounts, CancellationToken cancellation)
    {
        var hash = Hash(credentials);
        if (!_entries.TryGetValue(hash, out var entry)) return null;
        if (time.GetElapsedTime(entry.At) >= For)
        {
            _entries.TryRemove(hash, out _);
            return null;
        }

        var revision = accounts.Revision;
        if (entry.Revision == revision) return entry.Identity;
        var account = await accounts.FindAsync(entry.Identity.Name, cancellation);
        if (account is null || account.Disabled || !account.Stamp.AsSpan().SequenceEqual(entry.Stamp))
        {
            _entries.TryRemove(hash, out _);
            return null;
        }

        var renewed = entry with { Identity = account.As(Scheme.Basic), Revision = revision };
        _entries[hash] = renewed;
        return renewed.Identity;
    }

    /// <summary>Remembers what verified now.</summary>
    public Identity Keep(BasicCredentials credentials, Account account)
    {
        var identity = account.As(Scheme.Basic);
        if (_entries.Count >= Bound) _entries.Clear();
        // The revision is not known to be that of the account: the next use compares the stamp once.
        _entries[Hash(credentials)] = new Entry(identity, account.Stamp, -1, time.GetTimestamp());
        return identity;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    // Lengths first: `ab`+`c` is not `a`+`bc`.
    private UInt128 Hash(BasicCredentials credentials)
    {
        Span<byte> hash = stackalloc byte[32];
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, credentials.UserOctets.Length);
        mac.AppendData(length);
        mac.AppendData(credentials.UserOctets);
        mac.AppendData(credentials.PasswordOctets);
        mac.GetHashAndReset(hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private sealed record Entry(Identity Identity, byte[] Stamp, long Revision, long At);
}
