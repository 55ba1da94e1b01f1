namespace Gatehouse.Doctor.Apache;

/// <summary>What a distribution's httpd is by default, for a site whose server configuration was not given: its .htaccess files count, all else is open.</summary>
internal static class Distribution
{
    /// <summary>Modules that Debian and Red Hat enable, and those that .htaccess files of common applications ask for.</summary>
    private static readonly string[] Modules =
    [
        "access_compat", "actions", "alias", "allowmethods", "auth_basic", "auth_digest", "authn_core", "authn_file", "authz_core", "authz_groupfile", "authz_host", "authz_user", "autoindex", "deflate", "dir", "env",
        "expires", "filter", "headers", "include", "mime", "mime_magic", "negotiation", "reqtimeout", "rewrite", "setenvif", "ssl", "status", "substitute", "cgid", "proxy", "proxy_http", "proxy_fcgi",
    ];

    /// <summary>The configuration as text.</summary>
    public static string Text(string site) => string.Join('\n',
    [
        .. Modules.Select(module => $"LoadModule {module}_module modules/mod_{module}.so"),
        $"DocumentRoot \"{site.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        "<Directory />",
        "Options FollowSymLinks",
        "Require all granted",
        "AllowOverride All",
        "</Directory>",
        "<FilesMatch \"^\\.ht\">",
        "Require all denied",
        "</FilesMatch>",
        "",
    ]);
}
