using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class DigestTests
{
    // RFC 7616 section 3.9.1.
    private const string Example = """
        Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="8ca523f5e9506fed4657c9700eebdbec", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
        """;

    [Fact]
    public void The_example_of_the_specification_verifies()
    {
        var credentials = Read(Example);
        var secret = DigestCredentials.Secret(credentials.Algorithm, "Mufasa", credentials.Realm, "Circle of Life"u8);
        Assert.True(credentials.Verifies(secret, "GET"));
        Assert.False(credentials.Verifies(secret, "POST"));
        Assert.False((credentials with { Uri = "/dir/" }).Verifies(secret, "GET"));
        Assert.False((credentials with { Count = 2 }).Verifies(secret, "GET"));
        Assert.True(credentials.IsOf("Mufasa"));
        Assert.False(credentials.IsOf("mufasa"));
        Assert.DoesNotContain("8ca523f5", credentials.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hashed_or_extended_user_name_is_told()
    {
        var hashed = Read("Digest username=\"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b\", realm=\"api@example.org\", uri=\"/\", algorithm=SHA-512-256, nonce=\"n\", userhash=true, response=\"" + new string('0', 64) + "\"");
        Assert.True(hashed.IsUserHashed);
        // RFC 7616 section 3.9.2 as corrected by erratum 4897.
        Assert.True(hashed.IsOf("Jäsøn Doe"));
        var extended = Read("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm=\"r\", uri=\"/\", nonce=\"n\", response=\"" + new string('0', 32) + "\"");
        Assert.Equal("Jäsøn Doe", extended.User);
    }

    [Fact]
    public void Auth_int_covers_the_body()
    {
        var credentials = Read(Example.Replace("qop=auth", "qop=auth-int", StringComparison.Ordinal));
        var secret = DigestCredentials.Secret(DigestAlgorithm.Md5, "Mufasa", credentials.Realm, "Circle of Life"u8);
        var right = credentials with { Response = credentials.Compute(secret, "POST", "a=1"u8) };
        Assert.True(right.Verifies(secret, "POST", "a=1"u8));
        Assert.False(right.Verifies(secret, "POST", "a=2"u8));
    }

    [Theory]
    [InlineData("Basic x", "the scheme Digest")]
    [InlineData("Digest realm=\"r\", uri=\"/\", nonce=\"n\"", "the parameter response")]
    [InlineData("Digest realm=\"r\", uri=\"/\", nonce=\"n\", response=\"00000000000000000000000000000000\"", "either username")]
    [InlineData("Digest username=\"u\", username*=UTF-8''u, realm=\"r\", uri=\"/\", nonce=\"n\", response=\"00000000000000000000000000000000\"", "either username")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", response=\"0000000000000000000000000000000\"", "32 lower-case")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", response=\"A0000000000000000000000000000000\"", "32 lower-case")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", algorithm=SHA-256, response=\"00000000000000000000000000000000\"", "64 lower-case")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", algorithm=SHA3, response=\"00000000000000000000000000000000\"", "an algorithm")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", algorithm=MD5-sess, response=\"00000000000000000000000000000000\"", "a cnonce")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", qop=auth, response=\"00000000000000000000000000000000\"", "a cnonce beside qop")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", qop=auth, cnonce=\"c\", nc=1, response=\"00000000000000000000000000000000\"", "a counter")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", qop=auth, cnonce=\"c\", nc=00000000, response=\"00000000000000000000000000000000\"", "a counter")]
    [InlineData("Digest username=\"u\", realm=\"r\", uri=\"/\", nonce=\"n\", qop=none, response=\"00000000000000000000000000000000\"", "`auth`")]
    [InlineData("Digest username*=UTF-8''%ff, realm=\"r\", uri=\"/\", nonce=\"n\", response=\"00000000000000000000000000000000\"", "UTF-8")]
    public void G16_What_lacks_or_contradicts_is_refused(string text, string expected)
    {
        Assert.True(Authorization.TryParse(text, out var authorization, out _));
        Assert.False(DigestCredentials.TryParse(authorization!, out _, out var error));
        Assert.StartsWith(expected, error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_are_those_of_the_parameter()
    {
        Assert.True(Authorization.TryParse(Example.Replace("nc=00000001", "nc=x", StringComparison.Ordinal), out var authorization, out _));
        Assert.False(DigestCredentials.TryParse(authorization!, out _, out var error));
        Assert.Equal(Example.IndexOf("nc=", StringComparison.Ordinal), error.Start);
    }

    [Fact]
    public void Challenges_come_back_as_they_were_written()
    {
        var challenge = new DigestChallenge
        {
            Realm = "my \"cool\" realm\\",
            Nonce = "n",
            Algorithm = DigestAlgorithm.Sha512TruncatedSession,
            OffersAuthentication = true,
            OffersIntegrity = true,
            Opaque = "o",
            Stale = true,
            Domain = "/a /b",
            IsUtf8 = true,
            AllowsHashedUser = true,
        };
        Assert.True(Challenges.TryParse(challenge.ToString(), out var list, out var error), error.ToString());
        Assert.True(DigestChallenge.TryParse(Assert.Single(list), out var again, out error), error.ToString());
        Assert.Equal(challenge, again);
    }

    [Theory]
    [InlineData("Digest nonce=\"n\"")]
    [InlineData("Digest realm=\"r\"")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=crc32")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", qop=\"crypto\"")]
    public void Challenges_that_nobody_can_answer_are_told(string text)
    {
        Assert.True(Challenges.TryParse(text, out var list, out _));
        Assert.False(DigestChallenge.TryParse(list[0], out _, out _));
    }

    [Fact]
    public void The_hash_that_the_runtime_lacks_is_SHA512_from_another_start()
    {
        Gen.Byte.Array[0, 400].Sample(message => Sha512Truncated.Hash(message, Sha512Truncated.Sha512Start).AsSpan().SequenceEqual(SHA512.HashData(message)));
        // FIPS 180-4's example for "abc".
        Assert.Equal("53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23", Convert.ToHexStringLower(Sha512Truncated.Hash("abc"u8)));
    }

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts(Example, "Digest username=\"*,\\'%2 ").Sample(text =>
        {
            if (Challenges.TryParse(text, out var list, out _))
                foreach (var challenge in list)
                    if (!DigestChallenge.TryParse(challenge, out _, out var fault) && !Mutated.LiesInside(fault, text)) return false;
            if (!Authorization.TryParse(text, out var authorization, out var error)) return Mutated.LiesInside(error, text);
            if (!DigestCredentials.TryParse(authorization!, out var credentials, out error)) return Mutated.LiesInside(error, text);
            return credentials!.Compute(new string('0', 64), "GET").Length == credentials.Algorithm.HexLength();
        });

    private static DigestCredentials Read(string text)
    {
        Assert.True(Authorization.TryParse(text, out var authorization, out var error), error.ToString());
        Assert.True(DigestCredentials.TryParse(authorization!, out var credentials, out error), error.ToString());
        return credentials!;
    }
}
