using System.Globalization;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Doctor.Tests.Nginx;

namespace Gatehouse.Corpus.Tests;

/// <summary>Configurations of others on the real nginx, as far as they load: the evaluated status is the one that comes.</summary>
public class NginxRealConfTests
{
    /// <summary>What an installation of nginx's usual modules loads at least, of those that are read.</summary>
    private const int MinLoaded = 30;

    private static readonly string[] Targets =
    [
        "/", "/index.html", "/a.html", "/nothing", "/docs/", "/docs/page.html", "/.hidden", "/.git/config", "/.well-known/acme-challenge/x", "/private/", "/private/x.php", "/index.php", "/wp-login.php", "/wp-config.php", "/xmlrpc.php", "/uploads/x.php", "/wp-content/uploads/x.php",
        "/img/a.png", "/closed/in.html", "/unreadable.html", "/empty/", "/a.html?x=1", "/readme.txt", "/system/x", "/protected/x", "/b.txt", "/config.yml", "/favicon.ico", "/robots.txt", "/backup.sql",
    ];

    [Fact]
    public void Real_configurations_answer_on_the_real_nginx_as_they_are_evaluated()
    {
        _ = RealNginx.Program;
        var agreement = new Agreement();
        var loaded = 0;
        var refused = new List<string>();
        foreach (var path in Corpus.Files("nginx-confs", "*.conf"))
        {
            var file = ConfTree.Load(path, new DiskConf(new ReadableFolders([Path.GetDirectoryName(path)!])));
            if (file.Faults.Count > 0) continue;
            var folder = RealNginx.NewFolder();
            NginxSite.Make(folder);
            var port = RealNginx.FreePorts(1)[0];
            if (AdaptedConf.Of(file.Nodes, folder, port) is not { } http)
            {
                Directory.Delete(folder, recursive: true);
                continue;
            }

            using var nginx = RealNginx.Start(folder, http, port, out var complaint);
            if (nginx is null)
            {
                refused.Add($"{Path.GetFileName(path)}: {complaint.Trim().Split('\n')[0]}");
                Directory.Delete(folder, recursive: true);
                continue;
            }

            loaded++;
            var hosts = nginx.Model.Servers.SelectMany(server => server.Names.Take(1)).Select(name => name.Text).Where(name => name.Length > 0 && name[0] != '~' && name != "_").Select(name => name.TrimStart('.').Replace("*", "www", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(3).Append("localhost");
            foreach (var host in hosts)
                foreach (var target in Targets)
                    agreement.Hold(nginx, new Asked(target) { Host = host, Headers = [("User-Agent", "Mozilla/5.0")] }, port, Path.GetFileName(path));
            agreement.Hold(nginx, new Asked("/a.html") { Method = "POST" }, port, Path.GetFileName(path));
            agreement.Hold(nginx, new Asked("/a.html") { Method = "DELETE" }, port, Path.GetFileName(path));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{loaded} loaded; {agreement}\n{string.Join('\n', refused)}"));
        Assert.True(loaded >= MinLoaded, $"only {loaded} load\n{string.Join('\n', refused)}");
        agreement.Check(share: 0.5);
    }
}
