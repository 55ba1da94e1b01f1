using System.Globalization;
using System.Text;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Corpus.Tests;

/// <summary>
/// A configuration of others, written anew so that it loads here: its paths lie in a folder of the test, its servers listen on one port of the loopback without TLS, its
/// upstreams are the loopback. What decides access is left as it stands.
/// </summary>
internal sealed class AdaptedConf(string folder, int port)
{
    private readonly StringBuilder text = new();
    private bool defaultTaken;

    /// <summary>Directives that name what is not here, that only TLS, caches or logs need, or whose answer depends on the requests before.</summary>
    private static readonly string[] LeftOut = ["include", "error_log", "access_log", "log_format", "resolver", "resolver_timeout", "load_module", "limit_req", "limit_conn", "http2", "http3", "user", "pid", "open_log_file_cache", "client_body_temp_path"];

    /// <summary>The content of the http block, or null where nothing of it is left.</summary>
    public static string? Of(IReadOnlyList<ConfNode> nodes, string folder, int port)
    {
        var conf = new AdaptedConf(folder, port);
        if (nodes.FirstOrDefault(node => node.Name == "http" && node.Block is not null) is { } http) conf.Add(http.Block!);
        else if (nodes.Any(node => node.Name is "server" or "upstream" or "map" or "geo"))
        {
            if (!nodes.Any(node => node.Name == "server")) return null;
            conf.Add([.. nodes.Where(node => node.Block is not null || node.Name is "root" or "index" or "autoindex")]);
        }
        else conf.Server(nodes);
        return conf.text.ToString();
    }

    private void Server(IReadOnlyList<ConfNode> nodes)
    {
        var asDefault = !defaultTaken && nodes.Any(node => node.Name == "listen" && node.Arguments.Any(word => word is "default_server" or "default"));
        defaultTaken |= asDefault;
        text.Append(CultureInfo.InvariantCulture, $"server {{\nlisten 127.0.0.1:{port}{(asDefault ? " default_server" : "")};\n");
        if (!nodes.Any(node => node.Name is "root")) text.Append(CultureInfo.InvariantCulture, $"root {folder}/site;\n");
        Add(nodes);
        text.Append("}\n");
    }

    private void Add(IReadOnlyList<ConfNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node.Lua is not null || node.Name == "listen" || LeftOut.Contains(node.Name, StringComparer.Ordinal) || node.Name.StartsWith("ssl", StringComparison.Ordinal) || node.Name.Contains("cache", StringComparison.Ordinal) || node.Name.StartsWith("limit_req", StringComparison.Ordinal) || node.Name.StartsWith("limit_conn", StringComparison.Ordinal)) continue;
            if (node.Name == "server" && node.Block is not null)
            {
                Server(node.Block);
                continue;
            }

            List<string> words = [.. node.Arguments];
            if (words.Count > 0) words[0] = Moved(node.Name, words[0]);
            text.Append(Quoted(node.Name));
            foreach (var word in words) text.Append(' ').Append(Quoted(word));
            if (node.Block is null) text.Append(";\n");
            else
            {
                text.Append(" {\n");
                Add(node.Block);
                text.Append("}\n");
            }
        }
    }

    private string Moved(string name, string value) => name switch
    {
        "root" => folder + "/site",
        "alias" => folder + "/site/docs" + (value.EndsWith('/') ? "/" : ""),
        "auth_basic_user_file" => folder + "/users",
        "proxy_pass" => "http://127.0.0.1:1",
        "fastcgi_pass" or "uwsgi_pass" or "scgi_pass" or "grpc_pass" or "memcached_pass" => "127.0.0.1:1",
        _ => value,
    };

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '=' or '$' or '@' or '*' or '^' or '~') ? word : "\"" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
