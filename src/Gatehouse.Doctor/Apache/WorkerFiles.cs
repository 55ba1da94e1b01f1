using System.Text;
using Gatehouse.Apache;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Fixes;

namespace Gatehouse.Doctor.Apache;

/// <summary>This machine's files as a worker of httpd meets them, for the evaluation. Paths may be moved: a tree given with --site stands for the document root of the configuration.</summary>
internal sealed class WorkerFiles(Accounts accounts, ServerAccount? worker) : IFileView
{
    /// <summary>A configuration or rules file is read up to this many bytes: an endless one ends here.</summary>
    private const int MaxText = 16 << 20;

    /// <summary>Names of one directory.</summary>
    private const int MaxNames = 100_000;

    private readonly Dictionary<string, (PathWalk Walk, bool Reachable)> walks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> texts = new(StringComparer.Ordinal);

    /// <summary>The document root in the configuration; null: nothing is moved.</summary>
    public string? MovedFrom { get; set; }

    /// <summary>Where it lies on this machine.</summary>
    public string? MovedTo { get; set; }

    /// <summary>Every text that was read, by the path in the configuration.</summary>
    public IReadOnlyDictionary<string, string?> Texts => texts;

    /// <summary>The path on this machine.</summary>
    public string Here(string path) =>
        MovedFrom is { } from && (path == from || path.StartsWith(from + "/", StringComparison.Ordinal)) ? MovedTo + path[from.Length..] : path;

    public FileFacts? Stat(string path) => Walked(path).Walk.Target is { } target ? Facts(target) : null;

    public FileFacts? LinkStat(string path) => PathWalk.Element(Here(path), accounts, out _) is { } element ? Facts(element) : null;

    public bool IsReachable(string path) => worker is null || Walked(path).Reachable;

    public string? AccountName(int id, bool group) => group ? accounts.GroupName((uint)id) : accounts.UserName((uint)id);

    public string? Read(string path)
    {
        if (texts.TryGetValue(path, out var known)) return known;
        var text = ReadBytes(path) is { } bytes ? TextBytes.Read(bytes, out _) : null;
        texts[path] = text;
        return text;
    }

    public byte[]? ReadBytes(string path)
    {
        // Not a pipe or device, which would never end.
        using var file = RegularFile.Open(Here(path), out _);
        return file is null || file.SizeInBytes > MaxText ? null : file.Read(MaxText, out _);
    }

    public IReadOnlyList<string>? Names(string directory)
    {
        try
        {
            return [.. new DirectoryInfo(Here(directory)).EnumerateFileSystemInfos().Take(MaxNames).Select(entry => entry.Name)];
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FileFacts Facts(PathElement element) => new(
        element.Kind switch { FileKind.File => EntryKind.File, FileKind.Directory => EntryKind.Directory, FileKind.Link => EntryKind.Link, FileKind.Device or FileKind.Fifo or FileKind.Socket or FileKind.Unknown => EntryKind.Other },
        element.SizeInBytes,
        (int)element.Uid,
        worker is null || Permission.Judge(element, worker, Need.Read).Granted,
        worker is null || element.Kind == FileKind.Directory && Permission.Judge(element, worker, Need.Search).Granted || element.Kind == FileKind.File && (element.Mode & 0x49) != 0,
        (int)element.Gid);

    private (PathWalk Walk, bool Reachable) Walked(string path)
    {
        if (walks.TryGetValue(path, out var known)) return known;
        var walk = PathWalk.Look(Here(path), accounts);
        var reachable = true;
        foreach (var element in walk.Elements)
        {
            if (worker is null || element.Kind != FileKind.Directory || ReferenceEquals(element, walk.Target)) continue;
            if (!Permission.Judge(element, worker, Need.Search).Granted) reachable = false;
        }

        return walks[path] = (walk, reachable);
    }
}
