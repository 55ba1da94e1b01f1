using System.Text;
using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class BasicCredentialsTests
{
    [Theory]
    [InlineData("user:pass", "user", "pass")]
    [InlineData("user:pa:ss", "user", "pa:ss")]
    [InlineData(":", "", "")]
    [InlineData("user:", "user", "")]
    [InlineData("test:123£", "test", "123£")]
    public void S40_The_first_colon_ends_the_user_name(string text, string user, string password)
    {
        Assert.True(BasicCredentials.TryParse(Encode(text), out var value, out var error), error.ToString());
        Assert.Equal(user, value!.User);
        Assert.Equal(password, Encoding.UTF8.GetString(value.PasswordOctets));
    }

    [Theory]
    [InlineData("dXNlcjpwYXNz", BasicEncoding.Ascii)]
    [InlineData("dGVzdDoxMjPCow==", BasicEncoding.Utf8)]
    [InlineData("dGVzdDoxMjOj", BasicEncoding.Other)]
    public void The_encoding_is_told_from_the_octets(string text, BasicEncoding encoding)
    {
        Assert.True(BasicCredentials.TryParse(text, out var value, out _));
        Assert.Equal(encoding, value!.Encoding);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("=", 1)]
    [InlineData("%%%", 0)]
    [InlineData("dXNlcjpw YXNz", 8)]
    [InlineData("dXNlcjpwYXNz\n", 12)]
    [InlineData("dXNlcjpwYXM", 11)]
    [InlineData("dXNlcjpwYXM==", 13)]
    [InlineData("dXNlcjpwYXN=", 10)]
    [InlineData("dXNlcjpwYR==", 9)]
    [InlineData("dXNlcjo_YXNz", 7)]
    [InlineData("dXNlcg==", 8)]
    [InlineData("dXNlcjoAYWE=", 6)]
    [InlineData("dXMKOnBhc3M=", 2)]
    public void G03_Only_canonical_base64_with_a_colon_is_taken(string text, int offset)
    {
        Assert.False(BasicCredentials.TryParse(text, out _, out var error));
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void Any_user_and_password_come_back() =>
        Gen.Select(Gen.String[Gen.Char['!', '~'], 0, 40], Gen.String[Gen.Char['!', '\xFF'].Where(c => c != '\x7F'), 0, 40]).Sample((user, password) =>
        {
            if (user.Contains(':')) return true;
            return BasicCredentials.TryParse(Encode($"{user}:{password}"), out var value, out _)
                && value!.User == user && Encoding.UTF8.GetString(value.PasswordOctets) == password;
        });

    [Fact]
    public void Decoding_allocates_nothing()
    {
        var text = Encode("user:a rather long pass phrase");
        var buffer = new byte[BasicCredentials.MaximumDecodedLength];
        Assert.True(BasicCredentials.TryDecode(text, buffer, out _, out _, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) BasicCredentials.TryDecode(text, buffer, out _, out _, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void No_password_is_formatted()
    {
        Assert.True(BasicCredentials.TryParse("dXNlcjpwYXNz", out var value, out _));
        Assert.Equal("user:…", value!.ToString());
    }

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts("dXNlcjphIHJhdGhlciBsb25nIHBhc3MgcGhyYXNl", "dXNlcj+/=AB_- \n").Sample(text =>
            BasicCredentials.TryParse(text, out var value, out var error)
                ? Convert.ToBase64String([.. value!.UserOctets, (byte)':', .. value.PasswordOctets]) == text
                : Mutated.LiesInside(error, text));

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
