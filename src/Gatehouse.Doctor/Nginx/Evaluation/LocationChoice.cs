using Gatehouse.Doctor.Nginx.Model;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>The choice of the location (ngx_http_core_find_location).</summary>
internal static class LocationChoice
{
    private enum Static
    {
        Declined,
        Prefix,
        Exact,
        Slash,
        Unknown,
    }

    /// <summary>Finds; Declined: found, or the server itself; a status where a slash is missing; Unknown.</summary>
    public static int Run(Flow flow)
    {
        flow.Handler = null;
        flow.UriChanged = false;
        flow.Scope = flow.Server;
        var found = Find(flow);
        if (found == Static.Unknown) return Rc.Unknown;
        var location = flow.Scope;
        if (location.Node is { } node && location.Kind == ScopeKind.Location) flow.Ground.Note(node, "is the location");
        if (!flow.Internal && location.Kind == ScopeKind.Location && location.One("internal") is { } inside)
            return flow.Decide(new() { By = DecidedBy.Internal, Status = 404, Node = inside, Says = "is for redirections inside alone", Scope = location });
        Enter(flow);
        if (TooLarge(flow)) return flow.Decide(new() { By = DecidedBy.TooLarge, Status = 413, Node = flow.Scope.One("client_max_body_size"), Says = "the body is larger", Scope = flow.Scope });
        if (found == Static.Slash)
            return flow.Decide(new() { By = DecidedBy.Redirected, Status = 301, Node = location.Node, Says = "redirects to the same with a slash", Scope = location });
        return Rc.Declined;
    }

    /// <summary>Takes the location's limit_except and handler (ngx_http_update_location_config).</summary>
    public static void Enter(Flow flow)
    {
        if (flow.Scope.LimitExcept is { } limit && Limits(flow.Scope.ExceptMethods, flow.Method))
        {
            flow.Ground.Note(limit.Node!, $"holds for {flow.Method}");
            flow.Scope = limit;
        }

        Evaluator.TakeHandler(flow);
    }

    /// <summary>Whether limit_except holds for a method; GET stands for HEAD, too.</summary>
    public static bool Limits(IReadOnlyList<string> except, string method) =>
        !except.Any(word => word.Equals(method, StringComparison.OrdinalIgnoreCase)) && !(method == "HEAD" && except.Any(word => word.Equals("GET", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Locations beside the chosen one that match the URI, too.</summary>
    public static IEnumerable<Scope> Matching(Scope server, string uri)
    {
        foreach (var location in server.Locations)
        {
            var hit = location.Match switch
            {
                LocationKind.Prefix or LocationKind.PrefixOnly => uri.StartsWith(location.Name, StringComparison.Ordinal),
                LocationKind.Exact => uri == location.Name,
                LocationKind.Pattern => location.Pattern?.Matches(uri, out _) == true,
                LocationKind.Named => false,
            };
            if (!hit) continue;
            yield return location;
            foreach (var inner in Matching(location, uri)) yield return inner;
        }
    }

    private static Static Find(Flow flow)
    {
        var outer = flow.Scope;
        var result = FindStatic(flow, outer);
        var patterns = true;
        if (result == Static.Prefix)
        {
            patterns = flow.Scope.Match != LocationKind.PrefixOnly;
            result = Find(flow);
            if (result == Static.Declined) result = Static.Prefix;
        }

        if (result is Static.Exact or Static.Slash or Static.Unknown) return result;
        if (!patterns) return result;
        foreach (var location in outer.Locations.Where(location => location.Match == LocationKind.Pattern))
        {
            if (location.Pattern is null)
            {
                flow.Not($"the pattern `{location.Name}` can't be evaluated: {location.PatternProblem}", location.Node);
                return Static.Unknown;
            }

            switch (Variables.Exec(flow, location.Pattern, flow.Uri))
            {
                case null:
                    flow.Not("the pattern takes too long to match", location.Node);
                    return Static.Unknown;
                case false:
                    continue;
            }

            flow.Scope = location;
            var inner = Find(flow);
            return inner == Static.Unknown ? inner : Static.Exact;
        }

        return result;
    }

    private static Static FindStatic(Flow flow, Scope outer)
    {
        Scope? best = null;
        Scope? slash = null;
        foreach (var location in outer.Locations)
        {
            if (location.Match is LocationKind.Pattern or LocationKind.Named) continue;
            var name = location.Name;
            if (name == flow.Uri && location.Match == LocationKind.Exact)
            {
                flow.Scope = location;
                return Static.Exact;
            }

            if (location.Match != LocationKind.Exact && flow.Uri.StartsWith(name, StringComparison.Ordinal) && (best is null || name.Length > best.Name.Length)) best = location;
            if (name.Length == flow.Uri.Length + 1 && name.EndsWith('/') && name.StartsWith(flow.Uri, StringComparison.Ordinal) && Evaluator.IsPassing(location)) slash ??= location;
        }

        if (slash is not null && best?.Name != flow.Uri)
        {
            flow.Scope = slash;
            return Static.Slash;
        }

        if (best is null) return Static.Declined;
        flow.Scope = best;
        return Static.Prefix;
    }

    private static bool TooLarge(Flow flow)
    {
        if (flow.Ground.Request.BodyLength == 0 || flow.IsSubrequest) return false;
        var limit = Size(flow.Scope.Value("client_max_body_size") ?? "1m");
        return limit is > 0 && flow.Ground.Request.BodyLength > limit;
    }

    private static long? Size(string text)
    {
        if (text.Length == 0) return null;
        long unit = char.ToLowerInvariant(text[^1]) switch { 'k' => 1 << 10, 'm' => 1 << 20, 'g' => 1 << 30, _ => 1 };
        return long.TryParse(unit == 1 ? text : text[..^1], System.Globalization.CultureInfo.InvariantCulture, out var number) ? number * unit : null;
    }
}
