namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>What HAProxy's rules do to each other: variables, maps, changed fields, defaults, computed backends, beside the server itself.</summary>
public sealed class HaproxyRulesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-haproxy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text + "\n");
        return path;
    }

    [Fact]
    public async Task Variables_maps_changed_fields_defaults_and_computed_backends()
    {
        var program = RunningProgram.Find("haproxy");
        var port = RunningProgram.FreePort();
        Write("nets.map", "10.0.0.0/8 no\n127.0.0.0/8 no\n127.0.0.1/32 yes");
        Write("paths.map", "/closed shut\n/closed/but-open open");
        Write("hosts.map", "inner.test inner\n# comment\nnowhere.test missing");
        Write("agents.map", "badbot 1\nevil 1");
        var file = Write("haproxy.cfg", $$"""
            defaults rules
                mode http
                timeout connect 2s
                timeout client 10s
                timeout server 10s
                http-request deny if METH_DELETE
            defaults
                mode http
                timeout connect 2s
                timeout client 10s
                timeout server 10s
            userlist ops
                user alice password secret
            frontend web from rules
                bind 127.0.0.1:{{port}}
                http-request set-var(txn.net) src,map_ip({{folder}}/nets.map,none)
                http-request set-var(txn.zone) path,map_beg({{folder}}/paths.map,other)
                http-request deny if { var(txn.net) -m str yes } { path_beg /net }
                http-request deny if { var(txn.zone) -m str shut }
                http-request deny if { hdr_sub(user-agent) -i -M -f {{folder}}/agents.map }
                http-request set-header X-Stage checked if { path_beg /staged }
                http-request deny if { path_beg /staged/no } { req.hdr(x-stage) -m str checked }
                http-request del-header X-Token if { path_beg /token }
                http-request deny deny_status 401 if { path_beg /token } !{ req.hdr(x-token) -m found }
                http-request auth if { path_beg /ops } !{ http_auth(ops) }
                http-request deny if { hdr(host),host_only -m str -i other.test }
                http-request deny unless { req.hdr_ip(X-Forwarded-For,-1) -m ip 10.0.0.0/8 } || !{ path_beg /xff }
                use_backend %[req.hdr(host),host_only,lower,map({{folder}}/hosts.map,none)]
                default_backend plain
            backend inner
                http-request deny unless { src 10.0.0.0/8 }
            backend plain
                http-request return status 200 content-type text/plain string "served" unless { path /unserved }
            """);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-f", file, "-db");
        await Row.Compare(server, file,
        [
            new("GET", "/", null),
            new("DELETE", "/", "method.denied"),
            new("GET", "/net/x", "ip.blocked"),
            new("GET", "/closed/x", "resource.denied"),
            new("GET", "/closed/but-open", null),
            new("GET", "/", "user-agent.blocked", "User-Agent: EvilThing/2"),
            new("GET", "/staged/no", "header.required"),
            new("GET", "/staged/yes", null),
            new("GET", "/token/x", "header.required", "X-Token: abc"),
            new("GET", "/ops/x", "password-file.bad-hash", Evaluating.Basic("alice", "secret")),
            new("GET", "/", "resource.denied", "Host: OTHER.test:99"),
            new("GET", "/xff/1", "ip.not-allowed", "X-Forwarded-For: 10.1.1.1, 203.0.113.7"),
            new("GET", "/xff/1", null, "X-Forwarded-For: 203.0.113.7, 10.1.1.1"),
            new("GET", "/", "ip.not-allowed", "Host: INNER.test:8080"),
            new("GET", "/", null, "Host: nowhere.test"),
        ]);
        // Nothing behind it: that HAProxy says so by itself is no refusal, and no other configuration.
        Assert.Equal(503, await server.StatusAsync("GET", "/unserved"));
        var (seen, findings) = Evaluating.Of(file, Evaluating.Request("GET", "/unserved", port));
        Assert.Equal(503, Assert.Single(seen.OfType<Doctor.Servers.Evaluated>()).Status);
        Assert.Empty(findings);
    }

    [Fact]
    public async Task Fetches_and_converters_give_what_the_server_takes()
    {
        var program = RunningProgram.Find("haproxy");
        var port = RunningProgram.FreePort();
        Write("none.lst", "# nothing");
        var file = Write("haproxy.cfg", $$"""
            defaults
                mode http
                timeout connect 2s
                timeout client 10s
                timeout server 10s
            frontend web
                bind 127.0.0.1:{{port}}
                http-request deny if { path_beg /base } !{ base_beg 127.0.0.1:{{port}}/base }
                http-request deny if { path_beg /host } { req.hdr(host) 127.0.0.1 }
                http-request deny if { path_beg /count } { req.hdr_cnt(x-list) 3 }
                http-request deny if { path_beg /lines } { req.fhdr_cnt(x-list) 3 }
                http-request deny if { path,word(2,/) closed }
                http-request deny if { path,field(3,/.) shut }
                http-request deny if { path_beg /gone } { path,field(9,/) -m found }
                http-request deny if { bool(false) }
                http-request deny if { path -f {{folder}}/none.lst }
                http-request return status 200 content-type text/plain string "served"
            """);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-f", file, "-db");
        await Row.Compare(server, file,
        [
            new("GET", "/base/x", null),
            new("GET", "/host/x", null),
            new("GET", "/count/x", "header.required", "X-List: 1, 2", "X-List: 3"),
            new("GET", "/lines/x", null, "X-List: 1, 2", "X-List: 3"),
            new("GET", "/a/closed", "resource.denied"),
            new("GET", "//a//closed", "resource.denied"),
            new("GET", "/a.shut", "resource.denied"),
            new("GET", "/gone", null),
            new("GET", "/", null),
        ]);
    }

    [Fact]
    public void A_bind_line_that_wants_a_certificate_is_named()
    {
        var file = Write("haproxy.cfg", "frontend web\n mode http\n bind 127.0.0.1:8443 ssl crt s.pem ca-file ca.pem verify required\n default_backend app\nbackend app\n server s 127.0.0.1:9\n");
        var (_, findings) = Evaluating.Of(file, Evaluating.Request("GET", "/", 8443) with { Secure = true }, secure: true);
        Assert.Equal("certificate.missing", findings[0].Cause.Id);
        Assert.Contains("haproxy.cfg:3", findings[0].Summary, StringComparison.Ordinal);
    }
}
