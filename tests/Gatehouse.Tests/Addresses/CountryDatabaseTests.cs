using System.Net;
using CsCheck;
using Gatehouse.Addresses;

namespace Gatehouse.Tests.Addresses;

public class CountryDatabaseTests
{
    private static readonly DateTimeOffset Built = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private static readonly (IPNetwork, string)[] Networks =
    [
        (IPNetwork.Parse("10.1.2.0/24"), "fr"),
        (IPNetwork.Parse("10.0.0.0/8"), "DE"),
        (IPNetwork.Parse("10.1.0.0/16"), "AT"),
        (IPNetwork.Parse("127.0.0.49/32"), "DE"),
        (IPNetwork.Parse("2001:db8::/32"), "CH"),
        (IPNetwork.Parse("2001:db8:1::1/128"), "KP"),
    ];

    private static byte[] File(IEnumerable<(IPNetwork, string)> networks, bool onlyIPv4 = false)
    {
        var stream = new MemoryStream();
        CountryFile.Write(stream, networks, Built, onlyIPv4);
        return stream.ToArray();
    }

    private static CountryDatabase Open(byte[] file)
    {
        var database = CountryDatabase.Read(new MemoryStream(file), "country.mmdb", out var error);
        Assert.Null(error);
        return database!;
    }

    [Theory]
    [InlineData("10.200.0.1", "DE")]
    [InlineData("10.1.3.1", "AT")]
    [InlineData("10.1.2.9", "FR")]
    [InlineData("127.0.0.49", "DE")]
    [InlineData("127.0.0.48", null)]
    [InlineData("11.0.0.1", null)]
    [InlineData("::ffff:10.1.2.9", "FR")]
    [InlineData("2001:db8:ffff::1", "CH")]
    [InlineData("2001:db8:1::1", "KP")]
    [InlineData("2001:db8:1::2", "CH")]
    [InlineData("2001:db9::", null)]
    public void The_most_specific_network_tells_the_country(string address, string? country)
    {
        using var database = Open(File(Networks));
        Assert.Equal(new CountryAnswer(country, null), database.Find(IPAddress.Parse(address)));
        Assert.Equal(new CountryAnswer(country, null), database.Find(IPAddress.Parse(address)));
        Assert.Equal((Built, true), (database.BuiltAt, database.AnswersIPv6));
    }

    [Fact]
    public void A_file_of_IPv4_alone_does_not_answer_for_IPv6()
    {
        using var database = Open(File([(IPNetwork.Parse("0.0.0.0/0"), "CN"), (IPNetwork.Parse("10.0.0.0/8"), "DE")], onlyIPv4: true));
        Assert.Equal("DE", database.Find(IPAddress.Parse("10.1.1.1")).Country);
        Assert.Equal("CN", database.Find(IPAddress.Parse("32.1.13.184")).Country);
        Assert.Equal(default, database.Find(IPAddress.Parse("2001:db8::1")));
        Assert.False(database.AnswersIPv6);
    }

    [Fact]
    public void A_file_that_is_damaged_or_something_else_is_an_error_with_its_name_and_never_an_exception()
    {
        var whole = File(Networks);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Sample((at, with, cut) =>
        {
            var damaged = cut ? whole[..at] : [.. whole];
            if (!cut) damaged[at] = with;
            using var database = CountryDatabase.Read(new MemoryStream(damaged), "country.mmdb", out var error);
            if (database is null) return error!.Contains("country.mmdb");
            // Some damage only changes what is said; asking must still end in a value.
            foreach (var text in new[] { "10.1.2.9", "127.0.0.49", "2001:db8::1", "255.255.255.255" }) database.Find(IPAddress.Parse(text));
            return true;
        }, iter: 2000);
        Assert.Null(CountryDatabase.Read(new MemoryStream("<html>"u8.ToArray()), "country.mmdb", out var reason));
        Assert.Contains("country.mmdb", reason);
        Assert.Null(CountryDatabase.Read(new MemoryStream(), "empty.mmdb", out reason));
        Assert.Contains("empty.mmdb", reason);
        Assert.Null(CountryDatabase.Open(Path.Combine(AppContext.BaseDirectory, "no-such.mmdb"), out reason));
        Assert.Contains("no-such.mmdb", reason);
        Assert.Null(CountryDatabase.Open(AppContext.BaseDirectory, out reason));
        Assert.NotNull(reason);
    }
}
