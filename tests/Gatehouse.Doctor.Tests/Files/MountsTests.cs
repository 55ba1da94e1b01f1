using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Rules;
using Gatehouse.Findings;
using Xunit;

namespace Gatehouse.Doctor.Tests.Files;

public sealed class MountsTests
{
    private const string Table = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        40 22 8:17 / /srv/usb\040stick rw,nosuid - vfat /dev/sdb1 rw,fmask=0077,dmask=0077
        41 22 0:50 / /srv/photos rw,nosuid,nodev - fuse.sshfs ann@host:/ rw,user_id=1000,group_id=1000
        42 22 0:51 / /srv/archive ro,relatime master:9 shared:3 - ext4 /dev/sdc1 ro
        broken line
        """;

    private static readonly ServerAccount Web = new("www-data", 33, 33, new HashSet<uint> { 33 });

    private static PathElement Element(string path, int mode, FileKind kind = FileKind.Directory, string? label = null) =>
        new() { Path = path, Kind = kind, Mode = mode, Uid = 0, Gid = 0, Owner = "root", Group = "root", Label = label };

    private static List<Finding> Judge(bool enforces, params PathElement[] elements)
    {
        var seen = new Observations();
        seen.Add(new WorkerAccount(Web, "the test", false));
        seen.Add(new Mounts(Mounts.Parse(Table), enforces));
        seen.Add(new PathWalk(elements[^1].Path, elements, WalkEnd.Reached, null));
        return [.. FileRules.All.SelectMany(rule => rule.Judge(seen))];
    }

    [Fact]
    public void The_longest_mount_point_that_holds_a_path_is_its_own()
    {
        var mounts = new Mounts(Mounts.Parse(Table), false);
        Assert.Equal("vfat", mounts.Of("/srv/usb stick/a")?.Kind);
        Assert.Equal("ext4", mounts.Of("/srv/usb stickers/a")?.Kind);
        Assert.Equal("/srv/archive", mounts.Of("/srv/archive")?.Point);
        Assert.Contains("fmask=0077", mounts.Of("/srv/usb stick")!.Options);
    }

    [Fact]
    public void Where_the_mount_makes_the_modes_no_chmod_is_offered()
    {
        var found = Assert.Single(Judge(false, Element("/", 0x1ED), Element("/srv/usb stick", 0x1C0)));
        Assert.Equal("directory.not-searchable", found.Cause.Id);
        Assert.Empty(Assert.Single(found.Remedies).Edits);
        Assert.Contains("dmask=", found.Remedies[0].What, StringComparison.Ordinal);
        Assert.Contains(found.Evidence, evidence => evidence.What.Contains("vfat", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_offered_to_be_written_on_a_file_system_that_is_mounted_read_only() =>
        Assert.Empty(Assert.Single(Assert.Single(Judge(false, Element("/srv/archive", 0x1C0))).Remedies).Edits);

    [Fact]
    public void A_mount_of_another_user_keeps_the_server_out_although_every_bit_is_set()
    {
        var found = Assert.Single(Judge(false, Element("/srv/photos", 0x1FF), Element("/srv/photos/a", 0x1FF, FileKind.File)));
        Assert.Equal("directory.not-searchable", found.Cause.Id);
        Assert.Contains("allow_other", found.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "unconfined_u:object_r:user_home_t:s0", true)]
    [InlineData(true, "system_u:object_r:httpd_sys_content_t:s0", false)]
    [InlineData(false, "unconfined_u:object_r:user_home_t:s0", false)]
    public void A_label_counts_where_SELinux_is_in_force_and_keeps_it_from_servers(bool enforces, string label, bool refuses)
    {
        var found = Judge(enforces, Element("/srv", 0x1ED, label: "system_u:object_r:tmp_t:s0"), Element("/srv/a", 0x1A4, FileKind.File, label));
        Assert.Equal(refuses, found.Exists(finding => finding.Cause.Id == "file.label-denied"));
    }

    [Theory]
    [InlineData("system_u:object_r:nfs_t:s0", "setsebool -P httpd_use_nfs on")]
    [InlineData("system_u:object_r:cifs_t:s0", "setsebool -P httpd_use_cifs on")]
    [InlineData("unconfined_u:object_r:user_home_t:s0", "restorecon -v /srv/a")]
    public void What_helps_against_a_label_depends_on_who_gives_it(string label, string command) =>
        Assert.Equal(command, Assert.Single(Assert.Single(Judge(true, Element("/srv", 0x1ED), Element("/srv/a", 0x1A4, FileKind.File, label))).Remedies).Command);

    [Fact]
    public void Behind_what_no_chmod_mends_nothing_is_opened()
    {
        var found = Assert.Single(Judge(false, Element("/srv", 0x1C0), Element("/srv/archive", 0x1C0), Element("/srv/a", 0x1C0)));
        Assert.Equal(["/srv"], found.Remedies[0].Edits.Select(edit => edit.File));
    }
}
