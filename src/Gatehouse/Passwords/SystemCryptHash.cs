using System.Text;

namespace Gatehouse.Passwords;

/// <summary>sha256-crypt, sha512-crypt and yescrypt: form and cost are checked here, the work is libcrypt's.</summary>
internal sealed class SystemCryptHash : PasswordHash
{
    /// <summary>Most rounds of sha-crypt: a million are half a second a try; the format allows a thousand times more.</summary>
    internal const int MaximumRounds = 1_000_000;

    /// <summary>Largest yescrypt N as a power of two: with the usual r = 32 this is 256 MB for each try.</summary>
    internal const int MaximumMemory = 16;

    private const string Digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly byte[] _text;

    private SystemCryptHash(HashKind kind, double cost, byte[] text)
        : base(kind, cost) => _text = text;

    internal static bool TryRead(ReadOnlySpan<char> text, out PasswordHash? hash, out HashFault fault)
    {
        var kind = text[1] switch { '5' => HashKind.Sha256Crypt, '6' => HashKind.Sha512Crypt, _ => HashKind.Yescrypt };
        fault = kind == HashKind.Yescrypt ? CheckYescrypt(text[3..], out var cost) : CheckSha(text[3..], kind == HashKind.Sha256Crypt ? 43 : 86, out cost);
        if (fault == HashFault.None && !SystemCrypt.IsAvailable) fault = HashFault.NotOnThisSystem;
        return fault == HashFault.None
            ? Succeeds(new SystemCryptHash(kind, cost, Encoding.ASCII.GetBytes(text.ToString())), out hash, out fault)
            : Fails(fault, out hash, out fault);
    }

    // [ "rounds=" number "$" ] salt of up to 16 characters "$" hash
    private static HashFault CheckSha(ReadOnlySpan<char> rest, int length, out double cost)
    {
        var rounds = 5000;
        cost = 0;
        if (rest.StartsWith("rounds="))
        {
            var end = rest.IndexOf('$');
            if (end < 0 || !int.TryParse(rest[7..end], System.Globalization.NumberStyles.None, null, out rounds) || rounds < 1000) return HashFault.Malformed;
            if (rounds > MaximumRounds) return HashFault.TooCostly;
            rest = rest[(end + 1)..];
        }

        cost = rounds * 0.5;
        var dollar = rest.IndexOf('$');
        return dollar is >= 0 and <= 16 && rest.Length == dollar + 1 + length && !rest[(dollar + 1)..].ContainsAnyExcept(CryptDigits)
            ? HashFault.None : HashFault.Malformed;
    }

    // flags, N, r (a character each in all hashes that systems make) "$" salt "$" hash
    private static HashFault CheckYescrypt(ReadOnlySpan<char> rest, out double cost)
    {
        cost = 0;
        Span<Range> parts = stackalloc Range[4];
        if (rest.Split(parts, '$') != 3) return HashFault.Malformed;
        var parameters = rest[parts[0]];
        if (parameters.Length != 3 || rest[parts[2]].Length != 43) return HashFault.Malformed;
        foreach (var part in parts[..3])
            if (rest[part].ContainsAnyExcept(CryptDigits)) return HashFault.Malformed;
        var memory = Digits.IndexOf(parameters[1], StringComparison.Ordinal) + 1;
        var width = Digits.IndexOf(parameters[2], StringComparison.Ordinal) + 1;
        if (memory > MaximumMemory || width > 32) return HashFault.TooCostly;
        cost = (1L << memory) * width * 0.26;
        return HashFault.None;
    }

    private protected override bool Matches(ReadOnlySpan<byte> password) => SystemCrypt.Verifies(password, _text);
}
