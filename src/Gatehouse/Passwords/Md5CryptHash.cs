using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Passwords;

/// <summary><c>$apr1$</c> or <c>$1$</c>, up to eight characters of salt, <c>$</c>, 22 of hash.</summary>
internal sealed class Md5CryptHash : PasswordHash
{
    private const int HashLength = 22;

    private readonly byte[] _mark;
    private readonly byte[] _salt;
    private readonly string _hash;

    private Md5CryptHash(HashKind kind, byte[] mark, byte[] salt, string hash)
        : base(kind, 150) => (_mark, _salt, _hash) = (mark, salt, hash);

    internal static bool TryRead(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        var mark = text.StartsWith("$1$") ? "$1$" : "$apr1$";
        var rest = text[mark.Length..];
        var dollar = rest.IndexOf('$');
        if (dollar is < 0 or > Md5Crypt.MaximumSalt || rest.Length != dollar + 1 + HashLength || rest[(dollar + 1)..].ContainsAnyExcept(CryptDigits))
            return Fails(HashFault.Malformed, out hash, out fault);
        var made = new Md5CryptHash(
            mark.Length == 3 ? HashKind.Md5Crypt : HashKind.Apr1,
            Encoding.ASCII.GetBytes(mark),
            Encoding.ASCII.GetBytes(rest[..dollar].ToString()),
            rest[(dollar + 1)..].ToString());
        return Succeeds(made, out hash, out fault);
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<char> computed = stackalloc char[HashLength];
        Md5Crypt.Hash(_mark, password, _salt, computed);
        return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(computed), MemoryMarshal.AsBytes(_hash.AsSpan()));
    }
}
