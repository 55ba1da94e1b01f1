namespace Gatehouse.Passwords;

/// <summary>How a password was hashed.</summary>
public enum HashKind
{
    /// <summary><c>$2y$</c>, <c>$2b$</c>, <c>$2a$</c>; of the password 72 bytes count, so longer ones never match.</summary>
    Bcrypt,

    /// <summary><c>$apr1$</c>: htpasswd's MD5. Weak.</summary>
    Apr1,

    /// <summary><c>$1$</c>: Unix's MD5. Weak.</summary>
    Md5Crypt,

    /// <summary><c>{SHA}</c>: one SHA-1 without salt. Weak.</summary>
    Sha1,

    /// <summary><c>{SSHA}</c>: one SHA-1 with salt. Weak.</summary>
    SaltedSha1,

    /// <summary><c>$5$</c>; by the system's libcrypt.</summary>
    Sha256Crypt,

    /// <summary><c>$6$</c>; by the system's libcrypt.</summary>
    Sha512Crypt,

    /// <summary><c>$y$</c>; by the system's libcrypt.</summary>
    Yescrypt,

    /// <summary><c>$argon2id$</c> (RFC 9106).</summary>
    Argon2id,

    /// <summary>PBKDF2 (RFC 8018 section 5.2) as passlib (<c>$pbkdf2-sha256$</c>), Django (<c>pbkdf2_sha256$</c>) or ASP.NET Core Identity version 3 write it.</summary>
    Pbkdf2,
}

/// <summary>Why a text can't be used as a hash.</summary>
public enum HashFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>Nothing stands there: it never matches, not even an empty password.</summary>
    Empty,

    /// <summary>It begins as a kind that is known and does not go on like it.</summary>
    Malformed,

    /// <summary>Of a kind that is not verified: DES (only eight characters of the password count), <c>$2x$</c>, or one not known.</summary>
    UnknownKind,

    /// <summary>It seems to be the password itself (<c>{PLAIN}</c>, or a text that is no hash): refused on purpose.</summary>
    PlainText,

    /// <summary>Its cost is above the limit: a file could bring the server to a stand.</summary>
    TooCostly,

    /// <summary>Of a kind that needs the system's libcrypt, which is missing here or does not know it.</summary>
    NotOnThisSystem,
}

/// <summary>A hashed password. Verifying is slow on purpose; <see cref="VerifiedCredentials{T}"/> remembers what was verified.</summary>
public abstract class PasswordHash
{
    /// <summary>Longest password verified, in bytes: hashing a megabyte a thousand times would be an attack for the price of sending it once.</summary>
    public const int MaximumPasswordLength = 4096;

    /// <summary>Longest text of a hash, in characters.</summary>
    public const int MaximumLength = 1024;

    private delegate bool Reader(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault);

    // In order: the mark at the start tells the kind.
    private static readonly (string Mark, Reader Read)[] Readers =
    [
        ("$2", BcryptHash.TryRead),
        ("$apr1$", Md5CryptHash.TryRead),
        ("$1$", Md5CryptHash.TryRead),
        ("{SHA}", ShaHash.TryRead),
        ("{SSHA}", ShaHash.TryRead),
        ("$5$", SystemCryptHash.TryRead),
        ("$6$", SystemCryptHash.TryRead),
        ("$y$", SystemCryptHash.TryRead),
        ("$argon2id$", Argon2Hash.TryRead),
        ("$pbkdf2", Pbkdf2Hash.TryReadPasslib),
        ("pbkdf2_", Pbkdf2Hash.TryReadDjango),
        ("AQAAAA", Pbkdf2Hash.TryReadIdentity),
    ];

    private protected PasswordHash(HashKind kind, double cost)
    {
        Kind = kind;
        Cost = cost;
    }

    /// <summary>How it was made.</summary>
    public HashKind Kind { get; }

    /// <summary>What verifying costs, in microseconds, estimated from its parameters: to compare hashes with, not to plan by.</summary>
    public double Cost { get; }

    /// <summary>Whether it can be guessed fast once the file is stolen (MD5, SHA-1): worth a warning.</summary>
    public bool IsWeak => Kind is HashKind.Apr1 or HashKind.Md5Crypt or HashKind.Sha1 or HashKind.SaltedSha1;

    /// <summary>Reads the text of a hash; no work is done on it yet.</summary>
    /// <returns>False, and why, where nothing can be verified with it.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out PasswordHash? value, out HashFault fault)
    {
        value = null;
        fault = text.IsEmpty ? HashFault.Empty : HashFault.None;
        if (text.IsEmpty) return false;
        foreach (var (mark, read) in Readers)
        {
            if (!text.StartsWith(mark)) continue;
            if (text.Length <= MaximumLength && !text.ContainsAnyExceptInRange('!', '~')) return read(text, out value, out fault);
            fault = HashFault.Malformed;
            return false;
        }

        // Thirteen characters may be DES or a password; so may every other text.
        fault = text.Length > 1 && text[0] == '$' ? HashFault.UnknownKind
            : text[0] == '_' && text.Length == 20 ? HashFault.UnknownKind
            : text.Length == 13 && !text.ContainsAnyExcept(CryptDigits) ? HashFault.UnknownKind
            : HashFault.PlainText;
        return false;
    }

    /// <summary>Whether it is the hash of this password, in the octets that were sent; compared in constant time.</summary>
    public bool Verifies(ReadOnlySpan<byte> password) => password.Length <= MaximumPasswordLength && Matches(password);

    private protected abstract bool Matches(ReadOnlySpan<byte> password);

    internal static readonly System.Buffers.SearchValues<char> CryptDigits =
        System.Buffers.SearchValues.Create("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private protected static bool Fails(HashFault reason, out PasswordHash? hash, out HashFault fault)
    {
        hash = null;
        fault = reason;
        return false;
    }

    private protected static bool Succeeds(PasswordHash made, out PasswordHash? hash, out HashFault fault)
    {
        hash = made;
        fault = HashFault.None;
        return true;
    }

    /// <summary>The kind alone: a hash is worth stealing.</summary>
    public override string ToString() => Kind.ToString();
}
