using System.Net;
using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class ForwardedTests
{
    [Theory]
    [InlineData("for=192.0.2.60;proto=http;by=203.0.113.43", "for=192.0.2.60 by=203.0.113.43 proto=http")]
    [InlineData("For=\"[2001:DB8:cafe::17]:4711\"", "for=2001:db8:cafe::17 port=4711")]
    [InlineData("for=192.0.2.43, for=198.51.100.17", "for=192.0.2.43|for=198.51.100.17")]
    [InlineData("for=unknown;for2=x, for=_hidden;Host=\"a.example:80\"", "for=unknown ext=for2|for=_hidden host=a.example:80")]
    [InlineData("for=\"_gazonk:_p\"", "for=_gazonk port=_p")]
    [InlineData("for=\"[::ffff:192.0.2.1]\"; proto=HTTPS ,,", "for=192.0.2.1 proto=https")]
    public void D13_Elements_are_read(string text, string expected)
    {
        Assert.True(Forwarded.TryParse(text, out var value, out var error), error.ToString());
        Assert.Equal(expected, string.Join('|', value.Select(Told)));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("for", 3)]
    [InlineData("for=", 4)]
    [InlineData("for=1.2.3", 9)]
    [InlineData("for=010.0.0.1", 4)]
    [InlineData("for=2001:db8::1", 7)]
    [InlineData("for=\"2001:db8::1\"", 10)]
    [InlineData("for=\"[1.2.3.4]\"", 6)]
    [InlineData("for=\"[::1\"", 9)]
    [InlineData("for=\"1.2.3.4:99999\"", 13)]
    [InlineData("for=1.2.3.4;for=5.6.7.8", 12)]
    [InlineData("proto=javascript", 6)]
    [InlineData("for=\"1.2.3.4", 12)]
    [InlineData("for=1.2.3.4 by=x", 12)]
    public void What_is_no_such_list_is_refused_with_its_position(string text, int offset)
    {
        Assert.False(Forwarded.TryParse(text, out _, out var error));
        Assert.Equal(offset, error.Offset);
    }

    [Theory]
    [InlineData("203.0.113.9", "127.0.0.1", "203.0.113.9", 0, false)]
    [InlineData("10.0.0.1", "", "10.0.0.1", 0, false)]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9", 1, false)]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.9,10.0.0.2", "203.0.113.9", 2, false)]
    [InlineData("10.0.0.1", "10.0.0.3,\t10.0.0.2", "10.0.0.3", 2, false)]
    [InlineData("10.0.0.1", "garbage, 203.0.113.9", "203.0.113.9", 1, false)]
    [InlineData("10.0.0.1", " , 203.0.113.9 , ,", "203.0.113.9", 1, false)]
    [InlineData("::ffff:10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5", 1, false)]
    [InlineData("10.0.0.1", "203.0.113.9:4711", "203.0.113.9", 1, false)]
    [InlineData("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1", 1, false)]
    [InlineData("10.0.0.1", "2001:db8::1", "2001:db8::1", 1, false)]
    [InlineData("10.0.0.1", "fe80::1%eth0", "fe80::1", 1, false)]
    [InlineData("10.0.0.1", "203.0.113.9, unknown", null, 1, false)]
    [InlineData("10.0.0.1", "203.0.113.9, garbage", null, 0, true)]
    [InlineData("10.0.0.1", "010.0.0.1", null, 0, true)]
    [InlineData("10.0.0.1", "167772161", null, 0, true)]
    [InlineData("10.0.0.1", "203.0.113.9 10.0.0.2", null, 0, true)]
    public void D01_to_D09_The_rightmost_untrusted_address_is_the_client(string peer, string list, string? client, int proxies, bool faulty)
    {
        var found = ClientAddress.FromXForwardedFor(IPAddress.Parse(peer), list, IsOurs);
        Assert.Equal(client, found.Address?.ToString());
        Assert.Equal(proxies, found.Proxies);
        Assert.Equal(faulty, found.Fault is not null);
    }

    [Theory]
    [InlineData("203.0.113.9", "for=127.0.0.1", "203.0.113.9", 0)]
    [InlineData("10.0.0.1", "for=198.51.100.1, for=203.0.113.9, for=10.0.0.2", "203.0.113.9", 2)]
    [InlineData("10.0.0.1", "for=10.0.0.3, for=10.0.0.2", "10.0.0.3", 2)]
    [InlineData("10.0.0.1", "for=198.51.100.1, for=_x", null, 1)]
    [InlineData("10.0.0.1", "for=198.51.100.1, proto=https", null, 1)]
    public void D13_Along_Forwarded_the_same(string peer, string list, string? client, int proxies)
    {
        Assert.True(Forwarded.TryParse(list, out var elements, out _));
        var found = ClientAddress.FromForwarded(IPAddress.Parse(peer), elements, IsOurs);
        Assert.Equal(client, found.Address?.ToString());
        Assert.Equal(proxies, found.Proxies);
    }

    [Fact]
    public void A_list_of_a_thousand_of_our_own_proxies_ends() =>
        Assert.NotNull(ClientAddress.FromXForwardedFor(IPAddress.Parse("10.0.0.1"), string.Join(',', Enumerable.Repeat("10.0.0.2", 1000)), IsOurs).Fault);

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts("for=\"[2001:db8::17]:47\";proto=https, for=10.0.0.2;by=_x;host=\"a\\\"b\"", "for=:.,;\"[]_10 \\").Sample(text =>
        {
            var read = Forwarded.TryParse(text, out var elements, out var error);
            ClientAddress.FromForwarded(IPAddress.Parse("10.0.0.1"), elements, _ => true);
            return read || Mutated.LiesInside(error, text);
        });

    [Fact]
    public void Arbitrary_and_mutated_lists_never_throw_and_positions_lie_inside() =>
        Mutated.Texts("198.51.100.1, [2001:db8::1]:443,\t::ffff:10.0.0.3 , 10.0.0.2:80", "10.:, []\tf").Sample(text =>
        {
            var found = ClientAddress.FromXForwardedFor(IPAddress.Parse("10.0.0.1"), text, _ => true);
            return found.Fault is not { } fault || Mutated.LiesInside(fault, text);
        });

    private static bool IsOurs(IPAddress address) => IPNetwork.Parse("10.0.0.0/8").Contains(address);

    private static string Told(ForwardedElement e) => string.Join(' ', new[]
    {
        e.For is { } node ? $"for={node.Address?.ToString() ?? node.Name}" : null,
        e.For?.Port is { } port ? $"port={port}" : null,
        e.By is { } by ? $"by={by.Name}" : null,
        e.Host is { } host ? $"host={host}" : null,
        e.Proto is { } proto ? $"proto={proto}" : null,
        e.Extensions.Count > 0 ? $"ext={e.Extensions[0].Key}" : null,
    }.Where(part => part is not null));
}
