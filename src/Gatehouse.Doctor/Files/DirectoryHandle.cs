using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gatehouse.Doctor.Files;

/// <summary>An open directory and what lies directly in it, by handle: names stay octets, nothing is allocated for each.</summary>
internal sealed partial class DirectoryHandle : IDisposable
{
    private const int NoFollow = 0x100, NoAutomount = 0x800;
    private const uint ModeOwnerLinks = 0x1 | 0x2 | 0x4 | 0x8 | 0x10;
    private readonly int handle;
    private readonly byte[] prefix;

    private DirectoryHandle(int handle)
    {
        this.handle = handle;
        prefix = System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{handle}/");
    }

    /// <summary>Null where it can't be listed, or is a link.</summary>
    public static DirectoryHandle? Open(string path) => Kernel.OpenForListing(path) is >= 0 and var handle ? new(handle) : null;

    /// <summary>The next directory entries as the kernel writes them (linux_dirent64); empty: no more, or a fault.</summary>
    public ReadOnlySpan<byte> Next(byte[] buffer)
    {
        var length = getdents64(handle, buffer, (nuint)buffer.Length);
        return length <= 0 ? default : buffer.AsSpan(0, (int)length);
    }

    /// <summary>lstat of a name in it; null where it is gone.</summary>
    /// <param name="name">Ends in a zero octet behind the span, as the kernel's entries do.</param>
    public Kernel.Stat? Look(ReadOnlySpan<byte> name) => statx(handle, in MemoryMarshal.GetReference(name), NoFollow | NoAutomount, ModeOwnerLinks, out var stat) == 0 ? stat : null;

    /// <summary>Whether a link in it leads to something that exists (or that we may not see).</summary>
    public bool LeadsSomewhere(ReadOnlySpan<byte> name) =>
        statx(handle, in MemoryMarshal.GetReference(name), NoAutomount, 1, out _) == 0 || Marshal.GetLastPInvokeError() is not (Kernel.NotFound or Kernel.TooManyLinks);

    /// <summary>The access ACL of a name in it; null: none beyond the mode.</summary>
    public PosixAcl? Acl(ReadOnlySpan<byte> name)
    {
        Span<byte> path = stackalloc byte[prefix.Length + name.Length + 1];
        prefix.CopyTo(path);
        name.CopyTo(path[prefix.Length..]);
        path[^1] = 0;
        Span<byte> buffer = stackalloc byte[2048];
        var length = lgetxattr(in MemoryMarshal.GetReference(path), "system.posix_acl_access\0"u8, buffer, (nuint)buffer.Length);
        return length > 0 && PosixAcl.TryRead(buffer[..(int)length], out var acl) ? acl : null;
    }

    /// <inheritdoc/>
    public void Dispose() => Kernel.Close(handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int handle, byte[] buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int directory, in byte path, int flags, uint mask, out Kernel.Stat result);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lgetxattr(in byte path, ReadOnlySpan<byte> name, Span<byte> value, nuint size);
}

/// <summary>The names in a batch of linux_dirent64 (getdents(2)), without the directory itself and its parent.</summary>
internal ref struct DirectoryNames(ReadOnlySpan<byte> batch)
{
    private const int NameAt = 19;
    private ReadOnlySpan<byte> rest = batch;

    /// <summary>Without the zero octet that follows it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly DirectoryNames GetEnumerator() => this;

    public bool MoveNext()
    {
        while (rest.Length > NameAt)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest[16..]);
            var name = rest[NameAt..length];
            name = name[..name.IndexOf((byte)0)];
            rest = rest[length..];
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
            Current = name;
            return true;
        }

        return false;
    }
}
