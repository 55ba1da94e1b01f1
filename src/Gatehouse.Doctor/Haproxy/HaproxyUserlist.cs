using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>What userlists say of the credentials that came (configuration manual, 12.1).</summary>
internal sealed class HaproxyUserlist(AskedRequest request, HaproxyConfiguration configuration)
{
    /// <summary>http_auth, and with groups http_auth_group.</summary>
    public Truth Authenticated(string? list, List<string>? groups)
    {
        if (request.Credentials() is null) return Truth.False;
        if (configuration.Sections.FirstOrDefault(section => section.Kind == "userlist" && section.Name == list) is not { } users) return Truth.Unknown;
        var (lack, _, line) = Look(users, groups);
        if (lack == Lack.BadHash) return line?.Words.ElementAtOrDefault(3) is { } kept && MayBeCrypt(kept) ? Truth.Unknown : Truth.False;
        return TruthTables.Of(lack == Lack.Nothing);
    }

    /// <summary>Whether crypt(3) of some system may know a text as a hash: with a method in front, or the thirteen characters of the oldest.</summary>
    private static bool MayBeCrypt(string kept) => kept.Length > 0 && (kept[0] is '$' or '_' || kept.Length == 13);

    /// <summary>What a userlist says of the credentials that came.</summary>
    public (Lack Lack, string Detail, HaproxyLine? Line) Look(HaproxySection list, List<string>? groups = null)
    {
        var users = list.Lines.Where(line => line.Words[0] == "user" && line.Words.Count >= 2).ToList();
        var passwords = users.GroupBy(line => line.Words[1], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First() is { Words.Count: > 3 } line ? line.Words[2] + " " + line.Words[3] : "", StringComparer.Ordinal);
        var (lack, detail) = PasswordLook.Users(request, passwords, (kept, sent) => kept.StartsWith("insecure-password ", StringComparison.Ordinal) ? PasswordLook.Same(kept[18..], sent) ? Lack.Nothing : Lack.WrongPassword : kept.StartsWith("password ", StringComparison.Ordinal) ? PasswordLook.Hash(kept[9..], sent, out _) : Lack.BadHash);
        var name = request.Credentials()?.User;
        var line = users.FirstOrDefault(user => user.Words[1] == name);
        if (lack != Lack.Nothing || groups is null) return (lack, detail, line);
        var own = line is not null && line.Words.ToList().IndexOf("groups") is > 0 and var at && at + 1 < line.Words.Count ? line.Words[at + 1].Split(',') : [];
        var inGroups = list.Lines.Where(group => group.Words[0] == "group" && group.Words.Count > 3 && group.Words[3].Split(',').Contains(name)).Select(group => group.Words[1]);
        return groups.Intersect(own.Concat(inGroups), StringComparer.Ordinal).Any() ? (Lack.Nothing, detail, line) : (Lack.Group, $"{name} is in none of the groups {string.Join(", ", groups)}", line);
    }
}
