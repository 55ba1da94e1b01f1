using System.Net;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>Results of handlers that are no status, as nginx numbers them.</summary>
internal static class Rc
{
    /// <summary>Answered: the status stands in <see cref="Flow.Sent"/>.</summary>
    public const int Ok = 0;

    /// <summary>The request goes on elsewhere: <see cref="Flow.Phase"/> says where.</summary>
    public const int Done = -4;

    /// <summary>Not my affair.</summary>
    public const int Declined = -5;

    /// <summary>It can't be told from here: <see cref="Flow.UnknownBecause"/>.</summary>
    public const int Unknown = -100;
}

/// <summary>The phases, in order (ngx_http_phases).</summary>
internal enum Phase
{
    /// <summary>real_ip of the server.</summary>
    PostRead,

    /// <summary>The server's rewriting.</summary>
    ServerRewrite,

    /// <summary>Choice of the location.</summary>
    FindConfig,

    /// <summary>The location's rewriting.</summary>
    Rewrite,

    /// <summary>Back to the choice where the URI was changed.</summary>
    PostRewrite,

    /// <summary>real_ip of the location, limits.</summary>
    PreAccess,

    /// <summary>allow and deny, auth_basic, auth_request.</summary>
    Access,

    /// <summary>try_files.</summary>
    PreContent,

    /// <summary>The answer.</summary>
    Content,
}

/// <summary>All that is the same for a request and its sub-requests.</summary>
internal sealed class FlowGround(HttpModel model, NginxRequest request, INginxFiles files, string prefix, string configFolder)
{
    /// <summary>The configuration.</summary>
    public HttpModel Model { get; } = model;

    /// <summary>The request as sent.</summary>
    public NginxRequest Request { get; } = request;

    /// <summary>The disk.</summary>
    public INginxFiles Files { get; } = files;

    /// <summary>Where relative paths of content begin (-p).</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Where relative paths of configuration begin: the main file's folder.</summary>
    public string ConfigFolder { get; } = configFolder;

    /// <summary>Values of variables that nginx keeps once they are evaluated.</summary>
    public Dictionary<string, Text> Kept { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the value of a set variable was given, for evidence.</summary>
    public Dictionary<string, ConfNode> SetBy { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The ifs that were true where a variable was set.</summary>
    public Dictionary<string, IReadOnlyList<RewriteStep.If>> SetUnder { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Which line of a map, geo or another block gave a variable its value.</summary>
    public Dictionary<string, ConfNode> MappedBy { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was looked at, in order.</summary>
    public List<TraceStep> Trace { get; } = [];

    /// <summary>Headers that nginx drops before anything looks at them (underscores_in_headers, ignore_invalid_headers).</summary>
    public List<string> IgnoredHeaders { get; } = [];

    /// <summary>Header fields that count.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>The host by name, lower case, without port; null: none came.</summary>
    public string? Host { get; set; }

    /// <summary>The client's address after real_ip; null: not known.</summary>
    public IPAddress? Client { get; set; } = request.Peer;

    /// <summary>The directive that let a header replace the address; null: none did.</summary>
    public ConfNode? RealIpBy { get; set; }

    /// <summary>Whether real_ip has replaced it already.</summary>
    public bool RealIpDone { get; set; }

    /// <summary>The choice of the server.</summary>
    public ServerChoice? Choice { get; set; }

    /// <summary>Limits of rate and number that hold for the request, as far as it came.</summary>
    public List<ConfNode> Limits { get; } = [];

    /// <summary>auth_request directives that were asked, and what nginx itself made of the sub-request.</summary>
    public List<AuthSubrequest> Subrequests { get; } = [];

    /// <summary>Refusals and answers on the way, in order; the first refusal is what error pages then cover.</summary>
    public List<Decision> Decisions { get; } = [];

    /// <summary>Adds a step to the trace.</summary>
    public void Note(ConfNode node, string says) => Trace.Add(new(node.File.Path, node.At.Line, Shown.Line(node), says));
}

/// <summary>An auth_request that was asked.</summary>
/// <param name="Node">The directive.</param>
/// <param name="Status">Its status as far as nginx itself decides it; null: what stands behind decides.</param>
/// <param name="HandedOnBy">The directive that hands it on; null: none does.</param>
internal sealed record AuthSubrequest(ConfNode Node, int? Status, ConfNode? HandedOnBy);

/// <summary>The state of one request, or sub-request (ngx_http_request_t).</summary>
internal sealed class Flow(FlowGround ground, Scope scope)
{
    /// <summary>What all share.</summary>
    public FlowGround Ground { get; } = ground;

    /// <summary>The configuration in force: server, location, if or limit_except (r->loc_conf).</summary>
    public Scope Scope { get; set; } = scope;

    /// <summary>The server.</summary>
    public Scope Server { get; } = scope;

    /// <summary>Where it goes on.</summary>
    public Phase Phase { get; set; }

    /// <summary>$uri.</summary>
    public string Uri { get; set; } = "/";

    /// <summary>$args.</summary>
    public string Arguments { get; set; } = "";

    /// <summary>The method; error pages make it GET.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>Whether the path was percent-encoded or has a plus sign.</summary>
    public bool Quoted { get; set; }

    /// <summary>Internal redirects and rewrites that are left (NGX_HTTP_MAX_URI_CHANGES + 1).</summary>
    public int ChangesLeft { get; set; } = 11;

    /// <summary>The URI was rewritten and the location must be chosen anew.</summary>
    public bool UriChanged { get; set; }

    /// <summary>False after <c>rewrite ... break</c>: alias can't be used then.</summary>
    public bool ValidLocation { get; set; } = true;

    /// <summary>Whether it came here by redirection inside.</summary>
    public bool Internal { get; set; }

    /// <summary>Whether an error page was chosen already.</summary>
    public bool ErrorPageUsed { get; set; }

    /// <summary>The status that will be sent whatever the handler says; 0: the handler's.</summary>
    public int ErrorStatus { get; set; }

    /// <summary>Groups of the last pattern that matched.</summary>
    public string?[] Captures { get; set; } = [];

    /// <summary>What answers instead of the files (proxy_pass and others); null: the files.</summary>
    public ConfNode? Handler { get; set; }

    /// <summary>try_files in a location with a pattern and alias adds the URI to the alias.</summary>
    public bool AddUriToAlias { get; set; }

    /// <summary>Whether this is a sub-request: access is not checked there.</summary>
    public bool IsSubrequest { get; init; }

    /// <summary>The status that a handler sent.</summary>
    public int Sent { get; set; }

    /// <summary>Whether somebody behind answers.</summary>
    public ConfNode? HandedOnBy { get; set; }

    /// <summary>The file that is served or was refused; null: none.</summary>
    public string? FilePath { get; set; }

    /// <summary>The error_page directive that covers the first refusal; null: none.</summary>
    public ConfNode? ErrorPageBy { get; set; }

    /// <summary>Why it can't be told.</summary>
    public string? UnknownBecause { get; set; }

    /// <summary>The directive at which it can't be told any more.</summary>
    public ConfNode? UnknownAt { get; set; }

    /// <summary>Conditions that hold where the request is now: every if that was entered.</summary>
    public List<RewriteStep.If> Entered { get; } = [];

    /// <summary>Ends in not knowing.</summary>
    public int Not(string why, ConfNode? at = null)
    {
        UnknownBecause ??= why;
        UnknownAt ??= at;
        if (at is not null) Ground.Note(at, "can't be told from here: " + why);
        return Rc.Unknown;
    }

    /// <summary>Takes a decision down and gives its status on.</summary>
    public int Decide(Decision decision)
    {
        Ground.Decisions.Add(decision with { Subrequest = IsSubrequest });
        if (decision.Node is { } node) Ground.Note(node, decision.Says);
        return decision.Status;
    }
}
