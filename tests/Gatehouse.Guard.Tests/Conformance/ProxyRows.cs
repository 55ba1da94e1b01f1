using Gatehouse.Guard.Sessions;
using Gatehouse.Guard.Tests.Accounts;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>Rows C04, D12 to D18, E, F06, G21, W23 and W24: what reaches the upstream, and what comes back.</summary>
public sealed class ProxyRows : IClassFixture<ProxyLab>
{
    private readonly ProxyLab _lab;

    public ProxyRows(ProxyLab lab)
    {
        _lab = lab;
        _lab.TakeSeen();
        _lab.Reply = ProxyLab.Plain;
    }

    [Fact]
    public async Task A29_the_upstream_gets_the_path_that_was_judged_below_its_own_prefix()
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/public/../public//%61/b%3f%23?q=%2e%2e&x=1")).Status);
        Assert.StartsWith("GET /app/public/a/b%3F%23?q=%2e%2e&x=1 HTTP/1.1\r\n", _lab.Seen(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Remote-User: admin")]
    [InlineData("REMOTE_USER: admin")]
    [InlineData("X-Remote-User: admin")]
    [InlineData("X_Remote_User: admin")]
    [InlineData("X-Forwarded-User: admin")]
    [InlineData("X-Auth-Request-Groups: admin")]
    [InlineData("X-WebAuth-User: admin")]
    [InlineData("X-User-Id: 1")]
    [InlineData("Gatehouse-User: admin")]
    [InlineData("gatehouse_roles: admin")]
    [InlineData("X-Real-IP: 127.0.0.1")]
    [InlineData("True-Client-IP: 127.0.0.1")]
    [InlineData("CF-Connecting-IP: 127.0.0.1")]
    [InlineData("X-Client-IP: 127.0.0.1")]
    [InlineData("X-Original-URL: /admin/x")]
    [InlineData("X-Rewrite-URL: /admin/x")]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("X-Method-Override: DELETE")]
    [InlineData("X-Client-Cert: MII")]
    [InlineData("Ssl-Client-Verify: SUCCESS")]
    [InlineData("Forwarded: for=127.0.0.1")]
    [InlineData("X-Forwarded-Host: evil.test")]
    [InlineData("Proxy: http://evil.test")]
    [InlineData("gatehouse.user: admin")]
    [InlineData("Remote.User: admin")]
    [InlineData("X-Remote-Groups: system:masters")]
    [InlineData("Impersonate-User: admin")]
    [InlineData("X-authentik-username: admin")]
    [InlineData("Cf-Access-Authenticated-User-Email: admin@lab.test")]
    [InlineData("X-Amzn-Oidc-Identity: admin")]
    [InlineData("OIDC_CLAIM_sub: admin")]
    [InlineData("X-Consumer-Username: admin")]
    [InlineData("X-Authenticated-Userid: admin")]
    [InlineData("X-Userinfo: eyJzdWIiOiJhZG1pbiJ9")]
    [InlineData("X-JWT-Assertion: e30")]
    [InlineData("Client-IP: 127.0.0.1")]
    [InlineData("WL-Proxy-Client-IP: 127.0.0.1")]
    [InlineData("X-Envoy-External-Address: 127.0.0.1")]
    [InlineData("X-Middleware-Subrequest: middleware:middleware:middleware")]
    [InlineData("X-Accel-Mapping: /=/")]
    [InlineData("X-Url-Scheme: https")]
    public async Task E01_E02_E04_D12_D16_C04_B09_no_field_of_the_client_says_who_it_is_or_what_it_asks(string field)
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/public/x", "GET", field)).Status);
        var seen = _lab.Seen();
        var (name, value) = (field[..field.IndexOf(':')], field[(field.IndexOf(':') + 1)..].Trim());
        Assert.DoesNotContain($"\r\n{name}: {value}", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Gatehouse-User", seen, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(401, (await _lab.Guard.AskAsync("/admin/x", "GET", field)).Status);
        Assert.Empty(_lab.TakeSeen());
    }

    [Theory]
    [InlineData("Transfer_Encoding: chunked")]
    [InlineData("Content_Length: 0")]
    [InlineData("X_API_Key: gh_other")]
    [InlineData("authorization_: Basic YTpi", false)]
    [InlineData("X-Custom_Field: kept", false)]
    public async Task F01_E02_a_field_of_HTTP_in_a_disguise_that_CGI_takes_off_goes_no_further(string field, bool isRemoved = true)
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/public/x", "POST", field, "Content-Length: 0")).Status);
        Assert.Equal(!isRemoved, _lab.Seen().Contains("\r\n" + field, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task E03_W23_the_upstream_learns_who_asks_from_the_Guard_and_not_the_credentials()
    {
        var answer = await _lab.Guard.AskAsync("/admin/x", "GET", LabGuard.As("alice"), "X-API-Key: gh_secret", $"Cookie: a=1; {SessionCookie.Name(false)}=secret; b=2", "Gatehouse-Roles: root");
        // A cookie that does not verify would be refused; Basic decides first, as it is explicit.
        Assert.Equal(200, answer.Status);
        var seen = _lab.Seen();
        Assert.Contains("\r\nGatehouse-User: alice\r\n", seen, StringComparison.Ordinal);
        Assert.Contains("\r\nGatehouse-Roles: admin,editor\r\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Gatehouse-Groups", seen, StringComparison.Ordinal);
        foreach (var secret in new[] { "Authorization", "secret", "root" }) Assert.DoesNotContain(secret, seen, StringComparison.Ordinal);
        Assert.Contains("a=1; b=2", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E08_E09_our_cookies_are_taken_out_of_every_Cookie_field()
    {
        var session = await SessionAsync("bob");
        Assert.Equal(200, (await _lab.Guard.AskAsync("/account/x", "GET", $"Cookie: a=1; {session}", $"Cookie: {SessionCookie.FormName(false)}=x; b=2")).Status);
        var seen = _lab.Seen();
        Assert.DoesNotContain(session, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(SessionCookie.FormName(false), seen, StringComparison.Ordinal);
        Assert.Contains("a=1", seen, StringComparison.Ordinal);
        Assert.Contains("b=2", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task E12_W24_an_answer_of_the_upstream_passes_on_but_for_our_own_cookies_and_mark()
    {
        _lab.Reply = $"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"app\", nonce=\"n\"\r\nSet-Cookie: app=1\r\nSet-Cookie: {SessionCookie.Name(false)}=planted; Path=/\r\nSet-Cookie: {SessionCookie.Name(true)}=planted; Path=/\r\nGatehouse-Incident: 00000000000000000000000000000000\r\nContent-Length: 3\r\n\r\napp";
        var answer = await _lab.Guard.AskAsync("/public/x");
        Assert.Equal((401, "app"), (answer.Status, answer.Body));
        Assert.Equal("Digest realm=\"app\", nonce=\"n\"", answer["WWW-Authenticate"]);
        Assert.Equal("app=1", answer["Set-Cookie"]);
        Assert.Null(answer["Gatehouse-Incident"]);
    }

    [Theory]
    [InlineData("=")]
    [InlineData(" = ")]
    [InlineData("==")]
    [InlineData("=\t")]
    public async Task E12_a_cookie_without_a_name_that_browsers_send_back_as_ours_does_not_pass(string before)
    {
        _lab.Reply = $"HTTP/1.1 200 OK\r\nSet-Cookie: {before}{SessionCookie.Name(false)}=planted; Path=/\r\nSet-Cookie: {before}{SessionCookie.FormName(true)} =planted\r\nSet-Cookie: =app\r\nContent-Length: 2\r\n\r\nok";
        Assert.Equal("=app", (await _lab.Guard.AskAsync("/public/x"))["Set-Cookie"]);
    }

    [Fact]
    public async Task D01_D18_W28_the_upstream_gets_our_view_of_the_client_whatever_Connection_names()
    {
        Assert.Equal(200, (await _lab.Guard.AskAsync("/public/x", "GET", "X-Forwarded-For: 8.8.8.8", "X-Forwarded-Proto: https", "Connection: X-Forwarded-For, x-real-ip, Gatehouse-User, close")).Status);
        var seen = _lab.Seen();
        Assert.Contains("\r\nX-Forwarded-For: 127.0.0.1\r\n", seen, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Proto: http\r\n", seen, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-Host: lab.test\r\n", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("8.8.8.8", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F06_G21_an_upgrade_to_h2c_and_credentials_for_a_proxy_go_no_further()
    {
        var answer = await _lab.Guard.AskAsync("/public/x", "GET", "Proxy-Authorization: Basic c2VjcmV0OnNlY3JldA==", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "TE: trailers");
        Assert.Equal(200, answer.Status);
        var seen = _lab.Seen();
        foreach (var field in new[] { "Proxy-Authorization", "HTTP2-Settings", "h2c" }) Assert.DoesNotContain(field, seen, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("")]
    public async Task F12_an_answer_that_is_none_is_502_with_an_incident(string reply)
    {
        _lab.Reply = reply;
        var answer = await _lab.Guard.AskAsync("/public/x");
        Assert.Equal(502, answer.Status);
        Assert.NotNull(answer["Gatehouse-Incident"]);
    }

    [Theory]
    [InlineData("al,ice")]
    [InlineData("al%ice")]
    [InlineData("z\u00fcrich")]
    public void E05_a_name_that_could_split_a_field_is_encoded(string name)
    {
        // The account store takes no such names; tokens of foreign issuers can bring them.
        var value = Gatehouse.Guard.Proxy.ProxyContent.Transformer.Value(name);
        Assert.All(value, c => Assert.InRange(c, '!', '~'));
        Assert.DoesNotContain(',', value);
        Assert.Equal(name, Uri.UnescapeDataString(value));
    }

    [Fact]
    public async Task Q03_what_is_forwarded_outlives_the_configuration_under_which_it_began()
    {
        var lab = new ProxyLab();
        await lab.InitializeAsync();
        await using (lab)
        {
            var hold = new TaskCompletionSource();
            lab.Hold = hold.Task;
            var asked = lab.Guard.AskAsync("/public/x");
            while (lab.TakeSeen().Count == 0) await Task.Delay(5);
            lab.Replace();
            hold.SetResult();
            Assert.Equal((200, "ok"), (await asked is var answer ? answer.Status : 0, answer.Body));
        }
    }

    [Fact]
    public async Task K18_a_refused_request_never_reaches_the_upstream_whatever_its_method()
    {
        foreach (var method in new[] { "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS" })
        {
            Assert.Equal(401, (await _lab.Guard.AskAsync("/admin/x", method, "Content-Length: 0")).Status);
            Assert.Equal(403, (await _lab.Guard.AskAsync("/admin/x", method, "Content-Length: 0", LabGuard.As("bob"))).Status);
        }

        Assert.Empty(_lab.TakeSeen());
    }

    private async Task<string> SessionAsync(string user)
    {
        var account = await _lab.Lab.Accounts.FindAsync(user, default);
        _lab.Lab.Sessions.Begin("lab.test", account!, "127.0.0.1", "test", out var cookie);
        return $"{SessionCookie.Name(false)}={cookie}";
    }
}
