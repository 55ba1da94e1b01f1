using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Passwords;

/// <summary>
/// MD5's compression of one block (RFC 1321 section 3.4), for <see cref="Md5Crypt"/> alone: its thousand rounds hash some fifty
/// bytes each, and the runtime's MD5 spends three quarters of that time on entering and leaving the system's library.
/// </summary>
internal static class Md5Block
{
    /// <summary>Bytes of a block.</summary>
    internal const int Length = 64;

    /// <summary>Most bytes of a message that fits one block with its padding.</summary>
    internal const int MaximumMessage = Length - 9;

    /// <summary>The digest of a message of at most <see cref="MaximumMessage"/> bytes that stands, padded, in the block: 0x80 behind it, zeros, its length in bits.</summary>
    internal static void Hash(ReadOnlySpan<byte> block, Span<byte> digest)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("MD5's words are read in place: little-endian only");
        ref var word = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, uint>(block[..Length]));
        uint a = 0x67452301, b = 0xEFCDAB89, c = 0x98BADCFE, d = 0x10325476;
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + Unsafe.Add(ref word, 0) + 0xD76AA478, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + Unsafe.Add(ref word, 1) + 0xE8C7B756, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + Unsafe.Add(ref word, 2) + 0x242070DB, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + Unsafe.Add(ref word, 3) + 0xC1BDCEEE, 22);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + Unsafe.Add(ref word, 4) + 0xF57C0FAF, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + Unsafe.Add(ref word, 5) + 0x4787C62A, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + Unsafe.Add(ref word, 6) + 0xA8304613, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + Unsafe.Add(ref word, 7) + 0xFD469501, 22);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + Unsafe.Add(ref word, 8) + 0x698098D8, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + Unsafe.Add(ref word, 9) + 0x8B44F7AF, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + Unsafe.Add(ref word, 10) + 0xFFFF5BB1, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + Unsafe.Add(ref word, 11) + 0x895CD7BE, 22);
        a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + Unsafe.Add(ref word, 12) + 0x6B901122, 7);
        d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + Unsafe.Add(ref word, 13) + 0xFD987193, 12);
        c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + Unsafe.Add(ref word, 14) + 0xA679438E, 17);
        b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + Unsafe.Add(ref word, 15) + 0x49B40821, 22);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + Unsafe.Add(ref word, 1) + 0xF61E2562, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + Unsafe.Add(ref word, 6) + 0xC040B340, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + Unsafe.Add(ref word, 11) + 0x265E5A51, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + Unsafe.Add(ref word, 0) + 0xE9B6C7AA, 20);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + Unsafe.Add(ref word, 5) + 0xD62F105D, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + Unsafe.Add(ref word, 10) + 0x02441453, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + Unsafe.Add(ref word, 15) + 0xD8A1E681, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + Unsafe.Add(ref word, 4) + 0xE7D3FBC8, 20);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + Unsafe.Add(ref word, 9) + 0x21E1CDE6, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + Unsafe.Add(ref word, 14) + 0xC33707D6, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + Unsafe.Add(ref word, 3) + 0xF4D50D87, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + Unsafe.Add(ref word, 8) + 0x455A14ED, 20);
        a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + Unsafe.Add(ref word, 13) + 0xA9E3E905, 5);
        d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + Unsafe.Add(ref word, 2) + 0xFCEFA3F8, 9);
        c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + Unsafe.Add(ref word, 7) + 0x676F02D9, 14);
        b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + Unsafe.Add(ref word, 12) + 0x8D2A4C8A, 20);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + Unsafe.Add(ref word, 5) + 0xFFFA3942, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + Unsafe.Add(ref word, 8) + 0x8771F681, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + Unsafe.Add(ref word, 11) + 0x6D9D6122, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + Unsafe.Add(ref word, 14) + 0xFDE5380C, 23);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + Unsafe.Add(ref word, 1) + 0xA4BEEA44, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + Unsafe.Add(ref word, 4) + 0x4BDECFA9, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + Unsafe.Add(ref word, 7) + 0xF6BB4B60, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + Unsafe.Add(ref word, 10) + 0xBEBFBC70, 23);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + Unsafe.Add(ref word, 13) + 0x289B7EC6, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + Unsafe.Add(ref word, 0) + 0xEAA127FA, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + Unsafe.Add(ref word, 3) + 0xD4EF3085, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + Unsafe.Add(ref word, 6) + 0x04881D05, 23);
        a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + Unsafe.Add(ref word, 9) + 0xD9D4D039, 4);
        d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + Unsafe.Add(ref word, 12) + 0xE6DB99E5, 11);
        c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + Unsafe.Add(ref word, 15) + 0x1FA27CF8, 16);
        b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + Unsafe.Add(ref word, 2) + 0xC4AC5665, 23);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + Unsafe.Add(ref word, 0) + 0xF4292244, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + Unsafe.Add(ref word, 7) + 0x432AFF97, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + Unsafe.Add(ref word, 14) + 0xAB9423A7, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + Unsafe.Add(ref word, 5) + 0xFC93A039, 21);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + Unsafe.Add(ref word, 12) + 0x655B59C3, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + Unsafe.Add(ref word, 3) + 0x8F0CCC92, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + Unsafe.Add(ref word, 10) + 0xFFEFF47D, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + Unsafe.Add(ref word, 1) + 0x85845DD1, 21);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + Unsafe.Add(ref word, 8) + 0x6FA87E4F, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + Unsafe.Add(ref word, 15) + 0xFE2CE6E0, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + Unsafe.Add(ref word, 6) + 0xA3014314, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + Unsafe.Add(ref word, 13) + 0x4E0811A1, 21);
        a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + Unsafe.Add(ref word, 4) + 0xF7537E82, 6);
        d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + Unsafe.Add(ref word, 11) + 0xBD3AF235, 10);
        c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + Unsafe.Add(ref word, 2) + 0x2AD7D2BB, 15);
        b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + Unsafe.Add(ref word, 9) + 0xEB86D391, 21);
        var sum = MemoryMarshal.Cast<byte, uint>(digest[..16]);
        sum[0] = a + 0x67452301;
        sum[1] = b + 0xEFCDAB89;
        sum[2] = c + 0x98BADCFE;
        sum[3] = d + 0x10325476;
    }
}
