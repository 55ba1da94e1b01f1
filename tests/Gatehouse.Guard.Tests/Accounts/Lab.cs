using System.Net;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Sessions;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Guard.Tests.Accounts;

/// <summary>A database of accounts with what stands on it, and a clock that the test moves.</summary>
internal sealed class Lab : IDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly Folder _folder = new();

    public Lab()
    {
        State = StateDatabase.Open(Path, Time);
        Accounts = new AccountDatabase(State, hashRounds: 5000);
        Limits = new SignInLimits(State, Time);
        Passwords = new PasswordSignIn(Accounts, Limits);
        Remembered = new RememberedPasswords(Time);
        Sessions = new SessionStore(State, new SessionSettings());
        Basic = new BasicAuthenticator(Passwords, Remembered, Lockout, "lab");
        Cookie = new SessionAuthenticator(Sessions, new SessionSettings(), Accounts, "lab", "/.gatehouse/sign-in");
    }

    public static IPAddress Home { get; } = new([192, 0, 2, 1]);

    public static IPAddress Stranger { get; } = new([198, 51, 100, 7]);

    public static SignInLimitSettings Lockout { get; } = new();

    public string Path => _folder.File("gatehouse.db");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    public StateDatabase State { get; }

    public AccountDatabase Accounts { get; }

    public SignInLimits Limits { get; }

    public PasswordSignIn Passwords { get; }

    public RememberedPasswords Remembered { get; }

    public SessionStore Sessions { get; }

    public BasicAuthenticator Basic { get; }

    public SessionAuthenticator Cookie { get; }

    public async Task AddAsync(string name, params string[] roles)
    {
        using var change = Accounts.Change();
        Assert.Null(await change.AddAsync(name, Password, new Grants(roles, [], []), default));
    }

    public async Task ChangeAsync(Func<AccountChange, Task<string?>> make)
    {
        using var change = Accounts.Change();
        Assert.Null(await make(change));
    }

    public Facts Facts(IPAddress? address = null, bool secure = false) => new()
    {
        Method = "GET",
        Host = "localhost",
        Path = "/",
        Address = address ?? Home,
        Time = Time.GetUtcNow(),
        Secure = secure,
    };

    public ValueTask<Outcome> AskAsync(IAuthenticator authenticator, string field, string value, IPAddress? address = null, bool secure = false)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[field] = value;
        return authenticator.AuthenticateAsync(context.Request, Facts(address, secure), default);
    }

    public static string Basic64(string user, string password) => "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}"));

    public static void IsRejected(string cause, Outcome outcome) => Assert.Equal(cause, Assert.IsType<Outcome.Rejected>(outcome).Finding.Cause.Id);

    public static Identity IsAccepted(Outcome outcome) => Assert.IsType<Outcome.Accepted>(outcome).Identity;

    public void Dispose()
    {
        Sessions.Dispose();
        Remembered.Dispose();
        Passwords.Dispose();
        Accounts.Dispose();
        State.Dispose();
        _folder.Dispose();
    }
}
