using static Gatehouse.Doctor.Logs.Signatures.Certainty;
using C = Gatehouse.Causes;

namespace Gatehouse.Doctor.Logs.Signatures;

/// <summary>Caddy, lighttpd, Tomcat, Jetty, Traefik, Envoy, Squid, and what stands in front of servers: oauth2-proxy, fail2ban, CrowdSec, the kernel.</summary>
internal static class ServerSignatures
{
    public static IReadOnlyList<Signature> Caddy { get; } =
    [
        new(LogServer.Caddy, null, "debug", "not authenticated", C.Credentials.Missing, OneOfSeveral, 401, "basic_auth did not take the request's credentials") { Also = [C.Credentials.PasswordRejected], Source = "modules/caddyhttp/caddyauth/caddyauth.go" },
        new(LogServer.Caddy, null, "error", "auth provider returned error", C.Configuration.UpstreamAuthFailed, Likely, 0, "an authentication provider failed") { Source = "modules/caddyhttp/caddyauth/caddyauth.go" },
        new(LogServer.Caddy, null, "debug", "open {path}: permission denied", C.Files.FileNotReadable, Proves, 403, "Caddy's account can't read {path}") { Do = "give it read permission: `chmod o+r {path}`", Source = "modules/caddyhttp/fileserver/staticfiles.go" },
        new(LogServer.Caddy, null, "debug", "stat {path}: permission denied", C.Files.DirectoryNotSearchable, Proves, 403, "Caddy's account can't pass through a directory on the way to {path}") { Do = "give the first directory on the way that lacks it search permission: `chmod o+x` on it", Source = "modules/caddyhttp/fileserver/staticfiles.go" },
        new(LogServer.Caddy, null, "debug", "permission denied", C.Files.FileNotReadable, OneOfSeveral, 403, "Caddy's account lacks permission on the file or on the way to it") { Also = [C.Files.DirectoryNotSearchable], Source = "modules/caddyhttp/fileserver/staticfiles.go" },
        new(LogServer.Caddy, null, "debug", "no index file in directory", C.Files.DirectoryNoIndex, Proves, 404, "the directory holds no index file, and file_server browse is off") { Source = "modules/caddyhttp/fileserver/staticfiles.go" },
        new(LogServer.Caddy, null, "error", "client identity not authorized", C.Permissions.PermissionDenied, Proves, 403, "the admin endpoint does not take this client certificate") { OrAnswers = [401], Source = "admin.go" },
        new(LogServer.Caddy, null, "error", "host not allowed: {host}", C.Network.HostUnknown, Proves, 403, "the admin endpoint is not reached under the name {host}") { Source = "admin.go" },
        new(LogServer.Caddy, null, "error", "client is not allowed to access from origin '{origin}'", C.Network.OriginRefused, Proves, 403, "the admin endpoint refuses the origin {origin}") { Source = "admin.go" },
        new(LogServer.Caddy, null, "warn", "remote error: tls: bad certificate", C.Credentials.CertificateUntrusted, Likely, 0, "the TLS handshake failed over a certificate"),
        new(LogServer.Caddy, null, "debug", "tls: client didn't provide a certificate", C.Credentials.CertificateMissing, Proves, 0, "a client certificate is required and none came"),
        new(LogServer.Caddy, null, "debug", "tls: failed to verify certificate: x509: certificate has expired", C.Credentials.CertificateExpired, Proves, 0, "the client's certificate has expired"),
        new(LogServer.Caddy, null, "debug", "tls: failed to verify certificate: {reason}", C.Credentials.CertificateUntrusted, Proves, 0, "the client's certificate does not verify: {reason}"),
    ];

    public static IReadOnlyList<Signature> Lighttpd { get; } =
    [
        new(LogServer.Lighttpd, null, null, "password doesn't match for {url} username: {user} IP: {ip}", C.Credentials.PasswordRejected, Likely, 401, "lighttpd does not let {user} in at {url}: wrong password, unknown user, or not among those that `require` names")
        { Also = [C.Credentials.PasswordWrong, C.Credentials.PasswordUnknownUser, C.Permissions.UserNotListed, C.Credentials.PasswordFileBadHash], Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "digest: auth failed for {user}: wrong password", C.Credentials.PasswordWrong, Likely, 401, "the digest of {user} does not fit") { Also = [C.Credentials.DigestMismatch], Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "auth failed for {user}", C.Credentials.PasswordRejected, Likely, 401, "lighttpd does not let {user} in") { Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "decoding base64-string failed", C.Credentials.Malformed, Proves, 400, "the Basic credentials are not base64") { OrAnswers = [401], Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "digest: missing field", C.Credentials.Malformed, Proves, 400, "the Digest header lacks a part") { Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "digest: (CRLF) missing field", C.Credentials.Malformed, Proves, 400, "the Digest header lacks a part") { Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "get_password failed, IP: {ip}", C.Credentials.PasswordUnknownUser, Likely, 401, "the password backend knows no such user") { Source = "src/mod_auth.c" },
        new(LogServer.Lighttpd, null, null, "opening plain-userfile {file} failed: No such file or directory", C.Credentials.PasswordFileMissing, Proves, 401, "the password file {file} does not exist") { Source = "src/mod_authn_file.c" },
        new(LogServer.Lighttpd, null, null, "opening plain-userfile {file} failed: Permission denied", C.Credentials.PasswordFileUnreadable, Proves, 401, "lighttpd's account can't read the password file {file}") { Source = "src/mod_authn_file.c" },
        new(LogServer.Lighttpd, null, null, "(mod_authn_file.c", C.Credentials.PasswordFileMissing, Hints, 401, "the password file can't be used") { Source = "src/mod_authn_file.c" },
        new(LogServer.Lighttpd, null, null, "open {file}: No such file or directory", C.Credentials.PasswordFileMissing, Likely, 401, "{file} does not exist") { OrAnswers = [500], Source = "src/mod_authn_file.c" },
        new(LogServer.Lighttpd, null, null, "open() {file}: No such file or directory", C.Credentials.PasswordFileMissing, Likely, 401, "{file} does not exist") { OrAnswers = [500], Source = "src/mod_authn_file.c" },
        new(LogServer.Lighttpd, null, null, "open {file}: Permission denied", C.Credentials.PasswordFileUnreadable, Likely, 401, "lighttpd's account can't read {file}") { OrAnswers = [500], Source = "src/mod_authn_file.c" },
        new(LogServer.Lighttpd, null, null, "url denied as we match access_deny", C.Files.ResourceDenied, Proves, 403, "url.access-deny refuses the URL") { Source = "src/mod_access.c" },
        new(LogServer.Lighttpd, null, null, "url denied as we match", C.Files.ResourceDenied, Proves, 403, "url.access-deny refuses the URL") { Source = "src/mod_access.c" },
        new(LogServer.Lighttpd, null, null, "access denied due to symlink restriction", C.Files.SymlinkRefused, Proves, 403, "server.follow-symlink is off and a link is on the way") { Source = "src/response.c" },
        new(LogServer.Lighttpd, null, null, "-- file found, but is a directory", C.Files.DirectoryNoIndex, Hints, 403, "a directory was asked for"),
        new(LogServer.Lighttpd, null, null, "file open failed: {path}", C.Files.FileNotReadable, Likely, 403, "lighttpd can't open {path}") { Source = "src/http-header-glue.c" },
        new(LogServer.Lighttpd, null, null, "-- access denied", C.Files.FileNotReadable, OneOfSeveral, 403, "lighttpd's account may not reach the file") { Also = [C.Files.DirectoryNotSearchable], Source = "src/response.c" },
        new(LogServer.Lighttpd, null, null, "SSL: couldn't read peer certificate", C.Credentials.CertificateMissing, Likely, 0, "no client certificate came"),
        new(LogServer.Lighttpd, null, null, "client certificate required", C.Credentials.CertificateMissing, Likely, 0, "no client certificate came"),
    ];

    public static IReadOnlyList<Signature> Java { get; } =
    [
        new(LogServer.Tomcat, null, null, "An attempt was made to authenticate the locked user [{user}]", C.Credentials.AccountLocked, Proves, 401, "{user} is locked after too many failures (LockOutRealm), also with the right password") { Source = "org/apache/catalina/realm/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "An attempt was made to authenticate the locked user \"{user}\"", C.Credentials.AccountLocked, Proves, 401, "{user} is locked after too many failures (LockOutRealm), also with the right password") { Source = "org/apache/catalina/realm/LocalStrings.properties" },
        new(LogServer.Tomcat, null, "debug", "Denied request for [{url}] based on property [{value}]", C.Network.IpBlocked, Likely, 403, "a RemoteAddrValve or RemoteCIDRValve refuses {value}") { Also = [C.Network.IpNotAllowed], Source = "org/apache/catalina/valves/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "Denied request for", C.Network.IpBlocked, Likely, 403, "a valve refuses the address") { Also = [C.Network.IpNotAllowed], Source = "org/apache/catalina/valves/LocalStrings.properties" },
        new(LogServer.Tomcat, null, "debug", "because no CSRF nonce was found", C.Permissions.CsrfRejected, Proves, 403, "the request carries no CSRF nonce") { Source = "org/apache/catalina/filters/LocalStrings.properties" },
        new(LogServer.Tomcat, null, "debug", "due to empty or missing nonce cache", C.Permissions.CsrfRejected, Proves, 403, "the session holds no CSRF nonce") { Source = "org/apache/catalina/filters/LocalStrings.properties" },
        new(LogServer.Tomcat, null, "debug", "due to invalid nonce", C.Permissions.CsrfRejected, Proves, 403, "the CSRF nonce is wrong") { Source = "org/apache/catalina/filters/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "CSRF nonce validation failed", C.Permissions.CsrfRejected, Proves, 403, "the CSRF nonce is wrong") { Source = "org/apache/catalina/filters/LocalStrings.properties" },
        new(LogServer.Tomcat, null, "debug", "Invalid CORS request; Origin [{origin}] Method [{method}]", C.Network.OriginRefused, Proves, 403, "CorsFilter refuses the origin {origin} (method {method})") { Source = "org/apache/catalina/filters/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "Authorization header method is not 'Basic'", C.Credentials.WrongScheme, Proves, 401, "Basic is asked for and another scheme came") { Source = "org/apache/catalina/authenticator/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "Basic Authorization credentials are not Base64", C.Credentials.Malformed, Proves, 401, "the Basic credentials are not base64") { OrAnswers = [400], Source = "org/apache/catalina/authenticator/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "do not contain a colon", C.Credentials.Malformed, Likely, 401, "the Basic credentials hold no colon") { OrAnswers = [400] },
        new(LogServer.Tomcat, null, null, "DIGEST authentication used [{x}] but password was stored in Realm using [{y}]", C.Credentials.PasswordFileBadHash, Proves, 401, "Digest uses {x} and the realm stores {y}") { Source = "org/apache/catalina/realm/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "No client certificate chain in this request", C.Credentials.CertificateMissing, Proves, 401, "no client certificate came") { OrAnswers = [400, 403] },
        new(LogServer.Tomcat, null, null, "Username [{user}] NOT successfully authenticated", C.Credentials.PasswordRejected, Likely, 401, "the realm refuses {user}") { Source = "org/apache/catalina/realm/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "Failed to authenticate user [{user}]", C.Credentials.PasswordRejected, Likely, 401, "the realm refuses {user}"),
        new(LogServer.Tomcat, null, null, "Username [{user}] does NOT have role [{role}]", C.Permissions.RoleMissing, Proves, 403, "{user} lacks the role {role}") { Source = "org/apache/catalina/realm/LocalStrings.properties" },
        new(LogServer.Tomcat, null, null, "does not have role", C.Permissions.RoleMissing, Likely, 403, "the user lacks a role"),
        new(LogServer.Jetty, null, null, "!authorized", C.Permissions.RoleMissing, Likely, 403, "the user lacks the role") { Source = "jetty SecurityHandler" },
        new(LogServer.Jetty, null, null, "!Secure", C.Network.HttpsRequired, Likely, 403, "https is required") { Source = "jetty SecurityHandler" },
        new(LogServer.Jetty, null, null, "HttpConfiguration.securePort not configured", C.Network.HttpsRequired, Proves, 403, "https is required and no secure port is configured") { Source = "jetty SecuredRedirectHandler" },
    ];

    public static IReadOnlyList<Signature> Proxies { get; } =
    [
        new(LogServer.Traefik, null, "debug", "Rejecting IP {ip}: ", C.Network.IpNotAllowed, Proves, 403, "ipAllowList does not hold {ip}, the address that Traefik sees") { Do = "add the address to sourceRange, or set ipStrategy depth so that Traefik takes the client's address from X-Forwarded-For", Source = "pkg/middlewares/ipallowlist" },
        new(LogServer.Traefik, null, "debug", "rejecting {reason}", C.Network.IpNotAllowed, Likely, 403, "ipAllowList refuses the address: {reason}") { Source = "pkg/middlewares/ipallowlist" },
        new(LogServer.Traefik, null, "debug", "Authentication failed", C.Credentials.PasswordRejected, OneOfSeveral, 401, "basicAuth does not take the credentials") { Also = [C.Credentials.Missing], Source = "pkg/middlewares/auth" },
        new(LogServer.Traefik, null, "debug", "Digest authentication failed", C.Credentials.DigestMismatch, Likely, 401, "digestAuth does not take the credentials") { Source = "pkg/middlewares/auth" },
        new(LogServer.Traefik, null, "debug", "Remote error {url}. StatusCode: {status}", C.Configuration.UpstreamAuthFailed, Likely, 0, "forwardAuth at {url} answered {status}") { Source = "pkg/middlewares/auth/forward.go" },
        new(LogServer.Traefik, null, "debug", "Error calling {url}", C.Configuration.UpstreamAuthFailed, Proves, 500, "forwardAuth at {url} can't be reached") { Source = "pkg/middlewares/auth/forward.go" },
        new(LogServer.Envoy, null, "debug", "enforced denied, matched policy {name}", C.Permissions.PermissionDenied, Proves, 403, "Envoy's RBAC denies by the policy {name}") { Source = "source/extensions/filters/http/rbac" },
        new(LogServer.Envoy, null, "debug", "enforced denied", C.Permissions.PermissionDenied, Proves, 403, "Envoy's RBAC denies it") { Source = "source/extensions/filters/http/rbac" },
        new(LogServer.Envoy, null, null, "rbac_access_denied_matched_policy[{name}]", C.Permissions.PermissionDenied, Proves, 403, "Envoy's RBAC denies by the policy {name}") { Source = "response code details" },
        new(LogServer.Envoy, null, null, "rbac_access_denied", C.Permissions.PermissionDenied, Proves, 403, "Envoy's RBAC denies it") { Source = "response code details" },
        new(LogServer.Envoy, null, null, "Jwt is missing", C.Credentials.Missing, Proves, 401, "no token came") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt is expired", C.Tokens.Expired, Proves, 401, "the token has expired") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt not yet valid", C.Tokens.NotYetValid, Proves, 401, "the token is not valid yet") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt is not in the form of", C.Tokens.Malformed, Proves, 401, "the token is not a JWT") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt header is an invalid", C.Tokens.Malformed, Proves, 401, "the token's header can't be read") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt header [alg] is not supported", C.Tokens.AlgorithmRefused, Proves, 401, "the token's algorithm is not supported") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt issuer is not configured", C.Tokens.WrongIssuer, Proves, 401, "the token's issuer is not configured") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Audiences in Jwt are not allowed", C.Tokens.WrongAudience, Proves, 403, "the token's audience is not allowed") { OrAnswers = [401], Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwt verification fails", C.Tokens.BadSignature, Proves, 401, "the token's signature does not verify") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwks doesn't have key to match kid or alg from Jwt", C.Tokens.UnknownKey, Proves, 401, "no key of the set fits the token's kid and alg") { Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "Jwks remote fetch is failed", C.Tokens.UnknownKey, Proves, 401, "the key set can't be fetched") { OrAnswers = [503], Source = "source/common/jwt/status.cc" },
        new(LogServer.Envoy, null, null, "ext_authz_denied", C.Permissions.PermissionDenied, Likely, 0, "the external authorisation service denies it") { Source = "response code details" },
        new(LogServer.Envoy, null, null, "ext_authz_error", C.Configuration.UpstreamAuthFailed, Proves, 0, "the external authorisation service failed") { Source = "response code details" },
        new(LogServer.Envoy, null, null, "UAEX", C.Permissions.PermissionDenied, Likely, 0, "the external authorisation service denies it (flag UAEX)") { Source = "access log documentation" },
        new(LogServer.OAuth2Proxy, null, null, "[AuthFailure] Invalid authentication via OAuth2: unauthorized", C.Permissions.PermissionDenied, Proves, 403, "signed in at the identity provider, and the address or group is not among the allowed ones") { Source = "oauthproxy.go" },
        new(LogServer.OAuth2Proxy, null, null, "CSRF token mismatch, potential attack", C.Permissions.CsrfRejected, Proves, 403, "the CSRF cookie of the sign-in did not come back, or differs") { Source = "oauthproxy.go" },
        new(LogServer.OAuth2Proxy, null, null, "Unable to obtain CSRF cookie", C.Sessions.CookieNotSent, Proves, 403, "the CSRF cookie of the sign-in did not come back") { Source = "oauthproxy.go" },
        new(LogServer.OAuth2Proxy, null, null, "Invalid authorization via session ({reason}): removing session", C.Permissions.PermissionDenied, Proves, 0, "the session is not authorised: {reason}") { Source = "oauthproxy.go" },
        new(LogServer.OAuth2Proxy, null, null, "Invalid authentication via HtpasswdFile", C.Credentials.PasswordRejected, Proves, 0, "the password file refuses user or password") { Source = "oauthproxy.go" },
        new(LogServer.OAuth2Proxy, null, null, "Cookie Signature not valid", C.Sessions.Unknown, Proves, 0, "the session cookie was signed with another secret") { Source = "pkg/encryption" },
        new(LogServer.OAuth2Proxy, null, null, "No valid authentication in request. Initiating login", C.Sessions.Missing, Likely, 403, "no session came: the sign-in page was sent") { OrAnswers = [302, 401], Source = "oauthproxy.go" },
        new(LogServer.Squid, null, null, "is DENIED, because it matched {name}", C.Files.ResourceDenied, OneOfSeveral, 403, "http_access denies it by the acl {name}") { Also = [C.Network.IpNotAllowed, C.Network.IpBlocked], Source = "src/client_side_request.cc" },
        new(LogServer.Fail2ban, null, "notice", "Ban {ip}", C.Network.IpBanned, Proves, 0, "fail2ban banned {ip}") { Do = "lift it: `fail2ban-client set JAIL unbanip {ip}`", Source = "fail2ban/server/actions.py" },
        new(LogServer.Fail2ban, null, "info", "{ip} already banned", C.Network.IpBanned, Proves, 0, "fail2ban banned {ip}") { Source = "fail2ban/server/actions.py" },
        new(LogServer.CrowdSec, null, null, "performed '{name}'", C.Network.IpBanned, Likely, 0, "CrowdSec saw {name} and decided on a ban") { Do = "look it up: `cscli decisions list`, lift it: `cscli decisions delete --ip IP`", Source = "crowdsec" },
        new(LogServer.CrowdSec, null, null, "crowdsec: blocked", C.Network.IpBanned, Proves, 403, "a CrowdSec bouncer blocks the address"),
        new(LogServer.CrowdSec, null, null, "[crowdsec]", C.Network.IpBanned, Likely, 403, "a CrowdSec bouncer blocks the address"),
        new(LogServer.Kernel, null, null, "avc:  denied  { {permission} } for {x} name=\"{name}\" {y} scontext={source} tcontext={target} tclass={kind}", C.Files.FileLabelDenied, Proves, 0, "SELinux denies {permission} on {name} ({target}) to {source}") { Do = "restore the label: `restorecon -v PATH`, or set one that servers may read: `chcon -t httpd_sys_content_t`", Source = "kernel, security/selinux/avc.c" },
        new(LogServer.Kernel, null, null, "avc: denied { {permission} } for {x} name=\"{name}\"", C.Files.FileLabelDenied, Proves, 0, "SELinux denies {permission} on {name}") { Source = "kernel, security/selinux/avc.c" },
        new(LogServer.Kernel, null, null, "avc:  denied  {", C.Files.FileLabelDenied, Likely, 0, "SELinux denies it") { Source = "kernel, security/selinux/avc.c" },
        new(LogServer.Kernel, null, null, "apparmor=\"DENIED\" operation=\"{operation}\" {x} name=\"{path}\"", C.Files.FileLabelDenied, Proves, 0, "AppArmor denies {operation} on {path}") { Do = "allow the path in the profile and `apparmor_parser -r` it", Source = "kernel, security/apparmor" },
    ];

    public static IReadOnlyList<Signature> Firewalls { get; } =
    [
        new(LogServer.ModSecurity, null, null, "ModSecurity: Access denied with code {status} (phase {phase}). {match} [id \"{rule}\"]{x}[msg \"{msg}\"]", C.Network.WafBlocked, Proves, 0, "ModSecurity's rule {rule} ({msg}) refuses the request") { Do = "exclude the parameter or path from rule {rule} (`SecRuleUpdateTargetById`, `ctl:ruleRemoveById={rule}`), never the engine as a whole", Source = "src/rule_message.cc" },
        new(LogServer.ModSecurity, null, null, "ModSecurity: Access denied with code {status} (phase {phase}). {match} [id \"{rule}\"]", C.Network.WafBlocked, Proves, 0, "ModSecurity's rule {rule} refuses the request") { Do = "exclude the parameter or path from rule {rule} (`ctl:ruleRemoveById={rule}`), never the engine as a whole", Source = "src/rule_message.cc" },
        new(LogServer.ModSecurity, null, null, "ModSecurity: Access denied", C.Network.WafBlocked, Proves, 0, "ModSecurity refuses the request") { Source = "src/rule_message.cc" },
        new(LogServer.ModSecurity, null, null, "ModSecurity: Warning. {match} [id \"{rule}\"]{x}[msg \"{msg}\"]", C.Network.WafBlocked, Hints, 0, "ModSecurity's rule {rule} ({msg}) matched") { Source = "src/rule_message.cc" },
        new(LogServer.ModSecurity, null, null, "Coraza: Access denied (phase {phase}). {match} [id \"{rule}\"]{x}[msg \"{msg}\"]", C.Network.WafBlocked, Proves, 0, "Coraza's rule {rule} ({msg}) refuses the request") { Source = "corazawaf/coraza" },
        new(LogServer.ModSecurity, null, null, "Coraza: Access denied", C.Network.WafBlocked, Proves, 0, "Coraza refuses the request") { Source = "corazawaf/coraza" },
        new(LogServer.ModSecurity, null, null, "NAXSI_FMT: ip={ip}&server={server}&uri={url}&", C.Network.WafBlocked, Likely, 0, "NAXSI refuses {url}") { Source = "naxsi" },
    ];
}
