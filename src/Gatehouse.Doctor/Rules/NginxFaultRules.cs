using Gatehouse.Causes;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Configuration that does not parse, protects nothing, or is never reached.</summary>
internal static class NginxFaultRules
{
    /// <summary>nginx does not start with it; one that runs already goes on with what it read before.</summary>
    private const double Faulty = 0.95;

    /// <summary>Another location would have refused: somebody meant it to, and it is not certain for this very path.</summary>
    private const double Shadow = 0.9;

    /// <summary>The first fault.</summary>
    public static IEnumerable<Finding> Syntax(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Configuration.Fault is not { } fault) continue;
            var file = judged.Configuration.Trees.SelectMany(tree => tree.Files).FirstOrDefault(one => one.Path == fault.At.File);
            var line = file is null ? "" : Line(file.Text, fault.At.Line);
            yield return new Finding
            {
                Cause = Configuration.ConfigSyntaxError,
                Confidence = Faulty,
                Summary = $"{fault.At}: {fault.What}; nginx does not start with this file, and one that runs keeps its old configuration",
                Evidence = [new(EvidenceKind.ConfigLine, fault.At.ToString(), line.Length > 0 ? line : fault.What)],
                Remedies = [new Remedy { Id = "mend-syntax", Who = Audience.Owner, What = $"mend {fault.At}, and test with `nginx -t`" }],
            };
        }
    }

    /// <summary>Served, although something in the configuration or the site means to protect it.</summary>
    public static IEnumerable<Finding> Open(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Verdict is not { Flow: { } flow, UnknownBecause: null, Closed: false } verdict || verdict.Refusal is not null) continue;
            if (judged.Seen is 401 or 403 or >= 500) continue;
            var missing = verdict.Status is 404 or 410;
            if (!missing)
            {
                foreach (var (location, refusal) in judged.Shadowed) yield return Shadowed(verdict, location, refusal);
                foreach (var finding in Ineffective(flow, verdict)) yield return finding;
            }

            if (judged.Ignored.Count > 0 && verdict.Status is >= 200 and < 300)
            {
                yield return new Finding
                {
                    Cause = Configuration.HtaccessIgnored,
                    Confidence = 0.95,
                    Summary = $"nginx reads no .htaccess files, so {judged.Ignored[0].File} protects nothing",
                    Evidence = [.. judged.Ignored.Take(6).Select(line => new Evidence(EvidenceKind.RuleLine, $"{line.File}:{line.Line}", line.Text))],
                    Remedies = [new Remedy { Id = "move-rules", Who = Audience.Owner, What = "say it in nginx's configuration: a location with `deny all;`, or with auth_basic and auth_basic_user_file" }],
                };
            }
        }
    }

    private static Finding Shadowed(Verdict verdict, Scope location, Decision refusal)
    {
        var winner = verdict.Ground.Decisions.First(decision => !decision.Subrequest).Scope.Location!;
        var prefix = location.Match is LocationKind.Prefix;
        return new Finding
        {
            Cause = Configuration.ConfigOpenByMistake,
            Confidence = Shadow,
            Summary = $"{StaticContent.Shown8(verdict.Ground.Request.Target)} is served past the rules of `{location.Node!.Line}`: the pattern of `{winner.Node!.Line}` wins, and has none",
            Evidence = [NginxRules.At(winner.Node!, "answers"), NginxRules.At(location.Node!, $"would answer {refusal.Status}"), .. refusal.Node is { } node ? [NginxRules.At(node)] : Array.Empty<Evidence>()],
            Remedies = [new Remedy
            {
                Id = prefix ? "prefer-prefix" : "order-patterns",
                Who = Audience.Owner,
                What = prefix ? "write `location ^~` so that no pattern is asked below it (and move what else it needs into it), or repeat the rules in the location that wins" : "move the location with the rules before the one that wins, for patterns are asked in order",
                Edits = prefix ? Preferred(location.Node!) : [],
            }],
        };
    }

    private static IReadOnlyList<Edit> Preferred(ConfNode node) => node.Count == 1 ? NginxEdits.Replaced(node, 1, "^~ " + node[0]) : [];

    /// <summary>Rules at the very place that have no effect.</summary>
    private static IEnumerable<Finding> Ineffective(Flow flow, Verdict verdict)
    {
        var scope = verdict.Ground.Decisions.FirstOrDefault(decision => !decision.Subrequest)?.Scope ?? flow.Scope;
        if (scope.One("auth_basic") is { } realm && realm[0] != "off" && scope.One("auth_basic_user_file") is null)
        {
            yield return new Finding
            {
                Cause = Configuration.ConfigOpenByMistake,
                Confidence = 0.95,
                Summary = "auth_basic without auth_basic_user_file asks nobody for a password",
                Evidence = [NginxRules.At(realm, "has no effect")],
                Remedies = [new Remedy { Id = "name-password-file", Who = Audience.Owner, What = "name the password file beside it: `auth_basic_user_file FILE;`" }],
            };
        }

        if (Narrow(flow, scope, verdict) is { } narrow) yield return narrow;

        var rules = AccessPhase.Rules(scope);
        if (scope.Value("satisfy") == "any" && scope.One("auth_basic") is { } asks && asks[0] != "off" && rules.TakeWhile(rule => rule.Name == "allow").FirstOrDefault(rule => rule[0] is "all" or "0.0.0.0/0" or "::/0") is { } everybody)
        {
            yield return new Finding
            {
                Cause = Configuration.ConfigOpenByMistake,
                Confidence = 0.95,
                Summary = $"`{everybody.Line}` lets everybody in, and by `satisfy any` that suffices: nobody is asked for a password",
                Evidence = [NginxRules.At(everybody, "suffices for everybody"), NginxRules.At(scope.One("satisfy")!), NginxRules.At(asks, "is never asked")],
                Remedies = [new Remedy { Id = "narrow-allow", Who = Audience.Owner, What = $"name the addresses that need no password in place of `{everybody.Line}`, and put `deny all;` behind them" }],
            };
        }

        var client = verdict.Ground.Client is { } address ? Variables.Plain(address) : null;
        if (rules.Count > 0 && rules.All(rule => rule.Name == "allow" && rule[0] != "all") && scope.Value("satisfy") != "any" && client is not null && rules.All(rule => AccessPhase.Speaks(rule, client) == false))
        {
            var last = rules[^1];
            yield return new Finding
            {
                Cause = Configuration.ConfigOpenByMistake,
                Confidence = 0.9,
                Summary = $"the allow rules let everybody in: no `deny all` stands behind them, and {client} is not among them",
                Evidence = [.. rules.Take(6).Select(rule => NginxRules.At(rule))],
                Remedies = [new Remedy { Id = "deny-others", Who = Audience.Owner, What = "put `deny all;` behind the allow rules", Edits = [] }],
            };
            _ = last;
        }

        var decisive = rules.FirstOrDefault(rule => AccessPhase.Speaks(rule, client) == true);
        if (decisive is { Name: "allow" })
        {
            var hidden = rules.SkipWhile(rule => !ReferenceEquals(rule, decisive)).Skip(1).FirstOrDefault(rule => rule.Name == "deny" && rule[0] != "all" && AccessPhase.Speaks(rule, client) == true);
            if (hidden is not null)
            {
                yield return new Finding
                {
                    Cause = Configuration.ConfigRuleUnreachable,
                    Confidence = 0.9,
                    Summary = $"`{hidden.Line}` is never asked for {client}: `{decisive.Line}` stands before it, and the first that fits decides",
                    Evidence = [NginxRules.At(hidden, "is never reached"), NginxRules.At(decisive, $"allows {client}")],
                    Remedies = [new Remedy { Id = "order-rules", Who = Audience.Owner, What = $"move `{hidden.Line}` before `{decisive.Line}`" }],
                };
            }
        }

        // What rewriting answers is answered before access is asked.
        if (verdict.Last is { By: DecidedBy.Returned, Status: >= 200 and < 300, Node: { } answer } && scope.Has("deny", "auth_basic", "auth_request") && scope.Kind == ScopeKind.Location)
        {
            var protecting = scope.Own("deny").Concat(scope.Own("auth_basic")).Concat(scope.Own("auth_request")).First();
            if (protecting[0] != "off")
            {
                yield return new Finding
                {
                    Cause = Configuration.ConfigOpenByMistake,
                    Confidence = 0.9,
                    Summary = $"`{answer.Line}` answers before `{protecting.Line}` is asked: return comes first, wherever it stands",
                    Evidence = [NginxRules.At(answer, "answers"), NginxRules.At(protecting, "is never asked")],
                    Remedies = [new Remedy { Id = "move-return", Who = Audience.Owner, What = "answer from a location of its own that try_files or error_page leads to, so that access is asked before" }],
                };
            }
        }
    }

    /// <summary>A location for one path exactly has rules, and what lies below that path has none.</summary>
    private static Finding? Narrow(Flow flow, Scope scope, Verdict verdict)
    {
        if (scope.Has("deny", "auth_request") || (scope.One("auth_basic") is { } own && own[0] != "off" && scope.One("auth_basic_user_file") is not null)) return null;
        foreach (var exact in flow.Server.Locations.Where(location => location.Match == LocationKind.Exact && location.Name.Length > 1))
        {
            if (!flow.Uri.StartsWith(exact.Name.TrimEnd('/') + "/", StringComparison.Ordinal) || flow.Uri == exact.Name) continue;
            // Rules of its own: what it inherits counts below it as well.
            var protecting = exact.Own("deny").Concat(exact.Own("auth_basic").Where(node => node[0] != "off" && exact.One("auth_basic_user_file") is not null)).Concat(exact.Own("auth_request").Where(node => node[0] != "off")).FirstOrDefault();
            if (protecting is null) continue;
            return new Finding
            {
                Cause = Configuration.ConfigOpenByMistake,
                Confidence = 0.85,
                Summary = $"`{exact.Node!.Line}` protects that one path, and {StaticContent.Shown8(flow.Uri)} below it is served without its rules",
                Evidence = [NginxRules.At(exact.Node!, "fits this one path alone"), NginxRules.At(protecting)],
                Remedies = [new Remedy { Id = "widen-location", Who = Audience.Owner, What = $"write `location {exact.Name.TrimEnd('/')}/` beside it, or in its place, so that what lies below is protected too" }],
            };
        }

        return null;
    }

    private static string Line(string text, int number)
    {
        var lines = text.Split('\n');
        return number <= lines.Length ? StaticContent.Shown8(lines[number - 1].Trim()) : "";
    }
}
