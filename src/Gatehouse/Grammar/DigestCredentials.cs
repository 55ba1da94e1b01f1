using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>
/// The credentials of the scheme Digest (RFC 7616 section 3.4). Values are taken quoted or not, whichever the section demands:
/// browsers and libraries differ on <c>qop</c>, <c>nc</c> and <c>algorithm</c>, and nothing is ambiguous by it.
/// </summary>
public sealed record DigestCredentials
{
    private const int CounterLength = 8;

    /// <summary>As sent, decoded where it came as <c>username*</c>; a hash where <see cref="IsUserHashed"/>.</summary>
    public required string User { get; init; }

    /// <summary>Whether <see cref="User"/> is H(user:realm) (section 3.4.4).</summary>
    public bool IsUserHashed { get; init; }

    /// <summary>Of the challenge.</summary>
    public required string Realm { get; init; }

    /// <summary>Of the challenge.</summary>
    public required string Nonce { get; init; }

    /// <summary>The target that the response was computed over; the server compares it with that of the request (section 3.4.6).</summary>
    public required string Uri { get; init; }

    /// <summary>Lower-case hexadecimal. Proves the password, for this nonce.</summary>
    public required string Response { get; init; }

    /// <summary>MD5 where none is named.</summary>
    public DigestAlgorithm Algorithm { get; init; }

    /// <summary>What is protected.</summary>
    public DigestProtection Protection { get; init; }

    /// <summary>The client's; null only without protection.</summary>
    public string? ClientNonce { get; init; }

    /// <summary>How many requests the client has sent with this nonce, from 1; 0 only without protection.</summary>
    public uint Count { get; init; }

    /// <summary>As the challenge gave it; null where it gave none.</summary>
    public string? Opaque { get; init; }

    /// <summary>Reads what <see cref="Authorization.TryParse"/> gave.</summary>
    /// <returns>False, with the position of the parameter in the field, where one is missing, unknown or contradicts another.</returns>
    public static bool TryParse(Authorization authorization, out DigestCredentials? value, out SyntaxError error)
    {
        ArgumentNullException.ThrowIfNull(authorization);
        value = null;
        var a = authorization;
        if (!a.Scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase)) return Fail(0, 0, "the scheme Digest", out error);
        foreach (var name in (ReadOnlySpan<string>)["realm", "nonce", "uri", "response"])
            if (a[name] is null) return Fail(0, 0, $"the parameter {name} (RFC 7616 section 3.4)", out error);
        if (!TryReadUser(a, out var user, out error)) return false;

        var algorithm = DigestAlgorithm.Md5;
        if (a["algorithm"] is { } wanted && !DigestAlgorithms.TryParse(wanted, out algorithm))
            return At(a, "algorithm", "an algorithm of RFC 7616", out error);
        if (!TryReadProtection(a["qop"], out var protection)) return At(a, "qop", "`auth` or `auth-int`", out error);
        var count = 0u;
        if (protection != DigestProtection.None)
        {
            if (a["cnonce"] is not { Length: > 0 }) return At(a, "qop", "a cnonce beside qop (RFC 7616 section 3.4)", out error);
            if (a["nc"] is not { Length: CounterLength } counter || !IsLowerHex(counter)
                || !uint.TryParse(counter, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out count) || count == 0)
                return At(a, a["nc"] is null ? "qop" : "nc", "a counter nc of eight lower-case hexadecimal digits, from 00000001", out error);
        }
        else if (algorithm.IsSession() && a["cnonce"] is null)
        {
            return At(a, "algorithm", "a cnonce: the algorithm needs it", out error);
        }

        var response = a["response"]!;
        if (response.Length != algorithm.HexLength() || !IsLowerHex(response))
            return At(a, "response", $"{algorithm.HexLength()} lower-case hexadecimal digits", out error);

        value = new()
        {
            User = user,
            IsUserHashed = DigestChallenge.IsTrue(a["userhash"]),
            Realm = a["realm"]!,
            Nonce = a["nonce"]!,
            Uri = a["uri"]!,
            Response = response,
            Algorithm = algorithm,
            Protection = protection,
            ClientNonce = a["cnonce"],
            Count = count,
            Opaque = a["opaque"],
        };
        error = default;
        return true;
    }

    /// <summary>The response that these parameters give.</summary>
    /// <param name="secret">H(user:realm:password) in lower-case hexadecimal, as <see cref="Secret"/> makes and htdigest files hold it.</param>
    /// <param name="method">Of the request.</param>
    /// <param name="body">Of the request; looked at with <c>auth-int</c> alone.</param>
    public string Compute(string secret, string method, ReadOnlySpan<byte> body = default)
    {
        var key = Algorithm.IsSession() ? Hash($"{secret}:{Nonce}:{ClientNonce}") : secret;
        var request = Hash(Protection == DigestProtection.Integrity ? $"{method}:{Uri}:{Algorithm.Hash(body)}" : $"{method}:{Uri}");
        return Protection == DigestProtection.None
            ? Hash($"{key}:{Nonce}:{request}")
            : Hash($"{key}:{Nonce}:{Count:x8}:{ClientNonce}:{(Protection == DigestProtection.Integrity ? "auth-int" : "auth")}:{request}");
    }

    /// <summary>Whether the response is the right one; compared in constant time. Says nothing of the nonce, the counter and the target.</summary>
    public bool Verifies(string secret, string method, ReadOnlySpan<byte> body = default) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Compute(secret, method, body)), Encoding.ASCII.GetBytes(Response));

    /// <summary>Whether these credentials speak of that user: by name, or by its hash; compared in constant time.</summary>
    public bool IsOf(string user) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(IsUserHashed ? UserHash(Algorithm, user, Realm) : user), Encoding.UTF8.GetBytes(User));

    /// <summary>H(user:realm:password), in lower-case hexadecimal (RFC 7616 section 3.4.2): as good as the password itself.</summary>
    public static string Secret(DigestAlgorithm algorithm, string user, string realm, ReadOnlySpan<byte> password)
    {
        var message = new byte[Encoding.UTF8.GetByteCount(user) + Encoding.UTF8.GetByteCount(realm) + password.Length + 2];
        var at = Encoding.UTF8.GetBytes($"{user}:{realm}:", message);
        password.CopyTo(message.AsSpan(at));
        var secret = algorithm.Hash(message);
        CryptographicOperations.ZeroMemory(message);
        return secret;
    }

    /// <summary>H(user:realm), in lower-case hexadecimal (RFC 7616 section 3.4.4).</summary>
    public static string UserHash(DigestAlgorithm algorithm, string user, string realm) => algorithm.Hash(Encoding.UTF8.GetBytes($"{user}:{realm}"));

    /// <summary>User, realm and target; no response.</summary>
    public override string ToString() => $"{User} in {Realm} for {Uri}, {Algorithm.Name()}";

    private string Hash(string text) => Algorithm.Hash(Encoding.UTF8.GetBytes(text));

    private static bool TryReadUser(Authorization a, out string user, out SyntaxError error)
    {
        user = a["username"] ?? "";
        var extended = a["username*"];
        if ((a["username"] is null) == (extended is null)) return Fail(0, 0, "either username or username* (RFC 7616 section 3.4)", out error);
        if (extended is null)
        {
            error = default;
            return true;
        }

        if (DigestChallenge.IsTrue(a["userhash"])) return At(a, "username*", "no username* beside userhash=true (RFC 7616 section 3.4.4)", out error);
        if (!ExtendedValue.TryParse(extended, out user, out var inner)) return At(a, "username*", inner.Expected, out error);
        error = default;
        return true;
    }

    private static bool TryReadProtection(string? qop, out DigestProtection protection)
    {
        protection = "auth".Equals(qop, StringComparison.OrdinalIgnoreCase) ? DigestProtection.Authentication
            : "auth-int".Equals(qop, StringComparison.OrdinalIgnoreCase) ? DigestProtection.Integrity
            : DigestProtection.None;
        return qop is null || protection != DigestProtection.None;
    }

    private static bool IsLowerHex(string text) => text.All(char.IsAsciiHexDigitLower);

    private static bool At(Authorization a, string name, string expected, out SyntaxError error) =>
        DigestChallenge.At(a.Parameters, name, expected, out error);
}
