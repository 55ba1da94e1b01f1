using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Where mod_setenvif, mod_rewrite, mod_alias' Redirect and expressions are asked.</summary>
internal sealed partial class RequestRun
{
    private void SetEnvironment(IReadOnlyList<RuleLayer> layers)
    {
        foreach (var directive in layers.SelectMany(layer => layer.Directives))
        {
            var browser = directive.Is("BrowserMatch") || directive.Is("BrowserMatchNoCase");
            if (!browser && !directive.Is("SetEnvIf") && !directive.Is("SetEnvIfNoCase")) continue;
            var words = directive.Arguments;
            if (words.Count < (browser ? 2 : 3)) continue;
            var subject = browser ? request.Header("User-Agent") ?? "" : Subject(words[0]);
            var options = directive.Name.EndsWith("NoCase", StringComparison.OrdinalIgnoreCase) ? PatternOptions.Default | PatternOptions.IgnoreCase : PatternOptions.Default;
            if (!HttpdPattern.TryCompile(words[browser ? 0 : 1], options, out var pattern, out _)) continue;
            var match = pattern!.Match(subject ?? "");
            foreach (var variable in words.Skip(browser ? 1 : 2))
            {
                var (name, value) = variable.IndexOf('=') is var equals and >= 0 ? (variable[..equals], match.Matched == Known.Yes ? match.Substitute(variable[(equals + 1)..]) : "") : (variable.TrimStart('!'), "1");
                if (match.Matched == Known.Unknown || subject is null) unknownVariables.Add(name);
                else if (match.Matched != Known.Yes) continue;
                else if (variable.StartsWith('!')) request.Environment.Remove(name);
                else request.Environment[name] = value;
                if (match.Matched == Known.Yes && subject is not null) Say(directive, $"matches, sets {name}");
            }
        }
    }

    /// <summary>What a SetEnvIf looks at; null: something else sets it, and it is not known.</summary>
    private string? Subject(string attribute) => attribute.ToLowerInvariant() switch
    {
        "remote_addr" => request.Client.ToString(),
        "remote_host" => request.Client.ToString(),
        "request_method" => request.Method,
        "request_protocol" => request.Protocol,
        "request_uri" => request.Path,
        "server_addr" => request.ServerAddress?.ToString() ?? "",
        _ when request.Header(attribute) is { } field => field,
        _ when request.Environment.TryGetValue(attribute, out var set) => set,
        _ when attribute.StartsWith("GEOIP_", StringComparison.OrdinalIgnoreCase) || attribute.StartsWith("MM_", StringComparison.Ordinal) || attribute.StartsWith("SSL_", StringComparison.Ordinal) => null,
        _ => "",
    };

    private Surroundings Around => new(evaluator.Files, new SubRequests(this));

    private HttpdAnswer? ServerRewriting(out bool toFile)
    {
        toFile = false;
        if (host.Rewrite is null || !Server.Has("rewrite_module")) return null;
        RewriteSettings? here = null;
        foreach (var section in host.Locations)
            if (section.Rules.Rewrite is { } own && section.MatchesPath(request.Path) == Known.Yes) here = RewriteSettings.MergeDirectories(here ?? host.Defaults.Rewrite, own);
        var steps = new List<Step>();
        var outcome = Rewriting.ServerRewriting.Apply(host.Rewrite, here, request, Around, steps);
        Take(steps);
        switch (outcome)
        {
            case RewriteOutcome.File file:
                request.FileName = file.Path;
                toFile = true;
                return null;
            case RewriteOutcome.PassThrough pass:
                request.Path = pass.Path;
                return null;
            default:
                return Of(outcome, steps);
        }
    }

    private HttpdAnswer? DirectoryRewriting()
    {
        if (rules.Rewrite is null || !Server.Has("rewrite_module")) return null;
        var steps = new List<Step>();
        var follows = (rules.Options.Bits & (OptionBits.FollowSymLinks | OptionBits.SymLinksIfOwnerMatch)) != 0;
        var outcome = Rewriting.DirectoryRewriting.Apply(rules.Rewrite, host.Rewrite, request, follows, Around, steps);
        Take(steps);
        if (outcome is RewriteOutcome.Restart again)
        {
            restart = again.Target;
            return null;
        }

        return Of(outcome, steps);
    }

    /// <summary>Where mod_rewrite starts the request anew, once its handler's turn comes.</summary>
    private string? restart;

    private HttpdAnswer? Of(RewriteOutcome outcome, List<Step> steps)
    {
        var by = steps.Count == 0 ? null : Line(steps[^1]);
        return outcome switch
        {
            RewriteOutcome.Status status => With(new() { Reason = AnswerReason.Rewritten, Status = status.Code, By = by, Path = request.FileName }),
            RewriteOutcome.Redirect redirect => With(new() { Reason = AnswerReason.Redirected, Status = redirect.Code, By = by, Target = redirect.Location }),
            RewriteOutcome.Proxied proxied => Server.Has("proxy_module") ? ToProxy(by, proxied.Url) : With(new() { Reason = AnswerReason.Rewritten, Status = 403, By = by, Target = proxied.Url, Detail = "[P] without mod_proxy" }),
            RewriteOutcome.Unknown unknown => With(Told(unknown.Because) with { By = by }),
            _ => null,
        };
    }

    private void Take(List<Step> steps)
    {
        foreach (var step in steps) Say(Line(step), step.Says);
    }

    /// <summary>The directive of a step.</summary>
    private Directive Line(Step step)
    {
        var known = host.Own.Concat(host.Inherited).Concat(rules.Rewriting.SelectMany(layer => layer.Directives)).FirstOrDefault(directive => directive.At == step.At);
        if (known is not null) return known;
        var space = step.Line.IndexOf(' ');
        return new() { Name = space < 0 ? step.Line : step.Line[..space], Raw = space < 0 ? "" : step.Line[(space + 1)..], Arguments = [], At = step.At };
    }

    /// <summary>Redirect at the level of the server: before Alias.</summary>
    private HttpdAnswer? ServerRedirect() => Server.Has("alias_module") ? Redirect(host.OwnFirst(IsRedirect)) : null;

    /// <summary>Redirect of sections and .htaccess files: the innermost are tried first.</summary>
    private HttpdAnswer? Fixups() => Server.Has("alias_module") ? Redirect(rules.Layers.Reverse().Where(layer => layer.Folder is not null || host.Locations.Any(section => section.Rules.Layers.Contains(layer))).SelectMany(layer => layer.Directives).Where(IsRedirect)) : null;

    private static bool IsRedirect(Directive directive) => directive.Name.StartsWith("Redirect", StringComparison.OrdinalIgnoreCase);

    private HttpdAnswer? Redirect(IEnumerable<Directive> lines)
    {
        foreach (var line in lines)
        {
            var words = line.Arguments;
            var status = line.Is("RedirectPermanent") ? 301 : 302;
            var first = 0;
            if (!line.Is("RedirectPermanent") && !line.Is("RedirectTemp") && words.Count > 0)
            {
                int? named = words[0].ToLowerInvariant() switch { "permanent" => 301, "temp" => 302, "seeother" => 303, "gone" => 410, _ when words[0].Length == 3 && int.TryParse(words[0], out var number) => number, _ => null };
                if (named is { } given) (status, first) = (given, 1);
            }

            if (words.Count <= first) continue;
            var target = words.ElementAtOrDefault(first + 1);
            string? rest;
            if (line.Is("RedirectMatch"))
            {
                var match = Match(words[first], request.Path);
                if (match.Matched == Known.Unknown) return With(Told($"whether {line.Text} ({line.At}) matches can't be told"));
                rest = match.Matched == Known.Yes ? "" : null;
                if (rest is not null && target is not null) target = match.Substitute(target);
            }
            else
            {
                rest = AliasRest(words[first], request.Path);
            }

            if (rest is null) continue;
            Say(line, "matches the path");
            if (status is < 300 or >= 400) return With(new() { Reason = AnswerReason.RedirectStatus, Status = status, By = line, Path = request.Path });
            return With(new() { Reason = AnswerReason.Redirected, Status = status, By = line, Target = target + rest });
        }

        return null;
    }

    private (Known Holds, string? Because) Expression(string text)
    {
        if (!Expressions.Expression.TryParse(text, ExpressionOptions.None, out var expression, out _) || expression is null) return (Known.Unknown, "the expression does not parse");
        var answer = expression.Evaluate(request, Around);
        return (answer.Is, answer.Because);
    }

    /// <summary>Look-ups of other paths for <c>-U</c>, <c>-F</c> and <c>%{LA-U:}</c>.</summary>
    private sealed class SubRequests(RequestRun main) : ISubRequests
    {
        public SubRequestAnswer ByUri(ApacheRequest from, string uri) => main.LookUp(uri.StartsWith('/') ? uri : from.Path[..(from.Path.LastIndexOf('/') + 1)] + uri);

        public SubRequestAnswer ByFile(ApacheRequest from, string file) => new(null, null, $"a look-up of the file {file} inside of the server");
    }

    private SubRequestAnswer LookUp(string uri)
    {
        if (Depth >= MaxSubRequests) return new(null, null, "look-ups lead from one to the other");
        var sub = Copy(request, uri, subRequest: true);
        foreach (var (key, value) in request.Environment) sub.Environment[key] = value;
        var run = new RequestRun(evaluator, host, sub) { Trace = [], RulesFiles = [], Depth = Depth + 1, IsDecoded = true };
        var answer = run.SubRequest();
        return answer is { Status: null } ? new(null, null, answer.UnknownBecause) : new(answer?.Status ?? 200, sub);
    }
}
