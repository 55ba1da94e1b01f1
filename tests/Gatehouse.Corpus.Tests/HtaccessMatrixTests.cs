using System.Net;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;

namespace Gatehouse.Corpus.Tests;

/// <summary>What Apache httpd answered to 1,284 small .htaccess files, beside what is evaluated for them.</summary>
public class HtaccessMatrixTests
{
    private const string Configuration = """
        LoadModule authn_core_module x
        LoadModule authn_file_module x
        LoadModule authz_core_module x
        LoadModule authz_host_module x
        LoadModule authz_user_module x
        LoadModule authz_groupfile_module x
        LoadModule access_compat_module x
        LoadModule auth_basic_module x
        LoadModule alias_module x
        LoadModule dir_module x
        LoadModule mime_module x
        LoadModule remoteip_module x
        LoadModule setenvif_module x
        LoadModule rewrite_module x
        DocumentRoot /site
        RemoteIPHeader X-Test-Client
        RemoteIPInternalProxy 127.0.0.0/8
        SetEnvIf X-Good 1 GOOD
        <Directory /site>
            AllowOverride All
            Require all granted
        </Directory>
        """;

    private static readonly Dictionary<string, string> Passwords = new(StringComparer.Ordinal) { ["alice"] = "alice:wonder", ["bob"] = "bob:builder", ["wrong"] = "alice:no", ["unknown"] = "nobody:x" };

    [Fact]
    public void Every_answer_that_is_claimed_is_that_of_httpd()
    {
        var snippets = Corpus.Table("htaccess-matrix/snippets.tsv").ToDictionary(row => row["id"], row => row["htaccess_escaped"].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
        var score = new AgreementScore();
        foreach (var group in Corpus.Table("htaccess-matrix/apache-2.4.71-answers.tsv").GroupBy(row => row["id"]))
        {
            var tree = new MemoryTree().With("/conf", Configuration).With("/site/f.txt", "f").With("/site/g.html", "g").With("/site/.htaccess", snippets[group.Key])
                .With("/srv/mx.pw", Corpus.Text("htaccess-matrix/users.htpasswd")).With("/srv/mx.grp", Corpus.Text("htaccess-matrix/groups"));
            var evaluator = new HttpdEvaluator(ServerBuilder.Build(ConfigurationReader.Read("/conf", tree, new ReadingLimits { Roots = ["/"] })), tree, new OnlyLocalhost());
            foreach (var row in group)
            {
                var request = new ApacheRequest { Method = row["method"], UnparsedTarget = "/" + row["file"], Path = "", Client = IPAddress.Loopback, Peer = IPAddress.Loopback, ServerAddress = IPAddress.Loopback, HostName = "h" };
                request.Headers.Add(new("X-Test-Client", row["client_ip"]));
                if (row["env_good"] == "1") request.Headers.Add(new("X-Good", "1"));
                if (Passwords.TryGetValue(row["user"], out var login)) request.Headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login))));
                var found = evaluator.Evaluate(request).Answer;
                score.Add(found, int.Parse(row["status"]), () => $"{group.Key} {row["method"]} {row["file"]} {row["client_ip"]} {row["user"]} {row["env_good"]}\n{snippets[group.Key]}");
            }
        }

        score.Assert(leastKnown: 0.98);
    }
}

/// <summary>The name service as it was where httpd was asked: it knows localhost alone.</summary>
internal sealed class OnlyLocalhost : IAskDns
{
    public Known ClientIsIn(string domain, IPAddress client) => domain == "localhost" && IPAddress.IsLoopback(client) ? Known.Yes : Known.No;

    public Known ResolvesTo(string host, IPAddress client) => host == "localhost" && IPAddress.IsLoopback(client) ? Known.Yes : Known.No;
}
