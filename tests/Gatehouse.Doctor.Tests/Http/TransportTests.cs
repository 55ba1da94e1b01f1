using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Wire;

namespace Gatehouse.Doctor.Tests.Http;

/// <summary>Bad input over real sockets (row R08 of the Doctor's threats among it): one clear sentence each, and nothing hangs.</summary>
public class TransportTests
{
    private static readonly WireSettings Settings = new() { Clock = TimeProvider.System, Timeout = TimeSpan.FromSeconds(2) };

    private static Task<Exchange> GetAsync(string url, WireSettings? settings = null, params Field[] fields) =>
        new Transport(settings ?? Settings).SendAsync(new SentRequest { Method = "GET", Url = new Uri(url), Fields = [new("Host", "x"), .. fields] }, Variation.AsGiven, "as given", TestContext.Current.CancellationToken);

    [Fact]
    public async Task Fields_come_in_their_order_doubled_folded_and_malformed_as_they_stood()
    {
        await using var server = new RawServer("HTTP/1.1 401 Nein\r\nSet-Cookie: a=1\r\nX-B: 1\r\nset-cookie: b=2\r\nX-Fold: one\r\n  two\r\nno colon here\r\nWWW-Authenticate: Basic realm=\"\u00e4\"\r\nContent-Length: 2\r\n\r\nhi");
        var answer = (await GetAsync(server.Url)).Answer!;
        Assert.Equal((401, "Nein"), (answer.Status, answer.Reason));
        Assert.Equal(["Set-Cookie", "X-B", "set-cookie", "X-Fold", "no colon here", "WWW-Authenticate", "Content-Length"], answer.Fields.Select(field => field.Name));
        Assert.Equal(["a=1", "b=2"], answer.Values("Set-Cookie"));
        Assert.Equal("one two", answer.Value("x-fold"));
        Assert.Equal("Basic realm=\"\u00e4\"", answer.Value("www-authenticate"));
        Assert.Equal("hi", answer.Text);
    }

    [Fact]
    public async Task What_is_given_is_sent_octet_by_octet_doubled_and_malformed_too()
    {
        await using var server = new RawServer(RawServer.Answer("401 Unauthorized"));
        await GetAsync(server.Url, null, new("Authorization", "Basic alice:w\u00f6nder"), new("Authorization", "Bearer  Bearer x"), new("X-Empty", ""));
        Assert.Equal("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic alice:w\u00f6nder\r\nAuthorization: Bearer  Bearer x\r\nX-Empty:\r\n\r\n", server.Heads[0]);
    }

    [Fact]
    public async Task Interim_answers_are_skipped_and_a_flood_of_them_is_a_fault()
    {
        await using var few = new RawServer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RawServer.Answer("403 Forbidden"));
        Assert.Equal(403, (await GetAsync(few.Url)).Status);
        await using var flood = new RawServer(async (_, stream, cancel) =>
        {
            while (true) await stream.WriteAsync("HTTP/1.1 103 Early Hints\r\n\r\n"u8.ToArray(), cancel);
        });
        var exchange = await GetAsync(flood.Url);
        Assert.Equal(ExchangeFault.Protocol, exchange.Fault);
        Assert.Contains("interim", exchange.FaultText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a header of a megabyte")]
    [InlineData("ten thousand fields")]
    [InlineData("a status line without end")]
    public async Task A_head_without_measure_is_a_fault(string what)
    {
        var text = what switch
        {
            "a header of a megabyte" => "HTTP/1.1 403 Forbidden\r\nX-Big: " + new string('a', 1 << 20) + "\r\n\r\n",
            "ten thousand fields" => "HTTP/1.1 403 Forbidden\r\n" + string.Concat(Enumerable.Repeat("a:b\r\n", 10_000)) + "\r\n",
            _ => "HTTP/1.1 403 " + new string('x', 1 << 20),
        };
        await using var server = new RawServer(text);
        Assert.Equal(ExchangeFault.Protocol, (await GetAsync(server.Url)).Fault);
    }

    [Fact]
    public async Task What_is_no_HTTP_is_said_with_its_first_words()
    {
        await using var server = new RawServer("SSH-2.0-OpenSSH_9.6\r\n");
        var exchange = await GetAsync(server.Url);
        Assert.Equal(ExchangeFault.Protocol, exchange.Fault);
        Assert.Contains("SSH-2.0", exchange.FaultText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_ends_with_the_time_out()
    {
        await using var server = new RawServer((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        var begun = Stopwatch.GetTimestamp();
        var exchange = await GetAsync(server.Url, Settings with { Timeout = TimeSpan.FromMilliseconds(400) });
        Assert.Equal(ExchangeFault.TimedOut, exchange.Fault);
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_body_without_end_is_cut_and_the_head_still_counts()
    {
        await using var endless = new RawServer(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\n\r\n"u8.ToArray(), cancel);
            var block = new byte[65_536];
            while (true) await stream.WriteAsync(block, cancel);
        });
        var cut = (await GetAsync(endless.Url)).Answer!;
        Assert.True(cut.BodyCut);
        Assert.Equal(WireLimits.BodyInBytes, cut.Body.Length);

        await using var trickle = new RawServer(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 401 Unauthorized\r\n\r\nevent"u8.ToArray(), cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        });
        var waited = (await GetAsync(trickle.Url)).Answer!;
        Assert.Equal((401, true, "event"), (waited.Status, waited.BodyCut, waited.Text));
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n3\r\nyou\r\n0\r\nTrailer: 1\r\n\r\n", "helloyou", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", "", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "hel", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", "he", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello", "", true)]
    [InlineData("Content-Length: 9\r\n\r\nhello", "hello", true)]
    [InlineData("Content-Length: 4\r\n\r\nhello", "hell", false)]
    [InlineData("\r\nhello", "hello", false)]
    public async Task Bodies_are_read_by_their_framing_and_broken_ones_are_kept_as_far_as_they_came(string rest, string body, bool cut)
    {
        await using var server = new RawServer("HTTP/1.1 403 Forbidden\r\n" + rest);
        var answer = (await GetAsync(server.Url)).Answer!;
        Assert.Equal((body, cut), (answer.Text, answer.BodyCut));
        Assert.Equal(cut, answer.BodyFault is not null);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public async Task Every_content_coding_is_taken_off(string coding)
    {
        var packed = Encoding.UTF8.GetBytes("Zugriff verweigert: ä");
        foreach (var one in coding.Split(", ")) packed = Packed(one, packed);
        await using var server = new RawServer(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 403 Forbidden\r\nContent-Encoding: {coding.Replace("raw ", "", StringComparison.Ordinal)}\r\nContent-Length: {packed.Length}\r\n\r\n"), cancel);
            await stream.WriteAsync(packed, cancel);
        });
        Assert.Equal("Zugriff verweigert: ä", (await GetAsync(server.Url)).Answer!.Text);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task A_compressed_bomb_stays_small(string coding)
    {
        var bomb = Packed(coding, new byte[64 << 20]);
        await using var server = new RawServer(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 403 Forbidden\r\nContent-Encoding: {coding}\r\nContent-Length: {bomb.Length}\r\n\r\n"), cancel);
            await stream.WriteAsync(bomb, cancel);
        });
        var answer = (await GetAsync(server.Url)).Answer!;
        Assert.True(answer.BodyCut);
        Assert.InRange(answer.Body.Length, 0, WireLimits.DecodedInBytes);
    }

    [Fact]
    public async Task An_unknown_host_and_a_closed_port_are_told_apart()
    {
        Assert.Equal(ExchangeFault.UnknownHost, (await GetAsync("http://nothing.invalid/")).Fault);
        var closed = new RawServer("");
        var url = closed.Url;
        await closed.DisposeAsync();
        Assert.Equal(ExchangeFault.ConnectionRefused, (await GetAsync(url)).Fault);
        await using var mute = new RawServer((_, _, _) => Task.CompletedTask);
        Assert.Equal(ExchangeFault.ConnectionReset, (await GetAsync(mute.Url)).Fault);
    }

    [Fact]
    public async Task A_name_is_connected_to_where_resolve_says()
    {
        await using var server = new RawServer(RawServer.Answer("403 Forbidden"));
        var exchange = await GetAsync($"http://app.example.test:{server.Port}/", Settings with { Resolve = [new("app.example.test", server.Port, "127.0.0.1", 0)] });
        Assert.Equal(403, exchange.Status);
        Assert.Equal("127.0.0.1", exchange.To!.ToString());
    }

    [Fact]
    public async Task A_proxy_gets_the_absolute_form_and_its_own_credentials()
    {
        await using var proxy = new RawServer(RawServer.Answer("403 Forbidden"));
        var exchange = await GetAsync("http://site.example/a?b=c", Settings with { Proxy = new Uri($"http://me:pw@127.0.0.1:{proxy.Port}") });
        Assert.Equal(403, exchange.Status);
        Assert.StartsWith("GET http://site.example/a?b=c HTTP/1.1\r\n", proxy.Heads[0], StringComparison.Ordinal);
        Assert.Contains("Proxy-Authorization: Basic bWU6cHc=\r\n", proxy.Heads[0], StringComparison.Ordinal);
        Assert.Null(exchange.To);
    }

    [Fact]
    public async Task A_proxy_that_refuses_the_tunnel_is_the_one_that_answered()
    {
        await using var proxy = new RawServer(RawServer.Answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=p\r\n"));
        var exchange = await GetAsync("https://site.example/", Settings with { Proxy = new Uri($"http://127.0.0.1:{proxy.Port}") });
        Assert.Equal((407, true), (exchange.Status, exchange.AnsweredByProxy));
        Assert.StartsWith("CONNECT site.example:443 HTTP/1.1\r\n", proxy.Heads[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.1", false)]
    [InlineData("192.0.0.8", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:1::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("64:ff9b::808:808", true)]
    public void R01_R02_inner_addresses_are_known_in_all_their_clothes(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.Contains(System.Net.IPAddress.Parse(address)));

    [Fact]
    public async Task R01_a_redirect_of_a_public_site_does_not_reach_inner_addresses()
    {
        await using var server = new RawServer(RawServer.Answer("200 OK"));
        var exchange = await GetAsync(server.Url, Settings with { PublicOnly = true });
        Assert.Equal(ExchangeFault.ConnectionRefused, exchange.Fault);
        Assert.Empty(server.Heads);
    }

    private static byte[] Packed(string coding, byte[] clear)
    {
        using var packed = new MemoryStream();
        using (Stream coder = coding switch
        {
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "raw deflate" => new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
        }) coder.Write(clear);
        return packed.ToArray();
    }
}
