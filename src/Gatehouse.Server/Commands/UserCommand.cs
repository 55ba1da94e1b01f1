using System.CommandLine;
using System.Text.Json;
using Gatehouse.Guard.Accounts;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse user ...`: accounts.</summary>
internal static class UserCommand
{
    private const string Schema = "gatehouse.user/1";

    public static Command Create()
    {
        var (config, json) = Desk.Options();
        var command = new Command("user", "Administer accounts") { config, json };
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from standard input instead of asking for it" };

        Command With(string name, string what, Func<Desk, AccountDatabase, string, ParseResult, CancellationToken, Task<int>> work, bool changes = true, GrantOptions? grants = null, params Option[] options)
        {
            var who = new Argument<string>("NAME") { Description = "The account" };
            var made = new Command(name, what) { who };
            grants?.AddTo(made);
            foreach (var option in options) made.Options.Add(option);
            made.SetAction((parsed, cancellation) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes, async desk =>
                desk.Accounts() is { } accounts ? await work(desk, accounts, parsed.GetValue(who)!, parsed, cancellation) : ServerCommands.Usage));
            command.Subcommands.Add(made);
            return made;
        }

        // What may be granted with a new account, and given or taken later.
        GrantOptions forAdd = new(), forGrant = new(), forRevoke = new();
        With("add", "Make an account", async (desk, accounts, name, parsed, cancellation) =>
        {
            if (!IsName(name)) return Desk.Misuse($"`{name}` can't be the name of an account: use letters, digits and - . _ @ +");
            if (forAdd.Read(parsed, Desk.Time.GetUtcNow()) is not { } grants) return ServerCommands.Usage;
            if (await accounts.FindAsync(name, cancellation) is { } there) return Desk.Refuse($"there is a user `{there.Name}` already: change it with `gatehouse user grant` or `password`");
            if (PasswordPrompt.Read(name, parsed.GetValue(fromInput)) is not { } password) return ServerCommands.Usage;
            return await ChangeAsync(desk, accounts, name, "was added", change => change.AddAsync(name, password, grants, cancellation));
        }, grants: forAdd, options: fromInput);
        command.Subcommands.Add(List(config, json));
        With("show", "What is known of an account", async (desk, accounts, name, _, cancellation) =>
            await accounts.FindAsync(name, cancellation) is { } account ? Show(desk, account) : NoSuch(name), changes: false);
        With("remove", "Take an account away, with its sessions and keys", async (desk, accounts, name, _, cancellation) =>
        {
            if (await accounts.FindAsync(name, cancellation) is null) return NoSuch(name);
            using var change = accounts.Change();
            if (await change.RemoveAsync(name, cancellation) is { } problem) return Desk.Refuse(problem);
            var sessions = desk.Stores.Sessions.EndAll(name, Guard.Sessions.SessionEnd.AccountChanged);
            SignInLimits.Unlock(desk.Stores.State, name);
            return desk.Tell($"{name} was removed; {sessions} sessions ended", Schema, writer =>
            {
                writer.WriteString("name", name);
                writer.WriteBoolean("removed", true);
            });
        });
        With("disable", "Switch an account off: its sessions end, its keys rest", (desk, accounts, name, _, cancellation) => ChangeAsync(desk, accounts, name, "is switched off", change => change.SetDisabledAsync(name, true, cancellation)));
        With("enable", "Switch an account on again", (desk, accounts, name, _, cancellation) => ChangeAsync(desk, accounts, name, "is switched on", change => change.SetDisabledAsync(name, false, cancellation)));
        With("unlock", "Forget the failures to sign in of an account", async (desk, accounts, name, _, cancellation) =>
        {
            var lifted = SignInLimits.Unlock(desk.Stores.State, name);
            return await accounts.FindAsync(name, cancellation) is { } account ? Show(desk, account, lifted ? "is no longer locked" : "was not locked") : NoSuch(name);
        });
        With("password", "Set the password of an account; its sessions end", async (desk, accounts, name, parsed, cancellation) =>
        {
            if (await accounts.FindAsync(name, cancellation) is null) return NoSuch(name);
            if (PasswordPrompt.Read(name, parsed.GetValue(fromInput)) is not { } password) return ServerCommands.Usage;
            return await ChangeAsync(desk, accounts, name, "has a new password", change => change.SetPasswordAsync(name, password, cancellation));
        }, options: fromInput);
        With("grant", "Give roles, groups, subscriptions", (desk, accounts, name, parsed, cancellation) =>
            GrantAsync(desk, accounts, name, forGrant.Read(parsed, Desk.Time.GetUtcNow()), "was given it", (change, grants) => change.GrantAsync(name, grants, cancellation)), grants: forGrant);
        With("revoke", "Take roles, groups, subscriptions away", (desk, accounts, name, parsed, cancellation) =>
            GrantAsync(desk, accounts, name, forRevoke.Read(parsed, Desk.Time.GetUtcNow()), "no longer has it", (change, grants) => change.RevokeAsync(name, grants, cancellation)), grants: forRevoke);
        return command;
    }

    private static Command List(Option<string> config, Option<bool> json)
    {
        var list = new Command("list", "All accounts");
        list.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: false, desk =>
        {
            if (desk.Accounts() is not { } accounts) return Task.FromResult(ServerCommands.Usage);
            var all = accounts.List();
            return Task.FromResult(desk.Tell(
                all.Count == 0 ? "there is no account yet: `gatehouse user add NAME`" : Desk.Table(["name", "state", "roles", "groups", "subscriptions"], all.Select(account => new[] { account.Name, State(desk, account), Names(account.Roles), Names(account.Groups), Plans(account) })),
                "gatehouse.users/1",
                writer =>
                {
                    writer.WriteStartArray("users");
                    foreach (var account in all)
                    {
                        writer.WriteStartObject();
                        Write(writer, desk, account);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                }));
        }));
        return list;
    }

    private static Task<int> GrantAsync(Desk desk, AccountDatabase accounts, string name, Grants? grants, string done, Func<AccountChange, Grants, Task<string?>> make)
    {
        if (grants is null) return Task.FromResult(ServerCommands.Usage);
        if (grants.Roles.Count + grants.Groups.Count + grants.Subscriptions.Count == 0) return Task.FromResult(Desk.Misuse("name what: --role, --group or --subscription"));
        return ChangeAsync(desk, accounts, name, done, change => make(change, grants));
    }

    private static async Task<int> ChangeAsync(Desk desk, AccountDatabase accounts, string name, string done, Func<AccountChange, Task<string?>> make)
    {
        using var change = accounts.Change();
        if (await make(change) is { } problem) return Desk.Refuse(problem);
        return await accounts.FindAsync(name, CancellationToken.None) is { } account ? Show(desk, account, done) : NoSuch(name);
    }

    private static int Show(Desk desk, Account account, string? done = null)
    {
        var sessions = desk.Stores.Sessions.List(account.Name).Count;
        var keys = desk.Stores.Keys.List().Count(key => Holds(key) && AccountDatabase.Normalize(key.User) == AccountDatabase.Normalize(account.Name));
        return desk.Tell(
            (done is null ? account.Name : $"{account.Name} {done}") + $"\n  state          {State(desk, account)}\n  roles          {Names(account.Roles)}\n  groups         {Names(account.Groups)}\n  subscriptions  {Plans(account)}\n  sessions       {sessions}\n  API keys       {keys}",
            Schema,
            writer =>
            {
                Write(writer, desk, account);
                writer.WriteNumber("sessions", sessions);
                writer.WriteNumber("keys", keys);
            });
    }

    private static void Write(Utf8JsonWriter writer, Desk desk, Account account)
    {
        writer.WriteString("name", account.Name);
        writer.WriteBoolean("disabled", account.Disabled);
        if (desk.Stores.Limits.LockedUntil(account.Name) is { } until) writer.WriteString("lockedUntil", until);
        else writer.WriteNull("lockedUntil");
        Array("roles", account.Roles);
        Array("groups", account.Groups);
        writer.WriteStartArray("subscriptions");
        foreach (var (plan, end) in account.Subscriptions.OrderBy(held => held.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("plan", plan);
            if (end == DateTimeOffset.MaxValue) writer.WriteNull("until");
            else writer.WriteString("until", end);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();

        void Array(string name, IEnumerable<string> values)
        {
            writer.WriteStartArray(name);
            foreach (var value in values.Order(StringComparer.Ordinal)) writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    }

    internal static bool Holds(ApiKey key) => key.Revoked is null && (key.Expires is null || key.Expires > Desk.Time.GetUtcNow());

    private static string State(Desk desk, Account account) =>
        account.Disabled ? "switched off" : desk.Stores.Limits.LockedUntil(account.Name) is { } until ? $"locked until {Desk.Text(until)}" : "active";

    private static string Names(IEnumerable<string> names) => names.Any() ? Desk.Plain(string.Join(", ", names.Order(StringComparer.Ordinal))) : "-";

    private static string Plans(Account account) => account.Subscriptions.Count == 0 ? "-" : Desk.Plain(string.Join(", ", account.Subscriptions.OrderBy(held => held.Key, StringComparer.Ordinal)
        .Select(held => held.Key + (held.Value == DateTimeOffset.MaxValue ? "" : $" {(held.Value <= Desk.Time.GetUtcNow() ? "(ended" : "(until")} {Desk.Text(held.Value)})"))));

    private static int NoSuch(string name) => Desk.Refuse($"there is no user `{name}`: see `gatehouse user list`");

    // The characters that Identity lets pass by default, of which none needs care in a shell, a header or a log.
    private static bool IsName(string name) => name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '@' or '+');
}
