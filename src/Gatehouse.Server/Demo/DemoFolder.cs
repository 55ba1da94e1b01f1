using System.Net;
using Gatehouse.Addresses;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Sessions;

namespace Gatehouse.Server.Demo;

/// <summary>Credentials of every kind, made for the demonstration.</summary>
internal sealed record DemoCredentials
{
    /// <summary>Of a session that lives.</summary>
    public required string Session { get; init; }

    /// <summary>Of one whose sign-in is two hours old and that was used a moment ago.</summary>
    public required string OldSession { get; init; }

    /// <summary>Of one that reached its limit.</summary>
    public required string ExpiredSession { get; init; }

    /// <summary>Of one that was signed out.</summary>
    public required string EndedSession { get; init; }

    /// <summary>A key with the scope orders.read.</summary>
    public required string Key { get; init; }

    /// <summary>One that ended.</summary>
    public required string ExpiredKey { get; init; }
}

/// <summary>The sample site in a folder of its own, with everything that can go wrong with it: accounts, sessions, keys, a country database, permissions.</summary>
internal sealed class DemoFolder : IDisposable
{
    /// <summary>The password of every account of the demonstration.</summary>
    public const string Password = "the-lantern-7";

    /// <summary>Name, roles, plans; what else is so of them stands in <see cref="MakeAccountsAsync"/>.</summary>
    public static readonly (string Name, string[] Roles, (string, DateTimeOffset?)[] Plans, string What)[] Accounts =
    [
        ("reader", [], [], "signed in, and nothing more"),
        ("subscriber", [], [("premium", null)], "has the plan premium"),
        ("editor", ["admin", "editor"], [("premium", null)], "has the roles admin and editor"),
        ("lapsed", [], [("premium", new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero))], "had the plan premium, until it ended"),
        ("locked", [], [], "locked after too many wrong passwords"),
        ("former", [], [], "switched off by an administrator"),
    ];

    private readonly bool _keeps;

    private DemoFolder(string path, bool keeps, DemoTokens tokens)
    {
        (Path, _keeps) = (path, keeps);
        Tokens = tokens;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The path of its gatehouse.yaml.</summary>
    public string Configuration => System.IO.Path.Combine(Path, "gatehouse.yaml");

    /// <summary>The issuer whose keys the Guard reads.</summary>
    public DemoTokens Tokens { get; }

    /// <summary>Credentials that were made at the beginning.</summary>
    public DemoCredentials Credentials { get; private set; } = null!;

    /// <summary>Makes all of it.</summary>
    /// <param name="folder">An empty folder, or one that is made; null: a temporary one, which goes with the demonstration.</param>
    /// <param name="port">Where the Guard is to listen on loopback; 0: anywhere.</param>
    /// <exception cref="IOException">The sample is not there, or the folder can't be written.</exception>
    public static async Task<DemoFolder> MakeAsync(string? folder, int port)
    {
        var sample = System.IO.Path.Combine(AppContext.BaseDirectory, "samples", "site");
        if (!Directory.Exists(sample)) throw new IOException($"the sample site is not where it was installed, in {sample}: install Gatehouse again");
        if (folder is not null && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new IOException($"the folder {folder} is not empty: name one that is, or none for a temporary one");
        var path = folder is null ? Directory.CreateTempSubdirectory("gatehouse-demo-").FullName : Directory.CreateDirectory(System.IO.Path.GetFullPath(folder)).FullName;
        var made = new DemoFolder(path, keeps: folder is not null, new DemoTokens(TimeProvider.System));
        Copy(sample, path);
        var configuration = await File.ReadAllTextAsync(made.Configuration);
        await File.WriteAllTextAsync(made.Configuration, configuration.Replace("http://localhost:8080", $"http://localhost:{port}", StringComparison.Ordinal));
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, "jwks.json"), made.Tokens.KeySet());
        await using (var countries = File.Create(System.IO.Path.Combine(path, "country.mmdb")))
            CountryFile.Write(countries, [(IPNetwork.Parse("127.0.0.49/32"), "DE"), (IPNetwork.Parse("127.0.0.33/32"), "FR")], TimeProvider.System.GetUtcNow());
        made.SpoilFiles();
        made.Credentials = await made.MakeAccountsAsync();
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        if (_keeps) return;
        // What nobody may read can't be looked through either.
        File.SetUnixFileMode(System.IO.Path.Combine(Path, "public", "archive"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Path, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(to + folder[from.Length..]);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, to + file[from.Length..]);
    }

    private void SpoilFiles()
    {
        var site = System.IO.Path.Combine(Path, "public");
        File.SetUnixFileMode(System.IO.Path.Combine(site, "reports", "2026.txt"), UnixFileMode.None);
        File.SetUnixFileMode(System.IO.Path.Combine(site, "archive"), UnixFileMode.None);
        File.CreateSymbolicLink(System.IO.Path.Combine(site, "downloads", "hosts"), "/etc/hosts");
    }

    private async Task<DemoCredentials> MakeAccountsAsync()
    {
        var file = System.IO.Path.Combine(Path, "gatehouse.db");
        using var state = StateDatabase.Open(file, TimeProvider.System);
        using var accounts = new AccountDatabase(state);
        using (var change = accounts.Change())
        {
            foreach (var (name, roles, plans, _) in Accounts)
                if (await change.AddAsync(name, Password, new Grants(roles, [], plans), CancellationToken.None) is { } problem) throw new IOException(problem);
            _ = await change.SetDisabledAsync("former", true, CancellationToken.None);
        }

        var limits = new SignInLimits(state, TimeProvider.System);
        var settings = new SignInLimitSettings();
        for (var i = 0; i < settings.Failures; i++) limits.Failed("locked", new IPAddress([127, 0, 0, 40]), settings);
        new BlockList(state).Add(IPNetwork.Parse("127.0.0.67/32"), null, "tried a thousand passwords on a Sunday");

        var reader = (await accounts.FindAsync("reader", CancellationToken.None))!;
        using var today = new SessionStore(state, new SessionSettings());
        _ = today.Begin("localhost", reader, "127.0.0.1", "gatehouse demo", out var live);
        var ended = today.Begin("localhost", reader, "127.0.0.1", "gatehouse demo", out var over);
        today.End(ended.Id, SessionEnd.SignedOut);
        _ = new ApiKeys(state).Add("reader", ["orders.read"], null, out var key);
        return new DemoCredentials
        {
            Session = live,
            EndedSession = over,
            OldSession = Earlier(file, TimeSpan.FromHours(2), reader, usedNow: true),
            ExpiredSession = Earlier(file, TimeSpan.FromHours(13), reader, usedNow: false),
            Key = key,
            ExpiredKey = EarlierKey(file),
        };
    }

    private static string Earlier(string file, TimeSpan ago, Account account, bool usedNow)
    {
        using var then = StateDatabase.Open(file, new ShiftedTime(ago));
        using var sessions = new SessionStore(then, new SessionSettings());
        var session = sessions.Begin("localhost", account, "127.0.0.1", "gatehouse demo", out var text);
        if (usedNow) session.Touch(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        sessions.Flush();
        return text;
    }

    private static string EarlierKey(string file)
    {
        using var then = StateDatabase.Open(file, new ShiftedTime(TimeSpan.FromDays(100)));
        _ = new ApiKeys(then).Add("reader", ["orders.read"], TimeSpan.FromDays(90), out var text);
        return text;
    }
}
