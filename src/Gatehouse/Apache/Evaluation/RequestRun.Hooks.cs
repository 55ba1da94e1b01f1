using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Apache.Variables;

namespace Gatehouse.Apache.Evaluation;

/// <summary>Where mod_setenvif, mod_rewrite, mod_alias' Redirect and expressions are asked.</summary>
internal sealed partial class RequestRun
{
    /// <summary>Variables that other modules set before SetEnvIf looks at them, with values that are not known from here.</summary>
    private static readonly (string Module, string[] Names)[] ForeignVariables =
    [
        ("geoip_module", ["GEOIP_COUNTRY_CODE", "GEOIP_COUNTRY_NAME", "GEOIP_CONTINENT_CODE", "GEOIP_REGION", "GEOIP_CITY", "GEOIP_ADDR", "GEOIP_ORGANIZATION"]),
        ("maxminddb_module", ["GEOIP_COUNTRY_CODE", "GEOIP_COUNTRY_NAME", "MM_COUNTRY_CODE", "MM_CONTINENT_CODE", "MM_CITY", "COUNTRY_CODE", "MMDB_INFO"]),
        ("unique_id_module", ["UNIQUE_ID"]),
    ];

    /// <summary>mod_setenvif: the server's own lines when the request is read, a directory's before access is decided.</summary>
    private void SetEnvironment(IEnumerable<RuleLayer> layers)
    {
        foreach (var (module, names) in ForeignVariables)
        {
            if (!Server.Has(module)) continue;
            foreach (var name in names)
                if (!request.Environment.ContainsKey(name)) request.UnknownVariables[name] = $"{module} sets it";
        }

        if (!Server.Has("setenvif_module")) return;
        var steps = new List<Step>();
        VariableRules? merged = null;
        foreach (var layer in layers) merged = VariableRules.Merge(merged, layer.Variables);
        merged?.Apply(request, Around, steps);
        Take(steps);
    }

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
        if (!follows && outcome is RewriteOutcome.Status { Code: 403 })
            return With(new() { Reason = AnswerReason.Rewritten, Status = 403, By = rules.Options.By.LastOrDefault(), Path = request.FileName, Detail = "RewriteEngine is on where neither FollowSymLinks nor SymLinksIfOwnerMatch is: httpd forbids everything there" });
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
            RewriteOutcome.Status status => With(new() { Reason = AnswerReason.Rewritten, Status = status.Code, By = by, Path = request.FileName, Hides = Hidden(status.Code) }),
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
        var known = host.Own.Concat(host.Inherited).Concat(rules.Rewriting.Concat(rules.Layers).SelectMany(layer => layer.Directives)).FirstOrDefault(directive => directive.At == step.At);
        if (known is not null) return known;
        var space = step.Line.IndexOf(' ');
        return new() { Name = space < 0 ? step.Line : step.Line[..space], Raw = space < 0 ? "" : step.Line[(space + 1)..], Arguments = [], At = step.At };
    }

    /// <summary>Redirect at the level of the server: before Alias.</summary>
    private HttpdAnswer? ServerRedirect() => Redirect(host.Defaults.Layers);

    /// <summary>Redirect of sections and .htaccess files, the innermost first, and SetEnv.</summary>
    private HttpdAnswer? Fixups()
    {
        if (Server.Has("env_module"))
        {
            FixedVariables? merged = null;
            foreach (var layer in rules.Layers) merged = FixedVariables.Merge(merged, layer.Fixed);
            merged?.Apply(request);
        }

        return Redirect(OfSections);
    }

    /// <summary>Layers of sections and .htaccess files; what stands at the server's level has its own time.</summary>
    private IEnumerable<RuleLayer> OfSections => rules.Layers.Where(layer => !host.Defaults.Layers.Contains(layer));

    private HttpdAnswer? Redirect(IEnumerable<RuleLayer> layers)
    {
        if (!Server.Has("alias_module")) return null;
        Redirects? merged = null;
        foreach (var layer in layers) merged = Redirects.Merge(merged, layer.Redirects);
        if (merged is null) return null;
        var steps = new List<Step>();
        var outcome = merged.Apply(request, Around, steps);
        Take(steps);
        return outcome is RewriteOutcome.Status status
            ? With(new() { Reason = AnswerReason.RedirectStatus, Status = status.Code, By = steps.Count == 0 ? null : Line(steps[^1]), Path = request.Path, Hides = Hidden(status.Code) })
            : Of(outcome, steps);
    }

    private (Known Holds, string? Because) Holds(Expression? expression)
    {
        if (expression is null) return (Known.Unknown, "the expression does not parse");
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
        var sub = InternalRedirect.Within(request, uri);
        sub.Method = "GET";
        var run = new RequestRun(evaluator, host, sub) { Trace = [], RulesFiles = [], Depth = Depth + 1, IsDecoded = true, Before = this };
        var answer = run.SubRequest();
        return answer is { Status: null } ? new(null, null, answer.UnknownBecause) : new(answer?.Status ?? 200, sub);
    }
}
