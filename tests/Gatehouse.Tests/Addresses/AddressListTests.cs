using System.Net;
using System.Text;
using Gatehouse.Addresses;

namespace Gatehouse.Tests.Addresses;

public class AddressListTests
{
    private static AddressList Parse(string text) => AddressList.Parse(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", "203.0.113.8")]
    [InlineData("203.0.113.0/24\r", "203.0.113.255", "203.0.114.0")]
    [InlineData("203.0.113.9/24", "203.0.113.0", "203.0.114.0")]
    [InlineData("203.0.113.0/255.255.255.0", "203.0.113.255", "203.0.114.0")]
    [InlineData("198.51.100.0/22 ; SBL123456", "198.51.103.255", "198.51.104.0")]
    [InlineData("198.51.100.0/22;SBL123456", "198.51.103.255", "198.51.104.0")]
    [InlineData("198.51.100.1\t198.51.100.255\t24\t1200\tEXAMPLE-NET", "198.51.100.255", "198.51.101.0")]
    [InlineData("198.51.100.5-198.51.100.6", "198.51.100.6", "198.51.100.7")]
    [InlineData("198.51.100.5 - 198.51.100.6 # two", "198.51.100.6", "198.51.100.4")]
    [InlineData("198.51.100.5,2026-01-01,spam", "198.51.100.5", "198.51.100.6")]
    [InlineData("deny 198.51.100.0/24;", "198.51.100.77", "198.51.101.0")]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::")]
    [InlineData("2001:db8::1 - 2001:db8::9", "2001:db8::9", "2001:db8::a")]
    [InlineData("::ffff:203.0.113.0/120", "203.0.113.77", "203.0.114.0")]
    [InlineData("\uFEFF203.0.113.7", "203.0.113.7", "203.0.113.8")]
    public void A_line_as_lists_have_them(string line, string inside, string outside)
    {
        var list = Parse(line);
        Assert.Empty(list.Faults);
        Assert.Equal(1, list.Entries);
        Assert.True(list.Addresses.Contains(IPAddress.Parse(inside)));
        Assert.False(list.Addresses.Contains(IPAddress.Parse(outside)));
    }

    [Theory]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/8x")]
    [InlineData("10.0.0.9-10.0.0.1")]
    [InlineData("10.0.0.9-2001:db8::1")]
    [InlineData("example.org")]
    [InlineData("<html>")]
    [InlineData("256.0.0.1")]
    public void A_line_that_is_no_address_is_told_with_its_number_and_the_others_hold(string line)
    {
        var list = Parse($"# comment\n203.0.113.7\n\n{line}\n203.0.113.8\n");
        var fault = Assert.Single(list.Faults);
        Assert.Equal((4, line), (fault.Line, fault.Text));
        Assert.Equal((2, 1), (list.Entries, list.FaultCount));
        Assert.True(list.Addresses.Contains(IPAddress.Parse("203.0.113.8")));
        Assert.False(list.Addresses.Contains(IPAddress.Parse("10.0.0.0")));
    }

    [Fact]
    public void A_file_of_another_kind_is_told_in_a_hundred_lines_at_most()
    {
        var list = Parse(string.Concat(Enumerable.Repeat("<p>too many requests</p>\n", 5000)));
        Assert.Equal((0, 100, 5000), (list.Entries, list.Faults.Count, list.FaultCount));
    }

    [Fact]
    public void A_million_networks_are_loaded_and_answer_as_a_plain_table_of_prefixes_does()
    {
        // How long it takes is measured in bench/Gatehouse.Benchmarks (LookUp).
        var random = new Random(11);
        var text = new StringBuilder(20_000_000);
        var table = new HashSet<(uint Network, int Prefix)>();
        for (var i = 0; i < 1_000_000; i++)
        {
            var (a, b, c, d, prefix) = (random.Next(1, 224), random.Next(256), random.Next(256), random.Next(8) * 32, random.Next(27, 33));
            text.Append(a).Append('.').Append(b).Append('.').Append(c).Append('.').Append(d).Append('/').Append(prefix).Append('\n');
            table.Add(((uint)(a << 24 | b << 16 | c << 8 | d), prefix));
        }

        var list = AddressList.Parse(Encoding.ASCII.GetBytes(text.ToString()));
        Assert.Equal((1_000_000, 0), (list.Entries, list.FaultCount));
        var hits = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var address = (uint)random.NextInt64(1L << 24, 224L << 24);
            var expected = Enumerable.Range(27, 6).Any(prefix => table.Contains((address & (uint)(-1 << (32 - prefix)), prefix)));
            Assert.Equal(expected, list.Addresses.Contains(new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address])));
            if (expected) hits++;
        }

        Assert.InRange(hits, 100, 99_900);
    }
}
