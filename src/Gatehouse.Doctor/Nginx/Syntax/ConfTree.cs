using System.Text;

namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>Where the files of a configuration come from: a disk, a dump, a test's table. Reading is the source's; the tree judges nothing else.</summary>
internal interface IConfSource
{
    /// <summary>A file's bytes as ISO-8859-1; null: it can't be read, and why.</summary>
    string? Read(string path, out string? problem);

    /// <summary>The files that a pattern of glob(7) matches, in order.</summary>
    IReadOnlyList<string> Match(string pattern);

    /// <summary>Whether files of this source lie on this machine, to be edited.</summary>
    bool OnDisk { get; }
}

/// <summary>A main file with all that it includes.</summary>
internal sealed class ConfTree
{
    /// <summary>Include loops end here; nginx itself ends when it has no more file descriptors.</summary>
    private const int MaxDepth = 20;

    /// <summary>No sane configuration has more files; a glob over a large tree would.</summary>
    private const int MaxFiles = 5000;

    private readonly IConfSource source;
    private readonly string folder;

    private ConfTree(IConfSource source, string main)
    {
        this.source = source;
        Path = main;
        folder = System.IO.Path.GetDirectoryName(main) is { Length: > 0 } parent ? parent : "/";
    }

    /// <summary>The main file's path.</summary>
    public string Path { get; }

    /// <summary>Every file that was read, the main one first; one that is included twice stands twice.</summary>
    public List<ConfFile> Files { get; } = [];

    /// <summary>Faults that keep nginx from starting, in the order in which it would meet them.</summary>
    public List<ConfFault> Faults { get; } = [];

    /// <summary>Includes that were not followed by us: outside the roots, too many, not there.</summary>
    public List<ConfFault> NotRead { get; } = [];

    /// <summary>The outermost directives of the main file.</summary>
    public IReadOnlyList<ConfNode> Nodes => Files.Count > 0 ? Files[0].Nodes : [];

    /// <summary>Reads a main file and what it includes; paths are relative to its folder, as nginx has it.</summary>
    public static ConfTree Load(string main, IConfSource source)
    {
        var tree = new ConfTree(source, main);
        tree.Add(main, depth: 0, out var problem);
        if (problem is not null) tree.NotRead.Add(new(new(main, 1, 1), problem));
        return tree;
    }

    /// <summary>The directives of a block with those of its includes in their place.</summary>
    public static IEnumerable<ConfNode> Flat(IEnumerable<ConfNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.Included is null)
            {
                yield return node;
                continue;
            }

            foreach (var inner in node.Included.SelectMany(file => Flat(file.Nodes))) yield return inner;
        }
    }

    private ConfFile? Add(string path, int depth, out string? problem)
    {
        if (Files.Count >= MaxFiles)
        {
            problem = $"more than {MaxFiles} files are included";
            return null;
        }

        if (source.Read(path, out problem) is not { } text) return null;
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            problem = "is no text file";
            return null;
        }

        var file = ConfReader.Read(path, text, source.OnDisk);
        Files.Add(file);
        if (file.Fault is { } fault) Faults.Add(fault);
        Follow(file.Nodes, depth);
        return file;
    }

    private void Follow(List<ConfNode> nodes, int depth)
    {
        foreach (var node in nodes)
        {
            if (node.Name == "include" && node.Block is null && node.Count == 1) Include(node, depth);
            else if (node.Block is { } block && node.Lua is null) Follow(block, depth);
        }
    }

    private void Include(ConfNode node, int depth)
    {
        var pattern = node[0].StartsWith('/') ? node[0] : folder.TrimEnd('/') + "/" + node[0];
        pattern = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(pattern));
        if (depth + 1 > MaxDepth)
        {
            node.NotIncluded = "files include each other in a circle, or deeper than 20 levels";
            NotRead.Add(new(node.At, node.NotIncluded));
            return;
        }

        var included = new List<ConfFile>();
        var wild = pattern.AsSpan().ContainsAny("*?[");
        foreach (var path in wild ? source.Match(pattern) : [pattern])
        {
            if (Add(path, depth + 1, out var problem) is { } file) included.Add(file);
            else
            {
                node.NotIncluded = $"{path}: {problem}";
                NotRead.Add(new(node.At, node.NotIncluded));
            }
        }

        node.Included = included;
    }
}
