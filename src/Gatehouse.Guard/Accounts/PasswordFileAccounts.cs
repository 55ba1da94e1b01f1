using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Passwords;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Accounts;

/// <summary>Accounts in a password file of Apache httpd's kind, with or without a group file. Changed by `htpasswd` and editors, never by us; a change counts from the next request on.</summary>
internal sealed class PasswordFileAccounts : IAccounts
{
    private readonly Watched<PasswordFile> _users;
    private readonly Watched<GroupFile>? _groups;
    private readonly ConcurrentDictionary<string, (Account Account, long Revision)> _kept = new(StringComparer.Ordinal);

    private PasswordFileAccounts(string path, string? groups, TimeProvider time)
    {
        _users = new Watched<PasswordFile>(path, octets => PasswordFile.Parse(octets), time);
        _groups = groups is null ? null : new Watched<GroupFile>(groups, octets => GroupFile.Parse(octets), time);
    }

    /// <inheritdoc/>
    public SchemeAbilities Abilities => _groups is null ? SchemeAbilities.None : SchemeAbilities.Roles | SchemeAbilities.Groups;

    /// <inheritdoc/>
    public long Revision => (Read(_users).Version << 24) + (_groups is null ? 0 : Read(_groups).Version);

    /// <summary>Lines that are wrong or weak, of both files.</summary>
    public IReadOnlyList<LineProblem> Problems => [.. Read(_users).Value!.Problems, .. _groups is null ? [] : Read(_groups).Value!.Problems];

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="StateUnavailableException">One can't be read.</exception>
    public static PasswordFileAccounts Open(string path, string? groups, TimeProvider time)
    {
        var accounts = new PasswordFileAccounts(path, groups, time);
        _ = accounts.Revision;
        return accounts;
    }

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string name, CancellationToken cancellation)
    {
        var revision = Revision;
        if (_kept.TryGetValue(name, out var kept) && kept.Revision == revision) return new(kept.Account);
        if (!Read(_users).Value!.Entries.TryGetValue(name, out var entry)) return new((Account?)null);
        var account = new Account
        {
            Name = entry.User,
            Stamp = entry.Fingerprint,
            Groups = _groups is null ? [] : Read(_groups).Value!.GroupsOf(entry.User),
        };
        // As many as the file has users, and those are bounded.
        _kept[name] = (account, revision);
        return new(account);
    }

    /// <inheritdoc/>
    public ValueTask<PasswordRecord?> FindPasswordAsync(string name, CancellationToken cancellation) =>
        new(Read(_users).Value!.Entries.TryGetValue(name, out var entry) ? new PasswordRecord(entry.User, "") : null);

    /// <inheritdoc/>
    public PasswordVerdict Verify(string name, PasswordRecord? record, string password) => Read(_users).Value!.Check(name, Encoding.UTF8.GetBytes(password)) switch
    {
        PasswordCheck.UnknownUser => PasswordVerdict.Wrong,
        PasswordCheck.Wrong => PasswordVerdict.Wrong,
        PasswordCheck.BadHash => PasswordVerdict.BadHash,
        PasswordCheck.Right => PasswordVerdict.Right,
    };

    /// <inheritdoc/>
    public ValueTask RenewHashAsync(PasswordRecord record, string password, CancellationToken cancellation) => default;

    private static Seen<T> Read<T>(Watched<T> file)
        where T : class
    {
        var seen = file.Current();
        return seen.Value is not null ? seen : throw new StateUnavailableException($"{seen.Problem}: put it back, and let this process' user read it");
    }
}
