using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Guard.SignIn;

/// <summary>The anti-forgery token of a form: the time of issue, signed together with the cookie that the same browser holds.</summary>
internal sealed class FormToken(byte[] key, TimeProvider time)
{
    /// <summary>How long a form may lie open.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int TimeBytes = 8;
    private const int SignatureBytes = 32;

    /// <summary>A value for the cookie: 128 random bits.</summary>
    public static string NewBinding() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether a cookie's value may be one of ours: anything else is not taken up into a page.</summary>
    public static bool IsBinding(ReadOnlySpan<char> text) => text.Length == 22 && Base64Url.IsValid(text);

    /// <summary>A token for the form that goes with this cookie.</summary>
    public string Issue(string binding)
    {
        Span<byte> token = stackalloc byte[TimeBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, time.GetUtcNow().ToUnixTimeSeconds());
        Sign(token[..TimeBytes], binding, token[TimeBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Whether it is one of ours, for this cookie, and not too old.</summary>
    public bool Verifies(string text, string binding)
    {
        Span<byte> token = stackalloc byte[TimeBytes + SignatureBytes];
        if (text.Length != Base64Url.GetEncodedLength(token.Length)
            || Base64Url.DecodeFromChars(text, token, out _, out var written) != System.Buffers.OperationStatus.Done || written != token.Length) return false;
        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(token[..TimeBytes], binding, signature);
        if (!CryptographicOperations.FixedTimeEquals(signature, token[TimeBytes..])) return false;
        var age = time.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64BigEndian(token);
        return age <= Lifetime.TotalSeconds && age >= -60;
    }

    private void Sign(ReadOnlySpan<byte> issued, string binding, Span<byte> signature)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData("form\0"u8);
        mac.AppendData(issued);
        mac.AppendData(Encoding.UTF8.GetBytes(binding));
        mac.GetHashAndReset(signature);
    }
}
