using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Rules;

namespace Gatehouse.Doctor.Tests.Files;

public sealed class TreeAuditTests : IDisposable
{
    private static readonly ServerAccount Web = new("web", 60001, 60001, new HashSet<uint> { 60001, 60050 });
    private readonly string root = Directory.CreateTempSubdirectory("gatehouse-audit-").FullName;

    public void Dispose() => Directory.Delete(root, true);

    private void Put(string path, int mode, bool directory = false)
    {
        var full = Path.Combine(root, path);
        if (directory) Directory.CreateDirectory(full);
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, "x");
        }

        File.SetUnixFileMode(full, (UnixFileMode)mode);
    }

    private TreeAudited Audit() => TreeAudit.Look(root, Web, new Accounts("", ""), true, new Progress<string>(), TestContext.Current.CancellationToken)!;

    private static long Of(TreeAudited audit, AuditFault fault) => audit.Groups.FirstOrDefault(group => group.Fault == fault)?.Count ?? 0;

    [Fact]
    public void Every_fault_is_counted_once_and_nothing_below_a_closed_folder()
    {
        PermissionTests.RequireRoot();
        Put("index.html", 0x1A4);
        Put("hidden.html", 0x180);
        Put("closed/inside/page.html", 0x180);
        Put("closed", 0x1C0, directory: true);
        Put("shared/.htaccess", 0x1A0);
        Put("upload/a.txt", 0x1B6);
        Put("tmp", 0x3FF, directory: true);
        Put(".env", 0x1A4);
        Put("safe/.htpasswd", 0x180);
        Put("old/page.php.bak", 0x1A4);
        Put(".git/config", 0x1A4);
        File.CreateSymbolicLink(Path.Combine(root, "broken"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(root, "fine"), "index.html");
        var audit = Audit();
        Assert.Equal(1, Of(audit, AuditFault.NotReadable));
        Assert.Equal(1, Of(audit, AuditFault.NotSearchable));
        Assert.Equal(1, Of(audit, AuditFault.RulesNotReadable));
        Assert.Equal(1, Of(audit, AuditFault.WritableByAll)); // the sticky /tmp is none
        Assert.Equal(3, Of(audit, AuditFault.Exposed));
        Assert.Equal(1, Of(audit, AuditFault.BrokenLink));
        Assert.Equal(Path.Combine(root, "hidden.html"), Assert.Single(audit.Groups.Single(group => group.Fault == AuditFault.NotReadable).Examples).Path);
    }

    [Fact]
    public void An_ACL_counts_as_the_kernel_counts_it()
    {
        PermissionTests.RequireRoot();
        Put("granted.html", 0x180);
        Put("denied.html", 0x1A4);
        PermissionTests.Run("setfacl", ["-m", "u:60001:r", Path.Combine(root, "granted.html")]);
        PermissionTests.Run("setfacl", ["-m", "u:60001:-", Path.Combine(root, "denied.html")]);
        var audit = Audit();
        Assert.Equal(1, Of(audit, AuditFault.DeniedByAcl));
        Assert.Equal(0, Of(audit, AuditFault.NotReadable));
        Assert.EndsWith("denied.html", audit.Groups[0].Examples[0].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_faults_keep_the_first_examples_by_name_and_the_right_count()
    {
        PermissionTests.RequireRoot();
        for (var i = 0; i < 300; i++) Put($"d{i % 7}/f{i:000}", 0x180);
        var group = Assert.Single(Audit().Groups);
        Assert.Equal(300, group.Count);
        Assert.Equal(TreeAudit.MaxExamples, group.Examples.Count);
        Assert.Equal(Enumerable.Range(0, TreeAudit.MaxExamples).Select(i => Path.Combine(root, $"d0/f{i * 7:000}")), group.Examples.Select(element => element.Path));
    }

    [Fact]
    public void It_agrees_with_find_on_a_real_tree()
    {
        PermissionTests.RequireRoot();
        var seen = TreeAudit.Look("/usr/share", Web, new Accounts("", ""), true, new Progress<string>(), TestContext.Current.CancellationToken)!;
        var count = int.Parse(PermissionTests.Run("sh", ["-c", "find /usr/share -xdev -name .git -prune -o -mindepth 1 -print | wc -l"]).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        // find goes into folders that are closed to the server, and the audit does not.
        Assert.InRange(seen.Entries, count - (count / 100), count);
        var writable = PermissionTests.Run("sh", ["-c", "find /usr/share -xdev ! -type l -perm -0002 ! -perm -1000 | wc -l"]).Trim();
        Assert.Equal(writable, Of(seen, AuditFault.WritableByAll).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_findings_name_the_first_place_and_one_bit()
    {
        PermissionTests.RequireRoot();
        Put("closed", 0x1C0, directory: true);
        Put("closed/x", 0x1A4);
        var seen = new Observations();
        seen.Add(new WorkerAccount(Web, "the test", false));
        seen.Add(Audit());
        var found = Assert.Single(AuditRules.All.SelectMany(rule => rule.Judge(seen)));
        Assert.Same(Gatehouse.Causes.Files.DirectoryNotSearchable, found.Cause);
        Assert.Equal($"chmod o+x {Path.Combine(root, "closed")}", found.Remedies[0].Command);
    }
}
