using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>The evaluators' answers beside those of the servers themselves: whoever claims to know the status must be right, and name the cause.</summary>
public sealed class RealServersTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-servers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
        return path;
    }

    [Fact]
    public async Task Caddy_answers_as_its_Caddyfile_is_evaluated()
    {
        var program = RunningProgram.Find("caddy");
        var port = RunningProgram.FreePort();
        Write("site/index.html", "home");
        Write("site/a.txt", "a");
        var file = Write("Caddyfile", $$"""
            {
            	admin off
            	auto_https off
            }
            (guard) {
            	@{args[0]} path /{args[0]}/*
            	respond @{args[0]} 403
            }
            http://127.0.0.1:{{port}}, http://shop.test:{{port}} {
            	root * {{folder}}/site
            	@write method PUT DELETE
            	respond @write "read only" 403
            	@far {
            		path /intra/*
            		not remote_ip 10.0.0.0/8 192.168.0.0/16
            	}
            	respond @far 403
            	@bot header User-Agent *Scrapy*
            	respond @bot 403
            	@nokey {
            		path /api/*
            		not header X-Key secret
            	}
            	respond @nokey 401
            	@here {
            		path /local/*
            		remote_ip 127.0.0.0/8
            	}
            	error @here "no" 403
            	handle_path /app/* {
            		respond /secret* 403
            		respond "app"
            	}
            	handle /deep/* {
            		@host host other.test
            		respond @host 403
            		respond "deep"
            	}
            	basic_auth /private/* {
            		alice $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG
            	}
            	respond /old /dev/null 410
            	file_server
            }
            """.Replace("basic_auth", Caddy26() ? "basicauth" : "basic_auth", StringComparison.Ordinal));
        using var server = await RunningProgram.StartAsync(port, program, folder, new Dictionary<string, string> { ["HOME"] = folder, ["XDG_DATA_HOME"] = folder, ["XDG_CONFIG_HOME"] = folder }, "run", "--config", file, "--adapter", "caddyfile");
        await Row.Compare(server, file,
        [
            new("GET", "/a.txt", null),
            new("PUT", "/a.txt", "method.denied"),
            new("GET", "/intra/x", "ip.not-allowed"),
            new("GET", "/a.txt", "user-agent.blocked", "User-Agent: my Scrapy/2"),
            new("GET", "/api/x", "header.required"),
            new("GET", "/local/x", "ip.blocked"),
            new("GET", "/app/secrets", "resource.denied"),
            new("GET", "/app/other", null),
            new("GET", "/deep/x", null),
            new("GET", "/private/a", "credentials.missing"),
            new("GET", "/private/a", "password.unknown-user", Evaluating.Basic("bob", "x")),
            new("GET", "/private/a", "password.wrong", Evaluating.Basic("alice", "x")),
            new("GET", "/private/a", "credentials.wrong-scheme", "Authorization: Bearer abc"),
        ]);
    }

    /// <summary>Releases before 2.8 know the directive as basicauth.</summary>
    private static bool Caddy26() => true;

    [Fact]
    public async Task HAProxy_answers_as_its_configuration_is_evaluated()
    {
        var program = RunningProgram.Find("haproxy");
        var port = RunningProgram.FreePort();
        Write("blocked.lst", "# nets\n203.0.113.0/24\n198.51.100.7\n");
        var file = Write("haproxy.cfg", $$"""
            defaults
                mode http
                timeout connect 2s
                timeout client 10s
                timeout server 10s
            userlist staff
                group admins users alice
                user alice insecure-password wonderland
                user bob insecure-password builder
            frontend web
                bind 127.0.0.1:{{port}}
                acl office src 10.0.0.0/8 172.16.0.0/12
                acl admin path_beg /admin
                acl write method POST PUT DELETE
                acl good_ref hdr_dom(referer) -i shop.test
                acl api path_beg -i /API
                acl health path /api/health
                http-request deny if { src -f {{folder}}/blocked.lst }
                http-request deny if admin !office
                http-request deny deny_status 405 if write
                http-request deny if { hdr_sub(user-agent) -i sqlmap nikto }
                http-request deny if { path_end .png } !good_ref
                http-request auth realm staff if { path_beg /staff } !{ http_auth(staff) }
                http-request deny if { path_beg /only-admins } !{ http_auth_group(staff) admins }
                http-request deny if { path_beg /keyed } !{ req.hdr(x-key) -m str abc }
                http-request deny if api !health
                http-request deny if { path_reg ^/secret/[0-9]+$ } or { query -m sub debug=1 }
                http-request return status 200 content-type text/plain string "served"
            """);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-f", file, "-db");
        await Row.Compare(server, file,
        [
            new("GET", "/", null),
            new("GET", "/admin/x", "ip.not-allowed"),
            new("POST", "/", "method.denied"),
            new("GET", "/", "user-agent.blocked", "User-Agent: SQLMap/1"),
            new("GET", "/a.png", "referrer.blocked"),
            new("GET", "/a.png", null, "Referer: http://shop.test/x"),
            new("GET", "/staff", "credentials.missing"),
            new("GET", "/staff", "password.wrong", Evaluating.Basic("bob", "x")),
            new("GET", "/staff", "password.unknown-user", Evaluating.Basic("eve", "x")),
            new("GET", "/staff", null, Evaluating.Basic("bob", "builder")),
            new("GET", "/only-admins", "group.missing", Evaluating.Basic("bob", "builder")),
            new("GET", "/only-admins", null, Evaluating.Basic("alice", "wonderland")),
            new("GET", "/keyed", "header.required"),
            new("GET", "/keyed", null, "X-Key: abc"),
            new("GET", "/api/other", "resource.denied"),
            new("GET", "/api/health", null),
            new("GET", "/secret/12", "resource.denied"),
            new("GET", "/x?debug=1", "resource.denied"),
        ]);
    }

    [Fact]
    public async Task Lighttpd_answers_as_its_configuration_is_evaluated()
    {
        var program = RunningProgram.Find("lighttpd");
        var port = RunningProgram.FreePort();
        foreach (var name in new[] { "index.html", "a.txt", "b.inc", "private/index.html", "pic/a.txt", "admin/index.html", "c.php", "up/x.txt" }) Write("site/" + name, name);
        Write("users", "alice:$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/\nbob:plaintext\n");
        var file = Write("lighttpd.conf", $$"""
            var.base = "{{folder}}"
            server.document-root = var.base + "/site"
            server.bind = "127.0.0.1"
            server.port = {{port}}
            server.errorlog = var.base + "/error.log"
            server.modules = ( "mod_access", "mod_auth", "mod_authn_file" )
            index-file.names = ( "index.html" )
            url.access-deny = ( "~", ".inc" )
            auth.backend = "htpasswd"
            auth.backend.htpasswd.userfile = var.base + "/users"
            auth.require = ( "/private" => ( "method" => "basic", "realm" => "staff", "require" => "valid-user" ) )
            $HTTP["referer"] !~ "^($|https?://(www\.)?shop\.test/)" {
                $HTTP["url"] =~ "^/pic/" { url.access-deny = ( "" ) }
            }
            $HTTP["remoteip"] != "10.0.0.0/8" {
                $HTTP["url"] =~ "^/admin" { url.access-deny = ( "" ) }
            }
            else $HTTP["url"] =~ "^/never" { url.access-deny = ( "" ) }
            $HTTP["useragent"] =~ "BadBot" { url.access-deny = ( "" ) }
            $HTTP["request-method"] == "DELETE" { url.access-deny = ( "" ) }
            """);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-D", "-f", file);
        await Row.Compare(server, file,
        [
            new("GET", "/a.txt", null),
            new("GET", "/b.inc", "resource.denied"),
            new("GET", "/pic/a.txt", null),
            new("GET", "/pic/a.txt", "referrer.blocked", "Referer: http://thief.test/"),
            new("GET", "/admin/", "ip.not-allowed"),
            new("GET", "/a.txt", "user-agent.blocked", "User-Agent: BadBot/1"),
            new("DELETE", "/a.txt", "method.denied"),
            new("GET", "/private/", "credentials.missing"),
            new("GET", "/private/", "password.unknown-user", Evaluating.Basic("eve", "x")),
            new("GET", "/private/", "password.wrong", Evaluating.Basic("alice", "x")),
            new("GET", "/private/", "password-file.bad-hash", Evaluating.Basic("bob", "plaintext")),
        ]);
    }

    [Fact]
    public async Task Squid_answers_as_its_http_access_is_evaluated()
    {
        var program = RunningProgram.Find("squid");
        var port = RunningProgram.FreePort();
        var behind = RunningProgram.FreePort();
        var file = Write("squid.conf", $$"""
            http_port 127.0.0.1:{{port}} accel defaultsite=shop.test no-vhost
            cache_peer 127.0.0.1 parent {{behind}} 0 no-query originserver name=app
            acl office src 10.0.0.0/8
            acl bots browser -i wget|scrapy
            acl writes method POST PUT DELETE
            acl secret urlpath_regex ^/secret
            acl here src 127.0.0.0/8
            http_access deny bots
            http_access deny writes
            http_access deny secret
            http_access allow here !all
            http_access allow office
            http_access deny all
            cache deny all
            pid_filename none
            cache_log {{folder}}/cache.log
            access_log none
            coredump_dir {{folder}}
            visible_hostname proxy.test
            shutdown_lifetime 0 seconds
            """);
        // Squid gives up its rights to its own account, which has to write the log.
        Chmod(folder);
        using var server = await RunningProgram.StartAsync(port, program, folder, null, "-N", "-f", file);
        await Row.Compare(server, file,
        [
            new("GET", "/", "user-agent.blocked", "User-Agent: Wget/1.2"),
            new("POST", "/", "method.denied"),
            new("GET", "/secret/a", "resource.denied"),
            new("GET", "/", "ip.not-allowed"),
        ]);
    }

    private static void Chmod(string path) =>
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
}
