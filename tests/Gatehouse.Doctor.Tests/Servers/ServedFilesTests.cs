using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>What Caddy and lighttpd answer for files and folders, beside what their configurations are evaluated to; the servers run under an account that may not read everything.</summary>
public sealed class ServedFilesTests : IDisposable
{
    private const string Account = "www-data";

    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-served-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
        return path;
    }

    private static void Mode(string path, int mode) => File.SetUnixFileMode(path, (UnixFileMode)mode);

    private void Site()
    {
        if (Environment.UserName != "root") Assert.Skip("only root can start a server under another account");
        Mode(folder, 0x1ED);
        Write("site/index.html", "home");
        Write("site/a.txt", "a");
        Mode(Write("site/closed.txt", "no"), 0x180);
        Write("site/.git/config", "x");
        Write("site/old.bak", "x");
        Write("site/empty/sub/x.txt", "x");
        Mode(Write("site/sealed/index.html", "x"), 0x180);
        Write("site/shut/a.txt", "x");
        Mode(Path.Combine(folder, "site/shut"), 0x1C0);
        Write("site/unlisted/a.txt", "x");
        Mode(Path.Combine(folder, "site/unlisted"), 0x1C9);
        Write("store/b.txt", "b");
        File.CreateSymbolicLink(Path.Combine(folder, "site/link.txt"), Path.Combine(folder, "store/b.txt"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "site/linked"), Path.Combine(folder, "store"));
        File.CreateSymbolicLink(Path.Combine(folder, "site/broken"), "nowhere");
    }

    private static readonly string[] Targets = ["/", "/a.txt", "/closed.txt", "/.git/config", "/old.bak", "/empty/", "/empty", "/sealed/", "/shut/a.txt", "/shut/", "/unlisted/a.txt", "/unlisted/", "/link.txt", "/linked/b.txt", "/broken", "/none", "/a.txt/", "/a.txt/more", "/index.html"];

    private static async Task CompareAll(RunningProgram server, string configuration, string what)
    {
        var wrong = new List<string>();
        var told = 0;
        foreach (var target in Targets)
        {
            var real = await server.StatusAsync("GET", target);
            var (seen, _) = Evaluating.Of(configuration, Evaluating.Request("GET", target, server.Port), Account);
            var evaluated = Assert.Single(seen.OfType<Evaluated>());
            if (evaluated.Status is not null) told++;
            if (evaluated.Status is { } status && status != real) wrong.Add($"{what} {target}: the server answers {real}, evaluated {status}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(told == Targets.Length, $"{what}: {told} of {Targets.Length} are told");
    }

    [Theory]
    [InlineData("file_server")]
    [InlineData("file_server browse")]
    [InlineData("file_server {\n\t\thide .git *.bak\n\t\tindex a.txt index.html\n\t}")]
    [InlineData("try_files {path} {path}/ /index.html\n\tfile_server")]
    [InlineData("try_files {path}.txt {path} =404\n\tfile_server")]
    [InlineData("rewrite /none /a.txt\n\thandle_path /empty/* {\n\t\tfile_server browse\n\t}\n\tfile_server")]
    public async Task Caddy(string directive)
    {
        Site();
        var setpriv = RunningProgram.Find("setpriv");
        var port = RunningProgram.FreePort();
        var file = Write("Caddyfile", $"{{\n\tadmin off\n\tauto_https off\n}}\nhttp://127.0.0.1:{port} {{\n\troot * {folder}/site\n\t{directive}\n}}");
        using var server = await RunningProgram.StartAsync(port, setpriv, folder, new Dictionary<string, string> { ["HOME"] = "/tmp", ["XDG_DATA_HOME"] = "/tmp", ["XDG_CONFIG_HOME"] = "/tmp" }, "--reuid=" + Account, "--regid=" + Account, "--clear-groups", RunningProgram.Find("caddy"), "run", "--config", file, "--adapter", "caddyfile");
        await CompareAll(server, file, directive);
    }

    [Theory]
    [InlineData("")]
    [InlineData("dir-listing.activate = \"enable\"")]
    [InlineData("server.follow-symlink = \"disable\"")]
    [InlineData("server.modules += ( \"mod_alias\" )\nalias.url = ( \"/shut\" => \"/usr\" )")]
    public async Task Lighttpd(string directive)
    {
        Site();
        var setpriv = RunningProgram.Find("setpriv");
        var port = RunningProgram.FreePort();
        var file = Write("lighttpd.conf", $"server.modules = ( \"mod_access\", \"mod_dirlisting\" )\nserver.document-root = \"{folder}/site\"\nserver.port = {port}\nserver.bind = \"127.0.0.1\"\nindex-file.names = ( \"index.html\" )\n{directive}");
        using var server = await RunningProgram.StartAsync(port, setpriv, folder, null, "--reuid=" + Account, "--regid=" + Account, "--clear-groups", RunningProgram.Find("lighttpd"), "-D", "-f", file);
        await CompareAll(server, file, directive);
    }
}
