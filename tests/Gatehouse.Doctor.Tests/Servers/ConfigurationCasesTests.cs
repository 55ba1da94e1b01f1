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
    [InlineData("web.config", "<configuration><system.webServer>")]
    [InlineData("context.xml", "<!DOCTYPE a [<!ENTITY b \"&#x41;\">]><Context>&b;</Context>")]
    [InlineData("Caddyfile", "}}}} {{{{ \"")]
    [InlineData("haproxy.cfg", "frontend a\n bind :8080\n http-request deny if {")]
    [InlineData("lighttpd.conf", "server.document-root = ((((((((\"")]
    [InlineData("docker-compose.yml", "services:\n  a: [traefik.http.\n")]
    [InlineData("squid.conf", "http_access deny !\nacl a src\nhttp_access allow a")]
    [InlineData("gatehouse.yaml", "rules: [")]
    public void Broken_ones_are_said_and_never_thrown(string name, string text) => Cause(name, text, "GET", "/");

    [Fact]
    public void Deep_nesting_is_bounded()
    {
        Cause("Caddyfile", string.Concat(Enumerable.Repeat("a {\n", 5000)), "GET", "/");
        Cause("lighttpd.conf", "server.modules = " + new string('(', 50_000), "GET", "/");
        Cause("docker-compose.yml", "services: traefik.http. " + string.Concat(Enumerable.Repeat("[", 5000)), "GET", "/");
    }
}
