using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Passwords;

/// <summary>
/// The MD5 hashes of htpasswd (<c>$apr1$</c>) and of old Unix systems (<c>$1$</c>): one algorithm, two marks. A thousand rounds
/// are little today; the reader warns of them. Neither the runtime nor libcrypt knows <c>$apr1$</c>.
/// </summary>
internal static class Md5Crypt
{
    /// <summary>Characters of the salt that count.</summary>
    internal const int MaximumSalt = 8;

    private const string Digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // In which order the digest's bytes are written: three make four characters.
    private static ReadOnlySpan<byte> Order => [0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5];

    /// <summary>The 22 characters behind the salt.</summary>
    /// <param name="mark"><c>$apr1$</c> or <c>$1$</c>.</param>
    /// <param name="password">In octets.</param>
    /// <param name="salt">At most eight octets.</param>
    /// <param name="hash">Room for 22 characters.</param>
    internal static void Hash(ReadOnlySpan<byte> mark, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<char> hash)
    {
        Span<byte> digest = stackalloc byte[16];
        First(mark, password, salt, digest);
        // salt + password twice + digest: in practice one block of MD5.
        if (salt.Length + 2 * password.Length + 16 <= Md5Block.MaximumMessage) FastRounds(password, salt, digest);
        else Rounds(password, salt, digest);
        Write(digest, hash);
        CryptographicOperations.ZeroMemory(digest);
    }

    private static void First(ReadOnlySpan<byte> mark, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> digest)
    {
#pragma warning disable CA5351 // the format is what it is; the reader warns of it
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        md5.AppendData(password);
        md5.AppendData(salt);
        md5.AppendData(password);
        md5.GetHashAndReset(digest);

        md5.AppendData(password);
        md5.AppendData(mark);
        md5.AppendData(salt);
        for (var left = password.Length; left > 0; left -= 16) md5.AppendData(digest[..Math.Min(left, 16)]);
        ReadOnlySpan<byte> zero = [0];
        for (var bits = password.Length; bits != 0; bits >>= 1) md5.AppendData((bits & 1) != 0 ? zero : password[..1]);
        md5.GetHashAndReset(digest);
    }

    // In which round comes what: the digest or the password; the salt but in every third; the password but in every seventh; the other of the two.
    private static void Rounds(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> digest)
    {
#pragma warning disable CA5351 // as above
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        for (var round = 0; round < 1000; round++)
        {
            md5.AppendData((round & 1) != 0 ? password : digest);
            if (round % 3 != 0) md5.AppendData(salt);
            if (round % 7 != 0) md5.AppendData(password);
            md5.AppendData((round & 1) != 0 ? digest : password);
            md5.GetHashAndReset(digest);
        }
    }

    // What a round hashes depends on its number modulo 42 only by three questions: eight forms of the block, made once and padded once.
    private static void FastRounds(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> digest)
    {
        Span<byte> blocks = stackalloc byte[8 * Md5Block.Length];
        Span<int> places = stackalloc int[8];
        blocks.Clear();
        for (var form = 0; form < 8; form++)
        {
            var block = blocks.Slice(form * Md5Block.Length, Md5Block.Length);
            var at = 0;
            if ((form & 1) != 0) Append(block, ref at, password);
            else at += 16;
            if ((form & 2) != 0) Append(block, ref at, salt);
            if ((form & 4) != 0) Append(block, ref at, password);
            places[form] = (form & 1) != 0 ? at : 0;
            if ((form & 1) != 0) at += 16;
            else Append(block, ref at, password);
            block[at] = 0x80;
            BinaryPrimitives.WriteInt32LittleEndian(block[^8..], at * 8);
        }

        for (var round = 0; round < 1000; round++)
        {
            var form = (round & 1) | (round % 3 != 0 ? 2 : 0) | (round % 7 != 0 ? 4 : 0);
            var block = blocks.Slice(form * Md5Block.Length, Md5Block.Length);
            digest.CopyTo(block[places[form]..]);
            Md5Block.Hash(block, digest);
        }

        CryptographicOperations.ZeroMemory(blocks);
    }

    private static void Append(Span<byte> block, ref int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(block[at..]);
        at += part.Length;
    }

    private static void Write(ReadOnlySpan<byte> digest, Span<char> hash)
    {
        var at = 0;
        for (var i = 0; i < Order.Length; i += 3)
            WriteNumber(digest[Order[i]] << 16 | digest[Order[i + 1]] << 8 | digest[Order[i + 2]], 4, hash, ref at);
        WriteNumber(digest[11], 2, hash, ref at);
    }

    private static void WriteNumber(int number, int length, Span<char> hash, ref int at)
    {
        for (; length > 0; length--, number >>= 6) hash[at++] = Digits[number & 63];
    }
}
