using System.Collections.Frozen;

namespace Gatehouse.Passwords;

/// <summary>One user and realm of an htdigest file.</summary>
/// <param name="User">As it stands there.</param>
/// <param name="Realm">As it stands there; the hash holds for it alone.</param>
/// <param name="Line">From 1.</param>
/// <param name="Secret">H(user:realm:password) in lower-case hexadecimal (RFC 7616 section 3.4.2): as good as the password itself. 32 digits are MD5; 64 are SHA-256 or SHA-512-256, which look alike.</param>
public sealed record DigestEntry(string User, string Realm, int Line, string Secret)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{User}:{Realm}:…";
}

/// <summary>A file of <c>htdigest</c> as it stood when it was read: lines of <c>user:realm:hash</c>.</summary>
public sealed class DigestFile
{
    private readonly FrozenDictionary<(string User, string Realm), DigestEntry> _entries;

    private DigestFile(Dictionary<(string, string), DigestEntry> entries, IReadOnlyList<LineProblem> problems)
    {
        _entries = entries.ToFrozenDictionary();
        Problems = problems;
    }

    /// <summary>All entries, in no order.</summary>
    public IReadOnlyList<DigestEntry> Entries => _entries.Values;

    /// <summary>What is wrong, line by line.</summary>
    public IReadOnlyList<LineProblem> Problems { get; }

    /// <summary>Reads the lines; of a user and realm that stand twice the first counts.</summary>
    public static DigestFile Parse(ReadOnlySpan<byte> octets)
    {
        var entries = new Dictionary<(string, string), DigestEntry>();
        var problems = new List<LineProblem>();
        var lines = new FileLines(octets, problems);
        while (lines.Next())
        {
            var line = lines.Text;
            var first = line.IndexOf((byte)':');
            // A realm may hold colons; user name and hash can't.
            var last = line.LastIndexOf((byte)':');
            if (first <= 0 || last == first)
            {
                lines.Report(1, "not `user:realm:hash`");
                continue;
            }

            var user = FileLines.Decode(line[..first]);
            var realm = FileLines.Decode(line[(first + 1)..last]);
            var secret = FileLines.Decode(line[(last + 1)..]);
            if (secret.Length is not (32 or 64) || !secret.All(char.IsAsciiHexDigit))
            {
                lines.Report(last + 2, $"`{user}` can't sign in: the hash is not 32 or 64 hexadecimal digits");
                continue;
            }

            var entry = new DigestEntry(user, realm, lines.Number, secret.ToLowerInvariant());
            if (!entries.TryAdd((user, realm), entry))
                lines.Report(1, $"`{user}` with this realm stands in line {entries[(user, realm)].Line} already, and that line counts", isWarning: true);
        }

        return new(entries, problems);
    }

    /// <summary>The entry, or null. Names and realms are compared with regard to case.</summary>
    public DigestEntry? Find(string user, string realm) => _entries.GetValueOrDefault((user, realm));
}
