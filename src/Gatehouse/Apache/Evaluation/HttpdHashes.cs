using System.Text;
using Gatehouse.Passwords;

namespace Gatehouse.Apache.Evaluation;

/// <summary>
/// Which hashes httpd verifies (apr_password_validate): bcrypt, <c>$apr1$</c>, <c>$1$</c> and <c>{SHA}</c> by itself, everything else by the system's crypt(3).
/// What neither of them knows fits no password, even where Gatehouse itself could verify it.
/// </summary>
internal static class HttpdHashes
{
    /// <summary>Beginnings of hashes that crypt(3) of libxcrypt knows, beside those that are parsed here.</summary>
    private static readonly string[] OfCrypt = ["$2x$", "$gy$", "$7$", "$sha1$", "$md5", "$3$"];

    /// <summary>Rounds of extended DES, a seventh of a second: a file that names 16 million would hold the server for seconds by each request.</summary>
    private const int MaximumRounds = 1 << 20;

    /// <summary>What httpd says of a user and a password.</summary>
    /// <param name="file">The password file.</param>
    /// <param name="user">The user.</param>
    /// <param name="password">The password's octets.</param>
    /// <param name="text">The hash as it stands in the file, for kinds that are not parsed.</param>
    /// <param name="undecided">Whether it can't be told here.</param>
    public static PasswordCheck Check(PasswordFile file, string user, byte[] password, Func<string?> text, out bool undecided)
    {
        undecided = false;
        var check = file.Check(user, password);
        if (check == PasswordCheck.UnknownUser) return check;
        var entry = file.Entries[user];
        if (entry.Hash is { } hash) return hash.Kind is HashKind.Argon2id or HashKind.Pbkdf2 or HashKind.SaltedSha1 ? PasswordCheck.BadHash : check;
        switch (entry.Fault)
        {
            case HashFault.NotOnThisSystem or HashFault.TooCostly:
                undecided = true;
                return check;
            case HashFault.UnknownKind when text() is { } written:
                if (Array.Exists(OfCrypt, mark => written.StartsWith(mark, StringComparison.Ordinal)))
                {
                    undecided = true;
                    return check;
                }

                // DES, and its extended form: old, cheap, and still known to crypt(3).
                if (written is ['$', ..]) return PasswordCheck.BadHash;
                undecided = !SystemCrypt.IsAvailable || Rounds(written) > MaximumRounds;
                if (undecided) return check;
                return SystemCrypt.Verifies(password, Encoding.UTF8.GetBytes(written)) ? PasswordCheck.Right : PasswordCheck.Wrong;
            default:
                return check;
        }
    }

    // "_" 4count 4salt 11hash; the count's lowest six bits stand first.
    private static int Rounds(string written)
    {
        const string digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var rounds = 0;
        if (written.Length < 5 || written[0] != '_') return rounds;
        for (var i = 4; i > 0; i--) rounds = (rounds << 6) | Math.Max(0, digits.IndexOf(written[i], StringComparison.Ordinal));
        return rounds;
    }
}
