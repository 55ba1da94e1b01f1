using System.Globalization;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache.Rewriting;

/// <summary>mod_alias' redirects in .htaccess files, asked of the real httpd and evaluated here.</summary>
public sealed class RedirectAgreementTests
{
    private static readonly string[] Files =
    [
        "Redirect 403 @/d/f", "Redirect 404 @/d", "Redirect 401 @/d", "Redirect gone @/d", "Redirect 410 @/d", "Redirect @/d http://x/y", "Redirect @/d/ http://x/y/", "Redirect @/d /y", "Redirect 301 @/d y",
        "Redirect 999 @/d", "Redirect 200 @/d", "Redirect 301 @/d", "Redirect 403 @/d http://x", "Redirect foo @/d http://x", "RedirectMatch 403 ^@/d", "RedirectMatch ^@/d/(.*)$ http://x:80/$1?z#f",
        "RedirectMatch ^@/d/(.*)$ http://u:p§X/$1", "RedirectMatch ^@/d/(.*)$ /$1", "RedirectMatch ^@/d/(.*)$ $1", "RedirectMatch 404 /f$", "RedirectMatch gone /f$", "RedirectMatch 301 /f$", "RedirectMatch seeother (F) http://x/",
        "RedirectTemp @/d http://x/", "RedirectPermanent @/d http://x/", "RedirectPermanent @/d", "RedirectRelative On\nRedirect @/d /z", "RedirectRelative On\nRedirect @/d http://x", "Redirect 308 @/d /z", "Redirect @/d http://x/?a=1",
        "Redirect 403", "Redirect foo", "Redirect gone", "RedirectMatch 403", "Redirect 301", "Redirect permanent @/d http://x/\nRedirect @/d/f http://y/", "Redirect @/d/f http://y/\nRedirect permanent @/d http://x/",
        "Redirect @/d http://x/\nRedirect 301 http://z/%{REQUEST_URI}?a", "Redirect @/d ftp://x/", "Redirect @/d mailto:x", "Redirect d http://x/", "RedirectMatch ^@/d/(.*)$ HTTP://X:8080/$1/é", "RedirectMatch ^@/d/(.*)$ https://x:443",
        "RedirectMatch ^@/d/(.*)$ \"http://x y/z w\"", "RedirectMatch ^@/d/(.*)$ \"/\\\\$1$2\"", "RedirectMatch ^@/d/(.*)$ http://x/#$1", "RedirectMatch ^@/d/(.*)$ http://x/?", "RedirectMatch (a http://x/", "RedirectMatch 303 ^(.*)/d/(.)$ http://x$1/$2",
        "Redirect 303 @/d//f http://x/", "Redirect \"@/d\" \"http://x/%41 b\"", "Redirect seeother @/ http://x/", "RedirectMatch /f http://x/%{HTTP_HOST}", "Redirect 302 @/d /é", "Redirect 500 @/d", "Redirect 100 @/d", "RedirectMatch 451 .", "Redirect 301 http://x/%{filesize:/none}",
    ];

    private static readonly string[] Paths = ["/d/f", "/d/fx", "/d/f/y", "/d/f%20g?q", "/d/%3fg", "/de", "/d//f", "/d/é?", "/f", "/d/f?a=b&c"];

    [Fact]
    public async Task Redirects_answer_as_in_the_real_httpd()
    {
        RealHttpd.Require();
        var folder = RealHttpd.NewFolder();
        for (var i = 0; i < Files.Length; i++)
        {
            RealHttpd.Write(folder, $"www/{i}/.htaccess", Files[i].Replace("@", $"/{i}", StringComparison.Ordinal).Replace("§", "@", StringComparison.Ordinal) + "\n");
            foreach (var file in new[] { "d/f", "d/fx", "f", "de" }) RealHttpd.Write(folder, $"www/{i}/{file}", "x");
        }

        await using var httpd = await RealHttpd.StartAsync(folder, "<Directory @FOLDER@/www>\nAllowOverride All\nOptions FollowSymLinks\nRequire all granted\n</Directory>\n");
        var wrong = new StringBuilder();
        for (var i = 0; i < Files.Length; i++)
        {
            var faults = new List<ConfigFault>();
            var redirects = Redirects.Read(ConfigLines.Of(Files[i].Replace("@", $"/{i}", StringComparison.Ordinal).Replace("§", "@", StringComparison.Ordinal)), true, faults);
            foreach (var path in Paths)
            {
                var target = $"/{i}{path}";
                var said = await httpd.AskAsync(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(target)));
                var there = said["Location"] is { } location ? $"{said.Status} {location}" : said.Status is 200 or 404 && said.Body != "" ? "none" : said.Status.ToString(CultureInfo.InvariantCulture);
                var request = AskedRequest.Of(httpd, target);
                request.Path = request.Path.Replace("//", "/", StringComparison.Ordinal);
                var outcome = faults.Count > 0 ? new RewriteOutcome.Status(500) : redirects!.Apply(request, new Surroundings(new TreeView()), []);
                var here = outcome switch
                {
                    RewriteOutcome.Status { Code: 404 } or RewriteOutcome.Status { Code: 200 } when there == "none" => "none",
                    RewriteOutcome.Status status => status.Code.ToString(CultureInfo.InvariantCulture),
                    RewriteOutcome.Redirect redirect => $"{redirect.Code} {Octets.Of(redirect.Location)}",
                    RewriteOutcome.Unchanged => "none",
                    _ => outcome.ToString(),
                };
                if (there != here) wrong.AppendLine(CultureInfo.InvariantCulture, $"`{Files[i]}` {target}: there {there}, here {here} {string.Join(';', faults)}");
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }
}
