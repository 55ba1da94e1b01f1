using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Guard.Accounts;

/// <summary>The tables of accounts, as ASP.NET Core Identity wants them, under names that tell what they hold.</summary>
internal sealed class AccountsContext(DbContextOptions<AccountsContext> options) : IdentityDbContext<AccountRow>(options)
{
    /// <summary>Groups of accounts.</summary>
    public DbSet<AccountGroup> AccountGroups => Set<AccountGroup>();

    /// <summary>Subscriptions of accounts.</summary>
    public DbSet<AccountSubscription> AccountSubscriptions => Set<AccountSubscription>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<AccountRow>().ToTable("accounts");
        builder.Entity<IdentityRole>().ToTable("roles");
        builder.Entity<IdentityUserRole<string>>().ToTable("account_roles");
        builder.Entity<IdentityUserClaim<string>>().ToTable("account_claims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("account_logins");
        builder.Entity<IdentityUserToken<string>>().ToTable("account_tokens");
        builder.Entity<IdentityRoleClaim<string>>().ToTable("role_claims");
        builder.Entity<AccountGroup>(group =>
        {
            group.ToTable("account_groups").HasKey(g => new { g.AccountId, g.Name });
            group.HasOne<AccountRow>().WithMany(a => a.Groups).HasForeignKey(g => g.AccountId);
        });
        builder.Entity<AccountSubscription>(subscription =>
        {
            subscription.ToTable("account_subscriptions").HasKey(s => new { s.AccountId, s.Plan });
            subscription.HasOne<AccountRow>().WithMany(a => a.Subscriptions).HasForeignKey(s => s.AccountId);
        });
    }
}
