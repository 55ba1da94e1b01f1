using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Gatehouse.Grammar;

/// <summary>
/// SHA-512/256 (FIPS 180-4 section 5.3.6.2), which RFC 7616 names and the runtime lacks: SHA-512 from another start, cut to 256 bits.
/// The constants are computed as the standard defines them.
/// </summary>
internal static class Sha512Truncated
{
    private const int BlockLength = 128;

    private static readonly ulong[] Primes = FirstPrimes(80);

    // The first 64 bits of the fractional parts of the cube roots of the first 80 primes.
    private static readonly ulong[] Constants = [.. Primes.Select(prime => Fraction(prime, 3))];

    /// <summary>Where SHA-512 itself starts: the square roots of the first eight primes.</summary>
    internal static readonly ulong[] Sha512Start = [.. Primes.Take(8).Select(prime => Fraction(prime, 2))];

    // Section 5.3.6: SHA-512 of the name, from the start of SHA-512 with every byte turned by A5.
    private static readonly ulong[] Start = MakeStart();

    /// <summary>The 32 bytes of the digest.</summary>
    internal static byte[] Hash(ReadOnlySpan<byte> message) => Hash(message, Start)[..32];

    /// <summary>The whole 64 bytes from any start: that of SHA-512 gives SHA-512.</summary>
    internal static byte[] Hash(ReadOnlySpan<byte> message, ReadOnlySpan<ulong> start)
    {
        Span<ulong> state = stackalloc ulong[8];
        start.CopyTo(state);
        var whole = message.Length / BlockLength * BlockLength;
        for (var at = 0; at < whole; at += BlockLength) Compress(state, message.Slice(at, BlockLength));

        Span<byte> end = stackalloc byte[2 * BlockLength];
        end.Clear();
        var rest = message[whole..];
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        end = end[..(rest.Length < BlockLength - 16 ? BlockLength : 2 * BlockLength)];
        BinaryPrimitives.WriteUInt64BigEndian(end[^8..], (ulong)message.Length * 8);
        for (var at = 0; at < end.Length; at += BlockLength) Compress(state, end.Slice(at, BlockLength));
        CryptographicOperations.ZeroMemory(end);

        var digest = new byte[64];
        for (var i = 0; i < 8; i++) BinaryPrimitives.WriteUInt64BigEndian(digest.AsSpan(i * 8), state[i]);
        return digest;
    }

    // Section 6.4.2.
    private static void Compress(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        Span<ulong> words = stackalloc ulong[80];
        for (var t = 0; t < 16; t++) words[t] = BinaryPrimitives.ReadUInt64BigEndian(block[(t * 8)..]);
        for (var t = 16; t < 80; t++)
        {
            var (early, late) = (words[t - 15], words[t - 2]);
            words[t] = words[t - 16] + words[t - 7]
                + (Turned(early, 1) ^ Turned(early, 8) ^ (early >> 7))
                + (Turned(late, 19) ^ Turned(late, 61) ^ (late >> 6));
        }

        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var t = 0; t < 80; t++)
        {
            var first = h + (Turned(e, 14) ^ Turned(e, 18) ^ Turned(e, 41)) + ((e & f) ^ (~e & g)) + Constants[t] + words[t];
            var second = (Turned(a, 28) ^ Turned(a, 34) ^ Turned(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static ulong Turned(ulong word, int bits) => BitOperations.RotateRight(word, bits);

    private static ulong[] MakeStart()
    {
        var digest = Hash("SHA-512/256"u8, Sha512Start.Select(word => word ^ 0xA5A5A5A5A5A5A5A5).ToArray());
        return [.. Enumerable.Range(0, 8).Select(i => BinaryPrimitives.ReadUInt64BigEndian(digest.AsSpan(i * 8)))];
    }

    // floor(root(number) * 2^64) modulo 2^64, by bisection over whole numbers.
    private static ulong Fraction(ulong number, int degree)
    {
        var target = new BigInteger(number) << (64 * degree);
        var (low, high) = (BigInteger.Zero, BigInteger.One << 80);
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (BigInteger.Pow(middle, degree) <= target) low = middle;
            else high = middle;
        }

        return (ulong)(low & ulong.MaxValue);
    }

    private static ulong[] FirstPrimes(int count)
    {
        var primes = new List<ulong>();
        for (ulong candidate = 2; primes.Count < count; candidate++)
            if (primes.TrueForAll(prime => candidate % prime != 0)) primes.Add(candidate);
        return [.. primes];
    }
}
