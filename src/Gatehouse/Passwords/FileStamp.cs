using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Passwords;

/// <summary>By what a change of a file is noticed: inode, size, times of content and of status. Two system clocks must be set back to hide a change from it.</summary>
/// <param name="Inode">0 where the system tells none.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
/// <param name="Changed">Nanoseconds since 1970: also of mode, owner and of a modification time that was set by hand; 0 where the system tells none.</param>
internal readonly partial record struct FileStamp(ulong Inode, ulong Length, long Modified, long Changed)
{
    private const int CurrentFolder = -100;
    private const uint BasicStatistics = 0x7FF;
    private const int StatisticsLength = 256;

    /// <summary>The path as the system takes it.</summary>
    internal static byte[] Encode(string path) => Encoding.UTF8.GetBytes(path + "\0");

    /// <summary>Follows links. Null where the file is not there or can't be looked at.</summary>
    internal static FileStamp? Of(string path, byte[] encoded) => OperatingSystem.IsLinux() ? OfLinux(encoded) : OfOthers(path);

    // struct statx (man 2 statx): the same layout on every architecture.
    private static unsafe FileStamp? OfLinux(byte[] encoded)
    {
        var statistics = stackalloc byte[StatisticsLength];
        fixed (byte* name = encoded)
            if (Statx(CurrentFolder, name, 0, BasicStatistics, statistics) != 0) return null;
        return new(*(ulong*)(statistics + 32), *(ulong*)(statistics + 40), Nanoseconds(statistics + 112), Nanoseconds(statistics + 96));
    }

    private static unsafe long Nanoseconds(byte* time) => *(long*)time * 1_000_000_000 + *(uint*)(time + 8);

    private static FileStamp? OfOthers(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new(0, (ulong)file.Length, (file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100, 0) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static unsafe partial int Statx(int folder, byte* path, int flags, uint mask, byte* statistics);
}
