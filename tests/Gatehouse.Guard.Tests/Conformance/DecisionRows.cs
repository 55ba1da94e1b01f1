using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Refusals;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>Rows W and K: the right one of 401 and 403, and 503 for whatever fails.</summary>
public sealed class DecisionRows : IClassFixture<LabGuard>
{
    private readonly LabGuard _lab;

    public DecisionRows(LabGuard lab)
    {
        _lab = lab;
        _lab.TakeServed();
    }

    [Fact]
    public async Task W01_signed_in_without_the_role_is_403_without_a_challenge()
    {
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/admin/x", "GET", LabGuard.As("bob")), 403, "role.missing");
        Assert.Empty(answer.All("WWW-Authenticate"));
        Assert.Contains("You are signed in as bob", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("admin", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W02_an_expired_or_foreign_token_is_401_invalid_token()
    {
        var expired = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/api/x", "GET", _lab.Token("bob", "read", expiresIn: -600)), 401, "token.expired");
        Assert.Contains(expired.All("WWW-Authenticate"), challenge => challenge.StartsWith("Bearer ", StringComparison.Ordinal) && challenge.Contains("error=\"invalid_token\"", StringComparison.Ordinal));
        Assert.Equal("token.expired", expired.Json.GetProperty("cause").GetString());
        var foreign = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/api/x", "GET", _lab.Token("bob", "read", audience: "other")), 401, "token.wrong-audience");
        Assert.Equal("token.rejected", foreign.Json.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task W03_W04_a_missing_scope_is_403_insufficient_scope_with_the_scope()
    {
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/api/x", "POST", _lab.Token("bob", "read"), "Content-Length: 0"), 403, "scope.missing");
        var challenge = Assert.Single(answer.All("WWW-Authenticate"));
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"write\"", challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W05_S01_every_401_has_challenges_and_whoever_follows_one_meets_200_or_403()
    {
        foreach (var path in new[] { "/admin/x", "/account/x", "/recent/x" })
        {
            var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync(path), 401, "credentials.missing");
            Assert.Equal(path != "/recent/x", answer.All("WWW-Authenticate").Any(challenge => challenge.StartsWith("Basic ", StringComparison.Ordinal)));
            foreach (var user in new[] { "alice", "bob" })
            {
                Assert.Contains((await _lab.Guard.AskAsync(path, "GET", await _lab.SessionOfAsync(user))).Status, new[] { 200, 403 });
                _lab.TakeServed();
            }
        }
    }

    [Fact]
    public async Task W06_K04_K05_a_blocked_address_is_403_before_any_password_is_hashed()
    {
        var hashed = _lab.Lab.Passwords.Verifications;
        foreach (var path in new[] { "/admin/x", "/public/x", "/", "/.gatehouse/sign-in", "/nothing" })
        {
            foreach (var who in new[] { "X: y", LabGuard.As("alice"), LabGuard.As("alice", "wrong"), _lab.Token("alice", "read"), "Authorization: garbage" })
            {
                var answer = await _lab.RefusedAsync(await _lab.Guard.AskFromAsync(LabGuard.Blocked, path, "GET", who), 403, "ip.blocked");
                Assert.Empty(answer.All("WWW-Authenticate"));
                Assert.False(answer.Json.TryGetProperty("cause", out _));
            }
        }

        Assert.Equal(hashed, _lab.Lab.Passwords.Verifications);
        var incident = await _lab.Guard.IncidentAsync((await _lab.Guard.AskFromAsync(LabGuard.Blocked, "/"))["Gatehouse-Incident"]);
        Assert.Equal("network 127.0.0.66", incident.GetProperty("rule").GetProperty("text").GetString());
        Assert.Equal("127.0.0.66", incident.GetProperty("address").GetString());
        Assert.Contains("out of the refuse list", incident.GetProperty("nearest-change").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task W07_a_stranger_whom_signing_in_would_help_is_401() =>
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x"), 401, "credentials.missing");

    [Fact]
    public async Task W08_only_schemes_that_can_satisfy_the_rule_are_offered()
    {
        var answer = await _lab.Guard.AskAsync("/api/x");
        Assert.DoesNotContain(answer.All("WWW-Authenticate"), challenge => challenge.StartsWith("Basic ", StringComparison.Ordinal));
        Assert.Contains(answer.All("WWW-Authenticate"), challenge => challenge.StartsWith("Bearer", StringComparison.Ordinal));
        var admin = await _lab.Guard.AskAsync("/admin/x");
        Assert.DoesNotContain(admin.All("WWW-Authenticate"), challenge => challenge.StartsWith("ApiKey", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Accept: application/json")]
    [InlineData("Accept: */*")]
    [InlineData("X-Requested-With: XMLHttpRequest", "Accept: text/html")]
    [InlineData("Sec-Fetch-Mode: cors", "Accept: text/html")]
    [InlineData("Sec-Fetch-Mode: no-cors", "Accept: text/html,*/*;q=0.8")]
    [InlineData("Accept: application/vnd.api+json")]
    public async Task W09_a_program_gets_401_as_problem_json_never_a_redirect_or_a_form(params string[] fields)
    {
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", fields), 401, "credentials.missing");
        Assert.Equal("application/problem+json", answer["Content-Type"]);
        Assert.Null(answer["Location"]);
        Assert.DoesNotContain("<form", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W10_W32_a_browser_gets_the_form_with_the_401_at_the_same_address()
    {
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", "Sec-Fetch-Mode: navigate", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), 401, "credentials.missing");
        Assert.Equal("text/html; charset=utf-8", answer["Content-Type"]);
        Assert.Contains("<form method=\"post\" action=\"/.gatehouse/sign-in\"", answer.Body, StringComparison.Ordinal);
        Assert.Contains("value=\"a&quot;b&lt;c\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal("form=1; Path=/", answer["Set-Cookie"]);
        Assert.Contains("frame-ancestors 'none'", answer["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("<script", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W13_K10_what_can_not_be_read_is_503_and_open_pages_are_still_served()
    {
        _lab.Key = () => new(new Outcome.Broken("the key store is away"));
        try
        {
            var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x"), 503, null);
            Assert.Empty(answer.All("WWW-Authenticate"));
            Assert.NotNull(answer["Retry-After"]);
            Assert.DoesNotContain("store", answer.Body, StringComparison.Ordinal);
            Assert.Equal("the key store is away", (await _lab.Guard.IncidentAsync(answer["Gatehouse-Incident"])).GetProperty("detail").GetString());
            await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", LabGuard.As("alice")), 503, null);
            Assert.Equal(200, (await _lab.Guard.AskAsync("/public/x")).Status);
            _lab.TakeServed();
            await _lab.RefusedAsync(await _lab.Guard.AskAsync("/nobody/x"), 403, "resource.denied");
        }
        finally
        {
            _lab.Key = () => new(Outcome.None.Instance);
        }
    }

    [Fact]
    public async Task K11_P11_an_exception_on_the_way_to_a_decision_is_503_with_an_incident_and_no_detail()
    {
        try
        {
            foreach (var fault in new Func<ValueTask<Outcome>>[] { () => throw new InvalidOperationException("secret-of-the-fault"), async () => { await Task.Yield(); throw new FormatException("secret-of-the-fault"); }, () => new((Outcome)null!) })
            {
                _lab.Key = fault;
                var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", LabGuard.As("alice")), 503, null);
                Assert.DoesNotContain("secret-of-the-fault", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain("Exception", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain("secret-of-the-fault", (await _lab.Guard.IncidentAsync(answer["Gatehouse-Incident"])).ToString(), StringComparison.Ordinal);
            }
        }
        finally
        {
            _lab.Key = () => new(Outcome.None.Instance);
        }

        _lab.Content = (_, _, _) => throw new IOException("secret-of-the-disk");
        try
        {
            var answer = await _lab.Guard.AskAsync("/public/x");
            Assert.Equal(503, answer.Status);
            Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
            _lab.TakeServed();
        }
        finally
        {
            _lab.Content = null;
        }
    }

    [Fact]
    public async Task W14_W32_a_missing_page_is_404_and_a_wrong_method_405_with_Allow()
    {
        Assert.Equal(404, (await _lab.Guard.AskAsync("/public/none")).Status);
        var answer = await _lab.Guard.AskAsync("/public/x", "DELETE");
        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer["Allow"]));
        _lab.TakeServed();
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "DELETE"), 401, "credentials.missing");
    }

    [Fact]
    public async Task W19_a_refused_user_sees_under_which_name_he_is_known()
    {
        var answer = await _lab.Guard.AskAsync("/admin/x", "GET", await _lab.SessionOfAsync("bob"), "Accept: text/html");
        Assert.Equal(403, answer.Status);
        Assert.Contains("You are signed in as bob", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task W24_a_refusal_of_the_guard_can_be_told_from_one_of_the_application()
    {
        _lab.Content = (context, _, _) =>
        {
            context.Response.StatusCode = 403;
            return default;
        };
        try
        {
            Assert.Null((await _lab.Guard.AskAsync("/public/x"))["Gatehouse-Incident"]);
        }
        finally
        {
            _lab.Content = null;
            _lab.TakeServed();
        }

        Assert.True(Incident.IsId((await _lab.Guard.AskAsync("/nobody/x"))["Gatehouse-Incident"]));
    }

    [Fact]
    public async Task W25_W36_I05_an_expired_session_is_401_with_the_cookie_deleted()
    {
        var cookie = await _lab.SessionOfAsync("alice");
        Assert.Equal(200, (await _lab.Guard.AskAsync("/account/x", "GET", cookie)).Status);
        _lab.TakeServed();
        _lab.Lab.Time.Advance(TimeSpan.FromHours(13));
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", cookie), 401, "session.expired");
        Assert.Contains("Max-Age=0", answer["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal("session.expired", answer.Json.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task W30_G22_an_unknown_scheme_is_401_that_lists_the_real_ones()
    {
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", "Authorization: Negotiate c2VjcmV0", await _lab.SessionOfAsync("alice")), 401, "credentials.wrong-scheme");
        Assert.Contains(answer.All("WWW-Authenticate"), challenge => challenge.StartsWith("Basic ", StringComparison.Ordinal));
        Assert.DoesNotContain("c2VjcmV0", (await _lab.Guard.IncidentAsync(answer["Gatehouse-Incident"])).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task W31_S52_without_a_token_the_challenge_is_bare()
    {
        var answer = await _lab.Guard.AskAsync("/api/x");
        Assert.DoesNotContain(answer.All("WWW-Authenticate"), challenge => challenge.Contains("error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task W34_a_first_visit_and_a_failed_sign_in_are_told_apart_in_the_record()
    {
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x"), 401, "credentials.missing");
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", LabGuard.As("bob", "wrong")), 401, "password.wrong");
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", LabGuard.As("nobody", "wrong")), 401, "password.unknown-user");
    }

    [Fact]
    public async Task K02_what_no_rule_names_is_refused() =>
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/elsewhere", "GET", LabGuard.As("alice")), 403, "resource.denied-by-default");

    [Fact]
    public async Task K06_a_closed_country_is_403_also_for_strangers()
    {
        await _lab.RefusedAsync(await _lab.Guard.AskFromAsync(LabGuard.Abroad, "/geo/x"), 403, "country.blocked");
        Assert.Equal(200, (await _lab.Guard.AskAsync("/geo/x")).Status);
        _lab.TakeServed();
    }

    [Fact]
    public async Task K07_a_file_that_is_not_served_is_401_before_the_login_and_403_after_it()
    {
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/link"), 401, "credentials.missing");
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/none"), 401, "credentials.missing");
        var after = await _lab.Guard.AskAsync("/account/link", "GET", LabGuard.As("bob"));
        Assert.Equal(403, after.Status);
        Assert.Equal("symlink.refused", (await _lab.Guard.IncidentAsync(after["Gatehouse-Incident"])).GetProperty("cause").GetString());
        Assert.Equal(403, (await _lab.Guard.AskAsync("/open/link")).Status);
        _lab.TakeServed();
    }

    [Fact]
    public async Task K08_a_paid_page_is_401_for_strangers_and_403_without_a_subscription()
    {
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/paid/x"), 401, "credentials.missing");
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/paid/x", "GET", LabGuard.As("bob")), 403, "subscription.required");
        Assert.Contains("not included in your plan", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task K09_outside_the_hours_is_403() => await _lab.RefusedAsync(await _lab.Guard.AskAsync("/night/x", "GET", LabGuard.As("alice")), 403, "time.outside-window");

    [Fact]
    public async Task S61_too_old_a_sign_in_is_401_insufficient_user_authentication()
    {
        var cookie = await _lab.SessionOfAsync("alice");
        _lab.Lab.Time.Advance(TimeSpan.FromMinutes(10));
        var answer = await _lab.RefusedAsync(await _lab.Guard.AskAsync("/recent/x", "GET", cookie), 401, "authentication.too-old");
        Assert.Contains(answer.All("WWW-Authenticate"), challenge => challenge.Contains("insufficient_user_authentication", StringComparison.Ordinal) && challenge.Contains("max_age=\"300\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Step_3_bad_credentials_are_ignored_and_noted_where_everybody_may_pass_unless_the_rule_is_strict()
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/public/x", "GET", LabGuard.As("bob", "wrong"))).Status);
        _lab.TakeServed();
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/strict/x", "GET", LabGuard.As("bob", "wrong")), 401, "password.wrong");
        Assert.Equal(200, (await _lab.Guard.AskAsync("/strict/x")).Status);
        Assert.Equal(200, (await _lab.Guard.AskAsync("/strict/x", "GET", LabGuard.As("bob"))).Status);
        _lab.TakeServed();
    }

    [Fact]
    public async Task A_rule_on_trial_is_decided_and_recorded_and_not_enforced()
    {
        Assert.Equal("content of trial/x", (await _lab.Guard.AskAsync("/trial/x")).Body);
        Assert.Equal("content of trial/x", (await _lab.Guard.AskAsync("/trial/x", "GET", LabGuard.As("bob"))).Body);
        _lab.TakeServed();
        await _lab.RefusedAsync(await _lab.Guard.AskFromAsync(LabGuard.Blocked, "/trial/x"), 403, "ip.blocked");
    }

    [Fact]
    public async Task G20_a_bad_Authorization_field_decides_over_a_good_cookie() =>
        await _lab.RefusedAsync(await _lab.Guard.AskAsync("/account/x", "GET", LabGuard.As("alice", "wrong"), await _lab.SessionOfAsync("alice")), 401, "password.wrong");
}
