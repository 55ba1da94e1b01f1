using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Apache;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>
/// The disk as Apache httpd's rules see it, as this process may. What was read is kept for half a second, so that a changed .htaccess or
/// password file is obeyed within one, and a busy site does not ask the disk for each request again.
/// </summary>
internal sealed class HtaccessDisk(TimeProvider time, string configurationPath, string configuration) : IFileView
{
    /// <summary>Larger files are not read: rules and password files are far smaller, and endless ones must not fill the memory.</summary>
    private const int LargestFile = 4 * 1024 * 1024;

    /// <summary>Answers kept; a client that asks for ever new names must not fill the memory.</summary>
    private const int MaximumKept = 8192;

    private static readonly TimeSpan KeptFor = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, (long At, FileFacts? Facts)> states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long At, FileState State, byte[]? Content)> contents = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public FileFacts? Stat(string path)
    {
        if (states.TryGetValue(path, out var known) && IsFresh(known.At)) return known.Facts;
        var facts = Look(path, followLinks: true);
        if (states.Count >= MaximumKept) states.Clear();
        states[path] = (time.GetTimestamp(), facts);
        return facts;
    }

    /// <inheritdoc/>
    public FileFacts? LinkStat(string path) => Look(path, followLinks: false);

    /// <inheritdoc/>
    public string? Read(string path) => path == configurationPath ? configuration : ReadBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <inheritdoc/>
    public byte[]? ReadBytes(string path)
    {
        if (contents.TryGetValue(path, out var known) && IsFresh(known.At)) return known.Content;
        var content = ReadNow(path, known, out var state);
        if (contents.Count >= MaximumKept) contents.Clear();
        contents[path] = (time.GetTimestamp(), state, content);
        return content;
    }

    /// <inheritdoc/>
    public bool IsReachable(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
            if (Kernel.TryState(path[..slash], out var state) && state.IsDirectory && !Kernel.MayAccess(path[..slash], 1)) return false;
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string>? Names(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(entry => Path.GetFileName(entry))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private bool IsFresh(long at) => time.GetElapsedTime(at) < KeptFor;

    private static FileFacts? Look(string path, bool followLinks)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) || !Kernel.TryState(path, out var state)) return null;
        if (followLinks && state.IsLink)
        {
            if (Final(path) is not { } target || !Kernel.TryState(target, out state)) return null;
        }

        var kind = state.IsLink ? EntryKind.Link : state.IsDirectory ? EntryKind.Directory : state.IsRegular ? EntryKind.File : EntryKind.Other;
        return new(kind, state.SizeInBytes, unchecked((int)state.Owner), Kernel.MayAccess(path, 4), Kernel.MayAccess(path, 1), unchecked((int)state.Group));
    }

    private static string? Final(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]? ReadNow(string path, (long At, FileState State, byte[]? Content) known, out FileState state)
    {
        state = default;
        try
        {
            // A FIFO or a device would block or never end: only a regular file is opened.
            if (!Kernel.TryState(path, out state)) return null;
            if (state.IsLink && (Final(path) is not { } target || !Kernel.TryState(target, out state))) return null;
            if (!state.IsRegular || state.SizeInBytes > LargestFile) return null;
            if (known.Content is not null && known.State == state) return known.Content;
            using var handle = File.OpenHandle(path);
            var content = new byte[state.SizeInBytes];
            var length = RandomAccess.Read(handle, content, 0);
            return length == content.Length ? content : content[..length];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
