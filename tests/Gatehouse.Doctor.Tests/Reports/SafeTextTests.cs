using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Doctor.Tests.Reports;

/// <summary>Row R13: nothing foreign reaches a terminal that it would obey, hide or turn around.</summary>
public class SafeTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Zugriff verweigert: ä 日本", "Zugriff verweigert: ä 日本")]
    [InlineData("\u001b[31mred", "\\x1b[31mred")]
    [InlineData("\u001b]8;;http://evil\u0007x", "\\x1b]8;;http://evil\\x07x")]
    [InlineData("\u009b31m", "\\x9b31m")]
    [InlineData("a\rb\nc\bd\u007fe", "a\\x0db\\x0ac\\x08d\\x7fe")]
    [InlineData("user\u202egnp.exe", "user\\u202egnp.exe")]
    [InlineData("a\u2066b\u200bc\ufeffd", "a\\u2066b\\u200bc\\ufeffd")]
    [InlineData("line\u2028sep", "line\\u2028sep")]
    [InlineData("tag\U000e0041", "tag\\u{e0041}")]
    public void Control_direction_and_invisible_characters_are_written_out(string text, string safe) => Assert.Equal(safe, SafeText.Of(text));

    [Fact]
    public void A_lone_surrogate_is_written_out() => Assert.Equal("lone\\ud800x", SafeText.Of("lone" + (char)0xD800 + "x"));

    [Fact]
    public void Of_any_text_only_what_can_be_printed_is_left()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(0, 0x10000))]);
            foreach (var rune in SafeText.Of(text).EnumerateRunes())
                Assert.False(Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate, $"{rune.Value:x}");
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.sig", "Bearer eyJh… (28 characters)")]
    [InlineData("Authorization", "opaque-token-123456", "opaq… (19 characters)")]
    [InlineData("Cookie", "sid=abcdefghijklmnop; theme=dark", "sid=abcd… (16 characters); theme=… (4 characters)")]
    [InlineData("Set-Cookie", "sid=abcdefghijklmnop; Path=/; Secure", "sid=abcd… (16 characters); Path=/; Secure")]
    [InlineData("X-Api-Key", "k", "… (1 characters)")]
    [InlineData("Accept", "text/html", "text/html")]
    public void Secrets_of_fields_are_masked(string name, string value, string shown) => Assert.Equal(shown, MaskedField.Value(new Field(name, value)));

    [Theory]
    [InlineData("https://alice:pw@a.example/x?token=abcdefghijklmnop&page=2", "https://a.example/x?token=abcd… (16 characters)&page=2")]
    [InlineData("https://a.example/x?X-Amz-Signature=0123456789abcdef&X-Amz-Date=1", "https://a.example/x?X-Amz-Signature=0123… (16 characters)&X-Amz-Date=1")]
    [InlineData("https://a.example/mail@x?q=a@b", "https://a.example/mail@x?q=a@b")]
    [InlineData("https://a.example/back#access_token=abcdefghijklmnop&token_type=bearer", "https://a.example/back#access_token=abcd… (16 characters)&token_type=bearer")]
    [InlineData("https://a.example/back?code=abcdefghijklmnop&x=1#part", "https://a.example/back?code=abcd… (16 characters)&x=1#part")]
    [InlineData("https://a.example/?user%5Bpassword%5D=abcdefghijklmnop", "https://a.example/?user%5Bpassword%5D=abcd… (16 characters)")]
    public void Secrets_of_addresses_are_masked(string url, string shown) => Assert.Equal(shown, MaskedUrl.Of(new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })));
}
