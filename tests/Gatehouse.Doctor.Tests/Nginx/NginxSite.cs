using System.Diagnostics;

namespace Gatehouse.Doctor.Tests.Nginx;

/// <summary>A tree with what matters to access: index files, missing ones, modes, links, password files.</summary>
internal static class NginxSite
{
    public static string[] Paths { get; } =
    [
        "/", "/index.html", "/a.html", "/b.txt", "/nothing", "/nothing/", "/docs", "/docs/", "/docs/page.html", "/docs/plan.pdf", "/empty", "/empty/", "/empty/file.txt", "/private/", "/private/index.html", "/private/x.php",
        "/private/deep/er/z.html", "/closed/", "/closed/in.html", "/listed/", "/unlisted/", "/unreadable.html", "/link.html", "/linkdir/", "/linkdir/page.html", "/own.html", "/.hidden", "/.git/config", "/img/a.png", "/img/", "/up/down.html",
        "/shop/", "/shop/index.php", "/broken.html", "/ring.html", "/a%20b.html", "/a%2Fb", "/docs/../a.html", "/docs//page.html", "//a.html", "/./a.html", "/docs/%2e%2e/a.html", "/../a.html", "/a.html?x=1", "/docs?token=good", "/A.HTML", "/%61.html", "/a.html/", "/a.html/x",
        "/index.html?index.php=1", "/x%00y", "/q%3Fx", "/plus+plus", "/private", "/dirindex/", "/dl/a.bin", "/noidx/sub/", "/unreadidx/",
    ];

    public static void Make(string folder)
    {
        var site = Path.Combine(folder, "site");
        void Page(string name, string text = "<p>page\n")
        {
            var path = Path.Combine(site, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        foreach (var name in (string[])["index.html", "a.html", "b.txt", "docs/index.html", "docs/page.html", "docs/plan.pdf", "empty/file.txt", "private/index.html", "private/x.php", "private/deep/er/z.html", "closed/in.html", "closed/index.html", "listed/f.txt",
            "unlisted/f.txt", "unreadable.html", ".hidden", ".git/config", "img/a.png", "up/down.html", "shop/index.php", "a b.html", "plus+plus", "404.html", "403.html", "50x.html", "login.html", "dl/a.bin", "noidx/sub/f.txt", "unreadidx/index.html", "maintenance.html"]) Page(name);
        Directory.CreateDirectory(Path.Combine(site, "dirindex/index.html"));
        File.CreateSymbolicLink(Path.Combine(site, "link.html"), Path.Combine(site, "a.html"));
        File.CreateSymbolicLink(Path.Combine(site, "linkdir"), "docs");
        File.CreateSymbolicLink(Path.Combine(site, "broken.html"), "gone.html");
        File.CreateSymbolicLink(Path.Combine(site, "ring.html"), "ring.html");
        File.CreateSymbolicLink(Path.Combine(site, "own.html"), "b.txt");
        File.SetUnixFileMode(Path.Combine(site, "closed"), (UnixFileMode)0x1C0);
        File.SetUnixFileMode(Path.Combine(site, "unlisted"), (UnixFileMode)0x1C9);
        File.SetUnixFileMode(Path.Combine(site, "unreadable.html"), (UnixFileMode)0x180);
        File.SetUnixFileMode(Path.Combine(site, "unreadidx/index.html"), (UnixFileMode)0x180);
        if (Environment.UserName == "root") Run("chown", "-h", "nobody", Path.Combine(site, "own.html"));
        // wonder, in the forms that nginx can verify and some that it can't
        File.WriteAllText(Path.Combine(folder, "users"), """
            # comment:line
            apr:$apr1$5Vn7h9Yb$xXDBWJ7LVxkOyBkQWSXDU1
            sha:{SHA}zPOFDRT9d/9ZQxmAaOUmP4mi7kY=
            plainmark:{PLAIN}wonder
            clear:wonder
            argon:$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b7daw
            empty:
            twice:{PLAIN}first
            twice:{PLAIN}second
            more:{PLAIN}wonder:comment

            """.Replace("            ", "", StringComparison.Ordinal));
        Append(folder, "five", "-5");
        Append(folder, "six", "-6");
        Append(folder, "one", "-1");
        Append(folder, "aprr", "-apr1");
        File.WriteAllText(Path.Combine(folder, "secretusers"), "apr:{PLAIN}wonder\n");
        File.SetUnixFileMode(Path.Combine(folder, "secretusers"), (UnixFileMode)0x180);
    }

    private static void Append(string folder, string user, string kind)
    {
        var hash = Run("openssl", "passwd", kind, "-salt", "abcdefgh", "wonder").Trim();
        File.AppendAllText(Path.Combine(folder, "users"), $"{user}:{hash}\n");
    }

    internal static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
