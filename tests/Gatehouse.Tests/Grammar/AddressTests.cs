using System.Net;
using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class AddressTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5")]
    [InlineData("::ffff:cb00:7105", "203.0.113.5")]
    [InlineData("fe80::1%eth0", "fe80::1")]
    public void D06_D08_One_address_has_one_value(string text, string expected)
    {
        Assert.True(Address.TryParse(text, out var value, out _));
        Assert.Equal(expected, value!.ToString());
    }

    [Theory]
    [InlineData("010.0.0.1", 0)]
    [InlineData("0x0a.1", 1)]
    [InlineData("167772161", 3)]
    [InlineData("10.1", 4)]
    [InlineData("10.0.0.256", 7)]
    [InlineData("10.0.0.1 ", 8)]
    [InlineData("10.0.0.1:80", 8)]
    [InlineData("::ffff:010.0.0.1", 7)]
    [InlineData("::g", 2)]
    [InlineData("[::1]", 0)]
    [InlineData("", 0)]
    public void D05_What_is_not_strictly_an_address_is_refused_with_its_position(string text, int offset)
    {
        Assert.False(Address.TryParse(text, out var value, out var error));
        Assert.Null(value);
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void Every_address_survives_the_way_to_text_and_back() =>
        Gen.Byte.Array[16].Sample(bytes =>
        {
            var address = new IPAddress(bytes);
            return Address.TryParse(address.ToString(), out var value, out _)
                && value!.Equals(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        });

    [Fact]
    public void No_text_throws_and_a_refused_one_has_no_value() => Gen.String.Sample(text => Address.TryParse(text, out var value, out _) == (value is not null));
}
