using System.Globalization;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What refuses although every mode grants it: mounts that let one user in alone, labels of SELinux.</summary>
internal static class MountRules
{
    /// <summary>FUSE without allow_other: the kernel lets nobody else in, not even where every bit is set.</summary>
    public static IEnumerable<Finding> ForOneUser(Observations seen)
    {
        if (seen.First<WorkerAccount>() is not { } worker || seen.First<Mounts>() is not { } mounts) yield break;
        foreach (var walk in seen.Of<PathWalk>())
        {
            if (mounts.Of(walk.At ?? walk.Path) is not { OnlyFor: { } user } mount || user == worker.Account.Uid) continue;
            yield return new Finding
            {
                Cause = Causes.Files.DirectoryNotSearchable,
                Confidence = worker.Assumed ? FileRules.Assumed : FileRules.Evaluated,
                Summary = $"{worker.Account.Name} cannot enter {mount.Point}: it is mounted by uid {user.ToString(CultureInfo.InvariantCulture)} without allow_other, and nobody else gets in whatever the modes say",
                Evidence = [new(EvidenceKind.FileMode, mount.Point, mount.Line), new(EvidenceKind.FileMode, "account of the server", FileRules.AccountLine(worker))],
                Remedies = [new Remedy { Id = "mount-options", Who = Audience.Owner, What = $"mount {mount.Point} with `-o allow_other,default_permissions` (and `user_allow_other` in /etc/fuse.conf), or as {worker.Account.Name}" }],
            };
            yield break;
        }
    }

    /// <summary>Types that the policy of common distributions keeps from a web server (folders of them may be passed, but for homes): what was moved out of a home or a temporary folder keeps its label.</summary>
    private static readonly string[] KeptFromServers =
        ["user_home_t", "user_home_dir_t", "admin_home_t", "user_tmp_t", "tmp_t", "default_t", "unlabeled_t", "file_t", "mnt_t", "samba_share_t", "nfs_t", "cifs_t", "container_file_t", "svirt_image_t", "data_home_t", "var_log_t", "shadow_t"];

    /// <summary>The modes grant it, SELinux is in force, and the label is none that a web server reads.</summary>
    public static IEnumerable<Finding> Labelled(Observations seen)
    {
        if (seen.First<Mounts>() is not { Enforces: true } || seen.First<WorkerAccount>() is not { } worker) yield break;
        foreach (var walk in seen.Of<PathWalk>())
        {
            if (walk.Elements.FirstOrDefault(element => element.Label?.Split(':') is { Length: >= 3 } parts && Array.IndexOf(KeptFromServers, parts[2]) >= 0 && (ReferenceEquals(element, walk.Target) || parts[2].Contains("home", StringComparison.Ordinal))) is not { } element) continue;
            yield return new Finding
            {
                Cause = Causes.Files.FileLabelDenied,
                Confidence = worker.Assumed ? 0.65 : 0.8,
                Summary = $"SELinux is in force, and {element.Path} has the label {element.Label}, which web servers may not {(element.Kind == FileKind.Directory ? "pass" : "read")}",
                Evidence = [new(EvidenceKind.FileMode, element.Path, $"{element.Line} {element.Label}")],
                Remedies = [Relabel(element.Path, element.Label!.Split(':')[2])],
            };
            yield break;
        }
    }

    /// <summary>What is shared over the network has one label for the whole mount, which restorecon can't change.</summary>
    private static Remedy Relabel(string path, string type) => type switch
    {
        "nfs_t" => Switch("httpd_use_nfs", path),
        "cifs_t" => Switch("httpd_use_cifs", path),
        _ => new() { Id = "restore-label", Who = Audience.Owner, What = $"give it the label of its place, or tell the policy of the place first: `semanage fcontext -a -t httpd_sys_content_t '{path}(/.*)?'`", Command = $"restorecon -v {FileRules.ShellWord(path)}" },
    };

    private static Remedy Switch(string boolean, string path) =>
        new() { Id = "selinux-boolean", Who = Audience.Owner, What = $"let web servers read what lies on such mounts ({path}), or mount it with `context=system_u:object_r:httpd_sys_content_t:s0`", Command = $"setsebool -P {boolean} on" };
}
