using System.Text;
using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Corpus.Tests;

public class DigestVectorTests
{
    [Fact]
    public void All_responses_agree()
    {
        using var file = JsonDocument.Parse(Corpus.Text("digest/digest-vectors.json"));
        var differences = new List<string>();
        var count = 0;
        foreach (var vector in file.RootElement.GetProperty("vectors").EnumerateArray())
        {
            string Of(string name) => vector.GetProperty(name).GetString()!;
            Assert.True(DigestAlgorithms.TryParse(Of("alg"), out var algorithm));
            // Through the field itself, so that reading is tested as well.
            var field = $"Digest username*=UTF-8''{Uri.EscapeDataString(Of("user"))}, realm={FieldSyntax.Quoted(Of("realm"))}, nonce=\"{Of("nonce")}\", uri=\"{Of("uri")}\", "
                + (Of("qop").Length > 0 ? $"qop={Of("qop")}, nc={Of("nc")}, cnonce=\"{Of("cnonce")}\", " : "")
                + $"algorithm={Of("alg")}, response=\"{Of("computed_response")}\"";
            Assert.True(Authorization.TryParse(field, out var authorization, out var error), $"{field} {error}");
            Assert.True(DigestCredentials.TryParse(authorization!, out var credentials, out error), $"{field} {error}");
            Assert.True(credentials!.IsOf(Of("user")));
            var secret = DigestCredentials.Secret(algorithm, Of("user"), Of("realm"), Encoding.UTF8.GetBytes(Of("pw")));
            if (!credentials.Verifies(secret, Of("method"))) differences.Add($"{Of("source")} {field}");
            count++;
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(count >= 30, $"{count} vectors");
        Assert.Equal(file.RootElement.GetProperty("userhash_rfc7616_3_9_2").GetString(), DigestCredentials.UserHash(DigestAlgorithm.Sha512Truncated, "Jäsøn Doe", "api@example.org"));
    }
}
