using System.Globalization;
using System.Text;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>The Apache httpd whose answers a site with <c>htaccess: honour</c> gives: one folder, AllowOverride All, the modules of a plain installation and none that run programs.</summary>
internal static class HtaccessServer
{
    /// <summary>Where the configuration below "stands"; no such file exists.</summary>
    private const string ConfigurationPath = "/dev/null/honour.conf";

    private static readonly string[] Modules =
    [
        "authn_core", "authn_file", "authn_anon", "authz_core", "authz_host", "authz_user", "authz_groupfile", "authz_owner", "access_compat", "auth_basic", "auth_digest",
        "alias", "actions", "allowmethods", "autoindex", "deflate", "brotli", "dir", "env", "expires", "filter", "headers", "include", "mime", "negotiation", "rewrite",
        "setenvif", "speling", "substitute", "unique_id", "usertrack", "request", "session", "session_cookie", "auth_form", "authn_socache", "authn_dbm", "authz_dbm", "mime_magic", "asis", "xml2enc", "status",
    ];

    /// <summary>An evaluator over the real disk.</summary>
    public static HttpdEvaluator Open(string root, IReadOnlyList<string> indexFiles, string? host, TimeProvider time)
    {
        var text = new StringBuilder();
        foreach (var module in Modules) text.Append(CultureInfo.InvariantCulture, $"LoadModule {module}_module modules/mod_{module}.so\n");
        if (host is not null) text.Append(CultureInfo.InvariantCulture, $"ServerName {host}\n");
        text.Append(CultureInfo.InvariantCulture, $"DocumentRoot {Quoted(root)}\nDirectoryIndex {string.Join(' ', indexFiles.Select(Quoted))}\n");
        text.Append(CultureInfo.InvariantCulture, $"<Directory />\nAllowOverride None\nOptions FollowSymLinks\nRequire all denied\n</Directory>\n");
        text.Append(CultureInfo.InvariantCulture, $"<Directory {Quoted(root)}>\nAllowOverride All\nRequire all granted\n</Directory>\n<FilesMatch \"^\\.ht\">\nRequire all denied\n</FilesMatch>\n");
        var disk = new HtaccessDisk(time, ConfigurationPath, text.ToString());
        return new(ServerBuilder.Build(ConfigurationReader.Read(ConfigurationPath, disk, new ReadingLimits { Roots = ["/dev/null"] }, "/")), disk);
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
