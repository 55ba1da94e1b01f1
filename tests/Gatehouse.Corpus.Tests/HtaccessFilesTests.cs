using System.Net;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;

namespace Gatehouse.Corpus.Tests;

/// <summary>185 .htaccess files of public projects, and what Apache httpd answered with each as the rules of a document root.</summary>
public class HtaccessFilesTests
{
    private const string Modules =
        "authn_core authn_file authn_anon authn_dbm authn_socache authz_core authz_host authz_user authz_groupfile authz_owner authz_dbm access_compat auth_basic auth_digest auth_form request session session_cookie alias actions "
        + "allowmethods asis autoindex brotli deflate dir env expires filter headers include mime mime_magic negotiation remoteip rewrite setenvif socache_shmcb speling status substitute unique_id usertrack vhost_alias xml2enc";

    private const string Tree =
        "index.html index.php test.php page.html readme.txt README.md LICENSE config.php wp-config.php wp-login.php xmlrpc.php .env .htpasswd .git/config composer.json package.json config.ini settings.yml dump.sql backup.bak error.log "
        + "app.inc template.tpl image.png style.css script.js data.json feed.xml archive.zip doc.pdf page.phtml shell.php5 run.pl run.cgi sub/index.html sub/data.txt admin/index.php uploads/evil.php emptydir/.keep install.php cron.php web.config Makefile";

    [Fact]
    public void Every_answer_that_is_claimed_is_that_of_httpd()
    {
        var files = Corpus.Table("htaccess/manifest.tsv").ToDictionary(row => row["id"], row => row["file"]);
        var extra = Corpus.Table("htaccess/extra-files.tsv").ToDictionary(row => row["id"], row => row["extra_files"].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var score = new AgreementScore();
        foreach (var group in Corpus.Table("htaccess/oracle-apache-2.4.71.tsv").GroupBy(row => row["id"]))
        {
            var rules = Corpus.Text("htaccess/files/" + Path.GetFileName(files[group.Key]));
            var root = $"/srv/www/{group.Key}";
            var tree = new MemoryTree().With("/conf", Configuration(group.Key, root)).With(root + "/.htaccess", rules);
            foreach (var file in Tree.Split(' ').Concat(extra.GetValueOrDefault(group.Key, []))) tree.With($"{root}/{file}", file + "\n");
            var evaluator = new HttpdEvaluator(ServerBuilder.Build(ConfigurationReader.Read("/conf", tree, new ReadingLimits { Roots = ["/"] })), tree, new OnlyLocalhost());
            foreach (var row in group)
            {
                var request = new ApacheRequest { Method = row["method"], UnparsedTarget = row["path"], Path = "", Client = IPAddress.Loopback, Peer = IPAddress.Loopback, ServerAddress = IPAddress.Loopback, HostName = group.Key + ".test", Time = DateTimeOffset.UnixEpoch.AddYears(56) };
                request.Headers.Add(new("Host", group.Key + ".test"));
                request.Headers.Add(new("X-Test-Client", row["client_ip"]));
                var agent = "Mozilla/5.0 (probe)";
                foreach (var (name, value) in Extra(row["extra"]))
                {
                    switch (name)
                    {
                        case "ua": agent = value; break;
                        case "referer": request.Headers.Add(new("Referer", value)); break;
                        case "basic": request.Headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(value)))); break;
                        case "bearer": request.Headers.Add(new("Authorization", "Bearer " + value)); break;
                    }
                }

                request.Headers.Add(new("User-Agent", agent));
                var found = evaluator.Evaluate(request).Answer;
                score.Add(found, int.Parse(row["status"]), () => $"{group.Key} {row["method"]} {row["path"]} {row["client_ip"]} {row["extra"]} -> {row["location"]}");
            }
        }

        score.Assert(leastKnown: 0.98);
    }

    private static string Configuration(string id, string root) => string.Join('\n',
    [
        .. Modules.Split(' ').Select(module => $"LoadModule {module}_module x"),
        "ServerName " + id + ".test",
        "DocumentRoot " + root,
        "RemoteIPHeader X-Test-Client",
        "RemoteIPInternalProxy 127.0.0.0/8",
        "DirectoryIndex index.html",
        "<FilesMatch \"^\\.ht\">",
        "Require all denied",
        "</FilesMatch>",
        "<Directory /srv/www>",
        "AllowOverride All",
        "Options Indexes FollowSymLinks",
        "Require all granted",
        "</Directory>",
        "",
    ]);

    private static IEnumerable<(string Name, string Value)> Extra(string text)
    {
        if (text.IndexOf('=') is var equals and > 0) yield return (text[..equals], text[(equals + 1)..]);
    }
}
