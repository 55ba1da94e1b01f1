using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>Directives as they may be shown: secrets masked.</summary>
internal static class Shown
{
    /// <summary>Header variables whose values are no secrets.</summary>
    private static readonly string[] Open = ["user_agent", "referer", "origin", "host", "accept", "accept_language", "accept_encoding", "x_forwarded_proto", "x_forwarded_for", "x_real_ip", "upgrade", "connection", "x_requested_with", "content_type", "cf_ipcountry", "sec_fetch_site", "sec_fetch_mode", "via", "range", "x_forwarded_host"];

    /// <summary>The directive on one line.</summary>
    public static string Line(ConfNode node)
    {
        switch (node.Name)
        {
            case "secure_link_md5" or "secure_link_secret":
                return $"{node.Name} {Masked.Secret(string.Join(' ', node.Arguments))}";
            case "proxy_set_header" or "grpc_set_header" or "fastcgi_param" or "uwsgi_param" or "scgi_param" or "add_header" when node.Count > 1 && IsSecret(node[0]) && node[1].Length > 0 && !node[1].StartsWith('$'):
                return $"{node.Name} {node[0]} {Masked.Secret(node[1])}";
            case "if" when node.Count >= 3 && SecretVariable(node[0].TrimStart('(')):
                return $"if {node[0]} {node[1]} {Masked.Secret(node[2].TrimEnd(')'))}) {{";
            case "map" or "geo":
                return node.Line;
            default:
                return node.Line;
        }
    }

    /// <summary>A line of a map whose source may be a secret header.</summary>
    public static string MapLine(ConfNode entry, string source) => SecretVariable(source) && entry.Name is not ("default" or "") ? $"{Masked.Secret(entry.Name)} {entry[0]}" : entry.Line;

    /// <summary>Whether the value of a header is a secret by its name.</summary>
    public static bool IsSecret(string header) =>
        header.Contains("auth", StringComparison.OrdinalIgnoreCase) || header.Contains("key", StringComparison.OrdinalIgnoreCase) || header.Contains("token", StringComparison.OrdinalIgnoreCase)
        || header.Contains("secret", StringComparison.OrdinalIgnoreCase) || header.Contains("cookie", StringComparison.OrdinalIgnoreCase) || header.Contains("password", StringComparison.OrdinalIgnoreCase);

    private static bool SecretVariable(string name)
    {
        name = name.TrimStart('$').Trim('{', '}');
        if (name.StartsWith("http_", StringComparison.Ordinal)) return !Open.Contains(name[5..]);
        return name.StartsWith("cookie_", StringComparison.Ordinal) || (name.StartsWith("arg_", StringComparison.Ordinal) && IsSecret(name));
    }
}
