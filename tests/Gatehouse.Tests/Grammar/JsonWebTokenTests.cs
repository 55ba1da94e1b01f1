using System.Buffers.Text;
using System.Text;
using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class JsonWebTokenTests
{
    private const string Header = """{"alg":"HS256","typ":"JWT","kid":"k1"}""";

    [Fact]
    public void Header_claims_and_signing_input_are_taken_apart()
    {
        var text = Token(Header, """{"iss":"joe","aud":["a","b"],"exp":1300819380.5,"n":{"a":1}}""", "sig");
        Assert.True(JsonWebToken.TryParse(text, out var token, out var error), error.ToString());
        Assert.Equal("HS256", token!.Jose.HeaderText("alg"));
        Assert.Equal("joe", token.Text("iss"));
        Assert.Null(token.Text("exp"));
        Assert.True(token.TryGetTexts("aud", out var audience));
        Assert.Equal(["a", "b"], audience);
        Assert.True(token.TryGetTime("exp", out var expires));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1300819380500), expires);
        Assert.Equal(text[..text.LastIndexOf('.')], token.Jose.SigningInput.ToString());
        Assert.Equal("sig"u8, token.Jose.Signature.Span);
    }

    [Fact]
    public void An_encrypted_token_shows_its_header_alone()
    {
        var text = $"{Encode("""{"alg":"dir","enc":"A128GCM"}""")}..aXY.Y2lwaGVy.dGFn";
        Assert.True(JsonWebToken.TryParse(text, out var token, out var error), error.ToString());
        Assert.True(token!.Jose.IsEncrypted);
        Assert.Null(token.Claims);
        Assert.Equal("A128GCM", token.Jose.HeaderText("enc"));
    }

    [Fact]
    public void A_token_without_signature_is_read_and_says_so()
    {
        Assert.True(JsonWebToken.TryParse(Token("""{"alg":"none"}""", "{}", ""), out var token, out _));
        Assert.True(token!.Jose.Signature.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.e.f")]
    public void Other_numbers_of_segments_are_refused(string text)
    {
        Assert.False(JsonWebToken.TryParse(text, out _, out var error));
        Assert.Equal(text.Length, error.Offset);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", 7)]
    [InlineData("""{"x":{"a":1,"\u0061":2}}""", 12)]
    [InlineData("""{"a":1} {}""", 8)]
    [InlineData("""{"a":1,}""", 7)]
    [InlineData("""{"a":"\ud800"}""", 5)]
    [InlineData("""[1]""", 0)]
    [InlineData("""1""", 0)]
    [InlineData("", 0)]
    [InlineData("""{"a":NaN}""", 5)]
    [InlineData("""{"a":1""", 6)]
    [InlineData("""// c""", 0)]
    public void Payloads_that_two_readers_may_read_differently_are_refused(string json, int octet)
    {
        var header = Encode(Header);
        Assert.False(JsonWebToken.TryParse($"{header}.{Encode(json)}.c2ln", out _, out var error));
        Assert.Equal(header.Length + 1, error.Start);
        Assert.Equal(header.Length + 1 + octet / 3 * 4 + octet % 3, error.Offset);
    }

    [Fact]
    public void Payloads_that_are_not_utf8_are_refused()
    {
        var payload = Base64Url.EncodeToString([(byte)'{', (byte)'"', 0xC0, 0xAF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        Assert.False(JsonWebToken.TryParse($"{Encode(Header)}.{payload}.c2ln", out _, out var error));
        Assert.Equal("UTF-8", error.Expected);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 40)) + "1" + new string('}', 40);
        Assert.False(JsonWebToken.TryParse(Token(Header, deep, "s"), out _, out _));
    }

    [Theory]
    [InlineData("c2ln=")]
    [InlineData("c2l+")]
    [InlineData("c2lnA")]
    [InlineData("c2h")]
    public void H13_Only_canonical_base64url_is_taken(string signature)
    {
        Assert.False(JsonWebToken.TryParse($"{Encode(Header)}.{Encode("{}")}.{signature}", out _, out var error));
        Assert.True(error.Offset > Encode(Header).Length);
    }

    [Theory]
    [InlineData("""{"exp":1e300}""", false)]
    [InlineData("""{"exp":-1e300}""", false)]
    [InlineData("""{"exp":"1300819380"}""", false)]
    [InlineData("""{"exp":null}""", false)]
    [InlineData("""{"exp":253402300799}""", true)]
    [InlineData("""{"exp":4102444800}""", true)]
    [InlineData("""{}""", true)]
    public void Times_out_of_range_are_told_and_never_thrown(string json, bool good)
    {
        Assert.True(JsonWebToken.TryParse(Token(Header, json, "s"), out var token, out _));
        Assert.Equal(good, token!.TryGetTime("exp", out _));
    }

    [Fact]
    public void No_claim_is_formatted()
    {
        Assert.True(JsonWebToken.TryParse(Token(Header, """{"sub":"joe"}""", "s"), out var token, out _));
        Assert.Equal("signed, alg HS256", token!.ToString());
    }

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts(Token(Header, """{"iss":"joe","aud":["a"],"n":{"a":1.5e3,"b":[true,null]}}""", "sig"), "ab.{}\"_-=1").Sample(text =>
            JsonWebToken.TryParse(text, out _, out var error) || Mutated.LiesInside(error, text));

    [Fact]
    public void Arbitrary_payloads_never_throw() =>
        Mutated.Texts("""{"iss":"j\u0041e","n":{"a":1.5e3,"b":[true,null]}}""", "ab{}[]:,\"\\u0d8 1e").Sample(json =>
        {
            var text = Token(Header, json, "s");
            return JsonWebToken.TryParse(text, out _, out var error) || Mutated.LiesInside(error, text);
        });

    private static string Token(string header, string payload, string signature) => $"{Encode(header)}.{Encode(payload)}.{Encode(signature)}";

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
