using System.Net;
using CsCheck;
using Gatehouse.Addresses;

namespace Gatehouse.Tests.Addresses;

public class RangeSetTests
{
    private static readonly Gen<IPNetwork> V4 = Gen.Select(Gen.Byte[10, 13], Gen.Byte[0, 3], Gen.Byte, Gen.Byte, Gen.Int[0, 32], (a, b, c, d, prefix) => Masked([a, b, c, d], prefix));

    private static readonly Gen<IPNetwork> V6 = Gen.Select(Gen.Byte[0, 3], Gen.Byte, Gen.Int[0, 128], (a, z, prefix) => Masked([0x20, 1, 0x0d, 0xb8, a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, z], prefix));

    private static readonly Gen<IPAddress> Some = Gen.OneOf(
        Gen.Select(Gen.Byte[10, 13], Gen.Byte[0, 3], Gen.Byte, Gen.Byte, (a, b, c, d) => new IPAddress([a, b, c, d])),
        Gen.Select(Gen.Byte[0, 3], Gen.Byte, (a, z) => new IPAddress([0x20, 1, 0x0d, 0xb8, a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, z])));

    private static IPNetwork Masked(byte[] bytes, int prefix)
    {
        for (var bit = prefix; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> bit % 8);
        return new(new IPAddress(bytes), prefix);
    }

    [Fact]
    public void Agrees_with_the_platforms_own_networks() =>
        Gen.Select(Gen.OneOf(V4, V6).Array[0, 12], Some.Array[1, 20]).Sample((networks, addresses) =>
        {
            var set = RangeSet.Of(networks);
            return addresses.All(address => set.Contains(address) == networks.Any(network => network.Contains(address)));
        });

    [Fact]
    public void A_set_large_enough_for_its_index_agrees_too()
    {
        var random = new Random(7);
        List<IPNetwork> networks = [];
        for (var i = 0; i < 6000; i++) networks.Add(Masked([(byte)random.Next(1, 60), (byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)], random.Next(14, 33)));
        var set = RangeSet.Of(networks);
        var bytes = new byte[4];
        for (var i = 0; i < 3000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] %= 64;
            var address = new IPAddress(bytes);
            Assert.Equal(networks.Any(network => network.Contains(address)), set.Contains(address));
        }

        // The edges of each range, where a search goes wrong first.
        foreach (var network in networks.Take(500))
        {
            Assert.True(set.Contains(network.BaseAddress));
            var last = network.BaseAddress.GetAddressBytes();
            for (var bit = network.PrefixLength; bit < 32; bit++) last[bit / 8] |= (byte)(0x80 >> bit % 8);
            Assert.True(set.Contains(new IPAddress(last)));
        }
    }

    [Fact]
    public void A_mapped_address_is_the_address_in_it()
    {
        var set = RangeSet.Of(IPNetwork.Parse("203.0.113.0/24"));
        Assert.True(set.Contains(IPAddress.Parse("::ffff:203.0.113.7")));
        Assert.False(set.Contains(IPAddress.Parse("::ffff:203.0.114.7")));
        Assert.False(RangeSet.Of(IPNetwork.Parse("::/0")).Contains(IPAddress.Parse("203.0.113.7")));
    }

    [Fact]
    public void Ranges_that_touch_or_overlap_become_one() =>
        Assert.Equal(1, RangeSet.Of(IPNetwork.Parse("10.0.0.0/9"), IPNetwork.Parse("10.128.0.0/9"), IPNetwork.Parse("10.3.0.0/16"), IPNetwork.Parse("11.0.0.0/8")).Count);

    [Fact]
    public void The_whole_of_both_families_and_nothing_have_no_edge_that_overflows()
    {
        var all = RangeSet.Of(IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0"), IPNetwork.Parse("255.255.255.255/32"));
        foreach (var text in new[] { "0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" })
        {
            Assert.True(all.Contains(IPAddress.Parse(text)));
            Assert.False(RangeSet.Empty.Contains(IPAddress.Parse(text)));
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var set = RangeSet.Of(IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::/32"));
        var (v4, v6) = (IPAddress.Parse("10.1.2.3"), IPAddress.Parse("2001:db8::1"));
        Assert.True(set.Contains(v4) && set.Contains(v6));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _ = set.Contains(v4) && set.Contains(v6);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reasoning_about_ranges_agrees_with_asking_each_address() =>
        Gen.Select(V4.Array[0, 6], V4.Array[0, 6], Some.Array[1, 40]).Sample((a, b, addresses) =>
        {
            var (setA, setB) = (RangeSet.Of(a), RangeSet.Of(b));
            var shared = Ranges.Intersect(Ranges.Of(setA), Ranges.Of(setB));
            var left = Ranges.Subtract(Ranges.Of(setA), Ranges.Of(setB));
            return addresses.All(address =>
                In(shared, address) == (setA.Contains(address) && setB.Contains(address)) && In(left, address) == (setA.Contains(address) && !setB.Contains(address)));
        });

    private static bool In(Ranges ranges, IPAddress address)
    {
        var (value, _) = RangeSet.Bounds(new(address, address.GetAddressBytes().Length * 8));
        return (address.GetAddressBytes().Length == 4 ? ranges.V4 : ranges.V6).Any(range => range.First <= value && value <= range.Last);
    }
}
