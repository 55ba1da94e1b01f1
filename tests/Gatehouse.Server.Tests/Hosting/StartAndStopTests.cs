using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Server.Tests.Hosting;

/// <summary>It stands whole or not at all.</summary>
public sealed class StartAndStopTests
{
    [Fact]
    public async Task It_serves_refuses_and_ends_with_0_when_asked_to()
    {
        using var site = new SiteFolder();
        await using var server = await RunningServer.StartAsync(site);
        using var open = await server.AskAsync("/");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Equal("content of index.html\n", await open.Content.ReadAsStringAsync());
        using var wall = await server.AskAsync("/account/");
        Assert.Equal(HttpStatusCode.Unauthorized, wall.StatusCode);
        Assert.NotEmpty(wall.Headers.WwwAuthenticate);
        using var closed = await server.AskAsync("/closed/");
        Assert.Equal(HttpStatusCode.Forbidden, closed.StatusCode);
        Assert.Empty(closed.Headers.WwwAuthenticate);
        using var blocked = await server.AskAsync("/", from: 66);
        Assert.Equal(HttpStatusCode.Forbidden, blocked.StatusCode);
        using var health = await server.AskAsync("/.gatehouse/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(3, server.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task An_answer_that_is_under_way_is_finished_before_it_ends()
    {
        using var site = new SiteFolder();
        var large = new byte[8 << 20];
        new Random(1).NextBytes(large);
        await File.WriteAllBytesAsync(site["public/large.bin"], large);
        await using var server = await RunningServer.StartAsync(site);
        using var client = RunningServer.Client();
        using var answer = await client.GetAsync(new Uri(server.Address, "/large.bin"), HttpCompletionOption.ResponseHeadersRead);
        var stopped = server.StopAsync();
        await Task.Delay(200);
        Assert.Equal(large, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(0, await stopped);
    }

    [Theory]
    [InlineData("users: missing/gatehouse.db", "gatehouse.db")]
    [InlineData("users: nobody.htpasswd", "nobody.htpasswd")]
    [InlineData("users: garbage.db", "garbage.db")]
    public async Task Accounts_that_cannot_be_read_are_one_sentence_and_2(string users, string named)
    {
        using var site = new SiteFolder($"listen: http://127.0.0.1:0\nsite: ./public\nsign-in:\n  {users}\nrules:\n  /**: signed-in\n");
        site.Write("garbage.db", new string('x', 4096));
        var ended = (await ServerProgram.RunAsync("serve", "--config", site.Configuration)).With(2);
        var sentence = Assert.Single(ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ url: \"https://127.0.0.1:0\", certificate: missing.pem, key: missing.key }")]
    [InlineData("{ url: \"https://127.0.0.1:0\", certificate: garbage.pem, key: garbage.pem }")]
    [InlineData("{ url: \"https://127.0.0.1:0\", certificate: garbage.pem }")]
    public async Task A_certificate_that_cannot_be_used_is_one_sentence_and_2(string listen)
    {
        using var site = new SiteFolder($"listen: {listen}\nsite: ./public\nrules:\n  /**: anyone\n");
        site.Write("garbage.pem", "no certificate\n");
        var ended = (await ServerProgram.RunAsync("serve", "--config", site.Configuration)).With(2);
        Assert.Contains(".pem", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_and_2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var site = new SiteFolder($"listen: http://127.0.0.1:{port}\nsite: ./public\nrules:\n  /**: anyone\n");
        var ended = (await ServerProgram.RunAsync("serve", "--config", site.Configuration)).With(2);
        var sentence = Assert.Single(ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"http://127.0.0.1:{port} is taken by another program", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_of_a_configuration_are_told_with_line_and_column()
    {
        using var site = new SiteFolder("lisen: http://127.0.0.1:0\nsite: ./nowhere\nrules:\n  /**: sined-in\n  /a/**: network 300.0.0.0/8\n");
        var ended = (await ServerProgram.RunAsync("serve", "--config", site.Configuration)).With(2);
        foreach (var at in new[] { "gatehouse.yaml:1:1: error: ", "gatehouse.yaml:2:7: error: " }) Assert.Contains(at, ended.Error, StringComparison.Ordinal);
        Assert.Contains("`listen`", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_configuration_is_2()
    {
        var ended = (await ServerProgram.RunAsync("serve", "--config", "/nowhere/gatehouse.yaml")).With(2);
        Assert.Contains("/nowhere/gatehouse.yaml: error: there is no such", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listen: http://192.0.2.77:8099\nsite: ./public\nrules:\n  /**: anyone\n", "can't listen at http://192.0.2.77:8099: ", "no interface of this machine has that address")]
    [InlineData("listen: http://127.0.0.1:0\nmetrics: http://192.0.2.77:8099\nsite: ./public\nrules:\n  /**: anyone\n", "can't listen at http://192.0.2.77:8099: ", "no interface of this machine has that address")]
    [InlineData("listen: [ \"http://127.0.0.1:8099\", \"http://127.0.0.1:8099\" ]\nsite: ./public\nrules:\n  /**: anyone\n", "gatehouse.yaml:1:", "http://127.0.0.1:8099 stands here twice")]
    [InlineData("listen: http://127.0.0.1:8099\nmetrics: http://127.0.0.1:8099\nsite: ./public\nrules:\n  /**: anyone\n", "gatehouse.yaml:2:", "http://127.0.0.1:8099 stands here twice")]
    [InlineData("listen: { url: \"https://127.0.0.1:0\", certificate: pem }\nsite: ./public\nrules:\n  /**: anyone\n", "pem is a PEM file", "name the private key")]
    [InlineData("listen: http://127.0.0.1:0\nsite: ./public\nrefuse: list none.txt\nrules:\n  /**: anyone\n", "none.txt` can't be read: there is no such file", "one a line")]
    [InlineData("listen: http://127.0.0.1:0\nsite: ./public\nsign-in: { tokens: { issuer: https://a, audience: b, keys: \"file:pem\" } }\nrules:\n  /**: signed-in\n", "it is no JSON Web Key Set", "put a JSON Web Key Set there")]
    public async Task What_stands_against_a_start_is_told_with_where_and_what_to_do(string configuration, string told, string advice)
    {
        using var site = new SiteFolder(configuration);
        site.Write("pem", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n");
        var ended = (await ServerProgram.RunAsync("serve", "--config", site.Configuration)).With(2);
        Assert.Contains(told, ended.Error, StringComparison.Ordinal);
        Assert.Contains(advice, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("is in force", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_words_of_rules_are_told_beside_the_faults_of_all_else()
    {
        using var site = new SiteFolder("lisen: http://127.0.0.1:0\nsite: ./public\nrefuse: [ network 300.0.0.0/8 ]\nrules:\n  /a: sined-in\n  /b: role\n");
        var ended = (await ServerProgram.RunAsync("serve", "--config", site.Configuration)).With(2);
        foreach (var at in new[] { "gatehouse.yaml:1:1: error: ", "gatehouse.yaml:3:", "gatehouse.yaml:5:7: error: ", "gatehouse.yaml:6:" }) Assert.Contains(at, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_place_of_the_configuration_is_2()
    {
        using var site = new SiteFolder();
        Assert.Contains("this is a folder", (await ServerProgram.RunAsync("serve", "--config", site["public"])).With(2).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users: kept.htpasswd", "kept.htpasswd")]
    [InlineData("users: kept.db", "kept.db")]
    [InlineData("tokens: { issuer: https://a, audience: b, keys: \"file:kept.json\" }", "kept.json")]
    public async Task What_another_account_keeps_to_itself_is_one_sentence_and_2(string signIn, string named)
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv")) Assert.Skip("only root can start it as somebody else (setpriv)");
        using var site = new SiteFolder($"listen: http://127.0.0.1:0\nsite: ./public\nsign-in: {{ {signIn} }}\nrules:\n  /**: signed-in\n");
        File.SetUnixFileMode(site["."], (UnixFileMode)0b111_111_111);
        foreach (var name in new[] { "kept.htpasswd", "kept.db", "kept.json" }) File.SetUnixFileMode(site.Write(name, "kept\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var process = ServerProgram.StartOther("/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", ServerProgram.File, "serve", "--config", site.Configuration], ("DOTNET_CLI_HOME", "/tmp"), ("HOME", "/tmp"));
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (said.Contains("setpriv", StringComparison.Ordinal) || said.Contains("cannot execute", StringComparison.OrdinalIgnoreCase)) Assert.Skip("that account can't reach the program");
        Assert.True(process.ExitCode == 2, said);
        Assert.Contains(named, Assert.Single(said.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_the_account_may_not_pass_into_is_warned_of_and_refused()
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv")) Assert.Skip("only root can start it as somebody else (setpriv)");
        using var site = new SiteFolder("listen: http://127.0.0.1:0\nsite: ./public\nrules:\n  /**: anyone\n");
        File.SetUnixFileMode(site["."], (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(site["public"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var process = ServerProgram.StartOther("/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", ServerProgram.File, "serve", "--config", site.Configuration], ("DOTNET_CLI_HOME", "/tmp"), ("HOME", "/tmp"));
        try
        {
            var said = new List<string>();
            while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                said.Add(line);
                if (line.Contains("listening at", StringComparison.Ordinal)) break;
            }

            var all = string.Join('\n', said);
            if (all.Contains("setpriv", StringComparison.Ordinal) || all.Contains("cannot execute", StringComparison.OrdinalIgnoreCase)) Assert.Skip("that account can't reach the program");
            Assert.Contains(said, line => line.Contains("warning", StringComparison.Ordinal) && line.Contains("may not pass into the folder", StringComparison.Ordinal));
            using var client = new HttpClient();
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(new Uri(said[^1][said[^1].LastIndexOf("http://", StringComparison.Ordinal)..] + "/index.html"), TestContext.Current.CancellationToken)).StatusCode);
        }
        finally
        {
            process.Kill();
        }
    }
}
