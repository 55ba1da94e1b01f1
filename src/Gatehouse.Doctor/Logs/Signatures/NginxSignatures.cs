using static Gatehouse.Doctor.Logs.Signatures.Certainty;
using C = Gatehouse.Causes;

namespace Gatehouse.Doctor.Logs.Signatures;

/// <summary>nginx and what is built on it. The default level of error_log is <c>error</c>: rows marked info are written only where it was lowered.</summary>
internal static class NginxSignatures
{
    public static IReadOnlyList<Signature> All { get; } =
    [
        new(LogServer.Nginx, null, "error", "\"{path}\" is forbidden (13: Permission denied)", C.Files.DirectoryNotSearchable, Likely, 403, "nginx's account can't pass through the directory on the way to {path}")
        { Also = [C.Files.FileNotReadable], Do = "give the first directory on the way that lacks it search permission (`namei -l {path}` shows it): `chmod o+x` on it", OrAnswers = [404], Source = "src/http/modules/ngx_http_index_module.c" },
        new(LogServer.Nginx, null, "error", "opendir() \"{path}\" failed (13: Permission denied)", C.Files.FileNotReadable, Proves, 403, "listings are on, and nginx's account can't read the directory {path}") { Do = "give nginx's account read permission on the directory: `chmod o+r {path}`", Source = "src/http/modules/ngx_http_autoindex_module.c" },
        new(LogServer.Nginx, null, "crit", "connect() to unix:{path} failed (13: Permission denied) while connecting to upstream", C.Files.FileNotReadable, Proves, 502, "nginx's account may not connect to the socket {path}, or not pass through a folder on the way to it")
        { Also = [C.Files.DirectoryNotSearchable], OrAnswers = [403, 500, 503, 504], Do = "let nginx's group read and write the socket: of PHP-FPM by `listen.owner`, `listen.group` and `listen.mode = 0660` of its pool", Source = "seen" },
        new(LogServer.Nginx, null, "error", "open() \"{path}\" failed (13: Permission denied)", C.Files.FileNotReadable, OneOfSeveral, 403, "nginx's account can't read {path}, or not pass through a directory on the way to it")
        { Also = [C.Files.DirectoryNotSearchable, C.Files.FileAclDenied, C.Files.FileLabelDenied], OrAnswers = [404], Do = "find the element that lacks permission with `namei -l {path}`: directories need x, the file r", Source = "src/http/modules/ngx_http_static_module.c" },
        new(LogServer.Nginx, null, "crit", "stat() \"{path}\" failed (13: Permission denied)", C.Files.DirectoryNotSearchable, Proves, 403, "nginx's account can't pass through a directory on the way to {path}")
        { OrAnswers = [404, 500], Do = "give the first directory on the way that lacks it search permission: `chmod o+x` on it", Source = "src/http/ngx_http_core_module.c" },
        new(LogServer.Nginx, null, "error", "directory index of \"{path}\" is forbidden", C.Files.DirectoryNoIndex, Proves, 403, "{path} holds none of the files that `index` names, and autoindex is off")
        { Do = "put an index file into {path}, name the one that is there in `index`, or allow a listing with `autoindex on`", Source = "src/http/ngx_http_core_module.c" },
        new(LogServer.Nginx, null, "error", "access forbidden by rule", C.Files.ResourceDenied, OneOfSeveral, 403, "an allow/deny rule refuses {client} for {url} (access forbidden by rule)")
        { Also = [C.Network.IpBlocked, C.Network.IpNotAllowed], OrAnswers = [404, 401], Do = "find the deny that applies to {url} (give --server-config), and put an `allow {client};` before it where that is meant", Source = "src/http/modules/ngx_http_access_module.c" },
        new(LogServer.Nginx, null, "error", "failed (40: Too many levels of symbolic links)", C.Files.SymlinkRefused, Proves, 403, "disable_symlinks refuses a symbolic link") { Do = "serve the file itself, or loosen disable_symlinks (if_not_owner, from=)", Source = "src/core/ngx_open_file_cache.c" },
        new(LogServer.Nginx, null, "error", "failed (31: Too many links)", C.Files.SymlinkRefused, Proves, 403, "disable_symlinks refuses a symbolic link") { Source = "src/core/ngx_open_file_cache.c" },
        new(LogServer.Nginx, null, "error", "user \"{user}\": password mismatch", C.Credentials.PasswordWrong, Proves, 401, "{user} is in the password file, and the password differs") { Also = [C.Credentials.PasswordFileBadHash], OrAnswers = [403], Do = "set a new password: `htpasswd FILE {user}`", Source = "src/http/modules/ngx_http_auth_basic_module.c" },
        new(LogServer.Nginx, null, "error", "user \"{user}\" was not found in \"{file}\"", C.Credentials.PasswordUnknownUser, Proves, 401, "no user {user} in {file}") { OrAnswers = [403], Do = "add the user: `htpasswd {file} {user}`", Source = "src/http/modules/ngx_http_auth_basic_module.c" },
        new(LogServer.Nginx, null, "info", "no user/password was provided for basic authentication", C.Credentials.Missing, Likely, 401, "no usable Basic credentials came") { Also = [C.Credentials.Malformed, C.Credentials.WrongScheme], Source = "src/http/modules/ngx_http_auth_basic_module.c" },
        new(LogServer.Nginx, null, "error", "PAM: user '{user}' - not authenticated: {reason}", C.Credentials.PasswordRejected, Likely, 401, "PAM does not let {user} in: {reason}") { OrAnswers = [403], Source = "ngx_http_auth_pam_module" },
        new(LogServer.Nginx, null, "info", "delaying unauthorized request", C.Credentials.PasswordRejected, Hints, 401, "auth_delay holds the answer back") { Source = "src/http/ngx_http_core_module.c" },
        new(LogServer.Nginx, null, "error", "auth request unexpected status: {status}", C.Configuration.UpstreamAuthFailed, Proves, 500, "the auth_request sub-request answered {status}, where nginx understands 2xx, 401 and 403 alone") { Do = "let the address that auth_request names answer 2xx, 401 or 403", Source = "src/http/modules/ngx_http_auth_request_module.c" },
        new(LogServer.Nginx, null, "error", "limiting requests, excess: {rate} by zone \"{zone}\"", C.Network.RateExceeded, Proves, 0, "limit_req of the zone {zone} is exceeded by {rate}") { Do = "widen `rate` or `burst` of limit_req for zone {zone}", Source = "src/http/modules/ngx_http_limit_req_module.c" },
        new(LogServer.Nginx, null, "error", "limiting connections by zone \"{zone}\"", C.Network.RateExceeded, Proves, 0, "limit_conn of the zone {zone} is exceeded") { Do = "widen limit_conn for zone {zone}", Source = "src/http/modules/ngx_http_limit_conn_module.c" },
        new(LogServer.Nginx, null, "warn", "delaying request, excess: {rate} by zone", C.Network.RateExceeded, Hints, 200, "limit_req delays it"),
        new(LogServer.Nginx, null, "info", "client sent no required SSL certificate", C.Credentials.CertificateMissing, Proves, 400, "ssl_verify_client is on and the client sent no certificate") { OrAnswers = [403, 401, 496], Source = "src/http/ngx_http_request.c" },
        new(LogServer.Nginx, null, "info", "client SSL certificate verify error: ({code}:certificate has expired)", C.Credentials.CertificateExpired, Proves, 400, "the client's certificate has expired") { OrAnswers = [403, 401, 495], Source = "src/http/ngx_http_request.c" },
        new(LogServer.Nginx, null, "info", "client SSL certificate verify error: ({code}:certificate is not yet valid)", C.Credentials.CertificateExpired, Proves, 400, "the client's certificate is not valid yet") { OrAnswers = [403, 401, 495], Source = "src/http/ngx_http_request.c" },
        new(LogServer.Nginx, null, "info", "client SSL certificate verify error: ({code}:certificate revoked)", C.Credentials.CertificateRevoked, Proves, 400, "the client's certificate is revoked") { OrAnswers = [403, 401, 495], Source = "src/http/ngx_http_request.c" },
        new(LogServer.Nginx, null, "info", "client SSL certificate verify error: ({code}:{reason})", C.Credentials.CertificateUntrusted, Proves, 400, "the client's certificate does not verify: {reason}") { OrAnswers = [403, 401, 495], Source = "src/http/ngx_http_request.c" },
        new(LogServer.Nginx, null, "info", "client sent plain HTTP request to HTTPS port", C.Network.HttpsRequired, Proves, 400, "plain http came to a port that speaks TLS") { OrAnswers = [497], Source = "src/http/ngx_http_request.c" },
        new(LogServer.Nginx, null, "error", "rewrite or internal redirection cycle while", C.Status.ServerErrorForDenial, Hints, 500, "rules redirect in a circle") { Source = "src/http/ngx_http_core_module.c" },
        new(LogServer.Nginx, null, "error", "FastCGI sent in stderr: \"Access to the script '{path}' has been denied (see security.limit_extensions)\"", C.Files.ResourceDenied, Proves, 403, "PHP-FPM's security.limit_extensions refuses {path}") { Source = "php-fpm" },
        new(LogServer.Nginx, null, "error", "FastCGI sent in stderr: \"Primary script unknown\"", C.Files.FileNotReadable, Hints, 404, "PHP-FPM can't find or read the script") { OrAnswers = [403] },
        new(LogServer.Nginx, null, "error", "access forbidden by lua", C.Files.ResourceDenied, Likely, 403, "a Lua script refuses it"),
        new(LogServer.Nginx, null, "emerg", "{message} in {file}:{line}", C.Configuration.ConfigSyntaxError, Likely, 0, "nginx does not take line {line} of {file}: {message}"),
    ];

    /// <summary>What nginx says when a password file can't be opened stands in the same words as for a resource: the path tells them apart.</summary>
    public static IReadOnlyList<Signature> PasswordFile { get; } =
    [
        new(LogServer.Nginx, null, "error", "open() \"{file}\" failed (2: No such file or directory)", C.Credentials.PasswordFileMissing, Proves, 403, "the password file {file} that auth_basic_user_file names does not exist")
        { OrAnswers = [401, 500], Do = "create it with `htpasswd -c {file} USER`, or let auth_basic_user_file name the right file", Source = "src/http/modules/ngx_http_auth_basic_module.c" },
        new(LogServer.Nginx, null, "crit", "open() \"{file}\" failed (13: Permission denied)", C.Credentials.PasswordFileUnreadable, Proves, 500, "nginx's account can't read the password file {file}")
        { OrAnswers = [403], Do = "give nginx's group read permission: `chgrp www-data {file}` and `chmod g+r {file}`", Source = "src/http/modules/ngx_http_auth_basic_module.c" },
    ];
}
