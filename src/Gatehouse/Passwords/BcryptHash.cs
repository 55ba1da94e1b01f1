using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Passwords;

/// <summary><c>$2y$10$</c>, 22 characters of salt, 31 of hash.</summary>
internal sealed class BcryptHash : PasswordHash
{
    /// <summary>bcrypt looks at no more bytes: a longer password would be equal to its own beginning.</summary>
    internal const int MaximumPassword = 72;

    /// <summary>Highest cost: 16 are four seconds a try, 31 would be two days.</summary>
    internal const int MaximumCost = 16;

    private readonly string _text;

    private BcryptHash(string text, int cost)
        : base(HashKind.Bcrypt, 62 * (1 << cost)) => _text = text;

    internal static bool TryRead(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        // $2x$ marks hashes of a library whose characters above 127 were computed wrongly.
        if (text.StartsWith("$2x$")) return Fails(HashFault.UnknownKind, out hash, out fault);
        if (text.Length != 60 || text[2] is not ('a' or 'b' or 'y') || text[3] != '$' || text[6] != '$'
            || !char.IsAsciiDigit(text[4]) || !char.IsAsciiDigit(text[5]) || text[7..].ContainsAnyExcept(CryptDigits))
            return Fails(HashFault.Malformed, out hash, out fault);
        var cost = (text[4] - '0') * 10 + text[5] - '0';
        if (cost is < 4 or > 31) return Fails(HashFault.Malformed, out hash, out fault);
        if (cost > MaximumCost) return Fails(HashFault.TooCostly, out hash, out fault);
        return Succeeds(new BcryptHash(text.ToString(), cost), out hash, out fault);
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        var known = password.Length <= MaximumPassword && !password.Contains((byte)0);
        // What can't match costs the same.
        if (!known) password = "?"u8;
        bool matches;
        if (Utf8.IsValid(password)) matches = BCrypt.Net.BCrypt.Verify(Encoding.UTF8.GetString(password), _text);
        else matches = SystemCrypt.Verifies(password, Encoding.ASCII.GetBytes(_text));
        return known & matches;
    }
}
