using System.Collections.Frozen;

namespace Gatehouse.Passwords;

/// <summary>A group file of Apache httpd (<c>AuthGroupFile</c>) as it stood when it was read: lines of <c>group: user user</c>; a group may stand on several.</summary>
public sealed class GroupFile
{
    private readonly FrozenDictionary<string, FrozenSet<string>> _groupsOfUser;

    private GroupFile(FrozenDictionary<string, FrozenSet<string>> groupsOfUser, FrozenSet<string> groups, IReadOnlyList<LineProblem> problems) =>
        (_groupsOfUser, Groups, Problems) = (groupsOfUser, groups, problems);

    /// <summary>No groups.</summary>
    public static GroupFile Empty { get; } = Parse([]);

    /// <summary>The names of all groups.</summary>
    public FrozenSet<string> Groups { get; }

    /// <summary>What is wrong, line by line.</summary>
    public IReadOnlyList<LineProblem> Problems { get; }

    /// <summary>Reads the lines.</summary>
    public static GroupFile Parse(ReadOnlySpan<byte> octets)
    {
        var problems = new List<LineProblem>();
        var members = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        var lines = new FileLines(octets, problems);
        while (lines.Next())
        {
            var line = lines.Text;
            var colon = line.IndexOf((byte)':');
            var group = colon < 0 ? "" : FileLines.Decode(line[..colon].Trim(" \t"u8));
            if (group.Length == 0)
            {
                lines.Report(1, colon < 0 ? "no colon between group and users" : "no group before the colon");
                continue;
            }

            groups.Add(group);
            foreach (var user in FileLines.Decode(line[(colon + 1)..]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (!members.TryGetValue(user, out var of)) members.Add(user, of = new(StringComparer.Ordinal));
                of.Add(group);
            }
        }

        return new(
            members.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal),
            groups.ToFrozenSet(StringComparer.Ordinal),
            problems);
    }

    /// <summary>The groups that a user is in; empty where none.</summary>
    public FrozenSet<string> GroupsOf(string user) => _groupsOfUser.GetValueOrDefault(user, []);
}
