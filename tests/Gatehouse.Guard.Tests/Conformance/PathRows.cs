namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>Rows A: whatever the spelling, the decision is that of the canonical path, or there is none.</summary>
public sealed class PathRows : IClassFixture<LabGuard>
{
    private readonly LabGuard _lab;

    public PathRows(LabGuard lab)
    {
        _lab = lab;
        _lab.TakeServed();
    }

    [Theory]
    [InlineData("A01", "//admin/x")]
    [InlineData("A01", "///admin/x")]
    [InlineData("A01", "/admin//x")]
    [InlineData("A02", "/./admin/x")]
    [InlineData("A02", "/public/./../admin/x")]
    [InlineData("A03", "/public/../admin/x")]
    [InlineData("A04", "/public/%2e%2e/admin/x")]
    [InlineData("A04", "/public/%2E./admin/x")]
    [InlineData("A04", "/public/.%2e/admin/x")]
    [InlineData("A10", "/admin/")]
    [InlineData("A10", "/admin/.")]
    [InlineData("A11", "/%61dmin/x")]
    [InlineData("A15", "/admin/a%23x")]
    [InlineData("A16", "/admin/x?x=/public")]
    [InlineData("A16", "/admin/x?../../public/x")]
    [InlineData("A17", "/admin/a%3fx")]
    [InlineData("A23", "http://lab.test/admin/x")]
    [InlineData("A32", "/.well-known/../admin/x")]
    [InlineData("A32", "/.gatehouse/../admin/x")]
    [InlineData("A32", "/.gatehouse/sign-in/../../admin/x")]
    public async Task A_spelling_of_a_protected_path_is_judged_as_that_path(string row, string path)
    {
        Assert.NotNull(row);
        await _lab.RefusedAsync(await _lab.Guard.AskAsync(path), 401, "credentials.missing");
        await _lab.RefusedAsync(await _lab.Guard.AskAsync(path, "GET", LabGuard.As("bob")), 403, "role.missing");
    }

    [Theory]
    [InlineData("A05", "/public/..%2fadmin")]
    [InlineData("A05", "/public/..%2Fadmin")]
    [InlineData("A06", "/public%2f..%2fadmin")]
    [InlineData("A07", "/public/..%252fadmin")]
    [InlineData("A07", "/public/%%32%65%%32%65/admin")]
    [InlineData("A08", "/public/..%5cadmin")]
    [InlineData("A08", "\\admin")]
    [InlineData("A08", "/\\admin")]
    [InlineData("A08", "/admin%5cx")]
    [InlineData("A09", "/public/..;/admin")]
    [InlineData("A09", "/.;/admin")]
    [InlineData("A09", "/admin;a=b/x")]
    [InlineData("A09", "/admin;x")]
    [InlineData("A10", "/admin/..;/admin")]
    [InlineData("A12", "/admin%20")]
    [InlineData("A12", "/admin.")]
    [InlineData("A12", "/admin...")]
    [InlineData("A12", "/admin::$DATA")]
    [InlineData("A13", "/admin%00")]
    [InlineData("A13", "/admin%00.png")]
    [InlineData("A14", "/admin%0a")]
    [InlineData("A14", "/admin%0d%0aX:%20y")]
    [InlineData("A14", "/admin%09")]
    [InlineData("A15", "/admin#x")]
    [InlineData("A15", "/public/#/../admin")]
    [InlineData("A18", "/%c0%afadmin")]
    [InlineData("A18", "/%e0%80%af")]
    [InlineData("A18", "/%80")]
    [InlineData("A18", "/%ed%a0%80")]
    [InlineData("A19", "/%zz")]
    [InlineData("A19", "/%")]
    [InlineData("A19", "/%u0061dmin")]
    [InlineData("A22", "")]
    [InlineData("A23", "http://other.test/admin/x")]
    [InlineData("A23", "http://user@lab.test/public/x")]
    public async Task What_servers_read_in_two_ways_is_400_and_reaches_nobody(string row, string path)
    {
        Assert.NotNull(row);
        var answer = await _lab.Guard.AskAsync(path);
        Assert.Equal(400, answer.Status);
        Assert.Empty(_lab.TakeServed());
        Assert.Equal("close", answer["Connection"]);
    }

    [Theory]
    [InlineData("/Admin/x")]
    [InlineData("/ADMIN/x")]
    [InlineData("/%41dmin/x")]
    public async Task A11_another_case_is_another_path_for_rules_and_disk_alike_and_refused_where_no_rule_names_it(string path) =>
        await _lab.RefusedAsync(await _lab.Guard.AskAsync(path, "GET", LabGuard.As("bob")), 403, "resource.denied-by-default");

    [Theory]
    [InlineData("GET * HTTP/1.1\r\nHost: lab.test\r\n\r\n", 405)]
    [InlineData("GET admin HTTP/1.1\r\nHost: lab.test\r\n\r\n", 405)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: lab.test\r\n\r\n", 400)]
    public async Task A22_targets_that_are_no_paths_are_refused(string request, int status)
    {
        Assert.Equal(status, (await _lab.Guard.RawAsync(request)).Status);
        Assert.Empty(_lab.TakeServed());
    }

    [Theory]
    [InlineData("GET  /admin HTTP/1.1\r\nHost: lab.test\r\n\r\n")]
    [InlineData("GET /admin x HTTP/1.1\r\nHost: lab.test\r\n\r\n")]
    [InlineData("GET /admin\r\n\r\n")]
    [InlineData("GET\t/admin HTTP/1.1\r\nHost: lab.test\r\n\r\n")]
    public async Task A22_request_lines_that_are_none_are_refused(string request)
    {
        Assert.Equal(400, (await _lab.Guard.RawAsync(request)).Status);
        Assert.Empty(_lab.TakeServed());
    }

    [Theory]
    [InlineData("/public%EF%BC%8F..%EF%BC%8Fadmin")]
    [InlineData("/%E2%84%AAadmin")]
    [InlineData("/adm%C4%B1n/x")]
    public async Task A20_letters_that_look_alike_are_other_letters(string path) =>
        await _lab.RefusedAsync(await _lab.Guard.AskAsync(path), 403, "resource.denied-by-default");

    [Fact]
    public async Task A21_long_and_deep_paths_end_early()
    {
        Assert.Equal(414, (await _lab.Guard.AskAsync("/" + new string('a', 64 * 1024))).Status);
        Assert.Equal(400, (await _lab.Guard.AskAsync(string.Concat(Enumerable.Repeat("/..", 2500)))).Status);
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/admin" + string.Concat(Enumerable.Repeat("/a", 3500))), 401, "credentials.missing");
    }

    [Fact]
    public async Task A26_a_rule_ends_at_a_boundary_of_names()
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/apikeys/x")).Status);
        _lab.TakeServed();
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/api.json"), 403, "resource.denied-by-default");
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/adminx"), 403, "resource.denied-by-default");
    }

    [Theory]
    [InlineData("User-Agent: /public/health")]
    [InlineData("X-Original-URL: /public/x")]
    [InlineData("X-Rewrite-URL: /public/x")]
    [InlineData("X-Envoy-Original-Path: /public/x")]
    [InlineData("X-Forwarded-Uri: /public/x")]
    [InlineData("X-Forwarded-Prefix: /public")]
    [InlineData("X-Original-URI: /public/x")]
    [InlineData("Referer: http://lab.test/public/x")]
    public async Task A28_D16_no_field_can_pick_another_path(string field) =>
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/admin/x", "GET", field), 401, "credentials.missing");

    [Fact]
    public async Task A29_what_is_served_is_the_canonical_path_that_was_judged()
    {
        Assert.Equal("content of public/x", (await _lab.Guard.AskAsync("/admin/..//public/./%78")).Body);
        Assert.Equal(["GET /public/x"], _lab.TakeServed());
    }

    [Theory]
    [InlineData("/locked/x", "GET")]
    [InlineData("/hidden/x", "GET")]
    [InlineData("/hidden/x", "HEAD")]
    [InlineData("/hidden/x", "POST")]
    [InlineData("/hidden/x/", "GET")]
    [InlineData("/hidden/../hidden//x", "GET")]
    [InlineData("/%68idden/x", "GET")]
    [InlineData("/hidden", "GET")]
    public async Task A31_P04_a_hidden_path_answers_as_if_nothing_were_there(string path, string method)
    {
        foreach (var accept in new[] { "Accept: text/html", "Accept: text/plain", "Accept: */*", "Range: bytes=0-1" })
        {
            foreach (var who in new[] { "X-Nobody: x", LabGuard.As("bob"), "Authorization: Bearer not-a-token" })
            {
                var hidden = await _lab.Guard.AskAsync(path, method, accept, who);
                _lab.TakeServed();
                var missing = await _lab.Guard.AskAsync("/public/nothing-is-here", method, accept, who);
                Assert.Equal(404, hidden.Status);
                Assert.Equal(Comparable(missing), Comparable(hidden));
            }
        }

        var incident = await _lab.Guard.IncidentAsync((await _lab.Guard.AskAsync(path, method))["Gatehouse-Incident"]);
        Assert.Equal(404, incident.GetProperty("shown").GetInt32());
        Assert.Contains(incident.GetProperty("status").GetInt32(), new[] { 401, 403 });
    }

    [Fact]
    public async Task A31_whoever_may_see_a_hidden_path_sees_it() =>
        Assert.Equal("content of hidden/x", (await _lab.Guard.AskAsync("/hidden/x", "GET", LabGuard.As("alice"))).Body);

    private static string Comparable(Answer answer)
    {
        var incident = answer["Gatehouse-Incident"]!;
        return string.Join('\n', answer.Fields.Where(field => field.Name != "Date").Select(field => $"{field.Name}: {field.Value}")).Replace(incident, "ID", StringComparison.Ordinal) + "\n\n" + answer.Body.Replace(incident, "ID", StringComparison.Ordinal);
    }
}
