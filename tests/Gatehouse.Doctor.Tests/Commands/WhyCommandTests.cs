using System.Diagnostics;
using System.Text.Json;
using Gatehouse.Doctor.Tests.Http;

namespace Gatehouse.Doctor.Tests.Commands;

/// <summary>The command line as it is typed: exit codes, one sentence for bad usage, secrets from files and environment.</summary>
public sealed class WhyCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-why").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed record Run(int Status, string Output, string Error);

    private static async Task<Run> GatehouseAsync(string[] words, string? input = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gatehouse-doctor.dll"));
        foreach (var word in words) start.ArgumentList.Add(word);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Run(process.ExitCode, await output, await error);
    }

    [Theory]
    [InlineData("why", "--jsn", "http://127.0.0.1:1/", "did you mean `--json`")]
    [InlineData("why", "ftp://127.0.0.1/x", "--json", "http or https")]
    [InlineData("why", "http://127.0.0.1:99999/", "--json", "port")]
    [InlineData("why", "http://127.0.0.1:1/", "--timeout=soon", "seconds")]
    [InlineData("why", "http://127.0.0.1:1/", "--max-requests=0", "1 to 1000")]
    [InlineData("why", "http://127.0.0.1:1/", "--resolve=a:b", "HOST:PORT:ADDRESS")]
    [InlineData("why", "http://127.0.0.1:1/", "-HNo colon", "Name: value")]
    [InlineData("why", "http://127.0.0.1:1/", "-HX: a\nY: b", "line break")]
    [InlineData("why", "http://127.0.0.1:1/", "-XGET /evil", "no method")]
    [InlineData("why", "http://127.0.0.1:1/", "--from=010.0.0.1", "no IP address")]
    [InlineData("why", "--json", "--quiet", "nothing to look at")]
    [InlineData("wy", "http://127.0.0.1:1/", "--json", "did you mean `why`")]
    [InlineData("causes", "token.expird", "--json", "did you mean `token.expired`")]
    public async Task Bad_usage_is_one_sentence_and_2(string one, string two, string three, string said)
    {
        var run = await GatehouseAsync([one, two, three]);
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("http://nothing.invalid/")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("--log=/nowhere/at/all.log")]
    [InlineData("--bearer=@/nowhere/token")]
    public async Task What_can_not_be_reached_or_read_is_4(string word)
    {
        var run = await GatehouseAsync(word.StartsWith('-') ? ["why", "http://127.0.0.1:1/", word] : ["why", word]);
        Assert.Equal(4, run.Status);
    }

    [Fact]
    public async Task A_served_page_is_0_and_a_refused_one_1_with_the_report_of_the_contract()
    {
        await using var good = new RawServer(RawServer.Answer("200 OK", "Content-Type: text/plain\r\n", "hi"));
        Assert.Equal(0, (await GatehouseAsync(["why", good.Url])).Status);
        await using var bad = new RawServer(RawServer.Answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n"));
        var run = await GatehouseAsync(["why", bad.Url, "--json"]);
        using var report = JsonDocument.Parse(run.Output);
        Assert.Equal(1, run.Status);
        Assert.Equal(["schema", "target", "refused", "status", "cause", "findings", "exchanges", "notLookedAt"], report.RootElement.EnumerateObject().Select(member => member.Name).Intersect(["schema", "target", "refused", "status", "cause", "findings", "exchanges", "notLookedAt"]));
        Assert.Equal("gatehouse.report/1", report.RootElement.GetProperty("schema").GetString());
        Assert.Equal("credentials.missing", report.RootElement.GetProperty("cause").GetString());
        Assert.Equal("as given", report.RootElement.GetProperty("exchanges")[0].GetProperty("purpose").GetString());
    }

    [Fact]
    public async Task Secrets_come_from_files_and_environment_and_are_never_printed()
    {
        var file = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(file, "file-secret-0123456789\n", TestContext.Current.CancellationToken);
        await using var server = new RawServer(RawServer.Answer("401 Unauthorized", "WWW-Authenticate: Bearer\r\n"));
        foreach (var (words, variables, secret) in new (string[], (string, string)[], string)[]
        {
            (["--bearer", "@" + file], [], "file-secret-0123456789"),
            (["--bearer", "env:MY_TOKEN"], [("MY_TOKEN", "env-secret-0123456789")], "env-secret-0123456789"),
            ([], [("GATEHOUSE_BEARER", "set-secret-0123456789")], "set-secret-0123456789"),
        })
        {
            var text = await GatehouseAsync(["why", server.Url, .. words], null, variables);
            Assert.Contains(server.Heads, head => head.Contains($"Authorization: Bearer {secret}\r\n", StringComparison.Ordinal));
            Assert.DoesNotContain(secret, text.Output + text.Error, StringComparison.Ordinal);
            var page = Path.Combine(folder, "page.html");
            var json = await GatehouseAsync(["why", server.Url, "--json", "--html", page, .. words], null, variables);
            Assert.DoesNotContain(secret, json.Output + json.Error + await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_curl_command_behind_two_dashes_is_sent_as_curl_would()
    {
        await using var server = new RawServer(RawServer.Answer("403 Forbidden"));
        var run = await GatehouseAsync(["why", "--json", "--", "curl", server.Url + "x", "-H", "X-One: 1", "-b", "sid=abc", "--compressed", "-X", "GET"]);
        Assert.Contains("GET /x HTTP/1.1\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.Contains("X-One: 1\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.Contains("Cookie: sid=abc\r\n", server.Heads[0], StringComparison.Ordinal);
        Assert.True(run.Status is 1 or 3, run.Error);
    }

    [Fact]
    public async Task A_pasted_answer_is_judged_without_sending_anything()
    {
        var run = await GatehouseAsync(["why", "-", "--json"], "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The token expired at '11/20/2026 10:00:00'\"\r\n\r\n");
        using var report = JsonDocument.Parse(run.Output);
        Assert.Equal("token.expired", report.RootElement.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task R08_a_server_that_never_answers_is_left_after_the_time_out()
    {
        await using var server = new RawServer((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        var begun = Stopwatch.GetTimestamp();
        var run = await GatehouseAsync(["why", server.Url, "--timeout", "1"]);
        Assert.Equal(4, run.Status);
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task R07_proxies_of_the_environment_are_not_used()
    {
        await using var server = new RawServer(RawServer.Answer("200 OK"));
        await using var proxy = new RawServer(RawServer.Answer("502 Bad Gateway"));
        await GatehouseAsync(["why", server.Url], null, ("http_proxy", proxy.Url), ("HTTP_PROXY", proxy.Url), ("ALL_PROXY", proxy.Url));
        Assert.Empty(proxy.Heads);
        Assert.NotEmpty(server.Heads);
    }

    [Fact]
    public async Task R13_R16_endless_files_are_not_read_to_their_end()
    {
        var run = await GatehouseAsync(["why", "http://127.0.0.1:1/", "--cookie-jar", "/dev/zero"]);
        Assert.Equal(4, run.Status);
        Assert.Contains("larger than", run.Error, StringComparison.Ordinal);
    }
}
