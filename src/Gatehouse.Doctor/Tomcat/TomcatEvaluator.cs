using System.Xml.Linq;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tomcat;

/// <summary>
/// What web.xml, context.xml and server.xml decide for a request, in Tomcat's own order: the valves of host and context, the security constraints with the realm, the filters.
/// The files that belong together are found beside the one that was given.
/// </summary>
internal sealed class TomcatEvaluator
{
    private const string Server = "Tomcat";

    /// <summary>Whom RemoteIpValve takes for a proxy of its own where internalProxies says nothing.</summary>
    private static readonly string[] InternalProxies = ["10.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "::1"];

    private AskedRequest request;
    private readonly RuleWalk walk;
    private readonly List<Observation> faults = [];
    private readonly string path;
    private readonly string file;

    private TomcatEvaluator(string file, string context, AskedRequest request)
    {
        (this.file, this.request) = (file, request);
        walk = new RuleWalk(Server, request);
        path = context.Length > 0 && request.Path.StartsWith(context, StringComparison.Ordinal) ? request.Path[context.Length..] is { Length: > 0 } rest ? rest : "/" : request.Path;
    }

    public static bool Recognise(ConfigurationText text)
    {
        var start = text.Text.AsSpan(0, Math.Min(text.Text.Length, 4096));
        return start.Contains("<web-app", StringComparison.Ordinal) || (start.Contains("<Context", StringComparison.Ordinal) && text.Text.Contains('>', StringComparison.Ordinal)) || (start.Contains("<Server", StringComparison.Ordinal) && text.Text.Contains("<Service", StringComparison.Ordinal)) || start.Contains("<tomcat-users", StringComparison.Ordinal);
    }

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request)
    {
        var application = Application(text.Path);
        return new TomcatEvaluator(text.Path, application.Context, request).Run(text, application);
    }

    /// <summary>The application's folder, its context path and CATALINA_BASE, from where the given file lies; null where it lies elsewhere.</summary>
    private static (string? Folder, string Context, string? Base) Application(string given)
    {
        var full = Path.GetFullPath(given);
        var parent = Path.GetDirectoryName(full);
        var folder = Path.GetFileName(parent) is "WEB-INF" or "META-INF" ? Path.GetDirectoryName(parent) : null;
        if (folder is null) return (null, "", Path.GetFileName(parent) == "conf" ? Path.GetDirectoryName(parent) : null);
        var name = Path.GetFileName(folder);
        var context = name == "ROOT" ? "" : "/" + name.Split("##")[0].Replace('#', '/');
        var apps = Path.GetDirectoryName(folder);
        return (folder, Path.GetFileName(apps) == "webapps" ? context : "", apps is null ? null : Path.GetDirectoryName(apps));
    }

    private IReadOnlyList<Observation> Run(ConfigurationText given, (string? Folder, string Context, string? Base) application)
    {
        var server = Read(given, "Server") ?? Beside(application.Base, "conf/server.xml", given);
        var everywhere = Beside(application.Base, "conf/context.xml", given);
        var context = Read(given, "Context") ?? Descriptor(application, server, given) ?? Beside(application.Folder, "META-INF/context.xml", given);
        var web = Read(given, "web-app") ?? Beside(application.Folder, "WEB-INF/web.xml", given);
        var users = Read(given, "tomcat-users") ?? Beside(application.Base, "conf/tomcat-users.xml", given);
        if (users is not null && (Foreign(server) || Foreign(context))) users = null;
        if (server is { } host) foreach (var valve in host.Root.Descendants().Where(element => element.Name.LocalName == "Valve")) Valve(valve, host.Path);
        if (everywhere is { } shared) foreach (var valve in shared.Root.Named("Valve")) Valve(valve, shared.Path);
        Inside();
        if (context is { } own) foreach (var valve in own.Root.Named("Valve")) Valve(valve, own.Path);
        if (web is { } application2)
        {
            if (walk.Decided is null) Constraints(application2.Root, application2.Path, users, server);
            if (walk.Decided is null) Filters(application2.Root, application2.Path);
        }

        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = file,
                Status = walk.Status(200),
                UnknownBecause = walk.Status(200) is null ? "a valve or realm depends on what is not visible from here" : null,
                HandedOn = walk.Answer() is null,
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations());
        result.Add(new Files.RulesFilesNotUsed("Tomcat does not read .htaccess"));
        result.AddRange(faults);
        return result;
    }

    private (XElement Root, string Path)? Read(ConfigurationText text, string root)
    {
        var element = XmlConfiguration.Read(text, out var fault);
        if (fault is not null && faults.Count == 0) faults.Add(new NotLookedAt(fault));
        return element is not null && element.Name.LocalName == root ? (element, text.Path) : null;
    }

    /// <summary>A context's own file in the server's configuration goes before the one that the application brings along (Context, "Defining a context").</summary>
    private (XElement Root, string Path)? Descriptor((string? Folder, string Context, string? Base) application, (XElement Root, string Path)? server, ConfigurationText given)
    {
        if (application.Folder is null) return null;
        var engine = server?.Root.Descendants().FirstOrDefault(element => element.Name.LocalName == "Engine");
        var host = engine?.Named("Host").FirstOrDefault(each => each.Value("name")?.Equals(request.Host, StringComparison.OrdinalIgnoreCase) == true)?.Value("name") ?? engine?.Value("defaultHost") ?? "localhost";
        return Beside(application.Base, $"conf/{engine?.Value("name") ?? "Catalina"}/{host}/{Path.GetFileName(application.Folder)}.xml", given);
    }

    /// <summary>What belongs to the application's own folders is never served (Servlet specification, "Directory structure").</summary>
    private void Inside()
    {
        if (path.Split('/', StringSplitOptions.RemoveEmptyEntries) is not [var first, ..] || !(first.Equals("WEB-INF", StringComparison.OrdinalIgnoreCase) || first.Equals("META-INF", StringComparison.OrdinalIgnoreCase))) return;
        walk.Take(new DecidingRule { Server = Server, File = file, Line = 0, Text = $"{first} is never served", Outcome = RuleOutcome.Denies, Status = 404, Hides = true, Tests = [new(Subject.Path, false, Truth.True, first, file, 0)] });
    }

    private (XElement Root, string Path)? Beside(string? folder, string name, ConfigurationText given)
    {
        if (folder is null) return null;
        var path = Path.Combine(folder, name);
        if (path == Path.GetFullPath(given.Path) || given.Files.Beside(folder, name) is not { } text) return null;
        return XmlConfiguration.Read(text, out _) is { } root ? (root, path) : null;
    }

    private DecidingRule Rule(XElement element, string at, int status) => new() { Server = Server, File = at, Line = element.Line(), Text = element.Tag(), Outcome = RuleOutcome.Denies, Status = status };

    private void Valve(XElement valve, string at)
    {
        var name = valve.Value("className")?.Split('.')[^1];
        if (name == "RemoteIpValve") Behind(valve);
        if (name is not ("RemoteAddrValve" or "RemoteCIDRValve" or "RemoteHostValve")) return;
        Addresses(name, valve.Value("allow"), valve.Value("deny"), Rule(valve, at, int.TryParse(valve.Value("denyStatus"), out var status) ? status : 403), valve, at);
    }

    /// <summary>RemoteIpValve: of a proxy that counts as internal the last address of its field that is no such proxy is the client's.</summary>
    private void Behind(XElement valve)
    {
        bool IsProxy(System.Net.IPAddress address) => valve.Value("internalProxies") is { } pattern ? Whole(address.ToString(), pattern) == Truth.True : (request with { Address = address }).AddressIn(InternalProxies) == Truth.True;
        if (request.Address is not { } peer || !IsProxy(peer) || request.Header(valve.Value("remoteIpHeader") ?? "X-Forwarded-For") is not { } field) return;
        foreach (var hop in field.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            var address = Logs.Formats.Values.Client(hop);
            if (address is not null && IsProxy(address)) continue;
            request = request with { Address = address };
            return;
        }
    }

    private void Addresses(string name, string? allow, string? deny, DecidingRule rule, XElement element, string at)
    {
        var cidr = name.Contains("CIDR", StringComparison.Ordinal);
        RuleTest Test(string list, bool negated)
        {
            var value = cidr ? request.AddressIn(list.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                : name.Contains("Host", StringComparison.Ordinal) || request.Address is null ? Truth.Unknown : Whole(request.Address.ToString(), list);
            return new(Subject.Address, negated, value, $"{(negated ? "allow" : "deny")}=\"{list}\"", at, element.Line()) { Name = name };
        }

        if (deny is not null && walk.Take(rule with { Tests = [Test(deny, false)] })) return;
        if (allow is not null) walk.Take(rule with { Tests = [Test(allow, true)] });
    }

    /// <summary>Whether a realm asks something else than the file of users: a database, a directory.</summary>
    private static bool Foreign((XElement Root, string Path)? configuration) =>
        configuration?.Root.Descendants().Any(element => element.Name.LocalName == "Realm" && element.Value("className")?.Split('.')[^1] is not (null or "UserDatabaseRealm" or "MemoryRealm" or "LockOutRealm" or "CombinedRealm")) == true;

    private static Truth Whole(string value, string pattern) => ServerExpression.Matches(value, $"^(?:{pattern})$");

    /// <summary>Servlet specification, "Mapping requests to servlets" and "Processing constraints": the best pattern wins, all constraints with it are combined.</summary>
    private void Constraints(XElement web, string at, (XElement Root, string Path)? users, (XElement Root, string Path)? server)
    {
        var fitting = web.Named("security-constraint")
            .SelectMany(constraint => constraint.Named("web-resource-collection").SelectMany(collection => collection.Named("url-pattern").Select(pattern => (Constraint: constraint, Collection: collection, Pattern: pattern, Rank: PatternRank(pattern.Value.Trim())))))
            .Where(each => each.Rank > 0).ToList();
        foreach (var exact in web.Named("security-constraint").SelectMany(constraint => constraint.Descendants()).Where(element => element.Name.LocalName == "url-pattern" && element.Value.Trim() is { Length: > 1 } pattern && !pattern.Contains('*', StringComparison.Ordinal) && path.StartsWith(pattern.TrimEnd('/') + "/", StringComparison.Ordinal)))
            walk.Take(Rule(exact, at, 403) with { Outcome = RuleOutcome.Challenges, Tests = [new(Subject.Path, false, Truth.False, exact.Value.Trim(), at, exact.Line()) { JustAbove = true }] });
        if (fitting.Count == 0) return;
        var best = fitting.Max(each => each.Rank);
        var all = fitting.Where(each => each.Rank == best).ToList();
        var bound = all.Where(each => Covers(each.Collection)).ToList();
        if (bound.Count == 0)
        {
            if (web.Named("deny-uncovered-http-methods").FirstOrDefault() is { } uncovered)
            {
                walk.Take(Rule(uncovered, at, 403) with
                {
                    Text = "deny-uncovered-http-methods",
                    Tests = [new(Subject.Method, true, Truth.False, $"{all[0].Pattern.Value.Trim()} is covered for {string.Join(", ", all[0].Collection.Named("http-method").Select(method => method.Value.Trim()))}", at, all[0].Collection.Line())],
                });
                return;
            }

            // Only named methods are protected: all others are open.
            if (all[0].Constraint.Named("auth-constraint").Any())
                faults.Add(new NarrowRule(Server, new TraceStep(at, all[0].Collection.Line(), $"{all[0].Pattern.Value.Trim()} for {string.Join(", ", all[0].Collection.Named("http-method").Select(method => method.Value.Trim()))} alone", "does not cover the method"), new(Subject.Method, false, Truth.False, "http-method", at, all[0].Collection.Line()), request.Path));
            return;
        }

        foreach (var each in bound)
            if (!request.Secure && each.Constraint.Named("user-data-constraint").Any(data => data.Text("transport-guarantee") is "CONFIDENTIAL" or "INTEGRAL") && (request.Seen == 403 || Redirects(server) == 0))
            {
                walk.Take(Rule(each.Constraint, at, 403) with { Text = $"{each.Pattern.Value.Trim()}: transport-guarantee CONFIDENTIAL", Tests = [new(Subject.Scheme, true, Truth.False, "transport-guarantee CONFIDENTIAL", at, each.Constraint.Line())] });
                return;
            }

        var authorised = bound.Where(each => each.Constraint.Named("auth-constraint").Any()).ToList();
        if (authorised.Count < bound.Count && !authorised.Any(each => Roles(each.Constraint).Count == 0)) return; // one without auth-constraint opens it
        var closed = authorised.FirstOrDefault(each => Roles(each.Constraint).Count == 0);
        if (closed.Constraint is not null)
        {
            walk.Take(Rule(closed.Constraint.Named("auth-constraint").First(), at, 403) with { Text = $"{closed.Pattern.Value.Trim()}: empty auth-constraint", Tests = [new(Subject.Path, false, Truth.True, closed.Pattern.Value.Trim(), at, closed.Pattern.Line())] });
            return;
        }

        if (authorised.Count == 0) return;
        Login(web, at, authorised[0].Constraint, authorised[0].Pattern, [.. authorised.SelectMany(each => Roles(each.Constraint)).Distinct(StringComparer.Ordinal)], users);
    }

    /// <summary>Where the connector sends who comes without TLS; 0: nowhere, so that it refuses. Null: not known.</summary>
    private int? Redirects((XElement Root, string Path)? server) =>
        server?.Root.Descendants().FirstOrDefault(element => element.Name.LocalName == "Connector" && element.Value("port") == request.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } connector && int.TryParse(connector.Value("redirectPort") ?? "443", out var port) ? port : null;

    private void Login(XElement web, string at, XElement constraint, XElement pattern, List<string> roles, (XElement Root, string Path)? users)
    {
        var method = web.Named("login-config").FirstOrDefault()?.Text("auth-method") ?? "NONE";
        var authorisation = constraint.Named("auth-constraint").First();
        var rule = Rule(authorisation, at, 401) with
        {
            Outcome = RuleOutcome.Challenges,
            Text = $"{pattern.Value.Trim()}: role {string.Join(" or ", roles)} (login by {Word(method)})",
            Further = [new Evidence(EvidenceKind.ConfigLine, $"{Path.GetFileName(at)}:{pattern.Line()}", $"<url-pattern>{pattern.Value.Trim()}</url-pattern>"), new Evidence(EvidenceKind.ConfigLine, $"{Path.GetFileName(at)}:{authorisation.Line()}", $"<role-name>{string.Join(", ", roles)}</role-name>")],
        };
        if (method.Equals("CLIENT-CERT", StringComparison.OrdinalIgnoreCase))
        {
            walk.Take(rule with { Outcome = RuleOutcome.Denies, Tests = [new(Subject.Certificate, true, TruthTables.Of(request.Certificate), "CLIENT-CERT", at, authorisation.Line())] }, request.Certificate ? Truth.Unknown : Truth.True);
            return;
        }

        if (request.Credentials() is not { } credentials)
        {
            var cookie = method.Equals("FORM", StringComparison.OrdinalIgnoreCase) && request.Header("Cookie") is not null;
            walk.Take(rule with { Lack = Lack.Missing, Detail = $"no credentials were sent, and {Word(method)} is asked for", Status = method.Equals("FORM", StringComparison.OrdinalIgnoreCase) ? 200 : 401 }, cookie ? Truth.Unknown : Truth.True);
            return;
        }

        if (users is null || !method.Equals("BASIC", StringComparison.OrdinalIgnoreCase))
        {
            walk.Take(rule with { Lack = request.Seen == 403 ? Lack.Role : Lack.RefusedElsewhere, Status = request.Seen ?? 401, Further = request.Seen == 403 ? rule.Further : [], Detail = request.Seen == 403 ? $"{credentials.User} is signed in and lacks the role {string.Join(" or ", roles)}" : "the realm decides" }, Truth.Unknown);
            return;
        }

        var known = users.Value.Root.Named("user").ToList();
        var passwords = known.Where(user => (user.Value("username") ?? user.Value("name")) is not null).GroupBy(user => user.Value("username") ?? user.Value("name")!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value("password") ?? "", StringComparer.Ordinal);
        var (lack, detail) = PasswordLook.Users(request, passwords, (kept, sent) => PasswordLook.Same(kept, sent) ? Lack.Nothing : Digested(kept) ? Lack.BadHash : Lack.WrongPassword);
        var user = known.FirstOrDefault(each => (each.Value("username") ?? each.Value("name")) == credentials.User);
        var further = user is null ? rule.Further : [.. rule.Further, new Evidence(EvidenceKind.ConfigLine, $"{Path.GetFileName(users.Value.Path)}:{user.Line()}", $"username=\"{credentials.User}\" roles=\"{user.Value("roles")}\"")];
        if (lack == Lack.BadHash)
        {
            walk.Take(rule with { Lack = request.Seen == 403 ? Lack.Role : Lack.WrongPassword, Detail = "the password is kept hashed", Status = request.Seen ?? 401, Further = further }, Truth.Unknown);
            return;
        }

        if (lack != Lack.Nothing)
        {
            walk.Take(rule with { Lack = lack, Detail = detail, Further = further }, Truth.True);
            return;
        }

        var own = (user?.Value("roles") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (roles.Contains("*", StringComparer.Ordinal) || roles.Contains("**", StringComparer.Ordinal) || roles.Intersect(own, StringComparer.Ordinal).Any()) return;
        walk.Take(rule with { Lack = Lack.Role, Status = 403, Detail = $"{credentials.User} has the roles {string.Join(", ", own)} and lacks {string.Join(" or ", roles)}", Further = further }, Truth.True);
    }

    private static bool Digested(string kept) => kept.Contains('$', StringComparison.Ordinal) || (kept.Length is 32 or 40 or 64 or 128 && kept.All(char.IsAsciiHexDigit)) || kept.StartsWith('{');

    private static string Word(string method) => method.Equals("BASIC", StringComparison.OrdinalIgnoreCase) ? "Basic" : method.Equals("DIGEST", StringComparison.OrdinalIgnoreCase) ? "Digest" : method;

    private static List<string> Roles(XElement constraint) => [.. constraint.Named("auth-constraint").SelectMany(authorisation => authorisation.Named("role-name")).Select(role => role.Value.Trim())];

    private bool Covers(XElement collection)
    {
        var methods = collection.Named("http-method").Select(method => method.Value.Trim()).ToList();
        var omitted = collection.Named("http-method-omission").Select(method => method.Value.Trim()).ToList();
        return methods.Count > 0 ? methods.Contains(request.Method) : !omitted.Contains(request.Method);
    }

    /// <summary>0: does not fit; an exact one before the longest prefix before an extension before the default.</summary>
    private int PatternRank(string pattern)
    {
        if (pattern == path || (pattern.Length == 0 && path == "/")) return 1_000_000;
        if (pattern.EndsWith("/*", StringComparison.Ordinal) && (path == pattern[..^2] || path.StartsWith(pattern[..^1], StringComparison.Ordinal))) return 1_000 + pattern.Length;
        if (pattern.StartsWith("*.", StringComparison.Ordinal) && path.EndsWith(pattern[1..], StringComparison.Ordinal)) return 10;
        return pattern == "/" ? 1 : 0;
    }

    private void Filters(XElement web, string at)
    {
        foreach (var mapping in web.Named("filter-mapping"))
        {
            if (!mapping.Named("url-pattern").Any(pattern => PatternRank(pattern.Value.Trim()) > 0)) continue;
            if (web.Named("filter").FirstOrDefault(filter => filter.Text("filter-name") == mapping.Text("filter-name")) is not { } filter) continue;
            var name = filter.Text("filter-class")?.Split('.')[^1] ?? "";
            string? Parameter(string key) => filter.Named("init-param").FirstOrDefault(parameter => parameter.Text("param-name") == key)?.Text("param-value");
            var rule = Rule(filter, at, int.TryParse(Parameter("denyStatus"), out var status) ? status : 403) with { Text = $"filter {filter.Text("filter-name")}: {name}" };
            switch (name)
            {
                case "RemoteAddrFilter" or "RemoteCIDRFilter" or "RemoteHostFilter":
                    Addresses(name, Parameter("allow"), Parameter("deny"), rule, filter, at);
                    break;
                case "CsrfPreventionFilter":
                    var entries = (Parameter("entryPoints") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    var nonce = Parameter("nonceRequestParameterName") ?? "org.apache.catalina.filters.CSRF_NONCE";
                    var free = request.Method is "GET" && entries.Contains(path);
                    var has = request.Query.Contains(nonce + "=", StringComparison.Ordinal) || request.Header(nonce) is not null;
                    if (!free) walk.Take(rule with { Text = rule.Text + $" (entry points {string.Join(", ", entries)})", Tests = [new(Subject.Csrf, true, has ? Truth.Unknown : Truth.False, $"the request carries {nonce}", at, filter.Line())] });
                    break;
                case "RestCsrfPreventionFilter":
                    if (request.Method is not ("GET" or "HEAD" or "OPTIONS")) walk.Take(rule with { Tests = [new(Subject.Csrf, true, request.Header("X-CSRF-Token") is null ? Truth.False : Truth.Unknown, "the request carries X-CSRF-Token", at, filter.Line())] });
                    break;
                case "CorsFilter":
                    if (request.Header("Origin") is not { } origin) break;
                    var allowed = (Parameter("cors.allowed.origins") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    if (!allowed.Contains("*")) walk.Take(rule with { Text = rule.Text + $" (cors.allowed.origins {string.Join(", ", allowed)})", Tests = [new(Subject.Origin, true, TruthTables.Of(allowed.Contains(origin)), $"the origin {origin} is among {string.Join(", ", allowed)}", at, filter.Line())] });
                    var methods = (Parameter("cors.allowed.methods") ?? "GET,POST,HEAD,OPTIONS").Split(',', StringSplitOptions.TrimEntries);
                    walk.Take(rule with { Tests = [new(Subject.Method, true, TruthTables.Of(methods.Contains(request.Method)), $"the method {request.Method} is among {string.Join(", ", methods)}", at, filter.Line())] });
                    break;
                case "RateLimitFilter":
                    walk.Take(rule with { Status = int.TryParse(Parameter("statusCode"), out var code) ? code : 429, Tests = [new(Subject.Rate, false, Truth.Unknown, "RateLimitFilter", at, filter.Line())] });
                    break;
            }
        }
    }
}
