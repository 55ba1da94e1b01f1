using System.Collections.Concurrent;
using Gatehouse.Passwords;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Password and group files, parsed once for each content.</summary>
internal sealed class AccountFiles(IFileView files)
{
    private readonly ConcurrentDictionary<string, (byte[] Octets, PasswordFile File)> passwords = new(StringComparer.Ordinal);

    /// <summary>A file of htpasswd; null: it does not exist or can't be read.</summary>
    public PasswordFile? Passwords(string path)
    {
        if (files.ReadBytes(path) is not { } octets) return null;
        if (passwords.TryGetValue(path, out var known) && known.Octets.AsSpan().SequenceEqual(octets)) return known.File;
        var parsed = PasswordFile.Parse(octets);
        passwords[path] = (octets, parsed);
        return parsed;
    }

    /// <summary>What stands between the colons of the user's first line; null: no such line.</summary>
    public string? HashText(string path, string user)
    {
        if (files.ReadBytes(path) is not { } octets) return null;
        foreach (var line in System.Text.Encoding.UTF8.GetString(octets).Split('\n'))
        {
            if (line.Length <= user.Length || line[user.Length] != ':' || !line.StartsWith(user, StringComparison.Ordinal)) continue;
            var rest = line[(user.Length + 1)..].TrimEnd();
            var end = rest.IndexOf(':');
            return end < 0 ? rest : rest[..end];
        }

        return null;
    }

    /// <summary>A file of groups; null: it does not exist or can't be read.</summary>
    public GroupFile? Groups(string path) => files.ReadBytes(path) is { } octets ? GroupFile.Parse(octets) : null;

    /// <summary>A file of htdigest; null: it does not exist or can't be read.</summary>
    public DigestFile? Digests(string path) => files.ReadBytes(path) is { } octets ? DigestFile.Parse(octets) : null;
}
