using System.Text;
using CsCheck;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs.Har;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Tests.Inputs;

public class HarTests
{
    private static HarReading Read(string json) => HarFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));

    private static string Log(params string[] entries) => """{"log":{"version":"1.2","creator":{"name":"x"},"pages":[{"id":"entries","entries":[1,{}]}],"entries":[""" + string.Join(',', entries) + "]}}";

    private static string Entry(string method, string url, int status, string requestFields = "", string answerFields = "", string body = "", string more = "") =>
        $$$"""
        {"startedDateTime":"2026-11-23T10:00:00.000Z","time":12.5,{{{more}}}
        "request":{"method":"{{{method}}}","url":"{{{url}}}","httpVersion":"HTTP/1.1","headers":[{{{Fields("User-Agent: x|" + requestFields)}}}],"cookies":[]},
        "response":{"status":{{{status}}},"statusText":"","httpVersion":"h2","headers":[{{{Fields(answerFields)}}}],"content":{"mimeType":"text/html","text":"{{{body}}}"},"redirectURL":""}}
        """;

    private static string Fields(string fields) => string.Join(',', fields.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split(": ", 2)).Select(field => $$$"""{"name":"{{{field[0]}}}","value":"{{{field[1]}}}"}"""));

    [Fact]
    public void Refused_exchanges_come_with_their_preflight_and_redirects()
    {
        var reading = Read(Log(
            Entry("GET", "https://a.test/", 200),
            Entry("GET", "https://a.test/old", 301, answerFields: "Location: /new"),
            Entry("OPTIONS", "https://a.test/new", 204, "Access-Control-Request-Method: GET|Origin: https://b.test"),
            Entry("GET", "https://a.test/new", 403, "Cookie: a=b", body: "no"),
            Entry("GET", "https://a.test/other", 404)));
        Assert.Null(reading.Fault);
        Assert.Equal((5, 1), (reading.Entries, reading.Refused));
        var refusal = Assert.Single(reading.Refusals);
        Assert.Equal(["entry 2, redirects", "entry 3, preflight", "entry 4"], refusal.Exchanges.Select(exchange => exchange.Purpose));
        Assert.Same(refusal.Exchanges[0], refusal.Refused.RedirectedFrom);
        Assert.Equal("no", refusal.Refused.Answer!.Text);
        Assert.Equal(new Version(2, 0), refusal.Refused.Answer.Protocol);
    }

    [Fact]
    public void A_refusal_that_a_body_states_beside_200_is_one() =>
        Assert.Equal("https://a.test/graphql", Assert.Single(Read(Log(
            Entry("POST", "https://a.test/graphql", 200, body: "{\\\"data\\\":{\\\"me\\\":{\\\"code\\\":\\\"FORBIDDEN\\\"}}}"),
            Entry("POST", "https://a.test/graphql", 200, body: "{\\\"errors\\\":[{\\\"message\\\":\\\"no\\\",\\\"extensions\\\":{\\\"code\\\":\\\"UNAUTHENTICATED\\\"}}]}"))).Refusals).Refused.Request.Url.AbsoluteUri);

    [Fact]
    public void Refusals_that_look_the_same_are_counted_as_one_kind()
    {
        var reading = Read(Log([.. Enumerable.Range(1, 30).Select(i => Entry("GET", $"https://a.test/items/{i}?t={i}", 403, body: $"incident 7f{i}a9")), Entry("POST", "https://a.test/items/7", 403)]));
        Assert.Equal([30, 1], reading.Refusals.Select(refusal => refusal.Count));
        Assert.Equal(20, reading.Refusals[0].Requests.Count);
        Assert.Equal(31, reading.Refused);
    }

    [Fact]
    public void Cookies_that_were_set_before_are_told_with_what_browsers_make_of_them()
    {
        var reading = Read(Log(
            Entry("POST", "http://a.test/login", 200, answerFields: "Set-Cookie: sid=91c; SameSite=Strict|Set-Cookie: bad=1; SameSite=None|Set-Cookie: x=y\\nz=w"),
            Entry("GET", "http://other.test/", 200, answerFields: "Set-Cookie: o=1"),
            Entry("GET", "http://a.test/paid", 401, "Sec-Fetch-Site: cross-site")));
        var beside = Assert.Single(reading.Refusals).Beside;
        Assert.Equal(["sid", "x", "z"], beside.OfType<JarCookie>().Select(cookie => cookie.Cookie.Name));
        Assert.Equal(CookieRefusal.SameSiteNoneWithoutSecure, beside.OfType<CookieSetBefore>().Single(set => set.Cookie.Name == "bad").Decision.Refusal);
    }

    [Fact]
    public void A_preflight_that_is_refused_is_the_refusal_and_the_silent_request_behind_it_is_not_told_twice()
    {
        var reading = Read(Log(
            Entry("OPTIONS", "https://a.test/x", 401, "Access-Control-Request-Method: PUT|Origin: https://b.test", more: "\"_resourceType\":\"preflight\","),
            Entry("PUT", "https://a.test/x", 0, more: "\"_resourceType\":\"fetch\",")));
        Assert.Equal("OPTIONS", Assert.Single(reading.Refusals).Refused.Request.Method);
        Assert.DoesNotContain(reading.LeftOut, left => left.What.Contains("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_that_is_sent_to_a_login_page_was_refused_and_a_person_was_not()
    {
        var login = "Location: https://a.test/login?next=%2Fapi";
        Assert.Single(Read(Log(Entry("GET", "https://a.test/api", 302, "Accept: application/json", login))).Refusals);
        Assert.Empty(Read(Log(Entry("GET", "https://a.test/account", 302, "Sec-Fetch-Mode: navigate", login))).Refusals);
    }

    [Fact]
    public void What_browsers_and_proxies_do_differently_is_read_all_the_same()
    {
        var reading = Read("\uFEFF" + """
            {"log":{"entries":[
              {"_webSocketMessages":[{"data":"x"}],"request":{"method":"GET","url":"https://a.test/h2","httpVersion":"HTTP/2","headers":[{"name":":authority","value":"a.test"},{"name":"authorization","value":"Bearer x"}],
                "cookies":[{"name":"sid","value":"1"},{"name":"kept","value":"2","blockedReasons":["SameSiteLax"]}]},
               "response":{"status":"403","statusText":"Forbidden","headers":[{"name":"www-authenticate","value":"Basic realm=\"a\""}],"content":{"encoding":"base64","text":"bm8gYWNjZXNz"}}},
              {"request":{"method":"GET","url":"data:text/plain,x","headers":[]},"response":{"status":403,"headers":[]}},
              {"request":{"method":"GET","url":"https://a.test/bare","headers":[]},"response":{"status":401,"headers":null,"content":null}},
              {"response":{"status":403}}, 5, null
            ]}}
            """);
        Assert.Null(reading.Fault);
        Assert.Equal(2, reading.Refusals.Count);
        var first = reading.Refusals[0];
        Assert.Equal("no access", first.Refused.Answer!.Text);
        Assert.Equal("sid=1", first.Refused.Request.Value("Cookie"));
        Assert.Contains(first.Beside, observation => observation is CookieKeptBack { Name: "kept", Reasons: "SameSiteLax" });
        Assert.Contains(reading.LeftOut, left => left.What.Contains("without their fields", StringComparison.Ordinal));
        Assert.Contains(reading.LeftOut, left => left is { Position: 4 });
    }

    [Fact]
    public void A_recording_without_any_cookie_is_said_to_be_one()
    {
        Assert.Contains(Read(Log(Entry("GET", "https://a.test/", 401))).LeftOut, left => left.What.Contains("without sensitive data", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"log\":{}}")]
    [InlineData("{\"log\":{\"entries\":[{\"request\":")]
    [InlineData("{\"log\":{\"entries\":[}")]
    [InlineData("<html>")]
    public void A_broken_recording_is_one_sentence(string json)
    {
        Assert.NotNull(Read(json).Fault);
    }

    [Fact]
    public void What_was_read_before_a_fault_is_told()
    {
        var whole = Log(Entry("GET", "https://a.test/", 403), Entry("GET", "https://a.test/b", 403));
        var reading = Read(whole[..^40]);
        Assert.NotNull(reading.Fault);
        Assert.NotEmpty(reading.Refusals);
    }

    [Fact]
    public void Any_octets_are_read_without_an_exception()
    {
        var valid = Log(Entry("GET", "https://a.test/old", 301, answerFields: "Location: /new"), Entry("GET", "https://a.test/new", 403, "Cookie: a=b", "Set-Cookie: a=\\u00e4\\ud83d\\ude00", "no"));
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 40], Gen.OneOf(Gen.Const("\""), Gen.Const("{"), Gen.Const("]"), Gen.Const("\\u12"), Gen.Const("\\"), Gen.Const("null"), Gen.String)).Array[1, 4].Sample(edits =>
        {
            var text = valid;
            foreach (var (at, cut, put) in edits)
            {
                var place = Math.Min(at, text.Length);
                text = text[..place] + put + text[Math.Min(text.Length, place + cut)..];
            }

            Read(text);
        });
        Gen.Byte.Array[0, 200].Sample(octets => HarFile.Read(new MemoryStream(octets)));
    }

    [Fact]
    public void A_large_recording_is_read_in_bounded_memory()
    {
        // 60 MB here, 500 MB at night: the memory must not grow with it.
        var size = Environment.GetEnvironmentVariable("GATEHOUSE_NIGHTLY") == "1" ? 500L << 20 : 60L << 20;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        using var stream = new Endless(size, () => peak = Math.Max(peak, GC.GetTotalMemory(false)));
        var reading = HarFile.Read(stream);
        Assert.Null(reading.Fault);
        Assert.True(reading.Refused > 10 && reading.Entries > 100, $"{reading.Refused} of {reading.Entries}");
        Assert.True(peak - before < 100L << 20, $"{(peak - before) >> 20} MB for {size >> 20} MB");
    }

    /// <summary>A recording as large as wanted, made while it is read: every hundredth entry is refused, every fiftieth has a body of two megabytes.</summary>
    private sealed class Endless(long size, Action look) : Stream
    {
        private readonly byte[] small = Encoding.UTF8.GetBytes("," + Entry("GET", "https://a.test/x", 200, "Cookie: a=b", body: new string('x', 20_000)));
        private readonly byte[] refused = Encoding.UTF8.GetBytes("," + Entry("GET", "https://a.test/y", 403, "Cookie: a=b", body: new string('y', 20_000)));
        private readonly byte[] large = Encoding.UTF8.GetBytes("," + Entry("GET", "https://a.test/z", 200, body: new string('z', 2 << 20)));
        private byte[] part = Encoding.UTF8.GetBytes("{\"log\":{\"entries\":[null");
        private int at;
        private int number;
        private long given;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (at == part.Length)
            {
                if (given < 0) return 0;
                at = 0;
                number++;
                part = number % 100 == 0 ? refused : number % 50 == 0 ? large : small;
                if (number % 500 == 0) look();
                if (given > size)
                {
                    part = "]}}"u8.ToArray();
                    given = -1;
                }
            }

            var count = Math.Min(buffer.Length, part.Length - at);
            part.AsSpan(at, count).CopyTo(buffer);
            at += count;
            if (given >= 0) given += count;
            return count;
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
