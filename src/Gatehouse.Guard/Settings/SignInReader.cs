namespace Gatehouse.Guard.Settings;

/// <summary>`sign-in:`: accounts, sessions, keys and locks.</summary>
internal sealed class SignInReader(BlockReader blocks)
{
    /// <summary>The block; null after the fault was told.</summary>
    public SignInConfiguration? SignIn(YamlNode node)
    {
        if (blocks.Block(node, ConfigurationKeys.SignIn, "`sign-in`") is not { } keys) return null;
        var users = Users(keys);
        var isFile = users is { IsDatabase: false };
        if (keys.TryGetValue("groups", out var groups) && !isFile) blocks.Fault(groups, "`groups` goes with a password file", "remove it; a database keeps its own groups");
        SessionsConfiguration? sessions = users is { IsDatabase: true } ? new() : null;
        if (keys.TryGetValue("sessions", out var block) && blocks.Block(block, ConfigurationKeys.SignIn.First(key => key.Name == "sessions").Inside!, "`sessions`") is { } limits)
        {
            if (isFile || users is null) blocks.Fault(block, "sessions need accounts in a database", "write `users: gatehouse.db`, or remove `sessions`");
            sessions = new SessionsConfiguration
            {
                Idle = blocks.Duration(limits, "idle", TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1), TimeSpan.FromDays(90)),
                Absolute = blocks.Duration(limits, "absolute", TimeSpan.FromHours(12), TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)),
            };
            _ = blocks.Choice(limits, "store");
            if (sessions.Idle > sessions.Absolute) blocks.Fault(block, "a session would rest longer than it lasts", "let `idle` be shorter than `absolute`");
        }

        var tokens = new List<TokensConfiguration>();
        if (keys.TryGetValue("tokens", out var issuers))
            foreach (var item in BlockReader.Items(issuers))
                if (TokensReader.Tokens(blocks, item) is { } read) tokens.Add(read);

        KeysConfiguration? apiKeys = users is { IsDatabase: true } ? new() : null;
        if (keys.TryGetValue("keys", out var keysNode) && blocks.Block(keysNode, ConfigurationKeys.SignIn.First(key => key.Name == "keys").Inside!, "`keys`") is { } ofKeys)
        {
            if (isFile || users is null) blocks.Fault(keysNode, "API keys need accounts in a database", "write `users: gatehouse.db`, or remove `keys`");
            var header = blocks.Text(ofKeys, "header");
            if (header is not null && (header.Value.Length == 0 || !header.Value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || IsOwned(header.Value)))
                blocks.Fault(header, $"`{header.Value}` can't carry API keys", "use letters, digits and `-`, and no field that has a meaning of its own, for instance `X-API-Key`");
            apiKeys = new KeysConfiguration(header?.Value ?? "X-API-Key");
        }

        var lockout = new LockoutConfiguration();
        if (keys.TryGetValue("lockout", out var lockoutNode) && blocks.Block(lockoutNode, ConfigurationKeys.SignIn.First(key => key.Name == "lockout").Inside!, "`lockout`") is { } ofLockout)
        {
            lockout = new LockoutConfiguration
            {
                Failures = blocks.Number(ofLockout, "failures", 10, 1, 1000),
                For = blocks.Duration(ofLockout, "for", TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            };
        }

        if (users is null && tokens.Count == 0 && !keys.ContainsKey("users") && !keys.ContainsKey("tokens"))
            blocks.Fault(node, "`sign-in` names no way to sign in", "add `users:` or `tokens:`");
        var realm = blocks.Text(keys, "realm");
        if (realm is not null && realm.Value.Any(char.IsControl)) blocks.Fault(realm, "the realm has control characters", "use plain text");
        return new SignInConfiguration
        {
            Users = users,
            Sessions = sessions,
            Basic = keys.ContainsKey("basic") ? blocks.Truth(keys, "basic") : isFile,
            Realm = realm?.Value ?? "Gatehouse",
            Tokens = tokens,
            Keys = apiKeys,
            Lockout = lockout,
        };
    }

    private static bool IsOwned(string header) =>
        header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || header.Equals("Cookie", StringComparison.OrdinalIgnoreCase) || header.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase);

    private AccountsConfiguration? Users(Dictionary<string, YamlNode> keys)
    {
        if (blocks.Text(keys, "users") is not { } users) return null;
        if (users.Value.StartsWith("postgres:", StringComparison.Ordinal))
        {
            blocks.Fault(users, "accounts in PostgreSQL are not supported yet", "write `users: gatehouse.db` for SQLite");
            return null;
        }

        var isDatabase = Path.GetExtension(users.Value) is ".db" or ".sqlite" or ".sqlite3";
        var path = blocks.Resolve(users.Value);
        if (!isDatabase && !File.Exists(path)) blocks.Fault(users, $"there is no password file `{users.Value}` that this account can see", "make one with `htpasswd -B -c`, or write `users: gatehouse.db` for accounts in SQLite");
        return new AccountsConfiguration(path, isDatabase, keys.TryGetValue("groups", out var groups) ? blocks.ExistingFile(groups, "the group file") : null, users.Line);
    }
}
