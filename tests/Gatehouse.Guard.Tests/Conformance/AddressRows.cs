namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>Rows D: whose address counts. 127.0.0.88 and 10.0.0.0/8 are trusted proxies; 203.0.113.0/24 and 2001:db8:bad::/48 are refused; /inside is open to 127.0.0.1 alone.</summary>
public sealed class AddressRows : IClassFixture<ProxyLab>
{
    private readonly ProxyLab _lab;

    public AddressRows(ProxyLab lab)
    {
        _lab = lab;
        _lab.TakeSeen();
        _lab.Reply = ProxyLab.Plain;
    }

    [Theory]
    // Nobody's word counts but a trusted proxy's.
    [InlineData("D01", 5, "/inside/x", 403, "X-Forwarded-For: 127.0.0.1")]
    [InlineData("D01", 5, "/public/x", 200, "X-Forwarded-For: 203.0.113.5")]
    [InlineData("D12", 5, "/inside/x", 403, "X-Real-IP: 127.0.0.1")]
    [InlineData("D12", ProxyLab.Proxy, "/inside/x", 403, "X-Real-IP: 127.0.0.1")]
    // The last hop that is not trusted is the client.
    [InlineData("D03", ProxyLab.Proxy, "/inside/x", 200, "X-Forwarded-For: 127.0.0.1")]
    [InlineData("D03", ProxyLab.Proxy, "/inside/x", 403, "X-Forwarded-For: 127.0.0.1, 198.51.100.7")]
    [InlineData("D03", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: 198.51.100.7, 203.0.113.5")]
    [InlineData("D03", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: 198.51.100.7, 203.0.113.5, 10.1.1.1")]
    [InlineData("D03", ProxyLab.Proxy, "/public/x", 200, "X-Forwarded-For: 203.0.113.5, 198.51.100.7")]
    [InlineData("D04", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: 198.51.100.7", "X-Forwarded-For: 203.0.113.5")]
    [InlineData("D04", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: 198.51.100.7,\t203.0.113.5 , ")]
    // What is no address opens nothing.
    [InlineData("D05", ProxyLab.Proxy, "/inside/x", 403, "X-Forwarded-For: 0177.0.0.1")]
    [InlineData("D05", ProxyLab.Proxy, "/inside/x", 403, "X-Forwarded-For: 0x7f.1")]
    [InlineData("D05", ProxyLab.Proxy, "/inside/x", 403, "X-Forwarded-For: 2130706433")]
    [InlineData("D05", ProxyLab.Proxy, "/inside/x", 403, "X-Forwarded-For: 127.1")]
    [InlineData("D05", ProxyLab.Proxy, "/inside/x", 403, "X-Forwarded-For: localhost")]
    // Nor does it lend the proxy's own address, be it hidden or garbled; what the refuse list would have caught can't be told, and is refused.
    [InlineData("D05", ProxyLab.Proxy, "/near/x", 200)]
    [InlineData("D05", 5, "/near/x", 200, "X-Forwarded-For: unknown")]
    [InlineData("D05", ProxyLab.Proxy, "/near/x", 403, "X-Forwarded-For: unknown")]
    [InlineData("D05", ProxyLab.Proxy, "/near/x", 403, "X-Forwarded-For: 127.0.0.1, _hidden")]
    [InlineData("D05", ProxyLab.Proxy, "/near/x", 403, "X-Forwarded-For: 127.0.0.1, localhost, 10.1.1.1")]
    [InlineData("D05", ProxyLab.Proxy, "/near/x", 403, "X-Forwarded-For: 127.0.0.1]")]
    [InlineData("D05", ProxyLab.Proxy, "/near/x", 403, "X-Forwarded-For: 127.0.0.1:99999")]
    [InlineData("D05", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: unknown")]
    // One address has many spellings and one meaning.
    [InlineData("D06", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: ::ffff:203.0.113.5")]
    [InlineData("D06", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: ::ffff:cb00:7105")]
    [InlineData("D09", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: 2001:DB8:BAD:0:0::1")]
    [InlineData("D09", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: [2001:db8:bad::1]:443")]
    [InlineData("D08", ProxyLab.Proxy, "/public/x", 403, "X-Forwarded-For: 2001:db8:bad::1%eth0")]
    // The other field is not the one that is configured.
    [InlineData("D13", ProxyLab.Proxy, "/inside/x", 403, "Forwarded: for=127.0.0.1")]
    [InlineData("D14", ProxyLab.Proxy, "/inside/x", 403, "Forwarded: for=127.0.0.1", "X-Forwarded-For: 198.51.100.7")]
    public async Task The_client_is_who_a_trusted_proxy_says_and_nobody_else(string row, byte from, string path, int status, params string[] fields)
    {
        Assert.NotNull(row);
        var answer = await _lab.Guard.AskFromAsync(from, path, "GET", fields);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, _lab.TakeSeen().Count);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("garbage")]
    public async Task D05_the_incident_names_no_address_where_a_proxy_hides_it(string item)
    {
        var answer = await _lab.Guard.AskFromAsync(ProxyLab.Proxy, "/near/x", "GET", $"X-Forwarded-For: {item}");
        Assert.False((await _lab.Guard.IncidentAsync(answer["Gatehouse-Incident"])).TryGetProperty("address", out _));
    }

    [Fact]
    public async Task W27_the_incident_names_the_address_that_was_judged()
    {
        var answer = await _lab.Guard.AskFromAsync(ProxyLab.Proxy, "/inside/x", "GET", "X-Forwarded-For: 198.51.100.7");
        Assert.Equal("198.51.100.7", (await _lab.Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("address").GetString());
    }

    [Theory]
    [InlineData("javascript", "http")]
    [InlineData("https,http", "http")]
    [InlineData("https", "https")]
    public async Task D17_the_scheme_is_http_or_https_and_the_nearest_proxys(string sent, string seen)
    {
        var answer = await _lab.Guard.AskFromAsync(ProxyLab.Proxy, "/public/x", "GET", "X-Forwarded-For: 198.51.100.7", $"X-Forwarded-Proto: {sent}");
        if (answer.Status == 400) return;
        Assert.Contains($"\r\nX-Forwarded-Proto: {seen}\r\n", _lab.Seen(), StringComparison.Ordinal);
    }
}
