using System.Globalization;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>What nginx makes of a request, by its configuration and files.</summary>
internal static class Evaluator
{
    /// <summary>nginx ends redirections after ten; phases of each, and some for names.</summary>
    private const int MaxSteps = 1000;

    private static readonly string[] Passing = ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];

    private static readonly string[] Handlers =
    [
        .. Passing, "stub_status", "empty_gif", "flv", "mp4", "perl", "content_by_lua", "content_by_lua_block", "content_by_lua_file", "js_content", "echo", "api", "passenger_enabled", "status", "vhost_traffic_status_display", "nchan_pubsub",
        "nchan_publisher", "nchan_subscriber", "push_stream_subscriber", "rtmp_stat", "upload_pass", "tunnel_pass", "hls", "f4f", "return_by_lua",
    ];

    /// <summary>Evaluates a request.</summary>
    public static Verdict Of(HttpModel model, NginxRequest request, INginxFiles files, string prefix, string configFolder)
    {
        var ground = new FlowGround(model, request, files, prefix, configFolder);
        var given = request.Headers.Where(pair => pair.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).ToList();
        var absolute = RequestTarget.Parse(request.Target, mergeSlashes: true)?.Host;
        var hostText = absolute ?? given.FirstOrDefault();
        var hostValid = Host(hostText, out var host);
        hostValid &= absolute is null || given.Count == 0 || Host(given[0], out _);
        ground.Host = hostValid ? host : null;
        var choice = ServerChoice.Of(model, request.ServerAddress, request.ServerPort, request.Https, ground.Host);
        ground.Choice = choice;
        if (choice.Server is null) return new Verdict(ground, null) { UnknownBecause = choice.Problem };
        if (choice.Listen is { ProxyProtocol: true }) return new Verdict(ground, null) { UnknownBecause = "the PROXY protocol is expected on this port" };

        var server = choice.Server.Scope;
        var early = choice.DefaultServer!.Scope;
        foreach (var (name, value) in request.Headers)
        {
            if (Valid(name, early)) ground.Headers.Add(new(name, value));
            else ground.IgnoredHeaders.Add(name);
        }

        if (choice.By is { Node: { } by }) ground.Note(by, $"`{choice.By.Text}` is the host {ground.Host}");
        else if (server.Node is { } node) ground.Note(node, "answers as the default of this address: no server has that name");

        if (request.Https && choice.Listen is { Ssl: false }) return new Verdict(ground, null) { UnknownBecause = "https is asked for on a port that speaks plain http" };
        if (request.Https && server.IsOn("ssl_reject_handshake") && choice.By is null) return new Verdict(ground, null) { Closed = true, UnknownBecause = null, RejectedHandshake = server.One("ssl_reject_handshake") };
        var flow = new Flow(ground, server) { Method = request.Method };
        if (choice.By?.Pattern is { } pattern && host is not null) Variables.Exec(flow, pattern, host);
        var status = Begin(flow, request, early, given.Count, hostValid, host);
        return new Verdict(ground, flow) { Status = status, UnknownBecause = flow.UnknownBecause, Closed = flow.UnknownBecause is null && status is null };
    }

    private static int? Begin(Flow flow, NginxRequest request, Scope early, int hosts, bool hostValid, string? host)
    {
        var ground = flow.Ground;
        int Early(string says) => flow.Decide(new() { By = DecidedBy.BadRequest, Status = 400, Says = says, Scope = flow.Scope });
        if (RequestTarget.Parse(request.Target, early.IsOn("merge_slashes", otherwise: true)) is not { } target) return Finish(flow, Early("the request line is no good"));
        flow.Uri = target.Path;
        flow.Arguments = target.Arguments;
        flow.Quoted = target.Quoted;
        if (request.Method.Length == 0 || request.Method.Any(c => c is not (>= 'A' and <= 'Z' or '_' or '-'))) return Finish(flow, Early("the method is no good"));
        if (hosts > 1 || !hostValid) return Finish(flow, Early("the Host field is no good"));
        if (hosts == 0 && host is null && request.Protocol == "HTTP/1.1") return Finish(flow, Early("no Host field came"));
        if (request.Https && request.Sni is { } sni && host is not null && !sni.Equals(host, StringComparison.OrdinalIgnoreCase))
        {
            var negotiated = ServerChoice.Of(ground.Model, request.ServerAddress, request.ServerPort, https: true, sni.ToLowerInvariant());
            if (negotiated.Server is { } other && other.Scope.Value("ssl_verify_client") is "on" or "optional" or "optional_no_ca")
                return Finish(flow, flow.Decide(new() { By = DecidedBy.Misdirected, Status = 421, Node = negotiated.Server.Scope.One("ssl_verify_client"), Says = "another name than the handshake's is asked for", Scope = flow.Scope }));
        }

        if (request.Method == "TRACE") return Finish(flow, flow.Decide(new() { By = DecidedBy.Method, Status = 405, Says = "TRACE is refused", Scope = flow.Scope }));
        if (request.Method == "CONNECT") return Finish(flow, flow.Decide(new() { By = DecidedBy.Method, Status = 405, Says = "CONNECT is refused", Scope = flow.Scope }));
        if (!request.Https && ground.Choice!.Listen is { Ssl: true } && !ground.Choice.Server!.Listens.Any(listen => listen.Port == request.ServerPort && !listen.Ssl))
            return Finish(flow, flow.Decide(new() { By = DecidedBy.PlainHttp, Status = 497, Node = ground.Choice.Listen.Node, Says = "plain http on a port of https", Scope = flow.Scope }));
        if (request.Https && flow.Scope.One("ssl_verify_client") is { } verify && verify[0] is "on" or "optional" or "optional_no_ca")
        {
            if (request.ClientVerify is null) return Finish(flow, flow.Not("whether the client's certificate verifies", verify));
            var optional = verify[0] == "optional_no_ca" && Tolerated(request.ClientVerify);
            if (request.ClientVerify.StartsWith("FAILED", StringComparison.Ordinal) && !optional)
                return Finish(flow, flow.Decide(new() { By = DecidedBy.Certificate, Status = 495, Node = verify, Says = $"the client's certificate does not verify ({request.ClientVerify})", Scope = flow.Scope }));
            if (request.ClientVerify == "NONE" && verify[0] == "on")
                return Finish(flow, flow.Decide(new() { By = DecidedBy.Certificate, Status = 496, Node = verify, Says = "no client certificate came", Scope = flow.Scope }));
        }

        return Run(flow);
    }

    /// <summary>What `optional_no_ca` overlooks: that the issuer is not known.</summary>
    private static bool Tolerated(string verify) => verify.Contains("self", StringComparison.Ordinal) || verify.Contains("issuer", StringComparison.Ordinal) || verify.Contains("verify the first", StringComparison.Ordinal);

    private static int? Finish(Flow flow, int rc)
    {
        if (rc == Rc.Unknown) return null;
        return Special(flow, rc) == Rc.Done ? Run(flow) : Final(flow, flow.ErrorStatus);
    }

    /// <summary>Runs the phases from where the flow stands; the status that is sent, or null where it is closed or not known.</summary>
    public static int? Run(Flow flow)
    {
        for (var steps = 0; steps < MaxSteps; steps++)
        {
            var rc = Step(flow);
            switch (rc)
            {
                case Rc.Done:
                    continue;
                case Rc.Declined:
                    flow.Phase++;
                    continue;
                case Rc.Unknown:
                    return null;
                case Rc.Ok:
                    return Final(flow, flow.ErrorStatus != 0 ? flow.ErrorStatus : flow.Sent);
                // Closed without an answer (ngx_http_finalize_request): NGX_HTTP_CLOSE, and what stands for a client that went away.
                case 444 or 408 or 499:
                    return null;
                default:
                    if (Special(flow, rc) == Rc.Done) continue;
                    return Final(flow, flow.ErrorStatus);
            }
        }

        flow.Not("the evaluation takes too many steps");
        return null;
    }

    private static int? Final(Flow flow, int status) => flow.UnknownBecause is not null ? null : status is >= 494 and <= 497 && flow.ErrorPageBy is null ? 400 : status;

    private static int Step(Flow flow)
    {
        switch (flow.Phase)
        {
            case Phase.PostRead:
                return RealIp.Run(flow);
            case Phase.ServerRewrite:
                flow.Scope = flow.Server;
                return Rewriting.Run(flow);
            case Phase.FindConfig:
                return LocationChoice.Run(flow);
            case Phase.Rewrite:
                // The server's own directives ran already.
                return flow.Scope.Kind == ScopeKind.Server ? Rc.Declined : Rewriting.Run(flow);
            case Phase.PostRewrite:
                if (!flow.UriChanged) return Rc.Declined;
                if (--flow.ChangesLeft == 0) return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Node = flow.Scope.Node, Says = "the URI is rewritten in a circle", Scope = flow.Scope });
                flow.Phase = Phase.FindConfig;
                return Rc.Done;
            case Phase.PreAccess:
                var real = RealIp.Run(flow);
                if (real != Rc.Declined) return real;
                if (!flow.IsSubrequest)
                {
                    foreach (var limit in flow.Scope.Find("limit_req").Concat(flow.Scope.Find("limit_conn")))
                    {
                        if (flow.Ground.Limits.Contains(limit)) continue;
                        flow.Ground.Limits.Add(limit);
                        flow.Ground.Note(limit, "a single request passes; many at once are refused here");
                    }
                }

                return Rc.Declined;
            case Phase.Access:
                return AccessPhase.Run(flow);
            case Phase.PreContent:
                return StaticContent.TryFiles(flow);
            default:
                return Content(flow);
        }
    }

    private static int Content(Flow flow)
    {
        if (flow.Handler is not { } handler) return StaticContent.Run(flow);
        if (handler.Name is "stub_status" or "empty_gif" or "flv" or "mp4")
        {
            if (flow.Method is not ("GET" or "HEAD")) return flow.Decide(new() { By = DecidedBy.Method, Status = 405, Node = handler, Says = "answers GET and HEAD alone", Scope = flow.Scope });
            if (handler.Name is "flv" or "mp4") return StaticContent.Run(flow);
            flow.Sent = 200;
            flow.Decide(new() { By = DecidedBy.Served, Status = 200, Node = handler, Says = "answers", Scope = flow.Scope });
            return Rc.Ok;
        }

        flow.HandedOnBy = handler;
        flow.Sent = 200;
        flow.Decide(new() { By = DecidedBy.HandedOn, Status = 200, Node = handler, Says = "hands the request on", Scope = flow.Scope });
        return Rc.Ok;
    }

    /// <summary>Whether a location hands on to another program, so that a missing slash is added by redirection.</summary>
    public static bool IsPassing(Scope location) => location.Has("proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass");

    /// <summary>Takes the handler of the configuration in force, if it has one; an if keeps that of its location.</summary>
    public static void TakeHandler(Flow flow)
    {
        var scope = flow.Scope;
        var own = scope.Nodes.LastOrDefault(node => Array.IndexOf(Handlers, node.Name) >= 0 && !(node.Count == 1 && node[0] == "off"));
        if (own is null && scope.Kind == ScopeKind.LimitExcept) own = scope.Parent!.Nodes.LastOrDefault(node => Array.IndexOf(Passing, node.Name) >= 0);
        if (own is not null) flow.Handler = own;
    }

    /// <summary>A redirection inside (ngx_http_internal_redirect).</summary>
    public static int Redirect(Flow flow, string uri, string arguments)
    {
        if (--flow.ChangesLeft == 0) return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Node = flow.Scope.Node, Says = "redirected inside in a circle", Scope = flow.Scope });
        flow.Uri = uri;
        flow.Arguments = arguments;
        flow.Scope = flow.Server;
        flow.Internal = true;
        flow.ValidLocation = true;
        flow.AddUriToAlias = false;
        flow.Entered.Clear();
        flow.Phase = Phase.ServerRewrite;
        return Rc.Done;
    }

    /// <summary>To a named location (ngx_http_named_location).</summary>
    public static int Named(Flow flow, string name)
    {
        if (--flow.ChangesLeft == 0) return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Node = flow.Scope.Node, Says = "redirected inside in a circle", Scope = flow.Scope });
        var location = flow.Server.Locations.FirstOrDefault(one => one.Match == LocationKind.Named && one.Name == name);
        if (location is null) return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Node = flow.Scope.Node, Says = $"there is no location {name}", Scope = flow.Scope });
        flow.Scope = location;
        flow.Internal = true;
        flow.Handler = null;
        flow.UriChanged = false;
        flow.Entered.Clear();
        flow.Ground.Note(location.Node!, "is the location");
        LocationChoice.Enter(flow);
        flow.Phase = Phase.Rewrite;
        return Rc.Done;
    }

    /// <summary>A status of 300 and more goes through the error pages (ngx_http_special_response_handler): Done where one takes over.</summary>
    private static int Special(Flow flow, int status)
    {
        flow.ErrorStatus = status;
        var pages = flow.Scope.Find("error_page");
        if (flow.ErrorPageUsed || pages.Count == 0 || flow.ChangesLeft == 0) return Rc.Declined;
        if (!flow.Scope.IsOn("recursive_error_pages")) flow.ErrorPageUsed = true;
        var page = pages.FirstOrDefault(node => node.Arguments.SkipLast(1).Any(word => word == status.ToString(CultureInfo.InvariantCulture)));
        if (page is null) return Rc.Declined;
        var uri = Script.Run(flow, page[page.Count - 1]);
        if (!uri.IsKnown) return flow.Not(uri.Unknown!, page);
        flow.ErrorPageBy ??= page;
        var over = page.Count > 2 && page[page.Count - 2].StartsWith('=') ? page[page.Count - 2][1..] : null;
        if (over is null && status is >= 494 and <= 497) over = "400";
        if (over is { Length: 0 }) flow.ErrorStatus = 0;
        else if (over is not null && int.TryParse(over, NumberStyles.None, CultureInfo.InvariantCulture, out var instead)) flow.ErrorStatus = instead;
        flow.Ground.Note(page, $"stands for {status.ToString(CultureInfo.InvariantCulture)}");
        if (uri.Plain.StartsWith('/'))
        {
            if (flow.Method != "HEAD") flow.Method = "GET";
            var mark = uri.Plain.IndexOf('?', StringComparison.Ordinal);
            var rc = mark < 0 ? Redirect(flow, uri.Plain, "") : Redirect(flow, uri.Plain[..mark], uri.Plain[(mark + 1)..]);
            return rc == Rc.Done ? rc : Cycle(flow, rc);
        }

        if (uri.Plain.StartsWith('@'))
        {
            var rc = Named(flow, uri.Plain);
            return rc == Rc.Done ? rc : Cycle(flow, rc);
        }

        if (flow.ErrorStatus is not (301 or 302 or 303 or 307 or 308)) flow.ErrorStatus = 302;
        return Rc.Declined;
    }

    private static int Cycle(Flow flow, int status) => Special(flow, status);

    /// <summary>Whether a header's name is one that counts.</summary>
    private static bool Valid(string name, Scope early)
    {
        if (!early.IsOn("ignore_invalid_headers", otherwise: true)) return true;
        var underscores = early.IsOn("underscores_in_headers");
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || (c == '_' && underscores));
    }

    /// <summary>The host by name (ngx_http_validate_host): without port and closing dot, lower case; false: it is no good. Null: none came.</summary>
    private static bool Host(string? field, out string? host)
    {
        host = null;
        if (string.IsNullOrEmpty(field)) return field is null || field.Length != 0;
        var text = field;
        var end = text.Length;
        var literal = text.StartsWith('[');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.')
            {
                if (i > 0 && text[i - 1] == '.') return false;
            }
            else if (c == ':' && !literal)
            {
                if (end == text.Length) end = i;
            }
            else if (c == ']' && literal)
            {
                literal = false;
                end = text.Length;
            }
            else if (c is '/' or '\0' or <= ' ' or '\x7F')
            {
                return false;
            }
        }

        var name = text[..end];
        if (name.EndsWith('.')) name = name[..^1];
        if (name.Length == 0) return false;
        host = name.ToLowerInvariant();
        return true;
    }
}
