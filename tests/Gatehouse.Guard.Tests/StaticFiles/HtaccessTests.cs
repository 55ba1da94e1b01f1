using System.Globalization;
using System.Text;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.StaticFiles;
using Gatehouse.Policy;
using Gatehouse.Tests.Apache;

namespace Gatehouse.Guard.Tests.StaticFiles;

/// <summary>The Guard and the real Apache httpd side by side over the same tree of folders, each with .htaccess files of its own.</summary>
public sealed class HtaccessTests
{
    private const string Hash = "$apr1$gatehous$PSc9lSHYeHEvRx6AWf7vR1";

    /// <summary>Files of a case, <c>path: content</c>; <c>@</c> stands for the case's own URL path, <c>@ROOT@</c> for its folder on the disk.</summary>
    private static readonly (string Name, (string Path, string Content)[] Files)[] Cases =
    [
        ("all denied", [(".htaccess", "Require all denied\n")]),
        ("granted below", [(".htaccess", "Require all denied\n"), ("sub/.htaccess", "Require all granted\n")]),
        ("old denial", [(".htaccess", "Order deny,allow\nDeny from all\n")]),
        ("old denial of one address", [(".htaccess", "Order allow,deny\nAllow from all\nDeny from 127.0.0.1\n")]),
        ("only an address", [(".htaccess", "Require ip 127.0.0.0/8\n")]),
        ("another address", [(".htaccess", "Require ip 10.0.0.0/8\n")]),
        ("files by pattern", [(".htaccess", "<FilesMatch \"\\.(txt|old)$\">\nRequire all denied\n</FilesMatch>\n")]),
        ("a file by name", [(".htaccess", "<Files \"a.txt\">\nRequire all denied\n</Files>\n")]),
        ("login", [(".htaccess", "AuthType Basic\nAuthName \"the \\\"shop\\\"\"\nAuthUserFile @ROOT@/../../users\nRequire valid-user\n")]),
        ("login of one", [(".htaccess", "AuthType Basic\nAuthName x\nAuthUserFile @ROOT@/../../users\nRequire user bob\n")]),
        ("login or address", [(".htaccess", "AuthType Basic\nAuthName x\nAuthUserFile @ROOT@/../../users\n<RequireAny>\nRequire ip 127.0.0.1\nRequire valid-user\n</RequireAny>\n")]),
        ("login without a file", [(".htaccess", "AuthType Basic\nAuthName x\nAuthUserFile @ROOT@/none\nRequire valid-user\n")]),
        ("login without a type", [(".htaccess", "Require valid-user\n")]),
        ("typing error", [(".htaccess", "Requre all granted\n")]),
        ("bad argument", [(".htaccess", "RewriteEngine maybe\n")]),
        ("bad flag", [(".htaccess", "RewriteEngine On\nRewriteRule ^ - [Z]\n")]),
        ("php values", [(".htaccess", "php_value memory_limit 1M\n")]),
        ("php values in a condition", [(".htaccess", "<IfModule mod_php.c>\nphp_value memory_limit 1M\n</IfModule>\n")]),
        ("front controller", [(".htaccess", "RewriteEngine On\nRewriteBase @\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME} !-d\nRewriteRule . @/index.html [L]\n")]),
        ("front controller without base", [(".htaccess", "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ index.html?p=$1 [QSA,L]\n")]),
        ("forbidden by query", [(".htaccess", "RewriteEngine On\nRewriteCond %{QUERY_STRING} (\\.\\.|union) [NC]\nRewriteRule ^ - [F]\n")]),
        ("forbidden by agent", [(".htaccess", "RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} ^$ [OR]\nRewriteCond %{HTTP_USER_AGENT} probe [NC]\nRewriteRule .* - [F,L]\n")]),
        ("gone", [(".htaccess", "RewriteEngine On\nRewriteRule ^a\\.txt$ - [G]\n")]),
        ("rewritten to a file", [(".htaccess", "RewriteEngine On\nRewriteRule ^old/(.*)$ sub/$1 [L]\n")]),
        ("redirected", [(".htaccess", "RewriteEngine On\nRewriteRule ^a(.*)$ @/sub/b$1 [R=301,L]\n")]),
        ("redirected elsewhere", [(".htaccess", "RewriteEngine On\nRewriteRule ^a(.*)$ https://other.test/x$1?y [R,L]\n")]),
        ("redirected to https", [(".htaccess", "RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^(.*)$ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n")]),
        ("Redirect", [(".htaccess", "Redirect 302 @/a.txt /elsewhere\nRedirect gone @/index.html\nRedirectMatch 403 \\.old$\n")]),
        ("status by rule", [(".htaccess", "RewriteEngine On\nRewriteRule ^a - [R=404]\nRewriteRule ^sub - [R=451]\nRewriteRule ^index - [R=503]\n")]),
        ("round in circles", [(".htaccess", "RewriteEngine On\nRewriteRule ^(.*)$ x$1\n")]),
        ("rules below replace", [(".htaccess", "RewriteEngine On\nRewriteRule . - [F]\n"), ("sub/.htaccess", "RewriteEngine On\nRewriteRule ^none$ b.txt\n")]),
        ("rules below inherit", [(".htaccess", "RewriteEngine On\nRewriteRule none - [G]\n"), ("sub/.htaccess", "RewriteEngine On\nRewriteOptions Inherit\nRewriteRule ^c$ b.txt\n")]),
        ("engine off below", [(".htaccess", "RewriteEngine On\nRewriteRule . - [F]\n"), ("sub/.htaccess", "RewriteEngine Off\n")]),
        ("index by name", [(".htaccess", "DirectoryIndex a.txt\n")]),
        ("no index", [(".htaccess", "DirectoryIndex none.html\n")]),
        ("fallback", [(".htaccess", "FallbackResource @/index.html\n")]),
        ("environment", [(".htaccess", "SetEnvIf User-Agent probe ok\nOrder deny,allow\nDeny from all\nAllow from env=ok\n")]),
        ("environment required", [(".htaccess", "SetEnvIfNoCase Referer \"^$\" direct\nRequire env direct\n")]),
        ("If", [(".htaccess", "<If \"%{QUERY_STRING} =~ /secret/\">\nRequire all denied\n</If>\n")]),
        ("methods", [(".htaccess", "<LimitExcept GET>\nRequire all denied\n</LimitExcept>\n")]),
        ("error page elsewhere", [(".htaccess", "ErrorDocument 403 http://other.test/denied\nRequire all denied\n")]),
        ("error page here", [(".htaccess", "ErrorDocument 403 @/index.html\nRequire all denied\n")]),
        ("hot links", [(".htaccess", "RewriteEngine On\nRewriteCond %{HTTP_REFERER} !^$\nRewriteCond %{HTTP_REFERER} !^https?://lab\\.test/ [NC]\nRewriteRule \\.(txt)$ - [F,NC]\n")]),
        ("trailing slash away", [(".htaccess", "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-d\nRewriteRule ^(.*)/$ @/$1 [R=301,L]\n")]),
        ("extension hidden", [(".htaccess", "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME}.html -f\nRewriteRule ^(.*)$ $1.html [L]\n")]),
        ("headers and types", [(".htaccess", "<IfModule mod_headers.c>\nHeader set X-Frame-Options DENY\n</IfModule>\nAddType text/plain .txt\nExpiresActive On\nFileETag None\n")]),
        ("listing off", [(".htaccess", "Options -Indexes\n")]),
        ("expr", [(".htaccess", "Require expr \"%{REQUEST_URI} -strmatch '*.txt'\"\n")]),
        ("none of", [(".htaccess", "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 127.0.0.1\n</RequireNone>\n</RequireAll>\n")]),
        ("end", [(".htaccess", "RewriteEngine On\nRewriteRule ^a\\.txt$ sub/b.txt [END]\nRewriteRule ^sub - [F]\n")]),
    ];

    private static readonly string[] Paths = ["/", "/a.txt", "/index.html", "/none", "/sub", "/sub/", "/sub/b.txt", "/sub/none", "/a.txt?x=union", "/old/b.txt", "/page", "/x.old", "/a.txt/info", "/sub/c?secret", "/index"];

    [Fact]
    public async Task The_guard_answers_as_httpd_does_over_the_same_tree()
    {
        RealHttpd.Require();
        var folder = RealHttpd.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), $"alice:{Hash}\nbob:{Hash}\n");
        for (var i = 0; i < Cases.Length; i++)
        {
            var root = $"{folder}/www/t{i}";
            foreach (var file in new[] { "a.txt", "index.html", "sub/b.txt", "page.html", "x.old", "sub/index.html" }) RealHttpd.Write(root, file, $"{i} {file}");
            foreach (var (path, content) in Cases[i].Files) RealHttpd.Write(root, path, content.Replace("@ROOT@", root, StringComparison.Ordinal).Replace("@", $"/t{i}", StringComparison.Ordinal));
        }

        await using var httpd = await RealHttpd.StartAsync(folder, "DirectoryIndex index.html index.htm\n<Directory />\nOptions FollowSymLinks\n</Directory>\n<Directory @FOLDER@/www>\nAllowOverride All\nRequire all granted\n</Directory>\n<FilesMatch \"^\\.ht\">\nRequire all denied\n</FilesMatch>\n");
        var site = new HtaccessSite(new() { Root = httpd.Root }, null);
        var policy = Anyone(out var faults);
        Assert.Empty(faults);
        await using var guard = await RunningGuard.StartAsync(_ => new GuardedSite { Name = "t", Policy = policy!, Authenticators = [], Content = site.ServeAsync });
        var wrong = new StringBuilder();
        var asked = 0;
        for (var i = 0; i < Cases.Length; i++)
        {
            foreach (var path in Paths)
            {
                foreach (var fields in Variants(Cases[i].Name))
                {
                    foreach (var method in path == "/a.txt" ? new[] { "GET", "POST", "HEAD" } : ["GET"])
                    {
                        asked++;
                        string[] all = method == "POST" ? [.. fields, "Content-Length: 0"] : fields;
                        var there = await httpd.AskAsync($"/t{i}{path}", "lab.test", method, all);
                        var here = await guard.AskAsync($"/t{i}{path}", method, all);

                        // A file with something behind its name and every other file that is not there look the same.
                        var (a, b) = (Shown(there.Status, there["Location"], method == "GET" ? there.Body : ""), Shown(here.Status, here["Location"], method == "GET" ? here.Body : ""));
                        if (a != b) wrong.AppendLine(CultureInfo.InvariantCulture, $"{Cases[i].Name}: {method} /t{i}{path} {string.Join(',', fields)}: there {a}, here {b}");
                        if (there.Status == 401 && here.All("WWW-Authenticate") is not [['B', 'a', 's', 'i', 'c', ..]]) wrong.AppendLine(CultureInfo.InvariantCulture, $"{Cases[i].Name}: 401 without its challenge");
                    }
                }
            }
        }

        Assert.True(wrong.Length == 0, $"of {asked}:\n{wrong}");

        static string Shown(int status, string? location, string body) => status switch
        {
            200 => $"200 {body}",
            // The port is another, and the Guard keeps to paths where httpd makes them absolute; 308 is its 301 of folders.
            >= 300 and < 400 => $"{status} {Place(location!)}",
            _ => status.ToString(CultureInfo.InvariantCulture),
        };

        static string Place(string location) => location.StartsWith("http://lab.test", StringComparison.Ordinal) ? location["http://lab.test".Length..] : location;
    }

    private static AccessPolicy? Anyone(out IReadOnlyList<PolicyFault> faults) =>
        AccessPolicy.Load([], [new RuleText { Pattern = "/**", Words = "anyone", File = "t", Line = 1 }], new PolicySurroundings { CountriesKnown = false, OpenList = _ => (null, null), Schemes = new Dictionary<Scheme, SchemeAbilities>() }, out faults);

    private static string[][] Variants(string name) => name switch
    {
        _ when name.StartsWith("login", StringComparison.Ordinal) => [[], [Basic("alice", "secret")], [Basic("bob", "secret")], [Basic("alice", "wrong")], [Basic("carol", "secret")], ["Authorization: Bearer x"], ["Authorization: Basic ?"]],
        "forbidden by agent" or "environment" => [[], ["User-Agent: probe/1"], ["User-Agent: other"]],
        "hot links" or "environment required" => [[], ["Referer: http://lab.test/x"], ["Referer: http://evil.test/"]],
        _ => [["User-Agent: t"]],
    };

    private static string Basic(string user, string password) => "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    [Fact]
    public async Task A_changed_file_is_obeyed_within_a_second()
    {
        var root = Directory.CreateTempSubdirectory("gatehouse-site-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(root, "a.txt"), "a");
            var site = new HtaccessSite(new() { Root = root }, null);
            var policy = Anyone(out _);
            await using var guard = await RunningGuard.StartAsync(_ => new GuardedSite { Name = "t", Policy = policy!, Authenticators = [], Content = site.ServeAsync });
            Assert.Equal(200, (await guard.AskAsync("/a.txt")).Status);
            await File.WriteAllTextAsync(Path.Combine(root, ".htaccess"), "Require all denied\n");
            await Task.Delay(1000);
            Assert.Equal(403, (await guard.AskAsync("/a.txt")).Status);
            await File.WriteAllTextAsync(Path.Combine(root, ".htaccess"), "Require all granted\n");
            await Task.Delay(1000);
            Assert.Equal(200, (await guard.AskAsync("/a.txt")).Status);
            File.Delete(Path.Combine(root, ".htaccess"));
            await Task.Delay(1000);
            Assert.Equal(200, (await guard.AskAsync("/a.txt")).Status);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task What_can_not_be_obeyed_is_refused_with_its_line_for_the_operator_alone()
    {
        var root = Directory.CreateTempSubdirectory("gatehouse-site-").FullName;
        try
        {
            foreach (var (file, rules) in new[] { ("program", "SetHandler application/x-httpd-php\n"), ("unknown", "MyModuleRule On\n"), ("chance", "RewriteEngine On\nRewriteCond %{LA-F:SCRIPT_USER} root\nRewriteRule ^ - [F]\n") })
            {
                Directory.CreateDirectory(Path.Combine(root, file));
                await File.WriteAllTextAsync(Path.Combine(root, file, "a.php"), "source");
                await File.WriteAllTextAsync(Path.Combine(root, file, ".htaccess"), rules);
            }

            var site = new HtaccessSite(new() { Root = root }, null);
            var policy = Anyone(out _);
            await using var guard = await RunningGuard.StartAsync(_ => new GuardedSite { Name = "t", Policy = policy!, Authenticators = [], Content = site.ServeAsync });
            foreach (var folder in new[] { "program", "unknown", "chance" })
            {
                var answer = await guard.AskAsync($"/{folder}/a.php");
                Assert.Equal(500, answer.Status);
                Assert.DoesNotContain("source", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain(".htaccess", answer.Body, StringComparison.Ordinal);
                Assert.Equal("htaccess.syntax-error", (await guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("cause").GetString());
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
