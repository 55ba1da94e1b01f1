using CsCheck;
using Gatehouse.Grammar;

namespace Gatehouse.Tests.Grammar;

public class SetCookieTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_attributes_are_read()
    {
        var cookie = Read("SID=31d4; Path=/app; Domain=.Example.COM; secure; HTTPONLY; Max-Age=60; Expires=Sun, 06 Nov 2033 08:49:37 GMT; SameSite=strict; Priority=High");
        Assert.Equal(("SID", "31d4", "/app", "example.com"), (cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        Assert.True(cookie is { Secure: true, HttpOnly: true, SameSite: SameSite.Strict });
        Assert.Equal(TimeSpan.FromSeconds(60), cookie.MaxAge);
        Assert.Equal(new DateTimeOffset(2033, 11, 6, 8, 49, 37, TimeSpan.Zero), cookie.Expires);
        Assert.Equal("Priority", Assert.Single(cookie.Attributes, a => !a.IsKnown).Name);
    }

    [Theory]
    [InlineData("a=b; Max-Age=1x", "Max-Age")]
    [InlineData("a=b; Max-Age=", "Max-Age")]
    [InlineData("a=b; Expires=tomorrow", "Expires")]
    [InlineData("a=b; SameSite=Sometimes", "SameSite")]
    public void Values_that_browsers_cannot_read_are_marked(string text, string name) =>
        Assert.Equal(name, Assert.Single(Read(text).Attributes, a => !a.IsKnown).Name);

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37")]
    [InlineData("Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37")]
    [InlineData("6 november 2069 8:9:7", "2069-11-06 08:09:07")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01 00:00:00")]
    [InlineData("30 Feb 2030 00:00:00", null)]
    [InlineData("6 Nov 1600 00:00:00", null)]
    [InlineData("6 Nov 2030 24:00:00", null)]
    [InlineData("6 Nov 2030", null)]
    [InlineData("006 Nov 2030 00:00:00", null)]
    public void Dates_are_read_as_browsers_do(string text, string? expected) =>
        Assert.Equal(expected, Read($"a=b; Expires={text}").Expires?.ToString("yyyy-MM-dd HH:mm:ss"));

    [Theory]
    [InlineData("", 0)]
    [InlineData("=; Path=/", 1)]
    [InlineData("a=b\u0001; Path=/", 3)]
    public void What_browsers_drop_whole_is_refused(string text, int offset)
    {
        Assert.False(SetCookie.TryParse(text, out _, out var error));
        Assert.Equal(offset, error.Offset);
    }

    [Fact]
    public void Four_kilobytes_pass_and_one_byte_more_does_not()
    {
        Assert.True(SetCookie.TryParse("a=" + new string('x', 4095), out _, out _));
        Assert.False(SetCookie.TryParse("a=" + new string('x', 4096), out _, out _));
        Assert.False(SetCookie.TryParse("a=" + new string('é', 2048), out _, out _));
    }

    [Theory]
    [InlineData("a=b; SameSite=None", CookieRefusal.SameSiteNoneWithoutSecure)]
    [InlineData("a=b; SameSite=None; Secure", CookieRefusal.None)]
    [InlineData("__Host-a=b; Secure; Path=/", CookieRefusal.None)]
    [InlineData("__Host-a=b; Path=/", CookieRefusal.HostPrefixWithoutSecure)]
    [InlineData("__host-a=b; Secure; Path=/; Domain=app.example.com", CookieRefusal.HostPrefixWithDomain)]
    [InlineData("__Host-a=b; Secure; Path=/app", CookieRefusal.HostPrefixWithoutRootPath)]
    [InlineData("__Host-a=b; Secure", CookieRefusal.HostPrefixWithoutRootPath)]
    [InlineData("__SECURE-a=b", CookieRefusal.SecurePrefixWithoutSecure)]
    [InlineData("=__Host-a=b", CookieRefusal.NamelessWithPrefix)]
    [InlineData("a=b; Domain=example.com", CookieRefusal.None)]
    [InlineData("a=b; Domain=app.example.com", CookieRefusal.None)]
    [InlineData("a=b; Domain=other.example.com", CookieRefusal.ForeignDomain)]
    [InlineData("a=b; Domain=x.app.example.com", CookieRefusal.ForeignDomain)]
    [InlineData("a=b; Domain=ample.com", CookieRefusal.ForeignDomain)]
    [InlineData("a=b; Domain=com", CookieRefusal.PublicSuffix)]
    [InlineData("a=b; Domain=org", CookieRefusal.ForeignDomain)]
    [InlineData("a=b; Domain=b\u00fccher.example", CookieRefusal.DomainNotAscii)]
    [InlineData("a=b; Domain=", CookieRefusal.None)]
    [InlineData("a=; Max-Age=0", CookieRefusal.EndsAtOnce)]
    [InlineData("a=; Max-Age=-5", CookieRefusal.EndsAtOnce)]
    [InlineData("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", CookieRefusal.EndsAtOnce)]
    [InlineData("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=5", CookieRefusal.None)]
    [InlineData("a=b; Max-Age=99999999999999999999", CookieRefusal.None)]
    public void A_browser_keeps_or_refuses_and_the_reason_is_told(string text, CookieRefusal expected)
    {
        var decision = CookieStorage.Decide(Read(text), new("app.example.com", "/login/form", IsSecure: true), Now);
        Assert.Equal(expected, decision.Refusal);
        Assert.Equal(expected == CookieRefusal.None, decision.Cookie is not null);
    }

    [Fact]
    public void Secure_over_plain_http_is_refused() =>
        Assert.Equal(CookieRefusal.SecureOverHttp, CookieStorage.Decide(Read("a=b; Secure"), new("example.com", "/", IsSecure: false), Now).Refusal);

    [Fact]
    public void A_same_site_cookie_of_an_embedded_foreign_answer_is_refused() =>
        Assert.Equal(CookieRefusal.SameSiteFromOtherSite, CookieStorage.Decide(
            Read("a=b; SameSite=Lax"), new("example.com", "/", true, IsSameSite: false, IsTopLevelNavigation: false), Now).Refusal);

    [Fact]
    public void Nothing_lives_longer_than_400_days()
    {
        var cookie = CookieStorage.Decide(Read("a=b; Max-Age=99999999999999999999"), new("example.com", "/", true), Now).Cookie!;
        Assert.Equal(Now.AddDays(400), cookie.Expires);
        cookie = CookieStorage.Decide(Read("a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT"), new("example.com", "/", true), Now).Cookie!;
        Assert.Equal(Now.AddDays(400), cookie.Expires);
    }

    [Theory]
    [InlineData("a=b", "http://app.example.com/login/form", CookieOmission.None)]
    [InlineData("a=b", "http://app.example.com/login", CookieOmission.None)]
    [InlineData("a=b", "http://app.example.com/loginx", CookieOmission.OtherPath)]
    [InlineData("a=b", "http://app.example.com/", CookieOmission.OtherPath)]
    [InlineData("a=b", "http://x.app.example.com/login/", CookieOmission.OtherHost)]
    [InlineData("a=b; Domain=example.com; Path=/", "http://x.example.com/", CookieOmission.None)]
    [InlineData("a=b; Domain=example.com; Path=/", "http://badexample.com/", CookieOmission.OtherDomain)]
    [InlineData("a=b; Secure; Path=/", "http://app.example.com/", CookieOmission.SecureOverHttp)]
    [InlineData("a=b; Path=/; Max-Age=10", "http://app.example.com/", CookieOmission.Expired)]
    public void A_kept_cookie_is_sent_or_not_and_the_reason_is_told(string text, string url, CookieOmission expected)
    {
        var cookie = CookieStorage.Decide(Read(text), new("app.example.com", "/login/form", IsSecure: true), Now).Cookie!;
        var uri = new Uri(url);
        Assert.Equal(expected, cookie.Decide(new(uri.Host, uri.AbsolutePath, uri.Scheme == "https"), Now.AddMinutes(1)));
    }

    [Theory]
    [InlineData("Strict", "GET", true, CookieOmission.SameSiteStrict)]
    [InlineData("Lax", "GET", true, CookieOmission.None)]
    [InlineData("Lax", "POST", true, CookieOmission.SameSiteLax)]
    [InlineData("Lax", "GET", false, CookieOmission.SameSiteLax)]
    [InlineData("None", "POST", false, CookieOmission.None)]
    [InlineData("", "POST", true, CookieOmission.SameSiteUnspecified)]
    public void SameSite_decides_for_requests_from_other_sites(string site, string method, bool navigation, CookieOmission expected)
    {
        var cookie = CookieStorage.Decide(Read($"a=b; Secure; SameSite={site}"), new("example.com", "/", true), Now).Cookie!;
        Assert.Equal(expected, cookie.Decide(new("example.com", "/", true, method, IsSameSite: false, navigation), Now));
        Assert.Equal(CookieOmission.None, cookie.Decide(new("example.com", "/", true, method, IsSameSite: true, navigation), Now));
    }

    [Fact]
    public void An_address_has_no_subdomains()
    {
        Assert.False(CookieScope.DomainMatches("1.203.0.113", "203.0.113"));
        Assert.True(CookieScope.DomainMatches("203.0.113.7", "203.0.113.7"));
        Assert.False(CookieScope.DomainMatches("10.203.0.113", "0.113"));
    }

    [Fact]
    public void Arbitrary_and_mutated_text_never_throws_and_positions_lie_inside() =>
        Mutated.Texts("SID=31d4; Path=/app; Domain=.example.com; Secure; Max-Age=60; Expires=Sun, 06 Nov 2033 08:49:37 GMT; SameSite=Lax", "aS=; /,-:0189\t\x01").Sample(text =>
        {
            if (!SetCookie.TryParse(text, out var cookie, out var error)) return Mutated.LiesInside(error, text);
            var decision = CookieStorage.Decide(cookie!, new("app.example.com", "/", true), Now);
            decision.Cookie?.Decide(new("example.com", "/", false), Now);
            return decision.Refusal == CookieRefusal.None == (decision.Cookie is not null) && cookie!.Attributes.All(a => a.Start < text.Length);
        });

    private static SetCookie Read(string text)
    {
        Assert.True(SetCookie.TryParse(text, out var cookie, out var error), error.ToString());
        return cookie!;
    }
}
