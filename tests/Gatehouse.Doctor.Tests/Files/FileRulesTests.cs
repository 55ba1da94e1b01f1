using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Rules;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Files;

public class FileRulesTests
{
    private static readonly ServerAccount Web = new("www-data", 33, 33, new HashSet<uint> { 33, 50 });

    private static PathElement Element(string path, int mode, FileKind kind = FileKind.Directory, uint uid = 0, uint gid = 0, PosixAcl? acl = null) => new()
    {
        Path = path,
        Kind = kind,
        Mode = mode,
        Uid = uid,
        Gid = gid,
        Owner = uid.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Group = gid.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Acl = acl,
    };

    private static IReadOnlyList<Finding> Judge(bool assumed, params PathElement[] elements)
    {
        var seen = new Observations();
        seen.Add(new WorkerAccount(Web, "the test", assumed));
        seen.Add(new PathWalk(elements[^1].Path, elements, WalkEnd.Reached, null));
        return [.. FileRules.All.SelectMany(rule => rule.Judge(seen))];
    }

    [Fact]
    public void The_first_directory_that_cannot_be_passed_is_the_cause_and_every_element_behind_it_gets_its_one_bit_too()
    {
        var found = Assert.Single(Judge(false, Element("/", 0x1ED), Element("/srv", 0x1C0), Element("/srv/site", 0), Element("/srv/site/a", 0, FileKind.File)));
        Assert.Same(Gatehouse.Causes.Files.DirectoryNotSearchable, found.Cause);
        Assert.Equal("www-data cannot pass through /srv (mode 0700, owner 0:0)", found.Summary);
        var remedy = Assert.Single(found.Remedies);
        Assert.Equal("chmod o+x /srv && chmod o+x /srv/site && chmod o+r /srv/site/a", remedy.Command);
        Assert.Equal(
            [new(EditKind.Mode, "/srv", "0700", "0701", EditSafety.Safe), new(EditKind.Mode, "/srv/site", "0000", "0001", EditSafety.Safe), new(EditKind.Mode, "/srv/site/a", "0000", "0004", EditSafety.Safe)],
            remedy.Edits);
    }

    [Fact]
    public void A_secret_behind_a_closed_directory_is_not_opened_with_it()
    {
        var found = Assert.Single(Judge(false, Element("/srv", 0x1C0), Element("/srv/.htpasswd", 0x180, FileKind.File)));
        Assert.Equal("/srv", Assert.Single(Assert.Single(found.Remedies).Edits).File);
    }

    [Fact]
    public void A_mask_that_is_widened_gives_nothing_to_the_entries_that_it_held_back()
    {
        var acl = new PosixAcl([new(AclTag.Owner, 6, 0), new(AclTag.User, 4, 33), new(AclTag.User, 7, 44), new(AclTag.OwningGroup, 5, 0), new(AclTag.Mask, 1, 0), new(AclTag.Other, 0, 0)]);
        var remedy = Assert.Single(Assert.Single(Judge(false, Element("/srv/a", 0x188, FileKind.File, acl: acl))).Remedies);
        var edit = Assert.Single(remedy.Edits);
        Assert.Equal("user::rw-\nuser:33:r--\nuser:44:-wx\ngroup::--x\nmask::r-x\nother::---", edit.After.Trim());
        Assert.Equal(EditSafety.Safe, FixPlan.Judged(edit).Safety);
        Assert.Equal(EditSafety.Ask, FixPlan.Judged(edit with { After = edit.After.Replace("user:44:-wx", "user:44:rwx", StringComparison.Ordinal) }).Safety);
    }

    [Fact]
    public void The_group_is_preferred_before_others()
    {
        var found = Assert.Single(Judge(false, Element("/srv/a", 0x180, FileKind.File, uid: 7, gid: 50)));
        Assert.Same(Gatehouse.Causes.Files.FileNotReadable, found.Cause);
        Assert.Equal("0640", Assert.Single(found.Remedies).Edits[0].After);
        Assert.Equal("chmod g+r /srv/a", found.Remedies[0].Command);
    }

    [Fact]
    public void A_mode_that_seems_to_grant_and_an_ACL_that_does_not_is_the_ACL()
    {
        var acl = new PosixAcl([new(AclTag.Owner, 7, 0), new(AclTag.User, 0, 33), new(AclTag.OwningGroup, 5, 0), new(AclTag.Mask, 5, 0), new(AclTag.Other, 5, 0)]);
        var found = Assert.Single(Judge(false, Element("/srv", 0x1ED, acl: acl)));
        Assert.Same(Gatehouse.Causes.Files.FileAclDenied, found.Cause);
        Assert.Contains("user:33:--x", found.Remedies[0].Edits[0].After, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_never_made_readable()
    {
        var found = Assert.Single(Judge(false, Element("/srv/site/server.key", 0x180, FileKind.File)));
        Assert.All(found.Remedies, remedy => Assert.False(remedy.Automatic));
    }

    [Fact]
    public void A_set_id_bit_or_a_second_name_is_asked_about_first()
    {
        var found = Assert.Single(Judge(false, Element("/srv/tool", 0xDC0, FileKind.File)));
        Assert.Equal(EditSafety.Ask, found.Remedies[0].Edits[0].Safety);
        found = Assert.Single(Judge(false, Element("/srv/tool", 0x180, FileKind.File) with { Names = 2 }));
        Assert.Equal(EditSafety.Ask, found.Remedies[0].Edits[0].Safety);
    }

    [Fact]
    public void What_the_account_may_read_is_no_finding_and_a_custom_account_is_less_certain()
    {
        Assert.Empty(Judge(false, Element("/", 0x1ED), Element("/srv/a", 0x1A4, FileKind.File)));
        Assert.True(Assert.Single(Judge(true, Element("/srv", 0x1C0))).Confidence < 0.9);
    }
}
