using System.Globalization;

namespace Gatehouse.Doctor.Files;

/// <summary>Who holds a listening socket of this machine, from /proc (proc(5)).</summary>
internal static class ListeningSockets
{
    private const string Listening = "0A";

    /// <summary>The inodes of the sockets that listen on a TCP port.</summary>
    public static HashSet<string> Inodes(int port)
    {
        var inodes = new HashSet<string>(StringComparer.Ordinal);
        var hex = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
        {
            if (!File.Exists(table)) continue;
            foreach (var line in File.ReadLines(table))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith(hex, StringComparison.Ordinal)) inodes.Add($"socket:[{columns[9]}]");
            }
        }

        return inodes;
    }

    /// <summary>Whether a process holds one of them; false where we may not look.</summary>
    public static bool Holds(string process, HashSet<string> inodes)
    {
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
                if (Kernel.LinkTarget(descriptor) is { } target && inodes.Contains(target)) return true;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }

        return false;
    }

    /// <summary>The effective user and all groups of a process, from its status file.</summary>
    public static ServerAccount? Account(string process, Accounts accounts)
    {
        uint? uid = null, gid = null;
        var groups = new HashSet<uint>();
        foreach (var line in File.ReadLines(Path.Combine(process, "status")))
        {
            var columns = line.Split((char[]?)['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            switch (columns[0])
            {
                // The fourth of the four numbers is the file-system id, which is what files are judged by (credentials(7)).
                case "Uid:" when columns.Length > 4:
                    uid = uint.Parse(columns[4], CultureInfo.InvariantCulture);
                    break;
                case "Gid:" when columns.Length > 4:
                    gid = uint.Parse(columns[4], CultureInfo.InvariantCulture);
                    break;
                case "Groups:":
                    groups.UnionWith(columns.Skip(1).Select(column => uint.Parse(column, CultureInfo.InvariantCulture)));
                    break;
            }
        }

        if (uid is null || gid is null) return null;
        groups.Add(gid.Value);
        return new ServerAccount(accounts.UserName(uid.Value), uid.Value, gid.Value, groups);
    }
}
