using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What the kernel says of a file (statx(2)).</summary>
/// <param name="Mode">Type and permission bits.</param>
/// <param name="Owner">User id.</param>
/// <param name="Group">Group id.</param>
/// <param name="SizeInBytes">Of a regular file.</param>
/// <param name="Device">Of the file system.</param>
/// <param name="Inode">Number within the file system.</param>
/// <param name="Modified">When the content last changed.</param>
/// <param name="Changed">When content, owner or mode last changed, in nanoseconds since 1970.</param>
internal readonly record struct FileState(int Mode, uint Owner, uint Group, long SizeInBytes, ulong Device, ulong Inode, DateTimeOffset Modified, long Changed)
{
    private const int TypeMask = 0xF000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;
}

/// <summary>The few calls of Linux by which a path is opened without ever leaving a folder. Errors are the kernel's numbers.</summary>
internal static unsafe partial class Kernel
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int NoDevice = 6;
    public const int AccessDenied = 13;
    public const int CrossesOut = 18;
    public const int NotDirectory = 20;
    public const int NameTooLong = 36;
    public const int NotImplemented = 38;
    public const int TooManyLinks = 40;

    /// <summary>Only a place in the tree: nothing is opened, so that a FIFO does not block and a device is not touched.</summary>
    public const int PathOnly = 0x200000;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int NoTerminal = 0x100;

    public const ulong NoMagicLinks = 2;
    public const ulong NoLinks = 4;
    public const ulong Beneath = 8;

    private const int WorkingDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int LinkItself = 0x100;
    private const int EffectiveUser = 0x200;

    // These two differ between the architectures; the numbers of the calls below do not.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    public static readonly int Directory = IsArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a folder by its path, following links: where the operator's own configuration points.</summary>
    public static SafeFileHandle? OpenRoot(string path, out int error) =>
        Taken(Open(WorkingDirectory, path, PathOnly | CloseOnExec | Directory, 0), out error);

    /// <summary>Opens a name within a folder without following it where it is a link (openat(2)).</summary>
    public static SafeFileHandle? OpenName(SafeFileHandle folder, string name, int flags, out int error) =>
        Taken(Open((int)folder.DangerousGetHandle(), name, flags | NoFollow | CloseOnExec, 0), out error);

    /// <summary>Opens a relative path that can't leave the folder, whatever links lie on it (openat2(2), Linux 5.6).</summary>
    public static SafeFileHandle? OpenBeneath(SafeFileHandle folder, string path, int flags, ulong resolve, out int error)
    {
        var how = new How { Flags = (ulong)(uint)(flags | CloseOnExec), Resolve = resolve | Beneath | NoMagicLinks };
        return Taken((int)OpenAt2(437, (int)folder.DangerousGetHandle(), path, &how, sizeof(How)), out error);
    }

    /// <summary>The state of an open file.</summary>
    public static bool TryState(SafeFileHandle file, out FileState state) => TryState((int)file.DangerousGetHandle(), "", EmptyPath, out state);

    /// <summary>The state of a path; of a link the link's own.</summary>
    public static bool TryState(string path, out FileState state) => TryState(WorkingDirectory, path, LinkItself, out state);

    /// <summary>Whether this process, as its effective user, may pass through a folder (1) or read a file (4); ACLs and labels included, because the kernel itself is asked.</summary>
    public static bool MayAccess(string path, int mode) => FaccessAt2(439, WorkingDirectory, path, mode, EffectiveUser) == 0;

    /// <summary>Of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    /// <summary>Of this process.</summary>
    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint EffectiveGroupId();

    private static bool TryState(int folder, string path, int flags, out FileState state)
    {
        state = default;
        var raw = default(RawState);
        if (StatX(folder, path, flags, 0x7FF, &raw) != 0) return false;
        state = new(
            raw.Mode, raw.Owner, raw.Group, (long)raw.Size, ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor, raw.Inode,
            DateTimeOffset.FromUnixTimeSeconds(raw.ModifiedSeconds).AddTicks(raw.ModifiedNanoseconds / 100), unchecked(raw.ChangedSeconds * 1_000_000_000 + raw.ChangedNanoseconds));
        return true;
    }

    private static SafeFileHandle? Taken(int descriptor, out int error)
    {
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(int folder, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenAt2(nint number, nint folder, string path, How* how, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FaccessAt2(nint number, nint folder, string path, nint mode, nint flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, RawState* state);

    private struct How
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawState
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
