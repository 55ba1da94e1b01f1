using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.Settings;
using Gatehouse.Policy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Guard.SignIn;

/// <summary>
/// Accounts, sessions, tokens and keys as they run. Lives as long as the process: a changed configuration is wired anew over the
/// same open database, so that nobody is signed out by it.
/// </summary>
public sealed class SignInParts : IDisposable
{
    private readonly ILogger _log;
    private readonly Lock _wiring = new();

    // All that were ever opened: requests that are under way may still use what a change of the configuration replaced.
    private readonly List<SignInStores> _stores = [];
    private readonly TokenKeySources _tokenKeys;

    private SignInParts(TimeProvider time, ILogger log) => (Time, _log, _tokenKeys) = (time, log, new TokenKeySources(time));

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Opens nothing yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="logs">For who signed in and out; null: it is not logged.</param>
    public static SignInParts Create(TimeProvider time, ILoggerFactory? logs = null) =>
        new(time, logs?.CreateLogger("Gatehouse.SignIn") ?? NullLogger.Instance);

    /// <summary>What that configuration needs; null after faults were added (a database or password file that can't be read).</summary>
    public SignInWiring? Wire(GuardConfiguration configuration, ICollection<ConfigurationFault> faults)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(faults);
        lock (_wiring)
        {
            if (StoresFor(configuration, faults) is not { } stores) return null;
            var signIn = configuration.SignIn;
            if (signIn is null) return new SignInWiring { IsBlocked = stores.Blocks.Contains, NobodyIsBlocked = stores.Blocks.IsEmpty, BlockedBy = BlockedBy };

            // In the order in which their challenges are sent: a browser takes the first that it knows.
            var authenticators = new List<IAuthenticator>();
            SignInPages? pages = null;
            if (stores is { Accounts: { } accounts, Passwords: { } passwords })
            {
                var limits = LimitsOf(signIn.Lockout);
                if (signIn.Sessions is { } sessions)
                {
                    var settings = new SessionSettings { Idle = sessions.Idle, Absolute = sessions.Absolute };
                    stores.Sessions.Settings = settings;
                    var cookie = new SessionAuthenticator(stores.Sessions, settings, accounts, signIn.Realm, SignInPages.SignInPath);
                    pages = new SignInPages(passwords, stores.Sessions, new FormToken(stores.State.Secret("forms"), Time), cookie, limits, _log);
                    authenticators.Add(cookie);
                }

                if (signIn.Basic) authenticators.Add(new BasicAuthenticator(passwords, stores.Remembered, limits, signIn.Realm));
            }

            if (signIn.Tokens.Count > 0)
            {
                if (BearerAuthenticator.TryCreate([.. signIn.Tokens.Select(SettingsOf)], signIn.Realm, _tokenKeys, Time, out var error) is not { } bearer)
                {
                    faults.Add(new ConfigurationFault(configuration.File, 0, 0, error!));
                    return null;
                }

                authenticators.Add(bearer);
            }

            if (signIn.Keys is { } keys && stores.Accounts is { } owners) authenticators.Add(new ApiKeyAuthenticator(stores.Keys, owners, keys.Header, signIn.Realm, Time));
            return new SignInWiring
            {
                Authenticators = authenticators,
                OwnContent = pages is null ? null : pages.ServeAsync,
                SignInForm = pages is null ? null : pages.Form,
                ClearSessionCookie = pages is null ? null : SessionCookie.Clear(SessionCookie.Name(secure: false), secure: false),
                ClearSecureSessionCookie = pages is null ? null : SessionCookie.Clear(SessionCookie.Name(secure: true), secure: true),
                CredentialFields = signIn.Keys is null ? [] : [signIn.Keys.Header],
                Cookies = [SessionCookie.Name(true), SessionCookie.Name(false), SessionCookie.FormName(true), SessionCookie.FormName(false)],
                IsBlocked = stores.Blocks.Contains,
                NobodyIsBlocked = stores.Blocks.IsEmpty,
                BlockedBy = BlockedBy,
            };

            (System.Net.IPNetwork, string)? BlockedBy(System.Net.IPAddress address) => stores.Blocks.Find(address) is { } block ? (block.Network, block.Why) : null;
        }
    }

    /// <summary>Who an account of that name would be, without proof: for `check`. Null: there is no such account, or no accounts at all.</summary>
    /// <exception cref="IOException">The accounts can't be read.</exception>
    public async ValueTask<Identity?> FindAsync(string name)
    {
        if (_stores is not [.., { Accounts: { } accounts }]) return null;
        var account = await accounts.FindAsync(name, CancellationToken.None);
        return account is null || account.Disabled ? null : account.As(Scheme.Cookie, Time.GetUtcNow());
    }

    /// <summary>What keeps requests from being decided (a database or password file that can't be read); null: nothing does.</summary>
    public string? Trouble()
    {
        SignInStores? stores;
        lock (_wiring) stores = _stores.LastOrDefault();
        try
        {
            _ = stores?.State.Revisions.Blocks;
            _ = stores?.Accounts?.Revision;
            return null;
        }
        catch (StateUnavailableException broken)
        {
            return broken.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_wiring)
        {
            _tokenKeys.Dispose();
            _stores.ForEach(stores => stores.Dispose());
            _stores.Clear();
        }
    }

    private SignInStores? StoresFor(GuardConfiguration configuration, ICollection<ConfigurationFault> faults)
    {
        if (_stores.Find(open => open.Serves(configuration)) is { } running) return running;
        try
        {
            var stores = SignInStores.Open(configuration, Time);
            if (stores.Accounts is PasswordFileAccounts file)
            {
                foreach (var problem in file.Problems)
                    faults.Add(new ConfigurationFault(configuration.SignIn!.Users!.Path, problem.Line, problem.Column, problem.Problem, IsError: false));
            }

            _stores.Add(stores);
            return stores;
        }
        catch (StateUnavailableException broken)
        {
            var colon = broken.Message.IndexOf(": ", StringComparison.Ordinal);
            faults.Add(new ConfigurationFault(
                configuration.File, configuration.SignIn?.Users?.Line ?? 0, 1,
                colon < 0 ? broken.Message : broken.Message[..colon], colon < 0 ? null : broken.Message[(colon + 2)..]));
            return null;
        }
    }

    private static SignInLimitSettings LimitsOf(LockoutConfiguration lockout) => new()
    {
        Failures = lockout.Failures,
        FirstLock = lockout.For,
        LongestLock = lockout.For > TimeSpan.FromHours(1) ? lockout.For : TimeSpan.FromHours(1),
    };

    private static TokenSettings SettingsOf(TokensConfiguration tokens) => new()
    {
        Issuer = tokens.Issuer,
        Audiences = tokens.Audiences,
        Algorithms = tokens.Algorithms ?? TokenSettings.DefaultAlgorithms,
        KeysFile = tokens.KeysFile,
        ClockSkew = tokens.ClockSkew,
        RolesClaim = tokens.Claims.GetValueOrDefault("roles", "roles"),
        GroupsClaim = tokens.Claims.GetValueOrDefault("groups", "groups"),
        ScopeClaim = tokens.Claims.GetValueOrDefault("scope"),
        SubscriptionClaim = tokens.Claims.GetValueOrDefault("subscription", "subscription"),
    };
}
