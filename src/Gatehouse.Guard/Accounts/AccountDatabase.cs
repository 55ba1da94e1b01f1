using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
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
    private readonly ServiceProvider _services;
    private readonly PasswordHasher<AccountRow> _hasher;
    private readonly Lazy<string> _dummyHash;
    private readonly AccountRow _nobody = new();

    /// <summary>Over an open file.</summary>
    /// <param name="database">The file.</param>
    /// <param name="hashRounds">PBKDF2-HMAC-SHA512 rounds of new hashes; the default is the least that OWASP's cheat sheet on password storage asks for.</param>
    public AccountDatabase(StateDatabase database, int hashRounds = 210_000)
    {
        _database = database;
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
        _services = services.BuildServiceProvider();
        _hasher = new PasswordHasher<AccountRow>(_services.GetRequiredService<IOptions<PasswordHasherOptions>>());
        _dummyHash = new Lazy<string>(() => _hasher.HashPassword(_nobody, Guid.NewGuid().ToString()));
    }

    /// <inheritdoc/>
    public SchemeAbilities Abilities => SchemeAbilities.Roles | SchemeAbilities.Groups | SchemeAbilities.Subscriptions;

    /// <inheritdoc/>
    public long Revision => _database.Revisions.Accounts;

    /// <summary>One spelling for all: <c>Alice</c>, <c>ALICE</c> and <c>alice</c> are one account. Identity's own rule, of which only ASCII can occur in names.</summary>
    public static string Normalize(string name) => name.ToUpperInvariant();

    /// <summary>Identity's user and role managers, for changes; disposed of after each.</summary>
    public AccountChange Change() => new(_database, _services.CreateScope());

    /// <inheritdoc/>
    public async ValueTask<Account?> FindAsync(string name, CancellationToken cancellation)
    {
        var key = Normalize(name);
        var revision = Revision;
        if (_kept.TryGetValue(key, out var kept) && kept.Revision == revision) return kept.Account;
        var account = await ReadAsync(key, cancellation);
        if (account is null)
        {
            _kept.TryRemove(key, out _);
        }
        else
        {
            if (_kept.Count >= KeptAccounts) _kept.Clear();
            _kept[key] = new Kept(account, revision);
        }

        return account;
    }

    /// <inheritdoc/>
    public async ValueTask<PasswordRecord?> FindPasswordAsync(string name, CancellationToken cancellation)
    {
        var key = Normalize(name);
        try
        {
            await using var context = Context();
            var row = await context.Users.AsNoTracking().Where(a => a.NormalizedUserName == key)
                .Select(a => new { a.UserName, a.PasswordHash, a.Disabled }).FirstOrDefaultAsync(cancellation);
            return row is null ? null : new PasswordRecord(row.UserName!, row.PasswordHash ?? "", row.Disabled);
        }
        catch (SqliteException broken)
        {
            throw _database.Unavailable(broken);
        }
    }

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
    public async ValueTask RenewHashAsync(PasswordRecord record, string password, CancellationToken cancellation)
    {
        // Not through the user manager: its way of renewing changes the security stamp, which ends all sessions of the account.
        var renewed = _hasher.HashPassword(_nobody, password);
        var key = Normalize(record.Name);
        await using var context = Context();
        await context.Users.Where(a => a.NormalizedUserName == key && a.PasswordHash == record.Hash)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.PasswordHash, renewed), cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();

    private AccountsContext Context()
    {
        var options = new DbContextOptionsBuilder<AccountsContext>();
        _database.Use(options);
        return new AccountsContext(options.Options);
    }

    private async ValueTask<Account?> ReadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await using var context = Context();
            var row = await context.Users.AsNoTracking().AsSplitQuery().Include(a => a.Groups).Include(a => a.Subscriptions)
                .FirstOrDefaultAsync(a => a.NormalizedUserName == key, cancellation);
            if (row is null) return null;
            var roles = await (from held in context.UserRoles
                               join role in context.Roles on held.RoleId equals role.Id
                               where held.UserId == row.Id
                               select role.Name).ToListAsync(cancellation);
            return new Account
            {
                Name = row.UserName!,
                Disabled = row.Disabled,
                Stamp = Account.StampOf(row.Id + row.SecurityStamp),
                Roles = roles.ToFrozenSet(StringComparer.Ordinal),
                Groups = row.Groups.Select(g => g.Name).ToFrozenSet(StringComparer.Ordinal),
                Subscriptions = row.Subscriptions.ToFrozenDictionary(s => s.Plan, s => s.Until ?? DateTimeOffset.MaxValue, StringComparer.Ordinal),
            };
        }
        catch (SqliteException broken)
        {
            throw _database.Unavailable(broken);
        }
    }

    private sealed record Kept(Account Account, long Revision);
}
