using System.Globalization;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache.Rewriting;

/// <summary>Rules at the server's level and in .htaccess files, asked of the real httpd and run here.</summary>
public sealed class RewriteAgreementTests
{
    private static readonly string[] Paths =
    [
        "/f", "/d/f", "/d/e/f", "/none", "/d/none", "/f/info", "/d", "/d/", "/a%20b", "/q%3fx", "/a?x=1", "/f?y=%20z", "/d/f?", "/a%25b", "/index.php/foo?z=1&y", "/d/e", "//d//f", "/é", "/%c3%a9?é",
    ];

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private static string Condition(Random random) => Pick(random,
        "%{REQUEST_FILENAME} !-f", "%{REQUEST_FILENAME} -f", "%{REQUEST_FILENAME} !-d", "%{REQUEST_FILENAME} -d", "%{REQUEST_FILENAME} -s", "%{REQUEST_FILENAME} -l", "%{REQUEST_FILENAME} -x",
        "%{DOCUMENT_ROOT}/$1 -f", "%{DOCUMENT_ROOT}%{REQUEST_URI} !-f", "$1 ^(.)", "$0 !^d", "%{REQUEST_URI} ^/(d)?/?(.*)$", "%{REQUEST_URI} !f$", "%{QUERY_STRING} ^$", "%{QUERY_STRING} (.+)", "%{QUERY_STRING} ^x=(\\d)",
        "%{THE_REQUEST} \\s/+([^?\\s]*)", "%{HTTP_HOST} ^(.*)\\.test$", "%{HTTP_HOST} !^x [NC]", "%{ENV:REDIRECT_STATUS} ^$", "%{ENV:REDIRECT_STATUS} 200", "%{ENV:E1} ^(.+)$", "%{HTTP:X-Two} a", "%{HTTP_USER_AGENT} =\"\"",
        "%{REQUEST_METHOD} =GET", "%{REQUEST_METHOD} =get [NC]", "%{REQUEST_URI} >/d", "%{REQUEST_URI} <=/zzz", "%{SERVER_PORT} -eq80", "%{TIME_YEAR} -gt2000", "%{PATH_INFO} ^/(.+)", "%{HTTPS} off",
        "%{HTTPS} !=on", "expr %{REQUEST_URI}=~m#^/(d)#", "expr \"! %{QUERY_STRING} -strmatch 'x*'\"", "%{IS_SUBREQ} false", "%{REMOTE_ADDR} ^127\\.", "%{nosuch} ^$", "%{REQUEST_SCHEME}://%{HTTP_HOST} ^http:", "%1 ^(.)", "${up:$1} ^[A-Z]",
        "${t:%{HTTP_HOST}|none} none", "%{CONTEXT_DOCUMENT_ROOT} www$", "%{CONTEXT_PREFIX} ^$", "%{SCRIPT_FILENAME} (.)$", "%{REQUEST_FILENAME} (^|/)f$ [OR]") + (random.Next(6) == 0 ? " [OR]" : "");

    private static string Rule(Random random, bool directory)
    {
        var pattern = Pick(random, "^", "^$", "^(.*)$", "(.*)", "^f$", "^/f$", "^/?f$", "f", "^d/(.*)$", "^/d/(.*)$", "^/?(d)/(.*)$", "^(.+)/(.+)$", "!^d", "!f$", "^([^/]*)/?(.*)$", ".", "^index\\.php", "^/?a(.*)", "^/?q(.*)$", "^e/", "^none$", "(?i)^F", "\\.test$", "^/?(é)", "[^f]$");
        var output = Pick(random, "-", "-", "f", "/f", "d/f", "/d/f", "d/$1", "/d/$1", "$1", "/$1", "$1/$2", "/x/$1", "index.php", "/index.php/$1", "index.php?p=$1", "/index.php?p=$1&q=%1", "f?", "f?a", "/f?%{QUERY_STRING}", "http://other.test/$1", "https://%{HTTP_HOST}/$1", "http://%{HTTP_HOST}%{REQUEST_URI}",
            "http://rw.test/f", "http://rw.test:@PORT@/f", "/d/e/f", "e/f", "../f", "%{DOCUMENT_ROOT}/d/f", "%{CONTEXT_DOCUMENT_ROOT}/f", "@ROOT@/d/f", "@ROOT@/$1", "/é", "//f", "${up:$1}", "/${t:$1|f}", "x%1$2", "%{REQUEST_URI}", "/d%{REQUEST_URI}", "mailto:a@$1?b", "/a\\$1", "/tmp", "/none$1", "http://x", "/f%20g", "/b?x=$1?y");
        var flags = Enumerable.Range(0, random.Next(4)).Select(_ => Pick(random, "L", "L", "L", "R", "R=301", "R=404", "F", "G", "QSA", "QSD", "NE", "NC", "PT", "END", "C", "S=1", "S=2", "N=3", "E=E1:$1", "E=E2:%1", "E=E1", "E=!E1", "E=E2:%{REQUEST_FILENAME}", "B", "B,BNP", "DPI", "NS", "P",
            "UnsafeAllow3F", "UnsafePrefixStat", "QSL", "BCTLS", "R=permanent", "R=seeother", "last", "T=text/x", "R=307", "BNE=/,B", "B=?", "B=x&_,BCTLS", "BCTLS,B", "B=/,BNE=/"));
        return $"RewriteRule {pattern} {output} [{string.Join(',', flags)}]".Replace(" []", "", StringComparison.Ordinal);
    }

    private static string Rules(Random random, bool directory, bool isSub)
    {
        var text = new StringBuilder("RewriteEngine On\n");
        if (directory && random.Next(3) == 0) text.Append(CultureInfo.InvariantCulture, $"RewriteBase {Pick(random, "/", isSub ? "/d" : "/", isSub ? "/d/" : "/", "/x")}\n");
        if (directory && random.Next(4) == 0) text.Append(CultureInfo.InvariantCulture, $"RewriteOptions {Pick(random, "Inherit", "InheritBefore", "AllowNoSlash", "MergeBase", "InheritDown", "IgnoreInherit")}\n");
        for (var rules = random.Next(1, 4); rules > 0; rules--)
        {
            for (var conditions = random.Next(5) switch { 0 => 2, 1 or 2 => 1, _ => 0 }; conditions > 0; conditions--) text.Append(CultureInfo.InvariantCulture, $"RewriteCond {Condition(random)}\n");
            text.Append(Rule(random, directory)).Append('\n');
        }

        return text.ToString();
    }


    [Fact]
    public async Task Rules_made_at_random_answer_as_in_the_real_httpd()
    {
        RealHttpd.Require();
        var nightly = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1";
        var seed = int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : nightly ? System.Environment.TickCount : 1;
        var random = new Random(seed);
        var count = nightly ? 1500 : 150;
        var folder = RealHttpd.NewFolder();
        RealHttpd.Write(folder, "map.txt", "# comment\nf d/f\nnone f g\nd/f  e\n");
        const string maps = "RewriteMap up int:toupper\nRewriteMap t txt:@FOLDER@/map.txt\n";
        var configuration = new StringBuilder("<Directory @FOLDER@>\nAllowOverride All\nOptions FollowSymLinks\nRequire all granted\n</Directory>\nDirectorySlash Off\nDirectoryIndex disabled\nHeader always set X-E \"%{E1}e|%{E2}e|%{REDIRECT_E1}e|%{REDIRECT_STATUS}e\"\nAddDefaultCharset Off\n");
        var cases = new List<(string Host, string Top, string Sub)>();
        for (var i = 0; i < count; i++)
        {
            var root = $"{folder}/r{i}";
            foreach (var file in new[] { "f", "d/f", "d/e/f", "index.php", "a b", "d/index.php" }) RealHttpd.Write(root, file, file.Replace(' ', '_'));
            var (atHost, top, sub) = random.Next(4) switch
            {
                0 => (Rules(random, false, false), "", ""),
                1 => ("", Rules(random, true, false), random.Next(2) == 0 ? Rules(random, true, true) : ""),
                2 => ("", "", Rules(random, true, true)),
                _ => (Rules(random, false, false), Rules(random, true, false), ""),
            };
            var one = (Host: Put(atHost, root), Top: Put(top, root), Sub: Put(sub, root));

            // What would keep the whole server from starting is left to the files.
            var faults = new List<ConfigFault>();
            RewriteSettings.Read(ConfigLines.Of(one.Host), null, false, faults);
            if (faults.Count > 0) one.Host = "";
            cases.Add(one);
            if (one.Top.Length > 0) RealHttpd.Write(root, ".htaccess", one.Top);
            if (one.Sub.Length > 0) RealHttpd.Write(root, "d/.htaccess", one.Sub);
            configuration.Append(CultureInfo.InvariantCulture, $"<VirtualHost *:@PORT@>\nServerName r{i}.test\nServerAlias rw.test\nDocumentRoot {root}\n{maps}{one.Host}</VirtualHost>\n");
        }

        string Put(string text, string root) => text.Replace("@ROOT@", root, StringComparison.Ordinal);

        await using var httpd = await RealHttpd.StartAsync(folder, configuration.ToString());

        // The port is known only now, and files may name it.
        for (var i = 0; i < count; i++)
        {
            cases[i] = (Port(cases[i].Host), Port(cases[i].Top), Port(cases[i].Sub));
            if (cases[i].Top.Length > 0) RealHttpd.Write($"{folder}/r{i}", ".htaccess", cases[i].Top);
            if (cases[i].Sub.Length > 0) RealHttpd.Write($"{folder}/r{i}", "d/.htaccess", cases[i].Sub);
        }

        string Port(string text) => text.Replace("@PORT@", httpd.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        var wrong = new List<string>();
        var wrongCases = new HashSet<int>();
        int asked = 0, unknown = 0;
        for (var i = 0; i < count; i++)
        {
            var root = $"{folder}/r{i}";
            var (atHost, top, sub) = cases[i];
            var faults = new List<ConfigFault>();
            var host = RewriteSettings.Read(ConfigLines.Of(maps.Replace("@FOLDER@", folder, StringComparison.Ordinal) + atHost), null, false, faults);
            var folders = new Dictionary<string, RewriteSettings>(StringComparer.Ordinal);
            if (top.Length > 0 && RewriteSettings.Read(ConfigLines.Of(top), root, true, faults) is { } own) folders[root] = own;
            if (faults.Count == 0 && sub.Length > 0 && RewriteSettings.Read(ConfigLines.Of(sub), root + "/d", true, faults) is { } inner) folders[root + "/d"] = inner;
            foreach (var target in Paths.OrderBy(_ => random.Next()).Take(nightly ? Paths.Length : 8))
            {
                asked++;
                var sent = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(target));
                var said = await httpd.AskAsync(sent, $"r{i}.test", "GET", "X-Two: a");
                if (faults.Count > 0)
                {
                    // A broken file answers 500 for all in its folder.
                    if (said.Status != 500 && (top.Length > 0 || sent.StartsWith("/d/f", StringComparison.Ordinal)) && said.Status is 200) wrong.Add($"{target}: accepted there, here {faults[0].Message}\n{atHost}|{top}|{sub}");
                    continue;
                }

                var request = AskedRequest.Of(httpd, target, $"r{i}.test", "GET", "X-Two: a");
                request.Path = target.Split('?')[0];
                request.DocumentRoot = root;
                request.ServerName = $"r{i}.test";
                request.ServerAliases = ["rw.test"];
                var trace = new List<Step>();
                var (says, end) = new SmallServer(root, host, folders).Answer(request, trace);
                if (says == "unknown")
                {
                    unknown++;
                    continue;
                }

                var there = said.Status == 200 ? $"200 {said.Body}" : said["Location"] is { } location ? $"{said.Status} {location}" : said.Status.ToString(CultureInfo.InvariantCulture);
                var variables = $"{Show(end, "E1")}|{Show(end, "E2")}|{Show(end, "REDIRECT_E1")}|{Show(end, "REDIRECT_STATUS")}";
                if (there != says && !wrongCases.Add(i)) wrong.Add("");
                else if (there != says) wrong.Add($"{target}: there {there}, here {says}\n{atHost}|{top}|{sub}\n{string.Join('\n', trace.Take(20).Select(step => $"    {step.Line}: {(step.Says.Length > 200 ? step.Says[..200] : step.Says)}"))}");
                else if (said["X-E"] is { } shown && shown != Octets.Of(variables).Trim() && said.Status is 200) wrong.Add($"{target}: {there}; variables there {shown}, here {variables}\n{atHost}|{top}|{sub}");
            }
        }

        Assert.True(wrong.Count == 0, $"seed {seed}, {wrong.Count} of {asked} ({unknown} unknown):\n{string.Join("\n\n", wrong.Where(text => text.Length > 0).Take(12))}");
        Assert.True(unknown * 100 < asked * 6, $"{unknown} of {asked} unknown");
        TestContext.Current.SendDiagnosticMessage($"{asked} asked, {unknown} unknown");

        static string Show(ApacheRequest request, string name) => request.Environment.GetValueOrDefault(name) ?? "(null)";
    }
}
