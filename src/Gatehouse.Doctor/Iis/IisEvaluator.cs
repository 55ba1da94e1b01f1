using System.Xml.Linq;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Iis;

/// <summary>What web.config decides for a request, as far as that file alone tells: ipSecurity, request filtering, rewrite rules that refuse, authorization, https and certificates, index and listing.</summary>
internal sealed class IisEvaluator(ConfigurationText text, AskedRequest request, XElement root)
{
    private const string Server = "IIS";
    private readonly RuleWalk walk = new(Server, request);

    public static bool Recognise(ConfigurationText text) => text.Name.Equals("web.config", StringComparison.OrdinalIgnoreCase) || text.Name.Equals("applicationHost.config", StringComparison.OrdinalIgnoreCase)
        || (text.Text.Contains("<configuration", StringComparison.Ordinal) && (text.Text.Contains("<system.webServer", StringComparison.Ordinal) || text.Text.Contains("<system.web>", StringComparison.Ordinal)));

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request) =>
        XmlConfiguration.Read(text, out var fault) is { } root
            ? new IisEvaluator(text, request, root).Run()
            : [new Evaluated { Server = Server, File = text.Path, Status = 500, UnknownBecause = fault }, new DecidingRule { Server = Server, File = text.Path, Line = 0, Text = fault ?? "", Outcome = RuleOutcome.Denies, Status = 500 }];

    private IReadOnlyList<Observation> Run()
    {
        // What stands in <location path="..."> holds below it, and before what holds for the whole site.
        foreach (var scope in Scopes())
        {
            var server = scope.Named("system.webServer").FirstOrDefault();
            var security = server?.Named("security").FirstOrDefault();
            if (server is not null) Rewrite(server);
            if (security is not null)
            {
                if (security.Named("ipSecurity").FirstOrDefault() is { } addresses) Addresses(addresses);
                foreach (var rate in security.Named("dynamicIpSecurity").SelectMany(dynamic => dynamic.Elements()).Where(element => element.Name.LocalName is "denyByRequestRate" or "denyByConcurrentRequests" && element.Value("enabled") is "true"))
                    walk.Take(Rule(rate, security.Named("dynamicIpSecurity").First().Value("denyAction") switch { "Unauthorized" => 401, "NotFound" => 404, _ => 403 }) with { Tests = [Test(Subject.Rate, false, Truth.Unknown, rate, rate.Tag())] });
                if (security.Named("requestFiltering").FirstOrDefault() is { } filtering) Filtering(filtering);
                if (security.Named("access").FirstOrDefault() is { } access) Access(access);
                if (security.Named("authorization").FirstOrDefault() is { } authorization) Authorization(authorization, server: true);
            }

            if (scope.Named("system.web").FirstOrDefault()?.Named("authorization").FirstOrDefault() is { } asp) Authorization(asp, server: false);
            if (walk.Decided is not null) break;
        }

        var refusal = walk.Answer();
        var result = new List<Observation>
        {
            new Evaluated { Server = Server, File = text.Path, Status = refusal is null ? null : walk.Status(200), UnknownBecause = refusal is null ? "applicationHost.config and the files' ACLs decide with web.config" : null, Trace = walk.Trace },
        };
        result.AddRange(walk.Observations());
        return result;
    }

    private IEnumerable<XElement> Scopes()
    {
        var path = request.Path.Trim('/');
        foreach (var location in root.Named("location").Where(location => location.Value("path") is { } of && (of.Trim('/', '.').Length == 0 || path.Equals(of.Trim('/'), StringComparison.OrdinalIgnoreCase) || path.StartsWith(of.Trim('/') + "/", StringComparison.OrdinalIgnoreCase))).OrderByDescending(location => location.Value("path")!.Length)) yield return location;
        yield return root;
    }

    private DecidingRule Rule(XElement element, int status, RuleOutcome outcome = RuleOutcome.Denies) => new() { Server = Server, File = text.Path, Line = element.Line(), Text = element.Tag(), Outcome = outcome, Status = status };

    private RuleTest Test(Subject subject, bool negated, Truth value, XElement element, string what) => new(subject, negated, value, what, text.Path, element.Line());

    private void Addresses(XElement security)
    {
        var allowUnlisted = security.Value("allowUnlisted") is not "false";
        var status = security.Value("denyAction") switch { "Unauthorized" => 401, "NotFound" => 404, _ => 403 };
        XElement? entry = null;
        foreach (var add in security.Named("add"))
            if (add.Value("ipAddress") is { } address && request.AddressIn([add.Value("subnetMask") is { Length: > 0 } mask ? $"{address}/{mask}" : address]) == Truth.True) entry ??= add;
        if (entry is not null)
        {
            if (entry.Value("allowed") is "false" or null) walk.Take(Rule(entry, status) with { Tests = [Test(Subject.Address, false, Truth.True, entry, entry.Tag())] });
            return;
        }

        if (!allowUnlisted) walk.Take(Rule(security, status) with { Tests = [Test(Subject.Address, true, request.Address is null ? Truth.Unknown : Truth.False, security, "the address is listed with allowed=\"true\"")] });
    }

    private void Filtering(XElement filtering)
    {
        foreach (var verb in filtering.Named("verbs").SelectMany(verbs => verbs.Named("add")).Where(add => request.Method.Equals(add.Value("verb"), StringComparison.OrdinalIgnoreCase) && add.Value("allowed") is "false"))
            walk.Take(Rule(verb, 404) with { Tests = [Test(Subject.Method, false, Truth.True, verb, verb.Tag())] });
        foreach (var verbs in filtering.Named("verbs").Where(verbs => verbs.Value("allowUnlisted") is "false" && !verbs.Named("add").Any(add => request.Method.Equals(add.Value("verb"), StringComparison.OrdinalIgnoreCase))))
            walk.Take(Rule(verbs, 404) with { Tests = [Test(Subject.Method, true, Truth.False, verbs, "the verb is listed")] });
        foreach (var hidden in filtering.Named("hiddenSegments").SelectMany(segments => segments.Named("add")).Where(add => request.Path.Split('/').Contains(add.Value("segment"), StringComparer.OrdinalIgnoreCase)))
            walk.Take(Rule(hidden, 404) with { Hides = true, Tests = [Test(Subject.Path, false, Truth.True, hidden, hidden.Tag())] });
        foreach (var extension in filtering.Named("fileExtensions").SelectMany(extensions => extensions.Named("add")).Where(add => add.Value("allowed") is "false" && add.Value("fileExtension") is { } end && request.Path.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
            walk.Take(Rule(extension, 404) with { Hides = true, Tests = [Test(Subject.Path, false, Truth.True, extension, extension.Tag())] });
        foreach (var sequence in filtering.Named("denyUrlSequences").SelectMany(sequences => sequences.Named("add")).Where(add => add.Value("sequence") is { Length: > 0 } part && request.RawPath.Contains(part, StringComparison.OrdinalIgnoreCase)))
            walk.Take(Rule(sequence, 404) with { Hides = true, Tests = [Test(Subject.Path, false, Truth.True, sequence, sequence.Tag())] });
    }

    private void Access(XElement access)
    {
        var flags = (access.Value("sslFlags") ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (flags.Contains("Ssl", StringComparer.OrdinalIgnoreCase)) walk.Take(Rule(access, 403) with { Tests = [Test(Subject.Scheme, true, TruthTables.Of(request.Secure), access, "https")] });
        if (flags.Contains("SslRequireCert", StringComparer.OrdinalIgnoreCase)) walk.Take(Rule(access, 403) with { Tests = [Test(Subject.Certificate, true, TruthTables.Of(request.Certificate), access, "a client certificate")] });
    }

    /// <summary>IIS' own rules deny before they allow; ASP.NET's go in their order.</summary>
    private void Authorization(XElement authorization, bool server)
    {
        var known = request.Header("Authorization") is not null || request.Header("Cookie") is not null;
        var rules = authorization.Elements().Where(element => element.Name.LocalName is "add" or "allow" or "deny").ToList();
        if (server) rules = [.. rules.OrderBy(rule => rule.Value("accessType") is "Deny" ? 0 : 1)];
        var byMethod = default(RuleTest);
        foreach (var element in rules)
        {
            var denies = element.Name.LocalName == "deny" || element.Value("accessType") is "Deny";
            var users = (element.Value("users") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var roles = element.Value("roles") is { Length: > 0 } named ? named : null;
            var fits = users.Contains("*") ? Truth.True : users.Contains("?") ? TruthTables.Of(!known) : known ? Truth.Unknown : Truth.False;
            var rule = Rule(element, users.Contains("*") && known ? 403 : 401, denies ? RuleOutcome.Challenges : RuleOutcome.Allows);
            var verbs = element.Value("verbs") is { Length: > 0 } written ? written : null;
            if (verbs is not null && !verbs.Split(',', StringSplitOptions.TrimEntries).Contains(request.Method, StringComparer.OrdinalIgnoreCase))
            {
                // What lets everybody do other things tells that it is the method which is refused.
                if (!denies && fits == Truth.True) byMethod ??= Test(Subject.Method, false, Truth.False, element, $"verbs {verbs}");
                continue;
            }

            if (!denies)
            {
                if (walk.Take(rule with { Status = null }, fits)) return;
                continue;
            }

            if (users.Contains("*") && verbs is not null) rule = rule with { Outcome = RuleOutcome.Denies, Tests = [Test(Subject.Method, false, Truth.True, element, $"verbs {verbs}")] };
            else if (users.Contains("*") && byMethod is not null) rule = rule with { Outcome = RuleOutcome.Denies, Tests = [byMethod with { Negated = true }] };
            else if (users.Contains("*") && !rules.Any(other => other != element && other.Name.LocalName is "allow" or "add")) rule = rule with { Outcome = RuleOutcome.Denies, Status = known ? 403 : 401 };
            else rule = rule with { Lack = known ? roles is not null ? Lack.Role : Lack.NotListed : Lack.Missing, Detail = known ? "signed in, and not among those whom the rules before let in" : "nobody is signed in" };
            if (walk.Take(rule, fits)) return;
        }

        // IIS' own list ends in denial.
        if (server && rules.Count > 0) walk.Take(Rule(authorization, 401, RuleOutcome.Challenges) with { Lack = known ? Lack.NotListed : Lack.Missing, Detail = known ? "no rule lets this user in" : "no rule lets the anonymous in" }, known ? Truth.Unknown : Truth.True);
    }

    private void Rewrite(XElement server)
    {
        foreach (var rule in server.Named("rewrite").SelectMany(rewrite => rewrite.Named("rules")).SelectMany(rules => rules.Named("rule")).Where(rule => rule.Value("enabled") is not "false"))
        {
            var action = rule.Named("action").FirstOrDefault();
            var type = action?.Value("type");
            if (action is null || type is not ("CustomResponse" or "AbortRequest")) continue;
            var status = type == "AbortRequest" ? 0 : int.TryParse(action.Value("statusCode"), out var code) ? code : 403;
            if (status is > 0 and < 400) continue;
            var match = rule.Named("match").FirstOrDefault();
            var tests = new List<RuleTest>();
            if (match?.Value("url") is { } url && url is not (".*" or "(.*)" or "*")) tests.Add(new(Subject.Path, match.Value("negate") is "true", Matches(request.Path.TrimStart('/'), url), $"url matches {url}", text.Path, match.Line()));
            var any = rule.Named("conditions").FirstOrDefault()?.Value("logicalGrouping") is "MatchAny";
            var conditions = rule.Named("conditions").SelectMany(all => all.Named("add")).Select(Condition).ToList();
            var together = conditions.Count == 0 ? Truth.True : any ? conditions.Aggregate(Truth.False, (all, test) => all.Or(test.Holds)) : conditions.Aggregate(Truth.True, (all, test) => all.And(test.Holds));
            tests.AddRange(any ? conditions.Where(test => test.Holds != Truth.False) : conditions);
            walk.Take(Rule(rule, status) with { Status = status == 0 ? null : status, Tests = tests, Further = [new Evidence(EvidenceKind.ConfigLine, $"{text.Name}:{action.Line()}", action.Tag())] }, tests.Where(test => test.Subject == Subject.Path && match is not null && test.Line == match.Line()).Aggregate(together, (all, test) => all.And(test.Holds)));
        }
    }

    private RuleTest Condition(XElement add)
    {
        var input = (add.Value("input") ?? "").Trim('{', '}');
        var pattern = add.Value("pattern") ?? "";
        var (subject, value) = input.ToUpperInvariant() switch
        {
            "REMOTE_ADDR" => (Subject.Address, request.Address?.ToString()),
            "HTTP_REFERER" => (Subject.Referrer, request.Header("Referer") ?? ""),
            "HTTP_USER_AGENT" => (Subject.UserAgent, request.Header("User-Agent") ?? ""),
            "HTTP_HOST" => (Subject.Host, request.Host),
            "REQUEST_METHOD" => (Subject.Method, request.Method),
            "HTTPS" => (Subject.Scheme, request.Secure ? "on" : "off"),
            "REQUEST_URI" or "URL" or "PATH_INFO" => (Subject.Path, request.RawPath),
            "QUERY_STRING" => (Subject.Path, request.Query),
            var other when other.StartsWith("HTTP_", StringComparison.Ordinal) => (HeaderSubjects.OfHeader(other[5..].Replace('_', '-')), request.Header(other[5..].Replace('_', '-')) ?? ""),
            _ => (Subject.Other, (string?)null),
        };
        return new(subject, add.Value("negate") is "true", value is null ? Truth.Unknown : Matches(value, pattern), $"{{{input}}} matches {pattern}", text.Path, add.Line()) { Name = input };
    }

    private static Truth Matches(string value, string pattern) => ServerExpression.Matches(value, pattern, ignoreCase: true);
}
