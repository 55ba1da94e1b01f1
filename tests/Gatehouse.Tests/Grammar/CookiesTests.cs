using Gatehouse.Grammar;
using CsCheck;

namespace Gatehouse.Tests.Grammar;

public class CookiesTests
{
    [Theory]
    [InlineData("a=1; b=2", "a=1 b=2")]
    [InlineData("a=1;b=2", "a=1 b=2")]
    [InlineData("a=\"1\"", "a=\"1\"")]
    [InlineData("a=b=c", "a=b=c")]
    [InlineData("nameless; a=1", "=nameless a=1")]
    [InlineData("a=; b", "a= =b")]
    [InlineData("a=1; A=2; a=3", "a=1 A=2 a=3")]
    [InlineData(" ;; a = 1 ;", "a=1")]
    [InlineData("", "")]
    public void Pairs_are_read_as_clients_send_them(string text, string expected)
    {
        Assert.True(Cookies.TryParse(text, out var pairs, out var error), error.ToString());
        Assert.Equal(expected, string.Join(' ', pairs.Select(p => $"{p.Name}={p.Value}")));
    }

    [Fact]
    public void Control_characters_are_refused_with_their_position()
    {
        Assert.False(Cookies.TryParse("a=1; b=\x01", out _, out var error));
        Assert.Equal(7, error.Offset);
    }

    [Fact]
    public void I07_Names_match_exactly_and_doubles_are_told()
    {
        Assert.Equal(1, Cookies.Find("__host-id=x; __Host-id=y", "__Host-id", out var value));
        Assert.Equal("y", value.ToString());
        Assert.Equal(2, Cookies.Find("id=x; id=y", "id", out value));
        Assert.Equal("x", value.ToString());
        Assert.Equal(0, Cookies.Find("xid=1; id2=2; id", "id", out _));
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        const string text = "a=1; b=2; __Host-id=0123456789";
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Cookies.Find(text, "__Host-id", out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts("a=1; __Host-b=\"2\"; c", "ab=; \"\t\x01").Sample(text =>
            Cookies.TryParse(text, out var pairs, out var error)
                ? pairs.All(p => Cookies.Find(text, p.Name, out _) > 0 && p.Start < text.Length)
                : Mutated.LiesInside(error, text));
}
