using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grammar;

namespace Gatehouse.Passwords;

/// <summary>PBKDF2 (RFC 8018 section 5.2) in the three forms that are met.</summary>
internal sealed class Pbkdf2Hash : PasswordHash
{
    /// <summary>Most iterations: five million are some two seconds a try.</summary>
    internal const int MaximumIterations = 5_000_000;

    private readonly HashAlgorithmName _algorithm;
    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Pbkdf2Hash(HashAlgorithmName algorithm, int iterations, byte[] salt, byte[] hash)
        : base(HashKind.Pbkdf2, 0.4 * iterations) => (_algorithm, _iterations, _salt, _hash) = (algorithm, iterations, salt, hash);

    // $pbkdf2-sha256$29000$salt$hash (passlib; $pbkdf2$ is SHA-1), or $pbkdf2-sha256$i=29000[,l=32]$salt$hash (PHC)
    internal static bool TryReadPasslib(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        Span<Range> parts = stackalloc Range[6];
        if (text.Split(parts, '$') != 5 || !TryName(text[parts[1]], '-', out var algorithm)) return Fails(HashFault.Malformed, out hash, out fault);
        var parameters = text[parts[2]];
        var named = parameters.StartsWith("i=");
        if (!PhcText.TryTakeNumber(ref parameters, named ? "i=" : "", out var iterations)
            || !PhcText.TryDecode(text[parts[3]], out var salt) || !PhcText.TryDecode(text[parts[4]], out var digest))
            return Fails(HashFault.Malformed, out hash, out fault);
        if (named && PhcText.TryTakeNumber(ref parameters, ",l=", out var length) && length != digest.Length) return Fails(HashFault.Malformed, out hash, out fault);
        return parameters.IsEmpty ? Make(algorithm, iterations, salt, digest, out hash, out fault) : Fails(HashFault.Malformed, out hash, out fault);
    }

    // pbkdf2_sha256$600000$salt$hash: the salt is text, the hash base64 with padding (Django)
    internal static bool TryReadDjango(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        Span<Range> parts = stackalloc Range[5];
        Span<byte> digest = stackalloc byte[128];
        if (text.Split(parts, '$') != 4 || !TryName(text[parts[0]], '_', out var algorithm)) return Fails(HashFault.Malformed, out hash, out fault);
        var parameters = text[parts[1]];
        if (!PhcText.TryTakeNumber(ref parameters, "", out var iterations) || !parameters.IsEmpty
            || !StrictBase64.TryDecode(text[parts[3]], digest, out var length, out _))
            return Fails(HashFault.Malformed, out hash, out fault);
        return Make(algorithm, iterations, Encoding.ASCII.GetBytes(text[parts[2]].ToString()), digest[..length].ToArray(), out hash, out fault);
    }

    // base64 of: 1, pseudo-random function, iterations, length of the salt (each 32 bits, big-endian), salt, hash (ASP.NET Core Identity version 3)
    internal static bool TryReadIdentity(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        Span<byte> octets = stackalloc byte[MaximumLength];
        if (!StrictBase64.TryDecode(text, octets, out var length, out _) || length < 13 + 16 || octets[0] != 1)
            return Fails(HashFault.Malformed, out hash, out fault);
        var algorithm = BinaryPrimitives.ReadUInt32BigEndian(octets[1..]) switch
        {
            0 => HashAlgorithmName.SHA1,
            1 => HashAlgorithmName.SHA256,
            2 => HashAlgorithmName.SHA512,
            _ => default,
        };
        var iterations = BinaryPrimitives.ReadInt32BigEndian(octets[5..]);
        var salt = BinaryPrimitives.ReadUInt32BigEndian(octets[9..]);
        if (algorithm.Name is null || salt > length - 13 - 16) return Fails(HashFault.Malformed, out hash, out fault);
        var end = 13 + (int)salt;
        return Make(algorithm, iterations, octets[13..end].ToArray(), octets[end..length].ToArray(), out hash, out fault);
    }

    private static bool TryName(ReadOnlySpan<char> text, char separator, out HashAlgorithmName algorithm)
    {
        // "pbkdf2" alone is SHA-1.
        var name = text.Length == 6 ? "sha1" : text.Length > 7 && text[6] == separator ? text[7..] : default;
        algorithm = name switch
        {
            "sha1" => HashAlgorithmName.SHA1,
            "sha256" => HashAlgorithmName.SHA256,
            "sha512" => HashAlgorithmName.SHA512,
            _ => default,
        };
        return algorithm.Name is not null;
    }

    private static bool Make(HashAlgorithmName algorithm, int iterations, byte[] salt, byte[] digest, out PasswordHash? hash, out HashFault fault)
    {
        if (iterations < 1 || salt.Length < 1 || digest.Length is < 16 or > 64) return Fails(HashFault.Malformed, out hash, out fault);
        if (iterations > MaximumIterations) return Fails(HashFault.TooCostly, out hash, out fault);
        return Succeeds(new Pbkdf2Hash(algorithm, iterations, salt, digest), out hash, out fault);
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> computed = stackalloc byte[_hash.Length];
        Rfc2898DeriveBytes.Pbkdf2(password, _salt, computed, _iterations, _algorithm);
        return CryptographicOperations.FixedTimeEquals(computed, _hash);
    }
}
