using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Guard.Accounts;

/// <summary>How many failures are borne.</summary>
public sealed record SignInLimitSettings
{
    /// <summary>Failures in a row after which an account is locked.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>The first lock; each further failure doubles it.</summary>
    public TimeSpan FirstLock { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest lock.</summary>
    public TimeSpan LongestLock { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Failures from one address (IPv6: one /64) that are borne at once.</summary>
    public int FailuresOfAddress { get; init; } = 50;

    /// <summary>The time in which an address is forgiven one failure.</summary>
    public TimeSpan Forgiveness { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Counts failures to sign in, by account and by address, in bounded memory; locks lie in the state, so that they outlive a restart
/// and an administrator can lift them. Names that nobody has are counted and locked like others: a lock tells nothing.
/// An address from which the account was signed in to is counted apart, so that strangers can't lock its owner out (ASVS 6.1.1).
/// </summary>
internal sealed class SignInLimits(StateDatabase? state, TimeProvider time)
{
    /// <summary>A flood of made-up names must not fill the memory: beyond this the oldest are forgotten.</summary>
    private const int Bound = 100_000;

    /// <summary>Longer names are counted by their SHA-256: a flood of them must not fill the memory or the state with what the caller wrote.</summary>
    private const int LongestName = 128;

    /// <summary>Failures older than this are forgotten.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, Count> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Count> _addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    private volatile Locks _locks = new(FrozenDictionary<string, DateTimeOffset>.Empty, -1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ownLocks = new(StringComparer.Ordinal);

    /// <summary>Until when this name is locked for this address; null: it is not.</summary>
    public DateTimeOffset? LockedUntil(string name, IPAddress? address)
    {
        var key = Key(name, address);
        var now = time.GetUtcNow();
        IReadOnlyDictionary<string, DateTimeOffset> locks = state is null ? _ownLocks : Stored();
        return locks.TryGetValue(key, out var until) && until > now ? until : null;
    }

    /// <summary>Whether so many failures came from this address that it must wait, whatever it tries.</summary>
    public bool IsSlowed(IPAddress? address, SignInLimitSettings settings) =>
        _addresses.TryGetValue(Network(address), out var count) && count.Level(time.GetUtcNow(), settings.Forgiveness) >= settings.FailuresOfAddress;

    /// <summary>Notes a failure.</summary>
    /// <returns>Until when the name is locked from now on; null: it is not.</returns>
    public DateTimeOffset? Failed(string name, IPAddress? address, SignInLimitSettings settings)
    {
        var now = time.GetUtcNow();
        var key = Key(name, address);
        Get(_addresses, Network(address)).Leak(now, settings.Forgiveness);
        var failures = Get(_accounts, key).Add(now, Memory);
        if (failures < settings.Failures) return null;
        var doublings = Math.Min(failures - settings.Failures, 20);
        var length = TimeSpan.FromTicks(Math.Min(settings.LongestLock.Ticks, settings.FirstLock.Ticks << doublings));
        var until = now + length;
        Store(key, until, now);
        return until;
    }

    /// <summary>Notes a success: the account's failures are forgotten, and the address is known for it.</summary>
    public void Succeeded(string name, IPAddress? address)
    {
        _accounts.TryRemove(Key(name, address), out _);
        if (address is null) return;
        var known = KnownKey(name, address);
        if (_known.ContainsKey(known)) return;
        Trim(_known, seen => seen);
        _known[known] = time.GetUtcNow();
    }

    /// <summary>Lifts all locks of a name.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool Unlock(StateDatabase state, string name)
    {
        try
        {
            using var connection = state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM locks WHERE name = $name OR substr(name, 1, length($name) + 1) = $name || char(10)";
            command.Parameters.AddWithValue("$name", Normalize(name));
            var lifted = command.ExecuteNonQuery() > 0;
            state.Revisions.Ask();
            return lifted;
        }
        catch (SqliteException broken)
        {
            throw state.Unavailable(broken);
        }
    }

    /// <summary>Until when a name is locked for strangers; null: it is not.</summary>
    public DateTimeOffset? LockedUntil(string name) =>
        state is not null && Stored().TryGetValue(Normalize(name), out var until) && until > time.GetUtcNow() ? until : null;

    // All spellings of a name are one counter, also where a password file tells them apart.
    private static string Normalize(string name)
    {
        var normal = name.Trim().ToUpperInvariant();
        return normal.Length <= LongestName ? normal : Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(normal.AsSpan())));
    }

    // All whose address a proxy hides are one: they share their failures.
    private static string Network(IPAddress? address)
    {
        if (address is null) return "hidden";
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return Convert.ToHexString(bytes[..8]);
    }

    private static string KnownKey(string name, IPAddress? address) => $"{Normalize(name)}\n{Network(address)}";

    private string Key(string name, IPAddress? address)
    {
        var known = KnownKey(name, address);
        return _known.ContainsKey(known) ? known : Normalize(name);
    }

    private static Count Get(ConcurrentDictionary<string, Count> counts, string key)
    {
        Trim(counts, count => count.Last);
        return counts.GetOrAdd(key, static _ => new Count());
    }

    private static void Trim<T>(ConcurrentDictionary<string, T> entries, Func<T, DateTimeOffset> age)
    {
        if (entries.Count < Bound) return;
        // Rare and linear: a tenth goes at a time.
        foreach (var entry in entries.OrderBy(entry => age(entry.Value)).Take(Bound / 10).ToList()) entries.TryRemove(entry.Key, out _);
    }

    private FrozenDictionary<string, DateTimeOffset> Stored()
    {
        var revision = state!.Revisions.Locks;
        var locks = _locks;
        if (locks.Revision == revision) return locks.Until;
        try
        {
            using var connection = state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT name, until FROM locks";
            using var reader = command.ExecuteReader();
            var until = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            while (reader.Read()) until[reader.GetString(0)] = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1));

            // What an administrator lifted is forgiven as a whole: the next failure is the first again.
            var now = time.GetUtcNow();
            foreach (var (name, end) in locks.Until)
            {
                if (end > now && !until.ContainsKey(name)) _accounts.TryRemove(name, out _);
            }

            locks = new Locks(until.ToFrozenDictionary(StringComparer.Ordinal), revision);
            _locks = locks;
            return locks.Until;
        }
        catch (SqliteException broken)
        {
            throw state.Unavailable(broken);
        }
    }

    private void Store(string key, DateTimeOffset until, DateTimeOffset now)
    {
        if (state is null)
        {
            Trim(_ownLocks, end => end);
            _ownLocks[key] = until;
            return;
        }

        try
        {
            using var connection = state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM locks WHERE until < $now; INSERT INTO locks(name, until) VALUES ($name, $until) ON CONFLICT(name) DO UPDATE SET until = excluded.until";
            command.Parameters.AddWithValue("$name", key);
            command.Parameters.AddWithValue("$until", until.ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
            command.ExecuteNonQuery();
            state.Revisions.Ask();
        }
        catch (SqliteException broken)
        {
            throw state.Unavailable(broken);
        }
    }

    private sealed record Locks(FrozenDictionary<string, DateTimeOffset> Until, long Revision);

    private sealed class Count
    {
        private readonly Lock _lock = new();
        private int _failures;
        private double _level;

        public DateTimeOffset Last { get; private set; }

        public int Add(DateTimeOffset now, TimeSpan memory)
        {
            lock (_lock)
            {
                if (now - Last > memory) _failures = 0;
                Last = now;
                return ++_failures;
            }
        }

        public void Leak(DateTimeOffset now, TimeSpan forgiveness)
        {
            lock (_lock)
            {
                _level = Level(now, forgiveness) + 1;
                Last = now;
            }
        }

        public double Level(DateTimeOffset now, TimeSpan forgiveness) => Math.Max(0, _level - Math.Max(0, (now - Last).TotalSeconds) / forgiveness.TotalSeconds);
    }
}
