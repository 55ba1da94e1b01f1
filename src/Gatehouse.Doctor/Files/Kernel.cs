using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Doctor.Files;

/// <summary>The calls that the base library has no words for. Linux alone; elsewhere <see cref="IsHere"/> is false and files are "not looked at".</summary>
internal static partial class Kernel
{
    private const int AtCurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;

    /// <summary>Errno values that have a sentence of their own.</summary>
    internal const int NotFound = 2, AccessDenied = 13, NotADirectory = 20, TooManyLinks = 40;

    public static bool IsHere => OperatingSystem.IsLinux();

    /// <summary>lstat by statx(2), whose layout is the same on every machine. Null and an errno where it fails.</summary>
    public static Stat? Look(string path, out int errno)
    {
        var result = statx(AtCurrentDirectory, path, NoFollow, BasicStats, out var stat);
        errno = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        return result == 0 ? stat : null;
    }

    /// <summary>An extended attribute of the element itself; null where there is none or it can't be read.</summary>
    public static byte[]? Attribute(string path, string name)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var length = lgetxattr(path, name, buffer, (nuint)buffer.Length);
        return length < 0 ? null : buffer[..(int)length].ToArray();
    }

    /// <summary>Where a link leads; null where it can't be read.</summary>
    public static string? LinkTarget(string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var length = readlink(path, buffer, (nuint)buffer.Length);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer[..(int)length]);
    }

    /// <summary>struct statx of linux/stat.h, as far as it is used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Stat
    {
        [FieldOffset(16)]
        public uint Links;
        [FieldOffset(20)]
        public uint Uid;
        [FieldOffset(24)]
        public uint Gid;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(40)]
        public ulong Size;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int statx(int directory, string path, int flags, uint mask, out Stat result);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint lgetxattr(string path, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint readlink(string path, Span<byte> buffer, nuint size);
}
