using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Doctor.Files;

/// <summary>The calls that the base library has no words for. Linux alone; elsewhere <see cref="IsHere"/> is false and files are "not looked at".</summary>
internal static partial class Kernel
{
    private const int AtCurrentDirectory = -100;
    private const int NoFollow = 0x100, EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int OpenPath = 0x200000, OpenCloseOnExec = 0x80000, OpenWithoutWaiting = 0x800, OpenNoTerminal = 0x100;
    private static readonly int OpenDirectory = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;
    private static readonly int OpenNoFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>Errno values that have a sentence of their own.</summary>
    internal const int NotPermitted = 1, NotFound = 2, AccessDenied = 13, NotADirectory = 20, TooManyLinks = 40;

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

    /// <summary>An extended attribute of what a path leads to, as one below /proc/self/fd does; null where there is none or it can't be read.</summary>
    public static byte[]? AttributeBehind(string path, string name)
    {
        Span<byte> buffer = new byte[65536];
        var length = getxattr(path, name, buffer, (nuint)buffer.Length);
        return length < 0 ? null : buffer[..(int)length].ToArray();
    }

    /// <summary>Where a link leads; null where it can't be read.</summary>
    public static string? LinkTarget(string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var length = readlink(path, buffer, (nuint)buffer.Length);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer[..(int)length]);
    }

    /// <summary>
    /// A handle on the element itself, reached from the root directory by directory without following any link: what is
    /// changed through it is what was looked at, whoever swaps names meanwhile. Null and an errno where a component is a link or gone.
    /// </summary>
    public static ElementHandle? Hold(string path, out int errno)
    {
        errno = 0;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var here = openat(AtCurrentDirectory, "/", OpenPath | OpenDirectory | OpenCloseOnExec, 0);
        for (var i = 0; i < parts.Length && here >= 0; i++)
        {
            var last = i == parts.Length - 1;
            var next = openat(here, parts[i], OpenPath | OpenNoFollow | OpenCloseOnExec | (last ? 0 : OpenDirectory), 0);
            errno = next < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (!last || next < 0) _ = close(here);
            else return new ElementHandle(next, here, parts[i]);
            here = next;
        }

        if (here >= 0) return new ElementHandle(here, here, "");
        if (errno == 0) errno = Marshal.GetLastPInvokeError();
        return null;
    }

    /// <summary>Of an open handle.</summary>
    public static Stat? Look(int handle, out int errno)
    {
        var result = statx(handle, "", EmptyPath | NoFollow, BasicStats, out var stat);
        errno = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        return result == 0 ? stat : null;
    }

    /// <summary>Owner and group, by a path below /proc/self/fd. 0 or an errno.</summary>
    public static int ChangeOwner(string path, uint uid, uint gid) => chown(path, uid, gid) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Sets an extended attribute. 0 or an errno.</summary>
    public static int SetAttribute(string path, string name, ReadOnlySpan<byte> value) =>
        setxattr(path, name, value, (nuint)value.Length, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes an extended attribute. 0 or an errno; 61 (ENODATA) where there was none.</summary>
    public static int RemoveAttribute(string path, string name) => removexattr(path, name) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The names of all extended attributes that we may see.</summary>
    public static string[] AttributeNames(string path)
    {
        Span<byte> buffer = new byte[65536];
        var length = listxattr(path, buffer, (nuint)buffer.Length);
        return length <= 0 ? [] : Encoding.UTF8.GetString(buffer[..(int)length]).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Times of last access and change, to the nanosecond. 0 or an errno.</summary>
    public static int SetTimes(string path, in Stat times)
    {
        ReadOnlySpan<long> pair = [times.AccessSeconds, times.AccessNanoseconds, times.ModifySeconds, times.ModifyNanoseconds];
        return utimensat(AtCurrentDirectory, path, pair, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Closes a handle of <see cref="Hold"/>.</summary>
    internal static void Close(int handle) => _ = close(handle);

    /// <summary>Writes a directory's entries to the disk, so that a rename in it survives a power cut.</summary>
    public static void Flush(string directory)
    {
        var handle = openat(AtCurrentDirectory, directory, OpenDirectory | OpenCloseOnExec, 0);
        if (handle < 0) return;
        _ = fsync(handle);
        _ = close(handle);
    }

    /// <summary>A handle on a directory to list it, no link followed at its end; negative where that is refused.</summary>
    public static int OpenForListing(string directory) => openat(AtCurrentDirectory, directory, OpenDirectory | OpenNoFollow | OpenCloseOnExec, 0);

    /// <summary>A handle that opens nothing: what it leads to, links followed, can be looked at and no more. Negative and an errno where that is refused.</summary>
    public static int OpenToLook(string path, out int errno)
    {
        var handle = openat(AtCurrentDirectory, path, OpenPath | OpenCloseOnExec, 0);
        errno = handle < 0 ? Marshal.GetLastPInvokeError() : 0;
        return handle;
    }

    /// <summary>A handle to read by, links followed; a pipe without a writer is not waited for. Negative and an errno where that is refused.</summary>
    public static int OpenForReading(string path, out int errno)
    {
        var handle = openat(AtCurrentDirectory, path, OpenWithoutWaiting | OpenNoTerminal | OpenCloseOnExec, 0);
        errno = handle < 0 ? Marshal.GetLastPInvokeError() : 0;
        return handle;
    }

    /// <summary>Our own effective user.</summary>
    public static uint EffectiveUser => geteuid();

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
        [FieldOffset(64)]
        public long AccessSeconds;
        [FieldOffset(72)]
        public uint AccessNanoseconds;
        [FieldOffset(112)]
        public long ModifySeconds;
        [FieldOffset(120)]
        public uint ModifyNanoseconds;
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
    private static partial nint getxattr(string path, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint readlink(string path, Span<byte> buffer, nuint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int openat(int directory, string path, int flags, int mode);

    [LibraryImport("libc")]
    private static partial int close(int handle);

    [LibraryImport("libc")]
    private static partial int fsync(int handle);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int chown(string path, uint uid, uint gid);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int setxattr(string path, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int removexattr(string path, string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint listxattr(string path, Span<byte> list, nuint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int utimensat(int directory, string path, ReadOnlySpan<long> times, int flags);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}

/// <summary>An element of the file system and the directory that holds it, both kept by handle.</summary>
internal sealed class ElementHandle(int element, int directory, string name) : IDisposable
{
    private bool closed;

    /// <summary>A path that names the held element whatever its name is now.</summary>
    public string Path { get; } = $"/proc/self/fd/{element}";

    /// <summary>The same of the directory that holds it.</summary>
    public string Directory { get; } = $"/proc/self/fd/{directory}";

    /// <summary>Its name in that directory.</summary>
    public string Name { get; } = name;

    /// <summary>Of the held element.</summary>
    public Kernel.Stat? Look(out int errno) => Kernel.Look(element, out errno);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (closed) return;
        closed = true;
        Kernel.Close(element);
        if (directory != element) Kernel.Close(directory);
    }
}
