namespace Gatehouse.Server.Tests.Commands;

/// <summary>`gatehouse check`, `init` and `schema` as processes.</summary>
public sealed class CheckCommandTests
{
    [Theory]
    [InlineData(0, "allow", 200, null, "/")]
    [InlineData(1, "challenge", 401, "credentials.missing", "/account/")]
    [InlineData(1, "forbid", 403, "resource.denied", "/closed/")]
    [InlineData(1, "forbid", 403, "ip.blocked", "/", "--from", "127.0.0.66")]
    [InlineData(0, "allow", 200, null, "/account/", "--as", "somebody")]
    [InlineData(1, "forbid", 403, "role.missing", "/admin/", "--as", "somebody")]
    [InlineData(0, "allow", 200, null, "/admin/", "--as", "somebody", "--role", "admin")]
    [InlineData(1, "forbid", 403, "subscription.required", "/premium/", "--as", "somebody")]
    public async Task Check_says_what_the_Guard_would_decide(int status, string decision, int answer, string? cause, string path, params string[] options)
    {
        using var site = new SiteFolder();
        var ended = (await ServerProgram.RunAsync(["check", "GET", "http://localhost" + path, "--config", site.Configuration, "--json", .. options])).With(status);
        Assert.Equal("gatehouse.decision/1", ended.Json.GetProperty("schema").GetString());
        Assert.Equal(decision, ended.Json.GetProperty("decision").GetString());
        Assert.Equal(answer, ended.Json.GetProperty("status").GetInt32());
        Assert.Equal(cause, ended.Json.GetProperty("cause").GetString());
        Assert.Equal(answer == 401, ended.Json.GetProperty("challenges").GetArrayLength() > 0);
    }

    [Fact]
    public async Task What_is_served_is_told_without_names_that_are_only_the_programs_own()
    {
        using var site = new SiteFolder();
        var ended = (await ServerProgram.RunAsync("check", "GET", "http://localhost/", "--config", site.Configuration)).With(0);
        Assert.Contains("refuse block list", ended.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("/dev/null", ended.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("GET", "not-an-url")]
    [InlineData("GET", "http://localhost/", "--from", "nowhere")]
    [InlineData("GET", "http://localhost/", "--unknown")]
    public async Task Bad_usage_is_2_and_one_sentence(params string[] arguments)
    {
        using var site = new SiteFolder();
        var ended = (await ServerProgram.RunAsync(["check", .. arguments, "--config", site.Configuration])).With(2);
        Assert.StartsWith("gatehouse: ", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Out);
    }

    [Fact]
    public async Task The_table_has_a_row_a_rule()
    {
        using var site = new SiteFolder();
        var ended = (await ServerProgram.RunAsync("check", "--table", "--config", site.Configuration)).With(0);
        foreach (var pattern in new[] { "/account/**", "/admin/**", "/premium/**", "/closed/**" }) Assert.Contains(pattern, ended.Out, StringComparison.Ordinal);
        Assert.Contains("401", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_writes_a_configuration_that_serve_takes()
    {
        using var site = new SiteFolder();
        File.Delete(site.Configuration);
        (await ServerProgram.RunAsync("init", site["."])).With(0);
        await File.WriteAllTextAsync(site.Configuration, (await File.ReadAllTextAsync(site.Configuration)).Replace("http://localhost:8080", "http://127.0.0.1:0", StringComparison.Ordinal));
        await using (var server = await RunningServer.StartAsync(site))
        {
            using var page = await server.AskAsync("/");
            Assert.Equal(200, (int)page.StatusCode);
            using var admin = await server.AskAsync("/admin/");
            Assert.Equal(401, (int)admin.StatusCode);
        }

        var again = (await ServerProgram.RunAsync("init", site["."])).With(2);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        (await ServerProgram.RunAsync("init", site["."], "--force")).With(0);
    }

    [Fact]
    public async Task The_schema_names_every_key_of_the_file()
    {
        var schema = (await ServerProgram.RunAsync("schema")).With(0).Json;
        foreach (var key in new[] { "listen", "site", "upstream", "sites", "sign-in", "refuse", "rules", "trusted-proxies", "geo", "explain" })
            Assert.True(schema.GetProperty("properties").TryGetProperty(key, out _), key);
    }

    [Fact]
    public async Task An_unknown_command_is_2() => Assert.Contains("gatehouse: ", (await ServerProgram.RunAsync("sevre")).With(2).Error, StringComparison.Ordinal);
}
