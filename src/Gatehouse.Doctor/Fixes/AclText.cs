using System.Globalization;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Fixes;

/// <summary>The text form of an ACL with numbers for names, back to entries.</summary>
public static class AclText
{
    /// <summary>False where a line is not <c>kind:id:rwx</c> or an obligatory entry is missing (acl(5)).</summary>
    public static bool TryParse(string text, out PosixAcl acl)
    {
        var entries = new List<AclEntry>();
        acl = new PosixAcl(entries);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split(':');
            if (parts.Length != 3 || !TryPermissions(parts[2], out var permissions)) return false;
            var id = 0u;
            var named = parts[1].Length > 0;
            if (named && !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out id)) return false;
            AclTag? tag = (parts[0], named) switch
            {
                ("user", false) => AclTag.Owner,
                ("user", true) => AclTag.User,
                ("group", false) => AclTag.OwningGroup,
                ("group", true) => AclTag.Group,
                ("mask", false) => AclTag.Mask,
                ("other", false) => AclTag.Other,
                _ => null,
            };
            if (tag is null) return false;
            entries.Add(new AclEntry(tag.Value, permissions, id));
        }

        // The kernel takes them only in this order.
        entries.Sort((a, b) => a.Tag != b.Tag ? a.Tag.CompareTo(b.Tag) : a.Id.CompareTo(b.Id));
        return entries.Count(entry => entry.Tag == AclTag.Owner) == 1 && entries.Count(entry => entry.Tag == AclTag.OwningGroup) == 1 && entries.Count(entry => entry.Tag == AclTag.Other) == 1;
    }

    private static bool TryPermissions(string text, out int permissions)
    {
        permissions = 0;
        if (text.Length != 3) return false;
        for (var i = 0; i < 3; i++)
        {
            if (text[i] == "rwx"[i]) permissions |= 4 >> i;
            else if (text[i] != '-') return false;
        }

        return true;
    }
}
