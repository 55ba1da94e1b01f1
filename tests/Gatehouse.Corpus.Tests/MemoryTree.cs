using System.Text;
using Gatehouse.Apache;

namespace Gatehouse.Corpus.Tests;

/// <summary>A tree of files in memory, all readable: what an evaluation asks of the disk.</summary>
internal sealed class MemoryTree : IFileView
{
    private readonly Dictionary<string, string?> entries = new(StringComparer.Ordinal) { ["/"] = null };

    /// <summary>Adds a file and its folders.</summary>
    public MemoryTree With(string path, string content)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1)) entries[path[..slash]] = null;
        entries[path] = content;
        return this;
    }

    public FileFacts? Stat(string path)
    {
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        return !entries.TryGetValue(path.Length == 0 ? "/" : path, out var content) ? null
            : content is null ? new FileFacts(EntryKind.Directory, 0, 0, true, true) : new FileFacts(EntryKind.File, content.Length, 0, true, false);
    }

    public FileFacts? LinkStat(string path) => Stat(path);

    public string? Read(string path) => entries.GetValueOrDefault(path);

    public byte[]? ReadBytes(string path) => Read(path) is { } text ? Encoding.Latin1.GetBytes(text) : null;

    public IReadOnlyList<string>? Names(string directory)
    {
        var prefix = directory.TrimEnd('/') + "/";
        return [.. entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length && key.IndexOf('/', prefix.Length) < 0).Select(key => key[prefix.Length..])];
    }
}
