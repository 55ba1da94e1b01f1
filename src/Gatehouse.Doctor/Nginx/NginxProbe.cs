using System.Net;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Doctor.Servers;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Nginx;

/// <summary>nginx's configuration was given, read, and evaluated for the request in question.</summary>
/// <param name="Configuration">What was read.</param>
internal sealed record NginxJudged(NginxConfiguration Configuration) : Observation
{
    /// <summary>The evaluation whose refusal is in question (behind redirections); null: there is no URL, or no http in it.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The status that was seen for that request; null: nothing was.</summary>
    public int? Seen { get; init; }

    /// <summary>Locations that match as well, lost, and would have refused: with what they would have answered.</summary>
    public IReadOnlyList<(Scope Location, Decision Refusal)> Shadowed { get; init; } = [];

    /// <summary>Files of the directory in question that look like index files and are not named so.</summary>
    public IReadOnlyList<string> OtherIndexes { get; init; } = [];

    /// <summary>Lines of .htaccess files that restrict access and that nothing reads.</summary>
    public IReadOnlyList<(string File, int Line, string Text)> Ignored { get; init; } = [];
}

/// <summary>Reads the configuration, looks at files for the evaluator, and says what comes of it.</summary>
internal static class NginxProbe
{
    /// <summary>A .htaccess file is read up to this many characters.</summary>
    private const int MaxRules = 1 << 20;

    /// <summary>Accounts of nginx's workers where the configuration names none: what the builds have.</summary>
    private static readonly string[] BuiltIn = ["nginx", "www-data", "http", "nobody"];

    private static readonly string[] Restricting = ["Require ", "Deny ", "AuthType ", "AuthUserFile ", "Order ", "Satisfy "];

    public static IReadOnlyList<Observation> Look(Question question, Observations seen, TimeProvider clock)
    {
        if (question.ServerConfigurations.Count == 0) return [];
        string[] roots = question.Site is { } given ? [given, .. question.IncludeRoots] : [.. question.IncludeRoots];
        if (NginxConfiguration.Read(question.ServerConfigurations, roots) is not { } configuration) return [];
        var result = new List<Observation>();
        foreach (var fault in configuration.Trees.SelectMany(tree => tree.NotRead).Where(fault => !IsData(fault.What)).Take(10)) result.Add(new NotLookedAt($"{fault.At}: {fault.What}"));
        var accounts = Accounts.OfThisMachine();
        var worker = Worker(question, seen, configuration, accounts, result);
        if (question.Url is not { } url || configuration.Model is not { } model)
        {
            if (configuration.Model is null) result.Add(new NotLookedAt($"{configuration.File} has no http block and no server"));
            else if (question.Url is null) result.Add(new NotLookedAt("no URL was given: with one, the configuration is evaluated for it"));
            result.Add(new NginxJudged(configuration));
            return result;
        }

        var files = new DiskFiles(accounts, worker, Moved(question, configuration, model));
        var baseline = seen.Baseline();
        var final = seen.Final();
        var verdict = Evaluate(question, configuration, model, files, baseline, url, clock);
        var last = final is not null && !ReferenceEquals(final, baseline) && final.Variation == Variation.Redirected && SameServer(final.Request.Url, url)
            ? Evaluate(question, configuration, model, files, final, final.Request.Url, clock)
            : verdict;
        var status = final?.Status;
        Report(configuration, verdict, last, status, files, result);
        result.Add(new NginxJudged(configuration)
        {
            Verdict = last,
            Seen = status,
            Shadowed = Shadowed(configuration, last, files),
            OtherIndexes = OtherIndexes(last, files),
            Ignored = last.HandedOn && last.Flow!.HandedOnBy!.Name is "proxy_pass" or "grpc_pass" ? [] : Ignored(last, files),
        });
        return result;
    }

    private static bool SameServer(Uri one, Uri other) => one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase) || one.IsLoopback;

    private static Verdict Evaluate(Question question, NginxConfiguration configuration, HttpModel model, DiskFiles files, Exchange? exchange, Uri url, TimeProvider clock)
    {
        var fields = exchange is { Variation: not Variation.Recorded } ? exchange.Request.Fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)).ToList() : [.. question.Headers];
        if (!fields.Exists(field => field.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))) fields.Insert(0, new("Host", url.IsDefaultPort ? url.IdnHost : $"{url.IdnHost}:{url.Port}"));
        if (!fields.Exists(field => field.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)) && exchange is null) fields.Add(new("User-Agent", "gatehouse"));
        var host = url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 ? url.Host.Trim('[', ']') : null;
        var to = exchange?.To ?? (host is not null && Address.TryParse(host, out var literal, out _) ? literal : url.IsLoopback ? IPAddress.Loopback : null);
        var https = url.Scheme == Uri.UriSchemeHttps;
        var request = new NginxRequest
        {
            Method = exchange?.Request.Method ?? question.Method,
            Target = NginxConfiguration.Bytes(url.PathAndQuery),
            Headers = fields,
            Peer = question.From ?? exchange?.From ?? (to is not null && IPAddress.IsLoopback(to) ? to : null),
            ServerAddress = to,
            ServerPort = url.Port,
            Https = https,
            Sni = https && host is null ? url.IdnHost : null,
            ClientVerify = !https || question.Certificate is null ? "NONE" : null,
            Time = exchange?.Answer?.At ?? clock.GetLocalNow(),
            BodyLength = question.Body.Length,
        };
        if (request.ClientVerify is null)
        {
            // First without knowing, to learn which server answers and whom it trusts.
            var first = Evaluator.Of(model, request, files, configuration.Prefix, configuration.Folder);
            request = request with { ClientVerify = ClientCertificate.Verify(question, first, files, configuration.Folder, clock.GetUtcNow()) };
        }

        return Evaluator.Of(model, request, files, configuration.Prefix, configuration.Folder);
    }

    private static void Report(NginxConfiguration configuration, Verdict verdict, Verdict last, int? status, DiskFiles files, List<Observation> result)
    {
        var limited = status is not null && last.Ground.Limits.Exists(limit => Limits.Status(last, limit) == status);
        var server = last.Flow?.Scope;
        // A file that try_files passed over because it may not be looked at is what is in question, not the one that it ended with.
        var passed = last.Status is 404 ? last.Ground.Decisions.FirstOrDefault(decision => decision is { Status: 0, By: DecidedBy.FileDenied }) : null;
        var path = (passed?.File ?? last.Flow?.FilePath) is { } file ? files.Here(file) : null;
        result.Add(new Evaluated
        {
            Server = "nginx",
            File = configuration.File,
            Status = limited || verdict.Closed ? null : verdict.HandedOn ? 200 : verdict.Status,
            UnknownBecause = verdict.UnknownBecause ?? (limited ? "how many requests came before decides, by limit_req or limit_conn" : verdict.Closed ? "the connection is closed without an answer" : null),
            FilePath = path,
            HandedOn = verdict.HandedOn,
            ErrorLogs = server is null ? [] : Logs(configuration, server, "error_log"),
            AccessLogs = server is null ? [] : Logs(configuration, server, "access_log"),
            Trace = verdict.Ground.Trace,
        });
        if (verdict.UnknownBecause is { } why) result.Add(new NotLookedAt($"{configuration.File}: {why}"));
        var atFile = last.Ground.Decisions.Exists(decision => decision.File is not null && decision.By is DecidedBy.Served or DecidedBy.NoIndex or DecidedBy.FileDenied or DecidedBy.LinkRefused or DecidedBy.FileMissing or DecidedBy.Redirected);
        if (path is not null && atFile && last.Flow is { } flow)
        {
            var via = flow.Scope.Nearest("root", "alias") is { } scope ? (scope.One("alias") ?? scope.One("root"))! : null;
            result.Add(new ResourceMapped(path, via is null ? $"{configuration.File} (default root)" : $"{via.At} {via.Name}", Proved: true));
            var index = flow.Scope.One("index");
            result.Add(new IndexNames([.. StaticContent.IndexNames(flow.Scope)], index is null ? "nginx's default" : index.At.ToString()));
        }

        if (!last.HandedOn) result.Add(new RulesFilesNotUsed("nginx reads no .htaccess files"));
    }

    /// <summary>The logs in force, absolute.</summary>
    private static List<string> Logs(NginxConfiguration configuration, Scope scope, string name)
    {
        var nodes = scope.Find(name);
        if (nodes.Count == 0 && configuration.Model is { } model) nodes = [.. model.Main.Where(node => node.Name == name)];
        return [.. nodes.Select(node => node[0]).Where(path => path.Length > 0 && path is not ("off" or "stderr") && !path.StartsWith("syslog:", StringComparison.Ordinal) && !path.StartsWith("memory:", StringComparison.Ordinal) && !path.Contains('$', StringComparison.Ordinal))
            .Select(path => StaticContent.Shown8(path.StartsWith('/') ? path : configuration.Prefix.TrimEnd('/') + "/" + path)).Distinct(StringComparer.Ordinal)];
    }

    private static ServerAccount? Worker(Question question, Observations seen, NginxConfiguration configuration, Accounts accounts, List<Observation> result)
    {
        var user = configuration.Model?.Main.FirstOrDefault(node => node.Name == "user" && node.Block is null);
        if (user is not null) result.Add(new WorkerConfigured(user[0], user.Count > 1 ? user[1] : user[0], user.At.ToString()));
        if (question.ServerUser is { } given && accounts.Find(given) is { } named) return named;
        if (seen.First<RunningServer>() is { } running && ServerNames.IsProgramOf(running.Program, "nginx")) return running.Worker;
        if (user is not null) return accounts.Find(user[0], user.Count > 1 ? user[1] : user[0]) ?? accounts.Find(user[0]);
        foreach (var name in BuiltIn)
        {
            if (accounts.Find(name) is not { } account) continue;
            result.Add(new WorkerConfigured(name, null, "nginx's default on this system"));
            return account;
        }

        return null;
    }

    /// <summary>The document root lies elsewhere here, where --site names it: a configuration that was brought from another machine.</summary>
    private static (string Root, string Site)? Moved(Question question, NginxConfiguration configuration, HttpModel model)
    {
        if (question.Site is not { } site) return null;
        var roots = model.Servers.SelectMany(server => HttpModel.AllScopes(server.Scope)).Append(model.Http).SelectMany(scope => scope.Own("root"))
            .Select(node => StaticContent.Shown8(node[0])).Where(root => !Script.HasVariables(root)).Select(root => (root.StartsWith('/') ? root : configuration.Prefix.TrimEnd('/') + "/" + root).TrimEnd('/')).Distinct(StringComparer.Ordinal).ToList();
        return roots.Count == 1 && !Directory.Exists(roots[0]) ? (roots[0], Path.GetFullPath(site)) : null;
    }

    /// <summary>Names of files that hold no rules of access: their lack changes nothing.</summary>
    private static bool IsData(string what) => what.Contains("mime.types", StringComparison.Ordinal) || what.Contains("fastcgi", StringComparison.Ordinal) || what.Contains("_params", StringComparison.Ordinal) || what.Contains("koi-", StringComparison.Ordinal);

    private static List<(Scope, Decision)> Shadowed(NginxConfiguration configuration, Verdict verdict, DiskFiles files)
    {
        var found = new List<(Scope, Decision)>();
        if (verdict.Flow is not { } flow || verdict.Refusal is not null || verdict.UnknownBecause is not null) return found;
        var winner = verdict.Ground.Decisions.FirstOrDefault(decision => !decision.Subrequest)?.Scope.Location;
        var target = RequestTarget.Parse(verdict.Ground.Request.Target, mergeSlashes: true);
        if (winner is not { Match: LocationKind.Pattern } || target is null || winner.Has("allow", "deny", "auth_basic", "auth_request", "satisfy")) return found;
        foreach (var location in LocationChoice.Matching(flow.Server, target.Path))
        {
            if (ReferenceEquals(location, winner) || IsAround(location, winner) || location.Match is LocationKind.Exact or LocationKind.Named) continue;
            if (location.Match == LocationKind.Prefix && location.Name is "/" or "") continue;
            if (Forced(configuration, verdict, files, location, target) is { } refusal) found.Add((location, refusal));
        }

        return found;
    }

    private static bool IsAround(Scope location, Scope inner)
    {
        for (var scope = inner.Parent; scope is not null; scope = scope.Parent)
            if (ReferenceEquals(scope, location)) return true;
        return false;
    }

    /// <summary>What the request would meet in another location: its refusal by access rules; null: none.</summary>
    private static Decision? Forced(NginxConfiguration configuration, Verdict verdict, DiskFiles files, Scope location, RequestTarget target)
    {
        var ground = new FlowGround(configuration.Model!, verdict.Ground.Request, files, configuration.Prefix, configuration.Folder) { Choice = verdict.Ground.Choice, Host = verdict.Ground.Host, Client = verdict.Ground.Client, RealIpDone = true };
        ground.Headers.AddRange(verdict.Ground.Headers);
        var flow = new Flow(ground, verdict.Flow!.Server) { Scope = location, Uri = target.Path, Arguments = target.Arguments, Method = ground.Request.Method, Phase = Phase.Rewrite, ErrorPageUsed = true };
        LocationChoice.Enter(flow);
        Evaluator.Run(flow);
        return ground.Decisions.FirstOrDefault(decision => decision is { Status: 401 or 403, Subrequest: false, By: DecidedBy.AddressRule or DecidedBy.Basic or DecidedBy.UserFile or DecidedBy.AuthRequest or DecidedBy.Returned });
    }

    /// <summary>What of the usual index names lies in a directory for which none of the configured ones was found.</summary>
    private static List<string> OtherIndexes(Verdict verdict, DiskFiles files)
    {
        if (verdict.Refusal is not { By: DecidedBy.NoIndex, File: { } bytes }) return [];
        try
        {
            return [.. Directory.EnumerateFiles(files.Here(bytes)).Select(path => Path.GetFileName(path)!)
                .Where(name => name.StartsWith("index.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("default.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("home.", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(5)];
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Restricting lines of the .htaccess files on the way to the file that is served.</summary>
    private static List<(string, int, string)> Ignored(Verdict verdict, DiskFiles files)
    {
        var found = new List<(string, int, string)>();
        if (verdict.Flow is not { FilePath: { } bytes } flow || Paths.Root(flow, out var root) is not null) return found;
        var top = files.Here(root).TrimEnd('/');
        for (var folder = Path.GetDirectoryName(files.Here(bytes)); folder is not null && folder.StartsWith(top, StringComparison.Ordinal); folder = Path.GetDirectoryName(folder))
        {
            var path = Path.Join(folder, ".htaccess");
            if (!File.Exists(path)) continue;
            try
            {
                using var reader = new StreamReader(path);
                var buffer = new char[MaxRules];
                var lines = new string(buffer, 0, reader.ReadBlock(buffer)).Split('\n');
                for (var i = 0; i < lines.Length; i++)
                {
                    var line = lines[i].Trim();
                    if (Restricts(line)) found.Add((path, i + 1, line));
                }
            }
            catch (IOException)
            {
                // What can't be read says nothing.
            }
            catch (UnauthorizedAccessException)
            {
                // Likewise.
            }
        }

        return found;
    }

    private static bool Restricts(string line)
    {
        if (line.StartsWith("Require all granted", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Order allow", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Satisfy", StringComparison.OrdinalIgnoreCase)) return false;
        if (line.StartsWith("RewriteRule ", StringComparison.OrdinalIgnoreCase)) return line.EndsWith(']') && line[line.LastIndexOf('[')..].Trim('[', ']').Split(',').Any(flag => flag.Trim() is "F" or "forbidden");
        return Restricting.Any(start => line.StartsWith(start, StringComparison.OrdinalIgnoreCase));
    }
}
