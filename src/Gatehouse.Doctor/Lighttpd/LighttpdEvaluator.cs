using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Lighttpd;

/// <summary>What lighttpd.conf comes to for a request: the settings that hold under its conditions, then mod_access, mod_auth and the file.</summary>
internal sealed class LighttpdEvaluator(ConfigurationText text, AskedRequest request, ServedFiles given)
{
    private const string Server = "lighttpd";

    private ServedFiles disk = ServedFiles.Unknown;
    private readonly Dictionary<string, (LighttpdStatement.Setting Setting, IReadOnlyList<RuleTest> Under)> settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (LighttpdStatement.Setting Setting, IReadOnlyList<RuleTest> Under)> doubtful = new(StringComparer.Ordinal);

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, Place place) => new LighttpdEvaluator(text, request, place.Disk).Run();

    private IReadOnlyList<Observation> Run()
    {
        Apply(LighttpdConfiguration.Read(text), [], Truth.True, 0);
        disk = given.As(Text("server.username"), Text("server.groupname"));
        var walk = new RuleWalk(Server, request);
        Access(walk);
        Authentication(walk);
        var root = Text("server.document-root");
        var file = File(root);
        var handedOn = Set("proxy.server") ?? Set("fastcgi.server") ?? Set("scgi.server") ?? Set("cgi.assign");
        var hands = handedOn is not null && Applies(handedOn);
        if (!hands) Excluded(walk);
        var served = hands || file is null || Elsewhere() is not null || walk.Answer() is not null ? null : Serve(file, walk);
        // An error's own handler answers in its place, with a status of its own.
        if (served is 404 or 403 && (Set("server.error-handler-404") ?? Set("server.error-handler")) is not null && walk.Answer() is null) served = null;
        var refusal = walk.Answer();
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = text.Path,
                Status = refusal is null && !hands ? walk.Status(200) is null ? null : served : walk.Status(200),
                UnknownBecause = walk.Status(200) is null ? "a condition depends on what is not visible from here" : refusal is null && !hands && served is null ? Elsewhere() ?? "no rule refuses it, and what the server's account may read can't be told from here (--server-user NAME tells the account)" : null,
                FilePath = refusal is null && !hands ? file : null,
                HandedOn = refusal is null && hands,
                ErrorLogs = Text("server.errorlog") is { } errors ? [errors] : [],
                AccessLogs = Text("accesslog.filename") is { } access ? [access] : [],
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations());
        if (refusal is null && hands) result.Add(new HandsOn(Server, handedOn!.File, handedOn.Line, handedOn.Written, string.Join(' ', handedOn.Value.Texts)));
        if (Text("server.username") is { } user) result.Add(new WorkerConfigured(user, Text("server.groupname"), $"{text.Name}: server.username"));
        if (Set("index-file.names") is { } names) result.Add(new IndexNames([.. names.Value.Texts], $"{System.IO.Path.GetFileName(names.File)}:{names.Line}"));
        if (refusal is null && !hands && file is not null) result.Add(new ResourceMapped(file, $"{text.Name}: server.document-root", Proved: true));
        result.Add(new RulesFilesNotUsed("lighttpd does not read .htaccess"));
        return result;
    }

    /// <summary>What the file or folder itself comes to (mod_staticfile, mod_indexfile, mod_dirlisting); null: it can't be told from here.</summary>
    private int? Serve(string path, RuleWalk walk)
    {
        var look = disk.Stat(path);
        // What stands behind a file's name is that file's PATH_INFO.
        while (look.Answer == FileAnswer.NotADirectory && Text("static-file.disable-pathinfo") is not "enable" && path.LastIndexOf('/') is > 0 and var slash)
        {
            path = path[..slash];
            look = disk.Stat(path);
        }

        if (look.Answer == FileAnswer.Found && Text("server.follow-symlink") is "disable" && settings["server.follow-symlink"] is var setting && disk.Link(path) is { } link)
        {
            walk.Take(Rule(setting, RuleOutcome.Denies, 403) with
            {
                Tests = [.. setting.Under, new(Subject.Link, false, Truth.True, $"{link} is a symbolic link", setting.Setting.File, setting.Setting.Line)],
                Further = [new Evidence(EvidenceKind.FileLink, link, "-> " + (Kernel.LinkTarget(link) ?? "?"))],
            });
            return 403;
        }

        if (!look.IsDirectory) return look.Answer == FileAnswer.Found ? Of(disk.Open(path).Answer) : Of(look.Answer);
        if (!request.Path.EndsWith('/')) return 301;
        foreach (var name in Set("index-file.names")?.Value.Texts ?? [])
            if (disk.Stat(System.IO.Path.Join(path, name)).Answer == FileAnswer.Found) return Of(disk.Open(System.IO.Path.Join(path, name)).Answer);
        return Text("dir-listing.activate") is "enable" || Text("server.dir-listing") is "enable" ? Of(disk.Open(path).Answer) : 403;
    }

    /// <summary>What leads the request elsewhere before its file is looked at, and is not followed here; null: nothing.</summary>
    private string? Elsewhere()
    {
        foreach (var name in (ReadOnlySpan<string>)["url.rewrite-once", "url.rewrite-repeat", "url.rewrite", "url.rewrite-final", "url.rewrite-if-not-file", "url.rewrite-repeat-if-not-file", "url.redirect"])
            if (Set(name) is { } rewrite && rewrite.Value.Items?.Any(item => ServerExpression.Matches(request.RawPath + (request.Query.Length > 0 ? "?" + request.Query : ""), item.Key) != Truth.False) == true) return $"{System.IO.Path.GetFileName(rewrite.File)}:{rewrite.Line} ({name}) leads it elsewhere, which is not followed here";
        return (Set("magnet.attract-raw-url-to") ?? Set("magnet.attract-physical-path-to")) is { } script ? $"{System.IO.Path.GetFileName(script.File)}:{script.Line} hands it to a script, which is not run here" : null;
    }

    private static int? Of(FileAnswer answer) => answer switch
    {
        FileAnswer.Found => 200,
        FileAnswer.Denied or FileAnswer.TooManyLinks => 403,
        FileAnswer.NotFound or FileAnswer.NotADirectory or FileAnswer.LinkAsDirectory or FileAnswer.LinkRefused or FileAnswer.NameTooLong => 404,
        FileAnswer.Unknown => null,
    };

    private LighttpdStatement.Setting? Set(string name) => settings.TryGetValue(name, out var found) ? found.Setting : null;

    private string? Text(string name) => Set(name)?.Value.Text is { Length: > 0 } value ? value : null;

    private void Apply(IReadOnlyList<LighttpdStatement> statements, IReadOnlyList<RuleTest> under, Truth holds, int depth)
    {
        foreach (var statement in statements)
        {
            switch (statement)
            {
                case LighttpdStatement.Setting setting:
                    var target = holds == Truth.True ? settings : doubtful;
                    if (setting.Adds && target.TryGetValue(setting.Name, out var before) && before.Setting.Value.Items is { } items)
                        target[setting.Name] = (setting with { Value = new("", [.. items, .. setting.Value.Items ?? []]) }, under);
                    else target[setting.Name] = (setting, under);
                    break;
                case LighttpdStatement.Condition condition when depth < 64:
                    var test = Test(condition);
                    var value = holds.And(test.Holds);
                    if (value != Truth.False) Apply(condition.Then, [.. under, test], value, depth + 1);
                    var other = holds.And(test.Holds.Not());
                    if (other != Truth.False) Apply(condition.Else, [.. under, test with { Negated = !test.Negated }], other, depth + 1);
                    break;
            }
        }
    }

    private RuleTest Test(LighttpdStatement.Condition condition)
    {
        var split = condition.Variable.Split(':', 2);
        var name = split[1].ToLowerInvariant();
        var (subject, value) = split[0] switch
        {
            "HTTP" => name switch
            {
                "url" => (Subject.Path, request.Path),
                "host" => (Subject.Host, request.Host),
                "referer" => (Subject.Referrer, request.Header("Referer") ?? ""),
                "useragent" or "user-agent" => (Subject.UserAgent, request.Header("User-Agent") ?? ""),
                "cookie" => (Subject.Cookie, request.Header("Cookie") ?? ""),
                "request-method" or "requestmethod" => (Subject.Method, request.Method),
                "querystring" or "query-string" => (Subject.Path, request.Query),
                "scheme" => (Subject.Scheme, request.Secure ? "https" : "http"),
                "remoteip" or "remote-ip" => (Subject.Address, request.Address?.ToString()),
                "language" => (Subject.Header, request.Header("Accept-Language") ?? ""),
                _ => (Subject.Other, null),
            },
            "REQUEST_HEADER" => (HeaderSubjects.OfHeader(name), request.Header(name) ?? ""),
            "SERVER" when name == "socket" => (Subject.Host, (string?)null),
            _ => (Subject.Other, (string?)null),
        };
        var negated = condition.Operator is "!=" or "!~";
        var holds = Truth.Unknown;
        if (split[0] == "SERVER") holds = TruthTables.Of(condition.Pattern.EndsWith(":" + request.Port, StringComparison.Ordinal));
        else if (subject == Subject.Address) holds = request.AddressIn([condition.Pattern]);
        else if (value is not null)
        {
            holds = condition.Operator switch
            {
                "==" or "!=" => TruthTables.Of(value.Equals(condition.Pattern, subject == Subject.Host ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)),
                "=^" => TruthTables.Of(value.StartsWith(condition.Pattern, StringComparison.Ordinal)),
                "=$" => TruthTables.Of(value.EndsWith(condition.Pattern, StringComparison.Ordinal)),
                "=~" or "!~" => ServerExpression.Matches(value, condition.Pattern),
                _ => Truth.Unknown,
            };
        }

        if (subject == Subject.Address && condition.Operator is "=~" or "!~" && request.Address is not null) holds = ServerExpression.Matches(request.Address.ToString(), condition.Pattern);
        return new(subject, negated, holds, $"${split[0]}[\"{split[1]}\"] {condition.Operator} \"{condition.Pattern}\"", condition.File, condition.Line) { Name = name };
    }

    private void Access(RuleWalk walk)
    {
        foreach (var (source, holds) in new[] { (settings, Truth.True), (doubtful, Truth.Unknown) })
        {
            if (source.TryGetValue("url.access-allow", out var allow) && !allow.Setting.Value.Texts.Any(end => request.Path.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
                walk.Take(Rule(allow, RuleOutcome.DeniesByDefault, 403), holds);
            if (!source.TryGetValue("url.access-deny", out var deny)) continue;
            if (deny.Setting.Value.Texts.FirstOrDefault(end => request.Path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is not { } ending) continue;
            var rule = Rule(deny, RuleOutcome.Denies, 403);
            walk.Take(ending.Length == 0 ? rule : rule with { Tests = [.. rule.Tests, new(Subject.Path, false, Truth.True, $"the path ends with {ending}", deny.Setting.File, deny.Setting.Line)], Text = deny.Setting.Written }, holds);
        }
    }

    private static DecidingRule Rule((LighttpdStatement.Setting Setting, IReadOnlyList<RuleTest> Under) at, RuleOutcome outcome, int status) => new()
    {
        Server = Server,
        File = at.Setting.File,
        Line = at.Setting.Line,
        Text = at.Setting.Written,
        Outcome = outcome,
        Status = status,
        Tests = at.Under,
    };

    private void Authentication(RuleWalk walk)
    {
        if (!settings.TryGetValue("auth.require", out var require) || require.Setting.Value.Items is null) return;
        var entry = require.Setting.Value.Items.Where(item => request.Path.StartsWith(item.Key, StringComparison.Ordinal)).Cast<(string Key, LighttpdValue Value, int Line)?>().FirstOrDefault();
        if (entry is not { } found) return;
        var options = (found.Value.Items ?? []).GroupBy(item => item.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value.Text, StringComparer.Ordinal);
        var method = options.GetValueOrDefault("method", "basic");
        var wanted = options.GetValueOrDefault("require", "valid-user");
        var backend = Text("auth.backend") ?? "htpasswd";
        var path = Text($"auth.backend.{backend}.userfile");
        var rule = Rule(require, RuleOutcome.Challenges, 401) with { Line = found.Line, Text = $"auth.require \"{found.Key}\" => method {method}, realm \"{options.GetValueOrDefault("realm")}\", require {wanted}" };
        if (backend == "htdigest" && path is not null)
        {
            var (lacks, told, shown) = PasswordLook.Digest(request, path, options.GetValueOrDefault("realm", ""), disk);
            if (lacks == Lack.Nothing && !Listed(wanted, request, out lacks, out told)) walk.Take(rule with { Lack = lacks, Detail = told, Further = shown }, Truth.True);
            else if (lacks != Lack.Nothing) walk.Take(rule with { Lack = lacks, Detail = told, Further = lacks == Lack.RefusedElsewhere ? [] : shown }, lacks == Lack.RefusedElsewhere ? Truth.Unknown : Truth.True);
            return;
        }

        if (method == "digest" || backend is not ("htpasswd" or "plain") || path is null)
        {
            walk.Take(rule with { Lack = request.Header("Authorization") is null ? Lack.Missing : Lack.RefusedElsewhere, Detail = request.Header("Authorization") is null ? "no Authorization header was sent" : $"the backend {backend} decides ({method})" }, request.Header("Authorization") is null ? Truth.True : Truth.Unknown);
            return;
        }

        var (lack, detail, evidence) = PasswordLook.File(request, path, disk, backend == "plain");
        if (lack == Lack.Nothing && Listed(wanted, request, out lack, out detail)) return;

        walk.Take(rule with { Lack = lack, Detail = detail, Further = evidence, Status = lack is Lack.Malformed ? 400 : 401 }, Truth.True);
    }

    /// <summary>Whether the user who signed in is among those that <c>require</c> names.</summary>
    private static bool Listed(string wanted, AskedRequest request, out Lack lack, out string detail)
    {
        var user = request.Credentials() is { User.Length: > 0 } credentials ? credentials.User : request.Given?.Split(':')[0] ?? "";
        (lack, detail) = wanted.Contains("group=", StringComparison.Ordinal) ? (Lack.Group, $"{user} is not among {wanted}") : (Lack.NotListed, $"{user} is not among {wanted}");
        if (wanted != "valid-user" && !wanted.Split('|').Any(one => one == "user=" + user || one == "valid-user")) return false;
        lack = Lack.Nothing;
        return true;
    }

    /// <summary>A script without its interpreter is not served as a file.</summary>
    private void Excluded(RuleWalk walk)
    {
        if (settings.TryGetValue("static-file.exclude-extensions", out var exclude) && exclude.Setting.Value.Texts.Any(end => end.Length > 0 && request.Path.EndsWith(end, StringComparison.Ordinal)))
            walk.Take(Rule(exclude, RuleOutcome.Denies, 403) with { Tests = [.. exclude.Under, new(Subject.Path, false, Truth.True, "static-file.exclude-extensions", exclude.Setting.File, exclude.Setting.Line)] }, Truth.True);
    }

    private bool Applies(LighttpdStatement.Setting handler) =>
        handler.Value.Items?.Any(item => item.Key.Length == 0 || (item.Key.StartsWith('/') ? request.Path.StartsWith(item.Key, StringComparison.Ordinal) : request.Path.EndsWith(item.Key, StringComparison.Ordinal))) == true;

    private string? File(string? root)
    {
        foreach (var name in (ReadOnlySpan<string>)["alias.url"])
            if (Set(name)?.Value.Items is { } aliases)
                foreach (var alias in aliases)
                    if (alias.Key.Length > 0 && request.Path.StartsWith(alias.Key, StringComparison.Ordinal)) return alias.Value.Text + request.Path[alias.Key.Length..];
        return root is null || Set("simple-vhost.server-root") is not null || Set("evhost.path-pattern") is not null ? null : root.TrimEnd('/') + request.Path;
    }
}
