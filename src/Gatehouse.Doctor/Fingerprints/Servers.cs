using Gatehouse.Causes;
using static Gatehouse.Doctor.Fingerprints.Rows;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>Web servers by their own refusal pages: most tell the author alone, a few the cause.</summary>
internal static class Servers
{
    private const string Httpd = "Apache httpd";
    private const string HttpdSource = "apache/httpd 2.4 modules/http/http_protocol.c";
    private const string Nginx = "nginx";
    private const string NginxSource = "nginx ngx_http_special_response.c";
    private const string Tomcat = "Tomcat";
    private const string TomcatSource = "apache/tomcat LocalStrings.properties, ErrorReportValve";
    private const string Jetty = "Jetty";
    private const string Iis = "IIS";
    private const string IisDocs = "learn.microsoft.com, HTTP status code overview of IIS (KB 943891)";

    internal static IReadOnlyList<Fingerprint> Rows { get; } =
    [
        Means(By(Httpd, Layer.Server, Forbidden, [Body("Server unable to read htaccess file, denying access to be safe")], HttpdSource), Causes.Configuration.HtaccessUnreadable, 0.9, "Apache httpd cannot read a .htaccess file on the way, or a directory on the way lacks the search bit"),
        Means(By(Httpd, Layer.Server, Forbidden, [Body("Cannot perform Post-Handshake Authentication")], "apache/httpd ssl_engine_kernel.c, AH10158"), Causes.Credentials.CertificateMissing, 0.9, "the server asks for a client certificate after the handshake, which TLS 1.3 clients do not do: it must be asked for from the start"),
        Means(By(Httpd, Layer.Server, Forbidden, [Body("Connect to remote machine blocked")], "apache/httpd mod_proxy_connect.c"), Causes.Network.HostUnknown, 0.7, "the forward proxy does not connect to this host or port"),
        Means(By(Httpd, Layer.Server, [426], [Header("Upgrade", "TLS")], "apache/httpd SSLEngine optional"), Causes.Network.HttpsRequired, 0.95),
        Means(By(Httpd, Layer.Server, [421], [Body("Misdirected Request")], "apache/httpd ssl_engine_kernel.c, AH02032"), Causes.Network.HostUnknown, 0.93, "the host names of TLS (SNI) and of the request belong to sites of different TLS settings"),

        Means(By(Nginx, Layer.Server, [400, 496], [Body("No required SSL certificate was sent")], NginxSource), Causes.Credentials.CertificateMissing, 0.97, "nginx wants a client certificate and none came (it answers 400 for its 496)"),
        Means(By(Nginx, Layer.Server, [400, 495], [Body("The SSL certificate error")], NginxSource), Causes.Credentials.CertificateUntrusted, 0.85, "nginx does not accept the client certificate: issuer unknown, or outside its validity (it answers 400 for its 495)"),
        Means(By(Nginx, Layer.Server, [400, 497], [Body("The plain HTTP request was sent to HTTPS port")], NginxSource), Causes.Network.HttpsRequired, 0.97, "plain http was sent to a port that speaks https"),
        Means(By("Cloudflare", Layer.ContentNetwork, [400, 403], [Header("CF-RAY"), Body("The plain HTTP request was sent to HTTPS port")], NginxSource), Causes.Network.HttpsRequired, 0.95),
        Means(By(Httpd, Layer.Server, [400], [Body("speaking plain HTTP to an SSL-enabled server port")], "apache/httpd ssl_engine_kernel.c, AH02027"), Causes.Network.HttpsRequired, 0.97, "plain http was sent to a port that speaks https"),
        Means(By("Go net/http", Layer.Server, [400], [Body("Client sent an HTTP request to an HTTPS server.")], "golang net/http server.go"), Causes.Network.HttpsRequired, 0.97, "plain http was sent to a port that speaks https"),
        Means(By(Tomcat, Layer.Server, [400], [Body("This combination of host and port requires TLS.")], "tomcat and spring boot"), Causes.Network.HttpsRequired, 0.97, "plain http was sent to a port that speaks https"),

        Means(By(Tomcat, Layer.Server, Denial, [Title("HTTP Status"), Body("No client certificate chain in this request")], TomcatSource), Causes.Credentials.CertificateMissing, 0.95),
        Means(By(Tomcat, Layer.Server, Denial, [Title("HTTP Status"), Body("Cannot authenticate with the provided credentials")], TomcatSource), Causes.Credentials.CertificateUntrusted, 0.7, null, Sent.Certificate),
        Means(By(Tomcat, Layer.Server, Forbidden, [Title("HTTP Status 403"), Body("Access to the requested resource has been denied")], TomcatSource), Causes.Permissions.RoleMissing, 0.8, "signed in, and the account has none of the roles that web.xml asks for", Sent.Something),
        Means(By(Tomcat, Layer.Server, Forbidden, [Title("403 Access Denied"), Body("only accessible from a browser running on the same machine as Tomcat")], "apache/tomcat webapps/manager/WEB-INF/jsp/403.jsp"), Causes.Network.IpNotAllowed, 0.75, "Tomcat's manager is open to its own machine only (RemoteCIDRValve), or the role manager-gui is missing"),
        Means(By(Tomcat, Layer.Server, Forbidden, [Header("X-CSRF-Token", "Required")], "apache/tomcat RestCsrfPreventionFilter"), Causes.Permissions.CsrfRejected, 0.95),
        Means(By(Jetty, Layer.Server, Forbidden, [Title("Error 403"), Body("!authorized")], "jetty-security"), Causes.Permissions.RoleMissing, 0.88, null, Sent.Something),
        Means(By(Jetty, Layer.Server, Forbidden, [Title("Error 403"), Body("!Secure")], "jetty-security"), Causes.Network.HttpsRequired, 0.93),
        Means(By(Jetty, Layer.Server, [400, 421], [Body("Invalid SNI")], "jetty SecureRequestCustomizer"), Causes.Network.HostUnknown, 0.95),

        .. IisSub("401.1", Causes.Credentials.PasswordRejected, 0.85, Sent.Password), .. IisSub("401.2", Causes.Credentials.WrongScheme, 0.7, Sent.Something), .. IisSub("401.3", Causes.Files.FileAclDenied, 0.85, Sent.Any), .. IisSub("401.503", Causes.Network.IpBlocked, 0.93, Sent.Any),
        .. IisSub("403.4", Causes.Network.HttpsRequired, 0.97, Sent.Any), .. IisSub("403.6", Causes.Network.IpBlocked, 0.93, Sent.Any), .. IisSub("403.7", Causes.Credentials.CertificateMissing, 0.97, Sent.Any), .. IisSub("403.8", Causes.Network.HostUnknown, 0.7, Sent.Any), .. IisSub("403.11", Causes.Credentials.PasswordExpired, 0.8, Sent.Any),
        .. IisSub("403.13", Causes.Credentials.CertificateRevoked, 0.95, Sent.Any), .. IisSub("403.14", Causes.Files.DirectoryNoIndex, 0.95, Sent.Any), .. IisSub("403.16", Causes.Credentials.CertificateUntrusted, 0.95, Sent.Any), .. IisSub("403.17", Causes.Credentials.CertificateExpired, 0.95, Sent.Any),
        .. IisSub("403.501", Causes.Network.RateExceeded, 0.95, Sent.Any), .. IisSub("403.502", Causes.Network.RateExceeded, 0.95, Sent.Any), .. IisSub("403.503", Causes.Network.IpBlocked, 0.95, Sent.Any), .. IisSub("403.504", Causes.Network.IpBlocked, 0.9, Sent.Any), .. IisSub("403.2", Causes.Files.FileNotReadable, 0.6, Sent.Any),
        Means(By(Iis, Layer.Server, Forbidden, [Body("The Web server is configured to not list the contents of this directory")], IisDocs), Causes.Files.DirectoryNoIndex, 0.96),
        Means(By(Iis, Layer.Server, Unauthorized, [Body("Access is denied due to invalid credentials")], IisDocs), Causes.Credentials.PasswordRejected, 0.7, null, Sent.Password),
        Means(By(Iis, Layer.Server, [400, 421], [Body("Bad Request - Invalid Hostname")], "Windows HTTP.sys"), Causes.Network.HostUnknown, 0.96),

        Means(By("LiteSpeed", Layer.Server, [403, 503], [Body("litespeedtech.com/error-page"), Body("reCAPTCHA")], "docs.litespeedtech.com"), Causes.Network.BotChallenged, 0.88),
        By("LiteSpeed", Layer.Server, Any, [Body("litespeedtech.com/error-page")], "EnableSecurity/wafw00f"),
        By(Httpd, Layer.Server, Forbidden, [Body("<title>403 Forbidden</title>"), Body("<h1>Forbidden</h1>"), Body("You don't have permission to access")], HttpdSource),
        By(Httpd, Layer.Server, Unauthorized, [Body("This server could not verify that you"), Body("<title>401 ")], HttpdSource),
        By(Nginx, Layer.Server, Any, [Body("<hr><center>nginx")], NginxSource),
        By("OpenResty", Layer.Server, Any, [Body("<hr><center>openresty")], "openresty"),
        By("Tengine", Layer.Server, Any, [Body("<hr><center>tengine")], "tengine"),
        By(Tomcat, Layer.Server, Any, [Title("HTTP Status 40"), Body("Apache Tomcat")], TomcatSource),
        By(Tomcat, Layer.Server, Any, [Title("HTTP Status 40"), Body("<b>Type</b> Status Report")], TomcatSource),
        By(Jetty, Layer.Server, Any, [Title("Error 40"), Body("HTTP ERROR 40")], "jetty ErrorHandler"),
        By("lighttpd", Layer.Server, Any, [Header("Server", "lighttpd"), Body("<h1>40"), Body("XHTML 1.0 Transitional")], "lighttpd src/http-header-glue.c"),
        By("Caddy", Layer.Server, Any, [Header("Server", "Caddy"), Header("Content-Length", "=0")], "caddyserver/caddy"),
        By(Iis, Layer.Server, Any, [Header("Server", "Microsoft-IIS"), Body("IIS")], IisDocs),
        By(Iis, Layer.Server, Any, [Body("You do not have permission to view this directory or page")], IisDocs),
    ];

    /// <summary>The detailed page says <c>HTTP Error 403.14 - Forbidden</c>; the short one the same in its title.</summary>
    private static IEnumerable<Fingerprint> IisSub(string number, Cause cause, double confidence, Sent when)
    {
        yield return Means(By(Iis, Layer.Server, Denial, [Body($"HTTP Error {number} ")], IisDocs), cause, confidence, $"IIS gives the sub-status {number}", when);
        yield return Means(By(Iis, Layer.Server, Denial, [Title($"{number} - ")], IisDocs), cause, confidence, $"IIS gives the sub-status {number}", when);
    }
}
