namespace Gatehouse.Doctor.Files;

/// <summary>
/// The folders below which the files that a configuration names are read: its own, those of its server, --site and --include-root. An include of
/// <c>/etc/shadow</c> in somebody's tree would else make the report print it; a link in the tree that leads there likewise. One answer for every server.
/// </summary>
internal sealed class ReadableFolders
{
    /// <summary>Larger is no configuration: a log, a disk, a trap.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The half of a sentence, behind the path, that says so.</summary>
    public const string OutsideWords = "outside the folder of the configuration, so it was not read (--include-root names further folders)";

    /// <summary>Folders of which the whole is a configuration's own, though the main file lies in one below.</summary>
    private static readonly string[] Parts = ["conf", "conf.d", "sites-enabled", "sites-available"];

    /// <summary>Folders of the whole system: a file that lies right in one does not make all of it, with its passwords and keys, the configuration's own.</summary>
    private static readonly string[] Everybodys = ["/", "/etc", "/usr", "/usr/etc", "/usr/local", "/usr/local/etc", "/opt", "/opt/homebrew/etc", "/var", "/run", "/home", "/proc", "/sys", "/dev"];

    private readonly string[] roots;

    /// <summary>Those folders, and what they lead to where they are links.</summary>
    public ReadableFolders(IEnumerable<string> folders)
    {
        var all = new List<string>();
        foreach (var folder in folders)
        {
            var full = Path.GetFullPath(folder);
            all.Add(full.Length > 1 ? full.TrimEnd('/') : full);
            if (True(full) is { } target && target != all[^1]) all.Add(target);
        }

        roots = [.. all.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Absolute, without a slash at the end.</summary>
    public IReadOnlyList<string> Roots => roots;

    /// <summary>Those of a configuration.</summary>
    /// <param name="mains">The files that were given.</param>
    /// <param name="customary">Where the server's distributions keep parts of it.</param>
    /// <param name="question">With --site and --include-root; null: nothing was said.</param>
    public static ReadableFolders Of(IEnumerable<string> mains, IEnumerable<string> customary, Question? question)
    {
        var folders = new List<string>();
        foreach (var main in mains)
        {
            var full = Path.GetFullPath(main);
            var folder = Directory.Exists(full) ? full : Path.GetDirectoryName(full) ?? "/";
            Own(folder);
            if (Parts.Contains(Path.GetFileName(folder), StringComparer.Ordinal)) Own(Path.GetDirectoryName(folder));
            // A main file that is a link by its owner's hand (sites-enabled) belongs where it leads to.
            if (File.Exists(full) && True(full) is { } target) Own(Path.GetDirectoryName(target));
        }

        folders.AddRange(customary);
        if (question?.Site is { } site) folders.Add(site);
        folders.AddRange(question?.IncludeRoots ?? []);
        return new ReadableFolders(folders);

        void Own(string? folder)
        {
            if (folder is not null && !IsEverybodys(folder) && !(True(folder) is { } target && IsEverybodys(target))) folders.Add(folder);
        }
    }

    private static bool IsEverybodys(string folder) => Array.IndexOf(Everybodys, folder.Length > 1 ? folder.TrimEnd('/') : folder) >= 0;

    /// <summary>Whether a path, as written, lies below one of them.</summary>
    public bool Holds(string path)
    {
        var full = Path.GetFullPath(path);
        foreach (var root in roots)
            if (root == "/" || full == root || (full.StartsWith(root, StringComparison.Ordinal) && full[root.Length] == '/')) return true;
        return false;
    }

    /// <summary>Whether a folder lies below one of them, or above: on the way to one.</summary>
    public bool LeadsTo(string folder) => Holds(folder) || Array.Exists(roots, root => folder == "/" || root.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>Whether a path and what it leads to both lie below one of them; what does not exist leads nowhere.</summary>
    public bool HoldsTruly(string path)
    {
        if (!Holds(path)) return false;
        using var file = RegularFile.Open(path, out _);
        return file is null || Holds(file.TruePath);
    }

    /// <summary>The octets of a file below the folders.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="fault">Why there are none.</param>
    /// <param name="changed">Whether it was written to while it was read.</param>
    /// <param name="most">Octets that it may have.</param>
    public byte[]? Read(string path, out ReadFault fault, out bool changed, long most = MaxBytes)
    {
        changed = false;
        fault = ReadFault.Outside;
        if (!Holds(path)) return null;
        using var file = RegularFile.Open(path, out fault);
        if (file is null) return null;
        if (!Holds(file.TruePath)) fault = ReadFault.Outside;
        else if (file.SizeInBytes > most) fault = ReadFault.TooLarge;
        else return file.Read(most, out changed);
        return null;
    }

    /// <summary>Behind the path, in one sentence.</summary>
    public static string Told(ReadFault fault) => fault switch
    {
        ReadFault.None => "was read",
        ReadFault.Missing => "does not exist",
        ReadFault.NotAllowed => "can't be read by us: permission denied",
        ReadFault.NotRegular => "is no regular file",
        ReadFault.TooLarge => $"is larger than {MaxBytes >> 20} MiB, which no configuration is",
        ReadFault.NotText => "is no text",
        ReadFault.Outside => "lies, or leads, " + OutsideWords,
        ReadFault.Broken => "can't be read",
    };

    private static string? True(string path)
    {
        if (!Kernel.IsHere) return null;
        return PathWalk.Look(path, Accounts.Nobody).Target?.Path;
    }
}
