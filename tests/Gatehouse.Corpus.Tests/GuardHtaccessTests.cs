using System.Globalization;
using System.Net;
using System.Text;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.StaticFiles;
using Gatehouse.Guard.Tests;
using Gatehouse.Policy;

namespace Gatehouse.Corpus.Tests;

/// <summary>The same 185 files as the rules of sites with <c>htaccess: honour</c>, asked over HTTP: the Guard's status is what Apache httpd's was.</summary>
public sealed class GuardHtaccessTests
{
    private const string Tree =
        "index.html index.php test.php page.html readme.txt README.md LICENSE config.php wp-config.php wp-login.php xmlrpc.php .env .htpasswd .git/config composer.json package.json config.ini settings.yml dump.sql backup.bak error.log "
        + "app.inc template.tpl image.png style.css script.js data.json feed.xml archive.zip doc.pdf page.phtml shell.php5 run.pl run.cgi sub/index.html sub/data.txt admin/index.php uploads/evil.php emptydir/.keep install.php cron.php web.config Makefile";

    [Fact]
    public async Task The_guard_answers_what_httpd_answered()
    {
        var files = Corpus.Table("htaccess/manifest.tsv").ToDictionary(row => row["id"], row => row["file"]);
        var extra = Corpus.Table("htaccess/extra-files.tsv").ToDictionary(row => row["id"], row => row["extra_files"].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var folder = Directory.CreateTempSubdirectory("gatehouse-corpus-").FullName;
        try
        {
            var policy = AccessPolicy.Load([], [new RuleText { Pattern = "/**", Words = "anyone", File = "t", Line = 1 }], new PolicySurroundings { CountriesKnown = false, OpenList = _ => (null, null), Schemes = new Dictionary<Scheme, SchemeAbilities>() }, out _);
            var sites = new Dictionary<string, GuardedSite>(StringComparer.Ordinal);
            foreach (var (id, file) in files)
            {
                var root = Path.Combine(folder, id);
                foreach (var name in Tree.Split(' ').Concat(extra.GetValueOrDefault(id, [])))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
                    await File.WriteAllTextAsync(Path.Combine(root, name), name + "\n");
                }

                await File.WriteAllTextAsync(Path.Combine(root, ".htaccess"), Corpus.Text("htaccess/files/" + Path.GetFileName(file)));
                sites[id + ".test"] = new GuardedSite { Name = id, Policy = policy!, Authenticators = [], Content = new HtaccessSite(new() { Root = root, IndexFiles = ["index.html"] }, id + ".test").ServeAsync };
            }

            await using var guard = await RunningGuard.StartAsync(host => sites.GetValueOrDefault(host), new RequestSurroundings { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
            var wrong = new List<string>();
            var step = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1" ? 1 : 7;
            int asked = 0, traces = 0, hidden = 0, listed = 0, ambiguous = 0, closed = 0;
            foreach (var row in Corpus.Table("htaccess/oracle-apache-2.4.71.tsv").Where((_, i) => i % step == 0))
            {
                var fields = new StringBuilder();
                var agent = "Mozilla/5.0 (probe)";
                var (kind, text) = row["extra"].IndexOf('=', StringComparison.Ordinal) is var equals and > 0 ? (row["extra"][..equals], row["extra"][(equals + 1)..]) : ("", "");
                if (kind == "ua") agent = text;
                if (kind == "referer") fields.Append(CultureInfo.InvariantCulture, $"Referer: {text}\r\n");
                if (kind == "basic") fields.Append(CultureInfo.InvariantCulture, $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\r\n");
                if (kind == "bearer") fields.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {text}\r\n");
                if (agent.Length > 0) fields.Append(CultureInfo.InvariantCulture, $"User-Agent: {agent}\r\n");
                if (row["method"] is not ("GET" or "HEAD" or "OPTIONS")) fields.Append("Content-Length: 0\r\n");
                var answer = await Gatehouse.Tests.Apache.HttpdAnswer.AskAsync(guard.Port, $"{row["method"]} {row["path"]} HTTP/1.1\r\nHost: {row["id"]}.test\r\nX-Forwarded-For: {row["client_ip"]}\r\nConnection: close\r\n{fields}\r\n");
                asked++;
                var there = int.Parse(row["status"], CultureInfo.InvariantCulture);
                if (answer.Status == there) continue;
                if (answer.Status == 400) ambiguous++;
                else if (row["method"] == "TRACE" && answer.Status == 501) traces++;
                else if (answer.Status == 403 && IsHidden(row["path"])) hidden++;
                else if (answer.Status == 403 && there == 200 && row["path"].Split('?')[0].EndsWith('/')) listed++;
                else if (answer.Status == 500) closed++;
                else wrong.Add($"httpd {there}, the Guard {answer.Status}: {row["id"]} {row["method"]} {row["path"]} {row["client_ip"]} {row["extra"]}");
            }

            var score = string.Create(CultureInfo.InvariantCulture, $"{asked} asked, {wrong.Count} differ; the Guard's own ways: {hidden} hidden names, {listed} listings, {ambiguous} ambiguous paths, {traces} TRACE; {closed} refused because they can't be told");
            TestContext.Current.TestOutputHelper?.WriteLine(score);
            Assert.True(wrong.Count == 0 && closed * 50 <= asked, $"{score}\n{string.Join('\n', wrong.Take(40))}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsHidden(string path) => path.Split('?')[0].Split('/').Any(name => name.StartsWith('.') || name.EndsWith(".bak", StringComparison.OrdinalIgnoreCase) || name.EndsWith('~') || name is "web.config");
}
