using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Logs.Signatures;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Logs;

/// <summary>One pasted line each: which cause it is, and how surely.</summary>
public class SignatureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 14, 30, 40, TimeSpan.Zero);

    internal static IReadOnlyList<Finding> Findings(params string[] lines)
    {
        var seen = new Observations();
        seen.AddRange(LogProbe.OfText(lines, Now));
        return [.. Gatehouse.Doctor.Rules.LogRules.All.SelectMany(rule => rule.Judge(seen)).OrderByDescending(finding => finding.Confidence)];
    }

    [Theory]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [authz_core:error] [pid 12:tid 34] [client 127.0.0.1:4711] AH01630: client denied by server configuration: /srv/site/a", "resource.denied", 0.6)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [authz_core:error] [pid 12:tid 34] [client 127.0.0.1:4711] AH01631: user bob: authorization failure for \"/private/\": ", "user.not-listed", 0.6)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [core:error] [pid 12:tid 34] (13)Permission denied: [client 127.0.0.1:4711] AH00035: access to /docs/q3/plan.html denied (filesystem path '/srv/site/docs/q3') because search permissions are missing on a component of the path", "directory.not-searchable", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [core:error] [pid 12:tid 34] (13)Permission denied: [client 127.0.0.1:4711] AH00132: file permissions deny server access: /srv/site/report.html, referer: http://a/", "file.not-readable", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [auth_basic:error] [pid 12] [client 127.0.0.1:4711] AH01617: user alice: authentication failure for \"/private/\": Password Mismatch", "password.wrong", 0.95)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [auth_basic:error] [pid 12] [client 127.0.0.1:4711] AH01618: user bob not found: /private/", "password.unknown-user", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [auth_basic:error] [pid 12] [client 127.0.0.1:4711] AH01618: user  not found: /private/", "credentials.malformed", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [authn_file:error] [pid 12] (2)No such file or directory: [client 127.0.0.1:4711] AH01620: Could not open password file: /srv/users", "password-file.missing", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [authn_file:error] [pid 12] (13)Permission denied: [client 127.0.0.1:4711] AH01620: Could not open password file: /srv/users", "password-file.unreadable", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [core:alert] [pid 12] [client 127.0.0.1:4711] /srv/site/help/.htaccess: Options not allowed here", "htaccess.not-permitted", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [core:alert] [pid 12] [client 127.0.0.1:4711] /srv/site/lab/.htaccess: Invalid command 'Requre', perhaps misspelled or defined by a module not included in the server configuration", "htaccess.syntax-error", 1.0)]
    [InlineData("[Tue Nov 24 14:30:40 2026] [error] [client 192.0.2.7] user alice: authentication failure for \"/private/\": Password Mismatch", "password.wrong", 0.95)]
    [InlineData("[Tue Nov 24 14:30:40.123456 2026] [security2:error] [pid 1] [client 127.0.0.1:4711] [client 127.0.0.1] ModSecurity: Access denied with code 403 (phase 1). Pattern match \"x\" at ARGS:file. [file \"/etc/m.conf\"] [line \"3\"] [id \"10042\"] [msg \"traversal\"] [hostname \"h\"] [uri \"/\"] [unique_id \"abc\"]", "waf.blocked", 1.0)]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 access forbidden by rule, client: 127.0.0.1, server: localhost, request: \"GET /wiki/a.html HTTP/1.1\", host: \"localhost\"", "resource.denied", 0.6)]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 directory index of \"/srv/site/shop/\" is forbidden, client: 127.0.0.1, server: localhost, request: \"GET /shop/ HTTP/1.1\", host: \"localhost\"", "directory.no-index", 1.0)]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 open() \"/srv/site/report.html\" failed (13: Permission denied), client: 127.0.0.1, server: localhost, request: \"GET /report.html HTTP/1.1\", host: \"localhost\"", "file.not-readable", 0.6)]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 open() \"/srv/users\" failed (2: No such file or directory), client: 127.0.0.1, server: localhost, request: \"GET /private/ HTTP/1.1\", host: \"localhost\"", "password-file.missing", 1.0)]
    [InlineData("2026/11/24 14:30:40 [crit] 12#12: *3 open() \"/srv/users\" failed (13: Permission denied), client: 127.0.0.1, server: localhost, request: \"GET /private/ HTTP/1.1\", host: \"localhost\"", "password-file.unreadable", 1.0)]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 user \"alice\": password mismatch, client: 127.0.0.1, server: localhost, request: \"GET /private/ HTTP/1.1\", host: \"localhost\"", "password.wrong", 0.95)]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 auth request unexpected status: 404 while sending to client, client: 127.0.0.1, server: localhost, request: \"GET /app/ HTTP/1.1\", host: \"localhost\"", "upstream.auth-failed", 1.0)]
    [InlineData("2026-11-24 14:30:40: (mod_auth.c.828) password doesn't match for /private/ username: alice IP: 127.0.0.1", "password.rejected", 0.85)]
    [InlineData("24-Nov-2026 14:30:40.123 WARNING [http-nio-1] org.apache.catalina.realm.LockOutRealm.filterLockedAccounts An attempt was made to authenticate the locked user [bob]", "account.locked", 1.0)]
    [InlineData("info: Microsoft.AspNetCore.Authorization.DefaultAuthorizationService[2] Authorization failed. These requirements were not met: RolesAuthorizationRequirement:User.IsInRole must be true for one of the following roles: (Administrator)", "role.missing", 1.0)]
    [InlineData("2026-11-24T14:30:40Z info: Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerHandler[7] Bearer was not authenticated. Failure message: IDX10223: Lifetime validation failed. The token is expired.", "token.expired", 1.0)]
    [InlineData("{\"level\":\"debug\",\"ts\":1795530640.1,\"logger\":\"http.handlers.file_server\",\"msg\":\"permission denied\",\"filename\":\"/srv/a\",\"error\":\"open /srv/a: permission denied\"}", "file.not-readable", 1.0)]
    [InlineData("127.0.0.1:5000 [24/Nov/2026:14:30:40.100] web web/<NOSRV> 0/-1/-1/-1/0 403 192 - - PR-- 1/1/0/0/0 0/0 \"GET /admin HTTP/1.1\"", "resource.denied", 0.6)]
    [InlineData("127.0.0.1:5000 [24/Nov/2026:14:30:40.100] web app/a1 0/0/0/3/3 403 192 - - ---- 1/1/0/0/0 0/0 \"GET /admin HTTP/1.1\"", "upstream.refused", 0.9)]
    [InlineData("<134>Nov 24 14:30:40 gate haproxy[12]: 127.0.0.1:5000 [24/Nov/2026:14:30:40.100] web web/<NOSRV> 0/-1/-1/-1/0 401 192 - - LR-- 1/1/0/0/0 0/0 \"GET /admin HTTP/1.1\"", "credentials.missing", 0.6)]
    [InlineData("1795530640.123      0 127.0.0.1 TCP_DENIED/403 3900 GET http://shop/a - HIER_NONE/- text/html", "resource.denied", 0.6)]
    [InlineData("{\"ClientHost\":\"192.0.2.1\",\"DownstreamStatus\":403,\"OriginStatus\":403,\"RequestMethod\":\"GET\",\"RequestPath\":\"/x\",\"ServiceURL\":\"http://app\",\"time\":\"2026-11-24T14:30:40Z\",\"level\":\"info\",\"msg\":\"\"}", "upstream.refused", 1.0)]
    [InlineData("Forbidden (CSRF cookie not set.): /account/", "csrf.rejected", 1.0)]
    [InlineData("2026-11-24 14:30:40,123 WARNING django.security.csrf Forbidden (Origin checking failed - https://a does not match any trusted origins.): /account/", "csrf.rejected", 1.0)]
    [InlineData("[ActionDispatch::HostAuthorization::DefaultResponseApp] Blocked hosts: app.example", "host.unknown", 1.0)]
    [InlineData("TokenExpiredError: jwt expired", "token.expired", 1.0)]
    [InlineData("type=AVC msg=audit(1795530640.1:7): avc:  denied  { read } for  pid=9 comm=\"httpd\" name=\"a.html\" dev=\"sda\" ino=1 scontext=system_u:system_r:httpd_t:s0 tcontext=unconfined_u:object_r:user_home_t:s0 tclass=file permissive=0", "file.label-denied", 1.0)]
    [InlineData("{\"log\":\"2026/11/24 14:30:40 [error] 12#12: *3 access forbidden by rule, client: 127.0.0.1, server: a, request: \\\"GET / HTTP/1.1\\\"\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T14:30:40.5Z\"}", "resource.denied", 0.6)]
    [InlineData("2026-11-24T14:30:40.123456789Z stderr F 2026/11/24 14:30:40 [error] 12#12: *3 user \"bob\" was not found in \"/etc/nginx/users\", client: 127.0.0.1, server: a, request: \"GET / HTTP/1.1\"", "password.unknown-user", 1.0)]
    public void A_line_by_itself_names_its_cause(string line, string cause, double confidence)
    {
        var found = Findings(line);
        Assert.NotEmpty(found);
        Assert.Equal(cause, found[0].Cause.Id);
        Assert.Equal(confidence, found[0].Confidence);
        Assert.All(found, finding => Assert.All(finding.Evidence, evidence => Assert.Equal(EvidenceKind.LogLine, evidence.Kind)));
        Assert.DoesNotContain("{", found[0].Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl/8\"")]
    [InlineData("2026/11/24 14:30:40 [error] 12#12: *3 open() \"/srv/site/missing.html\" failed (2: No such file or directory), client: 127.0.0.1, server: a, request: \"GET /missing.html HTTP/1.1\"")]
    [InlineData("2026/11/24 14:30:40 [notice] 12#12: start worker processes")]
    [InlineData("nothing at all")]
    [InlineData("")]
    [InlineData("{\"a\":")]
    public void What_names_no_reason_yields_no_finding(string line) => Assert.Empty(Findings(line));

    [Fact]
    public void A_bare_403_of_an_access_log_is_shown_and_proves_nothing()
    {
        var found = Assert.Single(Findings("127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \"GET /a HTTP/1.1\" 403 12 \"-\" \"curl/8\""));
        Assert.Equal("unknown", found.Cause.Id);
        Assert.True(found.Confidence < 0.6);
        Assert.Contains("GET /a", found.Evidence[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_is_found_by_its_own_words()
    {
        foreach (var row in SignatureTable.All)
        {
            Assert.True(row.Template.Anchor.Length > 2, row.Pattern);
            Assert.NotNull(row.Template.Match("x " + row.Pattern));
            Assert.DoesNotContain("  ", row.Says, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Pairs_of_access_and_error_line_are_joined()
    {
        var found = Findings(
            "127.0.0.1 - - [24/Nov/2026:14:30:38 +0000] \"GET /other HTTP/1.1\" 403 12 \"-\" \"curl/8\"",
            "127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \"GET /wiki/a.html HTTP/1.1\" 403 12 \"-\" \"curl/8\"",
            "2026/11/24 14:30:40 [error] 12#12: *3 access forbidden by rule, client: 127.0.0.1, server: localhost, request: \"GET /wiki/a.html HTTP/1.1\", host: \"localhost\"");
        Assert.Equal(2, found[0].Evidence.Count);
        Assert.Contains(found[0].Evidence, evidence => evidence.What.Contains("\" 403 ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_score_of_the_core_rule_set_is_told_by_the_rules_that_matched()
    {
        const string Head = "[Tue Nov 24 14:30:40.1 2026] [security2:error] [pid 1:tid 2] [client 127.0.0.1:4711] ModSecurity: ";
        var found = Findings(
            Head + "Warning. detected SQLi [file \"/m.conf\"] [line \"1\"] [id \"942100\"] [msg \"SQL Injection Attack\"] [hostname \"h\"] [uri \"/\"] [unique_id \"q\"]",
            Head + "Access denied with code 403 (phase 2). Operator GE matched 5 [file \"/m.conf\"] [line \"2\"] [id \"949110\"] [msg \"Inbound Anomaly Score Exceeded\"] [hostname \"h\"] [uri \"/\"] [unique_id \"q\"]");
        Assert.Contains("942100", found[0].Summary, StringComparison.Ordinal);
        Assert.Equal(1.0, found[0].Confidence);
    }

    [Fact]
    public void Tokens_in_a_line_are_masked()
    {
        var found = Findings("{\"msg\":\"jwt expired\",\"url\":\"/x?access_token=abcdefghijklmnop\",\"authorization\":\"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.aaaaaaaa\"}");
        Assert.DoesNotContain(found, finding => finding.Evidence.Any(evidence => evidence.What.Contains("eyJzdWIi", StringComparison.Ordinal) || evidence.What.Contains("efghijkl", StringComparison.Ordinal)));
        Assert.NotEmpty(found);
    }

    [Fact]
    public void The_line_of_the_exchange_counts_and_not_an_older_one()
    {
        var at = Now;
        var exchange = new Exchange
        {
            Purpose = "as given",
            Variation = Variation.AsGiven,
            Request = new SentRequest { Method = "GET", Url = new Uri("http://localhost/private/") },
            Answer = new ReceivedAnswer { Status = 401, At = at },
            Elapsed = TimeSpan.FromMilliseconds(3),
        };
        var records = new[]
        {
            "2026/11/24 14:10:40 [error] 12#12: *1 user \"zoe\" was not found in \"/users\", client: 127.0.0.1, server: a, request: \"GET /private/ HTTP/1.1\"",
            "2026/11/24 14:30:40 [error] 12#12: *2 user \"eve\" was not found in \"/users\", client: 127.0.0.1, server: a, request: \"GET /other/ HTTP/1.1\"",
            "2026/11/24 14:30:40 [error] 12#12: *3 user \"alice\": password mismatch, client: 127.0.0.1, server: a, request: \"GET /private/ HTTP/1.1\"",
        }.Select(line => Gatehouse.Doctor.Logs.Formats.LineFormats.Read(line)).Select(record => new LogHit(record, SignatureTable.Match(record)) { At = record.Time!.Value.At(TimeZoneInfo.Utc, at) }).ToList();
        var found = new LogSearch(new Question { Url = exchange.Request.Url }, exchange, at).Find(records);
        Assert.Equal(LogLink.Time, found!.Link);
        Assert.Equal("password.wrong", Assert.Single(found.Messages).Match!.Row.Cause.Id);

        var earlier = new LogSearch(new Question { Url = exchange.Request.Url }, exchange, at).Find([records[0]]);
        Assert.Equal(LogLink.Earlier, earlier!.Link);
    }
}
