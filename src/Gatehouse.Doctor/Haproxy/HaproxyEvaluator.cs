using System.Globalization;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Which rule of haproxy.cfg decides a request: the frontend by its bind, its rules in order, then those of the backend it chooses.</summary>
internal sealed class HaproxyEvaluator
{
    private const string Server = "HAProxy";

    private readonly ConfigurationText text;
    private readonly AskedRequest request;
    private readonly HaproxyConfiguration configuration;
    private readonly HaproxyAcl acl;
    private readonly List<DropsCredentials> drops = [];

    private HaproxyEvaluator(ConfigurationText text, AskedRequest request, TimeZoneInfo zone)
    {
        (this.text, this.request) = (text, request);
        configuration = HaproxyConfiguration.Read(text);
        acl = new HaproxyAcl(request, configuration, zone);
    }

    /// <summary>Where a frontend sends a request.</summary>
    /// <param name="Known">False: a condition before it can't be told from here.</param>
    /// <param name="Name">The backend; null: none is named.</param>
    private readonly record struct Choice(bool Known, string? Name);

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, TimeZoneInfo zone) => new HaproxyEvaluator(text, request, zone).Run();

    private IReadOnlyList<Observation> Run()
    {
        if (Frontend() is not { } frontend) return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"no frontend of {text.Name} listens on port {request.Port}" }];
        var walk = new RuleWalk(Server, request);
        if (Certificate(frontend) is { } wanted) walk.Take(wanted);
        Rules(frontend, walk);
        var choice = new Choice(true, null);
        var target = default(HaproxyLine);
        var doubt = walk.Status(200) is null;
        if (walk.Decided is not { Outcome: not RuleOutcome.Allows })
        {
            choice = Chosen(frontend);
            var backend = choice.Name is null && frontend.Kind == "listen" ? frontend : configuration.Sections.FirstOrDefault(section => section.Kind is "backend" or "listen" && section.Name == choice.Name);
            if (backend is not null && backend != frontend)
            {
                var behind = new RuleWalk(Server, request);
                Rules(backend, behind);
                if (walk.Answer() is null) walk = behind;
            }

            target = backend is null ? null : configuration.Effective(backend).FirstOrDefault(line => line.Words[0] is "server" or "server-template" or "dispatch" && line.Words.Count > 1);
        }

        var refusal = walk.Answer();
        // What a backend says is as certain as that the request comes to it.
        if (refusal is not null && !choice.Known) refusal = refusal with { Certain = false };
        var answers = walk.Decided is { Outcome: RuleOutcome.Allows, Status: not null };
        // Without a server behind it HAProxy answers by itself that the service is not available.
        var status = refusal is null && answers && walk.Status(200) is not null ? walk.Decided!.Status : refusal is null && target is null && choice.Known ? walk.Status(503) : walk.Status(200);
        if (refusal is null && (doubt || (!answers && !choice.Known))) status = null;
        if (refusal is not null && !choice.Known && request.Seen != status) status = null;
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = text.Path,
                Status = status,
                UnknownBecause = status is null ? "a rule depends on counters or variables that are not visible from here" : null,
                HandedOn = !answers && refusal is null && (target is not null || !choice.Known),
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations().Select(each => each is DecidingRule ? refusal! : each));
        if (!answers && refusal is null && target is not null) result.Add(new HandsOn(Server, target.File, target.Number, target.Text, target.Words[^1] == target.Words[1] ? target.Words[1] : target.Words[2]));
        if (refusal is null) result.AddRange(drops);
        return result;
    }

    private HaproxySection? Frontend()
    {
        var fronts = configuration.Sections.Where(section => section.Kind is "frontend" or "listen").ToList();
        var mark = $":{request.Port.ToString(CultureInfo.InvariantCulture)}";
        return fronts.FirstOrDefault(front => front.Lines.Any(line => Binds(line, mark))) ?? (fronts.Count == 1 ? fronts[0] : null);
    }

    private bool Binds(HaproxyLine line, string mark) =>
        line.Words[0] == "bind" && line.Words.Count > 1 && line.Words[1].Split(',').Any(address => address.EndsWith(mark, StringComparison.Ordinal) || Range(address, request.Port));

    private static bool Range(string address, int port) =>
        address[(address.LastIndexOf(':') + 1)..].Split('-') is [var low, var high] && int.TryParse(low, out var from) && int.TryParse(high, out var to) && port >= from && port <= to;

    /// <summary>A bind line that ends the handshake of a client without a certificate.</summary>
    private DecidingRule? Certificate(HaproxySection frontend)
    {
        if (!request.Secure || request.Certificate) return null;
        var mark = $":{request.Port.ToString(CultureInfo.InvariantCulture)}";
        if (frontend.Lines.FirstOrDefault(line => Binds(line, mark)) is not { } bind || bind.Words.ToList().IndexOf("verify") is not (> 0 and var at) || bind.Words.ElementAtOrDefault(at + 1) != "required") return null;
        return new() { Server = Server, File = bind.File, Line = bind.Number, Text = bind.Text, Outcome = RuleOutcome.Denies, Tests = [new(Subject.Certificate, true, Truth.False, "verify required", bind.File, bind.Number)] };
    }

    /// <summary>Connection rules come first, then http-request in their order, then redirect and use_backend, whatever stands where.</summary>
    private void Rules(HaproxySection section, RuleWalk walk)
    {
        var lines = configuration.Effective(section);
        var acls = lines.Where(line => line.Words[0] == "acl").ToList();
        foreach (var group in (ReadOnlySpan<string>)["tcp-request", "http-request", "block", "redirect", "http-response"])
            foreach (var line in lines.Where(line => line.Words[0] == group)) One(group, line, acls, walk);
    }

    private void One(string group, HaproxyLine line, List<HaproxyLine> acls, RuleWalk walk)
    {
        var words = line.Words;
        var at = words.ToList().FindIndex(word => word is "if" or "unless");
        var before = at < 0 ? words : words.Take(at).ToList();
        var action = group is "block" ? "deny" : group is "redirect" ? "redirect" : group == "tcp-request" ? before.FirstOrDefault(word => word is "reject" or "accept" or "silent-drop") ?? before.FirstOrDefault(word => word.StartsWith("set-var(", StringComparison.Ordinal)) ?? "" : before.Count > 1 ? before[1] : "";
        var (value, tests) = at < 0 ? (Truth.True, (IReadOnlyList<RuleTest>)[]) : acl.Condition(words.Skip(at + 1).ToList(), acls, line, words[at] == "unless");
        if (group != "http-response" && Changes(action, before, line, value, walk)) return;
        if (HaproxyAction.Of(action, before, line) is not { } rule || (group == "http-response" && action != "deny")) return;
        if (rule.Outcome == RuleOutcome.Challenges || (rule.Outcome == RuleOutcome.Denies && tests.Any(HaproxyAction.IsLogin))) rule = Challenged(rule, tests);
        if (group == "http-response" && !before.Any(word => word is "deny_status" or "status")) rule = rule with { Status = 502 };
        walk.Take(rule with { Tests = tests }, action.StartsWith("lua.", StringComparison.Ordinal) || action == "use-service" || group == "http-response" ? value.And(Truth.Unknown) : value);
    }

    /// <summary>What changes the request for the rules behind it; true: that was all.</summary>
    private bool Changes(string action, IReadOnlyList<string> before, HaproxyLine line, Truth value, RuleWalk walk)
    {
        if (action.StartsWith("set-var(", StringComparison.Ordinal) && action.EndsWith(')'))
        {
            if (value != Truth.False) acl.Set(action[8..^1].Split(',')[0], value == Truth.True ? string.Join(' ', before.SkipWhile(word => word != action).Skip(1)) : null);
            return true;
        }

        if (action is not ("set-header" or "add-header" or "del-header" or "replace-header") || before.Count < 3) return false;
        if (value == Truth.Unknown) acl.Blur(before[2]);
        if (value != Truth.True || walk.Decided is not null) return true;
        if (before[2].Equals("authorization", StringComparison.OrdinalIgnoreCase) && action != "add-header" && request.Header("Authorization") is not null) drops.Add(new DropsCredentials(Server, line.File, line.Number, line.Text));
        if (action is "replace-header") acl.Change(action, before[2], "%[replaced]");
        else acl.Change(action, before[2], action == "del-header" ? null : string.Join(' ', before.Skip(3)));
        return true;
    }

    private Choice Chosen(HaproxySection frontend)
    {
        var lines = configuration.Effective(frontend);
        var acls = lines.Where(line => line.Words[0] == "acl").ToList();
        foreach (var line in lines.Where(line => line.Words[0] == "use_backend" && line.Words.Count > 1))
        {
            var at = line.Words.ToList().FindIndex(word => word is "if" or "unless");
            var holds = at < 0 ? Truth.True : acl.Condition(line.Words.Skip(at + 1).ToList(), acls, line, line.Words[at] == "unless").Value;
            if (holds == Truth.False) continue;
            var name = acl.Text(line.Words[1], line);
            // A name that is computed and that no backend has is passed over.
            if (name is not null && line.Words[1].Contains('%', StringComparison.Ordinal) && !configuration.Sections.Exists(section => section.Kind is "backend" or "listen" && section.Name == name)) continue;
            return new(holds == Truth.True && name is not null, name);
        }

        return new(true, lines.LastOrDefault(line => line.Words[0] == "default_backend" && line.Words.Count > 1)?.Words[1]);
    }

    private DecidingRule Challenged(DecidingRule rule, IReadOnlyList<RuleTest> tests)
    {
        var test = tests.FirstOrDefault(HaproxyAction.IsLogin);
        var open = test?.Text.IndexOf('(', StringComparison.Ordinal) ?? -1;
        var name = open > 0 && test!.Text.IndexOf(')', open) is > 0 and var close ? test.Text[(open + 1)..close] : null;
        if (configuration.Sections.FirstOrDefault(section => section.Kind == "userlist" && section.Name == name) is not { } list)
            return rule with { Lack = request.Credentials() is null ? Lack.Missing : Lack.RefusedElsewhere };
        var groups = test!.Text.StartsWith("http_auth_group", StringComparison.Ordinal) ? test.Text[(test.Text.IndexOf(')', open) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList() : null;
        var (lack, detail, user) = acl.Users.Look(list, groups);
        if (lack == Lack.Nothing) return rule;
        var where = user ?? list.Head;
        return rule with
        {
            Lack = lack,
            Detail = detail,
            Further = [new Evidence(EvidenceKind.ConfigLine, $"{Path.GetFileName(where.File)}:{where.Number}", user is null ? list.Head.Text : "user " + user.Words[1] + " …")],
        };
    }
}
