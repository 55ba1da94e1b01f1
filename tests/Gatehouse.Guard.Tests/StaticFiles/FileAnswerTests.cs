using System.Globalization;

namespace Gatehouse.Guard.Tests.StaticFiles;

/// <summary>How a file that is served is sent: fields, parts, conditions, compressed forms.</summary>
public sealed class FileAnswerTests : ServedFolder
{
    [Fact]
    public async Task A_file_comes_with_its_type_length_date_and_tag()
    {
        Put("a.html", "<p>hello");
        var answer = await AskAsync("/a.html");
        Assert.Equal((200, "<p>hello", "text/html; charset=utf-8", "8", "nosniff"), (answer.Status, answer.Body, answer["Content-Type"], answer["Content-Length"], answer["X-Content-Type-Options"]));
        Assert.NotNull(answer["ETag"]);
        Assert.Equal(File.GetLastWriteTimeUtc(At("a.html")).ToString("R", CultureInfo.InvariantCulture), answer["Last-Modified"]);
    }

    [Fact]
    public async Task Head_has_the_fields_and_no_body()
    {
        Put("a.txt", "12345");
        await using var wire = await Wire.OpenAsync(Port);
        await wire.SendAsync("HEAD /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var answer = await wire.ReadAsync(withoutBody: true);
        Assert.Equal((200, "5"), (answer.Status, answer["Content-Length"]));
        Assert.True(await wire.IsClosedAsync());
    }

    [Fact]
    public async Task L07_compressed_siblings_stand_for_the_file_and_are_not_served_under_their_own_names()
    {
        Put("page.css", "plain");
        Put("page.css.br", "brotli");
        Put("page.css.gz", "gzip");
        var brotli = await AskAsync("/page.css", "GET", "Accept-Encoding: gzip, br");
        Assert.Equal(("brotli", "br", "text/css; charset=utf-8", "Accept-Encoding"), (brotli.Body, brotli["Content-Encoding"], brotli["Content-Type"], brotli["Vary"]));
        Assert.Equal("gzip", (await AskAsync("/page.css", "GET", "Accept-Encoding: gzip, br;q=0")).Body);
        var plain = await AskAsync("/page.css");
        Assert.Equal(("plain", null, "Accept-Encoding"), (plain.Body, plain["Content-Encoding"], plain["Vary"]));
        Assert.NotEqual(plain["ETag"], brotli["ETag"]);
        Assert.Equal((403, "resource.denied"), ((await AskAsync("/page.css.br")).Status, (await AskAsync("/page.css.gz"))["Cause"]));
        Put("archive.tar.gz", "alone");
        Assert.Equal("alone", (await AskAsync("/archive.tar.gz")).Body);

        // A form that is older than the file is of another file.
        File.SetLastWriteTimeUtc(At("page.css.br"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal("gzip", (await AskAsync("/page.css", "GET", "Accept-Encoding: gzip, br")).Body);
    }

    [Theory]
    [InlineData("bytes=0-1", 206, "01", "bytes 0-1/10")]
    [InlineData("bytes=8-", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-99", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=5-99999999999999999999", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=-0", 416, "", "bytes */10")]
    [InlineData("bytes=3-1", 200, "0123456789", null)]
    [InlineData("bytes=a-b", 200, "0123456789", null)]
    [InlineData("lines=0-1", 200, "0123456789", null)]
    [InlineData("bytes=0-1,3-4,0-9", 200, "0123456789", null)]
    public async Task L08_one_range_is_served_and_nothing_else_costs_more_than_the_file(string range, int status, string body, string? contentRange)
    {
        Put("ten.txt", "0123456789");
        var answer = await AskAsync("/ten.txt", "GET", "Range: " + range);
        Assert.Equal((status, body, contentRange), (answer.Status, answer.Body, answer["Content-Range"]));
        Put("large.bin", new string('x', 100_000) + "0123456789");
        if (status == 206 && range[6] != '-' && range is not "bytes=5-99999999999999999999" and not "bytes=8-") Assert.Equal("xx", (await AskAsync("/large.bin", "GET", "Range: " + range)).Body);
    }

    [Fact]
    public async Task L08_a_thousand_ranges_are_one_whole_file()
    {
        Put("ten.txt", "0123456789");
        Assert.Equal(200, (await AskAsync("/ten.txt", "GET", "Range: bytes=" + string.Join(',', Enumerable.Repeat("0-9", 1000)))).Status);
    }

    [Fact]
    public async Task Conditional_requests_are_answered_as_RFC_9110_says()
    {
        Put("a.txt", "0123456789");
        var first = await AskAsync("/a.txt");
        var (tag, date) = (first["ETag"]!, first["Last-Modified"]!);
        var unchanged = await AskAsync("/a.txt", "GET", "If-None-Match: \"other\", W/" + tag);
        Assert.Equal((304, "", tag), (unchanged.Status, unchanged.Body, unchanged["ETag"]));
        Assert.Equal(304, (await AskAsync("/a.txt", "GET", "If-None-Match: *")).Status);
        Assert.Equal(200, (await AskAsync("/a.txt", "GET", "If-None-Match: \"other\"", "If-Modified-Since: " + date)).Status);
        Assert.Equal(304, (await AskAsync("/a.txt", "GET", "If-Modified-Since: " + date)).Status);
        Assert.Equal(200, (await AskAsync("/a.txt", "GET", "If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT")).Status);
        Assert.Equal(412, (await AskAsync("/a.txt", "GET", "If-Match: \"other\"")).Status);
        Assert.Equal(412, (await AskAsync("/a.txt", "GET", "If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT")).Status);
        Assert.Equal(206, (await AskAsync("/a.txt", "GET", "Range: bytes=0-0", "If-Range: " + tag)).Status);
        Assert.Equal(206, (await AskAsync("/a.txt", "GET", "Range: bytes=0-0", "If-Range: " + date)).Status);
        Assert.Equal(200, (await AskAsync("/a.txt", "GET", "Range: bytes=0-0", "If-Range: \"other\"")).Status);
        Put("a.txt", "9876543210");
        Assert.Equal("9876543210", (await AskAsync("/a.txt", "GET", "If-None-Match: " + tag)).Body);
    }

    [Fact]
    public async Task A_large_file_is_sent_whole()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(At("large.bin"), bytes);
        using var client = new HttpClient();
        Assert.Equal(bytes, await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{Port}/large.bin")));
    }
}
