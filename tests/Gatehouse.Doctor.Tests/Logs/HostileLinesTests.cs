using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Doctor.Logs.Signatures;

namespace Gatehouse.Doctor.Tests.Logs;

/// <summary>Whoever sends requests writes into logs: no line may stop the reader.</summary>
public class HostileLinesTests
{
    private static readonly string[] Lines =
    [
        "[Tue Nov 24 14:30:40.123456 2026] [authz_core:error] [pid 12:tid 34] (13)Permission denied: [client 127.0.0.1:4711] AH01630: client denied by server configuration: /srv/site/a, referer: x",
        "2026/11/24 14:30:40 [error] 12#12: *3 open() \"/srv/site/report.html\" failed (13: Permission denied), client: 127.0.0.1, server: localhost, request: \"GET /report.html HTTP/1.1\", upstream: \"http://a\", host: \"localhost\"",
        "shop.test:80 127.0.0.1 - alice [24/Nov/2026:14:30:40 +0000] \"GET / HTTP/1.1\" 403 12 \"-\" \"curl/8\" 7 \"r\" \"http://s\" 12ms",
        "<134>Nov 24 14:30:40 gate haproxy[12]: 127.0.0.1:5000 [24/Nov/2026:14:30:40.100] web web/<NOSRV> 0/-1/-1/-1/0 401 192 - - LR-- 1/1/0/0/0 0/0 {a|b} \"GET /admin HTTP/1.1\"",
        "<34>1 2026-11-24T14:30:40.003Z host su 12 ID47 [a b=\"c\"] the line",
        "1795530640.123      0 127.0.0.1 TCP_DENIED/403 3900 GET http://shop/a - HIER_NONE/- text/html",
        "{\"level\":\"debug\",\"ts\":1795530640.1,\"logger\":\"http.log.access\",\"request\":{\"remote_ip\":\"127.0.0.1\",\"uri\":\"/\",\"headers\":{\"User-Agent\":[\"a\"]}},\"status\":403}",
        "{\"log\":\"127.0.0.1 - - [24/Nov/2026:14:30:40 +0000] \\\"GET / HTTP/1.1\\\" 403 1\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-24T14:30:40.5Z\"}",
        "2026-11-24T14:30:40.123456789Z stderr F line level=warn msg=\"token \\\"expired\" user=bob path=/a status=401 ip=10.0.0.1",
        "2026-11-24 14:30:40: (mod_auth.c.828) password doesn't match for /private/ username: alice IP: 127.0.0.1",
        "24-Nov-2026 14:30:40.123 WARNING [http-nio-1] org.apache.Realm.x An attempt was made to authenticate the locked user [bob]",
        "2026-11-24T14:30:40Z info: Microsoft.AspNetCore.Hosting.Diagnostics[2] Request finished HTTP/1.1 GET http://localhost/a - 403 0 - 1.2ms",
        "[2026-04-15T20:17:00.310Z] \"GET /path HTTP/1.1\" 403 - rbac_access_denied_matched_policy[none] - \"-\" 0 19 1 - \"10.0.0.1\" \"curl\" \"id\" \"host\" \"-\" - -",
        "http 2026-11-24T14:30:40.1Z app/lb 192.0.2.1:80 10.0.0.1:80 0.0 0.0 0.0 403 403 1 2 \"GET http://a:80/ HTTP/1.1\" \"curl\" - - arn \"Root=1\" \"-\" \"-\" 0 t \"waf\" \"-\" \"-\" \"x\" \"403\" \"-\" \"-\"",
        "type=AVC msg=audit(1795530640.1:7): avc:  denied  { read } for  pid=9 comm=\"httpd\" name=\"a.html\" scontext=a tcontext=b tclass=file",
        "web-1  | [Tue Nov 24 14:30:40 2026] [error] [client ::1] ModSecurity: Access denied with code 403 (phase 1). x [id \"1\"] [msg \"m\"] [unique_id \"u\"]",
    ];

    [Fact]
    public void Changed_cut_and_joined_lines_are_read()
    {
        var random = new Random(20261124);
        const string Odd = "[]{}\"'(),:;=<>|*#%\\ \t\0\u001b\uFFFD9aé/-.";
        for (var round = 0; round < 30_000; round++)
        {
            var line = Lines[random.Next(Lines.Length)].ToCharArray().ToList();
            for (var change = random.Next(1, 6); change > 0 && line.Count > 0; change--)
            {
                var at = random.Next(line.Count);
                switch (random.Next(4))
                {
                    case 0: line[at] = Odd[random.Next(Odd.Length)]; break;
                    case 1: line.RemoveRange(at, Math.Min(random.Next(1, 12), line.Count - at)); break;
                    case 2: line.InsertRange(at, Odd.Skip(random.Next(Odd.Length)).Take(random.Next(1, 5))); break;
                    case 3: line = [.. line.Take(at), .. Lines[random.Next(Lines.Length)].Skip(random.Next(40))]; break;
                }
            }

            var text = new string([.. line]);
            var record = LineFormats.Read(text);
            Assert.Equal(text, record.Text);
            SignatureTable.Match(record);
            AccessMeaning.Of(record);
            LogSecrets.Mask(text);
            record.Time?.At(TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch.AddYears(56));
        }
    }

    [Fact]
    public void Long_lines_of_one_character_take_no_time()
    {
        foreach (var c in "[{\"=(<: a1")
        {
            var record = LineFormats.Read(new string(c, BackwardLines.MaxLineBytes));
            SignatureTable.Match(record);
            LogSecrets.Mask(record.Text);
        }

        LineFormats.Read(string.Concat(Enumerable.Repeat("a=b ", 16_000)));
        LineFormats.Read("{" + string.Concat(Enumerable.Repeat("\"a\":{", 10_000)));
    }
}
