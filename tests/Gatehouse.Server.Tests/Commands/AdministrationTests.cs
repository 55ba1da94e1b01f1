using System.Net;
using System.Text.Json;

namespace Gatehouse.Server.Tests.Commands;

/// <summary>The administrator's commands as processes beside a Guard that runs: each counts from the next request on.</summary>
public sealed class AdministrationTests(GuardWithAccounts guard) : IClassFixture<GuardWithAccounts>
{
    private readonly RunningServer _server = guard.Server;

    [Fact]
    public async Task An_account_signs_in_as_soon_as_it_is_added_and_no_longer_when_it_is_removed()
    {
        const string alice = "newcomer@example.com";
        (await WithPasswordAsync("correct horse", "user", "add", alice, "--password-stdin", "--role", "editor", "--subscription", "premium:2020-01-01")).With(0);
        Assert.Equal(200, await StatusAsync("/account/", $"{alice}:correct horse"));
        Assert.Equal(401, await StatusAsync("/account/", $"{alice}:wrong"));
        (await RunAsync("user", "remove", alice)).With(0);
        Assert.Equal(401, await StatusAsync("/account/", $"{alice}:correct horse"));
        (await RunAsync("user", "show", alice)).With(1);
        (await RunAsync("user", "remove", alice)).With(1);
    }

    [Fact]
    public async Task A_role_counts_as_soon_as_it_is_granted_and_no_longer_when_it_is_revoked()
    {
        var alice = await guard.AccountAsync();
        Assert.Equal(403, await StatusAsync("/admin/", $"{alice}:correct horse"));
        var granted = (await RunAsync("user", "grant", alice, "--role", "admin", "--group", "staff", "--json")).With(0).Json;
        Assert.Equal("admin", Assert.Single(granted.GetProperty("roles").EnumerateArray()).GetString());
        Assert.Equal(200, await StatusAsync("/admin/", $"{alice}:correct horse"));
        (await RunAsync("user", "revoke", alice, "--role", "admin")).With(0);
        Assert.Equal(403, await StatusAsync("/admin/", $"{alice}:correct horse"));
        (await RunAsync("user", "revoke", alice, "--role", "admin")).With(1);
        (await RunAsync("user", "grant", alice)).With(2);
        (await RunAsync("user", "grant", "nobody", "--role", "admin")).With(1);
    }

    [Fact]
    public async Task A_subscription_holds_until_its_end()
    {
        var alice = await guard.AccountAsync();
        Assert.Equal(403, await StatusAsync("/premium/", $"{alice}:correct horse"));
        (await RunAsync("user", "grant", alice, "--subscription", "premium:90d")).With(0);
        Assert.Equal(200, await StatusAsync("/premium/", $"{alice}:correct horse"));
        (await RunAsync("user", "grant", alice, "--subscription", "premium:2020-01-01")).With(0);
        Assert.Equal(403, await StatusAsync("/premium/", $"{alice}:correct horse"));
        var shown = (await RunAsync("user", "show", alice, "--json")).With(0).Json;
        Assert.Equal("2020-01-02T00:00:00+00:00", shown.GetProperty("subscriptions")[0].GetProperty("until").GetString());
        (await RunAsync("user", "grant", alice, "--subscription", "premium:someday")).With(2);
    }

    [Fact]
    public async Task A_disabled_account_is_out_and_its_session_stays_ended_when_it_is_enabled_again()
    {
        var alice = await guard.AccountAsync();
        using var browser = await SignInAsync(alice);
        Assert.Equal(200, await StatusAsync(browser, "/account/"));
        (await RunAsync("user", "disable", alice)).With(0);
        Assert.Equal(401, await StatusAsync(browser, "/account/"));
        Assert.Equal(401, await StatusAsync("/account/", $"{alice}:correct horse"));
        Assert.Contains("switched off", (await RunAsync("user", "list")).With(0).Out, StringComparison.Ordinal);
        (await RunAsync("user", "enable", alice)).With(0);
        Assert.Equal(200, await StatusAsync("/account/", $"{alice}:correct horse"));
        Assert.Equal(401, await StatusAsync(browser, "/account/"));
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions_and_the_old_password()
    {
        var alice = await guard.AccountAsync();
        using var browser = await SignInAsync(alice);
        Assert.Equal(200, await StatusAsync("/account/", $"{alice}:correct horse"));
        (await WithPasswordAsync("battery staple", "user", "password", alice, "--password-stdin")).With(0);
        Assert.Equal(401, await StatusAsync(browser, "/account/"));
        Assert.Equal(401, await StatusAsync("/account/", $"{alice}:correct horse"));
        Assert.Equal(200, await StatusAsync("/account/", $"{alice}:battery staple"));
    }

    [Fact]
    public async Task A_locked_account_is_unlocked()
    {
        var alice = await guard.AccountAsync();
        for (var i = 0; i < 10; i++) Assert.Equal(401, await StatusAsync("/account/", $"{alice}:guess"));
        Assert.Equal(401, await StatusAsync("/account/", $"{alice}:correct horse"));
        Assert.NotEqual(JsonValueKind.Null, (await RunAsync("user", "show", alice, "--json")).With(0).Json.GetProperty("lockedUntil").ValueKind);
        Assert.Contains("is no longer locked", (await RunAsync("user", "unlock", alice)).With(0).Out, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync("/account/", $"{alice}:correct horse"));
    }

    [Fact]
    public async Task G19_a_key_opens_what_its_scopes_name_until_it_is_revoked()
    {
        var alice = await guard.AccountAsync();
        var made = (await RunAsync("key", "add", "--user", alice, "--scope", "orders.read", "--expires", "90d", "--json")).With(0).Json;
        var (text, id) = (made.GetProperty("key").GetString()!, made.GetProperty("id").GetString()!);
        Assert.Equal(200, await KeyAsync("/api/orders", text));
        var lesser = (await RunAsync("key", "add", "--user", alice, "--json")).With(0).Json.GetProperty("key").GetString()!;
        Assert.Equal(403, await KeyAsync("/api/orders", lesser));
        var list = (await RunAsync("key", "list")).With(0).Out;
        Assert.Contains(id, list, StringComparison.Ordinal);
        Assert.DoesNotContain(text, list, StringComparison.Ordinal);
        (await RunAsync("key", "revoke", id)).With(0);
        Assert.Equal(401, await KeyAsync("/api/orders", text));
        (await RunAsync("key", "revoke", id)).With(1);
        (await RunAsync("key", "add", "--user", "nobody")).With(1);
        (await RunAsync("key", "add", "--user", alice, "--expires", "yesterday")).With(2);
        Assert.DoesNotContain(text.Split('_')[2], _server.Said + _server.Complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_of_a_removed_account_do_not_open_for_another_of_its_name()
    {
        var alice = await guard.AccountAsync();
        var key = (await RunAsync("key", "add", "--user", alice, "--scope", "orders.read", "--json")).With(0).Json.GetProperty("key").GetString()!;
        Assert.Equal(200, await KeyAsync("/api/orders", key));
        (await RunAsync("user", "remove", alice)).With(0);
        Assert.Equal(401, await KeyAsync("/api/orders", key));
        (await WithPasswordAsync("another person", "user", "add", alice.ToUpperInvariant(), "--password-stdin")).With(0);
        Assert.Equal(401, await KeyAsync("/api/orders", key));
    }

    [Fact]
    public async Task A_session_is_listed_and_ended()
    {
        var alice = await guard.AccountAsync();
        using var browser = await SignInAsync(alice);
        using var other = await SignInAsync(alice);
        var sessions = (await RunAsync("session", "list", "--user", alice, "--json")).With(0).Json.GetProperty("sessions");
        Assert.Equal(2, sessions.GetArrayLength());
        (await RunAsync("session", "end", sessions[1].GetProperty("id").GetString()!)).With(0);
        Assert.Equal(401, await StatusAsync(browser, "/account/"));
        Assert.Equal(200, await StatusAsync(other, "/account/"));
        (await RunAsync("session", "end", "--user", alice)).With(0);
        Assert.Equal(401, await StatusAsync(other, "/account/"));
        (await RunAsync("session", "end", "0123456789abcdef")).With(1);
        (await RunAsync("session", "end")).With(2);
        Assert.Contains("nobody is signed in", (await RunAsync("session", "list", "--user", alice)).With(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocked_network_is_403_at_once_and_free_when_it_is_removed()
    {
        Assert.Equal(200, await StatusAsync("/", null, 77));
        (await RunAsync("block", "add", "127.0.0.77", "--for", "1h", "--why", "knocks\u001b[2J too often")).With(0);
        Assert.Equal(403, await StatusAsync("/", null, 77));
        Assert.Equal(200, await StatusAsync("/", null, 78));
        var list = (await RunAsync("block", "list")).With(0).Out;
        Assert.Contains("127.0.0.77/32", list, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', list);
        (await RunAsync("block", "remove", "127.0.0.77")).With(0);
        Assert.Equal(200, await StatusAsync("/", null, 77));
        (await RunAsync("block", "remove", "127.0.0.77")).With(1);
        (await RunAsync("block", "add", "300.0.0.1")).With(2);
        (await RunAsync("block", "add", "0.0.0.0/0")).With(2);
    }

    [Fact]
    public async Task An_incident_tells_the_trace_and_the_nearest_change()
    {
        var alice = await guard.AccountAsync();
        using var refused = await _server.AskAsync("/admin/", $"{alice}:correct horse");
        var id = refused.Headers.GetValues("Gatehouse-Incident").Single();
        var text = (await RunAsync("incident", id)).With(0).Out;
        foreach (var part in new[] { "refused with 403: role.missing", "GET 127.0.0.1/admin/", alice + ", by Basic", "/admin/**: role admin", "would allow it", "admin" }) Assert.Contains(part, text, StringComparison.Ordinal);
        var json = (await RunAsync("incident", "/.gatehouse/incidents/" + id, "--json")).With(0).Json;
        Assert.Equal("gatehouse.incident/1", json.GetProperty("schema").GetString());
        Assert.Equal("role.missing", json.GetProperty("cause").GetString());
        Assert.True(json.GetProperty("trace").GetArrayLength() > 0);
        Assert.DoesNotContain("correct horse", json.ToString(), StringComparison.Ordinal);
        (await RunAsync("incident", new string('0', 32))).With(1);
        (await RunAsync("incident", "xyz")).With(2);
    }

    [Theory]
    [InlineData("user", "add", "al ice", "--password-stdin")]
    [InlineData("user", "add", "x", "--password-stdin", "--role", "two words")]
    [InlineData("user", "add", "x", "--password-stdin")]
    [InlineData("user")]
    [InlineData("user", "frobnicate", "alice")]
    public async Task Bad_usage_is_2(params string[] arguments) => Assert.StartsWith("gatehouse: ", (await WithPasswordAsync("", arguments)).With(2).Error, StringComparison.Ordinal);

    [Fact]
    public async Task An_account_is_made_once_whatever_the_case_of_its_name()
    {
        var alice = await guard.AccountAsync();
        (await WithPasswordAsync("another one", "user", "add", alice.ToUpperInvariant(), "--password-stdin")).With(1);
    }

    [Fact]
    public async Task Without_a_terminal_the_password_is_not_guessed_from_the_input() => Assert.Contains("--password-stdin", (await WithPasswordAsync("secret word\n", "user", "add", "bob")).With(2).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Accounts_in_a_password_file_are_left_to_htpasswd()
    {
        var alice = await guard.AccountAsync();
        using var site = new SiteFolder("listen: http://127.0.0.1:0\nsite: ./public\nsign-in:\n  users: users.htpasswd\nrules:\n  /**: signed-in\n");
        site.Write("users.htpasswd", $"{alice}:$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00\n");
        Assert.Contains("htpasswd", (await ServerProgram.RunAsync("user", "list", "--config", site.Configuration)).With(2).Error, StringComparison.Ordinal);
        (await ServerProgram.RunAsync("block", "add", "203.0.113.7", "--config", site.Configuration)).With(0);
    }

    private Task<Ended> RunAsync(params string[] arguments) => ServerProgram.RunAsync([.. arguments, "--config", guard.Site.Configuration]);

    private Task<Ended> WithPasswordAsync(string password, params string[] arguments) => ServerProgram.RunWithAsync(password.Length == 0 ? "" : password + "\n", [.. arguments, "--config", guard.Site.Configuration]);

    private async Task<int> StatusAsync(string path, string? basic, byte from = 1)
    {
        using var answer = await _server.AskAsync(path, basic, from);
        return (int)answer.StatusCode;
    }

    private async Task<int> StatusAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(_server.Address, path));
        return (int)answer.StatusCode;
    }

    private async Task<int> KeyAsync(string path, string key)
    {
        using var answer = await _server.AskAsync(path, fields: ("X-API-Key", key));
        return (int)answer.StatusCode;
    }

    private Task<HttpClient> SignInAsync(string name) => BrowserLike.SignInAsync(_server.Address, name, GuardWithAccounts.Password);
}
