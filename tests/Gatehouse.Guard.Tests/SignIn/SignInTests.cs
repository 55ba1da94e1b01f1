using System.Text.RegularExpressions;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.Settings;
using Gatehouse.Guard.SignIn;
using Gatehouse.Guard.Tests.Accounts;
using Gatehouse.Policy;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Guard.Tests.SignIn;

/// <summary>The form, over real sockets: a configuration as it is written, a Guard as it runs, a browser's fields by hand.</summary>
public sealed partial class SignInTests : IAsyncLifetime
{
    private const string Browser = "Accept: text/html\r\nSec-Fetch-Mode: navigate";
    private const string Own = "Sec-Fetch-Site: same-origin\r\nOrigin: http://lab.test";

    private readonly Folder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));
    private SignInParts? _parts;
    private SiteSet? _sites;
    private RunningGuard? _guard;

    private RunningGuard Guard => _guard!;

    private string Database => _folder.File("gatehouse.db");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder.File("public"));
        _folder.Write("public/index.html", "welcome");
        Directory.CreateDirectory(_folder.File("public/account"));
        _folder.Write("public/account/x", "the account");
        _folder.Write("gatehouse.yaml", """
            listen: http://localhost:0
            site: ./public
            sign-in:
              users: gatehouse.db
            rules:
              /: anyone
              /account/**: signed-in
            """);
        using (var state = StateDatabase.Open(Database, _time))
        using (var accounts = new AccountDatabase(state, hashRounds: 5000))
        using (var change = accounts.Change())
        {
            foreach (var name in new[] { "alice", "bob" }) Assert.Null(await change.AddAsync(name, Lab.Password, Grants.None, default));
        }

        var configuration = ConfigurationReader.ReadFile(_folder.File("gatehouse.yaml"), out var faults);
        Assert.Empty(faults);
        _parts = SignInParts.Create(_time);
        var found = new List<ConfigurationFault>();
        var wiring = _parts.Wire(configuration!, found);
        Assert.Empty(found);
        _sites = SiteSet.Build(configuration!, wiring!, countriesKnown: false, null, _time, out var siteFaults);
        Assert.Empty(siteFaults);
        _guard = await RunningGuard.StartAsync(_sites!.Of, new() { Time = _time });
    }

    public async ValueTask DisposeAsync()
    {
        if (_guard is not null) await _guard.DisposeAsync();
        _sites?.Dispose();
        _parts?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task I09_W22_the_form_comes_with_the_401_leads_in_and_back_and_signing_out_ends_it()
    {
        var form = await FormAsync("/account/x?a=1");
        Assert.Equal("/account/x?a=1", form.Return);
        var answer = await PostAsync(form, "alice", Lab.Password);
        Assert.Equal((303, "/account/x?a=1", "no-store"), (answer.Status, answer["Location"], answer["Cache-Control"]));
        var set = answer.All("Set-Cookie");
        Assert.Contains(set, cookie => cookie.StartsWith("gatehouse=", StringComparison.Ordinal) && cookie.EndsWith("; Path=/; HttpOnly; SameSite=Lax", StringComparison.Ordinal));
        Assert.Contains(set, cookie => cookie.StartsWith("gatehouse-form=; ", StringComparison.Ordinal));

        var session = CookieOf(answer, "gatehouse");
        Assert.Equal("the account", (await Guard.AskAsync("/account/x", fields: ["Cookie: " + session])).Body);
        var ended = await Guard.AskAsync("/.gatehouse/sign-out", "POST", "Cookie: " + session, "Content-Length: 0", "Sec-Fetch-Site: same-origin");
        Assert.Equal((303, "/"), (ended.Status, ended["Location"]));
        Assert.Contains(ended.All("Set-Cookie"), cookie => cookie.StartsWith("gatehouse=; Path=/; Max-Age=0", StringComparison.Ordinal));

        var replayed = await Guard.AskAsync("/account/x", fields: ["Cookie: " + session]);
        Assert.Equal(401, replayed.Status);
        Assert.Equal("session.revoked", (await Guard.IncidentAsync(replayed["Gatehouse-Incident"])).GetProperty("cause").GetString());
        Assert.Contains(replayed.All("Set-Cookie"), cookie => cookie.StartsWith("gatehouse=; Path=/; Max-Age=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task G06_P01_unknown_user_wrong_password_and_locked_account_get_the_same_answer_byte_for_byte()
    {
        var bodies = new HashSet<string>(StringComparer.Ordinal);
        var heads = new HashSet<string>(StringComparer.Ordinal);
        var causes = new HashSet<string?>(StringComparer.Ordinal);
        var form = await FormAsync("/account/x");
        foreach (var (name, password) in Enumerable.Repeat(("bob", "wrong"), 11).Append(("nobody", "wrong")).Append(("bob", Lab.Password)))
        {
            var answer = await PostAsync(form, name, password);
            Assert.Equal(401, answer.Status);
            causes.Add((await Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("cause").GetString());
            bodies.Add(TokenPattern().Replace(answer.Body, "value=\"T\"").Replace(answer["Gatehouse-Incident"]!, "I", StringComparison.Ordinal));
            heads.Add(string.Join('\n', answer.Fields.Where(field => field.Name is not ("Date" or "Gatehouse-Incident")).Select(field => $"{field.Name}: {field.Value}")));
        }

        Assert.Single(bodies);
        Assert.Single(heads);
        Assert.Superset(new HashSet<string?> { "password.wrong", "password.unknown-user", "account.locked" }, causes);
        Assert.Contains("User name or password is not right", bodies.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task I01_I18_a_sign_in_gives_a_new_session_and_ends_the_one_that_the_browser_had()
    {
        var planted = "gatehouse=" + new string('A', SessionId.TextLength);
        var form = await FormAsync("/account/x", planted);
        var first = CookieOf(await PostAsync(form, "alice", Lab.Password, planted), "gatehouse");
        Assert.NotEqual(planted, first);
        Assert.Equal(401, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + planted])).Status);

        var second = CookieOf(await PostAsync(await FormAsync("/.gatehouse/sign-in"), "bob", Lab.Password, first), "gatehouse");
        Assert.NotEqual(first, second);
        Assert.Equal(401, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + first])).Status);
        Assert.Equal(200, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + second])).Status);
    }

    [Fact]
    public async Task I10_a_sign_in_that_another_page_posts_is_refused_even_with_a_good_token()
    {
        var form = await FormAsync("/account/x");
        foreach (var foreign in new[] { "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: same-origin\r\nOrigin: https://evil.example", "Origin: http://lab.test.evil.example" })
            await ForgedAsync(await PostAsync(form, "alice", Lab.Password, origin: foreign));
    }

    [Fact]
    public async Task I10_W18_a_sign_in_without_a_token_or_with_another_browsers_token_never_begins_a_session()
    {
        var form = await FormAsync("/account/x");
        var other = await FormAsync("/account/x");
        foreach (var wrong in new[] { form with { Token = "" }, form with { Token = other.Token }, form with { Token = form.Token[..^4] + "AAAA" }, form with { Cookie = null } })
        {
            await ForgedAsync(await PostAsync(wrong, "alice", Lab.Password, origin: "X-Nothing: 1"));
            // From our own page it is just an old form: another one comes.
            var again = await PostAsync(wrong, "alice", Lab.Password);
            Assert.Equal(401, again.Status);
            Assert.DoesNotContain(again.All("Set-Cookie"), cookie => cookie.StartsWith("gatehouse=", StringComparison.Ordinal));
            Assert.Contains("too old", again.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task W20_W21_a_form_lies_open_for_twelve_hours_and_several_tabs_share_one_cookie()
    {
        var form = await FormAsync("/account/x");
        var tab = await FormAsync("/", form.Cookie, "/.gatehouse/sign-in");
        Assert.Null(tab.SetCookie);
        _time.Advance(FormToken.Lifetime);
        Assert.Equal(303, (await PostAsync(form, "alice", Lab.Password)).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await PostAsync(form, "alice", Lab.Password)).Status);
    }

    [Fact]
    public async Task I10_a_sign_out_that_another_page_posts_leaves_the_session_alone()
    {
        var session = CookieOf(await PostAsync(await FormAsync("/account/x"), "alice", Lab.Password), "gatehouse");
        await ForgedAsync(await Guard.AskAsync("/.gatehouse/sign-out", "POST", "Cookie: " + session, "Content-Length: 0", "Sec-Fetch-Site: cross-site"));
        Assert.Equal(200, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + session])).Status);
        Assert.Equal(405, (await Guard.AskAsync("/.gatehouse/sign-out", fields: ["Cookie: " + session])).Status);
        Assert.Equal(200, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + session])).Status);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/\tevil")]
    [InlineData("/a\r\nSet-Cookie: a=b")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/..//evil.example")]
    [InlineData("/.gatehouse/sign-out")]
    [InlineData(" /a")]
    [InlineData("")]
    [InlineData("/é")]
    public async Task S95_a_return_address_that_is_no_path_of_this_host_leads_to_the_root(string where)
    {
        var answer = await PostAsync(await FormAsync("/account/x") with { Return = where }, "alice", Lab.Password);
        Assert.Equal((303, "/"), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task J20_a_return_address_may_have_a_query_with_slashes()
    {
        var answer = await PostAsync(await FormAsync("/account/x") with { Return = "/account/x?u=http://a//b&c=%2F" }, "alice", Lab.Password);
        Assert.Equal((303, "/account/x?u=http://a//b&c=%2F"), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task J16_W29_what_was_posted_is_never_repeated_after_a_sign_in()
    {
        var answer = await Guard.AskAsync("/account/x", "POST", Browser, "Content-Length: 0");
        Assert.Equal((401, "/"), (answer.Status, Form.Of(answer, null).Return));
    }

    [Fact]
    public async Task A_program_gets_no_form_and_no_cookie()
    {
        var answer = await Guard.AskAsync("/account/x", fields: ["Accept: application/json"]);
        Assert.Equal((401, "application/problem+json"), (answer.Status, answer["Content-Type"]));
        Assert.Empty(answer.All("Set-Cookie"));
        Assert.Contains(answer.All("WWW-Authenticate"), challenge => challenge.StartsWith("Cookie realm=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    [InlineData("application/x-www-form-urlencoded", "username=alice")]
    [InlineData("application/x-www-form-urlencoded", "username=alice&username=bob&password=x")]
    [InlineData("application/x-www-form-urlencoded", "a=1&a=2&a=3&a=4&a=5&a=6&a=7&a=8&a=9&a=10&a=11&a=12&a=13&a=14&a=15&a=16&a=17&a=18")]
    public async Task What_is_no_such_form_is_400(string type, string body) =>
        Assert.Equal(400, (await RawPostAsync("/.gatehouse/sign-in", body, $"Content-Type: {type}")).Status);

    [Fact]
    public async Task A_form_of_a_megabyte_is_not_read() =>
        Assert.InRange((await RawPostAsync("/.gatehouse/sign-in", "username=" + new string('a', 1_000_000), "Content-Type: application/x-www-form-urlencoded")).Status, 400, 413);

    [Fact]
    public async Task An_address_that_an_administrator_blocks_gets_403_and_no_form_within_a_second()
    {
        Assert.Equal(200, (await Guard.AskFromAsync(9, "/")).Status);
        using var state = StateDatabase.Open(Database, _time);
        new BlockList(state).Add(new System.Net.IPNetwork(new System.Net.IPAddress([127, 0, 0, 8]), 30), TimeSpan.FromHours(1), "knocks too often");
        _time.Advance(Revisions.Lag);
        foreach (var path in new[] { "/", "/account/x", "/.gatehouse/sign-in" })
        {
            var answer = await Guard.AskFromAsync(9, path, "GET", Browser);
            Assert.Equal((403, 0), (answer.Status, answer.All("WWW-Authenticate").Count));
            Assert.Equal("ip.blocked", (await Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("cause").GetString());
            Assert.DoesNotContain("<form", answer.Body, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await Guard.AskFromAsync(12, "/")).Status);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, (await Guard.AskFromAsync(9, "/")).Status);
    }

    [Fact]
    public async Task A_database_that_is_gone_is_503_and_never_a_pass()
    {
        var session = CookieOf(await PostAsync(await FormAsync("/account/x"), "alice", Lab.Password), "gatehouse");
        File.Move(Database, Database + ".away");
        _time.Advance(Revisions.Lag);
        Assert.Equal(503, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + session])).Status);
        Assert.Equal(503, (await Guard.AskAsync("/")).Status);
        File.Move(Database + ".away", Database);
        _time.Advance(Revisions.Lag);
        Assert.Equal(200, (await Guard.AskAsync("/account/x", fields: ["Cookie: " + session])).Status);
    }

    private async Task ForgedAsync(Answer answer)
    {
        Assert.Equal(403, answer.Status);
        Assert.Equal("csrf.rejected", (await Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("cause").GetString());
        Assert.DoesNotContain(answer.All("Set-Cookie"), cookie => cookie.StartsWith("gatehouse=", StringComparison.Ordinal) && !cookie.StartsWith("gatehouse=;", StringComparison.Ordinal));
    }

    private async Task<Form> FormAsync(string path, string? cookie = null, string? at = null)
    {
        var answer = await Guard.AskAsync(at ?? path, "GET", cookie is null ? [Browser] : [Browser, "Cookie: " + cookie]);
        Assert.Equal(401, answer.Status);
        return Form.Of(answer, cookie);
    }

    private Task<Answer> PostAsync(Form form, string name, string password, string? cookie = null, string origin = Own)
    {
        var fields = new Dictionary<string, string> { ["username"] = name, ["password"] = password, ["token"] = form.Token, ["return"] = form.Return };
        var body = string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        var cookies = string.Join("; ", new[] { form.Cookie, cookie }.OfType<string>());
        return RawPostAsync("/.gatehouse/sign-in", body, "Content-Type: application/x-www-form-urlencoded", Browser, origin, cookies.Length > 0 ? "Cookie: " + cookies : "X-Nothing: 2");
    }

    private Task<Answer> RawPostAsync(string path, string body, params string[] fields) =>
        Guard.RawAsync($"POST {path} HTTP/1.1\r\nHost: lab.test\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n{body}");

    private static string CookieOf(Answer answer, string name) =>
        answer.All("Set-Cookie").First(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal)).Split(';')[0];

    [GeneratedRegex("name=\"token\" value=\"[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex TokenPattern();

    private sealed partial record Form(string Token, string Return, string? Cookie, string? SetCookie)
    {
        public static Form Of(Answer answer, string? cookie)
        {
            Assert.Contains("<form", answer.Body, StringComparison.Ordinal);
            var set = answer.All("Set-Cookie").FirstOrDefault(one => one.StartsWith("gatehouse-form=", StringComparison.Ordinal));
            return new Form(Value(answer.Body, "token"), Value(answer.Body, "return"), set?.Split(';')[0] ?? cookie, set);
        }

        private static string Value(string page, string field) =>
            System.Net.WebUtility.HtmlDecode(HiddenField().Matches(page).First(match => match.Groups[1].Value == field).Groups[2].Value);

        [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"", RegexOptions.NonBacktracking)]
        private static partial Regex HiddenField();
    }
}
