namespace Gatehouse.Guard.Tests.StaticFiles;

/// <summary>Which files of a folder are served: names, links, permissions, indexes, and what the disk does meanwhile.</summary>
public sealed class StaticSiteTests : ServedFolder
{
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
        var outside = Path.Combine(Path.GetDirectoryName(Root)!, "outside");
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
        var outside = Path.Combine(Path.GetDirectoryName(Root)!, "secret.txt");
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
        AsNobody = true;
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
        File.SetUnixFileMode(Path.GetDirectoryName(Root)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var root = await AskAsync("/closed-list/file.txt");
        Assert.Equal((403, "directory.not-searchable", Path.GetDirectoryName(Root)), (root.Status, root["Cause"], root["Where"]));
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
        IgnoresHtaccess = true;
        Put("kept/.htaccess", "Require all denied");
        Put("kept/b.txt", "b");
        Assert.Equal("b", (await AskAsync("/kept/b.txt")).Body);
        Assert.Equal(403, (await AskAsync("/kept/.htaccess")).Status);
    }

    [Fact]
    public async Task What_is_kept_in_memory_follows_the_disk_within_a_second()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can look at files as somebody else");
        AsNobody = true;
        RecheckAfter = TimeSpan.FromSeconds(1);
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
}
