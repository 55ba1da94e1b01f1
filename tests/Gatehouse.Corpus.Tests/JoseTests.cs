using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Corpus.Tests;

/// <summary>That texts are taken apart rightly is proved by their signatures: over the signing input, with the key that comes with the vector.</summary>
public class JoseTests
{
    [Fact]
    public void The_signatures_of_the_cookbook_verify_over_the_signing_input()
    {
        var verified = new List<string>();
        foreach (var path in Corpus.Files("jose", "cookbook__jws__*.json"))
        {
            using var file = JsonDocument.Parse(File.ReadAllText(path));
            if (!file.RootElement.GetProperty("output").TryGetProperty("compact", out var compact)) continue;
            var text = compact.GetString()!;
            var payload = file.RootElement.GetProperty("input").GetProperty("payload").GetString()!;
            // Detached content stands between the dots where it is verified (RFC 7515 appendix F).
            if (text.Contains("..", StringComparison.Ordinal))
                text = text.Replace("..", $".{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.", StringComparison.Ordinal);
            Assert.True(CompactJose.TryParse(text, out var jose, out var error), $"{path} {error}");
            Assert.Equal(payload, Encoding.UTF8.GetString(jose!.Payload.Span));
            Assert.True(Verifies(jose, file.RootElement.GetProperty("input").GetProperty("key"), jose.HeaderText("alg")!), path);
            verified.Add(jose.HeaderText("alg")!);
        }

        Assert.Equal(["ES512", "HS256", "PS384", "RS256"], verified.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_payload_that_is_not_base64url_is_refused()
    {
        // RFC 7797 (b64=false): RFC 7519 forbids it in tokens, and RFCS.md says so.
        using var file = JsonDocument.Parse(Corpus.Text("jose/cookbook__rfc7797__hmac-sha2_b64_false.json"));
        Assert.False(CompactJose.TryParse(file.RootElement.GetProperty("output").GetProperty("compact").GetString(), out _, out _));
    }

    [Fact]
    public void Keys_of_the_cookbook_are_sound_objects()
    {
        foreach (var path in Corpus.Files("jose", "cookbook__jwk__*.json"))
            Assert.True(Json.TryParseObject(File.ReadAllBytes(path), out _, out var error), $"{path} {error}");
    }

    [Fact]
    public void Signed_texts_are_accepted_and_refused_as_the_vectors_say()
    {
        // Whether a key may be used is not a matter of form, and not decided here: written down in RFCS.md.
        int[] aboutKeys = [46, 47];
        var differences = new List<string>();
        var count = 0;
        foreach (var (group, test) in Tests("jose/wycheproof__json_web_crypto_test.json"))
        {
            if (!test.TryGetProperty("jws", out var jws)) continue;
            var id = test.GetProperty("tcId").GetInt32();
            var accepted = jws.ValueKind == JsonValueKind.String
                && CompactJose.TryParse(jws.GetString(), out var jose, out _) && !jose!.IsEncrypted
                && KeyFor(group, jose) is { } key && VerifiesWith(jose, key);
            if (accepted != (test.GetProperty("result").GetString() == "valid") && !aboutKeys.Contains(id)) differences.Add($"{id} {test.GetProperty("comment")}");
            count++;
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(count > 40, $"{count} texts");
    }

    [Fact]
    public void Encrypted_texts_with_other_than_five_segments_or_no_header_are_refused()
    {
        var differences = new List<string>();
        var count = 0;
        foreach (var (_, test) in Tests("jose/wycheproof__json_web_crypto_test.json"))
        {
            if (!test.TryGetProperty("jwe", out var jwe)) continue;
            var comment = test.GetProperty("comment").GetString()!;
            var accepted = jwe.ValueKind == JsonValueKind.String && CompactJose.TryParse(jwe.GetString(), out var jose, out _) && jose!.IsEncrypted;
            var formal = comment.Contains("AndSeparator", StringComparison.Ordinal) || comment == "rejectsMissingHeader" || comment == "rejectsValidJsonSerialization";
            if (comment == "acceptsValid" ? !accepted : formal && accepted) differences.Add($"{test.GetProperty("tcId")} {comment}");
            count++;
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(count > 30, $"{count} texts");
    }

    [Fact]
    public void Texts_beside_doubtful_keys_are_read_all_the_same()
    {
        var refused = new List<string>();
        foreach (var (_, test) in Tests("jose/wycheproof__json_web_key_test.json"))
            foreach (var name in new[] { "jws", "jwe" })
                if (test.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && !CompactJose.TryParse(text.GetString(), out _, out var error))
                    refused.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")} {error}");
        Assert.True(refused.Count == 0, string.Join('\n', refused));
    }

    [Fact]
    public void The_runtimes_HMAC_that_remembers_credentials_agrees_with_the_vectors()
    {
        var count = 0;
        foreach (var (group, test) in Tests("jose/wycheproof__hmac_sha256_test.json"))
        {
            var tag = Convert.FromHexString(test.GetProperty("tag").GetString()!);
            var mac = HMACSHA256.HashData(Convert.FromHexString(test.GetProperty("key").GetString()!), Convert.FromHexString(test.GetProperty("msg").GetString()!));
            Assert.Equal(test.GetProperty("result").GetString() == "valid", CryptographicOperations.FixedTimeEquals(mac.AsSpan(0, tag.Length), tag));
            Assert.Equal(tag.Length * 8, group.GetProperty("tagSize").GetInt32());
            count++;
        }

        Assert.True(count > 100);
    }

    private static IEnumerable<(JsonElement Group, JsonElement Test)> Tests(string file)
    {
        var root = JsonDocument.Parse(Corpus.Text(file)).RootElement;
        foreach (var group in root.GetProperty("testGroups").EnumerateArray())
            foreach (var test in group.GetProperty("tests").EnumerateArray()) yield return (group, test);
    }

    private static JsonElement? KeyFor(JsonElement group, CompactJose jose)
    {
        var keys = group.TryGetProperty("public", out var found) ? found : group.GetProperty("private");
        if (!keys.TryGetProperty("keys", out var list)) return keys;
        foreach (var key in list.EnumerateArray())
            if (key.GetProperty("kid").GetString() == jose.HeaderText("kid")) return key;
        return null;
    }

    // The algorithm is the key's, never the token's own choice.
    private static bool VerifiesWith(CompactJose jose, JsonElement key) =>
        key.GetProperty("alg").GetString() is { } algorithm && algorithm == jose.HeaderText("alg") && Verifies(jose, key, algorithm);

    private static bool Verifies(CompactJose jose, JsonElement key, string algorithm)
    {
        byte[] Of(string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
        var input = Encoding.ASCII.GetBytes(jose.SigningInput.ToString());
        var signature = jose.Signature.Span;
        var hash = new HashAlgorithmName($"SHA{algorithm[2..]}");
        switch (algorithm[..2])
        {
            case "HS":
                return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Of("k"), input), signature);
            case "ES":
                using (var ec = ECDsa.Create(new ECParameters
                {
                    Curve = ECCurve.CreateFromFriendlyName($"nistP{key.GetProperty("crv").GetString()![2..]}"),
                    Q = new() { X = Of("x"), Y = Of("y") },
                }))
                    return ec.VerifyData(input, signature, hash);
            default:
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Of("n"), Exponent = Of("e") }))
                    return rsa.VerifyData(input, signature, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }
    }
}
