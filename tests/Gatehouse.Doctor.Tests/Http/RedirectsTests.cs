using System.Net;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;

namespace Gatehouse.Doctor.Tests.Http;

/// <summary>Redirects by hand over real sockets (rows R05 and R06): what goes along, where it ends.</summary>
public class RedirectsTests
{
    private static async Task<Observations> AskAsync(string url, params KeyValuePair<string, string>[] headers)
    {
        var question = new Question { Url = FieldLines.Raw(url), Headers = headers, Timeout = TimeSpan.FromSeconds(5) };
        var seen = new Observations();
        seen.AddRange(await WireProbe.LookAsync(question, seen, new Surroundings(TimeProvider.System, new Silent(), question.MaxRequests), TestContext.Current.CancellationToken));
        return seen;
    }

    [Fact]
    public async Task R06_credentials_and_cookies_stay_at_their_origin_and_that_is_said()
    {
        await using var other = new RawServer(RawServer.Answer("401 Unauthorized", "WWW-Authenticate: Bearer\r\n"));
        await using var first = new RawServer(RawServer.Answer("302 Found", $"Location: http://127.0.0.1:{other.Port}/files/7\r\n"));
        var seen = await AskAsync(first.Url, new("Authorization", "Bearer s3cret"), new("Cookie", "a=b"), new("X-Api-Key", "k"), new("X-Plain", "1"));
        Assert.NotEmpty(other.Heads);
        Assert.All(other.Heads, head =>
        {
            Assert.DoesNotContain("s3cret", head, StringComparison.Ordinal);
            Assert.DoesNotContain("a=b", head, StringComparison.Ordinal);
            Assert.DoesNotContain("X-Api-Key", head, StringComparison.Ordinal);
        });
        Assert.Contains("X-Plain: 1", other.Heads[0], StringComparison.Ordinal);
        var hop = seen.Tried(Variation.Redirected)!;
        Assert.Equal(["Authorization", "Cookie", "X-Api-Key"], hop.NotCarried.Select(left => left.Name));
        Assert.Same(seen.Baseline(), hop.RedirectedFrom);
    }

    [Fact]
    public async Task At_the_same_origin_all_goes_along_and_cookies_of_the_hop_too()
    {
        await using var server = new RawServer(async (head, stream, cancel) => await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(
            head.StartsWith("GET / ", StringComparison.Ordinal) ? RawServer.Answer("302 Found", "Set-Cookie: seen=1; Path=/\r\nLocation: /in\r\n") : RawServer.Answer("403 Forbidden")), cancel));
        await AskAsync(server.Url, new KeyValuePair<string, string>("Authorization", "Bearer s3cret"));
        var second = server.Heads[1];
        Assert.StartsWith("GET /in HTTP/1.1\r\n", second, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer s3cret\r\n", second, StringComparison.Ordinal);
        Assert.Contains("Cookie: seen=1\r\n", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "leaves http and https")]
    [InlineData("gopher://127.0.0.1:70/1", "leaves http and https")]
    [InlineData("javascript:alert(1)", "leaves http and https")]
    [InlineData("/", "circle")]
    public async Task R05_a_redirect_that_must_not_be_followed_is_said(string location, string why)
    {
        await using var server = new RawServer(RawServer.Answer("302 Found", $"Location: {location}\r\n"));
        var seen = await AskAsync(server.Url);
        Assert.Contains(seen.Of<NotLookedAt>(), not => not.What.Contains(why, StringComparison.Ordinal));
        Assert.Null(seen.Tried(Variation.Redirected));
    }

    [Fact]
    public async Task R05_a_chain_without_end_ends()
    {
        var count = 0;
        await using var server = new RawServer(async (_, stream, cancel) => await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(RawServer.Answer("302 Found", $"Location: /{Interlocked.Increment(ref count)}\r\n")), cancel));
        var seen = await AskAsync(server.Url);
        Assert.Equal(Redirects.MostHops, seen.Of<Exchange>().Count(exchange => exchange.Variation == Variation.Redirected));
        Assert.Contains(seen.Of<NotLookedAt>(), not => not.What.StartsWith("more than", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Never_more_requests_than_allowed_are_sent()
    {
        await using var server = new RawServer(RawServer.Answer("403 Forbidden"));
        var question = new Question { Url = FieldLines.Raw(server.Url + "a/b/c"), MaxRequests = 3 };
        var seen = await WireProbe.LookAsync(question, new Observations(), new Surroundings(TimeProvider.System, new Silent(), 3), TestContext.Current.CancellationToken);
        Assert.Equal(3, server.Heads.Count);
        Assert.Contains(seen.OfType<NotLookedAt>(), not => not.What.Contains("--max-requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_429_nothing_more_is_sent()
    {
        var count = 0;
        await using var server = new RawServer(async (_, stream, cancel) => await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(RawServer.Answer(Interlocked.Increment(ref count) > 3 ? "429 Too Many Requests" : "403 Forbidden")), cancel));
        var seen = await AskAsync(server.Url + "a/b/c");
        Assert.InRange(server.Heads.Count, 4, 6);
        Assert.Contains(seen.Of<NotLookedAt>(), not => not.What.Contains("slow down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_whole_run_ends_with_the_time_out()
    {
        await using var server = new RawServer(async (_, stream, cancel) =>
        {
            await Task.Delay(300, cancel);
            await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(RawServer.Answer("403 Forbidden")), cancel);
        });
        var question = new Question { Url = FieldLines.Raw(server.Url + "a/b/c"), Timeout = TimeSpan.FromSeconds(1) };
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        var seen = await WireProbe.LookAsync(question, new Observations(), new Surroundings(TimeProvider.System, new Silent(), 24), TestContext.Current.CancellationToken);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(1));
        Assert.Contains(seen.OfType<NotLookedAt>(), not => not.What.Contains("--timeout", StringComparison.Ordinal));
        Assert.Equal(403, seen.OfType<Exchange>().First().Status);
    }

    [Fact]
    public async Task A_Digest_challenge_is_answered_with_the_user_and_password()
    {
        await using var server = new RawServer(async (head, stream, cancel) => await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(
            head.Contains("Digest username=\"alice\"", StringComparison.Ordinal) ? RawServer.Answer("200 OK") : RawServer.Answer("401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n")), cancel));
        var question = new Question { Url = FieldLines.Raw(server.Url), UserAndPassword = "alice:pw", Headers = [new("Authorization", "Basic YWxpY2U6cHc=")] };
        var seen = new Observations();
        seen.AddRange(await WireProbe.LookAsync(question, seen, new Surroundings(TimeProvider.System, new Silent(), 24), TestContext.Current.CancellationToken));
        Assert.Equal(200, seen.Tried(Variation.AnsweredChallenge)!.Status);
        Assert.Equal(200, seen.Final()!.Status);
    }

    private sealed class Silent : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
