using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class ChallengesTests
{
    [Theory]
    [InlineData("Basic realm=\"a\"", "Basic{realm=a}")]
    [InlineData("bAsIc", "bAsIc{}")]
    [InlineData("Negotiate YII=", "Negotiate(YII=)")]
    [InlineData("Basic realm=\"a\", Bearer", "Basic{realm=a} Bearer{}")]
    [InlineData("Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
        "Newauth{realm=apps;type=1;title=Login to \"apps\"} Basic{realm=simple}")]
    [InlineData("Basic realm = \"a, b\" , charset=\"UTF-8\"", "Basic{realm=a, b;charset=UTF-8}")]
    [InlineData(",, Negotiate , ,Basic realm=x,", "Negotiate{} Basic{realm=x}")]
    [InlineData("Digest realm=\"\", nonce=\"n\", Negotiate abc", "Digest{realm=;nonce=n} Negotiate(abc)")]
    public void S11_Several_challenges_are_told_apart(string text, string expected)
    {
        Assert.True(Challenges.TryParse(text, out var value, out var error), error.ToString());
        Assert.Equal(expected, string.Join(' ', value.Select(Told)));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" , ", 3)]
    [InlineData("=x", 0)]
    [InlineData("Basic realm=\"a", 14)]
    [InlineData("Basic realm=\"a\\", 15)]
    [InlineData("Basic realm=\"a\" charset=\"UTF-8\"", 16)]
    [InlineData("Basic realm=\"a\", realm=\"b\"", 17)]
    [InlineData("Basic realm=\"a\nb\"", 14)]
    [InlineData("Basic realm= ;", 13)]
    [InlineData("Basic(x)", 5)]
    [InlineData("Basic, realm=\"a\"", 12)]
    public void What_is_not_a_list_of_challenges_is_refused_with_its_position(string text, int offset)
    {
        Assert.False(Challenges.TryParse(text, out _, out var error));
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void S12_Parameters_are_found_without_regard_to_case()
    {
        Assert.True(Challenges.TryParse("Bearer ERROR=\"invalid_token\"", out var value, out _));
        Assert.Equal("invalid_token", value[0]["error"]);
        Assert.Null(value[0]["scope"]);
    }

    [Fact]
    public void No_text_throws_or_hangs() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["aB =,\"\\\t68"], 0, 60]).Sample(text =>
        Challenges.TryParse(text, out var value, out var error) ? value.Count > 0 : error.Offset <= text.Length);

    private static string Told(Challenge challenge) => challenge.Token68 is { } token
        ? $"{challenge.Scheme}({token})"
        : $"{challenge.Scheme}{{{string.Join(';', challenge.Parameters.Select(p => $"{p.Name}={p.Value}"))}}}";
}
