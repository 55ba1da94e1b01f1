using System.Buffers.Binary;

namespace Gatehouse.Doctor.Files;

/// <summary>Whom an ACL entry speaks of (Linux <c>posix_acl_xattr.h</c>; acl(5)).</summary>
public enum AclTag
{
    /// <summary>The file's owner.</summary>
    Owner = 0x01,

    /// <summary>A named user.</summary>
    User = 0x02,

    /// <summary>The file's group.</summary>
    OwningGroup = 0x04,

    /// <summary>A named group.</summary>
    Group = 0x08,

    /// <summary>The upper limit for named users, the owning group and named groups.</summary>
    Mask = 0x10,

    /// <summary>Everybody else.</summary>
    Other = 0x20,
}

/// <summary>One entry.</summary>
/// <param name="Tag">Whom it speaks of.</param>
/// <param name="Permissions">Three bits: read 4, write 2, execute or search 1.</param>
/// <param name="Id">User or group id; meaningful for <see cref="AclTag.User"/> and <see cref="AclTag.Group"/> alone.</param>
public readonly record struct AclEntry(AclTag Tag, int Permissions, uint Id);

/// <summary>A POSIX access ACL as the extended attribute <c>system.posix_acl_access</c> holds it.</summary>
public sealed record PosixAcl(IReadOnlyList<AclEntry> Entries)
{
    private const int Version = 2;

    /// <summary>The entries of one attribute; the kernel allows no more than fit into 64 KiB.</summary>
    private const int MaxEntries = 8191;

    /// <summary>The mask, or null where there is none.</summary>
    public int? Mask
    {
        get
        {
            foreach (var entry in Entries)
                if (entry.Tag == AclTag.Mask) return entry.Permissions;
            return null;
        }
    }

    /// <summary>Reads the attribute: a version of four bytes, then eight bytes an entry, little-endian. False where it is anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> attribute, out PosixAcl? acl)
    {
        acl = null;
        if (attribute.Length < 4 || (attribute.Length - 4) % 8 != 0 || BinaryPrimitives.ReadUInt32LittleEndian(attribute) != Version) return false;
        var count = (attribute.Length - 4) / 8;
        if (count > MaxEntries) return false;
        var entries = new AclEntry[count];
        for (var i = 0; i < count; i++)
        {
            var raw = attribute.Slice(4 + (i * 8), 8);
            var tag = (AclTag)BinaryPrimitives.ReadUInt16LittleEndian(raw);
            if (tag is not (AclTag.Owner or AclTag.User or AclTag.OwningGroup or AclTag.Group or AclTag.Mask or AclTag.Other)) return false;
            entries[i] = new AclEntry(tag, BinaryPrimitives.ReadUInt16LittleEndian(raw[2..]) & 7, BinaryPrimitives.ReadUInt32LittleEndian(raw[4..]));
        }

        acl = new PosixAcl(entries);
        return true;
    }

    /// <summary>The attribute's bytes, as <see cref="TryRead"/> takes them.</summary>
    public byte[] Write()
    {
        var bytes = new byte[4 + (Entries.Count * 8)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Version);
        for (var i = 0; i < Entries.Count; i++)
        {
            var at = bytes.AsSpan(4 + (i * 8), 8);
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)Entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], (ushort)Entries[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], Entries[i].Tag is AclTag.User or AclTag.Group ? Entries[i].Id : uint.MaxValue);
        }

        return bytes;
    }

    /// <summary>In the form of <c>getfacl --omit-header</c>: an entry a line; names where the account list has them, else numbers.</summary>
    public string Text(Accounts accounts) => string.Join('\n', Entries.Select(entry => entry.Tag switch
    {
        AclTag.Owner => "user::",
        AclTag.User => $"user:{accounts.UserName(entry.Id)}:",
        AclTag.OwningGroup => "group::",
        AclTag.Group => $"group:{accounts.GroupName(entry.Id)}:",
        AclTag.Mask => "mask::",
        AclTag.Other => "other::",
    } + Letters(entry.Permissions)));

    /// <summary><c>r-x</c> for 5.</summary>
    internal static string Letters(int permissions) =>
        $"{((permissions & 4) != 0 ? 'r' : '-')}{((permissions & 2) != 0 ? 'w' : '-')}{((permissions & 1) != 0 ? 'x' : '-')}";
}
