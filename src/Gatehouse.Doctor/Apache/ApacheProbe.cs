using System.Net;
using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Servers;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Apache;

/// <summary>Reads httpd's configuration and tree and evaluates the request in question. For a server that is not httpd it says nothing.</summary>
internal static class ApacheProbe
{
    /// <summary>Folders in which distributions and their packages keep parts of a configuration.</summary>
    private static readonly string[] CustomaryRoots =
        ["/etc/apache2", "/etc/httpd", "/usr/local/etc/apache24", "/usr/local/apache2/conf", "/etc/letsencrypt", "/usr/share", "/var/lib/apache2", "/opt/lampp/etc", "/etc/phpmyadmin"];

    /// <summary>Users of the workers where the configuration names none.</summary>
    private static readonly string[] CustomaryAccounts = ["www-data", "apache", "http", "wwwrun", "www", "daemon", "nobody"];

    public static IReadOnlyList<Observation> Look(Question question, Observations seen, TimeProvider clock)
    {
        var accounts = Accounts.OfThisMachine();
        var main = question.ServerConfigurations.FirstOrDefault(ApacheSniff.IsHttpd);
        if (main is null && (question.ServerConfigurations.Count > 0 || question.Site is null || question.Url is null || !MayBeHttpd(seen))) return [];
        var result = new List<Observation>();
        var site = question.Site is { } given ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(given)) : null;
        var path = main is null ? "(a distribution's defaults)" : Path.GetFullPath(main);
        var plain = new WorkerFiles(accounts, null);
        var configuration = main is null
            ? ConfigurationReader.Read(path, new OneText(path, Distribution.Text(site!), plain), new ReadingLimits { Roots = ["/"] }, "/etc/apache2")
            : ConfigurationReader.Read(path, plain, Limits(question, path, plain), ServerRoot(path));
        var server = ServerBuilder.Build(configuration);
        foreach (var fault in configuration.Faults.Where(fault => fault.Kind == ConfigFaultKind.NotRead).Take(10)) result.Add(new NotLookedAt($"{fault.At}: {fault.Message}"));
        var worker = Worker(question, seen, configuration, accounts, result, main is not null);
        var files = new WorkerFiles(accounts, worker);
        if (question.Url is null)
        {
            result.Add(new ApacheJudged { Server = server, Assumed = main is null, IsApache = main is not null, Worker = worker, Texts = plain.Texts });
            if (main is not null) result.Add(new NotLookedAt("no URL was given: with one, the configuration is evaluated for it"));
            return result;
        }

        Move(server, site, files, question);
        var final = seen.Final();
        var exchange = final is not null && SameServer(final.Request.Url, question.Url) ? final : seen.Baseline();
        var url = exchange?.Request.Url ?? question.Url;
        var evaluator = new HttpdEvaluator(server, files, new LocalNames());
        var evaluation = evaluator.Evaluate(Request(question, exchange, url, clock));
        // What was seen first may be a redirect: that is compared with what the configuration says of the first request.
        var first = ReferenceEquals(exchange, seen.Baseline()) ? evaluation : evaluator.Evaluate(Request(question, seen.Baseline(), question.Url, clock));
        // What httpd passes over is read all the same: it may be what was meant to protect the folder.
        foreach (var met in evaluation.RulesFiles.Where(met => !met.Read)) _ = files.Read(met.Path);
        var judged = new ApacheJudged
        {
            Server = server,
            Evaluation = evaluation,
            Assumed = main is null,
            IsApache = main is not null || seen.First<RunningServer>() is { } running && ServerNames.IsProgramOf(running.Program, "Apache httpd") || ServerNames.OfField(final?.Answer?.Value("Server")) == "Apache httpd",
            Seen = exchange?.Status,
            Texts = plain.Texts.Concat(files.Texts).DistinctBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
            Worker = worker,
            Here = files.Here,
            CertificateWanted = url.Scheme == Uri.UriSchemeHttps && question.Certificate is null ? Wanted(evaluation) : null,
        };
        judged = judged with { AccountFiles = AccountFilesProbe.Look(judged, question, accounts, worker), Digest = AccountFilesProbe.LookUp(judged, question, files) };
        result.Add(judged);
        Report(judged, first, path, main is null, result);
        return result;
    }

    /// <summary>Without a configuration the tree alone speaks, and only where nothing says that another server answers.</summary>
    private static bool MayBeHttpd(Observations seen)
    {
        if (seen.First<RunningServer>() is { } running && !ServerNames.IsProgramOf(running.Program, "Apache httpd")) return false;
        return ServerNames.OfField(seen.Final()?.Answer?.Value("Server")) is null or "Apache httpd";
    }

    private static bool SameServer(Uri one, Uri other) => one.Port == other.Port && (one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase) || (one.IsLoopback && other.IsLoopback));

    private static ReadingLimits Limits(Question question, string main, IFileView files)
    {
        var folders = ReadableFolders.Of([main, .. question.ServerConfigurations], CustomaryRoots, question);
        return new ReadingLimits { Roots = folders.Roots, LeadsBelow = folders.HoldsTruly, Environment = EnvironmentFile.Near(main, files) };
    }

    private static string ServerRoot(string main)
    {
        var folder = Path.GetDirectoryName(main)!;
        return Path.GetFileName(folder) is "conf" or "sites-enabled" or "sites-available" or "conf.d" ? Path.GetDirectoryName(folder) ?? folder : folder;
    }

    private static ServerAccount? Worker(Question question, Observations seen, ServerConfiguration configuration, Accounts accounts, List<Observation> result, bool own)
    {
        Directive? Last(string name) => configuration.Directives.LastOrDefault(directive => directive.Is(name) && directive.Arguments.Count == 1);
        if (own && Last("User") is { } user)
        {
            var group = Last("Group")?.Arguments[0];
            result.Add(new WorkerConfigured(user.Arguments[0], group, $"{user.At} User"));
            if (question.ServerUser is null && seen.First<RunningServer>() is null && accounts.Find(user.Arguments[0], group) is { } configured) return configured;
        }

        if (question.ServerUser is { } given && accounts.Find(given) is { } named) return named;
        if (seen.First<RunningServer>() is { } running && ServerNames.IsProgramOf(running.Program, "Apache httpd")) return running.Worker;
        if (own && Last("User") is { } written && accounts.Find(written.Arguments[0], Last("Group")?.Arguments[0]) is { } account) return account;
        return CustomaryAccounts.Select(name => accounts.Find(name)).FirstOrDefault(found => found is not null);
    }

    /// <summary>A configuration of another machine names a document root that is not here: then --site stands for it.</summary>
    private static void Move(HttpdServer server, string? site, WorkerFiles files, Question question)
    {
        if (site is null || question.Url is not { } url) return;
        var host = server.Choose(null, url.Port, url.IdnHost, out _);
        if (host.Word("documentroot") is not { } root) return;
        root = Path.TrimEndingDirectorySeparator(server.Configuration.Rooted(root));
        if (root == site || Directory.Exists(root)) return;
        files.MovedFrom = root;
        files.MovedTo = site;
    }

    /// <summary>SSLVerifyClient require, for the host or the folder.</summary>
    private static Directive? Wanted(HttpdEvaluation evaluation)
    {
        var line = evaluation.Answer.Rules?.Setting("sslverifyclient") ?? evaluation.Host.Settings.GetValueOrDefault("sslverifyclient");
        return line?.Arguments is [var mode] && mode.Equals("require", StringComparison.OrdinalIgnoreCase) ? line : null;
    }

    private static ApacheRequest Request(Question question, Exchange? exchange, Uri url, TimeProvider clock)
    {
        var fields = exchange is not null ? exchange.Request.Fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)).ToList() : [.. question.Headers];
        var hostField = fields.Where(field => field.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).FirstOrDefault();
        if (hostField is null)
        {
            hostField = url.IsDefaultPort ? url.IdnHost : $"{url.IdnHost}:{url.Port}";
            fields.Insert(0, new("Host", hostField));
        }

        if (exchange is null && !fields.Exists(field => field.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase))) fields.Add(new("User-Agent", "gatehouse"));
        var to = exchange?.To ?? (Address.TryParse(url.Host.Trim('[', ']'), out var literal, out _) ? literal : url.IsLoopback ? IPAddress.Loopback : null);
        var client = question.From ?? exchange?.From ?? (to is not null && IPAddress.IsLoopback(to) ? to : IPAddress.Any);
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        if (to is { IsIPv4MappedToIPv6: true }) to = to.MapToIPv4();
        return new ApacheRequest
        {
            Method = exchange?.Request.Method ?? question.Method,
            UnparsedTarget = url.PathAndQuery,
            Path = url.AbsolutePath,
            Headers = fields,
            HostName = HostAddress.Parse(hostField).Host.ToLowerInvariant(),
            Client = client,
            Peer = client,
            ServerAddress = to,
            ServerPort = url.Port,
            Https = url.Scheme == Uri.UriSchemeHttps,
            HasCertificate = exchange is { Variation: Variation.Recorded } || question.Certificate is not null ? null : false,
            Time = exchange?.Answer?.At ?? clock.GetLocalNow(),
        };
    }

    private static void Report(ApacheJudged judged, HttpdEvaluation first, string path, bool assumed, List<Observation> result)
    {
        var evaluation = judged.Evaluation!;
        var answer = evaluation.Answer;
        var root = judged.Server.Configuration;
        List<string> Logs(params string[] names) =>
            [.. names.Select(name => evaluation.Host.Word(name)).OfType<string>().Where(log => log.Length > 0 && log[0] != '|' && !log.StartsWith("syslog", StringComparison.Ordinal)).Select(log => judged.Here(root.Rooted(log))).Distinct(StringComparer.Ordinal)];
        var file = answer.HandedOn && answer.Path is null ? null : answer.Request?.FileName;
        var certificate = judged.CertificateWanted;
        result.Add(new Evaluated
        {
            Server = "Apache httpd",
            File = path,
            Status = assumed || certificate is not null ? null : first.Answer.Status,
            UnknownBecause = assumed ? "the server's own configuration was not given: --server-config FILE" : certificate is not null ? $"{certificate.At} wants a client certificate" : first.Answer.UnknownBecause,
            FilePath = file is null ? null : judged.Here(file),
            HandedOn = first.Answer.HandedOn,
            ErrorLogs = Logs("errorlog"),
            AccessLogs = Logs("customlog", "transferlog"),
            Trace = [.. evaluation.Trace.Where(line => line.By is not null).Select(line => new TraceStep(line.By!.At.File, line.By.At.Line, Shown.Text(line.By), line.Says))],
        });
        if (answer.UnknownBecause is { } why) result.Add(new NotLookedAt($"{path}: {why}"));
        if (assumed) result.Add(new NotLookedAt("no server configuration was given: --server-config FILE would tell which .htaccess files count and what is refused above them"));
        if (file is not null && !answer.HandedOn && answer.Reason is not (AnswerReason.ConfigurationFault or AnswerReason.Unknown or AnswerReason.Redirected) && !assumed)
        {
            var by = evaluation.Trace.LastOrDefault(line => line.Says.StartsWith("maps the path", StringComparison.Ordinal))?.By ?? evaluation.Host.Settings.GetValueOrDefault("documentroot");
            var asked = judged.Here(file);
            if (answer.Request!.PathInfo.Length > 0) asked += answer.Request.PathInfo;
            result.Add(new ResourceMapped(asked, by is null ? path : $"{by.At} {by.Name}", Proved: true));
        }

        var index = answer.Rules?.List("directoryindex").LastOrDefault();
        if (index is not null) result.Add(new IndexNames([.. answer.Rules!.List("directoryindex").SelectMany(line => line.Arguments).Where(name => name != "disabled")], index.At.ToString()));
        else if (!assumed) result.Add(new IndexNames(["index.html"], "httpd's default"));
        if (!assumed && evaluation.RulesFiles.All(met => !met.Read) && evaluation.RulesFiles.Count > 0) result.Add(new RulesFilesNotUsed(evaluation.RulesFiles[^1] is { OtherNames: { } naming } ? $"{naming.At} AccessFileName" : $"{evaluation.RulesFiles[^1].Override.By?.At.ToString() ?? path} AllowOverride None"));
        else if (!assumed && answer.HandedOn && answer.Path is null) result.Add(new RulesFilesNotUsed($"{path} hands the request on"));
    }

    /// <summary>Names that need no name service.</summary>
    private sealed class LocalNames : IAskDns
    {
        public Known ResolvesTo(string host, IPAddress client) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.IsLoopback(client) ? Known.Yes : Known.No : Known.Unknown;
    }

    /// <summary>A text in the place of a main file, with the disk behind it.</summary>
    private sealed class OneText(string path, string text, IFileView files) : IFileView
    {
        public FileFacts? Stat(string asked) => files.Stat(asked);

        public FileFacts? LinkStat(string asked) => files.LinkStat(asked);

        public string? Read(string asked) => asked == path ? text : null;
    }
}
