using System.Net;

namespace Gatehouse.Apache;

/// <summary>
/// The request as httpd's modules see it, with what they change on the way (request_rec). One evaluation owns one; everything that
/// reads variables (expressions, RewriteCond, SetEnvIf) reads from here and nowhere else.
/// </summary>
public sealed class ApacheRequest
{
    /// <summary>GET, POST, ...; HEAD counts as GET in access control.</summary>
    public required string Method { get; set; }

    /// <summary>The request target as sent, undecoded, with its query: <c>/a%20b?x=1</c>.</summary>
    public required string UnparsedTarget { get; init; }

    /// <summary>The decoded path (r-&gt;uri); rewriting replaces it.</summary>
    public required string Path { get; set; }

    /// <summary>The query without its question mark (r-&gt;args); null: none.</summary>
    public string? Query { get; set; }

    /// <summary><c>HTTP/1.1</c>.</summary>
    public string Protocol { get; init; } = "HTTP/1.1";

    /// <summary>Header fields in order; several of one name are joined with <c>, </c> by <see cref="Header"/>, as httpd does.</summary>
    public List<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The host name of the Host field or of an absolute target, without port, lower case; null: none came.</summary>
    public string? HostName { get; set; }

    /// <summary>The client's address after RemoteIP (r-&gt;useragent_ip).</summary>
    public required IPAddress Client { get; set; }

    /// <summary>The address of the connection (c-&gt;client_ip).</summary>
    public required IPAddress Peer { get; init; }

    /// <summary>The client's port; 0: not known.</summary>
    public int ClientPort { get; init; }

    /// <summary>The server's address on this connection; null: not known.</summary>
    public IPAddress? ServerAddress { get; init; }

    /// <summary>The server's port on this connection.</summary>
    public int ServerPort { get; init; } = 80;

    /// <summary>ServerName of the virtual host; null: not set.</summary>
    public string? ServerName { get; set; }

    /// <summary>Whether TLS is on.</summary>
    public bool Https { get; init; }

    /// <summary>Whether the client showed a certificate in the handshake; null: not known.</summary>
    public bool? HasCertificate { get; init; }

    /// <summary>Name of the user that authentication accepted; null: nobody.</summary>
    public string? User { get; set; }

    /// <summary>AuthType under which they were accepted.</summary>
    public string? AuthType { get; set; }

    /// <summary>The file that the path maps to (r-&gt;filename); null before the mapping.</summary>
    public string? FileName { get; set; }

    /// <summary>What follows the file in the path (r-&gt;path_info).</summary>
    public string PathInfo { get; set; } = "";

    /// <summary>The document root of the virtual host.</summary>
    public string DocumentRoot { get; set; } = "/usr/local/apache/htdocs";

    /// <summary>The handler that was set; null: the default.</summary>
    public string? Handler { get; set; }

    /// <summary>Environment variables of the request (r-&gt;subprocess_env): SetEnvIf, RewriteRule [E=], SSLOptions. Names compare without regard to case, as in httpd's tables.</summary>
    public Dictionary<string, string> Environment { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Variables of which it can't be told whether or to what they are set, with the reason.</summary>
    public Dictionary<string, string> UnknownVariables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes that modules leave each other (r-&gt;notes).</summary>
    public Dictionary<string, string> Notes { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Environment of the server's process; null: not known, and then only names that a start script does not set count as absent.</summary>
    public IReadOnlyDictionary<string, string>? ProcessEnvironment { get; init; }

    /// <summary>The request line as sent (THE_REQUEST), which redirects inside of the server keep; null: made from method, target and protocol.</summary>
    public string? RequestLine { get; init; }

    /// <summary>The port that the Host field or an absolute target names; null: none.</summary>
    public int? HostPort { get; init; }

    /// <summary>The port of the virtual host's ServerName or, failing that, of its address (server_rec's port); 0: not set.</summary>
    public int ServerNamePort { get; set; }

    /// <summary>ServerAlias names of the virtual host, wildcards as written.</summary>
    public IReadOnlyList<string> ServerAliases { get; set; } = [];

    /// <summary>UseCanonicalName On: links to itself take ServerName; the default takes what the client named.</summary>
    public bool UseCanonicalName { get; set; }

    /// <summary>ServerAdmin; null: not set.</summary>
    public string? ServerAdmin { get; set; }

    /// <summary>What SERVER_SOFTWARE says; null: not known.</summary>
    public string? ServerSoftware { get; init; }

    /// <summary>HostnameLookups On: names of clients are looked up, which can't be told from here.</summary>
    public bool HostnameLookups { get; set; }

    /// <summary>The URL prefix of the Alias that mapped the path (ap_context_prefix); empty: none.</summary>
    public string ContextPrefix { get; set; } = "";

    /// <summary>What that prefix maps to; null: <see cref="DocumentRoot"/>.</summary>
    public string? ContextDocumentRoot { get; set; }

    /// <summary>Fields of the answer so far (r-&gt;headers_out).</summary>
    public List<KeyValuePair<string, string>> ResponseHeaders { get; } = [];

    /// <summary>Media type that was found; null: not yet.</summary>
    public string? ContentType { get; set; }

    /// <summary>Status so far.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Whether RewriteRule [END] ended rewriting for this request.</summary>
    public bool RewritingEnded { get; set; }

    /// <summary>The path of the request that this sub-request belongs to; null: it is none.</summary>
    public string? MainPath { get; init; }

    /// <summary>Number of internal redirects so far.</summary>
    public int InternalRedirects { get; set; }

    /// <summary>Whether this is a sub-request (index files, <c>-U</c>, <c>-F</c>): RewriteRule [NS] asks.</summary>
    public bool IsSubRequest { get; init; }

    /// <summary>When the request came, for TIME variables; null: such variables can't be told.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The values of a header, joined; null: it did not come.</summary>
    public string? Header(string name)
    {
        string? joined = null;
        foreach (var (key, value) in Headers)
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) joined = joined is null ? value : joined + ", " + value;
        return joined;
    }
}

/// <summary>What deciding asks of the world apart from the request.</summary>
/// <param name="Files">The disk.</param>
/// <param name="SubRequests">Who looks other paths up (<c>-U</c>, <c>-F</c>, <c>%{LA-U:...}</c>); null: nobody, and they are unknown.</param>
public sealed record Surroundings(IFileView Files, ISubRequests? SubRequests = null);

/// <summary>Looks up what the server would say of another path, as sub-requests do (ap_sub_req_lookup_uri and _file).</summary>
public interface ISubRequests
{
    /// <summary>By a path of a URL, or relative to the request's.</summary>
    SubRequestAnswer ByUri(ApacheRequest from, string uri);

    /// <summary>By a file, or relative to the request's.</summary>
    SubRequestAnswer ByFile(ApacheRequest from, string file);
}

/// <summary>What a sub-request came to.</summary>
/// <param name="Status">200 stands for "would be served"; null: can't be told.</param>
/// <param name="Request">The request as the look-up left it; null: can't be told.</param>
/// <param name="Because">Why it can't be told.</param>
public sealed record SubRequestAnswer(int? Status, ApacheRequest? Request, string? Because = null);

/// <summary>One line of the configuration and what it said to this request.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Line">The directive as it stands there, one line.</param>
/// <param name="Says">What it came to: <c>matches `x`</c>, <c>denies</c>, <c>redirects to `/y` (301)</c>.</param>
public sealed record Step(Place At, string Line, string Says);

/// <summary>What httpd asks the disk while it decides. Judging has no I/O of its own: the Doctor gives a view of the inspected tree, the Guard of its site, tests a table.</summary>
public interface IFileView
{
    /// <summary>What lies there, following links (stat); null: nothing, or it can't be seen.</summary>
    FileFacts? Stat(string path);

    /// <summary>What lies there without following a link (lstat).</summary>
    FileFacts? LinkStat(string path);

    /// <summary>A text file's content; null: it does not exist, is too large or can't be read.</summary>
    string? Read(string path);

    /// <summary>The names in a directory, in no order; null: it is none, or can't be listed, or names are not looked at.</summary>
    IReadOnlyList<string>? Names(string directory) => null;

    /// <summary>A file's bytes (password and group files); null: it does not exist, is too large or can't be read.</summary>
    byte[]? ReadBytes(string path) => Read(path) is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : null;

    /// <summary>Whether the server's user can pass through every directory that leads there; what it finds is another question.</summary>
    bool IsReachable(string path) => true;

    /// <summary>The name of the account or group with a number, as Require file-owner and file-group compare it; null: not known.</summary>
    string? AccountName(int id, bool group) => null;
}

/// <summary>What stat tells.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">In octets.</param>
/// <param name="OwnerId">The owner's number; -1: not known.</param>
/// <param name="Readable">Whether the server's user can read it (of a directory: list it).</param>
/// <param name="Searchable">Of a directory: whether the server's user can pass through it; of a file whether it may execute it.</param>
/// <param name="GroupId">The group's number; -1: not known.</param>
public readonly record struct FileFacts(EntryKind Kind, long Size, int OwnerId, bool Readable, bool Searchable, int GroupId = -1);

/// <summary>Kinds of entries in a file system.</summary>
public enum EntryKind
{
    /// <summary>Neither of the others.</summary>
    Other = 0,

    /// <summary>A plain file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link (of LinkStat alone).</summary>
    Link,
}

/// <summary>Two truth values and the honest third.</summary>
public enum Known
{
    /// <summary>It can't be told from here; the default.</summary>
    Unknown = 0,

    /// <summary>It is not so.</summary>
    No,

    /// <summary>It is so.</summary>
    Yes,
}
