using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Guard.Sessions;

/// <summary>
/// The name of a session: 256 random bits, known to its browser alone. Memory and disk hold their SHA-256, so that
/// neither a backup nor a look at the database gives anybody a session; look-ups by hash also take the same time for every guess.
/// </summary>
internal readonly record struct SessionId
{
    /// <summary>Characters of the text in a cookie: base64url of 32 bytes.</summary>
    public const int TextLength = 43;

    private const int Bytes = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private SessionId(ReadOnlySpan<byte> hash)
    {
        var parts = MemoryMarshal.Cast<byte, ulong>(hash);
        (_a, _b, _c, _d) = (parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>Makes a new one, and the only text of it that there will ever be.</summary>
    public static SessionId New(out string text)
    {
        Span<byte> random = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(random);
        text = Base64Url.EncodeToString(random);
        return Of(random);
    }

    /// <summary>Reads the text of a cookie; only the one canonical spelling is taken.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionId id)
    {
        id = default;
        if (text.Length != TextLength) return false;
        Span<byte> octets = stackalloc byte[Bytes];
        // The last character carries two bits that belong to nothing: other than zero is another spelling of the same bytes, which is refused.
        if (Base64Url.DecodeFromChars(text, octets, out _, out var written) != System.Buffers.OperationStatus.Done || written != Bytes) return false;
        Span<char> again = stackalloc char[TextLength];
        Base64Url.EncodeToChars(octets, again);
        if (!text.SequenceEqual(again)) return false;
        id = Of(octets);
        return true;
    }

    /// <summary>From the database's column.</summary>
    public static SessionId FromHash(ReadOnlySpan<byte> hash) => new(hash);

    /// <summary>For the database's column.</summary>
    public byte[] ToHash()
    {
        var hash = new byte[Bytes];
        var parts = MemoryMarshal.Cast<byte, ulong>(hash.AsSpan());
        (parts[0], parts[1], parts[2], parts[3]) = (_a, _b, _c, _d);
        return hash;
    }

    /// <summary>What administrators see and type: enough of the hash to tell sessions apart, of no use in a cookie.</summary>
    public string ShortName => Convert.ToHexStringLower(ToHash().AsSpan(0, 8));

    /// <inheritdoc/>
    public bool Equals(SessionId other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override int GetHashCode() => _a.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => ShortName;

    private static SessionId Of(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(secret, hash);
        return new SessionId(hash);
    }
}
