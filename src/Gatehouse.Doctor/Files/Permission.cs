namespace Gatehouse.Doctor.Files;

/// <summary>What is needed of an element.</summary>
public enum Need
{
    /// <summary>Pass through a directory.</summary>
    Search = 1,

    /// <summary>Read a file, or list a directory.</summary>
    Read = 4,
}

/// <summary>Which part of mode or ACL decided.</summary>
public enum PermissionClass
{
    /// <summary>The kernel asks nothing of uid 0 (or no permission is asked of a link).</summary>
    None,

    /// <summary>The owner's bits.</summary>
    Owner,

    /// <summary>The bits of the owning group.</summary>
    Group,

    /// <summary>Everybody else's bits.</summary>
    Other,

    /// <summary>An ACL entry that names the user.</summary>
    NamedUser,

    /// <summary>An ACL entry that names one of the groups.</summary>
    NamedGroup,

    /// <summary>An entry grants it and the ACL's mask takes it away.</summary>
    Mask,
}

/// <summary>Whether an account may do something with an element, and what decided it.</summary>
/// <param name="Granted">Whether it may.</param>
/// <param name="By">What decided.</param>
public readonly record struct Permission(bool Granted, PermissionClass By)
{
    /// <summary>
    /// The kernel's own order (path_resolution(7), acl(5)): owner, then named users, then the groups of which any may grant, then
    /// others; only the first class that fits is asked. For uid 0 everything is granted to read and search.
    /// </summary>
    public static Permission Judge(PathElement element, ServerAccount account, Need need)
    {
        var bit = (int)need;
        if (account.Uid == 0 || element.Kind == FileKind.Link) return new(true, PermissionClass.None);
        if (element.Uid == account.Uid) return new((element.Mode >> 6 & bit) != 0, PermissionClass.Owner);
        // With an ACL the group bits of the mode are its mask. Where they are all clear Linux does not look at the ACL
        // at all (acl_permission_check in fs/namei.c), so that others' bits may grant what a named entry would not.
        return element.Acl is { } acl && (element.Mode >> 3 & 7) != 0 ? JudgeAcl(element, acl, account, bit) : JudgeMode(element, account, bit);
    }

    private static Permission JudgeMode(PathElement element, ServerAccount account, int bit) =>
        account.Groups.Contains(element.Gid)
            ? new((element.Mode >> 3 & bit) != 0, PermissionClass.Group)
            : new((element.Mode & bit) != 0, PermissionClass.Other);

    private static Permission JudgeAcl(PathElement element, PosixAcl acl, ServerAccount account, int bit)
    {
        var mask = acl.Mask ?? 7;
        foreach (var entry in acl.Entries)
        {
            if (entry.Tag == AclTag.User && entry.Id == account.Uid)
                return (entry.Permissions & bit) == 0 ? new(false, PermissionClass.NamedUser) : Masked(mask, bit, PermissionClass.NamedUser);
        }

        var matched = PermissionClass.None;
        foreach (var entry in acl.Entries)
        {
            var hit = entry.Tag switch
            {
                AclTag.OwningGroup => account.Groups.Contains(element.Gid),
                AclTag.Group => account.Groups.Contains(entry.Id),
                AclTag.Owner or AclTag.User or AclTag.Mask or AclTag.Other => false,
            };
            if (!hit) continue;
            var by = entry.Tag == AclTag.OwningGroup ? PermissionClass.Group : PermissionClass.NamedGroup;
            if ((entry.Permissions & bit) != 0) return Masked(mask, bit, by);
            matched = by;
        }

        if (matched != PermissionClass.None) return new(false, matched);
        foreach (var entry in acl.Entries)
            if (entry.Tag == AclTag.Other) return new((entry.Permissions & bit) != 0, PermissionClass.Other);
        return new(false, PermissionClass.Other);
    }

    private static Permission Masked(int mask, int bit, PermissionClass by) =>
        (mask & bit) != 0 ? new(true, by) : new(false, PermissionClass.Mask);
}
