using System.Security.Cryptography;
using Gatehouse.Grammar;
using Konscious.Security.Cryptography;

namespace Gatehouse.Passwords;

/// <summary><c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c> (PHC string format; RFC 9106), base64 without padding.</summary>
internal sealed class Argon2Hash : PasswordHash
{
    /// <summary>Most memory, in KiB: 256 MB for each try.</summary>
    internal const int MaximumMemory = 262_144;

    /// <summary>Most passes over the memory.</summary>
    internal const int MaximumPasses = 32;

    /// <summary>Most lanes: each is a thread.</summary>
    internal const int MaximumLanes = 16;

    private readonly (int Memory, int Passes, int Lanes) _parameters;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Argon2Hash((int Memory, int Passes, int Lanes) parameters, byte[] salt, byte[] hash)
        : base(HashKind.Argon2id, 4.3 * parameters.Memory * parameters.Passes) => (_parameters, _salt, _hash) = (parameters, salt, hash);

    internal static bool TryRead(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        Span<Range> parts = stackalloc Range[7];
        if (text.Split(parts, '$') != 6 || !text[parts[2]].SequenceEqual("v=19")) return Fails(HashFault.Malformed, out hash, out fault);
        var parameters = text[parts[3]];
        if (!PhcText.TryTakeNumber(ref parameters, "m=", out var memory) || !PhcText.TryTakeNumber(ref parameters, ",t=", out var passes)
            || !PhcText.TryTakeNumber(ref parameters, ",p=", out var lanes) || !parameters.IsEmpty
            || lanes < 1 || passes < 1 || memory < 8L * lanes
            || !PhcText.TryDecode(text[parts[4]], out var salt) || salt.Length < 8
            || !PhcText.TryDecode(text[parts[5]], out var digest) || digest.Length < 12)
            return Fails(HashFault.Malformed, out hash, out fault);
        if (memory > MaximumMemory || passes > MaximumPasses || lanes > MaximumLanes) return Fails(HashFault.TooCostly, out hash, out fault);
        return Succeeds(new Argon2Hash((memory, passes, lanes), salt, digest), out hash, out fault);
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        // The library takes no empty password; one zero octet never comes from a client.
        var octets = password.IsEmpty ? [0] : password.ToArray();
        using var argon = new Argon2id(octets)
        {
            Salt = _salt,
            MemorySize = _parameters.Memory,
            Iterations = _parameters.Passes,
            DegreeOfParallelism = _parameters.Lanes,
        };
        var computed = argon.GetBytes(_hash.Length);
        CryptographicOperations.ZeroMemory(octets);
        return !password.IsEmpty & CryptographicOperations.FixedTimeEquals(computed, _hash);
    }
}
