using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Caddy;

/// <summary>Which directive of a Caddyfile answers a request: the site by its addresses, directives in Caddy's own order, matchers one by one.</summary>
internal sealed class CaddyEvaluator
{
    private const string Server = "Caddy";

    /// <summary>httpcaddyfile's default order, as far as it decides who answers.</summary>
    private static readonly string[] DefaultOrder =
    [
        "tracing", "map", "vars", "fs", "root", "log_append", "log_skip", "skip_log", "log_name", "header", "copy_response_headers", "request_body", "redir", "method", "rewrite", "uri", "try_files",
        "basic_auth", "basicauth", "forward_auth", "request_header", "encode", "push", "intercept", "templates", "invoke", "handle", "handle_path", "route",
        "abort", "error", "copy_response", "respond", "metrics", "reverse_proxy", "php_fastcgi", "file_server", "acme_server",
    ];

    private readonly AskedRequest request;
    private readonly ServedFiles disk;
    private readonly Caddyfile file;
    private readonly ConfigurationText text;
    private readonly RuleWalk walk;
    private readonly List<Observation> more = [];
    private readonly List<string> order;
    private string root = "";
    private string path;
    private bool answered;
    private int? status;
    private HandsOn? handedOn;
    private CaddyFileServer.Outcome? served;
    private string? unknownBecause;

    private CaddyEvaluator(ConfigurationText text, AskedRequest request, ServedFiles disk)
    {
        this.text = text;
        this.disk = disk;
        file = Caddyfile.Read(text);
        this.request = request with { Client = CaddyClient.Of(file.Options, request) };
        walk = new RuleWalk(Server, this.request);
        path = request.Path;
        order = [.. DefaultOrder];
        foreach (var option in file.Options.Where(option => option.Name == "order" && option.Words.Count >= 3))
        {
            order.Remove(option.Words[1]);
            var at = option.Words[2] switch { "first" => 0, "last" => order.Count, "before" when option.Words.Count > 3 => order.IndexOf(option.Words[3]), "after" when option.Words.Count > 3 => order.IndexOf(option.Words[3]) + 1, _ => order.Count };
            order.Insert(Math.Max(0, at), option.Words[1]);
        }
    }

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, Place place) => new CaddyEvaluator(text, request, place.Disk).Run();

    private IReadOnlyList<Observation> Run()
    {
        var site = Site();
        if (site is null) return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"no site of {text.Name} has the address {request.Host}:{request.Port}" }];
        Certificate(site);
        Handle(site.Directives, new Dictionary<string, CaddyDirective>(StringComparer.Ordinal), ordered: true, [], Servers.Truth.True, 0);
        var logs = site.Directives.Where(directive => directive.Name == "log").SelectMany(log => log.Block).Where(line => line.Words is ["output", "file", _, ..]).Select(line => line.Words[2]).ToList();
        var refusal = walk.Answer();
        var known = walk.Status(200) is not null;
        var outcome = refusal is not null ? walk.Status(200) : !known || unknownBecause is not null ? null : served is { } file1 ? file1.Status : status ?? 200;
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = text.Path,
                Status = outcome,
                UnknownBecause = outcome is not null ? null : !known ? "a matcher depends on what is not visible from here" : unknownBecause ?? (served is not null ? "what the server's account may read can't be told from here (--server-user NAME tells the account)" : "a matcher depends on what is not visible from here"),
                FilePath = refusal is null ? served?.Path : null,
                HandedOn = refusal is null && handedOn is not null,
                AccessLogs = logs,
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations());
        if (refusal is null && handedOn is not null) result.Add(handedOn);
        if (refusal is null && served is { } mapped) result.Add(new ResourceMapped(mapped.Path, $"{text.Name}, root", Proved: true));
        result.Add(new RulesFilesNotUsed("Caddy does not read .htaccess"));
        result.AddRange(more);
        return result;
    }

    private CaddySite? Site()
    {
        CaddySite? best = null;
        var score = -1;
        foreach (var site in file.Sites)
            foreach (var address in site.Addresses)
            {
                var value = Fits(address);
                if (value > score) (best, score) = (site, value);
            }

        return best ?? (file.Sites.Count == 1 ? file.Sites[0] : null);
    }

    /// <summary>How exactly an address fits; -1: not at all.</summary>
    private int Fits(string address)
    {
        var rest = address;
        var scheme = "";
        if (rest.IndexOf("://", StringComparison.Ordinal) is > 0 and var mark) (scheme, rest) = (rest[..mark], rest[(mark + 3)..]);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0) rest = rest[..slash];
        var colon = rest.LastIndexOf(':');
        var port = colon >= 0 && int.TryParse(rest[(colon + 1)..], out var number) ? number : (int?)null;
        var host = colon >= 0 && port is not null ? rest[..colon] : rest;
        if ((port ?? (scheme == "http" ? 80 : scheme == "https" ? 443 : (int?)null)) is { } wanted ? wanted != request.Port : request.Port is not (80 or 443)) return -1;
        if (host.Length == 0) return 1;
        host = host.Trim('[', ']');
        return CaddyMatcher.Host(host, request.Host) ? host.Contains('*', StringComparison.Ordinal) ? 2 + host.Length : 100 + host.Length : -1;
    }

    /// <summary>Directives of a site or of a block in it.</summary>
    /// <param name="directives">In the order of the file.</param>
    /// <param name="outer">Matchers that are named around it.</param>
    /// <param name="ordered">Whether Caddy's own order holds.</param>
    /// <param name="under">The tests of the blocks around it.</param>
    /// <param name="reached">What those come to.</param>
    /// <param name="depth">How many blocks are around it.</param>
    private void Handle(IReadOnlyList<CaddyDirective> directives, IReadOnlyDictionary<string, CaddyDirective> outer, bool ordered, IReadOnlyList<RuleTest> under, Truth reached, int depth)
    {
        if (depth > 32) return;
        var named = new Dictionary<string, CaddyDirective>(outer, StringComparer.Ordinal);
        foreach (var directive in directives.Where(directive => directive.Name.StartsWith('@'))) named[directive.Name] = directive;
        var matcher = new CaddyMatcher(request with { Path = path }, named);
        var lines = directives.Where(directive => !directive.Name.StartsWith('@')).ToList();
        if (ordered) lines = [.. lines.OrderBy(Place).ThenByDescending(directive => Specific(directive, named)).ToList()];
        var group = false; // of handle blocks the first that fits is taken
        foreach (var directive in lines)
        {
            if (answered || walk.Decided is not null) return;
            if (Truth(matcher, directive, out var tests, out var arguments) is var holds && directive.Name is "handle" or "handle_path" or "route")
            {
                if (directive.Name != "route" && group) continue;
                // What a block would have wanted tells why the request came to the one that refuses the rest; one that may be taken leaves that open.
                if (holds != Servers.Truth.True && LetsThrough(directive)) walk.Take(new DecidingRule { Server = Server, File = directive.File, Line = directive.Line, Text = directive.Text, Outcome = RuleOutcome.Allows, Tests = [.. under, .. tests] }, holds);
                if (holds == Servers.Truth.False) continue;

                var before = path;
                if (directive.Name == "handle_path" && directive.Words.Count > 1 && directive.Words[1].StartsWith('/')) path = Stripped(path, directive.Words[1].TrimEnd('*').TrimEnd('/'));
                group |= directive.Name != "route" && holds == Servers.Truth.True;
                Handle(directive.Block, named, directive.Name != "route", [.. under, .. tests], reached.And(holds), depth + 1);
                path = before;
                continue;
            }

            // What would have answered otherwise tells why the request came to what refuses the rest.
            if (holds != Servers.Truth.True && reached == Servers.Truth.True && directive.Name is "reverse_proxy" or "file_server" or "php_fastcgi") walk.Take(new DecidingRule { Server = Server, File = directive.File, Line = directive.Line, Text = directive.Text, Outcome = RuleOutcome.Allows, Tests = [.. under, .. tests] }, holds);
            One(directive, reached.And(holds), [.. under, .. tests], arguments);
        }
    }

    /// <summary>Whether a block answers, and not by a refusal of its own.</summary>
    private static bool LetsThrough(CaddyDirective block) =>
        block.Block.Any(line => line.Name is "file_server" or "reverse_proxy" or "php_fastcgi" or "respond" or "redir" or "rewrite" or "import" || (line.Name is "handle" or "handle_path" or "route" && LetsThrough(line))) && !block.Block.Any(line => line.Name is "error" or "abort" || (line.Name == "respond" && line.Words.Any(word => word is ['4' or '5', >= '0' and <= '9', >= '0' and <= '9'])));

    private void One(CaddyDirective directive, Truth holds, IReadOnlyList<RuleTest> tests, IReadOnlyList<string> arguments)
    {
        var rule = new DecidingRule { Server = Server, File = directive.File, Line = directive.Line, Text = directive.Text, Outcome = RuleOutcome.Denies, Tests = tests };
        switch (directive.Name)
        {
            case "root":
                if (holds == Servers.Truth.True && arguments.Count > 0) root = arguments[^1];
                break;
            case "respond" or "error":
                var code = arguments.LastOrDefault(argument => argument.Length == 3 && argument.All(char.IsAsciiDigit)) ?? directive.Block.FirstOrDefault(line => line.Name == "status")?.Words.ElementAtOrDefault(1);
                var answer = int.TryParse(code, out var number) ? number : directive.Name == "error" ? 500 : 200;
                // A 404 that a condition chooses hides what others may see.
                if (answer >= 400) walk.Take(rule with { Status = answer }, holds);
                else if (holds == Servers.Truth.True)
                {
                    walk.Take(rule with { Outcome = RuleOutcome.Allows, Status = answer }, holds);
                    (answered, status) = (true, answer);
                }

                break;
            case "abort":
                walk.Take(rule, holds);
                break;
            case "redir":
                if (holds == Servers.Truth.True) (answered, status) = (true, arguments.Count > 1 && arguments[1] is "permanent" ? 301 : arguments.Count > 1 && int.TryParse(arguments[1], out var to) ? to : 302);
                break;
            case "request_header":
                if (holds == Servers.Truth.True && arguments.Count > 0 && arguments[0].TrimStart('-').Equals("Authorization", StringComparison.OrdinalIgnoreCase) && request.Header("Authorization") is not null) more.Add(new DropsCredentials(Server, directive.File, directive.Line, directive.Text));
                break;
            case "try_files":
                if (holds != Servers.Truth.False) TryFiles(arguments, holds);
                break;
            case "rewrite" or "uri":
                if (holds == Servers.Truth.Unknown || (holds == Servers.Truth.True && arguments.Any(argument => argument.Contains('{', StringComparison.Ordinal)) && !(arguments is [var whole] && whole.StartsWith("{path}", StringComparison.Ordinal) && whole.Length == 6)) || (directive.Name == "uri" && arguments.FirstOrDefault() is not "strip_prefix")) unknownBecause = $"{text.Name}:{directive.Line} rewrites the path in a way that is not followed here";
                if (holds == Servers.Truth.True && directive.Name == "rewrite" && arguments.Count > 0 && arguments[^1].StartsWith('/') && !arguments[^1].Contains('{', StringComparison.Ordinal)) path = arguments[^1].Split('?')[0];
                else if (holds == Servers.Truth.True && directive.Name == "uri" && arguments is ["strip_prefix", var prefix]) path = Stripped(path, prefix);
                break;
            case "basic_auth" or "basicauth":
                Basic(rule, directive, holds);
                break;
            case "forward_auth":
                Forward(rule, directive, holds, arguments);
                break;
            case "reverse_proxy" or "php_fastcgi":
                if (holds != Servers.Truth.True) break;
                // What is there and no script is left to the file server behind.
                if (directive.Name == "php_fastcgi" && IsStatic()) break;
                var upstream = arguments.FirstOrDefault(argument => !argument.StartsWith('{')) ?? directive.Block.FirstOrDefault(line => line.Name == "to")?.Words.ElementAtOrDefault(1) ?? "its upstream";
                if (request.Header("Authorization") is not null && directive.Block.FirstOrDefault(line => line.Name == "header_up" && line.Words.Count > 1 && line.Words[1].TrimStart('-').Equals("Authorization", StringComparison.OrdinalIgnoreCase)) is { } drops) more.Add(new DropsCredentials(Server, drops.File, drops.Line, drops.Text));
                handedOn = new HandsOn(Server, directive.File, directive.Line, directive.Text, upstream);
                answered = true;
                break;
            case "file_server":
                if (holds == Servers.Truth.True) Files(rule, directive, arguments);
                break;
        }
    }

    /// <summary>A site that ends the handshake of a client without a certificate (tls, client_auth).</summary>
    private void Certificate(CaddySite site)
    {
        if (!request.Secure || request.Certificate) return;
        foreach (var auth in site.Directives.Where(directive => directive.Name == "tls").SelectMany(tls => tls.Block).Where(line => line.Name == "client_auth"))
        {
            var mode = auth.Block.FirstOrDefault(line => line.Name == "mode");
            if ((mode?.Words.ElementAtOrDefault(1) ?? "require_and_verify") is not ("require" or "require_and_verify")) continue;
            walk.Take(new DecidingRule { Server = Server, File = auth.File, Line = auth.Line, Text = auth.Text, Outcome = RuleOutcome.Denies, Tests = [new(Subject.Certificate, true, Servers.Truth.False, mode?.Text ?? auth.Text, auth.File, mode?.Line ?? auth.Line)] });
        }
    }

    /// <summary>The document root on this machine, so far as the directives before name one; null: it can't be told.</summary>
    private string? Folder() => root.Length == 0 || root.Contains('{', StringComparison.Ordinal) ? null : disk.Root(text.Full(root));

    private bool IsStatic() => Folder() is { } folder && !path.Contains(".php", StringComparison.OrdinalIgnoreCase) && disk.Stat(System.IO.Path.Join(folder, path)) is { Answer: FileAnswer.Found, IsDirectory: false };

    /// <summary>The first of the paths that exists (matcher file, try_policy first_exist); the last one is taken as it is where none does and it names a status.</summary>
    private void TryFiles(IReadOnlyList<string> candidates, Truth holds)
    {
        if (Folder() is not { } folder || holds == Servers.Truth.Unknown)
        {
            unknownBecause = "which of the paths of try_files exists can't be told from here";
            return;
        }

        foreach (var candidate in candidates.TakeWhile(word => word != "{"))
        {
            if (candidate.StartsWith('='))
            {
                (answered, status) = (true, int.TryParse(candidate.AsSpan(1), out var code) ? code : null);
                return;
            }

            var name = candidate.Replace("{http.request.uri.path}", path, StringComparison.Ordinal).Replace("{path}", path, StringComparison.Ordinal).Split('?')[0];
            if (name.Contains('{', StringComparison.Ordinal) || name.Contains('*', StringComparison.Ordinal))
            {
                unknownBecause = $"what {candidate} stands for can't be told from here";
                return;
            }

            var look = disk.Stat(System.IO.Path.GetFullPath(System.IO.Path.Join(folder, name.Replace('\0', '\uFFFD'))).TrimEnd('/'));
            if (look.Answer == FileAnswer.Unknown) unknownBecause = "which of the paths of try_files exists can't be told from here";
            // With a slash at the end of the pattern a folder is meant, without one a file, whatever the request's own path ends with.
            if (look.Answer != FileAnswer.Found || look.IsDirectory != candidate.EndsWith('/')) continue;
            path = look.IsDirectory ? name : name.TrimEnd('/');
            return;
        }
    }

    private void Files(DecidingRule rule, CaddyDirective directive, IReadOnlyList<string> arguments)
    {
        answered = true;
        string? Option(string name) => directive.Block.FirstOrDefault(line => line.Name == name)?.Words.ElementAtOrDefault(1);
        var folder = Option("root") ?? root;
        if (folder.Length == 0 || folder.Contains('{', StringComparison.Ordinal))
        {
            unknownBecause = folder.Length == 0 ? "no root is named: Caddy serves the folder in which it was started" : $"the root {folder} can't be told from here";
            return;
        }

        var here = text.Full(folder);
        if (disk.Root(here) is not { } site)
        {
            unknownBecause = $"{here} is not on this machine";
            served = new(null, System.IO.Path.Join(here, path), null);
            return;
        }

        var hide = directive.Block.FirstOrDefault(line => line.Name == "hide");
        var server = new CaddyFileServer
        {
            Root = site.Length > 1 ? site.TrimEnd('/') : site,
            Hidden = [.. directive.Block.Where(line => line.Name == "hide").SelectMany(line => line.Words.Skip(1)), System.IO.Path.GetFullPath(text.Path)],
            Index = directive.Block.FirstOrDefault(line => line.Name == "index") is { } index ? [.. index.Words.Skip(1)] : ["index.html", "index.txt"],
            Browse = arguments.Contains("browse", StringComparer.Ordinal) || directive.Block.Any(line => line.Name == "browse"),
        };
        var outcome = server.Serve(path, request.Path, disk);
        if (outcome.Status == 404 && directive.Block.Any(line => line.Name == "pass_thru"))
        {
            answered = false;
            return;
        }

        served = outcome;
        if (outcome is { Status: 404, HiddenBy: { } by }) walk.Take(rule with { File = hide?.File ?? rule.File, Line = hide?.Line ?? rule.Line, Text = hide?.Text ?? rule.Text, Status = 404, Hides = true, Tests = [.. rule.Tests, new(Subject.Path, false, Servers.Truth.True, "hide " + by, hide?.File ?? rule.File, hide?.Line ?? rule.Line)] });
        else if (outcome.Status is { } code) walk.Take(rule with { Outcome = RuleOutcome.Allows, Status = code });
    }

    private void Basic(DecidingRule rule, CaddyDirective directive, Truth holds)
    {
        var users = directive.Block.Where(line => line.Words.Count >= 2).GroupBy(line => line.Words[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Words[1], StringComparer.Ordinal);
        var (lack, detail) = PasswordLook.Users(request, users);
        if (lack == Lack.Nothing && holds == Servers.Truth.True) return;
        // A rule that does not apply is looked at all the same: it may protect less than it seems to.
        var user = directive.Block.FirstOrDefault(line => line.Words[0] == request.Credentials()?.User);
        walk.Take(rule with
        {
            Outcome = RuleOutcome.Challenges,
            Status = 401,
            Lack = lack,
            Detail = detail,
            Further = user is null ? [] : [new Evidence(EvidenceKind.ConfigLine, $"{System.IO.Path.GetFileName(user.File)}:{user.Line}", user.Words[0] + " " + Masked.Secret(user.Words.ElementAtOrDefault(1) ?? ""))],
        }, holds);
    }

    private void Forward(DecidingRule rule, CaddyDirective directive, Truth holds, IReadOnlyList<string> arguments)
    {
        if (holds == Servers.Truth.False || request.Seen is null or (>= 200 and < 300))
        {
            if (holds == Servers.Truth.False) walk.Take(rule with { Outcome = RuleOutcome.Challenges, Status = 401 }, holds);
            return;
        }

        // What the authentication server sees instead of the request's own host and address may be why it says no.
        var overridden = directive.Block.Where(line => line.Name == "header_up" && line.Words.Count > 2 && (line.Words[1].StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || line.Words[1].Equals("Host", StringComparison.OrdinalIgnoreCase)) && !line.Words[2].Contains('{', StringComparison.Ordinal)).ToList();
        var known = request.Header("Authorization") is not null || request.Header("Cookie") is not null;
        walk.Take(rule with
        {
            Outcome = RuleOutcome.Challenges,
            Status = null,
            Lack = overridden.Count > 0 || request.Seen is not (401 or 403) ? Lack.DeciderFails : !known && request.Seen == 401 ? Lack.Missing : Lack.RefusedElsewhere,
            Detail = overridden.Count > 0 ? $"the authentication server is told {overridden[0].Words[1]}: {overridden[0].Words[2]} instead of the request's own" : $"the authentication server {arguments.FirstOrDefault()} answered {request.Seen}",
            Further = [.. overridden.Select(line => new Evidence(EvidenceKind.ConfigLine, $"{System.IO.Path.GetFileName(line.File)}:{line.Line}", line.Text))],
            Rivals = overridden.Count > 0 ? 0 : 1,
        }, holds.And(Servers.Truth.Unknown));
    }

    private static Truth Truth(CaddyMatcher matcher, CaddyDirective directive, out IReadOnlyList<RuleTest> tests, out IReadOnlyList<string> arguments)
    {
        var has = directive.Words.Count > 1 && (directive.Words[1] is "*" || directive.Words[1].StartsWith('/') || directive.Words[1].StartsWith('@'));
        // `root /srv` and `rewrite /a` with one argument alone name no matcher.
        if (has && directive.Words.Count == 2 && directive.Words[1].StartsWith('/') && directive.Name is "root" or "rewrite" or "uri" or "redir" or "try_files") has = false;
        tests = has ? matcher.Token(directive.Words[1], directive) : [];
        arguments = [.. directive.Words.Skip(has ? 2 : 1)];
        return tests.Aggregate(Servers.Truth.True, (all, test) => all.And(test.Holds));
    }

    private int Place(CaddyDirective directive)
    {
        var name = directive.Name is "handle_path" ? "handle" : directive.Name is "basicauth" ? "basic_auth" : directive.Name;
        var at = order.IndexOf(name);
        return at < 0 ? order.IndexOf("handle") : at;
    }

    /// <summary>Of one directive the one with the longest path first, those without a matcher last (httpcaddyfile's sorting).</summary>
    private static int Specific(CaddyDirective directive, IReadOnlyDictionary<string, CaddyDirective> named)
    {
        if (directive.Name is "root") return 0;
        var token = directive.Words.ElementAtOrDefault(1) ?? "";
        if (token.StartsWith('/')) return 1000 + token.TrimEnd('*').Length;
        if (!token.StartsWith('@') || !named.TryGetValue(token, out var definition)) return token == "*" || token.Length == 0 || !token.StartsWith('@') ? 0 : 500;
        var line = definition.Words.Count > 1 ? definition.Words.Skip(1).ToList() : definition.Block.Count == 1 ? [.. definition.Block[0].Words] : [];
        return line is ["path", var only] ? 1000 + only.TrimEnd('*').Length : 500;
    }

    private static string Stripped(string path, string prefix) => prefix.Length > 0 && path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] is { Length: > 0 } rest ? rest.StartsWith('/') ? rest : "/" + rest : "/" : path;
}
