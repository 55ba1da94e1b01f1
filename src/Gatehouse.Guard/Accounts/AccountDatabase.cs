using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Guard.Accounts;

/// <summary>Accounts in the SQLite file, kept by ASP.NET Core Identity; what requests need of them is kept in memory until a revision says otherwise.</summary>
internal sealed class AccountDatabase : IAccounts, IDisposable
{
    /// <summary>More accounts in use at one time than this are read again now and then.</summary>
    private const int KeptAccounts = 50_000;

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly StateDatabase _database;
    private readonly Lazy<ServiceProvider> _services;
    private readonly PasswordHasher<AccountRow> _hasher;
    private readonly Lazy<string> _dummyHash;
    private readonly AccountRow _nobody = new();

    /// <summary>Over an open file.</summary>
    /// <param name="database">The file.</param>
    /// <param name="hashRounds">PBKDF2-HMAC-SHA512 rounds of new hashes; the default is the least that OWASP's cheat sheet on password storage asks for.</param>
    public AccountDatabase(StateDatabase database, int hashRounds = 210_000)
    {
        _database = database;
        var hashing = new PasswordHasherOptions { IterationCount = hashRounds };
        _services = new Lazy<ServiceProvider>(() => Services(database, hashRounds));
        _hasher = new PasswordHasher<AccountRow>(Options.Create(hashing));
        _dummyHash = new Lazy<string>(() => _hasher.HashPassword(_nobody, Guid.NewGuid().ToString()));
    }

    private static ServiceProvider Services(StateDatabase database, int hashRounds)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDbContext<AccountsContext>(database.Use);
        services.Configure<PasswordHasherOptions>(hashing => hashing.IterationCount = hashRounds);
        services.AddIdentityCore<AccountRow>(identity =>
        {
            // Composition rules make passwords worse (NIST SP 800-63B-4 section 3.1.1.2); length is looked at where a password is set.
            identity.Password.RequireDigit = false;
            identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
            identity.Password.RequiredLength = 1;
            identity.Password.RequiredUniqueChars = 1;
        }).AddRoles<IdentityRole>().AddEntityFrameworkStores<AccountsContext>();
        return services.BuildServiceProvider();
    }

    /// <inheritdoc/>
    public SchemeAbilities Abilities => SchemeAbilities.Roles | SchemeAbilities.Groups | SchemeAbilities.Subscriptions;

    /// <inheritdoc/>
    public long Revision => _database.Revisions.Accounts;

    /// <summary>One spelling for all: <c>Alice</c>, <c>ALICE</c> and <c>alice</c> are one account. Identity's own rule, of which only ASCII can occur in names.</summary>
    public static string Normalize(string name) => name.ToUpperInvariant();

    /// <summary>Identity's user and role managers, for changes; disposed of after each.</summary>
    public AccountChange Change() => new(_database, _services.Value.CreateScope());

    /// <inheritdoc/>
    public ValueTask<Account?> FindAsync(string name, CancellationToken cancellation)
    {
        var key = Normalize(name);
        var revision = Revision;
        if (_kept.TryGetValue(key, out var kept) && kept.Revision == revision) return new(kept.Account);
        var account = Read(key);
        if (account is null)
        {
            _kept.TryRemove(key, out _);
        }
        else
        {
            if (_kept.Count >= KeptAccounts) _kept.Clear();
            _kept[key] = new Kept(account, revision);
        }

        return new(account);
    }

    /// <inheritdoc/>
    public ValueTask<PasswordRecord?> FindPasswordAsync(string name, CancellationToken cancellation)
    {
        try
        {
            using var connection = _database.Connect();
            using var account = Query(connection, "SELECT UserName, PasswordHash, Disabled FROM accounts WHERE NormalizedUserName = $key", Normalize(name));
            return new(account.Read() ? new PasswordRecord(account.GetString(0), account.IsDBNull(1) ? "" : account.GetString(1), account.GetBoolean(2)) : null);
        }
        catch (SqliteException broken)
        {
            throw _database.Unavailable(broken);
        }
    }

    /// <summary>All accounts by name.</summary>
    /// <exception cref="StateUnavailableException">They can't be read.</exception>
    public IReadOnlyList<Account> List()
    {
        try
        {
            var names = new List<string>();
            using (var connection = _database.Connect())
            {
                using var accounts = Query(connection, "SELECT NormalizedUserName FROM accounts ORDER BY NormalizedUserName");
                while (accounts.Read()) names.Add(accounts.GetString(0));
            }

            return [.. names.Select(Read).OfType<Account>()];
        }
        catch (SqliteException broken)
        {
            throw _database.Unavailable(broken);
        }
    }

    /// <summary>What a password is verified against where there is no such account: of the same cost as all others.</summary>
    internal string DummyHash => _dummyHash.Value;

    /// <inheritdoc/>
    public PasswordVerdict Verify(string name, PasswordRecord? record, string password)
    {
        // An account without a password costs as much as any other.
        var hash = record is { Hash.Length: > 0 } ? record.Hash : _dummyHash.Value;
        PasswordVerificationResult result;
        try
        {
            result = _hasher.VerifyHashedPassword(_nobody, hash, password);
        }
        catch (FormatException)
        {
            return PasswordVerdict.BadHash;
        }

        return ReferenceEquals(hash, record?.Hash)
            ? result switch
            {
                PasswordVerificationResult.Success => PasswordVerdict.Right,
                PasswordVerificationResult.SuccessRehashNeeded => PasswordVerdict.RightAndOutdated,
                PasswordVerificationResult.Failed => PasswordVerdict.Wrong,
            }
            : PasswordVerdict.Wrong;
    }

    /// <inheritdoc/>
    public ValueTask RenewHashAsync(PasswordRecord record, string password, CancellationToken cancellation)
    {
        // Not through the user manager: its way of renewing changes the security stamp, which ends all sessions of the account.
        try
        {
            using var connection = _database.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE accounts SET PasswordHash = $new WHERE NormalizedUserName = $key AND PasswordHash = $old";
            command.Parameters.AddWithValue("$new", _hasher.HashPassword(_nobody, password));
            command.Parameters.AddWithValue("$key", Normalize(record.Name));
            command.Parameters.AddWithValue("$old", record.Hash);
            command.ExecuteNonQuery();
            return default;
        }
        catch (SqliteException broken)
        {
            throw _database.Unavailable(broken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_services.IsValueCreated) _services.Value.Dispose();
    }

    // Requests read the tables directly: what they need is four short queries, and the machinery for changes costs a second to warm up.
    private Account? Read(string key)
    {
        try
        {
            using var connection = _database.Connect();
            // One view of all four tables, whoever changes them meanwhile.
            using var transaction = connection.BeginTransaction(deferred: true);
            string id, name, stamp;
            bool disabled;
            using (var account = Query(connection, "SELECT Id, UserName, SecurityStamp, Disabled FROM accounts WHERE NormalizedUserName = $key", key))
            {
                if (!account.Read()) return null;
                (id, name, stamp, disabled) = (account.GetString(0), account.GetString(1), account.IsDBNull(2) ? "" : account.GetString(2), account.GetBoolean(3));
            }

            List<string> roles = [], groups = [];
            using (var held = Query(connection, "SELECT roles.Name FROM account_roles JOIN roles ON roles.Id = account_roles.RoleId WHERE account_roles.UserId = $key", id))
                while (held.Read()) roles.Add(held.GetString(0));
            using (var held = Query(connection, "SELECT Name FROM account_groups WHERE AccountId = $key", id))
                while (held.Read()) groups.Add(held.GetString(0));
            var plans = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            using (var held = Query(connection, "SELECT Plan, Until FROM account_subscriptions WHERE AccountId = $key", id))
                while (held.Read()) plans[held.GetString(0)] = held.IsDBNull(1) ? DateTimeOffset.MaxValue : held.GetDateTimeOffset(1);
            return new Account
            {
                Name = name,
                Disabled = disabled,
                Stamp = Account.StampOf(id + stamp),
                Roles = roles.ToFrozenSet(StringComparer.Ordinal),
                Groups = groups.ToFrozenSet(StringComparer.Ordinal),
                Subscriptions = plans.ToFrozenDictionary(StringComparer.Ordinal),
            };
        }
        catch (SqliteException broken)
        {
            throw _database.Unavailable(broken);
        }
    }

    private static SqliteDataReader Query(SqliteConnection connection, string text, string? key = null)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        if (key is not null) command.Parameters.AddWithValue("$key", key);
        return command.ExecuteReader();
    }

    private sealed record Kept(Account Account, long Revision);
}
