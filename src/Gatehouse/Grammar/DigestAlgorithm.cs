using System.Security.Cryptography;

namespace Gatehouse.Grammar;

/// <summary>The hash of the scheme Digest (RFC 7616 section 3.3), with or without a session key.</summary>
public enum DigestAlgorithm
{
    /// <summary><c>MD5</c>; also meant where a challenge names none. Broken: only by choice of the operator.</summary>
    Md5 = 0,

    /// <summary><c>MD5-sess</c>.</summary>
    Md5Session,

    /// <summary><c>SHA-256</c>.</summary>
    Sha256,

    /// <summary><c>SHA-256-sess</c>.</summary>
    Sha256Session,

    /// <summary><c>SHA-512-256</c>: SHA-512 with a start of its own, cut to 256 bits.</summary>
    Sha512Truncated,

    /// <summary><c>SHA-512-256-sess</c>.</summary>
    Sha512TruncatedSession,
}

/// <summary>Names and hashing of <see cref="DigestAlgorithm"/>.</summary>
public static class DigestAlgorithms
{
    // In the order of the enum.
    private static readonly string[] Names = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"];

    /// <summary>As it stands in fields.</summary>
    public static string Name(this DigestAlgorithm algorithm) => Names[(int)algorithm];

    /// <summary>Whether the secret is hashed again with nonce and cnonce (RFC 7616 section 3.4.2).</summary>
    public static bool IsSession(this DigestAlgorithm algorithm) => ((int)algorithm & 1) != 0;

    /// <summary>Hexadecimal digits of its hashes: 32 or 64.</summary>
    public static int HexLength(this DigestAlgorithm algorithm) => algorithm <= DigestAlgorithm.Md5Session ? 32 : 64;

    /// <summary>Reads a name, without regard to case.</summary>
    /// <returns>False where RFC 7616 knows no such algorithm.</returns>
    public static bool TryParse(string name, out DigestAlgorithm algorithm)
    {
        var index = Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        algorithm = (DigestAlgorithm)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>H(data) in lower-case hexadecimal.</summary>
    internal static string Hash(this DigestAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
#pragma warning disable CA5351 // the scheme names it; whether it is offered is the operator's choice
        var hash = algorithm switch
        {
            DigestAlgorithm.Md5 or DigestAlgorithm.Md5Session => MD5.HashData(data),
            DigestAlgorithm.Sha256 or DigestAlgorithm.Sha256Session => SHA256.HashData(data),
            DigestAlgorithm.Sha512Truncated or DigestAlgorithm.Sha512TruncatedSession => Sha512Truncated.Hash(data),
        };
#pragma warning restore CA5351
        return Convert.ToHexStringLower(hash);
    }
}
