using System.Net;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Tests.Servers;

namespace Gatehouse.Doctor.Tests.Logs;

/// <summary>What real servers write, not what tables say they write: each refusal is made, and its line found and understood.</summary>
public sealed class RealLogsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-real-logs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text, int mode = 0b110_100_100)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        return path;
    }

    private async Task Compare(RunningProgram server, string[] logs, IEnumerable<(string Target, string[] Headers, string? Cause)> rows)
    {
        foreach (var (target, headers, cause) in rows)
        {
            var before = TimeProvider.System.GetUtcNow();
            var status = await server.StatusAsync("GET", target, headers);
            var answered = TimeProvider.System.GetUtcNow();
            await Task.Delay(60, TestContext.Current.CancellationToken);
            var url = new Uri($"http://127.0.0.1:{server.Port}{target}");
            var seen = new Observations();
            seen.Add(new Exchange
            {
                Purpose = "as given",
                Variation = Variation.AsGiven,
                Request = new SentRequest { Method = "GET", Url = url, Fields = [.. headers.Select(header => new Field(header.Split(':', 2)[0], header.Split(':', 2)[1].Trim()))] },
                Answer = new ReceivedAnswer { Status = status, At = answered },
                Elapsed = answered - before,
                From = IPAddress.Loopback,
                To = IPAddress.Loopback,
            });
            seen.AddRange(LogProbe.Look(new Question { Url = url, Logs = logs }, seen, new Surroundings(TimeProvider.System, new Progress<string>(), 0), TestContext.Current.CancellationToken));
            var found = Gatehouse.Doctor.Rules.LogRules.All.SelectMany(rule => rule.Judge(seen)).OrderByDescending(finding => finding.Confidence).FirstOrDefault();
            var what = $"{target} {status}: {found?.Cause.Id} {found?.Confidence} {found?.Summary}\n" + string.Join('\n', logs.Select(log => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(4)) : ""));
            if (cause is null) Assert.True(found is null || found.Confidence < 0.5, what);
            else
            {
                Assert.True(found is not null && found.Cause.Id == cause, what);
                var where = found!.Evidence.First(evidence => evidence.Kind == Gatehouse.Findings.EvidenceKind.LogLine).Where.Split(':');
                var line = File.ReadLines(logs.First(log => Path.GetFileName(log) == where[0])).ElementAt(int.Parse(where[1]) - 1);
                Assert.StartsWith(line[..40], found.Evidence.First(evidence => evidence.Kind == Gatehouse.Findings.EvidenceKind.LogLine).What, StringComparison.Ordinal);
            }
        }
    }

    private void Site()
    {
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        foreach (var name in new[] { "a.html", "denied/a.html", "private/index.html", "empty/x.txt", "missing/index.html" }) Write("site/" + name, name);
        Write("site/secret.html", "s", 0b110_000_000);
        Write("site/closed/a.html", "c");
        File.SetUnixFileMode(Path.Combine(folder, "site/closed"), (UnixFileMode)0b111_000_000);
        Write("users", "alice:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/\n");
    }

    [Fact]
    public async Task Nginx_lines_are_found_by_their_request()
    {
        var program = RunningProgram.Find("nginx");
        if (!Environment.IsPrivilegedProcess) Assert.Skip("permission to start workers of another account is needed");
        var port = RunningProgram.FreePort();
        Site();
        var file = Write("nginx.conf", $$"""
            user www-data;
            daemon off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events {}
            http {
                access_log {{folder}}/access.log;
                client_body_temp_path {{folder}}/t1; proxy_temp_path {{folder}}/t2; fastcgi_temp_path {{folder}}/t3; uwsgi_temp_path {{folder}}/t4; scgi_temp_path {{folder}}/t5;
                server {
                    listen 127.0.0.1:{{port}};
                    root {{folder}}/site;
                    index index.html;
                    location /denied/ { deny all; }
                    location /private/ { auth_basic r; auth_basic_user_file {{folder}}/users; }
                    location /missing/ { auth_basic r; auth_basic_user_file {{folder}}/nousers; }
                    location /returned/ { return 403; }
                }
            }
            """);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-c", file);
        await Compare(server, [Path.Combine(folder, "access.log"), Path.Combine(folder, "error.log")],
        [
            ("/denied/a.html", [], "resource.denied"),
            ("/empty/", [], "directory.no-index"),
            ("/secret.html", [], "file.not-readable"),
            ("/private/", [Evaluating.Basic("alice", "x")], "password.wrong"),
            ("/private/", [Evaluating.Basic("eve", "x")], "password.unknown-user"),
            ("/missing/", [Evaluating.Basic("alice", "x")], "password-file.missing"),
            ("/returned/", [], null),
            ("/a.html", [], null),
        ]);
    }

    [Fact]
    public async Task Httpd_lines_are_found_by_their_request()
    {
        var program = RunningProgram.Find("apache2");
        if (!Environment.IsPrivilegedProcess) Assert.Skip("permission to start workers of another account is needed");
        var port = RunningProgram.FreePort();
        Site();
        Write("site/broken/.htaccess", "Requre valid-user\n");
        var modules = string.Concat(new[] { "mpm_event", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic", "authz_host", "dir", "mime", "rewrite" }.Select(name => $"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"));
        var file = Write("httpd.conf", modules + $$"""
            ServerRoot {{folder}}
            PidFile {{folder}}/httpd.pid
            Mutex file:{{folder}}
            Listen 127.0.0.1:{{port}}
            ServerName localhost
            User www-data
            Group www-data
            ErrorLog {{folder}}/error.log
            DocumentRoot {{folder}}/site
            TypesConfig /etc/mime.types
            DirectoryIndex index.html
            <Directory />
                AllowOverride None
                Require all denied
            </Directory>
            <Directory {{folder}}/site>
                Require all granted
            </Directory>
            <Directory {{folder}}/site/broken>
                AllowOverride All
            </Directory>
            <Location /denied>
                Require ip 10.0.0.0/8
            </Location>
            <Location /private>
                AuthType Basic
                AuthName r
                AuthUserFile {{folder}}/users
                Require valid-user
            </Location>
            <Location /missing>
                AuthType Basic
                AuthName r
                AuthUserFile {{folder}}/nousers
                Require valid-user
            </Location>
            RewriteEngine On
            RewriteRule ^/forbidden - [F]

            """);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-X", "-f", file);
        await Compare(server, [Path.Combine(folder, "error.log")],
        [
            ("/denied/a.html", [], "resource.denied"),
            ("/secret.html", [], "file.not-readable"),
            ("/closed/a.html", [], "directory.not-searchable"),
            ("/private/", [Evaluating.Basic("alice", "x")], "password.wrong"),
            ("/private/", [Evaluating.Basic("eve", "x")], "password.unknown-user"),
            ("/private/", ["Authorization: Bearer abc"], "credentials.wrong-scheme"),
            ("/private/", ["Authorization: Basic ???"], "credentials.malformed"),
            ("/missing/", [Evaluating.Basic("alice", "x")], "password-file.missing"),
            ("/broken/", [], "htaccess.syntax-error"),
            ("/forbidden", [], null),
            ("/a.html", [], null),
        ]);
    }
}
