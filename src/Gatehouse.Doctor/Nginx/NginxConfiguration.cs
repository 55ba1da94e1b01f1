using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx;

/// <summary>nginx's configuration as it was given: files of a disk, or a dump.</summary>
internal sealed class NginxConfiguration
{
    /// <summary>Names that stand at the outermost level, or in servers, and make a text nginx's.</summary>
    private static readonly HashSet<string> Telling = new(StringComparer.Ordinal)
    {
        "http", "server", "events", "location", "upstream", "map", "geo", "stream", "server_name", "listen", "worker_processes", "proxy_pass", "fastcgi_pass", "try_files", "auth_basic", "auth_basic_user_file", "error_page", "root",
        "index", "deny", "allow", "return", "rewrite", "include", "if", "set", "limit_req", "limit_req_zone", "limit_except", "ssl_certificate", "add_header", "proxy_set_header", "access_log", "error_log", "user", "pid", "autoindex", "satisfy",
        "set_real_ip_from", "real_ip_header", "auth_request", "expires", "alias", "internal", "valid_referers", "secure_link", "default_type", "types", "sendfile", "keepalive_timeout", "gzip", "client_max_body_size", "load_module", "worker_connections",
        "fastcgi_param", "fastcgi_split_path_info", "disable_symlinks", "log_format", "charset", "server_tokens", "resolver", "limit_conn", "limit_conn_zone", "ssl_verify_client",
    };

    private NginxConfiguration(string file, IReadOnlyList<ConfTree> trees, bool isDump)
    {
        File = file;
        Trees = trees;
        IsDump = isDump;
        Model = HttpModel.Of(trees);
    }

    /// <summary>The file that was given first.</summary>
    public string File { get; }

    /// <summary>All trees.</summary>
    public IReadOnlyList<ConfTree> Trees { get; }

    /// <summary>Whether it was a dump of <c>nginx -T</c>.</summary>
    public bool IsDump { get; }

    /// <summary>Servers and locations; null: it has nothing of http.</summary>
    public HttpModel? Model { get; }

    /// <summary>The first fault that keeps nginx from starting; null: none was found.</summary>
    public ConfFault? Fault => Trees.SelectMany(tree => tree.Faults).FirstOrDefault() ?? Trees.SelectMany(tree => tree.Files).Select(file => DirectiveShapes.FirstFault(file.Nodes)).FirstOrDefault(fault => fault is not null);

    /// <summary>The folder of the main file, where relative paths of configuration begin.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Trees[0].Path) is { Length: > 0 } folder ? folder : "/";

    /// <summary>Where relative paths of content begin. Only the command line (-p) and the build know it; this is what distributions and nginx's own build have.</summary>
    public string Prefix
    {
        get
        {
            var folder = Folder;
            if (folder is "/etc/nginx") return Directory.Exists("/usr/share/nginx") ? "/usr/share/nginx" : folder;
            return folder.EndsWith("/conf", StringComparison.Ordinal) ? folder[..^5] : folder;
        }
    }

    /// <summary>Reads those of the files that are nginx's; null: none is.</summary>
    /// <param name="files">As given.</param>
    /// <param name="roots">Further folders from which includes may be read.</param>
    public static NginxConfiguration? Read(IReadOnlyList<string> files, IEnumerable<string> roots)
    {
        var own = new List<string>();
        foreach (var given in files)
        {
            var path = System.IO.Path.GetFullPath(Directory.Exists(given) ? System.IO.Path.Join(given, "nginx.conf") : given);
            if (Text(path) is { } text && IsNginx(text)) own.Add(path);
        }

        if (own.Count == 0) return null;
        if (ConfDump.Of(Text(own[0])!) is { } dump) return new(own[0], [ConfTree.Load(dump.Main, dump)], isDump: true);
        // The main file before fragments; fragments that it includes anyway are read once.
        var ordered = own.OrderBy(path => Text(path) is { } text && IsMain(text) ? 0 : 1).ToList();
        var source = new DiskConf(ReadableFolders.Of(own, [.. DiskConf.CustomaryRoots, .. roots], null));
        var trees = new List<ConfTree>();
        foreach (var path in ordered)
            if (!trees.Exists(tree => tree.Files.Exists(file => file.Path == path))) trees.Add(ConfTree.Load(path, source));
        return new(own[0], trees, isDump: false);
    }

    /// <summary>Whether a text is nginx's configuration, even one with a fault: most of its directives are nginx's, and one of those that tell is among them.</summary>
    public static bool IsNginx(string text)
    {
        if (ConfDump.Of(text) is not null) return true;
        var file = ConfReader.Read("", text);
        int known = 0, all = 0;
        Count(file.Nodes, ref known, ref all);
        return known > 0 && known * 2 >= all;
    }

    private static bool IsMain(string text) => ConfReader.Read("", text).Nodes.Exists(node => node.Name is "http" or "events");

    private static void Count(List<ConfNode> nodes, ref int known, ref int all)
    {
        foreach (var node in nodes)
        {
            all++;
            if (Telling.Contains(node.Name)) known++;
            // Maps and types hold data, upstreams servers: their lines are no directives.
            if (node.Block is { } block && node.Name is "http" or "server" or "location" or "if" && node.Block is not null) Count(node.Block, ref known, ref all);
        }
    }

    /// <summary>The bytes of a file that was given by hand, wherever it leads, for a first look; null: it can't be read, or is no text.</summary>
    private static string? Text(string path)
    {
        using var file = RegularFile.Open(path, out _);
        if (file is null || file.SizeInBytes > ReadableFolders.MaxBytes) return null;
        var octets = file.Read(ReadableFolders.MaxBytes, out _);
        return octets.AsSpan().Contains((byte)0) ? null : Encoding.Latin1.GetString(octets);
    }

    /// <summary>A path's bytes as characters, as the evaluator holds texts.</summary>
    public static string Bytes(string path) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path));
}
