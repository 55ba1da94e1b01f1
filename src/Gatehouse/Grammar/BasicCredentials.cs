using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>In which character encoding a user name and password seem to have been sent (RFC 7617 section 2.1).</summary>
public enum BasicEncoding
{
    /// <summary>Only US-ASCII: every encoding agrees.</summary>
    Ascii,

    /// <summary>Well-formed UTF-8 with other characters than US-ASCII's.</summary>
    Utf8,

    /// <summary>Not UTF-8: in all likelihood ISO-8859-1 or Windows-1252, which clients use that do not know <c>charset="UTF-8"</c>.</summary>
    Other,
}

/// <summary>
/// User name and password as the scheme Basic sends them (RFC 7617 section 2): base64 of both with a colon between.
/// Only canonical base64 is taken (RFC 4648 section 3): one secret has one spelling, so that bans, caches and logs see one.
/// </summary>
public sealed class BasicCredentials
{
    /// <summary>Longest base64 read, in characters: room for 6 KB, more than any password is; a megabyte would be hashed for nothing.</summary>
    public const int MaximumLength = 8192;

    /// <summary>Bytes that a buffer for <see cref="TryDecode"/> needs at most.</summary>
    public const int MaximumDecodedLength = MaximumLength / 4 * 3;

    private readonly byte[] _octets;
    private readonly int _colon;

    private BasicCredentials(byte[] octets, int colon)
    {
        _octets = octets;
        _colon = colon;
        Encoding = !octets.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)0x7F) ? BasicEncoding.Ascii
            : Utf8.IsValid(octets) ? BasicEncoding.Utf8
            : BasicEncoding.Other;
        User = (Encoding == BasicEncoding.Other ? System.Text.Encoding.Latin1 : System.Text.Encoding.UTF8).GetString(UserOctets);
    }

    /// <summary>The user name, read as <see cref="Encoding"/> says (ISO-8859-1 where that is <see cref="BasicEncoding.Other"/>); may be empty.</summary>
    public string User { get; }

    /// <summary>The encoding, judged over both parts.</summary>
    public BasicEncoding Encoding { get; }

    /// <summary>The user name as it was sent.</summary>
    public ReadOnlySpan<byte> UserOctets => _octets.AsSpan(0, _colon);

    /// <summary>The password as it was sent; may be empty, and may hold colons. A secret: compared by a hash, never shown.</summary>
    public ReadOnlySpan<byte> PasswordOctets => _octets.AsSpan(_colon + 1);

    /// <summary>Reads what stands behind the scheme's name.</summary>
    /// <returns>False, with the position, where it is no such base64, lacks the colon or holds control characters.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out BasicCredentials? value, out SyntaxError error)
    {
        value = null;
        var buffer = ArrayPool<byte>.Shared.Rent(MaximumDecodedLength);
        try
        {
            if (!TryDecode(text, buffer, out var length, out var colon, out error)) return false;
            value = new(buffer.AsSpan(0, length).ToArray(), colon);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    /// <summary>The same without allocating: for the path of every request.</summary>
    /// <param name="text">What stands behind the scheme's name.</param>
    /// <param name="octets">At least <see cref="MaximumDecodedLength"/> bytes, or three quarters of the text's length; user name, colon and password are written there.</param>
    /// <param name="length">How many bytes were written.</param>
    /// <param name="colon">Where the first colon stands: the user name is before it, the password behind it.</param>
    /// <param name="error">The position in the base64 text where the result is false.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> octets, out int length, out int colon, out SyntaxError error)
    {
        length = 0;
        colon = -1;
        if (text.IsEmpty) return Fail(0, 0, "base64 of `user:password`", out error);
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        if (!StrictBase64.TryDecode(text, octets, out length, out error)) return false;

        var decoded = octets[..length];
        colon = decoded.IndexOf((byte)':');
        if (colon < 0) return Fail(0, text.Length, "a colon between user name and password (RFC 7617 section 2)", out error);
        // The user-id and password MUST NOT contain any control characters (RFC 7617 section 2).
        for (var i = 0; i < decoded.Length; i++)
            if (decoded[i] < ' ' || decoded[i] == 0x7F)
                return Fail(0, i / 3 * 4 + i % 3, "no control character in user name or password (RFC 7617 section 2)", out error);
        return true;
    }

    /// <summary>The user name alone.</summary>
    public override string ToString() => $"{User}:…";
}
