using Gatehouse.Doctor.Caddy;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Traefik;

/// <summary>Traefik's routers and middlewares, from the labels of a compose file or from a dynamic configuration: the router with the highest priority, its middlewares in order.</summary>
internal sealed class TraefikEvaluator(ConfigurationText text, AskedRequest request, ServedFiles disk)
{
    private const string Server = "Traefik";

    private readonly Dictionary<string, Dictionary<string, YamlNode.Scalar>> routers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dictionary<string, YamlNode.Scalar>> middlewares = new(StringComparer.OrdinalIgnoreCase);

    private readonly List<DropsCredentials> drops = [];
    private string? missing;

    /// <summary>The line on which a middleware's kind stands, by its name.</summary>
    private readonly Dictionary<string, int> kinds = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names that compose takes for variables, by the line of the label.</summary>
    private readonly Dictionary<int, IReadOnlyList<string>> variables = [];

    public static bool Recognise(ConfigurationText text)
    {
        if (TomlNodes.IsToml(text)) return text.Text.Contains("http.routers", StringComparison.Ordinal) || text.Text.Contains("http.middlewares", StringComparison.Ordinal);
        if (!text.Text.Contains("traefik.http.", StringComparison.OrdinalIgnoreCase) && !(text.Text.Contains("routers:", StringComparison.Ordinal) && text.Text.Contains("http:", StringComparison.Ordinal))) return false;
        return Read(text, out _) is { } root && (root["services"] is not null || root["http"] is not null);
    }

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, Place place) =>
        Read(text, out var fault) is { } root ? new TraefikEvaluator(text, request, place.Disk).Run(root) : [new Evaluated { Server = Server, File = text.Path, UnknownBecause = fault }];

    private static YamlNode? Read(ConfigurationText text, out string? fault) => TomlNodes.IsToml(text) ? TomlNodes.Read(text, out fault) : YamlNode.Read(text, out fault);

    private IReadOnlyList<Observation> Run(YamlNode root)
    {
        foreach (var (_, service) in root["services"]?.Pairs ?? []) Labels(service["labels"] ?? service["deploy"]?["labels"]);
        foreach (var (name, router) in root["http"]?["routers"]?.Pairs ?? []) Flat(router, "", routers, name.Value);
        foreach (var (name, middleware) in root["http"]?["middlewares"]?.Pairs ?? [])
        {
            Flat(middleware, "", middlewares, name.Value);
            if (middleware.Pairs.Count > 0) kinds[name.Value] = middleware.Pairs[0].Key.Line;
        }

        var fitting = routers.Where(each => each.Value.ContainsKey("rule"))
            .Select(each => (each.Key, each.Value, Holds: Rule(each.Value["rule"].Value), Priority: each.Value.TryGetValue("priority", out var own) && int.TryParse(own.Value, out var number) ? number : each.Value["rule"].Value.Length))
            .Where(each => each.Holds != Truth.False && (request.Secure || !each.Value.Keys.Any(key => key.Equals("tls", StringComparison.OrdinalIgnoreCase) || key.StartsWith("tls.", StringComparison.OrdinalIgnoreCase)))).OrderByDescending(each => each.Holds == Truth.True).ThenByDescending(each => each.Priority).ToList();
        var router2 = fitting.FirstOrDefault();
        if (router2.Value is null) return [new Evaluated { Server = Server, File = text.Path, Status = routers.Count > 0 ? 404 : null, UnknownBecause = routers.Count > 0 ? null : $"{text.Name} names no router" }];
        // One that may hold goes before it where its priority is no lower.
        if (fitting.Where(each => each.Holds == Truth.Unknown && each.Priority >= router2.Priority).Select(each => each.Key).FirstOrDefault() is { } perhaps) missing = $"whether the rule of router {perhaps} holds can't be told from here";
        var walk = new RuleWalk(Server, request);
        foreach (var name in Listed(router2.Value, "middlewares").SelectMany(each => each.Value.Split(',', StringSplitOptions.TrimEntries)).Select(each => each.Split('@')[0]))
        {
            if (middlewares.TryGetValue(name, out var middleware)) Middleware(name, middleware, walk, 0);
            else missing ??= $"the middleware {name} does not stand in {text.Name}";
        }

        var refusal = walk.Answer();
        if (refusal is not null && missing is not null) refusal = refusal with { Certain = false };
        var told = missing is not null && (refusal is null || refusal.Status != request.Seen) ? null : walk.Status(200);
        var rule = router2.Value["rule"];
        var result = new List<Observation>
        {
            new Evaluated { Server = Server, File = text.Path, Status = told, UnknownBecause = told is not null ? null : missing ?? "a middleware depends on what is not visible from here", HandedOn = refusal is null, Trace = [new TraceStep(text.Path, rule.Line, $"router {router2.Key}: {rule.Value}", "matched"), .. walk.Trace] },
        };
        result.AddRange(walk.Observations().Select(each => each is DecidingRule ? refusal! : each));
        if (refusal is null) result.Add(new HandsOn(Server, text.Path, rule.Line, $"router {router2.Key}: {rule.Value}", router2.Value.TryGetValue("service", out var service2) ? service2.Value : router2.Key));
        if (refusal is null) result.AddRange(drops);
        return result;
    }

    private void Labels(YamlNode? labels)
    {
        foreach (var (key, value) in labels switch
        {
            YamlNode.Mapping mapping => mapping.Entries.Select(entry => (entry.Key.Value, entry.Value as YamlNode.Scalar ?? new YamlNode.Scalar("", entry.Key.Line))),
            YamlNode.Sequence list => list.Texts.Where(label => label.Value.Contains('=', StringComparison.Ordinal)).Select(label => (label.Value.Split('=', 2)[0], new YamlNode.Scalar(label.Value.Split('=', 2)[1], label.Line))),
            _ => [],
        })
        {
            var parts = key.Split('.', 5);
            if (parts.Length < 5 || !parts[0].Equals("traefik", StringComparison.OrdinalIgnoreCase) || parts[1] != "http") continue;
            var into = parts[2] == "routers" ? routers : parts[2] == "middlewares" ? middlewares : null;
            if (into is null) continue;
            if (!into.TryGetValue(parts[3], out var found)) into[parts[3]] = found = new(StringComparer.OrdinalIgnoreCase);
            found[parts[4]] = value with { Value = ComposeText.Interpolated(value.Value, out var names) };
            if (names.Count > 0) variables[value.Line] = names;
        }
    }

    private static void Flat(YamlNode node, string name, Dictionary<string, Dictionary<string, YamlNode.Scalar>> into, string of)
    {
        if (!into.TryGetValue(of, out var found)) into[of] = found = new(StringComparer.OrdinalIgnoreCase);
        switch (node)
        {
            case YamlNode.Scalar scalar:
                found[name] = scalar;
                break;
            case YamlNode.Sequence list:
                var index = 0;
                foreach (var item in list.Items) Flat(item, $"{name}[{index++}]", into, of);
                break;
            case YamlNode.Mapping mapping:
                if (mapping.Entries.Count == 0) found[name] = new YamlNode.Scalar("", mapping.Line);
                foreach (var (key, value) in mapping.Entries) Flat(value, name.Length == 0 ? key.Value : name + "." + key.Value, into, of);
                break;
        }
    }

    private static IEnumerable<YamlNode.Scalar> Listed(Dictionary<string, YamlNode.Scalar> of, string name) =>
        of.Where(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase) || pair.Key.StartsWith(name + "[", StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value);

    private void Middleware(string name, Dictionary<string, YamlNode.Scalar> middleware, RuleWalk walk, int depth)
    {
        var kind = middleware.Keys.FirstOrDefault()?.Split('.', '[')[0].ToLowerInvariant() ?? "";
        var line = kinds.TryGetValue(name, out var head) ? head : middleware.Values.FirstOrDefault()?.Line ?? 1;
        string? Option(string option) => middleware.FirstOrDefault(pair => pair.Key.Equals(kind + "." + option, StringComparison.OrdinalIgnoreCase)).Value?.Value;
        List<YamlNode.Scalar> List(string option) => [.. Listed(middleware, kind + "." + option).SelectMany(each => each.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => each with { Value = part }))];
        var rule = new DecidingRule { Server = Server, File = text.Path, Line = line, Text = $"middleware {name}: {kind}", Outcome = RuleOutcome.Denies };
        switch (kind)
        {
            case "ipallowlist" or "ipwhitelist":
                var ranges = List("sourceRange");
                var status = int.TryParse(Option("rejectStatusCode"), out var code) ? code : 403;
                var client = Client(int.TryParse(Option("ipStrategy.depth"), out var depthOf) ? depthOf : 0, List("ipStrategy.excludedIPs"));
                walk.Take(rule with
                {
                    Line = ranges.FirstOrDefault()?.Line ?? line,
                    Text = rule.Text + $" sourceRange {string.Join(", ", ranges.Select(range => range.Value))}",
                    Status = status,
                    Tests = [new(Subject.Address, true, (request with { Address = client }).AddressIn(ranges.Select(range => range.Value)), "the address is in " + string.Join(", ", ranges.Select(range => range.Value)), text.Path, ranges.FirstOrDefault()?.Line ?? line) { Name = name }],
                });
                break;
            case "basicauth":
                var users = List("users").Where(user => user.Value.Contains(':', StringComparison.Ordinal)).GroupBy(user => user.Value.Split(':')[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value.Split(':', 2)[1], StringComparer.Ordinal);
                if (users.Count == 0 && Option("usersFile") is { } file)
                {
                    var (gap, told, evidence) = PasswordLook.File(request, text.Full(file), disk);
                    // In a container the path is another one than here.
                    if (gap == Lack.FileMissing) walk.Take(rule with { Outcome = RuleOutcome.Challenges, Status = 401, Lack = request.Credentials() is null ? Lack.Missing : Lack.RefusedElsewhere, Detail = $"the users stand in {file}, which is not here" }, request.Credentials() is null ? Truth.True : Truth.Unknown);
                    else if (gap != Lack.Nothing) walk.Take(rule with { Line = List("usersFile")[0].Line, Text = rule.Text + " usersFile " + file, Outcome = RuleOutcome.Challenges, Status = 401, Lack = gap, Detail = told, Further = evidence }, Truth.True);
                    break;
                }

                var (lack, detail) = PasswordLook.Users(request, users);
                if (lack is Lack.BadHash or Lack.UnknownUser && List("users").Select(user => user.Line).FirstOrDefault(variables.ContainsKey) is > 0 and var mangled)
                    (lack, detail, line) = (Lack.BadHash, $"compose takes {string.Join(", ", variables[mangled].Select(name => "$" + name))} for variables and puts nothing in their place: every $ of the hash is written $$", mangled);
                if (lack != Lack.Nothing) walk.Take(rule with { Line = line, Outcome = RuleOutcome.Challenges, Status = 401, Lack = lack, Detail = detail }, Truth.True);
                break;
            case "digestauth":
                walk.Take(rule with { Outcome = RuleOutcome.Challenges, Status = 401, Lack = request.Header("Authorization") is null ? Lack.Missing : Lack.RefusedElsewhere }, request.Header("Authorization") is null ? Truth.True : Truth.Unknown);
                break;
            case "forwardauth":
                if (request.Seen is null or (>= 200 and < 300)) break;
                var known = request.Header("Authorization") is not null || request.Header("Cookie") is not null;
                walk.Take(rule with { Text = rule.Text + " " + Option("address"), Outcome = RuleOutcome.Challenges, Lack = request.Seen is not (401 or 403) ? Lack.DeciderFails : known || request.Seen != 401 ? Lack.RefusedElsewhere : Lack.Missing, Detail = $"the authentication server {Option("address")} answered {request.Seen}", Rivals = 1 }, Truth.Unknown);
                break;
            case "headers":
                if (request.Header("Authorization") is not null && middleware.FirstOrDefault(pair => pair.Key.Equals(kind + ".customRequestHeaders.Authorization", StringComparison.OrdinalIgnoreCase)) is { Key: not null } drop) drops.Add(new DropsCredentials(Server, text.Path, drop.Value.Line, $"middleware {name}: customRequestHeaders Authorization \"{(drop.Value.Value.Length == 0 ? "" : "…")}\""));
                break;
            case "ratelimit" or "inflightreq":
                walk.Take(rule with { Status = 429, Tests = [new(Subject.Rate, false, Truth.Unknown, kind, text.Path, line)] });
                break;
            case "chain" when depth < 8:
                foreach (var inner in List("middlewares"))
                    if (middlewares.TryGetValue(inner.Value.Split('@')[0], out var found)) Middleware(inner.Value, found, walk, depth + 1);
                break;
        }
    }

    /// <summary>The client by ipStrategy: the entry of X-Forwarded-For counted from the right, or the first from there that is not excluded; without it the peer. Null: not known.</summary>
    private System.Net.IPAddress? Client(int depth, List<YamlNode.Scalar> excluded)
    {
        if (depth <= 0 && excluded.Count == 0) return request.Address;
        var hops = (request.Header("X-Forwarded-For") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (depth > 0) return hops.Length >= depth ? Logs.Formats.Values.Client(hops[^depth]) : null;
        foreach (var hop in hops.Reverse())
            if (Logs.Formats.Values.Client(hop) is { } address && (request with { Address = address }).AddressIn(excluded.Select(range => range.Value)) != Truth.True) return address;
        return null;
    }

    /// <summary>A router's rule: matchers joined by &amp;&amp;, || and parentheses.</summary>
    private Truth Rule(string rule)
    {
        var at = 0;
        return Or(rule, ref at, 0);
    }

    private Truth Or(string rule, ref int at, int depth)
    {
        var value = And(rule, ref at, depth);
        while (Skip(rule, ref at, "||")) value = value.Or(And(rule, ref at, depth));
        return value;
    }

    private Truth And(string rule, ref int at, int depth)
    {
        var value = One(rule, ref at, depth);
        while (Skip(rule, ref at, "&&")) value = value.And(One(rule, ref at, depth));
        return value;
    }

    private Truth One(string rule, ref int at, int depth)
    {
        if (depth > 32) return Truth.Unknown;
        if (Skip(rule, ref at, "!")) return One(rule, ref at, depth + 1).Not();
        if (Skip(rule, ref at, "("))
        {
            var inner = Or(rule, ref at, depth + 1);
            Skip(rule, ref at, ")");
            return inner;
        }

        var open = rule.IndexOf('(', at);
        if (open < 0)
        {
            at = rule.Length;
            return Truth.Unknown;
        }

        var name = rule[at..open].Trim();
        var close = open;
        var quote = '\0';
        while (++close < rule.Length && (quote != '\0' || rule[close] != ')'))
        {
            if (quote != '\0' && rule[close] == quote) quote = '\0';
            else if (quote == '\0' && rule[close] is '`' or '"' or '\'') quote = rule[close];
        }

        var arguments = rule[(open + 1)..Math.Min(close, rule.Length)].Split(',').Select(argument => argument.Trim().Trim('`', '"', '\'')).ToList();
        at = Math.Min(close + 1, rule.Length);
        return name.ToLowerInvariant() switch
        {
            "host" => TruthTables.Of(arguments.Any(host => CaddyMatcher.Host(host, request.Host))),
            "hostregexp" => arguments.Aggregate(Truth.False, (all, pattern) => all.Or(ServerExpression.Matches(request.Host, pattern))),
            "path" => TruthTables.Of(arguments.Contains(request.Path)),
            "pathprefix" => TruthTables.Of(arguments.Any(prefix => request.Path.StartsWith(prefix, StringComparison.Ordinal))),
            "pathregexp" => arguments.Aggregate(Truth.False, (all, pattern) => all.Or(ServerExpression.Matches(request.Path, pattern))),
            "method" => TruthTables.Of(arguments.Contains(request.Method, StringComparer.OrdinalIgnoreCase)),
            "clientip" => request.AddressIn(arguments),
            "header" or "headers" when arguments.Count > 1 => TruthTables.Of(request.Header(arguments[0]) == arguments[1]),
            _ => Truth.Unknown,
        };
    }

    private static bool Skip(string rule, ref int at, string mark)
    {
        while (at < rule.Length && char.IsWhiteSpace(rule[at])) at++;
        if (string.CompareOrdinal(rule, at, mark, 0, mark.Length) != 0) return false;
        at += mark.Length;
        return true;
    }
}
