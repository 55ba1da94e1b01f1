using System.Diagnostics;
using Gatehouse.Doctor.Apache;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>What a configuration names is read below its own folders alone, and only as much as a configuration has, whichever server it is for.</summary>
public sealed class ForeignFilesTests : IDisposable
{
    private const string Secret = "Qw9zLk31ForeignSecret";

    private readonly string root = Directory.CreateTempSubdirectory("gatehouse-foreign-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>A server: its file, what names another file, and a rule that refuses everything and holds the secret.</summary>
    private static readonly (string Name, string Text, string Foreign)[] Servers =
    [
        ("Caddyfile", "http://127.0.0.1:8080 {\n\timport @FILE@\n\tfile_server\n}\n", $"respond /a* \"{Secret}\" 403\n"),
        ("lighttpd.conf", "server.document-root = \"/srv\"\nserver.port = 8080\ninclude \"@FILE@\"\n", $"$HTTP[\"url\"] =~ \"^/a|{Secret}\" {{ url.access-deny = ( \"\", \"{Secret}\" ) }}\n"),
        ("squid.conf", "http_port 8080\ninclude @FILE@\nhttp_access allow all\n", $"acl {Secret} urlpath_regex ^/a {Secret}\nhttp_access deny {Secret}\n"),
        ("haproxy.cfg", "frontend f\n bind :8080\n acl bad path_beg -f @FILE@\n http-request deny if bad\n default_backend b\nbackend b\n server s 127.0.0.1:9\n", $"/a\n{Secret}\n"),
        ("nginx.conf", "events {}\nhttp {\n server {\n listen 8080;\n include @FILE@;\n root /srv;\n}\n}\n", $"location /a {{ return 403 {Secret}; }}\n"),
        ("httpd.conf", "LoadModule mpm_event_module m.so\nLoadModule authz_core_module m.so\nLoadModule authz_user_module m.so\nListen 8080\nDocumentRoot /srv\n<Directory />\nRequire all granted\n</Directory>\nInclude @FILE@\n", $"<LocationMatch \"^/a|{Secret}\">\nRequire all denied\n</LocationMatch>\n"),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Servers.Length)];

    private static string Names(int server) => Servers[server].Name;

    private string Put(string name, string text)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Everything that a report could tell of the configuration.</summary>
    private (string Text, Observations Seen) Told(int server, string names, params string[] roots)
    {
        var main = Put("tree/" + Names(server), Servers[server].Text.Replace("@FILE@", names, StringComparison.Ordinal));
        var question = new Question { Url = new Uri("http://127.0.0.1:8080/a/b"), ServerConfigurations = [main], IncludeRoots = roots };
        var seen = new Observations();
        seen.AddRange(ApacheProbe.Look(question, seen, TimeProvider.System));
        seen.AddRange(NginxProbe.Look(question, seen, TimeProvider.System));
        seen.AddRange(ConfigurationProbe.Look(question, seen, new Surroundings(TimeProvider.System, new Progress<string>(), 0), TestContext.Current.CancellationToken));
        var findings = Diagnosis.Judge(question, seen).Findings;
        var words = findings.Select(finding => finding.Summary + string.Concat(finding.Evidence.Select(evidence => "\n " + evidence)) + string.Concat(finding.Remedies.Select(remedy => "\n " + remedy.What)))
            .Concat(seen.Of<NotLookedAt>().Select(not => "not looked at: " + not.What)).Concat(seen.Of<Evaluated>().SelectMany(evaluated => evaluated.Trace.Select(step => step.ToString()).Append(evaluated.UnknownBecause ?? "")));
        return (string.Join('\n', words), seen);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_file_outside_is_refused_with_a_sentence_and_read_where_its_folder_is_named(int server)
    {
        var foreign = Put("elsewhere/rules.conf", Servers[server].Foreign);
        var (text, seen) = Told(server, foreign);
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.Contains("--include-root", text, StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Of<DecidingRule>(), rule => rule.Certain);
        var (widened, _) = Told(server, foreign, Path.Combine(root, "elsewhere"));
        Assert.Contains(Secret, Servers[server].Name is "haproxy.cfg" ? Secret : widened, StringComparison.Ordinal);
        Assert.DoesNotContain("--include-root", widened, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_link_of_the_tree_to_a_file_outside_is_refused_with_a_sentence(int server)
    {
        var foreign = Put("elsewhere/rules.conf", Servers[server].Foreign);
        Put("tree/x", "");
        File.CreateSymbolicLink(Path.Combine(root, "tree/innocent.conf"), foreign);
        Directory.CreateSymbolicLink(Path.Combine(root, "tree/folder"), Path.Combine(root, "elsewhere"));
        foreach (var name in (string[])["innocent.conf", "folder/rules.conf"])
        {
            var (text, _) = Told(server, Path.Combine(root, "tree", name));
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.Contains("--include-root", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_file_of_the_tree_is_read(int server)
    {
        var (text, _) = Told(server, Put("tree/rules.conf", Servers[server].Foreign));
        Assert.Contains(Names(server) == "haproxy.cfg" ? "rules.conf" : Secret, text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Endless_huge_binary_and_missing_files_are_said_at_once(int server)
    {
        var huge = Path.Combine(root, "tree/huge.conf");
        Put("tree/x", "");
        using (var file = File.Create(huge)) file.SetLength(1L << 34);
        var binary = Path.Combine(root, "tree/binary.conf");
        File.WriteAllBytes(binary, [0x7F, 0x45, 0x4C, 0x46, 0, 0, 1, 2]);
        var pipe = Path.Combine(root, "tree/pipe.conf");
        Process.Start("mkfifo", [pipe]).WaitForExit();
        File.CreateSymbolicLink(Path.Combine(root, "tree/zero.conf"), "/dev/zero");
        var start = GC.GetAllocatedBytesForCurrentThread();
        Told(server, Path.Combine(root, "tree/none.conf"));
        var ordinary = GC.GetAllocatedBytesForCurrentThread() - start;
        foreach (var name in (string[])[huge, binary, pipe, Path.Combine(root, "tree/zero.conf"), "/dev/zero", "/dev/stdin", "/proc/self/mem", root, Path.Combine(root, "tree/none.conf")])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var (text, seen) = Told(server, name);
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), name);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < ordinary + (8 << 20), $"{name}: {GC.GetAllocatedBytesForCurrentThread() - before} and not {ordinary}");
            Assert.DoesNotContain(seen.Of<DecidingRule>(), rule => rule.Certain);
            if (Names(server) is not "httpd.conf") Assert.True(seen.Of<NotLookedAt>().Any(), name + "\n" + text); // httpd's fault is a finding of its own
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Files_that_include_each_other_end(int server)
    {
        if (Names(server) == "haproxy.cfg") return; // its lists include nothing
        var line = Servers[server].Text.Split('\n').Single(line => line.Contains("@FILE@", StringComparison.Ordinal));
        var one = Path.Combine(root, "tree/one.conf");
        var two = Path.Combine(root, "tree/two.conf");
        Put("tree/one.conf", line.Replace("@FILE@", two, StringComparison.Ordinal) + "\n" + line.Replace("@FILE@", two, StringComparison.Ordinal) + "\n");
        Put("tree/two.conf", line.Replace("@FILE@", one, StringComparison.Ordinal) + "\n" + line.Replace("@FILE@", one, StringComparison.Ordinal) + "\n");
        var watch = Stopwatch.StartNew();
        var (text, _) = Told(server, one);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{Names(server)} {watch.Elapsed}");
        Assert.True(text.Length > 0);
    }

    [Fact]
    public void A_command_whose_output_would_be_settings_is_never_run()
    {
        var mark = Path.Combine(root, "mark");
        var main = Put("lighttpd.conf", $"server.document-root = \"/srv\"\nserver.port = 8080\ninclude_shell \"touch {mark}\"\nurl.access-deny = ( \"~\" )\n");
        var (seen, _) = Evaluating.Of(main, Evaluating.Request("GET", "/a~", 8080));
        Assert.False(File.Exists(mark));
        Assert.Contains(seen.OfType<NotLookedAt>(), not => not.What.Contains("not run", StringComparison.Ordinal));
        Assert.False(Assert.Single(seen.OfType<DecidingRule>()).Certain);
        Assert.Null(Gatehouse.Doctor.Fixes.SyntaxTest.For("lighttpd", main, out var why));
        Assert.Contains("command", why, StringComparison.Ordinal);
        Assert.False(File.Exists(mark));
    }
}
