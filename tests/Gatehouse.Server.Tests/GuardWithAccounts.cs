using Gatehouse.Guard.Accounts;

namespace Gatehouse.Server.Tests;

/// <summary>One running Guard for a class of tests; each takes an account of its own.</summary>
public sealed class GuardWithAccounts : IAsyncLifetime
{
    /// <summary>The password of every account.</summary>
    public const string Password = "correct horse";

    private StateDatabase _state = null!;
    private AccountDatabase _accounts = null!;
    private int _made;

    internal SiteFolder Site { get; } = new();

    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RunningServer.StartAsync(Site);
        _state = StateDatabase.Open(Site["gatehouse.db"], TimeProvider.System);
        // Cheap to verify: how dear hashing is stands in tests of its own.
        _accounts = new AccountDatabase(_state, hashRounds: 1000);
    }

    /// <summary>Makes an account, as another process than the Guard.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> AccountAsync()
    {
        var name = $"alice{Interlocked.Increment(ref _made)}";
        using (var change = _accounts.Change())
            Assert.Null(await change.AddAsync(name, Password, Grants.None, CancellationToken.None));
        await Task.Delay(Revisions.Lag);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        _accounts.Dispose();
        _state.Dispose();
        await Server.DisposeAsync();
        Site.Dispose();
    }
}
