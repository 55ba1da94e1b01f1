using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.StaticFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Guard.Tests.StaticFiles;

/// <summary>A static site alone, behind the canonical request, on a real Kestrel and a real disk. Refusals are shown as status and finding.</summary>
public sealed partial class StaticSiteTests : IAsyncLifetime
{
    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("gatehouse-site-").FullName, "site");
    private WebApplication? _application;
    private int _port;
    private TimeSpan _recheckAfter = TimeSpan.Zero;
    private bool _ignoresHtaccess;
    private bool _asNobody;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_root);
        foreach (var open in new[] { _root, Path.GetDirectoryName(_root)! }) File.SetUnixFileMode(open, (UnixFileMode)0b111_101_101);
        StaticSite? site = null;
        var canonical = new CanonicalRequest(new RequestSurroundings());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(async context =>
        {
            site ??= new(new() { Root = _root, RecheckAfter = _recheckAfter, IgnoresHtaccess = _ignoresHtaccess });
            var facts = canonical.Read(context, out var ambiguity);
            if (facts is null)
            {
                context.Response.StatusCode = ambiguity!.Status;
                return;
            }

            // The kernel checks files with this thread's file-system user; the site opens files before its first await.
            if (_asNobody && Syscalls.SetFileSystemGroup(65534) + Syscalls.SetFileSystemUser(65534) < 0) throw new InvalidOperationException();
            ValueTask<Gatehouse.Guard.Refusals.Refusal?> serving;
            try
            {
                serving = site.ServeAsync(context, facts, null);
            }
            finally
            {
                if (_asNobody)
                {
                    _ = Syscalls.SetFileSystemUser(0);
                    _ = Syscalls.SetFileSystemGroup(0);
                }
            }

            if (await serving is { } refusal)
            {
                context.Response.StatusCode = refusal.Status;
                context.Response.Headers["Cause"] = refusal.Finding?.Cause.Id ?? refusal.Detail ?? "";
                context.Response.Headers["Where"] = refusal.Finding?.Evidence[0].Where ?? "";
                context.Response.Headers.Allow = refusal.Allow;
                context.Response.ContentLength = 0;
            }
        });
        await _application.StartAsync();
        _port = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _application!.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);
    }

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
        await using var wire = await Wire.OpenAsync(_port);
        await wire.SendAsync("HEAD /a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var answer = await wire.ReadAsync(withoutBody: true);
        Assert.Equal((200, "5"), (answer.Status, answer["Content-Length"]));
        Assert.True(await wire.IsClosedAsync());
    }

    [Fact]
    public async Task Another_method_is_405_with_Allow_where_something_is_and_404_where_nothing_is()
    {
        Put("a.txt", "1");
        var answer = await AskAsync("/a.txt", "POST");
        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer["Allow"]));
        Assert.Equal(404, (await AskAsync("/b.txt", "POST")).Status);
    }

    [Fact]
    public async Task L05_folders_redirect_to_their_slash_serve_their_index_and_are_403_without_one()
    {
        Put("docs/index.html", "docs");
        Put("bare/x.txt", "x");
        var redirect = await AskAsync("/docs?q=1");
        Assert.Equal((308, "/docs/?q=1"), (redirect.Status, redirect["Location"]));
        Assert.Equal("docs", (await AskAsync("/docs/")).Body);
        var bare = await AskAsync("/bare/");
        Assert.Equal((403, "directory.no-index"), (bare.Status, bare["Cause"]));
        Assert.Equal(404, (await AskAsync("/docs/index.html/")).Status);
        Assert.Equal(404, (await AskAsync("/docs/index.html/x")).Status);
    }

    [Fact]
    public async Task Names_are_exact_in_case()
    {
        Put("Secret.txt", "s");
        Assert.Equal(404, (await AskAsync("/secret.txt")).Status);
    }

    [Fact]
    public async Task L01_links_out_of_the_root_in_circles_or_to_nowhere_are_refused_and_links_within_are_followed()
    {
        var outside = Path.Combine(Path.GetDirectoryName(_root)!, "outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "secret.txt"), "secret");
        Put("real.txt", "real");
        File.CreateSymbolicLink(At("file"), Path.Combine(outside, "secret.txt"));
        File.CreateSymbolicLink(At("relative"), "../outside/secret.txt");
        Directory.CreateSymbolicLink(At("folder"), outside);
        File.CreateSymbolicLink(At("chain"), "file");
        File.CreateSymbolicLink(At("circle"), "circle");
        File.CreateSymbolicLink(At("nowhere"), "gone");
        Directory.CreateSymbolicLink(At("proc"), "/proc/self/root");
        File.CreateSymbolicLink(At("within"), "real.txt");
        foreach (var path in new[] { "/file", "/relative", "/folder/secret.txt", "/chain", "/circle", "/nowhere", "/proc/etc/passwd" })
        {
            var answer = await AskAsync(path);
            Assert.Equal((path, 403, "symlink.refused"), (path, answer.Status, answer["Cause"]));
            Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        }

        Assert.Equal(At("folder"), (await AskAsync("/folder/secret.txt"))["Where"]);
        Assert.Equal("real", (await AskAsync("/within")).Body);
    }

    [Fact]
    public async Task A_link_within_the_root_does_not_serve_what_has_a_hidden_name()
    {
        Put(".git/config", "secret");
        File.CreateSymbolicLink(At("config.txt"), ".git/config");
        var answer = await AskAsync("/config.txt");
        Assert.Equal((403, "symlink.refused"), (answer.Status, answer["Cause"]));
    }

    [Fact]
    public async Task L02_a_file_swapped_for_a_link_while_it_is_read_never_gives_bytes_from_outside()
    {
        var outside = Path.Combine(Path.GetDirectoryName(_root)!, "secret.txt");
        await File.WriteAllTextAsync(outside, "SECRET");
        Put("inside.txt", "inside");
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var made = At($"made{i & 1}");
                    File.Delete(made);
                    if ((i & 1) == 0) File.CreateSymbolicLink(made, outside);
                    else File.WriteAllText(made, "inside");
                    File.Move(made, At("inside.txt"), overwrite: true);
                }
            },
            TestContext.Current.CancellationToken);
        var seen = new Dictionary<int, int>();
        for (var i = 0; i < 1000; i++)
        {
            var answer = await AskAsync("/inside.txt");
            seen[answer.Status] = seen.GetValueOrDefault(answer.Status) + 1;
            Assert.Contains(answer.Body, new[] { "inside", "" });
        }

        await stop.CancelAsync();
        await swapping;
        Assert.True(seen.ContainsKey(200) && seen.ContainsKey(403), string.Join(", ", seen));
    }

    [Fact]
    public async Task L04_an_unreadable_file_and_an_unsearchable_folder_are_403_with_the_element_at_fault()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can look at files as somebody else");
        _asNobody = true;
        Put("file.txt", "x");
        Put("closed/deep/file.txt", "x");
        Put("closed-list/file.txt", "x");
        File.SetUnixFileMode(At("file.txt"), UnixFileMode.None);
        File.SetUnixFileMode(At("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        File.SetUnixFileMode(At("closed-list"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        var file = await AskAsync("/file.txt");
        Assert.Equal((403, "file.not-readable", At("file.txt")), (file.Status, file["Cause"], file["Where"]));
        var folder = await AskAsync("/closed/deep/file.txt");
        Assert.Equal((403, "directory.not-searchable", At("closed")), (folder.Status, folder["Cause"], folder["Where"]));
        Assert.Equal(403, (await AskAsync("/closed/missing.txt")).Status);

        // Search without read is all that a server needs.
        Assert.Equal(200, (await AskAsync("/closed-list/file.txt")).Status);

        // The way to the root counts as well.
        File.SetUnixFileMode(Path.GetDirectoryName(_root)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var root = await AskAsync("/closed-list/file.txt");
        Assert.Equal((403, "directory.not-searchable", Path.GetDirectoryName(_root)), (root.Status, root["Cause"], root["Where"]));
    }

    [Theory]
    [InlineData("/.git/config")]
    [InlineData("/.env")]
    [InlineData("/.htaccess")]
    [InlineData("/.htpasswd")]
    [InlineData("/a/.hidden/x")]
    [InlineData("/web.config")]
    [InlineData("/WEB.CONFIG")]
    [InlineData("/index.php.BAK")]
    [InlineData("/index.php~")]
    [InlineData("/.index.php.swp")]
    [InlineData("/Thumbs.db")]
    [InlineData("/a/.well-known/x")]
    public async Task L06_names_that_are_never_meant_for_visitors_are_refused_whether_they_exist_or_not(string path)
    {
        Assert.Equal(403, (await AskAsync(path)).Status);
        Put(path[1..], "secret");
        var answer = await AskAsync(path);
        Assert.Equal((403, "resource.denied"), (answer.Status, answer["Cause"]));
    }

    [Fact]
    public async Task The_folder_well_known_is_served()
    {
        Put(".well-known/security.txt", "Contact: x");
        Assert.Equal(200, (await AskAsync("/.well-known/security.txt")).Status);
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
    public async Task L10_devices_fifos_and_sockets_are_refused_without_waiting_and_empty_files_are_served()
    {
        Assert.Equal(0, Syscalls.MakeNode(At("fifo"), 0x1000 | 0x1FF, 0));
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(At("socket")));
        Put("empty.txt", "");
        foreach (var path in new[] { "/fifo", "/socket" })
        {
            var answer = await AskAsync(path);
            Assert.Equal((path, 403, "resource.denied"), (path, answer.Status, answer["Cause"]));
        }

        if (Syscalls.MakeNode(At("device"), 0x2000 | 0x1FF, (1 << 8) | 5) == 0) Assert.Equal(403, (await AskAsync("/device")).Status);
        var empty = await AskAsync("/empty.txt");
        Assert.Equal((200, "0"), (empty.Status, empty["Content-Length"]));
    }

    [Fact]
    public async Task A_large_file_is_sent_whole()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(At("large.bin"), bytes);
        using var client = new HttpClient();
        Assert.Equal(bytes, await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{_port}/large.bin")));
    }

    [Fact]
    public async Task L12_a_folder_with_a_htaccess_file_is_refused_with_all_below_it_unless_it_is_to_be_ignored()
    {
        Put("open/a.txt", "a");
        Put("kept/.htaccess", "Require all denied");
        Put("kept/deep/b.txt", "b");
        var answer = await AskAsync("/kept/deep/b.txt");
        Assert.Equal((403, "htaccess.ignored", At("kept/.htaccess")), (answer.Status, answer["Cause"], answer["Where"]));
        Assert.Equal(403, (await AskAsync("/kept/")).Status);
        Assert.Equal(200, (await AskAsync("/open/a.txt")).Status);
        Put("linked/c.txt", "c");
        File.CreateSymbolicLink(At("linked/.htaccess"), "/etc/hostname");
        Assert.Equal("htaccess.ignored", (await AskAsync("/linked/c.txt"))["Cause"]);
    }

    [Fact]
    public async Task L12_htaccess_ignore_serves_the_folder_and_still_not_the_file()
    {
        _ignoresHtaccess = true;
        Put("kept/.htaccess", "Require all denied");
        Put("kept/b.txt", "b");
        Assert.Equal("b", (await AskAsync("/kept/b.txt")).Body);
        Assert.Equal(403, (await AskAsync("/kept/.htaccess")).Status);
    }

    [Fact]
    public async Task What_is_kept_in_memory_follows_the_disk_within_a_second()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can look at files as somebody else");
        _asNobody = true;
        _recheckAfter = TimeSpan.FromSeconds(1);
        Put("a.txt", "one");
        Put("b.txt", "one");
        Put("c.txt", "one");
        foreach (var name in new[] { "a", "b", "c" }) Assert.Equal("one", (await AskAsync($"/{name}.txt")).Body);
        Put("a.txt", "two");
        File.SetUnixFileMode(At("b.txt"), UnixFileMode.None);
        File.Delete(At("c.txt"));
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        Assert.Equal("two", (await AskAsync("/a.txt")).Body);
        Assert.Equal(403, (await AskAsync("/b.txt")).Status);
        Assert.Equal(404, (await AskAsync("/c.txt")).Status);
        Put("c.txt", "back");
        Assert.Equal("back", (await AskAsync("/c.txt")).Body);
    }

    private string At(string name) => Path.Combine(_root, name);

    private void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    private async Task<Answer> AskAsync(string path, string method = "GET", params string[] fields)
    {
        await using var wire = await Wire.OpenAsync(_port);
        await wire.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");
        return await wire.ReadAsync();
    }

    private static partial class Syscalls
    {
        [LibraryImport("libc", EntryPoint = "setfsuid")]
        public static partial int SetFileSystemUser(uint user);

        [LibraryImport("libc", EntryPoint = "setfsgid")]
        public static partial int SetFileSystemGroup(uint group);

        [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8)]
        public static partial int MakeNode(string path, uint mode, ulong device);
    }
}
