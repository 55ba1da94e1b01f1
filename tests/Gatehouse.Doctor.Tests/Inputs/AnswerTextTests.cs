using CsCheck;
using Gatehouse.Doctor.Inputs.Answers;

namespace Gatehouse.Doctor.Tests.Inputs;

public class AnswerTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private const string Verbose = """
        * Host api.test:443 was resolved.
        * Connected to api.test (192.0.2.1) port 443
        * SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384
        > GET /items?x=1 HTTP/2
        > Host: api.test
        > user-agent: curl/8.14.1
        > authorization: Bearer abc
        >
        < HTTP/2 401
        < date: Tue, 24 Nov 2026 11:59:00 GMT
        < www-authenticate: Bearer error="invalid_token"
        <
        { [25 bytes data]
        {"error":"invalid_token"}
        * Connection #0 to host api.test left intact
        """;

    private static string Shown(string text, Uri? url = null)
    {
        var reading = AnswerText.Read(text, url, Now);
        return string.Join(" ; ", reading.Exchanges.Select(exchange => $"{exchange.Request.Method} {exchange.Request.Url.OriginalString}{string.Concat(exchange.Request.Fields.Select(field => $" {field.Name}={field.Value}"))} -> {exchange.Status} {exchange.Answer!.Reason}{string.Concat(exchange.Answer.Fields.Select(field => $" {field.Name}={field.Value}"))} [{exchange.Answer.Text}]"))
            + (reading.Beside.OfType<RequestNotShown>().Any() ? " request not shown" : "");
    }

    [Theory]
    [InlineData(Verbose, "GET https://api.test/items?x=1 Host=api.test user-agent=curl/8.14.1 authorization=Bearer abc -> 401  date=Tue, 24 Nov 2026 11:59:00 GMT www-authenticate=Bearer error=\"invalid_token\" [{\"error\":\"invalid_token\"}]")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nServer: nginx\r\n\r\n<h1>403</h1>\r\n", "GET https://not-shown.invalid/ -> 403 Forbidden Server=nginx [<h1>403</h1>] request not shown")]
    [InlineData("HTTP/1.1 100 Continue\n\nHTTP/1.1 301 Moved\nLocation: https://b.test/x\n\nHTTP/2 403\nserver: b\n\nno: way\nHTTP/1.1 is a protocol", "GET https://not-shown.invalid/ -> 301 Moved Location=https://b.test/x [] ; GET https://b.test/x -> 403  server=b [no: way\nHTTP/1.1 is a protocol] request not shown")]
    [InlineData("GET /a HTTP/1.1\nHost: h.test:8080\nAccept: */*\n\n\n\nHTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"r\"\n\n", "GET http://h.test:8080/a Host=h.test:8080 Accept=*/* -> 401 Unauthorized WWW-Authenticate=Basic realm=\"r\" []")]
    [InlineData("POST /a HTTP/1.1\nHost: h.test\n\n{\"x\": 1}\n\nHTTP/1.1 403 Forbidden\nA: b\n\nno", "POST http://h.test/a Host=h.test -> 403 Forbidden A=b [no]")]
    [InlineData("--2026-11-24 12:00:00--  http://h.test/a\nResolving h.test... 192.0.2.1\nHTTP request sent, awaiting response...\n  HTTP/1.1 403 Forbidden\n  Server: nginx\n  Content-Length: 9\n2026-11-24 12:00:00 ERROR 403: Forbidden.\n", "GET http://h.test/a -> 403 Forbidden Server=nginx Content-Length=9 [] request not shown")]
    [InlineData("Request URL: https://h.test/a\nRequest Method: POST\nStatus Code: 403 Forbidden\nRemote Address: 192.0.2.1:443\nserver: cloudflare\ncf-ray: 1-X\n", "POST https://h.test/a -> 403 Forbidden server=cloudflare cf-ray=1-X [] request not shown")]
    [InlineData(":status: 403\nserver: a\n", "GET https://not-shown.invalid/ -> 403  server=a [] request not shown")]
    [InlineData("\x1b[34mHTTP\x1b[39;49;00m/\x1b[34m1.1\x1b[39;49;00m \x1b[34m403\x1b[39;49;00m Forbidden\nServer: x\n\n", "GET https://not-shown.invalid/ -> 403 Forbidden Server=x [] request not shown")]
    [InlineData("$ curl -i http://h.test/\nHTTP/1.1 403 Forbidden\nServer: x\n\nno", "GET https://not-shown.invalid/ -> 403 Forbidden Server=x [no] request not shown")]
    public void A_pasted_answer_is_read(string text, string expected) => Assert.Equal(expected, Shown(text));

    [Fact]
    public void An_address_given_beside_counts_where_the_text_tells_none()
    {
        Assert.StartsWith("GET http://a.test/b ->", Shown("HTTP/1.1 403 Forbidden\nA: b\n\n", new("http://a.test/b")), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_without_a_status_are_asked_for_it_and_log_lines_are_handed_on()
    {
        Assert.Contains(AnswerText.Read("server: nginx\ndate: Tue\ncontent-type: text/html\nx: y", null, Now).LeftOut, left => left.What.Contains("status line", StringComparison.Ordinal));
        Assert.Contains(AnswerText.Read("<html>403</html>", null, Now).LeftOut, left => left.What.Contains("curl -i", StringComparison.Ordinal));
        var line = "203.0.113.5 - - [24/Nov/2026:12:00:00 +0000] \"GET /a HTTP/1.1\" 403 9 \"-\" \"x\"";
        Assert.Equal([line], AnswerText.Read(line + "\n", null, Now).LogLines);
        Assert.Single(AnswerText.Read("2026/11/24 12:00:00 [error] 1#1: *1 access forbidden by rule, client: 1.2.3.4, server: x, request: \"GET / HTTP/1.1\"", null, Now).LogLines);
    }

    [Fact]
    public void Any_text_is_read_without_an_exception()
    {
        Gen.Select(Gen.Int[0, Verbose.Length], Gen.Int[0, 60], Gen.OneOf(Gen.String, Gen.String[Gen.Char["<> *:\nHTP/1.2 403\x1b[m"], 0, 20])).Array[1, 5].Sample(edits =>
        {
            var text = Verbose;
            foreach (var (at, cut, put) in edits)
            {
                var place = Math.Min(at, text.Length);
                text = text[..place] + put + text[Math.Min(text.Length, place + cut)..];
            }

            AnswerText.Read(text, null, Now);
        }, iter: 2000);
        Assert.Single(AnswerText.Read(new string('x', AnswerText.MaxLength + 1), null, Now).LeftOut);
    }
}
