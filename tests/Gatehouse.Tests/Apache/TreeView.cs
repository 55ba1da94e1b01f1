using Gatehouse.Apache;

namespace Gatehouse.Tests.Apache;

/// <summary>The real disk as the server's user sees it in tests, where all is readable for everybody.</summary>
internal sealed class TreeView : IFileView
{
    public FileFacts? Stat(string path)
    {
        var target = LinkStat(path);
        if (target is not { Kind: EntryKind.Link }) return target;
        var final = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true);
        return final is null || !Path.Exists(final.FullName) ? null : LinkStat(final.FullName);
    }

    public FileFacts? LinkStat(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal)) return null;
        var info = new FileInfo(path.Length > 1 ? path.TrimEnd('/') : path);
        if ((int)info.Attributes == -1) return null;
        var kind = info.LinkTarget is not null ? EntryKind.Link : info.Attributes.HasFlag(FileAttributes.Directory) ? EntryKind.Directory : EntryKind.File;
        if (path.EndsWith('/') && kind == EntryKind.File) return null;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return new(kind, kind == EntryKind.File ? info.Length : 0, 0, true, (info.UnixFileMode & execute) != 0);
    }

    public string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
