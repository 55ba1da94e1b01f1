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
            var incident = answer["Gatehouse-Incident"]!;
            answers.Add(string.Join('\n', answer.Fields.Where(field => field.Name != "Date").Select(field => $"{field.Name}: {field.Value}")).Replace(incident, "ID", StringComparison.Ordinal) + answer.Body.Replace(incident, "ID", StringComparison.Ordinal));
        }

        Assert.Single(answers.Distinct(StringComparer.Ordinal));
        _lab.TakeServed();
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
}
