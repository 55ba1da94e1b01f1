using CsCheck;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Tests.Inputs;

public class NetscapeCookiesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("shop.test\tFALSE\t/app\tTRUE\t0\tsid\tk81", "sid=k81 shop.test host-only /app secure session")]
    [InlineData("#HttpOnly_.shop.test\tTRUE\t/\tFALSE\t4102444800\tsid\ta b=c", "sid=a b=c shop.test / http-only 2100-01-01")]
    [InlineData(".Shop.Test\tFALSE\t/\tfalse\t4102444800.5\tsid\tx", "sid=x shop.test / 2100-01-01")]
    [InlineData("shop.test\tTRUE\t/\tFALSE\t4102444800000\tsid\tx", "sid=x shop.test / 2100-01-01")]
    [InlineData("shop.test\tFALSE\t/\tFALSE\t0\tempty", "empty= shop.test host-only / session")]
    [InlineData("shop.test\tFALSE\t\tFALSE\t99999999999999\tsid\tx\ty", "sid=x\ty shop.test host-only / 5138-11-16")]
    public void A_line_of_a_jar_is_a_cookie(string line, string expected)
    {
        var (jar, leftOut) = NetscapeCookies.Read("# Netscape HTTP Cookie File\r\n\r\n" + line + "\r\n");
        Assert.Empty(leftOut);
        var cookie = Assert.Single(jar.Cookies);
        Assert.Equal(expected, $"{cookie.Name}={cookie.Value} {cookie.Domain}{(cookie.IsHostOnly ? " host-only" : "")} {cookie.Path}{(cookie.Secure ? " secure" : "")}{(cookie.HttpOnly ? " http-only" : "")} {(cookie.Expires is { } end ? end.ToString("yyyy-MM-dd") : "session")}");
    }

    [Theory]
    [InlineData("shop.test FALSE / FALSE 0 sid x", "7, split by tabs")]
    [InlineData("shop.test\tMAYBE\t/\tFALSE\t0\tsid\tx", "TRUE or FALSE")]
    [InlineData("shop.test\tTRUE\t/\tFALSE\tsoon\tsid\tx", "seconds since 1970")]
    [InlineData(".\tTRUE\t/\tFALSE\t0\tsid\tx", "no domain")]
    public void A_line_that_is_none_is_said_with_its_number_and_without_its_value(string line, string said)
    {
        var (jar, leftOut) = NetscapeCookies.Read("# x\n" + line + "\na.test\tTRUE\t/\tFALSE\t0\tb\tc\n");
        Assert.Equal("b", Assert.Single(jar.Cookies).Name);
        var left = Assert.Single(leftOut);
        Assert.Equal(2, left.Position);
        Assert.Contains(said, left.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jar_sends_what_belongs_to_the_address_longer_paths_first()
    {
        var (jar, _) = NetscapeCookies.Read("h.test\tFALSE\t/\tFALSE\t0\ta\t1\nh.test\tFALSE\t/app\tFALSE\t0\tb\t2\nh.test\tFALSE\t/\tTRUE\t0\tc\t3\nh.test\tFALSE\t/\tFALSE\t5\told\t4\n.test\tTRUE\t/\tFALSE\t0\td\t5\n");
        Assert.Equal("b=2; a=1; d=5", jar.HeaderFor(new("http://h.test/app/x"), Now));
        Assert.Equal("a=1; c=3; d=5", jar.HeaderFor(new("https://H.test/"), Now));
        Assert.Equal("d=5", jar.HeaderFor(new("http://sub.h.test/"), Now));
        Assert.Null(jar.HeaderFor(new("http://other.example/"), Now));
    }

    [Fact]
    public void Any_text_is_a_jar_of_sound_cookies_and_what_was_left_out()
    {
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["a.\t\n#/TRUEFALS0129-e"], 0, 120]).Sample(text =>
        {
            var (jar, leftOut) = NetscapeCookies.Read(text);
            return jar.Cookies.All(cookie => cookie.Path.StartsWith('/') && cookie.Domain.Length > 0) && leftOut.All(left => left.Position > 0);
        }, iter: 3000);
        Assert.True(NetscapeCookies.Read(string.Concat(Enumerable.Repeat("a.test\tTRUE\t/\tFALSE\t0\tb\tc\n", NetscapeCookies.MaxCookies + 10))).LeftOut.Count > 0);
    }
}
