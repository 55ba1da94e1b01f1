using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Caddy;

/// <summary>Caddy's native JSON: routes in order, matchers and handlers; what the Caddyfile adapts to.</summary>
internal sealed class CaddyJson(ConfigurationText text, AskedRequest request, ServedFiles disk)
{
    private const string Server = "Caddy";

    /// <summary>Routes within routes: more than Caddy's own adapter makes.</summary>
    private const int MaxDepth = 16;

    private readonly RuleWalk walk = new(Server, request);
    private readonly List<Observation> more = [];
    private HandsOn? handsOn;
    private CaddyFileServer.Outcome? served;
    private bool answered;
    private int? status;
    private string? unknownBecause;
    private string root = "";
    private string path = request.Path;

    public static bool Recognise(ConfigurationText text) => text.Text.TrimStart().StartsWith('{') && text.Text.Contains("\"apps\"", StringComparison.Ordinal) && text.Text.Contains("\"handle\"", StringComparison.Ordinal);

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, Place place) =>
        JsonNodes.Read(text, out var fault) is { } document
            ? new CaddyJson(text, request, place.Disk).Run(document)
            : [new Evaluated { Server = Server, File = text.Path, UnknownBecause = fault }];

    private IReadOnlyList<Observation> Run(YamlNode document)
    {
        var any = false;
        foreach (var (_, server) in document["apps"]?["http"]?["servers"]?.Pairs ?? [])
        {
            if (server["listen"] is { } listen && !listen.Texts.Any(address => address.Value.EndsWith($":{request.Port}", StringComparison.Ordinal))) continue;
            any = true;
            Certificate(server);
            Routes(server, [], Truth.True, 0);
        }

        if (!any) return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"no server of {text.Name} listens on port {request.Port}" }];
        var refusal = walk.Answer();
        var known = walk.Status(200) is not null;
        var outcome = refusal is not null ? walk.Status(200) : !known || unknownBecause is not null ? null : served is { } file ? file.Status : status ?? 200;
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = text.Path,
                Status = outcome,
                UnknownBecause = outcome is not null ? null : known && unknownBecause is not null ? unknownBecause : known ? "what the server's account may read can't be told from here (--server-user NAME tells the account)" : "a matcher depends on what is not visible from here",
                FilePath = refusal is null ? served?.Path : null,
                HandedOn = refusal is null && handsOn is not null,
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations());
        if (refusal is null && handsOn is not null) result.Add(handsOn);
        if (refusal is null && served is { } mapped) result.Add(new ResourceMapped(mapped.Path, $"{text.Name}, root", Proved: true));
        result.Add(new RulesFilesNotUsed("Caddy does not read .htaccess"));
        result.AddRange(more);
        return result;
    }

    /// <summary>A connection policy that ends the handshake of a client without a certificate.</summary>
    private void Certificate(YamlNode server)
    {
        if (!request.Secure || request.Certificate || server["tls_connection_policies"] is not YamlNode.Sequence policies) return;
        foreach (var wanted in policies.Items.Select(policy => policy["client_authentication"]).OfType<YamlNode>())
        {
            var mode = wanted["mode"] as YamlNode.Scalar;
            if ((mode?.Value ?? "require_and_verify") is not ("require" or "require_and_verify")) continue;
            var line = mode?.Line ?? wanted.Line;
            walk.Take(new DecidingRule { Server = Server, File = text.Path, Line = line, Text = "client_authentication " + (mode?.Value ?? ""), Outcome = RuleOutcome.Denies, Tests = [new(Subject.Certificate, true, Truth.False, "client_authentication", text.Path, line)] });
        }
    }

    private void Routes(YamlNode owner, IReadOnlyList<RuleTest> under, Truth reached, int depth)
    {
        var groups = new HashSet<string>(StringComparer.Ordinal);
        if (depth > MaxDepth || owner["routes"] is not YamlNode.Sequence routes) return;
        foreach (var route in routes.Items)
        {
            if (answered || walk.Decided is not null) return;
            var tests = new List<RuleTest>();
            var any = Truth.False;
            var sets = route["match"] is YamlNode.Sequence match ? match.Items : [];
            foreach (var set in sets)
            {
                var own = set.Pairs.SelectMany(matcher => Matcher(matcher.Key, matcher.Value, 0)).ToList();
                any = any.Or(own.Aggregate(Truth.True, (all, test) => all.And(test.Holds)));
                tests.AddRange(own);
            }

            // Of the routes of a group the first that fits is taken.
            var group = (route["group"] as YamlNode.Scalar)?.Value;
            if (group is not null && groups.Contains(group)) continue;
            var matches = sets.Count == 0 ? Truth.True : any;
            if (group is not null && matches == Truth.True) groups.Add(group);
            var holds = reached.And(matches);
            if (route["handle"] is YamlNode.Sequence handlers)
            {
                // What a route would have wanted tells why the request came to the one that refuses the rest.
                if (holds != Truth.True && reached == Truth.True && tests.Count > 0 && LetsThrough(handlers, 0)) walk.Take(new DecidingRule { Server = Server, File = text.Path, Line = tests[0].Line, Text = tests[0].Text, Outcome = RuleOutcome.Allows, Tests = [.. under, .. tests] }, holds);
                foreach (var handler in handlers.Items) Handler(handler, holds, [.. under, .. tests], depth);
            }

            if (holds == Truth.True && route["terminal"] is YamlNode.Scalar { Value: "true" }) answered = true;
        }
    }

    private void Handler(YamlNode handler, Truth holds, IReadOnlyList<RuleTest> tests, int depth)
    {
        if (answered || walk.Decided is not null) return;
        var named = handler["handler"] as YamlNode.Scalar;
        var name = named?.Value ?? "";
        var rule = new DecidingRule { Server = Server, File = text.Path, Line = named?.Line ?? handler.Line, Text = name, Outcome = RuleOutcome.Denies, Tests = tests };
        switch (name)
        {
            case "subroute" when holds != Truth.False:
                Routes(handler, tests, holds, depth + 1);
                break;
            case "vars" when holds == Truth.True && handler["root"] is YamlNode.Scalar folder:
                root = folder.Value;
                break;
            case "rewrite" when holds == Truth.True && handler["strip_path_prefix"] is YamlNode.Scalar prefix:
                if (prefix.Value.Length > 0 && path.StartsWith(prefix.Value, StringComparison.OrdinalIgnoreCase)) path = path[prefix.Value.Length..] is ['/', ..] rest ? rest : "/" + path[prefix.Value.Length..];
                break;
            case "rewrite" when holds == Truth.True && handler["uri"] is YamlNode.Scalar uri && uri.Value.StartsWith('/') && !uri.Value.Contains('{', StringComparison.Ordinal):
                path = uri.Value.Split('?')[0];
                break;
            case "rewrite" when holds != Truth.False:
                unknownBecause = $"{text.Name}:{rule.Line} rewrites the path in a way that is not followed here";
                break;
            case "headers" when holds == Truth.True && request.Header("Authorization") is not null:
                if (handler["request"]?["delete"]?.Texts.FirstOrDefault(field => field.Value.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) is { } deleted) more.Add(new DropsCredentials(Server, text.Path, deleted.Line, "headers: request: delete Authorization"));
                break;
            case "static_response" or "error":
                var code = handler["status_code"] as YamlNode.Scalar;
                var number = int.TryParse(code?.Value, out var written) ? written : name == "error" ? 500 : 200;
                if (number >= 400 || handler["abort"] is YamlNode.Scalar { Value: "true" }) walk.Take(rule with { Text = $"{name} {number}", Status = handler["abort"] is not null ? null : number }, holds);
                else if (holds == Truth.True) (answered, status) = (true, number);
                break;
            case "authentication":
                Login(rule, handler, holds);
                break;
            case "reverse_proxy" when holds == Truth.True:
                answered = true;
                if (request.Header("Authorization") is not null && handler["headers"]?["request"]?["delete"]?.Texts.FirstOrDefault(field => field.Value.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) is { } gone) more.Add(new DropsCredentials(Server, text.Path, gone.Line, "reverse_proxy: headers: request: delete Authorization"));
                handsOn = new HandsOn(Server, text.Path, rule.Line, name, handler["upstreams"] is YamlNode.Sequence upstreams ? string.Join(", ", upstreams.Items.Select(upstream => (upstream["dial"] as YamlNode.Scalar)?.Value)) : "its upstream");
                break;
            case "file_server" when holds == Truth.True:
                answered = true;
                Files(rule, handler);
                break;
        }
    }

    private void Login(DecidingRule rule, YamlNode handler, Truth holds)
    {
        var accounts = handler["providers"]?["http_basic"]?["accounts"] is YamlNode.Sequence list ? list.Items.Where(account => account["username"] is YamlNode.Scalar).ToList() : [];
        string Name(YamlNode account) => ((YamlNode.Scalar)account["username"]!).Value;
        var users = accounts.GroupBy(Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => Hash((group.First()["password"] as YamlNode.Scalar)?.Value ?? ""), StringComparer.Ordinal);
        var (lack, detail) = PasswordLook.Users(request, users);
        var entry = accounts.FirstOrDefault(account => Name(account) == request.Credentials()?.User);
        IReadOnlyList<Evidence> further = entry is null ? [] : [new Evidence(EvidenceKind.ConfigLine, $"{text.Name}:{entry["username"]!.Line}", Name(entry) + " " + Masked.Secret((entry["password"] as YamlNode.Scalar)?.Value ?? ""))];
        if (lack != Lack.Nothing || holds != Truth.True) walk.Take(rule with { Text = "authentication http_basic", Outcome = RuleOutcome.Challenges, Status = 401, Lack = lack, Detail = detail, Further = further }, holds);
    }

    private void Files(DecidingRule rule, YamlNode handler)
    {
        var folder = (handler["root"] as YamlNode.Scalar)?.Value ?? root;
        if (folder.Length == 0 || folder.Contains('{', StringComparison.Ordinal) || disk.Root(folder) is not { } site)
        {
            served = new(null, folder.Length == 0 ? path : System.IO.Path.Join(folder, path), null);
            return;
        }

        var hide = handler["hide"];
        var outcome = new CaddyFileServer
        {
            Root = site.Length > 1 ? site.TrimEnd('/') : site,
            Hidden = [.. hide?.Texts.Select(pattern => pattern.Value) ?? []],
            Index = handler["index_names"] is { } names ? [.. names.Texts.Select(index => index.Value)] : ["index.html", "index.txt"],
            Browse = handler["browse"] is not null,
        }.Serve(path, request.Path, disk);
        served = outcome;
        if (outcome is { Status: 404, HiddenBy: { } by } && hide is not null) walk.Take(rule with { Line = hide.Line, Text = "hide " + by, Status = 404, Hides = true, Tests = [.. rule.Tests, new(Subject.Path, false, Truth.True, "hide " + by, text.Path, hide.Line)] });
    }

    /// <summary>Whether handlers answer, and not by a refusal of their own.</summary>
    private static bool LetsThrough(YamlNode.Sequence handlers, int depth) => depth <= MaxDepth && handlers.Items.Any(handler => (handler["handler"] as YamlNode.Scalar)?.Value switch
    {
        "file_server" or "reverse_proxy" => true,
        "static_response" => (handler["status_code"] as YamlNode.Scalar)?.Value is not ['4' or '5', ..],
        "subroute" => handler["routes"] is YamlNode.Sequence routes && routes.Items.Any(route => route["handle"] is YamlNode.Sequence inner && LetsThrough(inner, depth + 1)),
        _ => false,
    });

    /// <summary>Older releases wrote hashes in base64.</summary>
    private static string Hash(string written)
    {
        var octets = new byte[written.Length];
        return !written.StartsWith('$') && Convert.TryFromBase64String(written, octets, out var length) ? System.Text.Encoding.UTF8.GetString(octets, 0, length) : written;
    }

    private IEnumerable<RuleTest> Matcher(YamlNode.Scalar name, YamlNode value, int depth)
    {
        if (name.Value == "not" && value is YamlNode.Sequence sets && depth < MaxDepth)
        {
            // None of the sets: of each, that not all its matchers hold.
            foreach (var set in sets.Items)
            {
                var inner = set.Pairs.SelectMany(pair => Matcher(pair.Key, pair.Value, depth + 1)).ToList();
                if (inner.Count == 1) yield return inner[0] with { Negated = !inner[0].Negated };
                else if (inner.Count > 1) yield return new(inner[0].Subject, true, inner.Aggregate(Truth.True, (all, test) => all.And(test.Holds)), "not { " + string.Join("; ", inner.Select(test => test.Text)) + " }", text.Path, name.Line);
            }

            yield break;
        }

        // Each field is a condition of its own.
        if (name.Value is "header" or "header_regexp" && value.Pairs.Count > 1 && depth < MaxDepth)
        {
            foreach (var (field, wanted) in value.Pairs)
                foreach (var test in Matcher(name with { Line = field.Line }, new YamlNode.Mapping([(field, wanted)], field.Line), depth + 1)) yield return test;
            yield break;
        }

        // The same words as in the Caddyfile, evaluated by the same matcher.
        List<string> words = [name.Value];
        if (value is YamlNode.Sequence list) words.AddRange(list.Texts.Select(item => item.Value));
        else if (value["ranges"] is { } ranges) words.AddRange(ranges.Texts.Select(item => item.Value));
        else if (name.Value is "header") words.AddRange(value.Pairs.Take(1).SelectMany(field => new[] { field.Key.Value }.Concat(field.Value.Texts.Select(item => item.Value))));
        else if (name.Value is "query") words.AddRange(value.Pairs.SelectMany(pair => pair.Value.Texts.Select(item => $"{pair.Key.Value}={item.Value}")));
        else if (name.Value is "header_regexp" && value.Pairs.Count > 0) words.AddRange([value.Pairs[0].Key.Value, (value.Pairs[0].Value["pattern"] as YamlNode.Scalar)?.Value ?? ""]);
        else if (value["pattern"] is YamlNode.Scalar pattern) words.Add(pattern.Value);
        else if (value["expr"] is YamlNode.Scalar expression) words.Add(expression.Value);
        else words.AddRange(value.Texts.Select(item => item.Value));
        var directive = new CaddyDirective(text.Path, name.Line, ["@json", .. words], []);
        var matcher = new CaddyMatcher(request with { Path = path }, new Dictionary<string, CaddyDirective>(StringComparer.Ordinal) { ["@json"] = directive });
        foreach (var test in matcher.Token("@json", directive)) yield return test with { Name = null };
    }
}
