using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;

namespace Gatehouse.Doctor.Tests.Http;

/// <summary>What is tried, planned from the baseline's answer without a network.</summary>
public class ExperimentPlanTests
{
    private static Exchange Baseline(int status, string method = "GET", string url = "http://a.example/docs/x.html", Field[]? sent = null, Field[]? came = null, string body = "") => new()
    {
        Purpose = "as given",
        Variation = Variation.AsGiven,
        Request = new SentRequest { Method = method, Url = FieldLines.Raw(url), Fields = [new("Host", "a.example"), new("Accept", "*/*"), .. sent ?? []] },
        Answer = new ReceivedAnswer { Status = status, Fields = came ?? [], Body = System.Text.Encoding.UTF8.GetBytes(body) },
    };

    private static IReadOnlyList<Experiment> Plan(Exchange baseline) => ExperimentPlan.After(baseline, "nothing-here");

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public void Other_methods_are_sent_once_and_only_safe_ones_are_asked_beside_them(string method) =>
        Assert.All(Plan(Baseline(403, method)), experiment =>
        {
            Assert.Contains(experiment.Request.Method, new[] { "HEAD", "OPTIONS" });
            Assert.True(experiment.Request.Body.IsEmpty);
        });

    [Fact]
    public void Nothing_but_GET_HEAD_and_OPTIONS_is_ever_planned() =>
        Assert.All(new[] { 200, 302, 400, 401, 403, 404, 405, 500 }.SelectMany(status => Plan(Baseline(status, sent: [new("Authorization", "Bearer x"), new("Cookie", "a=b"), new("Origin", "https://b.example"), new("Referer", "https://b.example/")]))),
            experiment => Assert.Contains(experiment.Request.Method, new[] { "GET", "HEAD", "OPTIONS" }));

    [Theory]
    [InlineData(429, null)]
    [InlineData(503, "5")]
    [InlineData(403, "120")]
    public void A_server_that_asks_to_wait_is_left_alone(int status, string? wait) =>
        Assert.Empty(Plan(Baseline(status, came: wait is null ? [] : [new("Retry-After", wait)])));

    [Fact]
    public void A_password_that_was_refused_is_not_sent_again()
    {
        var plan = Plan(Baseline(401, sent: [new("Authorization", "Basic YWxpY2U6cHc=")], came: [new("WWW-Authenticate", "Basic realm=x")]));
        Assert.NotEmpty(plan);
        Assert.All(plan, experiment => Assert.Null(experiment.Request.Value("Authorization")));
    }

    [Fact]
    public void Credentials_never_go_to_the_other_scheme()
    {
        var plan = Plan(Baseline(403, sent: [new("Authorization", "Bearer x"), new("X-Api-Key", "k"), new("Cookie", "a=b")]));
        var other = Assert.Single(plan, experiment => experiment.Variation == Variation.OtherScheme);
        Assert.Equal("https", other.Request.Url.Scheme);
        Assert.Equal(["Host", "Accept"], other.Request.Fields.Select(field => field.Name));
        Assert.Equal(other, plan[^1]);
    }

    [Fact]
    public void Each_experiment_of_a_refusal_changes_one_thing()
    {
        var baseline = Baseline(403, sent: [new("User-Agent", "curl/8"), new("Authorization", "Bearer x"), new("Cookie", "a=b")], url: "http://a.example/docs/x.html?q=1");
        foreach (var experiment in Plan(baseline))
        {
            var changed = 0;
            if (experiment.Request.Method != baseline.Request.Method) changed++;
            if (experiment.Request.Url.OriginalString != baseline.Request.Url.OriginalString) changed++;
            if (!experiment.Request.Fields.SequenceEqual(baseline.Request.Fields)) changed++;
            if (experiment.Variation is Variation.Preflight or Variation.OtherScheme) continue;
            Assert.True(changed <= 1, $"{experiment.Purpose} changes {changed} things");
        }
    }

    [Fact]
    public void No_path_trick_and_no_spoofed_address_is_ever_planned()
    {
        var plan = Plan(Baseline(403, url: "http://a.example/a/b/c/d/e/secret.txt"));
        Assert.All(plan, experiment =>
        {
            Assert.DoesNotContain("..", experiment.Request.Url.OriginalString, StringComparison.Ordinal);
            Assert.DoesNotContain("%", experiment.Request.Url.OriginalString, StringComparison.Ordinal);
            Assert.DoesNotContain("//", experiment.Request.Url.PathAndQuery, StringComparison.Ordinal);
            Assert.DoesNotContain(experiment.Request.Fields, field => field.Name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || field.Name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase));
        });
        Assert.Equal(["/a/b/c/d/e/", "/a/b/c/d/", "/a/b/c/", "/"], plan.Where(experiment => experiment.Variation == Variation.Parent).Select(experiment => experiment.Request.Url.PathAndQuery));
    }

    [Theory]
    [InlineData("Bearer Bearer abc", "Bearer abc")]
    [InlineData("Bearer: abc", "Bearer abc")]
    [InlineData(" Bearer  abc ", "Bearer abc")]
    [InlineData("\"Bearer abc\"", "Bearer abc")]
    [InlineData("Bearer \"abc\"", "Bearer abc")]
    [InlineData("Bearer <abc>", "Bearer abc")]
    [InlineData("Bearer:abc", "Bearer abc")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.", "Bearer eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("YWxpY2U6cHc=", "Basic YWxpY2U6cHc=")]
    [InlineData("Basic alice:pw", "Basic YWxpY2U6cHc=")]
    [InlineData("Basic YWxpY2U6cHc", "Basic YWxpY2U6cHc=")]
    [InlineData("Basic YWxpY2U6cHcK", "Basic YWxpY2U6cHc=")]
    [InlineData("Basic YWxpY2U6cHc=", null)]
    [InlineData("Bearer abc", null)]
    [InlineData("Bearer", null)]
    [InlineData("Basic not base64!", null)]
    public void Credentials_are_mended_as_they_were_meant(string given, string? mended) => Assert.Equal(mended, MendedCredentials.Of(given)?.Value);

    [Fact]
    public void The_other_encoding_of_a_password_is_tried_once()
    {
        var utf8 = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("jürgen:geheimß"));
        var latin = "Basic " + Convert.ToBase64String(System.Text.Encoding.Latin1.GetBytes("jürgen:geheimß"));
        Assert.Equal(latin, MendedCredentials.InOtherCharset(utf8)?.Value);
        Assert.Equal(utf8, MendedCredentials.InOtherCharset(latin)?.Value);
        Assert.Null(MendedCredentials.InOtherCharset("Basic YWxpY2U6cHc="));
        Assert.Single(Plan(Baseline(401, sent: [new("Authorization", utf8)])), experiment => experiment.Variation == Variation.MendedCredentials);
    }

    [Theory]
    [InlineData("Authorization", true)]
    [InlineData("X-Api-Key", true)]
    [InlineData("apikey", true)]
    [InlineData("X-Auth-Token", true)]
    [InlineData("Ocp-Apim-Subscription-Key", true)]
    [InlineData("X-CSRF-Token", false)]
    [InlineData("X-XSRF-TOKEN", false)]
    [InlineData("Accept", false)]
    [InlineData("X-Author", false)]
    [InlineData("X-Request-Id", false)]
    public void Fields_that_carry_credentials_are_known(string name, bool credentials) => Assert.Equal(credentials, CredentialFields.Is(name));
}
