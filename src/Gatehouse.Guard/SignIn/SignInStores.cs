using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.Settings;

namespace Gatehouse.Guard.SignIn;

/// <summary>What outlives a change of the configuration: the open database, the sessions in memory, failures and remembered passwords.</summary>
internal sealed class SignInStores : IDisposable
{
    private readonly string _users;

    private SignInStores(string file, string users, StateDatabase state, IAccounts? accounts)
    {
        (File, _users, State, Accounts) = (file, users, state, accounts);
        Blocks = new BlockList(state);
        Keys = new ApiKeys(state);
        Sessions = new SessionStore(state, new SessionSettings());
        Limits = new SignInLimits(state, state.Time);
        Passwords = accounts is null ? null : new PasswordSignIn(accounts, Limits);
        Remembered = new RememberedPasswords(state.Time);
    }

    /// <summary>The database's path.</summary>
    public string File { get; }

    /// <summary>The open database.</summary>
    public StateDatabase State { get; }

    /// <summary>Null: nobody signs in with a password.</summary>
    public IAccounts? Accounts { get; }

    /// <summary>The block list.</summary>
    public BlockList Blocks { get; }

    /// <summary>API keys.</summary>
    public ApiKeys Keys { get; }

    /// <summary>Sessions.</summary>
    public SessionStore Sessions { get; }

    /// <summary>Failures and locks.</summary>
    public SignInLimits Limits { get; }

    /// <summary>Judges passwords; null where there are no accounts.</summary>
    public PasswordSignIn? Passwords { get; }

    /// <summary>Passwords that verified lately.</summary>
    public RememberedPasswords Remembered { get; }

    /// <summary>The one database of a configuration: that of its users, or where those lie in a password file (or are none), one in the folder for state.</summary>
    public static string FileOf(GuardConfiguration configuration) => configuration.SignIn?.Users is { IsDatabase: true } users ? users.Path : Path.Combine(configuration.State, "gatehouse.db");

    /// <summary>Whether these are the stores of that configuration.</summary>
    public bool Serves(GuardConfiguration configuration) => File == FileOf(configuration) && _users == UsersOf(configuration);

    /// <summary>Opens all of it.</summary>
    /// <exception cref="StateUnavailableException">What can't be read, where, and what to do.</exception>
    public static SignInStores Open(GuardConfiguration configuration, TimeProvider time)
    {
        var users = configuration.SignIn?.Users;
        if (users is not { IsDatabase: true }) MakeFolder(configuration.State);
        var file = FileOf(configuration);
        var state = StateDatabase.Open(file, time);
        try
        {
            IAccounts? accounts = users switch
            {
                null => null,
                { IsDatabase: true } => new AccountDatabase(state),
                _ => PasswordFileAccounts.Open(users.Path, users.Groups, time),
            };
            return new SignInStores(file, UsersOf(configuration), state, accounts);
        }
        catch (StateUnavailableException)
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Writes what is to be written, and closes.</summary>
    public void Dispose()
    {
        Sessions.Dispose();
        Passwords?.Dispose();
        Remembered.Dispose();
        (Accounts as IDisposable)?.Dispose();
        State.Dispose();
    }

    private static string UsersOf(GuardConfiguration configuration) => $"{configuration.SignIn?.Users?.Path}\n{configuration.SignIn?.Users?.Groups}";

    private static void MakeFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new StateUnavailableException($"the folder for state `{folder}` can't be made ({broken.Message}): make it, and let this process' user write it", broken);
        }
    }
}
