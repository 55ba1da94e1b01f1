using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Doctor.Files;

/// <summary>Why a file was not read.</summary>
internal enum ReadFault
{
    /// <summary>It was read.</summary>
    None = 0,

    /// <summary>It does not exist.</summary>
    Missing,

    /// <summary>We may not.</summary>
    NotAllowed,

    /// <summary>A directory, pipe, device or socket.</summary>
    NotRegular,

    /// <summary>More octets than the limit.</summary>
    TooLarge,

    /// <summary>Octets that no text has.</summary>
    NotText,

    /// <summary>It lies, or leads, outside the folders that may be read.</summary>
    Outside,

    /// <summary>Another fault of the system.</summary>
    Broken,
}

/// <summary>
/// A regular file, opened once and judged by what was opened: its kind and where it really lies are asked of the handle, so that nobody can
/// swap a name for a pipe, or for a link to a foreign file, between the look and the reading.
/// </summary>
internal sealed class RegularFile : IDisposable
{
    private readonly SafeFileHandle handle;

    private RegularFile(SafeFileHandle handle, string truePath) => (this.handle, TruePath) = (handle, truePath);

    /// <summary>Where it lies, all links resolved.</summary>
    public string TruePath { get; }

    /// <summary>Its size when it was opened, in bytes.</summary>
    public long SizeInBytes { get; private init; }

    /// <summary>Opens it; null and the fault where that can't be done. A pipe or a device is never waited for.</summary>
    public static RegularFile? Open(string path, out ReadFault fault)
    {
        fault = ReadFault.None;
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            fault = ReadFault.Missing;
            return null;
        }

        return Kernel.IsHere ? OpenByHandle(path, out fault) : OpenByName(path, out fault);
    }

    /// <summary>All of it, or its first octets; what is appended while it is read is not waited for.</summary>
    /// <param name="most">Octets; the file of an attacker grows as long as it is read.</param>
    /// <param name="changed">Whether it was written to meanwhile, so that what was read may be half of two files.</param>
    public byte[] Read(long most, out bool changed)
    {
        var before = Kernel.IsHere ? Kernel.Look((int)handle.DangerousGetHandle(), out _) : null;
        var octets = new byte[(int)Math.Min(SizeInBytes, most)];
        var read = 0;
        while (read < octets.Length && RandomAccess.Read(handle, octets.AsSpan(read), read) is > 0 and var more) read += more;
        var after = Kernel.IsHere ? Kernel.Look((int)handle.DangerousGetHandle(), out _) : null;
        changed = read < octets.Length || (before is { } was && after is { } now && (was.Size != now.Size || was.ModifySeconds != now.ModifySeconds || was.ModifyNanoseconds != now.ModifyNanoseconds));
        return read == octets.Length ? octets : octets[..read];
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private static RegularFile? OpenByHandle(string path, out ReadFault fault)
    {
        // To be looked at alone: a device does things by being opened (a watchdog is armed, a tape rewound), and a pipe lets its writer go.
        var found = Kernel.OpenToLook(path, out var errno);
        if (found < 0)
        {
            fault = Fault(errno);
            return null;
        }

        using var look = new SafeFileHandle(found, ownsHandle: true);
        if (Kernel.Look(found, out _) is not { } stat || (stat.Mode & 0xF000) != 0x8000)
        {
            fault = ReadFault.NotRegular;
            return null;
        }

        var way = $"/proc/self/fd/{found}";
        // Without /proc nobody can tell where a link leads, so nothing is read.
        if (Kernel.LinkTarget(way) is not { } truePath)
        {
            fault = ReadFault.Broken;
            return null;
        }

        var opened = Kernel.OpenForReading(way, out errno);
        fault = opened < 0 ? Fault(errno) : ReadFault.None;
        return opened < 0 ? null : new RegularFile(new SafeFileHandle(opened, ownsHandle: true), truePath) { SizeInBytes = (long)stat.Size };
    }

    private static ReadFault Fault(int errno) => errno switch
    {
        Kernel.NotFound or Kernel.NotADirectory => ReadFault.Missing,
        Kernel.AccessDenied or Kernel.NotPermitted => ReadFault.NotAllowed,
        _ => ReadFault.Broken,
    };

    private static RegularFile? OpenByName(string path, out ReadFault fault)
    {
        fault = ReadFault.None;
        try
        {
            if (Directory.Exists(path)) fault = ReadFault.NotRegular;
            else
            {
                var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
                var handle = File.OpenHandle(target, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                return new RegularFile(handle, target) { SizeInBytes = RandomAccess.GetLength(handle) };
            }
        }
        catch (UnauthorizedAccessException)
        {
            fault = ReadFault.NotAllowed;
        }
        catch (IOException error)
        {
            fault = error is FileNotFoundException or DirectoryNotFoundException ? ReadFault.Missing : ReadFault.Broken;
        }
        catch (NotSupportedException)
        {
            fault = ReadFault.NotRegular; // it can't be sought in
        }

        return null;
    }
}
