using System.Net;

namespace Gatehouse.Server.Tests.Hosting;

/// <summary>Rows Q01 to Q03: the configuration is changed while requests come.</summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task Q03_K12_a_changed_file_is_in_force_without_a_request_lost_or_half_decided()
    {
        using var site = new SiteFolder();
        await using var server = await RunningServer.StartAsync(site);
        using var stopping = new CancellationTokenSource();
        var statuses = new System.Collections.Concurrent.ConcurrentBag<int>();
        var load = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            using var client = RunningServer.Client();
            while (!stopping.IsCancellationRequested)
            {
                using var answer = await client.GetAsync(new Uri(server.Address, "/closed/"));
                statuses.Add((int)answer.StatusCode);
            }
        })));
        foreach (var (words, status) in new[] { ("method GET", 200), ("signed-in", 401), ("nobody", 403) })
        {
            site.Write("gatehouse.yaml", SiteFolder.Usual.Replace("/closed/**: nobody", $"/closed/**: {words}", StringComparison.Ordinal) + $"\n# {words}\n");
            await EventuallyAsync(server, "/closed/", status);
        }

        await stopping.CancelAsync();
        await load;
        Assert.Subset(new HashSet<int> { 200, 401, 403 }, statuses.ToHashSet());
        Assert.Contains("was read again and is in force", server.Complained, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules:\n  /**: sined-in\n", "gatehouse.yaml:")]
    [InlineData("site: ./public\nrules:\n  /**: [", "gatehouse.yaml:")]
    [InlineData("site: ./nowhere\nrules:\n  /**: anyone\n", "gatehouse.yaml:1:7: error: there is no folder")]
    [InlineData("", "gatehouse.yaml:1:1: error: the configuration is empty")]
    public async Task Q02_a_broken_file_keeps_the_old_one_and_says_what_is_wrong(string broken, string told)
    {
        using var site = new SiteFolder();
        await using var server = await RunningServer.StartAsync(site);
        site.Write("gatehouse.yaml", broken);
        server.Signal(1);
        await server.UntilAsync(() => server.Complained.Contains("is not in force", StringComparison.Ordinal));
        Assert.Contains(told, server.Complained, StringComparison.Ordinal);
        using (var still = await server.AskAsync("/account/")) Assert.Equal(HttpStatusCode.Unauthorized, still.StatusCode);
        site.Write("gatehouse.yaml", SiteFolder.Usual.Replace("/account/**: signed-in", "/account/**: nobody", StringComparison.Ordinal));
        await EventuallyAsync(server, "/account/", 403);
    }

    [Fact]
    public async Task Q01_a_file_that_goes_away_keeps_what_runs()
    {
        using var site = new SiteFolder();
        await using var server = await RunningServer.StartAsync(site);
        File.Delete(site.Configuration);
        await server.UntilAsync(() => server.Complained.Contains("is not in force", StringComparison.Ordinal));
        using var still = await server.AskAsync("/");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task K10_a_database_that_goes_away_is_503_where_it_is_needed_and_for_the_health_page()
    {
        using var site = new SiteFolder();
        await using var server = await RunningServer.StartAsync(site);
        File.Delete(site["gatehouse.db"]);
        await EventuallyAsync(server, "/account/", 503);
        using var health = await server.AskAsync("/.gatehouse/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.NotNull(health.Headers.GetValues("Gatehouse-Incident").Single());
    }

    private static async Task EventuallyAsync(RunningServer server, string path, int status)
    {
        for (var i = 0; i < 400; i++)
        {
            using var answer = await server.AskAsync(path);
            if ((int)answer.StatusCode == status) return;
            await Task.Delay(50);
        }

        Assert.Fail($"{path} did not become {status}: {server.Complained}");
    }
}
