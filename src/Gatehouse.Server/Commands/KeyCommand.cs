using System.CommandLine;
using System.Text.Json;
using Gatehouse.Guard.Accounts;

namespace Gatehouse.Server.Commands;

/// <summary>`gatehouse key ...`: API keys.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var (config, json) = Desk.Options();
        return new Command("key", "Administer API keys") { config, json, Add(config, json), List(config, json), Revoke(config, json) };
    }

    private static Command Add(Option<string> config, Option<bool> json)
    {
        var user = new Option<string>("--user") { Description = "For whom it acts", HelpName = "NAME", Required = true };
        var scopes = new Option<string[]>("--scope") { Description = "What it may do, as `scope SCOPE` in a rule names it", HelpName = "SCOPE", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
        var expires = new Option<string?>("--expires") { Description = "How long it lasts (90d, 12h), or its last day (2027-06-30); without one until it is revoked", HelpName = "WHEN" };
        var command = new Command("add", "Make a key and print it, this once") { user, scopes, expires };
        command.SetAction((parsed, cancellation) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: true, async desk =>
        {
            if (desk.Accounts() is not { } accounts) return ServerCommands.Usage;
            var wanted = parsed.GetValue(scopes) ?? [];
            // scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) (RFC 6749 section 3.3)
            if (wanted.FirstOrDefault(scope => scope.Length == 0 || scope.Any(c => c is < '!' or > '~' or '"' or '\\')) is { } bad) return Desk.Misuse($"`{bad}` can't be a scope: write it in visible ASCII without quotes");
            var now = Desk.Time.GetUtcNow();
            TimeSpan? length = null;
            if (parsed.GetValue(expires) is { } text)
            {
                if (GrantOptions.Until(text, now) is not { } end || end <= now) return Desk.Misuse($"`{text}` is no time to come: write --expires 90d or --expires 2027-06-30");
                length = end - now;
            }

            if (await accounts.FindAsync(parsed.GetValue(user)!, cancellation) is not { } account) return Desk.Refuse($"there is no user `{parsed.GetValue(user)}`: see `gatehouse user list`");
            if (desk.Configuration.SignIn?.Keys is null) return Desk.Refuse("the configuration takes no API keys: add `sign-in: keys:`");
            var key = desk.Stores.Keys.Add(account.Name, wanted, length, out var secret);
            if (!desk.Json) await Console.Error.WriteLineAsync($"gatehouse: key {key.Id} acts for {account.Name}, {(key.Expires is { } until ? $"until {Desk.Text(until)}" : "until it is revoked")}; send it in the field {desk.Configuration.SignIn.Keys.Header}. It is shown this once:");
            return desk.Tell(secret, "gatehouse.key/1", writer =>
            {
                writer.WriteString("key", secret);
                Write(writer, key);
            });
        }));
        return command;
    }

    private static Command List(Option<string> config, Option<bool> json)
    {
        var command = new Command("list", "All keys, those that were revoked too; never their text");
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: false, desk =>
        {
            var keys = desk.Stores.Keys.List();
            return Task.FromResult(desk.Tell(
                keys.Count == 0 ? "there is no API key: `gatehouse key add --user NAME`" : Desk.Table(["id", "user", "state", "scopes", "made", "expires"], keys.Select(key => new[] { key.Id, key.User, State(key), key.Scopes.Count == 0 ? "-" : string.Join(' ', key.Scopes.Order(StringComparer.Ordinal)), Desk.Text(key.Created), Desk.Text(key.Expires) })),
                "gatehouse.keys/1",
                writer =>
                {
                    writer.WriteStartArray("keys");
                    foreach (var key in keys)
                    {
                        writer.WriteStartObject();
                        Write(writer, key);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                }));
        }));
        return command;
    }

    private static Command Revoke(Option<string> config, Option<bool> json)
    {
        var id = new Argument<string>("ID") { Description = "As `key list` shows it" };
        var command = new Command("revoke", "Withdraw a key") { id };
        command.SetAction((parsed, _) => Desk.WorkAsync(parsed.GetValue(config)!, parsed.GetValue(json), changes: true, desk =>
        {
            var name = parsed.GetValue(id)!;
            // Whoever has the key itself at hand pastes that.
            if (name.StartsWith(ApiKeys.Prefix, StringComparison.Ordinal)) name = name[ApiKeys.Prefix.Length..].Split('_')[0];
            if (!desk.Stores.Keys.Revoke(name)) return Task.FromResult(Desk.Refuse($"there is no key `{name}` that still holds: see `gatehouse key list`"));
            return Task.FromResult(desk.Tell($"key {name} is revoked", "gatehouse.key/1", writer =>
            {
                writer.WriteString("id", name);
                writer.WriteBoolean("revoked", true);
            }));
        }));
        return command;
    }

    private static void Write(Utf8JsonWriter writer, ApiKey key)
    {
        writer.WriteString("id", key.Id);
        writer.WriteString("user", key.User);
        writer.WriteString("state", State(key));
        writer.WriteStartArray("scopes");
        foreach (var scope in key.Scopes.Order(StringComparer.Ordinal)) writer.WriteStringValue(scope);
        writer.WriteEndArray();
        writer.WriteString("created", key.Created);
        if (key.Expires is { } expires) writer.WriteString("expires", expires);
        else writer.WriteNull("expires");
        if (key.Revoked is { } revoked) writer.WriteString("revoked", revoked);
        else writer.WriteNull("revoked");
    }

    private static string State(ApiKey key) => key.Revoked is not null ? "revoked" : UserCommand.Holds(key) ? "active" : "expired";
}
