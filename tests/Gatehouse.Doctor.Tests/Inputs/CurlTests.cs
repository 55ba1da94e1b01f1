using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Doctor.Tests.Inputs;

public class CurlTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["token.hdr"] = "Authorization: Bearer abc\r\nX-Two: 2\n",
        ["body.json"] = "{\"a\":\n1}\n",
        ["jar.txt"] = "# Netscape HTTP Cookie File\n#HttpOnly_127.0.0.1\tFALSE\t/app\tFALSE\t0\tsid\tk81\n127.0.0.1\tFALSE\t/\tFALSE\t1\told\tx\n127.0.0.1\tFALSE\t/\tFALSE\t4102444800\ta\tb\n",
        ["curlrc"] = "# mine\nuser-agent = \"my \\\"agent\\\"\"\n--header \"X-A: 1\"\nurl=http://h/c\n",
    };

    private static readonly InputSources Sources = new(
        name => Files.TryGetValue(name, out var text) ? new(Encoding.UTF8.GetBytes(text), null) : new(default, $"`{name}` can't be read: there is no such file"), _ => null, Now);

    private static Transfer One(params string[] arguments)
    {
        var reading = CopiedCommand.Read(arguments, Sources);
        Assert.Empty(reading.LeftOut);
        return Assert.Single(reading.Transfers);
    }

    private static string Shown(Transfer transfer)
    {
        var request = transfer.Request;
        var own = request.Fields.Where(field => field is not { Name: "User-Agent", Value: "curl/8.14.1" } and not { Name: "Accept", Value: "*/*" });
        return $"{request.Method} {request.Url.OriginalString}{string.Concat(own.Select(field => $" | {field.Name}: {field.Value}"))}{(request.Body.IsEmpty ? "" : $" || {Encoding.UTF8.GetString(request.Body.Span)}")}";
    }

    [Theory]
    [InlineData("curl http://h/a", "GET http://h/a")]
    [InlineData("curl -sSLk 'http://h/a'", "GET http://h/a")]
    [InlineData("curl -XDELETE h/a", "DELETE http://h/a")]
    [InlineData("curl -I example.com", "HEAD http://example.com/")]
    [InlineData("curl -HFoo:bar http://h/ -H 'X-Empty;' -H 'Accept:'", "GET http://h/ | Foo: bar | X-Empty: ")]
    [InlineData("curl http://h/ -d a=1 -d b=2", "POST http://h/ | Content-Type: application/x-www-form-urlencoded || a=1&b=2")]
    [InlineData("curl -G http://h/?x=0 -d a=1 --data-urlencode 'b=ä &'", "GET http://h/?x=0&a=1&b=%C3%A4%20%26")]
    [InlineData("curl http://h/ --json '{}'", "POST http://h/ | Accept: application/json | Content-Type: application/json || {}")]
    [InlineData("curl -u user:pass http://h/", "GET http://h/ | Authorization: Basic dXNlcjpwYXNz")]
    [InlineData("curl http://user:p%40ss@h/x", "GET http://h/x | Authorization: Basic dXNlcjpwQHNz")]
    [InlineData("curl --digest -u user:pass http://h/", "GET http://h/")]
    [InlineData("curl --oauth2-bearer abc http://h/", "GET http://h/ | Authorization: Bearer abc")]
    [InlineData("curl -b 'a=1; b=2' -A me -e http://r/ http://h/", "GET http://h/ | User-Agent: me | Referer: http://r/ | Cookie: a=1; b=2")]
    [InlineData("curl -d @body.json http://h/", "POST http://h/ | Content-Type: application/x-www-form-urlencoded || {\"a\":1}")]
    [InlineData("curl --data-binary @body.json -H 'content-type: application/json' http://h/", "POST http://h/ | content-type: application/json || {\"a\":\n1}\n")]
    [InlineData("curl -H @token.hdr http://h/", "GET http://h/ | Authorization: Bearer abc | X-Two: 2")]
    [InlineData("curl -K curlrc", "GET http://h/c | User-Agent: my \"agent\" | X-A: 1")]
    [InlineData("curl http://127.0.0.1/app/x -b jar.txt", "GET http://127.0.0.1/app/x | Cookie: sid=k81; a=b")]
    [InlineData("curl http://127.0.0.1/api -b jar.txt", "GET http://127.0.0.1/api | Cookie: a=b")]
    [InlineData("curl http://h/a/../b/./%2e%2e/c?x=/../", "GET http://h/c?x=/../")]
    [InlineData("curl --path-as-is http://h/a/../b", "GET http://h/a/../b")]
    [InlineData("curl http://h/a#part", "GET http://h/a")]
    [InlineData("curl 'http://h/'$'\\u00fc\\x41\\101'", "GET http://h/%C3%BCAA")]
    [InlineData("curl http://h/ -H $'X: it\\'s'", "GET http://h/ | X: it's")]
    [InlineData("curl \\\n  http://h/ \\\r\n -H \"X: a\\\"b\\$c\"", "GET http://h/ | X: a\"b$c")]
    [InlineData("$ curl http://h/ > out.txt 2>&1", "GET http://h/")]
    [InlineData("FOO=1 sudo /usr/bin/curl http://h/", "GET http://h/")]
    [InlineData("curl http://h/ -d @- <<'EOF'\n{\"a\": $1}\nEOF\n", "POST http://h/ | Content-Type: application/x-www-form-urlencoded || {\"a\": $1}")]
    [InlineData("curl -r 0-9 http://h/", "GET http://h/ | Range: bytes=0-9")]
    [InlineData("curl --compressed http://h/", "GET http://h/ | Accept-Encoding: deflate, gzip, br, zstd")]
    public void A_command_line_makes_the_request_that_curl_makes(string text, string expected)
    {
        var reading = CopiedCommand.Read(text, Sources);
        Assert.Empty(reading.LeftOut);
        Assert.Equal(expected, Shown(Assert.Single(reading.Transfers)));
    }

    [Fact]
    public void Separate_arguments_are_taken_as_they_are()
    {
        var transfer = One("curl", "http://127.0.0.1:1/api/items", "-H", "sec-ch-ua: \"Chromium\";v=\"140\"", "-H", "authorization: Bearer $x", "--compressed", "-L", "-k");
        Assert.Equal("Bearer $x", transfer.Request.Value("Authorization"));
        Assert.True(transfer.Options is { FollowRedirects: true, Insecure: true });
    }

    [Fact]
    public void How_the_request_is_made_is_told_too()
    {
        var options = One("curl", "https://h/", "--cert", "c.pem:pw", "--key", "k.pem", "--cacert", "ca.pem", "--resolve", "h:443:127.0.0.1", "--connect-to", "::localhost:8443", "-x", "socks5h://u:p@proxy:1081", "--http2", "-m", "2.5", "--location-trusted", "--max-redirs", "3", "--anyauth").Options;
        Assert.Equal(new ClientCertificate("c.pem", "k.pem", "pw", null), options.Certificate);
        Assert.Equal("ca.pem", options.AuthoritiesFile);
        Assert.Equal([new ConnectOverride("h", 443, "127.0.0.1", 0), new ConnectOverride("", 0, "localhost", 8443)], options.Connections);
        Assert.Equal(new ProxyChoice("socks5h", "proxy", 1081, new("u", "p")), options.Proxy);
        Assert.Equal((new Version(2, 0), TimeSpan.FromSeconds(2.5), true, 3, UserMethods.Any), (options.Protocol, options.Timeout, options.TrustRedirects, options.MaxRedirects, options.Methods));
    }

    [Fact]
    public void Next_begins_a_request_of_its_own()
    {
        var reading = CopiedCommand.Read("curl -H 'A: 1' http://h/1 --next http://h/2", Sources);
        Assert.Equal(["GET http://h/1 | A: 1", "GET http://h/2"], reading.Transfers.Select(Shown));
    }

    [Theory]
    [InlineData("curl http://h/ -H \"Authorization: Bearer $TOKEN\"", "GET http://h/", "TOKEN")]
    [InlineData("curl http://h/ -H \"Authorization: Bearer $(cat t)\"", "GET http://h/", "command substitution")]
    [InlineData("curl http://h/ | jq '.a | .b'", "GET http://h/", "pipe")]
    [InlineData("curl http://h/ --nonsense -H 'A: 1'", "GET http://h/ | A: 1", "--nonsense")]
    [InlineData("curl http://h/ -H 'Authorization Bearer x'", "GET http://h/", "without a colon")]
    [InlineData("curl http://h/ \u2013H 'A: 1'", "GET http://h/", "typographic")]
    [InlineData("curl http://h/a?b=1&c=2", "GET http://h/a?b=1", "outside quotes")]
    [InlineData("curl http://h/ -d @nowhere", "POST http://h/ | Content-Type: application/x-www-form-urlencoded", "no such file")]
    [InlineData("curl http://h/[1-3]/{a,b}", "GET http://h/1/a", "only the first")]
    [InlineData("cd x; curl http://h/", "GET http://h/", "not `curl`")]
    [InlineData("curl http://h/ -H 'A: 1", "GET http://h/ | A: 1", "never closed")]
    public void What_is_not_understood_is_said_and_left_out(string text, string expected, string said)
    {
        var reading = CopiedCommand.Read(text, Sources);
        Assert.Contains(reading.LeftOut, left => left.What.Contains(said, StringComparison.Ordinal));
        Assert.Equal(expected, Shown(reading.Transfers[0]));
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("curl ftp://h/")]
    [InlineData("curl 'http://h/ a'")]
    [InlineData("curl http://h:99999/")]
    [InlineData("curl \"$URL\"")]
    [InlineData("wget http://h/")]
    public void Without_an_address_there_is_no_request_and_the_reason_is_told(string text)
    {
        var reading = CopiedCommand.Read(text, Sources);
        Assert.Empty(reading.Transfers);
        Assert.NotEmpty(reading.LeftOut);
    }

    [Fact]
    public void A_secret_never_stands_in_what_was_left_out()
    {
        var reading = CopiedCommand.Read("curl --headr='Authorization: hunter2' -H 'hunter2' -H 'Authorization; Bearer hunter2' --resolve hunter2 http://h/", Sources);
        Assert.NotEmpty(reading.LeftOut);
        Assert.DoesNotContain(reading.LeftOut, left => left.ToString().Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_form_is_sent_in_parts()
    {
        var request = One("curl", "http://h/", "-F", "a=1", "-F", "f=@body.json;type=application/json", "-F", "t=<body.json").Request;
        var body = Encoding.UTF8.GetString(request.Body.Span);
        Assert.StartsWith("multipart/form-data; boundary=", request.Value("Content-Type"), StringComparison.Ordinal);
        Assert.Contains("name=\"f\"; filename=\"body.json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":", body, StringComparison.Ordinal);
        Assert.EndsWith("--\r\n", body, StringComparison.Ordinal);
    }
}
