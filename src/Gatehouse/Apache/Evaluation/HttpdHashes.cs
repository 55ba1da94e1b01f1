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
                if (written[0] == '$') return PasswordCheck.BadHash;
                undecided = !SystemCrypt.IsAvailable;
                return SystemCrypt.Verifies(password, Encoding.UTF8.GetBytes(written)) ? PasswordCheck.Right : PasswordCheck.Wrong;
            default:
                return check;
        }
    }
}
