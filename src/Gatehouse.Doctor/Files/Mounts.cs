using System.Globalization;

namespace Gatehouse.Doctor.Files;

/// <summary>A file system as it is mounted on this machine.</summary>
/// <param name="Point">Where.</param>
/// <param name="Kind">Its kind: <c>ext4</c>, <c>vfat</c>, <c>fuse.sshfs</c>.</param>
/// <param name="Options">Options of the mount and of the file system, split at commas.</param>
public sealed record Mount(string Point, string Kind, IReadOnlyList<string> Options)
{
    /// <summary>File systems that keep no owners and modes: what is seen of them comes from the options of the mount.</summary>
    private static readonly string[] Modeless = ["vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "cifs", "smb3", "hfs", "iso9660"];

    /// <summary>Whether owner and mode come from the options (uid=, gid=, umask=, fmask=, dmask=), so that chmod changes nothing.</summary>
    public bool MakesModes => Array.IndexOf(Modeless, Kind) >= 0;

    /// <summary>Whether nothing can be changed there.</summary>
    public bool IsReadOnly => Options.Contains("ro", StringComparer.Ordinal);

    /// <summary>The only user who may enter, whatever the modes say (FUSE without <c>allow_other</c>); null: they count.</summary>
    public uint? OnlyFor => (Kind == "fuse" || Kind.StartsWith("fuse.", StringComparison.Ordinal)) && !Options.Contains("allow_other", StringComparer.Ordinal)
        && Options.FirstOrDefault(option => option.StartsWith("user_id=", StringComparison.Ordinal)) is { } user && uint.TryParse(user.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null;

    /// <summary>For evidence.</summary>
    public string Line => $"mounted as {Kind} ({string.Join(',', Options.Take(20))})";
}

/// <summary>The file systems of this machine, and whether SELinux is enforced.</summary>
/// <param name="All">In the order in which they were mounted: of two at one place the later counts.</param>
/// <param name="Enforces">Whether SELinux is in force.</param>
public sealed record Mounts(IReadOnlyList<Mount> All, bool Enforces) : Observation
{
    /// <summary>Longest list that is read, in characters: a container host has thousands of mounts, not millions.</summary>
    private const int MaxLength = 16 << 20;

    /// <summary>Reads <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)) and <c>/sys/fs/selinux/enforce</c>.</summary>
    public static Mounts Look()
    {
        try
        {
            var enforces = File.Exists("/sys/fs/selinux/enforce") && File.ReadAllText("/sys/fs/selinux/enforce").StartsWith('1');
            return new(Parse(File.ReadAllText("/proc/self/mountinfo")), enforces);
        }
        catch (IOException)
        {
            return new([], false);
        }
        catch (UnauthorizedAccessException)
        {
            return new([], false);
        }
    }

    /// <summary>Lines of mountinfo: <c>36 35 98:0 /root /point options [optional ...] - kind source options</c>.</summary>
    public static IReadOnlyList<Mount> Parse(string text)
    {
        var result = new List<Mount>();
        foreach (var line in (text.Length > MaxLength ? text[..MaxLength] : text).Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var dash = Array.IndexOf(words, "-", Math.Min(6, words.Length));
            if (words.Length < 9 || dash < 0 || dash + 3 >= words.Length) continue;
            result.Add(new(Unescaped(words[4]), words[dash + 1], [.. words[5].Split(','), .. words[dash + 3].Split(',')]));
        }

        return result;
    }

    /// <summary>The file system on which a path lies; null: not known.</summary>
    public Mount? Of(string path) => All.Where(mount => mount.Point == "/" || path == mount.Point || path.StartsWith(mount.Point + "/", StringComparison.Ordinal))
        .Aggregate((Mount?)null, (best, mount) => best is null || mount.Point.Length >= best.Point.Length ? mount : best);

    /// <summary>Blanks, tabs, line ends and backslashes stand as three octal digits.</summary>
    private static string Unescaped(string text)
    {
        if (!text.Contains('\\')) return text;
        var result = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                result.Append((char)((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
