using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Tests.Servers;

/// <summary>Configurations whose servers are not at hand, or start too slowly for every run: what the deciding rule is.</summary>
public sealed class ConfigurationCasesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gatehouse-configurations-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string? Cause(string name, string text, string method, string target, params string[] headers)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return Evaluating.Of(path, Evaluating.Request(method, target, 8080, headers)).Findings is [{ Confidence: >= 0.6 } first, ..] ? first.Cause.Id : null;
    }

    private const string WebXml = """
        <?xml version="1.0"?>
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
          <security-constraint>
            <web-resource-collection><web-resource-name>r</web-resource-name><url-pattern>/reports/*</url-pattern><http-method>GET</http-method></web-resource-collection>
            <auth-constraint><role-name>manager</role-name></auth-constraint>
          </security-constraint>
          <security-constraint>
            <web-resource-collection><web-resource-name>n</web-resource-name><url-pattern>/never/*</url-pattern></web-resource-collection>
            <auth-constraint/>
          </security-constraint>
          <login-config><auth-method>BASIC</auth-method></login-config>
          <filter><filter-name>cors</filter-name><filter-class>org.apache.catalina.filters.CorsFilter</filter-class><init-param><param-name>cors.allowed.origins</param-name><param-value>https://shop.test</param-value></init-param></filter>
          <filter-mapping><filter-name>cors</filter-name><url-pattern>/*</url-pattern></filter-mapping>
        </web-app>
        """;

    [Theory]
    [InlineData("GET", "/app/reports/a", "", "credentials.missing")]
    [InlineData("POST", "/app/reports/a", "", "config.open-by-mistake")]
    [InlineData("GET", "/app/never/a", "", "resource.denied")]
    [InlineData("GET", "/app/free", "", null)]
    [InlineData("GET", "/app/free", "Origin: https://other.test", "origin.refused")]
    [InlineData("GET", "/app/free", "Origin: https://shop.test", null)]
    [InlineData("GET", "/app/reports/a", "alice", null)]
    [InlineData("GET", "/app/reports/a", "bob", "role.missing")]
    [InlineData("GET", "/app/reports/a", "eve", "password.unknown-user")]
    public void Tomcat_web_xml(string method, string target, string header, string? cause)
    {
        Directory.CreateDirectory(Path.Combine(folder, "conf"));
        File.WriteAllText(Path.Combine(folder, "conf/tomcat-users.xml"), "<tomcat-users><user username=\"alice\" password=\"a\" roles=\"manager\"/><user username=\"bob\" password=\"a\" roles=\"staff\"/></tomcat-users>");
        var headers = header.Length == 0 ? [] : header.Contains(':', StringComparison.Ordinal) ? new[] { header } : [Evaluating.Basic(header, "a")];
        Assert.Equal(cause, Cause("webapps/app/WEB-INF/web.xml", WebXml, method, target, headers));
    }

    [Theory]
    [InlineData("<Context><Valve className=\"org.apache.catalina.valves.RemoteAddrValve\" allow=\"10\\.\\d+\\.\\d+\\.\\d+\"/></Context>", "ip.not-allowed")]
    [InlineData("<Context><Valve className=\"org.apache.catalina.valves.RemoteAddrValve\" deny=\"127\\.0\\.0\\.1\"/></Context>", "ip.blocked")]
    [InlineData("<Context><Valve className=\"org.apache.catalina.valves.RemoteCIDRValve\" allow=\"127.0.0.0/8\"/></Context>", null)]
    public void Tomcat_valves(string context, string? cause) => Assert.Equal(cause, Cause("context.xml", context, "GET", "/"));

    [Theory]
    [InlineData("<security><ipSecurity allowUnlisted=\"false\"><add ipAddress=\"10.0.0.0\" subnetMask=\"255.0.0.0\" allowed=\"true\"/></ipSecurity></security>", "GET", "/", "", "ip.not-allowed")]
    [InlineData("<security><ipSecurity><add ipAddress=\"127.0.0.1\"/></ipSecurity></security>", "GET", "/", "", "ip.blocked")]
    [InlineData("<security><access sslFlags=\"Ssl\"/></security>", "GET", "/", "", "https.required")]
    [InlineData("<security><authorization><remove users=\"*\"/><add accessType=\"Allow\" roles=\"Admins\"/></authorization></security>", "GET", "/", "", "credentials.missing")]
    [InlineData("<rewrite><rules><rule name=\"r\"><match url=\".*\"/><conditions><add input=\"{HTTP_USER_AGENT}\" pattern=\"scrapy\"/></conditions><action type=\"CustomResponse\" statusCode=\"403\"/></rule></rules></rewrite>", "GET", "/", "User-Agent: Scrapy", "user-agent.blocked")]
    [InlineData("<security><requestFiltering><verbs><add verb=\"PUT\" allowed=\"false\"/></verbs></requestFiltering></security>", "PUT", "/", "", "method.denied")]
    public void Iis_web_config(string inner, string method, string target, string header, string cause) =>
        Assert.Equal(cause, Cause("web.config", $"<?xml version=\"1.0\"?>\n<configuration><system.webServer>{inner}</system.webServer></configuration>", method, target, header.Length == 0 ? [] : [header]));

    private const string Compose = """
        services:
          app:
            image: app
            labels:
              - "traefik.http.routers.app.rule=Host(`127.0.0.1`) && PathPrefix(`/admin`)"
              - "traefik.http.routers.app.middlewares=office@docker,login"
              - "traefik.http.middlewares.office.ipallowlist.sourcerange=10.0.0.0/8, 192.168.0.0/16"
              - "traefik.http.middlewares.login.basicauth.users=alice:$$apr1$$x$$y"
              - "traefik.http.routers.open.rule=Host(`127.0.0.1`) && PathPrefix(`/login`)"
              - "traefik.http.routers.open.middlewares=login"
        """;

    [Theory]
    [InlineData("/admin/x", "ip.not-allowed")]
    [InlineData("/login", "credentials.missing")]
    public void Traefik_labels(string target, string cause) => Assert.Equal(cause, Cause("docker-compose.yml", Compose, "GET", target));

    private const string Guarded = """
        listen: http://localhost:8080
        site: ./public
        refuse:
          - network 203.0.113.0/24
        rules:
          /: anyone
          /account/**: signed-in
          /office/**: network 10.0.0.0/8
          /closed/**: nobody
        """;

    [Theory]
    [InlineData("/", null)]
    [InlineData("/account/x", "credentials.missing")]
    [InlineData("/office/x", "ip.not-allowed")]
    [InlineData("/closed/x", "resource.denied")]
    [InlineData("/elsewhere", "resource.denied-by-default")]
    public void The_Guards_own_file(string target, string? cause) => Assert.Equal(cause, Cause("gatehouse.yaml", Guarded, "GET", target));

    private const string CaddyJson = """
        {"apps":{"http":{"servers":{"srv0":{"listen":["127.0.0.1:8080"],"routes":[
          {"match":[{"path":["/admin/*"],"not":[{"remote_ip":{"ranges":["10.0.0.0/8"]}}]}],
           "handle":[{"handler":"static_response","status_code":403}]},
          {"handle":[{"handler":"reverse_proxy","upstreams":[{"dial":"127.0.0.1:9"}]}]}]}}}}}
        """;

    [Theory]
    [InlineData("/admin/x", "ip.not-allowed")]
    [InlineData("/", null)]
    public void Caddy_JSON(string target, string? cause) => Assert.Equal(cause, Cause("caddy.json", CaddyJson, "GET", target));

    [Theory]
    [InlineData("<deny verbs=\"POST\" users=\"*\"/><allow users=\"*\"/>", "POST", "method.denied")]
    [InlineData("<deny verbs=\"POST\" users=\"*\"/><allow users=\"*\"/>", "GET", null)]
    [InlineData("<allow verbs=\"GET\" users=\"*\"/><deny users=\"*\"/>", "POST", "method.denied")]
    [InlineData("<allow roles=\"Admins\"/><deny users=\"*\"/>", "GET", "credentials.missing")]
    [InlineData("<deny users=\"*\"/>", "GET", "resource.denied")]
    public void Verbs_of_an_authorization_are_told_from_users(string rules, string method, string? cause) =>
        Assert.Equal(cause, Cause("web.config", $"<?xml version=\"1.0\"?>\n<configuration><system.web><authorization>{rules}</authorization></system.web></configuration>", method, "/x"));

    [Fact]
    public void What_is_hidden_as_not_found_is_told_as_that()
    {
        Assert.Equal("status.hidden-as-404", Cause("web.config", "<configuration><system.webServer><security><requestFiltering><hiddenSegments><add segment=\"App_Data\"/></hiddenSegments></requestFiltering></security></system.webServer></configuration>", "GET", "/App_Data/x"));
        Assert.Equal("status.hidden-as-404", Cause("webapps/app/WEB-INF/web.xml", WebXml, "GET", "/app/web-inf/web.xml"));
    }

    [Fact]
    public void A_contexts_own_file_in_Tomcats_configuration_goes_before_the_applications()
    {
        Directory.CreateDirectory(Path.Combine(folder, "conf/Catalina/localhost"));
        File.WriteAllText(Path.Combine(folder, "conf/Catalina/localhost/app.xml"), "<Context>\n<Valve className=\"org.apache.catalina.valves.RemoteAddrValve\" allow=\"10\\..*\"/>\n</Context>");
        Assert.Equal("ip.not-allowed", Cause("webapps/app/WEB-INF/web.xml", WebXml, "GET", "/app/free"));
    }

    [Fact]
    public void Methods_that_no_constraint_covers_are_denied_where_that_is_asked_for() =>
        Assert.Equal("method.denied", Cause("web.xml", WebXml.Replace("<security-constraint>\n    <web-resource-collection><web-resource-name>r<", "<deny-uncovered-http-methods/>\n<security-constraint><web-resource-collection><web-resource-name>r<", StringComparison.Ordinal), "POST", "/reports/a"));

    [Fact]
    public void Tomcats_file_of_users_says_nothing_where_a_realm_asks_a_directory()
    {
        Directory.CreateDirectory(Path.Combine(folder, "conf"));
        File.WriteAllText(Path.Combine(folder, "conf/tomcat-users.xml"), "<tomcat-users><user username=\"alice\" password=\"a\" roles=\"manager\"/></tomcat-users>");
        File.WriteAllText(Path.Combine(folder, "conf/server.xml"), "<Server><Service name=\"s\"><Engine name=\"Catalina\" defaultHost=\"localhost\"><Realm className=\"org.apache.catalina.realm.JNDIRealm\"/><Host name=\"localhost\"/></Engine></Service></Server>");
        Assert.Null(Cause("webapps/app/WEB-INF/web.xml", WebXml, "GET", "/app/reports/a", Evaluating.Basic("eve", "x")));
        Assert.Equal("credentials.missing", Cause("webapps/app/WEB-INF/web.xml", WebXml, "GET", "/app/reports/a"));
    }

    [Theory]
    [InlineData("", "ip.not-allowed")]
    [InlineData("X-Forwarded-For: 203.0.113.9, 10.1.2.3", null)]
    [InlineData("X-Forwarded-For: 198.51.100.9", "ip.not-allowed")]
    public void Tomcat_takes_the_client_from_a_proxy_of_its_own(string header, string? cause) =>
        Assert.Equal(cause, Cause("context.xml", "<Context><Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/><Valve className=\"org.apache.catalina.valves.RemoteCIDRValve\" allow=\"203.0.113.0/24\"/></Context>", "GET", "/", header.Length == 0 ? [] : [header]));

    [Theory]
    [InlineData("url.rewrite-once = ( \"^/x\" => \"/y\" )")]
    [InlineData("magnet.attract-raw-url-to = ( \"/srv/a.lua\" )")]
    [InlineData("server.error-handler-404 = \"/e.php\"")]
    public void What_leads_a_request_elsewhere_leaves_its_status_open(string setting)
    {
        Assert.Null(Cause("lighttpd.conf", $"server.document-root = \"{folder}\"\nserver.port = 8080\n{setting}\n", "GET", "/x"));
        var (seen, _) = Evaluating.Of(Path.Combine(folder, "lighttpd.conf"), Evaluating.Request("GET", "/x", 8080));
        Assert.Null(Assert.Single(seen.OfType<Evaluated>()).Status);
    }

    private const string Toml = """
        [http.routers.app] # the whole site
          rule = "PathPrefix(`/`)"
          middlewares = [
            "vpn", # first
          ]
          service = 'app'

        [http.middlewares]
          [http.middlewares.vpn.ipAllowList]
            sourceRange = ["10.0.0.0/8", "192.168.0.0/16"]

        [[http.services.app.loadBalancer.servers]]
          url = "http://app"
        """;

    [Theory]
    [InlineData("dynamic.toml")]
    [InlineData("traefik-dynamic")]
    public void Traefik_in_TOML(string name)
    {
        Assert.Equal("ip.not-allowed", Cause(name, Toml, "GET", "/x"));
        var (_, findings) = Evaluating.Of(Path.Combine(folder, name), Evaluating.Request("GET", "/x", 8080));
        Assert.Contains($"{name}:10", findings[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dollar_that_compose_takes_for_a_variable_spoils_a_hash()
    {
        const string Text = "services:\n  app:\n    labels:\n      - traefik.http.routers.app.rule=PathPrefix(`/`)\n      - traefik.http.routers.app.middlewares=m\n      - \"traefik.http.middlewares.m.basicauth.users=alice:@HASH@\"\n";
        const string Hash = "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/";
        Assert.Equal("password-file.bad-hash", Cause("docker-compose.yml", Text.Replace("@HASH@", Hash, StringComparison.Ordinal), "GET", "/x", Evaluating.Basic("alice", "myPassword")));
        Assert.Null(Cause("docker-compose.yml", Text.Replace("@HASH@", Hash.Replace("$", "$$", StringComparison.Ordinal), StringComparison.Ordinal), "GET", "/x", Evaluating.Basic("alice", "myPassword")));
    }

    [Fact]
    public void Lines_of_Caddys_JSON_are_those_of_the_handler_that_decides()
    {
        const string Json = """
            {"apps":{"http":{"servers":{"s":{"listen":[":8080"],"routes":[
              {"match":[{"path":["/a/*"]}],"handle":[{"handler":"static_response","status_code":403}]},
              {"match":[{"path":["/b/*"]}],"handle":[{"handler":"static_response","status_code":403}]},
              {"match":[{"path":["/c/*"],"method":["PUT"]}],
               "handle":[{"body":"no",
                          "handler":"static_response","status_code":403}]},
              {"handle":[{"handler":"reverse_proxy","upstreams":[{"dial":"127.0.0.1:9"}]}]}]}}}}}
            """;
        Assert.Equal("method.denied", Cause("caddy.json", Json, "PUT", "/c/x"));
        var (_, findings) = Evaluating.Of(Path.Combine(folder, "caddy.json"), Evaluating.Request("PUT", "/c/x", 8080));
        Assert.Contains("caddy.json:6", findings[0].Summary, StringComparison.Ordinal);
        Assert.Contains(findings[0].Evidence, evidence => evidence.ToString().Contains("caddy.json:4", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("client_ip", "ip.blocked")]
    [InlineData("remote_ip", null)]
    public void Whom_Caddy_takes_for_the_client_hangs_on_the_proxies_that_it_trusts(string matcher, string? cause) =>
        Assert.Equal(cause, Cause("Caddyfile", $"{{\n\tservers {{\n\t\ttrusted_proxies static private_ranges\n\t}}\n}}\nhttp://127.0.0.1:8080 {{\n\t@bad {matcher} 203.0.113.0/24\n\trespond @bad 403\n\trespond ok\n}}\n", "GET", "/", "X-Forwarded-For: 203.0.113.9, 10.0.0.1"));

    [Theory]
    [InlineData("web.config", "<configuration><system.webServer>")]
    [InlineData("context.xml", "<!DOCTYPE a [<!ENTITY b \"&#x41;\">]><Context>&b;</Context>")]
    [InlineData("Caddyfile", "}}}} {{{{ \"")]
    [InlineData("haproxy.cfg", "frontend a\n bind :8080\n http-request deny if {")]
    [InlineData("lighttpd.conf", "server.document-root = ((((((((\"")]
    [InlineData("docker-compose.yml", "services:\n  a: [traefik.http.\n")]
    [InlineData("squid.conf", "http_access deny !\nacl a src\nhttp_access allow a")]
    [InlineData("gatehouse.yaml", "rules: [")]
    [InlineData("dynamic.toml", "[http.routers.a]\nrule = \"x\n")]
    [InlineData("dynamic.toml", "[http.routers.a\nx = [[[[[[[[")]
    [InlineData("dynamic.toml", "[http.routers.a]\na = 1\na.b = 2\n[[http.routers.a]]\n")]
    [InlineData("caddy.json", "{\"apps\": {\"handle\": [")]
    [InlineData("caddy.json", "{\"apps\": [1], \"handle\": \"\\uD800\"}")]
    public void Broken_ones_are_said_and_never_thrown(string name, string text) => Cause(name, text, "GET", "/");

    [Fact]
    public void Deep_nesting_is_bounded()
    {
        Cause("Caddyfile", string.Concat(Enumerable.Repeat("a {\n", 5000)), "GET", "/");
        Cause("lighttpd.conf", "server.modules = " + new string('(', 50_000), "GET", "/");
        Cause("dynamic.toml", "[http.routers.a]\nx = " + new string('[', 50_000), "GET", "/");
        Cause("dynamic.toml", "[http.routers." + string.Concat(Enumerable.Repeat("a.", 50_000)) + "a]\n", "GET", "/");
        Cause("caddy.json", "{\"apps\":" + string.Concat(Enumerable.Repeat("{\"handle\":", 5000)), "GET", "/");
        Cause("docker-compose.yml", "services: traefik.http. " + string.Concat(Enumerable.Repeat("[", 5000)), "GET", "/");
    }
}
