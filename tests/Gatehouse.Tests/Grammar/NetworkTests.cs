using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class NetworkTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24", false)]
    [InlineData("203.0.113.7", "203.0.113.7/32", false)]
    [InlineData("10.0.0.1/8", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/255.0.0.0", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/255.255.255.255", "10.0.0.0/32", false)]
    [InlineData("0.0.0.0/0.0.0.0", "0.0.0.0/0", false)]
    [InlineData("2001:db8:bad::/48", "2001:db8:bad::/48", false)]
    [InlineData("::ffff:203.0.113.0/120", "203.0.113.0/24", false)]
    [InlineData("::/0", "::/0", false)]
    public void D10_A_network_has_one_value_and_host_bits_are_told(string text, string expected, bool hadHostBits)
    {
        Assert.True(Network.TryParse(text, out var value, out var host, out _));
        Assert.Equal(expected, value.ToString());
        Assert.Equal(hadHostBits, host);
    }

    [Theory]
    [InlineData("10.0.0.0/33", 9)]
    [InlineData("10.0.0.0/", 9)]
    [InlineData("10.0.0.0/08", 9)]
    [InlineData("10.0.0.0/8 ", 10)]
    [InlineData("10.0.0.0/255.0.255.0", 9)]
    [InlineData("10.0.0.0-10.0.0.9", 8)]
    [InlineData("::/129", 3)]
    [InlineData("010.0.0.0/8", 0)]
    public void D10_What_is_not_a_network_is_refused_with_its_position(string text, int offset)
    {
        Assert.False(Network.TryParse(text, out _, out _, out var error));
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void No_text_throws() => Gen.String.Sample(text =>
        !Network.TryParse(text, out _, out _, out var error) || error == default);
}
