using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Doctor.Tests.Reports;

public sealed class KnownSecretsTests
{
    private const string Secret = "zq7Kp2Vx9LmN4tRwB8sD3fG6hJ1k";

    private static KnownSecrets Known(params Field[] fields)
    {
        var seen = new Observations();
        seen.Add(new Exchange { Purpose = "as given", Variation = Variation.AsGiven, Request = new SentRequest { Method = "GET", Url = new Uri("http://a.test/admin/reports"), Fields = fields } });
        return KnownSecrets.Of(new Question(), seen);
    }

    [Theory]
    [InlineData("the token " + Secret + " is no good", "the token zq7K… (28 characters) is no good")]
    [InlineData("cut by us: zq7Kp2Vx9LmN4tRwB8sD3…", "cut by us: zq7K… (28 characters)…")]
    [InlineData("cut by the server: zq7Kp2Vx9LmN4tRwB8... and more", "cut by the server: zq7K… (28 characters)... and more")]
    [InlineData("cut at the end: zq7Kp2Vx9", "cut at the end: zq7K… (28 characters)")]
    [InlineData("twice: zq7Kp2Vx9… and zq7Kp2Vx9L…", "twice: zq7K… (28 characters)… and zq7K… (28 characters)…")]
    [InlineData("the first letters alone: zq7K…", "the first letters alone: zq7K…")]
    [InlineData("………", "………")]
    public void A_secret_is_masked_also_where_it_was_cut(string text, string shown) => Assert.Equal(shown, Known(new Field("Authorization", "Bearer " + Secret)).In(text));

    [Fact]
    public void An_address_that_a_cookie_remembers_stays_readable() =>
        Assert.Equal("GET http://a.test/admin/reports", Known(new Field("Cookie", "next=/admin/reports; back=http://a.test/admin/reports")).In("GET http://a.test/admin/reports"));

    [Fact]
    public void A_body_whose_names_are_no_text_is_read_past_them()
    {
        var request = new SentRequest { Method = "POST", Url = new Uri("http://a.test/"), Body = Encoding.UTF8.GetBytes("{\"\\ud800\":\"a\",\"user\":{\"password\":\"" + Secret + "\"}}") };
        Assert.True(Gatehouse.Doctor.Rules.SentInBody.Of(request).HasPassword);
    }
}
