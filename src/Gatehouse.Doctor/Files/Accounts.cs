using System.Globalization;

namespace Gatehouse.Doctor.Files;

/// <summary>The system's users and groups, as /etc/passwd and /etc/group have them (passwd(5), group(5)).</summary>
public sealed class Accounts
{
    private readonly Dictionary<string, (uint Uid, uint Gid)> users = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, string> userNames = [];
    private readonly Dictionary<uint, string> groupNames = [];
    private readonly Dictionary<string, uint> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<uint>> memberships = new(StringComparer.Ordinal);

    /// <summary>Knows no names: for looks at kinds and links alone.</summary>
    internal static Accounts Nobody { get; } = new("", "");

    /// <summary>Reads both texts; lines that don't have the form are passed over, as the C library does.</summary>
    public Accounts(string passwd, string group)
    {
        foreach (var line in passwd.Split('\n'))
        {
            var parts = line.Split(':');
            if (parts.Length < 4 || parts[0].Length == 0 || !Id(parts[2], out var uid) || !Id(parts[3], out var gid)) continue;
            users.TryAdd(parts[0], (uid, gid));
            userNames.TryAdd(uid, parts[0]);
        }

        foreach (var line in group.Split('\n'))
        {
            var parts = line.Split(':');
            if (parts.Length < 4 || parts[0].Length == 0 || !Id(parts[2], out var gid)) continue;
            groups.TryAdd(parts[0], gid);
            groupNames.TryAdd(gid, parts[0]);
            foreach (var member in parts[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!memberships.TryGetValue(member, out var list)) memberships[member] = list = [];
                list.Add(gid);
            }
        }
    }

    /// <summary>The account lists are read up to this many bytes.</summary>
    private const int MaxAccountList = 8 << 20;

    /// <summary>What /etc/passwd and /etc/group say now; empty where they can't be read.</summary>
    public static Accounts OfThisMachine() => new(ReadList("/etc/passwd"), ReadList("/etc/group"));

    private static string ReadList(string path)
    {
        using var file = RegularFile.Open(path, out _);
        return file is null ? "" : System.Text.Encoding.UTF8.GetString(file.Read(MaxAccountList, out _));
    }

    /// <summary>The name, or the number where nobody has it.</summary>
    public string UserName(uint uid) => userNames.GetValueOrDefault(uid) ?? uid.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name, or the number where no group has it.</summary>
    public string GroupName(uint gid) => groupNames.GetValueOrDefault(gid) ?? gid.ToString(CultureInfo.InvariantCulture);

    /// <summary>The account with all its groups; null where there is none of that name (or <c>#uid</c>, as httpd writes it).</summary>
    /// <param name="name">A user's name, or <c>#</c> and a number.</param>
    /// <param name="group">The primary group where the server's configuration names one; null: the account's own.</param>
    public ServerAccount? Find(string name, string? group = null)
    {
        uint uid, gid;
        if (name.StartsWith('#') && Id(name[1..], out uid)) gid = userNames.TryGetValue(uid, out var known) ? users[known].Gid : uid;
        else if (users.TryGetValue(name, out var user)) (uid, gid) = user;
        else return null;
        var account = userNames.GetValueOrDefault(uid, name);
        if (group is not null && (groups.TryGetValue(group, out var named) || (group.StartsWith('#') && Id(group[1..], out named)))) gid = named;
        // httpd and nginx call initgroups: the supplementary groups come from the group file, the primary one from the configuration.
        var all = new HashSet<uint> { gid };
        all.UnionWith(memberships.GetValueOrDefault(account) ?? []);
        return new ServerAccount(account, uid, gid, all);
    }

    private static bool Id(string text, out uint id) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}

/// <summary>Whom the kernel sees when the server's workers open a file.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Uid">Its number; 0 passes everything.</param>
/// <param name="Gid">The primary group.</param>
/// <param name="Groups">All groups, the primary one among them.</param>
public sealed record ServerAccount(string Name, uint Uid, uint Gid, IReadOnlySet<uint> Groups);
