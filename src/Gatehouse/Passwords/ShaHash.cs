using System.Security.Cryptography;
using Gatehouse.Grammar;

namespace Gatehouse.Passwords;

/// <summary><c>{SHA}</c> and base64 of SHA-1; <c>{SSHA}</c> and base64 of SHA-1 over password and salt, then the salt.</summary>
internal sealed class ShaHash : PasswordHash
{
    private const int DigestLength = 20;

    private readonly byte[] _digest;
    private readonly byte[] _salt;

    private ShaHash(HashKind kind, byte[] digest, byte[] salt)
        : base(kind, 1) => (_digest, _salt) = (digest, salt);

    internal static bool TryRead(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        var salted = text.StartsWith("{SSHA}");
        Span<byte> octets = stackalloc byte[256];
        if (!StrictBase64.TryDecode(text[(salted ? 6 : 5)..], octets, out var length, out _)
            || (salted ? length <= DigestLength : length != DigestLength))
            return Fails(HashFault.Malformed, out hash, out fault);
        var made = new ShaHash(salted ? HashKind.SaltedSha1 : HashKind.Sha1, octets[..DigestLength].ToArray(), octets[DigestLength..length].ToArray());
        return Succeeds(made, out hash, out fault);
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> message = stackalloc byte[MaximumPasswordLength + 256];
        password.CopyTo(message);
        _salt.CopyTo(message[password.Length..]);
        Span<byte> digest = stackalloc byte[DigestLength];
#pragma warning disable CA5350 // the format is what it is; the reader warns of it
        SHA1.HashData(message[..(password.Length + _salt.Length)], digest);
#pragma warning restore CA5350
        CryptographicOperations.ZeroMemory(message[..password.Length]);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
