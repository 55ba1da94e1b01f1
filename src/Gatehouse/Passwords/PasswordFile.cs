using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Passwords;

/// <summary>One user of a password file.</summary>
/// <param name="User">As it stands there.</param>
/// <param name="Line">From 1.</param>
/// <param name="Hash">Null where <paramref name="Fault"/> says why it can't be verified: nobody gets in by this entry.</param>
/// <param name="Fault">Why the hash can't be used; None where it can.</param>
public sealed record PasswordEntry(string User, int Line, PasswordHash? Hash, HashFault Fault)
{
    /// <summary>Another for another hash text, of which it tells nothing: sessions and remembered passwords are bound to it. 16 bytes.</summary>
    public byte[] Fingerprint { get; init; } = [];
}

/// <summary>What a look into a password file said of a user name and password.</summary>
public enum PasswordCheck
{
    /// <summary>No such user: the default, and it refuses.</summary>
    UnknownUser = 0,

    /// <summary>The user is there, the password differs.</summary>
    Wrong,

    /// <summary>The user is there, and the hash can't be verified (<c>password-file.bad-hash</c>): no password gets in.</summary>
    BadHash,

    /// <summary>User and password are right.</summary>
    Right,
}

/// <summary>
/// A file of <c>htpasswd</c> as it stood when it was read: never changes. A faulty line is a fault of that user alone; of a user
/// who stands twice the first line counts, as with Apache httpd.
/// </summary>
public sealed class PasswordFile
{
    /// <summary>Longest file read, in bytes.</summary>
    public const int MaximumLength = 256 << 20;

    private readonly FrozenDictionary<string, PasswordEntry> _entries;
    private readonly PasswordHash? _dearest;

    private PasswordFile(Dictionary<string, PasswordEntry> entries, IReadOnlyList<LineProblem> problems)
    {
        _entries = entries.ToFrozenDictionary(StringComparer.Ordinal);
        Problems = problems;
        foreach (var entry in entries.Values)
            if (entry.Hash is { } hash && hash.Cost > (_dearest?.Cost ?? 0)) _dearest = hash;
    }

    /// <summary>No users.</summary>
    public static PasswordFile Empty { get; } = new([], []);

    /// <summary>The users with their entries; names are compared with regard to case.</summary>
    public IReadOnlyDictionary<string, PasswordEntry> Entries => _entries;

    /// <summary>What is wrong, line by line; no more than a thousand.</summary>
    public IReadOnlyList<LineProblem> Problems { get; }

    /// <summary>Reads lines of <c>user:hash</c>; what stands behind a second colon is left out of account.</summary>
    public static PasswordFile Parse(ReadOnlySpan<byte> octets)
    {
        var entries = new Dictionary<string, PasswordEntry>(StringComparer.Ordinal);
        var problems = new List<LineProblem>();
        var lines = new FileLines(octets, problems);
        while (lines.Next())
        {
            var line = lines.Text;
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                lines.Report(1, "no colon between user name and hash");
                continue;
            }

            if (colon == 0)
            {
                lines.Report(1, "no user name before the colon");
                continue;
            }

            var user = FileLines.Decode(line[..colon]);
            var rest = line[(colon + 1)..];
            var end = rest.IndexOf((byte)':');
            var text = FileLines.Decode(end < 0 ? rest : rest[..end]);
            var usable = PasswordHash.TryParse(text, out var hash, out var fault);
            if (!entries.TryAdd(user, new(user, lines.Number, hash, fault) { Fingerprint = SHA256.HashData(Encoding.UTF8.GetBytes(user + ':' + text))[..16] }))
            {
                lines.Report(1, $"`{user}` stands in line {entries[user].Line} already, and that line counts", isWarning: true);
                continue;
            }

            if (!usable) lines.Report(colon + 2, $"`{user}` can't sign in: {Told(fault)}");
            else if (hash!.IsWeak) lines.Report(colon + 2, $"the hash of `{user}` is weak ({hash.Kind}): whoever steals the file guesses it fast; `htpasswd -B` makes a better one", isWarning: true);
        }

        return new(entries, problems);
    }

    /// <summary>
    /// Checks a password. A wrong one, an unknown user and an entry that can't be verified all cost what the dearest hash of the
    /// file costs, so that time does not tell which users there are.
    /// </summary>
    /// <param name="user">As it was sent.</param>
    /// <param name="password">In the octets that were sent.</param>
    public PasswordCheck Check(string user, ReadOnlySpan<byte> password)
    {
        var entry = _entries.GetValueOrDefault(user);
        if (entry?.Hash is { } hash)
        {
            if (hash.Verifies(password)) return PasswordCheck.Right;
            if (hash.Cost < (_dearest?.Cost ?? 0)) _dearest?.Verifies(password);
            return PasswordCheck.Wrong;
        }

        // Verified and left out of account: a fitting password of somebody else lets nobody in.
        _dearest?.Verifies(password);
        return entry is null ? PasswordCheck.UnknownUser : PasswordCheck.BadHash;
    }

    /// <summary>What a fault means, in words for the operator.</summary>
    public static string Told(HashFault fault) => fault switch
    {
        HashFault.None => "nothing is wrong with the hash",
        HashFault.Empty => "no hash stands behind the colon",
        HashFault.Malformed => "the hash is malformed",
        HashFault.UnknownKind => "the hash is of a kind that is not verified (DES, of which only eight characters count, or an unknown one)",
        HashFault.PlainText => "there is no hash: passwords in plain text are refused",
        HashFault.TooCostly => "verifying the hash would cost more than is allowed",
        HashFault.NotOnThisSystem => "the hash needs the system's libcrypt, which is missing here",
    };
}
