using System.Text.Json;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Caddy;

/// <summary>Caddy's native JSON: routes in order, matchers and handlers; what the Caddyfile adapts to. Lines are those on which the handler's name stands.</summary>
internal sealed class CaddyJson(ConfigurationText text, AskedRequest request)
{
    private const string Server = "Caddy";

    /// <summary>Nested deeper than Caddy's own adapter makes it.</summary>
    private const int MaxDepth = 64;

    private readonly RuleWalk walk = new(Server, request);
    private HandsOn? handsOn;
    private bool answered;
    private int searchFrom;

    public static bool Recognise(ConfigurationText text) => text.Text.TrimStart().StartsWith('{') && text.Text.Contains("\"apps\"", StringComparison.Ordinal) && text.Text.Contains("\"handle\"", StringComparison.Ordinal);

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(text.Text, new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip });
            return new CaddyJson(text, request).Run(document.RootElement);
        }
        catch (JsonException broken)
        {
            return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"{text.Name}:{broken.LineNumber + 1} is not valid JSON" }];
        }
    }

    private IReadOnlyList<Observation> Run(JsonElement root)
    {
        if (Member(root, "apps") is { } apps && Member(apps, "http") is { } http && Member(http, "servers") is { ValueKind: JsonValueKind.Object } servers)
            foreach (var server in servers.EnumerateObject())
                if (Member(server.Value, "listen") is not { ValueKind: JsonValueKind.Array } listen || listen.EnumerateArray().Any(address => address.GetString()?.EndsWith($":{request.Port}", StringComparison.Ordinal) == true))
                    Routes(server.Value, [], Truth.True, 0);
        var refusal = walk.Answer();
        var result = new List<Observation> { new Evaluated { Server = Server, File = text.Path, Status = walk.Status(200), UnknownBecause = walk.Status(200) is null ? "a matcher depends on what is not visible from here" : null, HandedOn = refusal is null && handsOn is not null, Trace = walk.Trace } };
        result.AddRange(walk.Observations());
        if (refusal is null && handsOn is not null) result.Add(handsOn);
        return result;
    }

    private void Routes(JsonElement owner, IReadOnlyList<RuleTest> under, Truth reached, int depth)
    {
        var groups = new HashSet<string>(StringComparer.Ordinal);
        if (depth > 16 || Member(owner, "routes") is not { ValueKind: JsonValueKind.Array } routes) return;
        foreach (var route in routes.EnumerateArray())
        {
            if (answered || walk.Decided is not null) return;
            var tests = new List<RuleTest>();
            var any = Truth.False;
            var sets = Member(route, "match") is { ValueKind: JsonValueKind.Array } match ? match.EnumerateArray().ToList() : [];
            foreach (var set in sets)
            {
                var own = set.EnumerateObject().SelectMany(matcher => Matcher(matcher.Name, matcher.Value, false)).ToList();
                any = any.Or(own.Aggregate(Truth.True, (all, test) => all.And(test.Holds)));
                tests.AddRange(own);
            }

            // Of the routes of a group the first that fits is taken.
            var group = Member(route, "group")?.ToString();
            if (group is not null && groups.Contains(group)) continue;
            var matches = sets.Count == 0 ? Truth.True : any;
            if (group is not null && matches == Truth.True) groups.Add(group);
            var holds = reached.And(matches);
            if (Member(route, "handle") is { ValueKind: JsonValueKind.Array } handlers)
            {
                // What a route would have wanted tells why the request came to the one that refuses the rest.
                if (group is not null && holds == Truth.False && tests.Count > 0 && LetsThrough(handlers)) walk.Take(new DecidingRule { Server = Server, File = text.Path, Line = tests[0].Line, Text = tests[0].Text, Outcome = RuleOutcome.Allows, Tests = [.. under, .. tests] }, holds);
                foreach (var handler in handlers.EnumerateArray()) Handler(handler, holds, [.. under, .. tests], depth);
            }

            if (holds == Truth.True && Member(route, "terminal") is { ValueKind: JsonValueKind.True }) answered = true;
        }
    }

    private void Handler(JsonElement handler, Truth holds, IReadOnlyList<RuleTest> tests, int depth)
    {
        var name = Member(handler, "handler")?.GetString() ?? "";
        var line = Line($"\"{name}\"");
        var rule = new DecidingRule { Server = Server, File = text.Path, Line = line, Text = name, Outcome = RuleOutcome.Denies, Tests = tests };
        switch (name)
        {
            case "subroute" when holds != Truth.False:
                Routes(handler, tests, holds, depth + 1);
                break;
            case "static_response" or "error":
                var raw = Member(handler, "status_code");
                var status = raw is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : int.TryParse(raw?.ToString(), out var written) ? written : name == "error" ? 500 : 200;
                if (status >= 400) walk.Take(rule with { Text = $"{name} {status}", Status = status }, holds);
                else if (holds == Truth.True) answered = true;
                break;
            case "authentication":
                var users = Member(handler, "providers") is { } providers && Member(providers, "http_basic") is { } basic && Member(basic, "accounts") is { ValueKind: JsonValueKind.Array } accounts
                    ? accounts.EnumerateArray().Where(account => Member(account, "username") is not null).GroupBy(account => Member(account, "username")!.Value.GetString() ?? "", StringComparer.Ordinal).ToDictionary(group => group.Key, group => Hash(Member(group.First(), "password")?.GetString() ?? ""), StringComparer.Ordinal) : [];
                var (lack, detail) = PasswordLook.Users(request, users);
                if (lack != Lack.Nothing || holds != Truth.True) walk.Take(rule with { Text = "authentication http_basic", Outcome = RuleOutcome.Challenges, Status = 401, Lack = lack, Detail = detail }, holds);
                break;
            case "reverse_proxy" when holds == Truth.True:
                answered = true;
                handsOn = new HandsOn(Server, text.Path, line, name, Member(handler, "upstreams") is { ValueKind: JsonValueKind.Array } upstreams ? string.Join(", ", upstreams.EnumerateArray().Select(upstream => Member(upstream, "dial")?.GetString())) : "its upstream");
                break;
            case "file_server" when holds == Truth.True:
                answered = true;
                break;
        }
    }

    /// <summary>Whether handlers answer, and not by a refusal of their own.</summary>
    private static bool LetsThrough(JsonElement handlers, int depth = 0) => depth <= 16 && handlers.EnumerateArray().Any(handler => Member(handler, "handler")?.ToString() switch
    {
        "file_server" or "reverse_proxy" => true,
        "static_response" => Member(handler, "status_code")?.ToString() is not ['4' or '5', ..],
        "subroute" => Member(handler, "routes") is { ValueKind: JsonValueKind.Array } routes && routes.EnumerateArray().Any(route => Member(route, "handle") is { ValueKind: JsonValueKind.Array } inner && LetsThrough(inner, depth + 1)),
        _ => false,
    });

    /// <summary>Older releases wrote hashes in base64.</summary>
    private static string Hash(string written)
    {
        var octets = new byte[written.Length];
        return !written.StartsWith('$') && Convert.TryFromBase64String(written, octets, out var length) ? System.Text.Encoding.UTF8.GetString(octets, 0, length) : written;
    }

    private IEnumerable<RuleTest> Matcher(string name, JsonElement value, bool negated)
    {
        if (name == "not" && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var set in value.EnumerateArray())
                foreach (var inner in set.EnumerateObject())
                    foreach (var test in Matcher(inner.Name, inner.Value, !negated)) yield return test;
            yield break;
        }

        var line = Line($"\"{name}\"");
        // The same words as in the Caddyfile, evaluated by the same matcher.
        List<string> words = [name];
        if (value.ValueKind == JsonValueKind.Array) words.AddRange(value.EnumerateArray().Select(item => item.ToString()));
        else if (value.ValueKind == JsonValueKind.Object && Member(value, "ranges") is { ValueKind: JsonValueKind.Array } ranges) words.AddRange(ranges.EnumerateArray().Select(item => item.ToString()));
        else if (value.ValueKind == JsonValueKind.Object && name is "header") words.AddRange(value.EnumerateObject().Take(1).SelectMany(field => new[] { field.Name }.Concat(field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray().Select(item => item.ToString()) : [])));
        else if (value.ValueKind == JsonValueKind.Object && Member(value, "pattern") is { } pattern) words.Add(pattern.ToString());
        else if (value.ValueKind == JsonValueKind.Object && Member(value, "expr") is { } expression) words.Add(expression.ToString());
        else words.Add(value.ToString());
        var directive = new CaddyDirective(text.Path, line, ["@json", .. words], []);
        var matcher = new CaddyMatcher(request, new Dictionary<string, CaddyDirective>(StringComparer.Ordinal) { ["@json"] = directive });
        foreach (var test in matcher.Token("@json", directive)) yield return negated ? test with { Negated = !test.Negated, Name = null } : test with { Name = null };
    }

    private static JsonElement? Member(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;

    private int Line(string word)
    {
        var at = text.Text.IndexOf(word, searchFrom, StringComparison.Ordinal);
        if (at < 0) return 0;
        searchFrom = at + word.Length;
        return text.Text.AsSpan(0, at).Count('\n') + 1;
    }
}
