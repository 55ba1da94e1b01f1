using System.Diagnostics;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Tests.Files;

/// <summary>The judgement of modes and ACLs, held against the kernel itself: the same question asked by a process of that account.</summary>
public class PermissionTests
{
    private const int Somebody = 54321, SomeGroup = 54322, OtherGroup = 54323;

    [Fact]
    public void Modes_and_ACLs_are_judged_as_the_kernel_judges_them()
    {
        RequireRoot();
        var folder = Directory.CreateTempSubdirectory("gatehouse-permission-");
        try
        {
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0x1ED);
            var account = new ServerAccount("somebody", Somebody, SomeGroup, new HashSet<uint> { SomeGroup, OtherGroup });
            var accounts = new Accounts("", "");
            var random = new Random(20);
            var paths = new List<string>();
            var script = new System.Text.StringBuilder();
            for (var i = 0; i < 150; i++)
            {
                var path = Path.Combine(folder.FullName, $"file{i}");
                File.WriteAllText(path, "x");
                paths.Add(path);
                var owner = random.Next(3) == 0 ? Somebody : 0;
                var group = random.Next(3) switch { 0 => SomeGroup, 1 => OtherGroup, _ => 1 };
                script.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"chown {owner}:{group} {path}; chmod {Convert.ToString(random.Next(512), 8).PadLeft(4, '0')} {path}");
                if (random.Next(2) == 0)
                {
                    string Bits() => new[] { "---", "r--", "-w-", "r-x", "--x", "rw-" }[random.Next(6)];
                    var entries = new List<string>();
                    if (random.Next(2) == 0) entries.Add($"u:{Somebody}:{Bits()}");
                    if (random.Next(2) == 0) entries.Add($"g:{SomeGroup}:{Bits()}");
                    if (random.Next(2) == 0) entries.Add($"g:{OtherGroup}:{Bits()}");
                    if (random.Next(2) == 0) entries.Add($"u:7:{Bits()}");
                    if (entries.Count > 0) script.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"setfacl -m {string.Join(',', entries)} {path}");
                    if (entries.Count > 0 && random.Next(2) == 0) script.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"setfacl -m m::{Bits()} {path}");
                }
            }

            Run("sh", ["-e", "-c", script.ToString()]);
            var readable = Run("setpriv", [$"--reuid={Somebody}", $"--regid={SomeGroup}", $"--groups={SomeGroup},{OtherGroup}", "sh", "-c", $"for f in {folder.FullName}/*; do if test -r $f; then echo $f r; fi; if test -x $f; then echo $f x; fi; done"])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
            Assert.NotEmpty(readable);
            foreach (var path in paths)
            {
                var element = PathWalk.Element(path, accounts, out _)!;
                Assert.Equal(readable.Contains(path + " r"), Permission.Judge(element, account, Need.Read).Granted);
                Assert.Equal(readable.Contains(path + " x"), Permission.Judge(element, account, Need.Search).Granted);
                if (element.Acl is { } acl)
                {
                    Assert.True(PosixAcl.TryRead(acl.Write(), out var again));
                    Assert.Equal(acl.Entries, again!.Entries);
                    Assert.Equal(Run("getfacl", ["--omit-header", "--numeric", "--no-effective", "--absolute-names", path]).Trim(), acl.Text(accounts));
                }
            }
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_path_is_walked_link_by_link_and_ends_at_what_is_missing()
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-walk-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "real/deep"));
            File.WriteAllText(Path.Combine(folder.FullName, "real/deep/page.html"), "x");
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "short"), "real/../real/./deep");
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "circle"), "circle");
            var accounts = new Accounts("", "");
            var walk = PathWalk.Look(Path.Combine(folder.FullName, "short/page.html"), accounts);
            Assert.Equal(WalkEnd.Reached, walk.End);
            Assert.Equal(Path.Combine(folder.FullName, "real/deep/page.html"), walk.Target!.Path);
            Assert.Contains(walk.Elements, element => element.LinkTarget == "real/../real/./deep");
            Assert.Equal(WalkEnd.TooManyLinks, PathWalk.Look(Path.Combine(folder.FullName, "circle"), accounts).End);
            var missing = PathWalk.Look(Path.Combine(folder.FullName, "short/none/page.html"), accounts);
            Assert.Equal((WalkEnd.Missing, Path.Combine(folder.FullName, "real/deep/none")), (missing.End, missing.At));
            Assert.Equal(WalkEnd.NotADirectory, PathWalk.Look(Path.Combine(folder.FullName, "short/page.html/x"), accounts).End);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void Groups_of_an_account_are_those_of_the_group_file_and_the_configured_primary_one()
    {
        var accounts = new Accounts("web:x:33:33::/:/\nroot:x:0:0::/:/\nbroken\n", "web:x:33:\neditors:x:50:web,carol\nmedia:x:60:web\n");
        Assert.Equal([33u, 50u, 60u], accounts.Find("web")!.Groups.Order());
        Assert.Equal([50u, 60u, 60u], [.. accounts.Find("web", "media")!.Groups.Order(), accounts.Find("web", "media")!.Gid]);
        Assert.Equal("web", accounts.Find("#33")!.Name);
        Assert.Null(accounts.Find("nobody-of-that-name"));
    }

    internal static void RequireRoot()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Assert.Skip("asking the kernel as another account needs root on Linux");
    }

    internal static string Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }
}
