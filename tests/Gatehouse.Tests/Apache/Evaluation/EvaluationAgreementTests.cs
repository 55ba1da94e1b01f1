using System.Diagnostics;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;

namespace Gatehouse.Tests.Apache.Evaluation;

/// <summary>Configurations written by hand, one for each part of the evaluation, with httpd itself as the oracle.</summary>
public class EvaluationAgreementTests
{
    private static readonly string[] Paths =
    [
        "/", "/index.html", "/a.txt", "/missing", "/sub", "/sub/", "/sub/a.txt", "/sub/b.html", "/sub/deep/a.txt", "/sub/deep/", "/empty/", "/empty", "/a.txt/more", "/%61.txt", "/a%2ftxt", "/../x", "/.htaccess", "//a.txt", "/sub/./a.txt", "/sub/%2e%2e/a.txt",
        "/link.txt", "/linkdir/a.txt", "/dangling", "/alias/a.txt", "/alias", "/aliasx", "/old/x", "/gone", "/rx/7", "/%zz", "/a.bak", "/sub/x.bak", "/private/a.txt", "/private/",
    ];

    private static readonly string[] Logins = ["", "alice:wonder", "alice:no", "bob:builder", "nobody:x", ":", "alice"];

    public static TheoryData<string, string> Configurations => new()
    {
        { "directories by depth, files, locations", """
            <Directory @FOLDER@/www>
              Require all granted
              Options FollowSymLinks
            </Directory>
            <Directory @FOLDER@/www/sub>
              Require all denied
            </Directory>
            <Directory @FOLDER@/www/*/deep>
              Require all granted
            </Directory>
            <DirectoryMatch "/empty/$">
              Options +Indexes
            </DirectoryMatch>
            <Files "*.bak">
              Require all denied
            </Files>
            <FilesMatch "^b\.html$">
              Require all granted
            </FilesMatch>
            <Location "/sub/b.html">
              Require all denied
            </Location>
            """ },
        { "rules files by AllowOverride", """
            <Directory @FOLDER@/www>
              Require all granted
              AllowOverride AuthConfig Limit FileInfo
              Options FollowSymLinks Indexes
            </Directory>
            <Directory @FOLDER@/www/empty>
              AllowOverride None
            </Directory>
            """ },
        { "AllowOverride never written", """
            <Directory @FOLDER@/www>
              Require all granted
            </Directory>
            """ },
        { "links", """
            <Directory @FOLDER@/www>
              Require all granted
              Options -FollowSymLinks +SymLinksIfOwnerMatch
            </Directory>
            <Directory @FOLDER@/www/sub>
              Options None
            </Directory>
            """ },
        { "no links", """
            <Directory @FOLDER@/www>
              Require all granted
              Options None
            </Directory>
            """ },
        { "logins and merging", """
            <Directory @FOLDER@/www>
              AuthType Basic
              AuthName "x"
              AuthUserFile @FOLDER@/users
              AuthGroupFile @FOLDER@/groups
              Require valid-user
            </Directory>
            <Directory @FOLDER@/www/sub>
              AuthMerging And
              Require group admins
            </Directory>
            <Directory @FOLDER@/www/sub/deep>
              AuthMerging Or
              Require all granted
            </Directory>
            <Directory @FOLDER@/www/empty>
              AuthzSendForbiddenOnFailure On
              Require user bob
            </Directory>
            <Location /a.bak>
              AuthMerging Off
            </Location>
            <Location /missing>
              AuthType None
              Require all granted
            </Location>
            """ },
        { "old rules beside new", """
            <Directory @FOLDER@/www>
              Require all granted
              Order deny,allow
              Deny from 127.0.0.0/8
              Satisfy any
              AuthType Basic
              AuthName x
              AuthUserFile @FOLDER@/users
            </Directory>
            <Directory @FOLDER@/www/sub>
              Require valid-user
            </Directory>
            <Directory @FOLDER@/www/empty>
              Order allow,deny
              Allow from 127
            </Directory>
            <Location /index.html>
              Satisfy all
              Require valid-user
            </Location>
            """ },
        { "aliases, redirects, methods, errors", """
            Alias /alias @FOLDER@/www/sub
            AliasMatch ^/rx/([0-9])$ @FOLDER@/www/a.txt
            Redirect 410 /gone
            RedirectMatch 403 ^/old/
            RedirectPermanent /aliasx http://other.test/
            ErrorDocument 403 http://other.test/forbidden
            TraceEnable off
            FallbackResource /a.txt
            <Directory @FOLDER@/www>
              Require all granted
              AllowMethods GET POST OPTIONS
              DirectoryIndex none.html index.html
              DirectorySlash Off
            </Directory>
            <Location /private>
              <LimitExcept GET>
                Require all denied
              </LimitExcept>
            </Location>
            """ },
        { "conditions", """
            SetEnvIf User-Agent bad blocked
            SetEnvIfNoCase X-Key ^secret$ key
            <Directory @FOLDER@/www>
              <RequireAll>
                Require all granted
                Require not env blocked
                <RequireAny>
                  Require method GET
                  Require env key
                  Require expr "%{REQUEST_URI} =~ m#^/sub#"
                </RequireAny>
                <RequireNone>
                  Require ip 10.0.0.0/8
                </RequireNone>
              </RequireAll>
            </Directory>
            <If "%{QUERY_STRING} == 'no'">
              Require all denied
            </If>
            <ElseIf "%{QUERY_STRING} == 'yes'">
              Require all granted
            </ElseIf>
            <Else>
              Options +Indexes
            </Else>
            RewriteEngine On
            RewriteRule ^/old/ - [F]
            RewriteRule ^/gone$ /a.txt [PT]
            """ },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task The_evaluated_status_is_that_of_httpd(string name, string configuration)
    {
        Assert.NotEmpty(name);
        RealHttpd.Require();
        await using var agreement = await HttpdAgreement.StartAsync(await TreeAsync(), configuration);
        foreach (var path in Paths)
        {
            foreach (var method in (string[])["GET", "POST", "OPTIONS", "PUT", "TRACE"]) await agreement.AskAsync(new(method, path));
            await agreement.AskAsync(new("GET", path + "?no", "User-Agent: a bad one"));
            await agreement.AskAsync(new("GET", path + "?no"));
            await agreement.AskAsync(new("POST", path + "?yes", "X-Key: SECRET"));
            foreach (var login in Logins.Skip(1)) await agreement.AskAsync(new("GET", path, HttpdAgreement.Basic(login)));
            await agreement.AskAsync(new("GET", path, "Authorization: Bearer abc"));
        }

        Assert.True(agreement.Differences.Count == 0, $"{agreement.Asked} asked, {agreement.Known} claimed, {agreement.Differences.Count} wrong\n{string.Join('\n', agreement.Differences.Take(40))}");
        Assert.True(agreement.Known >= 0.98 * agreement.Asked, $"{agreement.Known} of {agreement.Asked} claimed");
    }

    [Fact]
    public async Task The_index_file_is_judged_anew_where_a_section_of_the_URL_applies_and_not_where_only_the_folder_does()
    {
        RealHttpd.Require();
        foreach (var section in (string[])["Location \"/\"", "Files \"*\"", "If \"true\"", "Directory \"@FOLDER@/www/\""])
        {
            // What POST and OPTIONS may, the look-up of the index file by GET may not.
            var rules = "<RequireAll>\nRequire method POST PUT\n</RequireAll>\n<LimitExcept GET>\nRequire all granted\n</LimitExcept>\n";
            await using var agreement = await HttpdAgreement.StartAsync(await TreeAsync(), $"<Directory \"@FOLDER@/www\">\nRequire all granted\n</Directory>\n<{section}>\n{rules}</{section.Split(' ')[0]}>\n");
            foreach (var method in (string[])["OPTIONS", "POST", "GET"])
                foreach (var path in (string[])["/", "/index.html", "/a.txt"]) await agreement.AskAsync(new(method, path));
            Assert.True(agreement.Differences.Count == 0, $"{section}: {string.Join('\n', agreement.Differences)}");
        }
    }

    [Fact]
    public async Task AllowOverride_permits_the_options_that_httpd_permits()
    {
        RealHttpd.Require();
        var folder = RealHttpd.NewFolder();
        var configuration = new System.Text.StringBuilder();
        var count = 0;
        foreach (var allows in (string[])["Options", "All", "All Options", "Options=All", "Options=MultiViews", "Options FileInfo"])
        {
            foreach (var option in (string[])["+MultiViews", "+SymLinksIfOwnerMatch", "+FollowSymLinks", "All", "None"])
            {
                configuration.Append($"<Directory @FOLDER@/www/{++count}>\nAllowOverride {allows}\nRequire all granted\n</Directory>\n");
                RealHttpd.Write(folder, $"www/{count}/.htaccess", $"Options {option}\n");
                RealHttpd.Write(folder, $"www/{count}/f", "");
            }
        }

        await using var agreement = await HttpdAgreement.StartAsync(folder, configuration.ToString());
        for (var i = 1; i <= count; i++) await agreement.AskAsync(new("GET", $"/{i}/f"));
        Assert.True(agreement.Differences.Count == 0, string.Join('\n', agreement.Differences));
        Assert.Equal(count, agreement.Known);
    }

    [Fact]
    public void Ten_thousand_lines_are_read_and_evaluated_and_it_ends()
    {
        var text = new System.Text.StringBuilder("LoadModule authz_core_module x\nLoadModule authz_host_module x\nLoadModule access_compat_module x\nLoadModule setenvif_module x\nDocumentRoot /srv\n");
        for (var i = 0; i < 1600; i++) text.Append($"# section {i}\n<Directory \"/srv/site{i}\">\n    Options -Indexes +FollowSymLinks\n    AllowOverride None\n    Require ip 10.{i % 250}.0.0/16\n</Directory>\nSetEnvIf User-Agent \"^bot{i}\" bot{i}\n");
        var files = new OneFile("/etc/httpd.conf", text.ToString());
        // Speed is measured in bench/; this only guards against a hang.
        var clock = Stopwatch.StartNew();
        Assert.Equal(403, Evaluate(files).Status);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }

    private static Gatehouse.Apache.Evaluation.HttpdAnswer Evaluate(OneFile files)
    {
        var server = ServerBuilder.Build(ConfigurationReader.Read("/etc/httpd.conf", files, new ReadingLimits { Roots = ["/etc"] }));
        return new HttpdEvaluator(server, files).Evaluate(new() { Method = "GET", UnparsedTarget = "/site1599/x", Path = "", Client = System.Net.IPAddress.Loopback, Peer = System.Net.IPAddress.Loopback }).Answer;
    }

    internal static async Task<string> TreeAsync()
    {
        var folder = RealHttpd.NewFolder();
        foreach (var path in (string[])["index.html", "a.txt", "a.bak", "sub/a.txt", "sub/b.html", "sub/x.bak", "sub/deep/a.txt", "empty/.keep", "private/a.txt", "private/index.html"]) RealHttpd.Write(folder, "www/" + path, path);
        RealHttpd.Write(folder, "www/sub/.htaccess", "Require user alice\n");
        RealHttpd.Write(folder, "www/sub/deep/.htaccess", "Require all granted\nErrorDocument 404 /a.txt\n");
        RealHttpd.Write(folder, "www/private/.htaccess", "Order deny,allow\nDeny from all\n");
        RealHttpd.Write(folder, "www/empty/.htaccess", "Options -Indexes\n");
        File.CreateSymbolicLink(Path.Combine(folder, "www/link.txt"), "a.txt");
        File.CreateSymbolicLink(Path.Combine(folder, "www/linkdir"), "sub/deep");
        File.CreateSymbolicLink(Path.Combine(folder, "www/dangling"), "nothing");
        // {SHA} entries: quick to verify, so that thousands of requests are.
#pragma warning disable CA5350 // it is what htpasswd -s writes; no secret is kept with it
        static string Sha(string password) => "{SHA}" + Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        RealHttpd.Write(folder, "users", $"alice:{Sha("wonder")}\nbob:{Sha("builder")}\n");
        RealHttpd.Write(folder, "groups", "admins: alice\n");
        await Task.CompletedTask;
        return folder;
    }

    /// <summary>A disk with one file.</summary>
    private sealed class OneFile(string path, string text) : Gatehouse.Apache.IFileView
    {
        public Gatehouse.Apache.FileFacts? Stat(string asked) => asked.EndsWith(".htaccess", StringComparison.Ordinal) ? null : asked == path || asked.EndsWith("/x", StringComparison.Ordinal) ? new(Gatehouse.Apache.EntryKind.File, text.Length, 0, true, false) : new(Gatehouse.Apache.EntryKind.Directory, 0, 0, true, true);

        public Gatehouse.Apache.FileFacts? LinkStat(string asked) => Stat(asked);

        public string? Read(string asked) => asked == path ? text : null;
    }
}
