namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>Rows C, F and parts of W: methods and framing, byte by byte. What is in doubt ends with 400 and the connection, and nothing of it is served.</summary>
public sealed class FramingRows : IClassFixture<ProxyLab>
{
    private readonly ProxyLab _lab;

    public FramingRows(ProxyLab lab)
    {
        _lab = lab;
        _lab.TakeSeen();
        _lab.Reply = ProxyLab.Plain;
    }

    [Theory]
    [InlineData("F01", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("F01", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n")]
    [InlineData("F01", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("F01", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("F01", "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("F01", "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("F03", "X: a\nY: b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("F03", "X: a\rb\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("F03", "X: a\r\n b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("F03", "X: a\0b\r\nContent-Length: 0\r\n\r\n")]
    public async Task Framing_in_doubt_is_400_and_closed(string row, string rest)
    {
        Assert.NotNull(row);
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        await wire.SendAsync($"POST /public/x HTTP/1.1\r\nHost: lab.test\r\n{rest}GET /admin/smuggled HTTP/1.1\r\nHost: lab.test\r\n\r\n");
        Assert.InRange((await wire.ReadAsync()).Status, 400, 499);
        Assert.True(await wire.IsClosedAsync());
        Assert.Empty(_lab.TakeSeen());
    }

    [Theory]
    [InlineData("F02", "0x1\r\na\r\n0\r\n\r\n")]
    [InlineData("F02", "+1\r\na\r\n0\r\n\r\n")]
    [InlineData("F02", "11111111111111111\r\na\r\n0\r\n\r\n")]
    [InlineData("F02", "1;x=\n\r\na\r\n0\r\n\r\n")]
    public async Task A_bad_chunk_never_makes_a_second_request(string row, string body)
    {
        Assert.NotNull(row);
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        await wire.SendAsync($"POST /public/x HTTP/1.1\r\nHost: lab.test\r\nTransfer-Encoding: chunked\r\n\r\n{body}GET /admin/smuggled HTTP/1.1\r\nHost: lab.test\r\n\r\n");
        Assert.InRange((await wire.ReadAsync()).Status, 400, 502);
        Assert.DoesNotContain(_lab.TakeSeen(), request => request.Contains("smuggled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task F01_a_length_with_a_sign_is_taken_by_the_server_below_and_forwarded_as_the_number_that_it_took()
    {
        // Kestrel reads `+1` as 1, against RFC 9110 section 8.6. The upstream hears of our reading alone, so that the two can't differ.
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        await wire.SendAsync("POST /public/x HTTP/1.1\r\nHost: lab.test\r\nContent-Length: +1\r\n\r\naGET /admin/x HTTP/1.1\r\nHost: lab.test\r\n\r\n");
        Assert.Equal(200, (await wire.ReadAsync()).Status);
        Assert.Equal(401, (await wire.ReadAsync()).Status);
        var seen = _lab.Seen();
        Assert.Contains("\r\nContent-Length: 1\r\n", seen, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\na", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F04_the_body_of_a_refused_request_is_no_request()
    {
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        const string inside = "GET /public/inside HTTP/1.1\r\nHost: lab.test\r\n\r\n";
        await wire.SendAsync($"POST /admin/x HTTP/1.1\r\nHost: lab.test\r\nContent-Length: {inside.Length}\r\n\r\n{inside}GET /public/after HTTP/1.1\r\nHost: lab.test\r\n\r\n");
        Assert.Equal(401, (await wire.ReadAsync()).Status);
        Assert.Equal(200, (await wire.ReadAsync()).Status);
        Assert.StartsWith("GET /app/public/after ", _lab.Seen(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task F05_who_waits_for_100_gets_the_refusal_first()
    {
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        await wire.SendAsync("POST /admin/x HTTP/1.1\r\nHost: lab.test\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(401, (await wire.ReadAsync()).Status);
    }

    [Fact]
    public async Task F07_a_hundred_requests_in_a_row_are_each_judged_alone_and_in_order()
    {
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        var paths = Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? "/public/x" : i % 3 == 1 ? "/admin/x" : "/nothing").ToList();
        await wire.SendAsync(string.Concat(paths.Select(path => $"GET {path} HTTP/1.1\r\nHost: lab.test\r\n\r\n")));
        foreach (var path in paths) Assert.Equal(path switch { "/public/x" => 200, "/admin/x" => 401, _ => 403 }, (await wire.ReadAsync()).Status);
    }

    [Fact]
    public async Task F07_HTTP_1_0_without_a_host_is_served_by_nobody()
    {
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        await wire.SendAsync("GET /public/x HTTP/1.0\r\n\r\n");
        Assert.InRange((await wire.ReadAsync()).Status, 400, 421);
        Assert.Empty(_lab.TakeSeen());
    }

    [Fact]
    public async Task F14_a_head_of_a_megabyte_ends_early()
    {
        await using var wire = await Wire.OpenAsync(_lab.Guard.Port);
        await wire.SendAsync("GET /public/x HTTP/1.1\r\nHost: lab.test\r\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"X-{i}: {new string('a', 1000)}\r\n")));
        Assert.Equal(431, (await wire.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("GeT")]
    [InlineData("TRACE")]
    [InlineData("TRACK")]
    [InlineData("DEBUG")]
    [InlineData("POSTX")]
    [InlineData("FOO")]
    public async Task C01_C03_C05_methods_that_are_none_or_unsafe_are_refused(string method)
    {
        var answer = await _lab.Guard.AskAsync("/public/x", method);
        Assert.Contains(answer.Status, new[] { 400, 403, 405, 501 });
        Assert.Empty(_lab.TakeSeen());
    }

    [Fact]
    public async Task C05_CONNECT_is_refused()
    {
        var answer = await _lab.Guard.RawAsync("CONNECT lab.test:80 HTTP/1.1\r\nHost: lab.test:80\r\n\r\n");
        Assert.InRange(answer.Status, 400, 501);
        Assert.Empty(_lab.TakeSeen());
    }

    [Fact]
    public async Task C02_HEAD_follows_GET()
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/only/x")).Status);
        _lab.Reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
        Assert.Equal(200, (await _lab.Guard.AskAsync("/only/x", "HEAD")).Status);
        Assert.Equal(403, (await _lab.Guard.AskAsync("/only/x", "POST", "Content-Length: 0")).Status);
        var refused = await _lab.Guard.AskAsync("/admin/x", "HEAD");
        Assert.Equal((401, 0), (refused.Status, refused.Bytes.Length));
    }

    [Fact]
    public async Task C06_OPTIONS_is_judged_as_any_method()
    {
        Assert.Equal(401, (await _lab.Guard.AskAsync("/admin/x", "OPTIONS")).Status);
        Assert.Equal(403, (await _lab.Guard.AskAsync("/admin/x", "OPTIONS", LabGuard.As("bob"))).Status);
    }
}
