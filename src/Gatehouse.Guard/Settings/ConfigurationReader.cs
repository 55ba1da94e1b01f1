using System.Globalization;
using Gatehouse.Grammar;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Settings;

/// <summary>gatehouse.yaml to a <see cref="GuardConfiguration"/>. Reads the file and files it takes secrets from; all faults are collected.</summary>
public sealed class ConfigurationReader
{
    /// <summary>A configuration of ten thousand rules has less than one megabyte.</summary>
    private const int MaxSizeInBytes = 8 << 20;

    private readonly string file;
    private readonly string folder;
    private readonly List<ConfigurationFault> faults = [];

    private ConfigurationReader(string file)
    {
        this.file = file;
        folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
    }

    /// <summary>Reads a file. Null where there is an error; <paramref name="faults"/> has all errors and remarks in the order of the file.</summary>
    public static GuardConfiguration? ReadFile(string path, out IReadOnlyList<ConfigurationFault> faults)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MaxSizeInBytes)
            {
                faults = [new(path, 0, 0, $"the file has {length} bytes; a configuration has {MaxSizeInBytes} at most", "move block lists into files (`list FILE`)")];
                return null;
            }

            return Read(File.ReadAllText(path), path, out faults);
        }
        catch (FileNotFoundException)
        {
            faults = [new(path, 0, 0, "there is no such file", "write one with `gatehouse init`, or name another with --config FILE")];
        }
        catch (DirectoryNotFoundException)
        {
            faults = [new(path, 0, 0, "there is no such folder", "name the configuration with --config FILE")];
        }
        catch (UnauthorizedAccessException)
        {
            faults = [new(path, 0, 0, "the file can't be read: permission denied", "let the account that runs Gatehouse read it")];
        }
        catch (IOException error)
        {
            faults = [new(path, 0, 0, $"the file can't be read: {error.Message}", null)];
        }

        return null;
    }

    /// <summary>Reads a text as if it stood in that file.</summary>
    public static GuardConfiguration? Read(string text, string path, out IReadOnlyList<ConfigurationFault> faults)
    {
        var reader = new ConfigurationReader(path);
        var configuration = reader.Top(YamlTree.Read(text, path, reader.faults));
        var ordered = reader.faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column).ToList();
        faults = ordered;
        return ordered.Exists(fault => fault.IsError) ? null : configuration;
    }

    private GuardConfiguration? Top(YamlNode? root)
    {
        if (root is null or YamlNode.Scalar { Value: "" })
        {
            if (faults.Count == 0) faults.Add(new(file, 1, 1, "the configuration is empty", "write one with `gatehouse init`"));
            return null;
        }

        var keys = Block(root, ConfigurationKeys.Top, "the configuration");
        if (keys is null) return null;
        var listen = keys.TryGetValue("listen", out var node) ? [.. Items(node).Select(Listen).OfType<ListenAddress>()] : (IReadOnlyList<ListenAddress>?)null;
        var sites = Sites(root, keys);
        var explain = Choice(keys, "explain") switch { "minimal" => ExplainLevel.Minimal, "full" => ExplainLevel.Full, _ => ExplainLevel.Helpful };
        var configuration = new GuardConfiguration
        {
            File = file,
            Sites = sites,
            SignIn = keys.TryGetValue("sign-in", out node) ? SignIn(node) : null,
            TrustedProxies = [.. Texts(keys, "trusted-proxies").Select(Proxy).OfType<System.Net.IPNetwork>()],
            ForwardingField = Choice(keys, "forwarding-field") ?? "X-Forwarded-For",
            Geo = keys.TryGetValue("geo", out node) ? ExistingFile(node, "the country database") : null,
            Explain = explain,
            State = Resolve(Text(keys, "state")?.Value ?? "gatehouse-state"),
            Metrics = keys.TryGetValue("metrics", out node) && node is YamlNode.Scalar metrics ? Address(metrics, null, null, null) : null,
            OpenTelemetry = Text(keys, "opentelemetry") is { } telemetry ? HttpAddress(telemetry) : null,
            MaxBodyInBytes = keys.TryGetValue("max-body", out node) ? Size(node) : 30_000_000,
        };
        if (listen is not null) configuration = configuration with { Listen = listen };
        if (explain == ExplainLevel.Full && configuration.Listen.FirstOrDefault(address => !address.IsLoopback) is { } open)
            Fault(keys["explain"], $"`explain: full` tells callers everything, and {open} can be reached from elsewhere", "listen on localhost alone, or use `helpful`");
        if (configuration.Metrics is { IsLoopback: false } public_)
            faults.Add(new(file, keys["metrics"].Line, keys["metrics"].Column, $"metrics at {public_} can be read by everybody who reaches it", "listen on localhost unless a firewall stands in front", IsError: false));
        return configuration;
    }

    private List<SiteConfiguration> Sites(YamlNode root, Dictionary<string, YamlNode> keys)
    {
        var result = new List<SiteConfiguration>();
        if (keys.TryGetValue("sites", out var many))
        {
            foreach (var single in new[] { "site", "upstream", "rules", "refuse", "index", "htaccess", "forward-credentials" })
                if (keys.TryGetValue(single, out var misplaced)) Fault(misplaced, $"`{single}` stands beside `sites`", $"move `{single}` into one of the sites");
            foreach (var item in Items(many))
                if (Block(item, ConfigurationKeys.Site, "a site") is { } inside) result.Add(Site(item, inside));
            if (result.Count == 0) Fault(many, "`sites` has no site", "write a list of blocks with `hosts` and `site` or `upstream`");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var site in result)
            {
                foreach (var host in site.Hosts.Count == 0 ? ["every other host"] : site.Hosts)
                    if (!seen.Add(host)) faults.Add(new(file, site.Line, 1, $"`{host}` is claimed by two sites", "name each host once"));
            }
        }
        else result.Add(Site(root, keys));
        return result;
    }

    private SiteConfiguration Site(YamlNode node, Dictionary<string, YamlNode> keys)
    {
        var root = Text(keys, "site");
        var upstream = Text(keys, "upstream");
        if (root is null && upstream is null && !keys.ContainsKey("site") && !keys.ContainsKey("upstream"))
            faults.Add(new(file, node.Line, node.Column, "nothing is said of what is served", "write `site: FOLDER` or `upstream: http://localhost:3000`"));
        if (root is not null && upstream is not null) Fault(upstream, "`site` and `upstream` exclude each other", "keep one; several are written as `sites`");
        string? path = null;
        if (root is not null)
        {
            path = Resolve(root.Value);
            if (!Directory.Exists(path)) Fault(root, $"there is no folder `{root.Value}`" + (Path.IsPathRooted(root.Value) ? "" : $" below {folder}"), "name the folder that is to be served");
        }

        if (!keys.TryGetValue("rules", out var rules)) faults.Add(new(file, node.Line, node.Column, "there are no rules, so everything would be refused", "write `rules:` with a line a path, for instance `/**: signed-in`"));
        return new SiteConfiguration
        {
            Hosts = [.. Texts(keys, "hosts").Select(Host).OfType<string>()],
            Root = path,
            Upstream = upstream is null ? null : HttpAddress(upstream),
            ForwardsCredentials = Truth(keys, "forward-credentials"),
            Refuse = [.. Texts(keys, "refuse").Select(word => new RuleText { Words = ListPath(word.Value), File = file, Line = word.Line, Column = word.Column, WordsLine = word.Line, WordsColumn = word.Column })],
            Rules = rules is null ? [] : Rules(rules),
            Htaccess = Choice(keys, "htaccess") switch { "ignore" => HtaccessMode.Ignore, "honour" => HtaccessMode.Honour, _ => HtaccessMode.Refuse },
            IndexFiles = keys.ContainsKey("index") ? [.. Texts(keys, "index").Select(IndexName).OfType<string>()] : ["index.html", "index.htm"],
            Line = node.Line,
        };
    }

    /// <summary><c>list FILE</c> is relative to the configuration, wherever the program was started.</summary>
    private string ListPath(string words) =>
        words.StartsWith("list ", StringComparison.Ordinal) ? "list " + Resolve(words[5..].Trim().Trim('"')) : words;

    private List<RuleText> Rules(YamlNode node)
    {
        var result = new List<RuleText>();
        if (node is not YamlNode.Mapping mapping)
        {
            Fault(node, $"`rules` is {node.Kind}", "write one `PATTERN: words` a line");
            return result;
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            if (!seen.TryAdd(key.Value, key.Line))
            {
                faults.Add(new(file, key.Line, key.Column, $"the rule `{key.Value}` stands already in line {seen[key.Value]}", "join both with `and` or `or`"));
                continue;
            }

            var rule = new RuleText { Pattern = key.Value, Words = "", File = file, Line = key.Line, Column = key.Column };
            switch (value)
            {
                case YamlNode.Scalar { Value.Length: > 0 } words:
                    result.Add(rule with { Words = words.Value, WordsLine = words.Line, WordsColumn = words.Column + (words.Quoted ? 1 : 0) });
                    break;
                case YamlNode.Scalar empty:
                    faults.Add(new(file, empty.Line, empty.Column, $"the rule `{key.Value}` says nothing", "write who may pass: `anyone`, `signed-in`, `role admin`, `nobody`"));
                    break;
                case YamlNode.Mapping when Block(value, ConfigurationKeys.Rule, $"the rule `{key.Value}`") is { } inside:
                    if (Text(inside, "allow") is not { } allow)
                    {
                        if (!inside.ContainsKey("allow")) faults.Add(new(file, value.Line, value.Column, $"the rule `{key.Value}` says nobody who may pass", "add `allow:` with the rule's words"));
                        break;
                    }

                    result.Add(rule with
                    {
                        Words = allow.Value,
                        WordsLine = allow.Line,
                        WordsColumn = allow.Column + (allow.Quoted ? 1 : 0),
                        Say = Text(inside, "say")?.Value,
                        Contact = Text(inside, "contact")?.Value,
                        Hide = Truth(inside, "hide"),
                        ReportOnly = Truth(inside, "report-only"),
                        Strict = Truth(inside, "strict"),
                    });
                    break;
                case YamlNode.Sequence:
                    Fault(value, $"the rule `{key.Value}` is a list", "join the words with `and` or `or`: `role admin or role editor`");
                    break;
            }
        }

        return result;
    }

    private SignInConfiguration? SignIn(YamlNode node)
    {
        if (Block(node, ConfigurationKeys.SignIn, "`sign-in`") is not { } keys) return null;
        var users = Users(keys);
        var isFile = users is { IsDatabase: false };
        if (keys.TryGetValue("groups", out var groups) && !isFile) Fault(groups, "`groups` goes with a password file", "remove it; a database keeps its own groups");
        SessionsConfiguration? sessions = users is { IsDatabase: true } ? new() : null;
        if (keys.TryGetValue("sessions", out var block) && Block(block, ConfigurationKeys.SignIn.First(key => key.Name == "sessions").Inside!, "`sessions`") is { } limits)
        {
            if (isFile || users is null) Fault(block, "sessions need accounts in a database", "write `users: gatehouse.db`, or remove `sessions`");
            sessions = new SessionsConfiguration
            {
                Idle = Duration(limits, "idle", TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1), TimeSpan.FromDays(90)),
                Absolute = Duration(limits, "absolute", TimeSpan.FromHours(12), TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)),
            };
            _ = Choice(limits, "store");
            if (sessions.Idle > sessions.Absolute) Fault(block, "a session would rest longer than it lasts", "let `idle` be shorter than `absolute`");
        }

        var tokens = new List<TokensConfiguration>();
        if (keys.TryGetValue("tokens", out var issuers))
            foreach (var item in Items(issuers))
                if (Tokens(item) is { } read) tokens.Add(read);

        KeysConfiguration? apiKeys = users is { IsDatabase: true } ? new() : null;
        if (keys.TryGetValue("keys", out var keysNode) && Block(keysNode, ConfigurationKeys.SignIn.First(key => key.Name == "keys").Inside!, "`keys`") is { } ofKeys)
        {
            if (isFile || users is null) Fault(keysNode, "API keys need accounts in a database", "write `users: gatehouse.db`, or remove `keys`");
            var header = Text(ofKeys, "header");
            if (header is not null && (header.Value.Length == 0 || !header.Value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') || IsOwned(header.Value)))
                Fault(header, $"`{header.Value}` can't carry API keys", "use letters, digits and `-`, and no field that has a meaning of its own, for instance `X-API-Key`");
            apiKeys = new KeysConfiguration(header?.Value ?? "X-API-Key");
        }

        var lockout = new LockoutConfiguration();
        if (keys.TryGetValue("lockout", out var lockoutNode) && Block(lockoutNode, ConfigurationKeys.SignIn.First(key => key.Name == "lockout").Inside!, "`lockout`") is { } ofLockout)
        {
            lockout = new LockoutConfiguration
            {
                Failures = Number(ofLockout, "failures", 10, 1, 1000),
                For = Duration(ofLockout, "for", TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            };
        }

        if (users is null && tokens.Count == 0 && !keys.ContainsKey("users") && !keys.ContainsKey("tokens"))
            Fault(node, "`sign-in` names no way to sign in", "add `users:` or `tokens:`");
        var realm = Text(keys, "realm");
        if (realm is not null && realm.Value.Any(char.IsControl)) Fault(realm, "the realm has control characters", "use plain text");
        return new SignInConfiguration
        {
            Users = users,
            Sessions = sessions,
            Basic = keys.ContainsKey("basic") ? Truth(keys, "basic") : isFile,
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
        if (Text(keys, "users") is not { } users) return null;
        if (users.Value.StartsWith("postgres:", StringComparison.Ordinal))
        {
            Fault(users, "accounts in PostgreSQL are not supported yet", "write `users: gatehouse.db` for SQLite");
            return null;
        }

        var isDatabase = Path.GetExtension(users.Value) is ".db" or ".sqlite" or ".sqlite3";
        var path = Resolve(users.Value);
        if (!isDatabase && !File.Exists(path)) Fault(users, $"there is no password file `{users.Value}`", "make one with `htpasswd -B -c`, or write `users: gatehouse.db` for accounts in SQLite");
        return new AccountsConfiguration(path, isDatabase, keys.TryGetValue("groups", out var groups) ? ExistingFile(groups, "the group file") : null, users.Line);
    }

    private TokensConfiguration? Tokens(YamlNode node)
    {
        var description = ConfigurationKeys.SignIn.First(key => key.Name == "tokens").Inside!;
        if (Block(node, description, "`tokens`") is not { } keys) return null;
        var issuer = Text(keys, "issuer");
        if (!keys.ContainsKey("issuer")) Fault(node, "`tokens` names no issuer", "add `issuer: https://login.example.com`");
        if (!keys.ContainsKey("audience")) Fault(node, "`tokens` names no audience, so that tokens for any other service would pass", "add `audience:` with the name of this service");
        string? keysFile = null;
        if (Text(keys, "keys") is { } local)
        {
            if (!local.Value.StartsWith("file:", StringComparison.Ordinal)) Fault(local, "`keys` takes a file", "write `keys: file:jwks.json`, or leave it out for discovery");
            else
            {
                keysFile = Resolve(local.Value[5..]);
                if (!File.Exists(keysFile)) Fault(local, $"there is no key set `{local.Value[5..]}`", "name a JSON Web Key Set (RFC 7517)");
            }
        }

        if (issuer is not null && keysFile is null && !keys.ContainsKey("keys") && (!Uri.TryCreate(issuer.Value, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps))
            Fault(issuer, $"keys can be discovered from an https address alone, and `{issuer.Value}` is none", "name the issuer's https address, or its keys with `keys: file:jwks.json`");
        var algorithms = Texts(keys, "algorithms").ToList();
        foreach (var algorithm in algorithms)
        {
            if (algorithm.Value.Equals("none", StringComparison.OrdinalIgnoreCase)) Fault(algorithm, "`none` lets everybody write tokens", "remove it");
            else if (algorithm.Value is not ['H' or 'R' or 'P' or 'E', 'S', _, _, _] and not "EdDSA") Fault(algorithm, $"`{algorithm.Value}` is no algorithm of RFC 7518", "use RS256, PS256, ES256 or their longer kin");
        }

        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        if (keys.TryGetValue("claims", out var mapped) && Block(mapped, description.First(key => key.Name == "claims").Inside!, "`claims`") is { } names)
            foreach (var name in names.Keys)
                if (Text(names, name) is { } claim) claims[name] = claim.Value;

        return issuer is null ? null : new TokensConfiguration
        {
            Issuer = issuer.Value,
            Audiences = [.. Texts(keys, "audience").Select(item => item.Value)],
            Algorithms = algorithms.Count == 0 ? null : [.. algorithms.Select(item => item.Value)],
            KeysFile = keysFile,
            ClockSkew = Duration(keys, "clock-skew", TimeSpan.FromSeconds(60), TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Claims = claims,
        };
    }

    private ListenAddress? Listen(YamlNode node)
    {
        if (node is YamlNode.Scalar plain) return Address(plain, null, null, null);
        if (Block(node, ConfigurationKeys.Listen, "`listen`") is not { } keys) return null;
        if (Text(keys, "url") is not { } url)
        {
            if (!keys.ContainsKey("url")) Fault(node, "`listen` names no address", "add `url: https://localhost:8443`");
            return null;
        }

        var certificate = keys.TryGetValue("certificate", out var file) ? ExistingFile(file, "the certificate") : null;
        var key = keys.TryGetValue("key", out file) ? ExistingFile(file, "the private key") : null;
        return Address(url, certificate, key, Text(keys, "password") is { } password ? Secret(password) : null);
    }

    private ListenAddress? Address(YamlNode.Scalar node, string? certificate, string? key, string? password)
    {
        var text = node.Value;
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon > 0 ? text[..colon] : "";
        var rest = colon > 0 ? text[(colon + 3)..].TrimEnd('/') : "";
        var portAt = rest.LastIndexOf(':');
        if (scheme is not ("http" or "https") || portAt <= 0
            || !int.TryParse(rest.AsSpan(portAt + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535
            || rest[..portAt].Trim('[', ']') is not { Length: > 0 } host
            || (host is not ("*" or "localhost") && !Grammar.Address.TryParse(host, out _, out _)))
        {
            Fault(node, $"`{text}` is no address to listen at", "write `http://localhost:8080`, `https://0.0.0.0:443` or `http://*:80` (a name other than localhost is no address)");
            return null;
        }

        if (scheme == "https" && certificate is null) Fault(node, "https needs a certificate", "write `listen: { url: ..., certificate: fullchain.pem, key: privkey.pem }`");
        if (scheme == "http" && certificate is not null) Fault(node, "a certificate stands beside an http address", "write https, or remove the certificate");
        return new ListenAddress { Host = host, Port = port, Certificate = certificate, Key = key, Password = password, Line = node.Line };
    }

    /// <summary><c>file:PATH</c> or <c>env:NAME</c>; anything else is taken as it stands, with a remark.</summary>
    private string? Secret(YamlNode.Scalar node)
    {
        var text = node.Value;
        if (text.StartsWith("env:", StringComparison.Ordinal))
        {
            if (Environment.GetEnvironmentVariable(text[4..]) is { } value) return value;
            Fault(node, $"the environment has no `{text[4..]}`", "set it before the start");
            return null;
        }

        if (text.StartsWith("file:", StringComparison.Ordinal))
        {
            try
            {
                return File.ReadAllText(Resolve(text[5..])).TrimEnd('\r', '\n');
            }
            catch (IOException error)
            {
                Fault(node, $"the secret `{text}` can't be read: {error.Message}", "name a file that the Guard can read");
            }
            catch (UnauthorizedAccessException)
            {
                Fault(node, $"the secret `{text}` can't be read: permission denied", "name a file that the Guard can read");
            }

            return null;
        }

        faults.Add(new(file, node.Line, node.Column, "a secret stands in the configuration itself", "write `file:PATH` or `env:NAME`", IsError: false));
        return text;
    }

    private Uri? HttpAddress(YamlNode.Scalar node)
    {
        if (Uri.TryCreate(node.Value, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0) return uri;
        Fault(node, $"`{node.Value}` is no http address", "write `http://HOST:PORT`, without user, query or fragment");
        return null;
    }

    private System.Net.IPNetwork? Proxy(YamlNode.Scalar node)
    {
        if (Network.TryParse(node.Value, out var network, out var hadHostBits, out _))
        {
            if (hadHostBits) faults.Add(new(file, node.Line, node.Column, $"`{node.Value}` has bits behind its prefix and means all of {network}", $"write `{network}` if that is meant", IsError: false));
            return network;
        }

        Fault(node, $"`{node.Value}` is no network", "write `10.0.0.0/8` or `2001:db8::/32`");
        return null;
    }

    private string? Host(YamlNode.Scalar node)
    {
        var text = node.Value.ToLowerInvariant();
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        var labels = name.Split('.');
        if (name.Length is > 0 and <= 253 && labels.All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && label[0] != '-' && label[^1] != '-')) return text;
        if (Grammar.Address.TryParse(name.Trim('[', ']'), out _, out _)) return text;
        Fault(node, $"`{node.Value}` is no host name", "write it without scheme, port and path; letters outside ASCII as `xn--`");
        return null;
    }

    private string? IndexName(YamlNode.Scalar node)
    {
        if (node.Value.Length > 0 && !node.Value.Contains('/', StringComparison.Ordinal) && !node.Value.StartsWith('.')) return node.Value;
        Fault(node, $"`{node.Value}` is no name of an index file", "write a plain file name: `index.html`");
        return null;
    }

    private string? ExistingFile(YamlNode node, string what)
    {
        if (node is not YamlNode.Scalar { Value.Length: > 0 } text)
        {
            Fault(node, $"{what} is {node.Kind}", "name a file");
            return null;
        }

        var path = Resolve(text.Value);
        if (File.Exists(path)) return path;
        Fault(text, $"{what} `{text.Value}` does not exist" + (Path.IsPathRooted(text.Value) ? "" : $" below {folder}"), "name a file that is there");
        return null;
    }

    private string Resolve(string path) => Path.GetFullPath(path, folder);

    /// <summary>The keys of a block, each once and each known; null where it is no block.</summary>
    private Dictionary<string, YamlNode>? Block(YamlNode node, IReadOnlyList<KeyDescription> known, string what)
    {
        if (node is not YamlNode.Mapping mapping)
        {
            Fault(node, $"{what} is {node.Kind}", $"write a block of keys: {string.Join(", ", known.Take(4).Select(key => key.Name))} ...");
            return null;
        }

        var result = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            if (known.All(description => description.Name != key.Value))
            {
                var meant = Nearest(key.Value, known.Select(description => description.Name));
                faults.Add(new(file, key.Line, key.Column, $"unknown key `{key.Value}` in {what}", meant is null ? $"use one of {string.Join(", ", known.Select(description => description.Name))}" : $"did you mean `{meant}`?"));
            }
            else if (!result.TryAdd(key.Value, value)) faults.Add(new(file, key.Line, key.Column, $"`{key.Value}` stands here a second time", $"keep one of them (the first is in line {result[key.Value].Line})"));
        }

        return result;
    }

    private static IReadOnlyList<YamlNode> Items(YamlNode node) => node is YamlNode.Sequence list ? list.Items : [node];

    private IEnumerable<YamlNode.Scalar> Texts(Dictionary<string, YamlNode> keys, string name)
    {
        if (!keys.TryGetValue(name, out var node)) yield break;
        foreach (var item in Items(node))
        {
            if (item is YamlNode.Scalar { Value.Length: > 0 } text) yield return text;
            else Fault(item, $"`{name}` holds {(item is YamlNode.Scalar ? "nothing" : item.Kind)} where a text belongs", "write one text an entry");
        }
    }

    private YamlNode.Scalar? Text(Dictionary<string, YamlNode> keys, string name)
    {
        if (!keys.TryGetValue(name, out var node)) return null;
        if (node is YamlNode.Scalar { Value.Length: > 0 } text) return text;
        Fault(node, node is YamlNode.Scalar ? $"`{name}` is empty" : $"`{name}` is {node.Kind} where a text belongs", $"write `{name}: VALUE`, or remove the key");
        return null;
    }

    private string? Choice(Dictionary<string, YamlNode> keys, string name)
    {
        if (Text(keys, name) is not { } text) return null;
        var choices = Described(name).Choices!;
        if (choices.Contains(text.Value, StringComparer.Ordinal)) return text.Value;
        Fault(text, $"`{text.Value}` is nothing that `{name}` knows", $"use {string.Join(" or ", choices.Select(choice => $"`{choice}`"))}");
        return null;
    }

    private static KeyDescription Described(string name) =>
        ConfigurationKeys.Top.Concat(ConfigurationKeys.SignIn.SelectMany(key => key.Inside ?? [])).First(key => key.Name == name && key.Choices is not null);

    private bool Truth(Dictionary<string, YamlNode> keys, string name)
    {
        if (Text(keys, name) is not { } text) return false;
        switch (text.Value)
        {
            case "true": return true;
            case "false": return false;
        }

        Fault(text, $"`{text.Value}` is neither true nor false", $"write `{name}: true` or `{name}: false`");
        return false;
    }

    private int Number(Dictionary<string, YamlNode> keys, string name, int byDefault, int least, int most)
    {
        if (Text(keys, name) is not { } text) return byDefault;
        if (int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Fault(text, $"`{text.Value}` is no number from {least} to {most}", $"write `{name}: {byDefault}`");
        return byDefault;
    }

    private TimeSpan Duration(Dictionary<string, YamlNode> keys, string name, TimeSpan byDefault, TimeSpan least, TimeSpan most)
    {
        if (Text(keys, name) is not { } text) return byDefault;
        if (!Durations.TryParse(text.Value, out var time)) Fault(text, $"`{text.Value}` is no duration", "write a number and s, m, h or d: `30m`");
        else if (time < least || time > most) Fault(text, $"`{text.Value}` is out of range", $"keep it between {Durations.Text(least)} and {Durations.Text(most)}");
        else return time;
        return byDefault;
    }

    private long? Size(YamlNode node)
    {
        if (node is YamlNode.Scalar { Value: "none" }) return null;
        if (node is YamlNode.Scalar { Value.Length: > 1 } text)
        {
            var factor = text.Value[^1] switch { 'k' => 1_000L, 'm' => 1_000_000L, 'g' => 1_000_000_000L, _ => 0 };
            if (factor > 0 && int.TryParse(text.Value.AsSpan(0, text.Value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number * factor;
        }

        Fault(node, "this is no size", "write a number and k, m or g, or `none`: `30m`");
        return null;
    }

    private void Fault(YamlNode node, string message, string advice) => faults.Add(new(file, node.Line, node.Column, message, advice));

    /// <summary>The known name within two slips of the pen, or null.</summary>
    internal static string? Nearest(string text, IEnumerable<string> known) =>
        known.Select(name => (Name: name, Slips: Slips(text, name))).Where(pair => pair.Slips <= 2).OrderBy(pair => pair.Slips).Select(pair => pair.Name).FirstOrDefault();

    private static int Slips(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2 || a.Length > 64) return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
            {
                var up = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = up;
            }
        }

        return row[^1];
    }
}
