namespace Gatehouse.Server.Tests.Commands;

/// <summary>`gatehouse demo` as a process: what it shows is what a real Guard answered.</summary>
public sealed class DemoCommandTests
{
    [Fact]
    public async Task Once_asks_every_situation_and_each_is_answered_as_it_should_be()
    {
        var ended = (await ServerProgram.RunAsync("demo", "--once", "--json", "--port", "0")).With(0);
        Assert.Equal("gatehouse.demo/1", ended.Json.GetProperty("schema").GetString());
        var rows = ended.Json.GetProperty("rows").EnumerateArray().ToList();
        Assert.True(rows.Count >= 45, $"{rows.Count} rows");
        foreach (var row in rows)
        {
            Assert.True(row.GetProperty("asExpected").GetBoolean(), row.ToString());
            var status = row.GetProperty("status").GetInt32();
            Assert.Equal(status == 401, row.GetProperty("challenges").GetArrayLength() > 0 && status != 403);
            if (status != 200) Assert.False(string.IsNullOrEmpty(row.GetProperty("remedy").GetString()), row.ToString());
        }

        // The temporary folder goes with it.
        Assert.False(File.Exists(ended.Json.GetProperty("configuration").GetString()));
    }

    [Fact]
    public async Task It_keeps_serving_until_it_is_interrupted_and_leaves_a_folder_that_was_named()
    {
        var folder = Path.Combine(Path.GetTempPath(), "gatehouse-test-" + Guid.NewGuid().ToString("N"));
        try
        {
            await using (var demo = await RunningServer.StartAsync(said: true, "demo", "--port", "0", "--folder", folder))
            {
                await demo.UntilAsync(() => demo.Said.Contains("Try:", StringComparison.Ordinal));
                Assert.Contains("role.missing", demo.Said, StringComparison.Ordinal);
                using var page = await demo.AskAsync("/admin/", "editor:the-lantern-7");
                Assert.Equal(200, (int)page.StatusCode);
                Assert.Equal(0, await demo.StopAsync(signal: 2));
            }

            Assert.True(File.Exists(Path.Combine(folder, "gatehouse.yaml")));
            (await ServerProgram.RunAsync("user", "show", "reader", "--config", Path.Combine(folder, "gatehouse.yaml"))).With(0);
            Assert.Contains("is not empty", (await ServerProgram.RunAsync("demo", "--once", "--folder", folder)).With(2).Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
