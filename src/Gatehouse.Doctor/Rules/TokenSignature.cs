using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>What became of verifying a token with a set of keys.</summary>
internal enum SignatureOutcome
{
    /// <summary>It verifies.</summary>
    Verifies,

    /// <summary>No key of that kid.</summary>
    UnknownKey,

    /// <summary>The keys are of another kind than the token's algorithm needs.</summary>
    OtherAlgorithm,

    /// <summary>The right key does not verify it.</summary>
    Differs,
}

/// <summary>The outcome in words.</summary>
/// <param name="Outcome">What it is.</param>
/// <param name="What">One sentence.</param>
internal sealed record SignatureVerdict(SignatureOutcome Outcome, string What);

/// <summary>Verifies a compact JWS with a JWK Set (RFC 7515, 7517, 7518) by the runtime's own cryptography.</summary>
internal static class TokenSignature
{
    /// <summary>Most keys tried: a set of thousands would be a set to burn time with.</summary>
    internal const int MaximumKeys = 64;

    /// <summary>Judges; null where the token is encrypted or the text is no key set.</summary>
    internal static SignatureVerdict? Judge(JsonWebToken jwt, string keySet)
    {
        if (jwt.Jose.IsEncrypted || Keys(keySet) is not { Count: > 0 } keys) return null;
        var alg = jwt.Jose.HeaderText("alg") ?? "";
        var kid = jwt.Jose.HeaderText("kid");
        var kids = string.Join(", ", keys.Select(key => key.Kid ?? "(none)"));
        var named = kid is null ? keys : [.. keys.Where(key => key.Kid == kid)];
        if (named.Count == 0) return new(SignatureOutcome.UnknownKey, $"the token names the kid `{kid}`, the set has {kids}");
        var fitting = named.Where(key => key.Fits(alg)).ToArray();
        if (fitting.Length == 0) return new(SignatureOutcome.OtherAlgorithm, $"alg {alg}, and the keys are {string.Join(", ", named.Select(key => key.Type + (key.Algorithm is null ? "" : " for " + key.Algorithm)))}");
        var data = Encoding.ASCII.GetBytes(jwt.Jose.SigningInput.ToString());
        return fitting.Any(key => key.Verifies(alg, data, jwt.Jose.Signature.Span))
            ? new(SignatureOutcome.Verifies, $"verifies with {kid ?? "a key of the set"}")
            : new(SignatureOutcome.Differs, kid is null ? $"no key of the set verifies it ({kids})" : $"the key `{kid}` does not verify it");
    }

    private static List<JsonWebKey> Keys(string text)
    {
        var keys = new List<JsonWebKey>();
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return keys;
            if (!root.TryGetProperty("keys", out var list)) keys.Add(JsonWebKey.Of(root));
            else if (list.ValueKind == JsonValueKind.Array) keys.AddRange(list.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.Object).Take(MaximumKeys).Select(JsonWebKey.Of));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The runtime's reader has no other way to say that a text is not JSON, or that a lone surrogate stands in it.
        }

        return keys;
    }
}

/// <summary>One key of a set.</summary>
internal sealed class JsonWebKey
{
    private readonly Dictionary<string, string> _members;

    private JsonWebKey(Dictionary<string, string> members)
    {
        _members = members;
    }

    /// <summary>Its id; null: none.</summary>
    internal string? Kid => _members.GetValueOrDefault("kid");

    /// <summary>RSA, EC, oct or OKP.</summary>
    internal string Type => _members.GetValueOrDefault("kty", "");

    /// <summary>The algorithm that it is for; null: not said.</summary>
    internal string? Algorithm => _members.GetValueOrDefault("alg");

    internal static JsonWebKey Of(JsonElement key) => new(key.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String).GroupBy(member => member.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value.GetString()!, StringComparer.Ordinal));

    /// <summary>Whether an algorithm is one of this kind of key, and not another than the key is for.</summary>
    internal bool Fits(string alg)
    {
        if (Algorithm is { } only && only != alg) return false;
        return Type switch
        {
            "RSA" => alg.StartsWith("RS", StringComparison.Ordinal) || alg.StartsWith("PS", StringComparison.Ordinal),
            "EC" => alg.StartsWith("ES", StringComparison.Ordinal),
            "oct" => alg.StartsWith("HS", StringComparison.Ordinal),
            _ => false,
        };
    }

    /// <summary>Whether it verifies; false too where the key's own members are broken.</summary>
    internal bool Verifies(string alg, byte[] data, ReadOnlySpan<byte> signature)
    {
        var hash = alg.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : alg.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        try
        {
            switch (Type)
            {
                case "RSA" when Bytes("n") is { } modulus && Bytes("e") is { } exponent:
                    using (var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }))
                        return rsa.VerifyData(data, signature, hash, alg.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
                case "EC" when Bytes("x") is { } x && Bytes("y") is { } y:
                    var curve = _members.GetValueOrDefault("crv") switch { "P-256" => ECCurve.NamedCurves.nistP256, "P-384" => ECCurve.NamedCurves.nistP384, "P-521" => ECCurve.NamedCurves.nistP521, _ => default };
                    using (var ecdsa = ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } }))
                        return ecdsa.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                case "oct" when Bytes("k") is { } secret:
                    var mac = hash == HashAlgorithmName.SHA384 ? HMACSHA384.HashData(secret, data) : hash == HashAlgorithmName.SHA512 ? HMACSHA512.HashData(secret, data) : HMACSHA256.HashData(secret, data);
                    return CryptographicOperations.FixedTimeEquals(mac, signature);
                default:
                    return false;
            }
        }
        catch (CryptographicException)
        {
            // A key that is no point of its curve, a modulus of nonsense: the runtime has no other way to say so.
            return false;
        }
    }

    private byte[]? Bytes(string name)
    {
        if (_members.GetValueOrDefault(name) is not { } text) return null;
        var base64 = text.Replace('-', '+').Replace('_', '/');
        base64 += new string('=', (4 - base64.Length % 4) % 4);
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}
