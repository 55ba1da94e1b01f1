using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Guard.Accounts;

/// <summary>One change of accounts, made whole or not at all. Answers are null where it was made, or one phrase of what stands against it.</summary>
internal sealed class AccountChange(StateDatabase database, IServiceScope scope) : IDisposable
{
    /// <summary>Longer passwords cost time to hash and are nobody's.</summary>
    public const int LongestPassword = 1024;

    private readonly UserManager<AccountRow> _users = scope.ServiceProvider.GetRequiredService<UserManager<AccountRow>>();
    private readonly RoleManager<IdentityRole> _roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>();
    private readonly AccountsContext _context = scope.ServiceProvider.GetRequiredService<AccountsContext>();

    /// <summary>Makes an account.</summary>
    public Task<string?> AddAsync(string name, string password, Grants grants, CancellationToken cancellation) => TransactAsync(async () =>
    {
        if (Lacks(password) is { } lack) return lack;
        var row = new AccountRow { UserName = name, Created = database.Time.GetUtcNow() };
        var made = await _users.CreateAsync(row, password);
        if (!made.Succeeded) return Phrase(made);
        return await ApplyAsync(row, grants, cancellation);
    }, cancellation);

    /// <summary>Adds roles, groups and subscriptions.</summary>
    public Task<string?> GrantAsync(string name, Grants grants, CancellationToken cancellation) =>
        WithAsync(name, row => ApplyAsync(row, grants, cancellation), cancellation);

    /// <summary>Takes roles, groups and subscriptions away.</summary>
    public Task<string?> RevokeAsync(string name, Grants grants, CancellationToken cancellation) => WithAsync(name, async row =>
    {
        foreach (var role in grants.Roles)
        {
            if (!await _users.IsInRoleAsync(row, role)) return $"`{row.UserName}` has no role `{role}`";
            var taken = await _users.RemoveFromRoleAsync(row, role);
            if (!taken.Succeeded) return Phrase(taken);
        }

        foreach (var group in grants.Groups)
        {
            if (await _context.AccountGroups.Where(g => g.AccountId == row.Id && g.Name == group).ExecuteDeleteAsync(cancellation) == 0)
                return $"`{row.UserName}` is not in the group `{group}`";
        }

        foreach (var (plan, _) in grants.Subscriptions)
        {
            if (await _context.AccountSubscriptions.Where(s => s.AccountId == row.Id && s.Plan == plan).ExecuteDeleteAsync(cancellation) == 0)
                return $"`{row.UserName}` has no subscription `{plan}`";
        }

        return null;
    }, cancellation);

    /// <summary>Sets the password; all sessions of the account end.</summary>
    public Task<string?> SetPasswordAsync(string name, string password, CancellationToken cancellation) => WithAsync(name, async row =>
    {
        if (Lacks(password) is { } lack) return lack;
        if (row.PasswordHash is not null) await _users.RemovePasswordAsync(row);
        var set = await _users.AddPasswordAsync(row, password);
        return set.Succeeded ? null : Phrase(set);
    }, cancellation);

    /// <summary>Switches the account off (all its sessions end) or on.</summary>
    public Task<string?> SetDisabledAsync(string name, bool disabled, CancellationToken cancellation) => WithAsync(name, async row =>
    {
        row.Disabled = disabled;
        // The new stamp keeps sessions ended after the account is switched on again.
        var updated = disabled ? await _users.UpdateSecurityStampAsync(row) : await _users.UpdateAsync(row);
        return updated.Succeeded ? null : Phrase(updated);
    }, cancellation);

    /// <summary>Takes the account away, and withdraws its API keys: an account of the same name that is made later must not inherit them.</summary>
    public Task<string?> RemoveAsync(string name, CancellationToken cancellation) => WithAsync(name, async row =>
    {
        var now = database.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await _context.Database.ExecuteSqlAsync($"UPDATE api_keys SET revoked = {now} WHERE revoked IS NULL AND user = {row.UserName} COLLATE NOCASE", cancellation);
        var removed = await _users.DeleteAsync(row);
        return removed.Succeeded ? null : Phrase(removed);
    }, cancellation);

    /// <inheritdoc/>
    public void Dispose() => scope.Dispose();

    private static string? Lacks(string password) => password.Length switch
    {
        0 => "the password is empty",
        > LongestPassword => $"the password is longer than {LongestPassword} characters",
        _ => null,
    };

    private static string Phrase(IdentityResult result) =>
        string.Join("; ", result.Errors.Select(error => error.Description.TrimEnd('.').Replace('\'', '`')));

    private async Task<string?> ApplyAsync(AccountRow row, Grants grants, CancellationToken cancellation)
    {
        foreach (var role in grants.Roles)
        {
            if (!await _roles.RoleExistsAsync(role))
            {
                var made = await _roles.CreateAsync(new IdentityRole(role));
                if (!made.Succeeded) return Phrase(made);
            }

            if (await _users.IsInRoleAsync(row, role)) continue;
            var given = await _users.AddToRoleAsync(row, role);
            if (!given.Succeeded) return Phrase(given);
        }

        foreach (var group in grants.Groups.Distinct(StringComparer.Ordinal))
        {
            if (!await _context.AccountGroups.AnyAsync(g => g.AccountId == row.Id && g.Name == group, cancellation))
                _context.AccountGroups.Add(new AccountGroup { AccountId = row.Id, Name = group });
        }

        foreach (var (plan, until) in grants.Subscriptions)
        {
            var held = await _context.AccountSubscriptions.FirstOrDefaultAsync(s => s.AccountId == row.Id && s.Plan == plan, cancellation);
            if (held is null) _context.AccountSubscriptions.Add(new AccountSubscription { AccountId = row.Id, Plan = plan, Until = until });
            else held.Until = until;
        }

        await _context.SaveChangesAsync(cancellation);
        return null;
    }

    private Task<string?> WithAsync(string name, Func<AccountRow, Task<string?>> change, CancellationToken cancellation) => TransactAsync(async () =>
    {
        var row = await _users.FindByNameAsync(name);
        return row is null ? $"there is no user `{name}`" : await change(row);
    }, cancellation);

    private Task<string?> TransactAsync(Func<Task<string?>> change, CancellationToken cancellation) => Guarded(async () =>
    {
        await using var transaction = await _context.Database.BeginTransactionAsync(cancellation);
        var problem = await change();
        if (problem is null) await transaction.CommitAsync(cancellation);
        else await transaction.RollbackAsync(cancellation);
        database.Revisions.Ask();
        return problem;
    });

    private async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception broken) when (broken is SqliteException || broken.InnerException is SqliteException)
        {
            throw database.Unavailable(broken as SqliteException ?? broken.InnerException!);
        }
    }
}

/// <summary>Roles, groups and subscriptions to be given or taken.</summary>
/// <param name="Roles">Roles.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Subscriptions">Plan and its end; null: never.</param>
internal sealed record Grants(IReadOnlyList<string> Roles, IReadOnlyList<string> Groups, IReadOnlyList<(string Plan, DateTimeOffset? Until)> Subscriptions)
{
    /// <summary>Nothing.</summary>
    public static Grants None { get; } = new([], [], []);
}
