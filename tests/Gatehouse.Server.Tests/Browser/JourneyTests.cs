using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Gatehouse.Server.Tests.Browser;

/// <summary>What people see, in a real browser: the way in, the way out, and pages that can be read by everybody.</summary>
public sealed class JourneyTests(GuardWithAccounts guard) : IClassFixture<GuardWithAccounts>
{
    private static readonly string[] Arguments = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

    private static string? Chromium => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);

    [Fact]
    public async Task A_person_is_asked_fails_signs_in_arrives_and_signs_out()
    {
        var name = await guard.AccountAsync();
        await WithPageAsync(new() { ColorScheme = ColorScheme.Light }, async page =>
        {
            var wall = await page.GotoAsync(Address("/account/"));
            Assert.Equal(401, wall!.Status);
            Assert.Equal(Address("/account/"), page.Url);
            await page.GetByLabel("User name").FillAsync(name);
            await page.GetByLabel("Password").FillAsync("a guess");
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            Assert.Contains("not right", await page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
            await page.GetByLabel("User name").FillAsync(name);
            await page.GetByLabel("Password").FillAsync(GuardWithAccounts.Password);
            await page.Keyboard.PressAsync("Enter");
            await page.WaitForURLAsync(Address("/account/"));
            Assert.Contains("content of account/index.html", await page.ContentAsync(), StringComparison.Ordinal);

            // A role that lacks is a page that says so, without another form.
            var refused = await page.GotoAsync(Address("/admin/"));
            Assert.Equal(403, refused!.Status);
            Assert.Contains($"You are signed in as {name}", await page.InnerTextAsync("main"), StringComparison.Ordinal);
            Assert.Equal(0, await page.Locator("form").CountAsync());
            var cookie = Assert.Single(await page.Context.CookiesAsync());
            Assert.True(cookie.HttpOnly);

            await page.GotoAsync(Address("/"));
            await page.EvaluateAsync("() => { const form = document.createElement('form'); form.method = 'post'; form.action = '/.gatehouse/sign-out'; document.body.append(form); form.submit(); }");
            await page.WaitForLoadStateAsync();
            Assert.Equal(401, (await page.GotoAsync(Address("/account/")))!.Status);
        });
    }

    [Theory]
    [InlineData("/account/", ColorScheme.Light, 1200)]
    [InlineData("/account/", ColorScheme.Dark, 360)]
    [InlineData("/closed/", ColorScheme.Light, 360)]
    [InlineData("/closed/", ColorScheme.Dark, 1200)]
    [InlineData("/.gatehouse/causes/role.missing", ColorScheme.Light, 360)]
    public async Task Pages_can_be_read_by_everybody_in_light_and_dark_narrow_and_wide_without_script(string path, ColorScheme scheme, int width) =>
        await WithPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } }, async page =>
        {
            await page.GotoAsync(Address(path));
            Assert.Equal(0, await page.Locator("script").CountAsync());
            Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways");
            var found = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] } });
            Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.Select(violation => $"{violation.Id}: {violation.Help}")));
        });

    private string Address(string path) => new Uri(guard.Server.Address, path).ToString();

    private static async Task WithPageAsync(BrowserNewContextOptions options, Func<IPage, Task> visit)
    {
        if (Chromium is null && Environment.GetEnvironmentVariable("GATEHOUSE_REQUIRE_SERVERS") != "1") Assert.Skip("chromium is not installed (apt-get install chromium)");
        // The page's own rules would keep the checker's script out.
        options.BypassCSP = true;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
        await using var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(60_000);
        await visit(await context.NewPageAsync());
    }
}
