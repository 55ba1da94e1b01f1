using System.Text;
using Gatehouse.Guard.Refusals;
using Gatehouse.Guard.Tests.Accounts;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>Rows P and the rest of W: what is told, and to whom.</summary>
public sealed class DisclosureRows : IClassFixture<LabGuard>
{
    private const string Browser = "Accept: text/html";

    private readonly LabGuard _lab;

    public DisclosureRows(LabGuard lab)
    {
        _lab = lab;
        _lab.Explain = ExplainLevel.Helpful;
        _lab.TakeServed();
    }

    [Theory]
    [InlineData("Accept: application/json")]
    [InlineData("Accept: text/html")]
    [InlineData("Accept: text/plain")]
    public async Task P03_at_the_level_minimal_every_403_has_equal_bytes_but_for_the_incident(string accept)
    {
        _lab.Explain = ExplainLevel.Minimal;
        var answers = new List<string>();
        foreach (var (from, path, who) in new[] { (LabGuard.Blocked, "/", "X: y"), (LabGuard.Abroad, "/geo/x", "X: y"), ((byte)1, "/admin/x", LabGuard.As("bob")), ((byte)1, "/nobody/x", "X: y"), ((byte)1, "/unnamed", "X: y"), ((byte)1, "/open/link", "X: y"), ((byte)1, "/open/bare/", "X: y"), ((byte)1, "/night/x", "X: y"), ((byte)1, "/said/x", "X: y") })
        {
            var answer = await _lab.Guard.AskFromAsync(from, path, "GET", accept, who);
            Assert.Equal((path, 403), (path, answer.Status));
            answers.Add(Comparable(answer));
        }

        Assert.Single(answers.Distinct(StringComparer.Ordinal));
        _lab.TakeServed();
    }

    [Theory]
    [InlineData(ExplainLevel.Minimal, "Accept: application/json")]
    [InlineData(ExplainLevel.Minimal, "Accept: text/plain")]
    [InlineData(ExplainLevel.Helpful, "Accept: application/json")]
    [InlineData(ExplainLevel.Helpful, "Accept: text/plain")]
    public async Task G06_P01_Basic_answers_alike_whether_user_or_password_is_wrong_or_the_account_locked_or_switched_off(ExplainLevel level, string accept)
    {
        await using var guard = new LabGuard { Explain = level };
        await guard.InitializeAsync();
        await guard.Lab.AddAsync("off");
        await guard.Lab.ChangeAsync(change => change.SetDisabledAsync("off", true, default));
        var answers = new HashSet<string>(StringComparer.Ordinal);
        var causes = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var (user, password) in Enumerable.Repeat(("bob", "wrong"), 11).Append(("nobody", "wrong")).Append(("bob", Lab.Password)).Append(("off", Lab.Password)))
            foreach (var path in new[] { "/account/x", "/account/not-there", "/account/link" })
            {
                var answer = await guard.Guard.AskAsync(path, "GET", accept, LabGuard.As(user, password));
                Assert.Equal(401, answer.Status);
                causes.Add((await guard.Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("cause").GetString());
                answers.Add(Comparable(answer));
            }

        Assert.Single(answers);
        Assert.Superset(new HashSet<string?> { "password.wrong", "password.unknown-user", "account.locked", "account.disabled" }, causes);
    }

    [Theory]
    [InlineData(ExplainLevel.Minimal)]
    [InlineData(ExplainLevel.Helpful)]
    public async Task P03_P04_behind_a_refusal_what_exists_looks_like_what_does_not(ExplainLevel level)
    {
        await using var guard = new LabGuard { Explain = level };
        await guard.InitializeAsync();
        foreach (var (folder, fields) in new[] { ("/admin/", Array.Empty<string>()), ("/admin/", [LabGuard.As("bob")]), ("/nobody/", []), ("/nobody/", [LabGuard.As("alice")]), ("/hidden/", []), ("/hidden/", [LabGuard.As("bob")]), ("/.git/", []), ("/unnamed/", []) })
        {
            var answers = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, method, more) in new[] { ("x", "GET", "X: y"), ("not-there", "GET", "X: y"), ("", "GET", "X: y"), ("x/y/z", "GET", "X: y"), ("x", "GET", "If-None-Match: *"), ("x", "GET", "Range: bytes=0-0"), ("not-there", "GET", "Range: bytes=0-0"), ("x", "DELETE", "X: y"), ("not-there", "DELETE", "X: y") })
                answers.Add(Comparable(await guard.Guard.AskAsync(folder + name, method, [more, .. fields])));
            Assert.Single(answers);
        }
    }

    [Fact]
    public async Task P06_nothing_tells_what_serves()
    {
        var answer = await _lab.Guard.AskAsync("/nobody/x", "GET", Browser);
        foreach (var name in new[] { "Server", "X-Powered-By", "X-AspNet-Version" }) Assert.Null(answer[name]);
        Assert.DoesNotContain("Kestrel", answer.Body, StringComparison.OrdinalIgnoreCase);
        _lab.TakeServed();
    }

    [Fact]
    public async Task P05_P07_P08_what_a_request_says_is_escaped_in_pages_and_logs_and_its_secrets_are_in_neither()
    {
        await using var guard = new LabGuard();
        await guard.InitializeAsync();
        var path = "/admin/%1b%5d52%3bc%3b" + "<script>" + "%e2%80%ae%07";
        var answers = new List<Answer>
        {
            await guard.Guard.AskAsync(path, "GET", Browser, "User-Agent: \u001b[2J<script>", "Referer: https://x/<script>", LabGuard.As("planted-user", "planted-password")),
            await guard.Guard.AskAsync("/api/x", "GET", "Authorization: Bearer planted.token.text"),
            await guard.Guard.AskAsync("/account/x?planted-query=1", "GET", "Cookie: gatehouse=planted-cookie", "X-API-Key: planted-key"),
            await guard.Guard.AskAsync("/account/x", "GET", "Authorization: Planted planted-scheme-value"),
        };
        Assert.DoesNotContain("<script", string.Concat(answers.Select(answer => answer.Body)), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answers[0]["Content-Security-Policy"], StringComparison.Ordinal);
        var raw = string.Join('\n', (await guard.Guard.StopAndReadLogAsync()).Select(line => line.GetRawText()));
        Assert.All(raw, c => Assert.True(c is '\n' or (>= ' ' and <= '~')));
        foreach (var secret in new[] { "planted-password", "planted.token", "planted-cookie", "planted-key", "planted-query", "planted-scheme-value", Convert.ToBase64String(Encoding.UTF8.GetBytes("planted-user:planted-password")) })
        {
            Assert.DoesNotContain(secret, raw, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, string.Concat(answers.Select(answer => answer.Body)), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("http://alice:planted-secret@lab.test/x")]
    [InlineData("http://alice:planted/secret-planted-secret@lab.test/x")]
    [InlineData("/callback#access_token=planted-secret")]
    [InlineData("/x;jsessionid=planted-secret")]
    [InlineData("/x%00?token=planted-secret")]
    public async Task P05_a_target_that_can_not_be_understood_is_recorded_without_what_may_be_secret_in_it(string target)
    {
        await using var guard = new LabGuard();
        await guard.InitializeAsync();
        var answer = await guard.Guard.AskAsync(target);
        Assert.Equal(400, answer.Status);
        var raw = string.Join('\n', (await guard.Guard.StopAndReadLogAsync()).Select(line => line.GetRawText()));
        Assert.DoesNotContain("planted", raw + answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task O08_a_path_of_any_length_takes_little_of_the_log_and_the_store()
    {
        await using var guard = new LabGuard();
        await guard.InitializeAsync();
        Assert.Equal(403, (await guard.Guard.AskAsync("/nobody/" + new string('a', 7000))).Status);
        var line = Assert.Single(await guard.Guard.StopAndReadLogAsync());
        Assert.InRange(line.GetRawText().Length, 1000, 3000);
    }

    [Fact]
    public async Task P09_I22_an_incident_id_opens_nothing_to_callers()
    {
        var id = (await _lab.Guard.AskAsync("/nobody/x"))["Gatehouse-Incident"];
        var answer = await _lab.Guard.AskAsync("/.gatehouse/incidents/" + id);
        Assert.Equal(404, answer.Status);
        Assert.DoesNotContain("nobody", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W37_what_a_page_fetches_by_itself_never_becomes_the_place_to_return_to()
    {
        foreach (var destination in new[] { "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Mode: cors", "Accept: image/avif,image/webp,*/*", "Accept: application/manifest+json" })
        {
            var answer = await _lab.Guard.AskAsync("/account/favicon.ico", "GET", destination);
            Assert.Equal(401, answer.Status);
            Assert.DoesNotContain("favicon", answer.Body, StringComparison.Ordinal);
            Assert.Null(answer["Set-Cookie"]);
            Assert.Null(answer["Location"]);
        }
    }

    [Fact]
    public async Task W15_W02_one_fault_of_a_token_has_one_status_whatever_the_rule()
    {
        var expired = _lab.Token("bob", "read", expiresIn: -600);
        foreach (var path in new[] { "/api/x", "/account/x", "/admin/x" }) Assert.Equal(401, (await _lab.Guard.AskAsync(path, "GET", expired)).Status);
    }

    [Fact]
    public async Task W35_the_operator_reads_how_far_a_token_is_off()
    {
        var answer = await _lab.Guard.AskAsync("/api/x", "GET", _lab.Token("bob", "read", expiresIn: -600));
        Assert.Contains("expired 10 min ago", (await _lab.Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task L09_a_condition_of_the_client_never_turns_a_refusal_into_304()
    {
        foreach (var condition in new[] { "If-None-Match: *", "If-Modified-Since: Tue, 01 Jan 2999 00:00:00 GMT", "Range: bytes=0-0" })
        {
            Assert.Equal(401, (await _lab.Guard.AskAsync("/admin/x", "GET", condition)).Status);
            Assert.Equal(403, (await _lab.Guard.AskAsync("/admin/x", "GET", condition, LabGuard.As("bob"))).Status);
        }
    }

    [Fact]
    public async Task G01_two_Authorization_fields_are_never_one_that_passes()
    {
        foreach (var pair in new[] { new[] { LabGuard.As("alice"), "Authorization: Bearer x" }, ["Authorization: Bearer x", LabGuard.As("alice")], [LabGuard.As("alice"), LabGuard.As("alice")] })
        {
            var answer = await _lab.Guard.AskAsync("/admin/x", "GET", pair);
            Assert.Contains(answer.Status, new[] { 400, 401 });
            Assert.Empty(_lab.TakeServed());
        }
    }

    [Fact]
    public async Task Type_of_a_refusal_leads_to_the_page_of_its_cause()
    {
        var refused = await _lab.Guard.AskAsync("/admin/x", "GET", LabGuard.As("bob"));
        var page = await _lab.Guard.AskAsync(refused.Json.GetProperty("type").GetString()!);
        Assert.Equal(200, page.Status);
        Assert.Contains("role.missing", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Body, StringComparison.Ordinal);
        Assert.Equal(404, (await _lab.Guard.AskAsync("/.gatehouse/causes/no.such-cause")).Status);
        Assert.Equal(403, (await _lab.Guard.AskFromAsync(LabGuard.Blocked, "/.gatehouse/causes/role.missing")).Status);
    }

    /// <summary>All of an answer but for date and incident.</summary>
    private static string Comparable(Answer answer) =>
        $"{answer.Status}\n{string.Join('\n', answer.Fields.Where(field => field.Name != "Date").Select(field => $"{field.Name}: {field.Value}"))}\n\n{answer.Body}".Replace(answer["Gatehouse-Incident"]!, "ID", StringComparison.Ordinal);
}
