using System.Security.Cryptography;
using System.Text;
using Gatehouse.Passwords;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>
/// A password file as nginx reads it: lines of <c>user:hash</c>, those that begin with <c>#</c> left out, of a user who stands twice the first one counts. Its own
/// are <c>$apr1$</c>, <c>{SHA}</c>, <c>{SSHA}</c> and <c>{PLAIN}</c> (ngx_crypt.c); everything else goes to the system's crypt(3).
/// </summary>
internal static class NginxPasswords
{
    private static readonly System.Buffers.SearchValues<char> CryptDigits = System.Buffers.SearchValues.Create("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What it says of a user and a password; the line is 0 where there is no entry. A problem comes where it can't be told here.</summary>
    public static (PasswordCheck Check, int Line, string? Problem) Check(ReadOnlySpan<byte> file, string user, byte[] password)
    {
        var text = Encoding.Latin1.GetString(file);
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            if (raw.StartsWith('#') || !raw.StartsWith(user, StringComparison.Ordinal) || raw.Length == user.Length || raw[user.Length] != ':') continue;
            var hash = raw[(user.Length + 1)..];
            var end = hash.AsSpan().IndexOfAny(':', '\r');
            if (end >= 0) hash = hash[..end];
            var (check, problem) = Verify(hash, password);
            return (check, number, problem);
        }

        return (PasswordCheck.UnknownUser, 0, null);
    }

    private static (PasswordCheck, string?) Verify(string hash, byte[] password)
    {
        if (hash.StartsWith("{PLAIN}", StringComparison.Ordinal))
            return (CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(hash[7..]), password) ? PasswordCheck.Right : PasswordCheck.Wrong, null);
        var own = hash.StartsWith("$apr1$", StringComparison.Ordinal) || hash.StartsWith("{SHA}", StringComparison.Ordinal) || hash.StartsWith("{SSHA}", StringComparison.Ordinal);
        var usable = PasswordHash.TryParse(hash, out var parsed, out var fault);
        if (own) return (!usable ? PasswordCheck.BadHash : parsed!.Verifies(password) ? PasswordCheck.Right : PasswordCheck.Wrong, null);
        if (SystemCrypt.IsAvailable)
        {
            if (SystemCrypt.Verifies(password, Encoding.Latin1.GetBytes(hash))) return (PasswordCheck.Right, null);
        }
        else if (usable)
        {
            return (parsed!.Verifies(password) ? PasswordCheck.Right : PasswordCheck.Wrong, null);
        }
        else if (fault == HashFault.UnknownKind)
        {
            return (PasswordCheck.Wrong, "the hash is of a kind that only the system's crypt(3) can verify, which is missing here");
        }

        // Thirteen characters of crypt's alphabet are DES: a real hash, and the password differs.
        var des = hash.Length == 13 && !hash.AsSpan().ContainsAnyExcept(CryptDigits);
        var kind = hash.StartsWith("$argon2", StringComparison.Ordinal) || hash.StartsWith("$pbkdf2", StringComparison.Ordinal) || hash.StartsWith("pbkdf2_", StringComparison.Ordinal) || hash.StartsWith("AQAAAA", StringComparison.Ordinal);
        return (usable && !kind ? PasswordCheck.Wrong : des ? PasswordCheck.Wrong : PasswordCheck.BadHash, null);
    }
}
