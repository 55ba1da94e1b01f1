using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class AuthorizationTests
{
    [Theory]
    [InlineData("Basic dXNlcjpwYXNz", "Basic", "dXNlcjpwYXNz", "")]
    [InlineData("bAsIc   dXNlcjpwYXNz", "bAsIc", "dXNlcjpwYXNz", "")]
    [InlineData("Negotiate YII=", "Negotiate", "YII=", "")]
    [InlineData("Basic", "Basic", null, "")]
    [InlineData("Basic ", "Basic", null, "")]
    [InlineData("Bearer a.b.c", "Bearer", "a.b.c", "")]
    [InlineData("Digest username=\"M\\\"u\", realm=\"a, b\", nc=00000001", "Digest", null, "username=M\"u;realm=a, b;nc=00000001")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=ab12", "AWS4-HMAC-SHA256", null,
        "Credential=AKID/20260101/eu-west-1/s3/aws4_request;SignedHeaders=host;x-amz-date;Signature=ab12")]
    [InlineData("Digest username = M ,, nc=1,", "Digest", null, "username=M;nc=1")]
    public void S10_Scheme_and_credentials_are_taken_apart(string text, string scheme, string? token68, string parameters)
    {
        Assert.True(Authorization.TryParse(text, out var value, out var error), error.ToString());
        Assert.Equal(scheme, value!.Scheme);
        Assert.Equal(token68, value.Token68);
        Assert.Equal(parameters, string.Join(';', value.Parameters.Select(p => $"{p.Name}={p.Value}")));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" Basic x", 0)]
    [InlineData("Basic:dXNlcjpwYXNz", 5)]
    [InlineData("\"Basic dXNlcjpwYXNz\"", 0)]
    [InlineData("Basic user:pass", 10)]
    [InlineData("Basic dXNlcjpw YXNz", 15)]
    [InlineData("Basic Basic dXNlcjpwYXNz", 12)]
    [InlineData("Digest username=\"Mufasa", 23)]
    [InlineData("Digest username=\"a\", username=\"b\"", 21)]
    [InlineData("Digest username=\"a\" realm=\"b\"", 20)]
    [InlineData("Bearer\ta", 6)]
    public void G02_What_is_no_authorization_is_refused_with_its_position(string text, int offset)
    {
        Assert.False(Authorization.TryParse(text, out _, out var error));
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void G02_A_megabyte_is_refused_unread()
    {
        Assert.False(Authorization.TryParse("Basic " + new string('a', 1 << 20), out _, out var error));
        Assert.Equal(Authorization.MaximumLength, error.Offset);
    }

    [Fact]
    public void No_secret_is_formatted()
    {
        Assert.True(Authorization.TryParse("Bearer c2VjcmV0", out var value, out _));
        Assert.DoesNotContain("c2VjcmV0", value!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts("Digest username=\"M\\\"u\", realm=\"a, b\", nc=00000001", "Digest =\",\\ab\t1").Sample(text =>
            Authorization.TryParse(text, out var value, out var error)
                ? value!.Parameters.All(p => p.Start < text.Length) && text.StartsWith(value.Scheme, StringComparison.Ordinal)
                : Mutated.LiesInside(error, text));

    [Fact]
    public void What_was_written_is_read_again() =>
        Gen.Select(Gen.String[Gen.Char["abcXYZ019-._~"], 1, 12], Gen.String[Gen.Char[' ', '\xFF'].Where(c => c != '\x7F'), 0, 40].Array[1, 8]).Sample((scheme, values) =>
        {
            var text = $"{scheme} {string.Join(", ", values.Select((value, i) => $"p{i}={FieldSyntax.Quoted(value)}"))}";
            return Authorization.TryParse(text, out var read, out _) && read!.Scheme == scheme && read.Parameters.Select(p => p.Value).SequenceEqual(values);
        });
}
