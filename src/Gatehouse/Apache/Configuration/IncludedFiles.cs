using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Configuration;

/// <summary>Which files an Include means: one, all of a folder with its subfolders, or what a pattern matches; sorted by name, level by level.</summary>
internal sealed class IncludedFiles(IFileView files)
{
    /// <summary>Folders inside folders; a link to a parent ends here.</summary>
    private const int MaxDepth = 20;

    /// <summary>The files, absolute, in the order in which httpd reads them; empty: none exists.</summary>
    public IReadOnlyList<string> Of(string path)
    {
        var result = new List<string>();
        if (!FileNamePattern.HasWildcards(path)) Whole(path, 0, result);
        else Matching("/", path.Split('/', StringSplitOptions.RemoveEmptyEntries), 0, result);
        return result;
    }

    private void Whole(string path, int depth, List<string> into)
    {
        if (into.Count > ReadingLimits.MaxFiles || depth > MaxDepth) return;
        switch (files.Stat(path)?.Kind)
        {
            case EntryKind.File:
                into.Add(path);
                break;
            case EntryKind.Directory:
                foreach (var name in Sorted(path)) Whole($"{path.TrimEnd('/')}/{name}", depth + 1, into);
                break;
        }
    }

    private void Matching(string folder, string[] parts, int index, List<string> into)
    {
        if (into.Count > ReadingLimits.MaxFiles) return;
        var last = index == parts.Length - 1;
        if (!FileNamePattern.HasWildcards(parts[index]))
        {
            var path = $"{folder.TrimEnd('/')}/{parts[index]}";
            if (last) Whole(path, 0, into);
            else if (files.Stat(path)?.Kind == EntryKind.Directory) Matching(path, parts, index + 1, into);
            return;
        }

        foreach (var name in Sorted(folder))
        {
            if (!FileNamePattern.Matches(parts[index], name, FileNameOptions.Period)) continue;
            var path = $"{folder.TrimEnd('/')}/{name}";
            if (last) Whole(path, 0, into);
            else if (files.Stat(path)?.Kind == EntryKind.Directory) Matching(path, parts, index + 1, into);
        }
    }

    private IEnumerable<string> Sorted(string folder) => (files.Names(folder) ?? []).Order(StringComparer.Ordinal);
}
