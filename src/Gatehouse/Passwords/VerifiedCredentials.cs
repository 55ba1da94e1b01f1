using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Passwords;

/// <summary>
/// Remembers for a short time which user names and passwords were verified, so that Basic with bcrypt does not cost a bcrypt at
/// every request. Neither password nor hash is kept: only HMAC-SHA256 of both under a key that this process drew and shows nobody.
/// Failures are not remembered: each guess costs the whole hash. Safe for many threads; finding takes no lock and allocates nothing.
/// </summary>
/// <typeparam name="T">What is remembered with it: the user's name, an identity.</typeparam>
public sealed class VerifiedCredentials<T> : IDisposable
    where T : class
{
    /// <summary>Most bytes of user name and password together; longer ones are never remembered.</summary>
    public const int MaximumLength = 1024;

    private const int Ways = 4;

    private readonly TimeProvider _time;
    private readonly long _lifetime;
    private readonly Entry?[] _entries;
    private readonly ThreadLocal<IncrementalHash> _keyed;

    /// <summary>Begins empty.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="lifetime">How long a verified pair is remembered; positive, and short, since a password that was changed elsewhere works so long.</param>
    /// <param name="capacity">Most pairs remembered (rounded up to a power of two); further ones push out others. Positive.</param>
    public VerifiedCredentials(TimeProvider time, TimeSpan lifetime, int capacity = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 24);
        _time = time;
        _lifetime = (long)(lifetime.TotalSeconds * time.TimestampFrequency);
        _entries = new Entry?[Math.Max(Ways, (int)BitOperations.RoundUpToPowerOf2((uint)capacity))];
        var key = RandomNumberGenerator.GetBytes(32);
        _keyed = new(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key), trackAllValues: true);
    }

    /// <summary>Looks a pair up.</summary>
    /// <param name="user">In octets, as sent.</param>
    /// <param name="password">In octets, as sent.</param>
    /// <param name="version">Of the password file or store (<see cref="Watched{T}.Version"/>): what was verified under another is forgotten.</param>
    /// <returns>What was remembered, or null: verify, and <see cref="Remember"/> on success.</returns>
    public T? Find(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, long version)
    {
        if (user.Length + password.Length > MaximumLength) return null;
        Span<byte> digest = stackalloc byte[32];
        Digest(user, password, digest);
        var now = _time.GetTimestamp();
        var start = Set(digest);
        for (var i = start; i < start + Ways; i++)
        {
            var entry = Volatile.Read(ref _entries[i]);
            if (entry is null || !CryptographicOperations.FixedTimeEquals(entry.Digest, digest)) continue;
            if (entry.Version == version && now - entry.Since < _lifetime) return entry.Value;
            Interlocked.CompareExchange(ref _entries[i], null, entry);
            return null;
        }

        return null;
    }

    /// <summary>Remembers a pair that was verified a moment ago.</summary>
    /// <param name="user">In octets, as sent.</param>
    /// <param name="password">In octets, as sent.</param>
    /// <param name="version">The version under which it was verified, taken <em>before</em> verifying.</param>
    /// <param name="value">What to remember.</param>
    public void Remember(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, long version, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (user.Length + password.Length > MaximumLength) return;
        var digest = new byte[32];
        Digest(user, password, digest);
        var start = Set(digest);
        // Its own place, else a free one, else that of the oldest.
        var (place, least) = (start, long.MaxValue);
        for (var i = start; i < start + Ways; i++)
        {
            var entry = Volatile.Read(ref _entries[i]);
            var own = entry is not null && entry.Digest.AsSpan().SequenceEqual(digest);
            var rank = own ? long.MinValue : entry is null ? long.MinValue + 1 : entry.Since;
            if (rank < least) (place, least) = (i, rank);
        }

        Volatile.Write(ref _entries[place], new(digest, value, version, _time.GetTimestamp()));
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Array.Clear(_entries);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var hash in _keyed.Values) hash.Dispose();
        _keyed.Dispose();
    }

    // With the user name's length first: `ab`+`c` must not be `a`+`bc`.
    private void Digest(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, Span<byte> digest)
    {
        Span<byte> message = stackalloc byte[4 + MaximumLength];
        BinaryPrimitives.WriteInt32LittleEndian(message, user.Length);
        user.CopyTo(message[4..]);
        password.CopyTo(message[(4 + user.Length)..]);
        message = message[..(4 + user.Length + password.Length)];
        var keyed = _keyed.Value!;
        keyed.AppendData(message);
        keyed.GetHashAndReset(digest);
        CryptographicOperations.ZeroMemory(message);
    }

    private int Set(ReadOnlySpan<byte> digest) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(digest) & (uint)(_entries.Length - 1)) & ~(Ways - 1);

    private sealed record Entry(byte[] Digest, T Value, long Version, long Since);
}
