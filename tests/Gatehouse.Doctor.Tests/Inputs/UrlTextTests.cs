using CsCheck;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Doctor.Tests.Inputs;

public class UrlTextTests
{
    [Theory]
    [InlineData("example.com", "http://example.com/")]
    [InlineData("HTTPS://Example.COM:443/A", "https://example.com/A")]
    [InlineData("localhost:8080/x?y=%7e#z", "http://localhost:8080/x?y=%7e")]
    [InlineData("http://127.1/", "http://127.0.0.1/")]
    [InlineData("http://[::1]:8/a//b", "http://[::1]:8/a//b")]
    [InlineData(" http://h/a%2Fb%2e%2e%41 ", "http://h/a%2Fb%2e%2e%41")]
    [InlineData("http://h/\u00e4?\u00e4", "http://h/%C3%A4?%C3%A4")]
    [InlineData("http://b\u00fccher.example/", "http://xn--bcher-kva.example/")]
    [InlineData("http:///h/a", "http://h/a")]
    [InlineData("h?x=1", "http://h/?x=1")]
    [InlineData("http://u@h/", "http://h/")]
    public void An_address_is_read_as_curl_reads_it(string text, string expected)
    {
        Assert.True(UrlText.TryParse(text, out var url, out var error), error.ToString());
        Assert.Equal(expected, $"{url.Url.Scheme}://{(url.Url.HostNameType == UriHostNameType.IPv6 ? url.Url.Host : url.Url.IdnHost)}{(url.Url.IsDefaultPort ? "" : $":{url.Url.Port}")}{url.Url.PathAndQuery}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript://x")]
    [InlineData("http://h:x/")]
    [InlineData("http://h:70000/")]
    [InlineData("http://h/a b")]
    [InlineData("http://h\\@evil/")]
    [InlineData("http://[::1/")]
    public void What_is_no_address_is_said_with_its_place(string text)
    {
        Assert.False(UrlText.TryParse(text, out _, out var error));
        Assert.True(error.Expected.Length > 0 && error.Offset <= text.Length);
    }

    [Fact]
    public void Any_text_is_an_address_that_can_be_taken_apart_or_an_error()
    {
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["htps:/.@%?#[]aA0\u00e4\\ -"], 0, 40].Select(text => "http://" + text)).Sample(text =>
        {
            if (!UrlText.TryParse(text, out var url, out var error)) return error.Offset <= Math.Max(text.Length, UrlText.MaxLength);
            return url.Url.GetLeftPart(UriPartial.Authority).Length > 0 && new Uri(url.Url, "/x").AbsolutePath == "/x" && url.Url.PathAndQuery.All(char.IsAscii);
        }, iter: 3000);
    }
}
