using System.Globalization;
using Gatehouse.Doctor.Nginx.Patterns;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Model;

/// <summary>A configuration as the http module sees it: servers, locations, and what is defined for all.</summary>
internal sealed class HttpModel
{
    private HttpModel(Scope http, IReadOnlyList<VirtualServer> servers, IReadOnlyList<ConfNode> main)
    {
        Http = http;
        Servers = servers;
        Main = main;
        foreach (var node in http.Nodes)
        {
            if (node.Block is null) continue;
            switch (node.Name)
            {
                case "map" when node.Count == 2:
                    Defined.TryAdd(node[1].TrimStart('$'), node);
                    // Named groups of its patterns are variables, too.
                    foreach (var entry in ConfTree.Flat(node.Block).Where(entry => entry.Name.StartsWith('~') && entry.Name.Contains("(?", StringComparison.Ordinal)))
                        if (Pcre.Of(entry.Name.TrimStart('~').TrimStart('*'), ignoreCase: false, out _) is { } pattern) Settable.UnionWith(pattern.Names.Select(pair => pair.Key));
                    break;
                case "geo" or "split_clients":
                    Defined.TryAdd(node[node.Count - 1].TrimStart('$'), node);
                    break;
                case "geoip2":
                    foreach (var variable in ConfTree.Flat(node.Block))
                        if (variable.Name.StartsWith('$')) Defined.TryAdd(variable.Name[1..], node);
                    break;
            }
        }

        foreach (var step in servers.SelectMany(server => AllSteps(server.Scope)).OfType<RewriteStep.Set>()) Settable.Add(step.Name);
        foreach (var node in servers.SelectMany(server => AllScopes(server.Scope)).Append(http).SelectMany(scope => scope.Own("auth_request_set"))) Settable.Add(node[0].TrimStart('$'));
    }

    /// <summary>The http block.</summary>
    public Scope Http { get; }

    /// <summary>Servers in order.</summary>
    public IReadOnlyList<VirtualServer> Servers { get; }

    /// <summary>The outermost directives: user, load_module.</summary>
    public IReadOnlyList<ConfNode> Main { get; }

    /// <summary>Variables that blocks of the http level define: map, geo, split_clients, geoip2.</summary>
    public Dictionary<string, ConfNode> Defined { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Variables that some `set` of any server names: empty where nothing was set.</summary>
    public HashSet<string> Settable { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the file held no http block of its own, and what stands in it was taken as its content.</summary>
    public bool IsFragment { get; private init; }

    /// <summary>Makes the model of one or several trees; later ones are taken as included in the first one's http block. Null: there is nothing of http in it.</summary>
    public static HttpModel? Of(IReadOnlyList<ConfTree> trees)
    {
        var main = trees.SelectMany(tree => ConfTree.Flat(tree.Nodes)).ToList();
        var http = main.FirstOrDefault(node => node.Name == "http" && node.Block is not null);
        IEnumerable<ConfNode> block = http?.Block is { } own ? own : [];
        if (http is null)
        {
            if (!main.Any(node => node.Name is "server" or "location" or "map" or "geo" || node.Name == "upstream")) return null;
            block = main;
        }
        else if (trees.Count > 1)
        {
            block = block.Concat(main.Where(node => node.Name is "server" or "map" or "geo"));
        }

        var scope = new Scope(ScopeKind.Http, http, null, block);
        var servers = scope.Own("server").Where(node => node.Block is not null).Select(node => VirtualServer.Of(BuildServer(node, node.Block!, scope))).ToList();
        if (servers.Count == 0 && http is null && scope.Has("location"))
        {
            // Locations alone: the part of a server that is included into one.
            servers.Add(VirtualServer.Of(BuildServer(null, block, scope)));
        }

        return new HttpModel(scope, servers, main) { IsFragment = http is null };
    }

    /// <summary>A scope and every scope inside it.</summary>
    public static IEnumerable<Scope> AllScopes(Scope scope)
    {
        yield return scope;
        foreach (var inner in scope.Locations.SelectMany(AllScopes)) yield return inner;
        if (scope.LimitExcept is { } limit) yield return limit;
        foreach (var step in scope.Steps.OfType<RewriteStep.If>()) yield return step.Scope;
    }

    private static IEnumerable<RewriteStep> AllSteps(Scope scope) => AllScopes(scope).SelectMany(inner => inner.Steps);

    private static Scope BuildServer(ConfNode? node, IEnumerable<ConfNode> block, Scope http)
    {
        var server = new Scope(ScopeKind.Server, node, http, block);
        Fill(server);
        return server;
    }

    private static void Fill(Scope scope)
    {
        foreach (var node in scope.Own("location"))
            if (node.Block is not null) scope.Locations.Add(BuildLocation(node, scope));
        if (scope.Own("limit_except") is [{ Block: { } block } limit, ..])
        {
            scope.LimitExcept = new Scope(ScopeKind.LimitExcept, limit, scope, block) { Name = scope.Name, Match = scope.Match };
            scope.ExceptMethods = [.. limit.Arguments];
        }

        scope.Steps = Steps(scope, scope.Nodes);
    }

    private static Scope BuildLocation(ConfNode node, Scope parent)
    {
        var (kind, name, ignoreCase) = node.Count >= 2
            ? node[0] switch
            {
                "=" => (LocationKind.Exact, node[1], false),
                "^~" => (LocationKind.PrefixOnly, node[1], false),
                "~" => (LocationKind.Pattern, node[1], false),
                "~*" => (LocationKind.Pattern, node[1], true),
                _ => (LocationKind.Prefix, node[1], false),
            }
            : node[0] switch
            {
                ['=', .. var rest] => (LocationKind.Exact, rest, false),
                ['^', '~', .. var rest] => (LocationKind.PrefixOnly, rest, false),
                ['~', '*', .. var rest] => (LocationKind.Pattern, rest, true),
                ['~', .. var rest] => (LocationKind.Pattern, rest, false),
                ['@', ..] => (LocationKind.Named, node[0], false),
                _ => (LocationKind.Prefix, node[0], false),
            };
        Pcre? pattern = null;
        string? problem = null;
        if (kind == LocationKind.Pattern) pattern = Pcre.Of(name, ignoreCase, out problem);
        var scope = new Scope(ScopeKind.Location, node, parent, node.Block!) { Match = kind, Name = name, Pattern = pattern, PatternProblem = problem };
        Fill(scope);
        return scope;
    }

    private static List<RewriteStep> Steps(Scope scope, IEnumerable<ConfNode> nodes)
    {
        var steps = new List<RewriteStep>();
        foreach (var node in nodes)
        {
            switch (node.Name)
            {
                case "set" when node.Count == 2:
                    steps.Add(new RewriteStep.Set(node, node[0].TrimStart('$'), node[1]));
                    break;
                case "break":
                    steps.Add(new RewriteStep.Break(node));
                    break;
                case "return":
                    steps.Add(Return(node));
                    break;
                case "rewrite" when node.Count is 2 or 3:
                    steps.Add(Rewrite(node));
                    break;
                case "if" when node.Block is { } block:
                    var inner = new Scope(ScopeKind.If, node, scope, block) { Name = scope.Name, Match = scope.Match };
                    inner.Steps = Steps(inner, inner.Nodes);
                    steps.Add(new RewriteStep.If(node, IfCondition.Of(node), inner, inner.Steps));
                    break;
                case "rewrite_by_lua_block" or "rewrite_by_lua_file" or "rewrite_by_lua" or "set_by_lua_block" or "set_by_lua_file" or "js_set" or "perl_set" or "set_unescape_uri" or "set_if_empty" or "set_hmac_sha1" or "set_md5":
                    steps.Add(new RewriteStep.Unknown(node));
                    break;
            }
        }

        return steps;
    }

    private static RewriteStep.Return Return(ConfNode node)
    {
        if (int.TryParse(node[0], NumberStyles.None, CultureInfo.InvariantCulture, out var status)) return new(node, status, node.Count > 1 ? node[1] : null);
        return new(node, 302, node[0]);
    }

    private static RewriteStep.Rewrite Rewrite(ConfNode node)
    {
        var pattern = Pcre.Of(node[0], ignoreCase: false, out var problem);
        var replacement = node[1];
        var addArguments = !replacement.EndsWith('?');
        if (!addArguments) replacement = replacement[..^1];
        var flag = node.Count == 3 ? node[2] : "";
        var redirects = flag switch
        {
            "permanent" => 301,
            "redirect" => 302,
            _ => node[1].StartsWith("http://", StringComparison.Ordinal) || node[1].StartsWith("https://", StringComparison.Ordinal) || node[1].StartsWith("$scheme", StringComparison.Ordinal) ? 302 : 0,
        };
        return new(node, pattern, problem, replacement, addArguments, redirects, Last: flag == "last" || flag == "break" || redirects != 0, Stays: flag == "break");
    }
}
