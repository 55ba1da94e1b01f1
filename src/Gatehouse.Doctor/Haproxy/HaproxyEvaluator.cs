using System.Globalization;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>Which rule of haproxy.cfg decides a request: the frontend by its bind, its rules in order, then those of the backend it chooses.</summary>
internal static class HaproxyEvaluator
{
    private const string Server = "HAProxy";

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request, TimeZoneInfo zone)
    {
        var configuration = HaproxyConfiguration.Read(text);
        var frontend = Frontend(configuration, request.Port);
        if (frontend is null)
            return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"no frontend of {text.Name} listens on port {request.Port}" }];
        var walk = new RuleWalk(Server, request);
        var acl = new HaproxyAcl(request, configuration, zone);
        var handedTo = default((HaproxyLine Line, string Backend)?);
        Section(frontend, acl, walk, configuration, request, ref handedTo);
        var chosen = handedTo;
        if (walk.Decided is not { Outcome: not RuleOutcome.Allows } && chosen is { } use && configuration.Sections.FirstOrDefault(section => section.Kind is "backend" or "listen" && section.Name == use.Backend) is { } backend && backend != frontend)
        {
            var behind = new RuleWalk(Server, request);
            Section(backend, acl, behind, configuration, request, ref handedTo);
            if (walk.Answer() is null) walk = behind;
        }

        var target = configuration.Sections.FirstOrDefault(section => section.Name == (chosen?.Backend ?? frontend.Name) && section.Kind is "backend" or "listen")?.Lines.FirstOrDefault(line => line.Words[0] is "server" or "server-template" && line.Words.Count > 2);
        var answers = walk.Decided is { Outcome: RuleOutcome.Allows, Status: not null };
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = text.Path,
                Status = walk.Answer() is null && walk.Decided is { Outcome: RuleOutcome.Allows, Status: { } own } && walk.Status(200) is not null ? own : walk.Status(200),
                UnknownBecause = walk.Status(200) is null ? "a rule depends on counters or variables that are not visible from here" : null,
                HandedOn = !answers && walk.Answer() is null && target is not null,
                Trace = walk.Trace,
            },
        };
        result.AddRange(walk.Observations());
        if (!answers && walk.Answer() is null && target is not null) result.Add(new HandsOn(Server, target.File, target.Number, target.Text, target.Words[2]));
        if (request.Header("Authorization") is not null && walk.Answer() is null)
            foreach (var line in new[] { frontend, configuration.Sections.FirstOrDefault(section => section.Kind == "backend" && section.Name == chosen?.Backend) }.OfType<HaproxySection>().SelectMany(section => section.Lines.Select(line => (section, line))))
            {
                // reqdel and rspdel are gone; del-header, or set-header to another value, is how it is done since.
                var words = line.line.Words;
                if (words is not ["http-request", "del-header" or "set-header" or "replace-header", var name, ..] || !name.Equals("authorization", StringComparison.OrdinalIgnoreCase)) continue;
                var at = words.ToList().FindIndex(word => word is "if" or "unless");
                if (at < 0 || acl.Condition(words.Skip(at + 1).ToList(), line.section.Lines.Where(each => each.Words[0] == "acl").ToList(), line.line, words[at] == "unless").Value == Truth.True) result.Add(new DropsCredentials(Server, line.line.File, line.line.Number, line.line.Text));
            }

        return result;
    }

    private static HaproxySection? Frontend(HaproxyConfiguration configuration, int port)
    {
        var fronts = configuration.Sections.Where(section => section.Kind is "frontend" or "listen").ToList();
        var marks = new[] { $":{port.ToString(CultureInfo.InvariantCulture)}" };
        return fronts.FirstOrDefault(front => front.Lines.Any(line => line.Words[0] == "bind" && line.Words.Count > 1 && line.Words[1].Split(',').Any(address => marks.Any(mark => address.EndsWith(mark, StringComparison.Ordinal)) || Range(address, port))))
            ?? (fronts.Count == 1 ? fronts[0] : null);
    }

    private static bool Range(string address, int port) =>
        address[(address.LastIndexOf(':') + 1)..].Split('-') is [var low, var high] && int.TryParse(low, out var from) && int.TryParse(high, out var to) && port >= from && port <= to;

    private static void Section(HaproxySection section, HaproxyAcl acl, RuleWalk walk, HaproxyConfiguration configuration, AskedRequest request, ref (HaproxyLine, string)? handedTo)
    {
        var acls = section.Lines.Where(line => line.Words[0] == "acl").ToList();
        // Connection rules come first, then http-request in their order, then redirect and use_backend, whatever stands where.
        foreach (var group in (ReadOnlySpan<string>)["tcp-request", "http-request", "block", "redirect"])
        {
            foreach (var line in section.Lines.Where(line => line.Words[0] == group))
            {
                var words = line.Words;
                var at = words.ToList().FindIndex(word => word is "if" or "unless");
                var condition = at < 0 ? [] : words.Skip(at + 1).ToList();
                var before = at < 0 ? words : words.Take(at).ToList();
                var action = group is "block" ? "deny" : group is "redirect" ? "redirect" : group == "tcp-request" ? before.FirstOrDefault(word => word is "reject" or "accept" or "silent-drop") ?? "" : before.Count > 1 ? before[1] : "";
                if (action.StartsWith("set-var(", StringComparison.Ordinal) && action.EndsWith(')'))
                {
                    acl.Set(action[8..^1], string.Join(' ', before.Skip(2)));
                    continue;
                }

                if (Rule(action, before, line, configuration) is not { } rule) continue;
                var (value, tests) = at < 0 ? (Truth.True, (IReadOnlyList<RuleTest>)[]) : acl.Condition(condition, acls, line, words[at] == "unless");
                if (rule.Outcome == RuleOutcome.Challenges) rule = Challenged(rule, tests, acl, configuration, request);
                else if (tests.Any(test => test.Subject == Subject.Credentials && test.Text.StartsWith("http_auth", StringComparison.Ordinal)) && rule.Outcome == RuleOutcome.Denies) rule = Challenged(rule, tests, acl, configuration, request);
                walk.Take(rule with { Tests = tests }, value);
            }
        }

        if (walk.Decided is { Outcome: not RuleOutcome.Allows }) return;
        foreach (var line in section.Lines.Where(line => line.Words[0] == "use_backend" && line.Words.Count > 1))
        {
            var at = line.Words.ToList().FindIndex(word => word is "if" or "unless");
            if (at >= 0 && acl.Condition(line.Words.Skip(at + 1).ToList(), acls, line, line.Words[at] == "unless").Value != Truth.True) continue;
            handedTo = (line, line.Words[1]);
            return;
        }

        if (section.Lines.FirstOrDefault(line => line.Words[0] == "default_backend" && line.Words.Count > 1) is { } otherwise) handedTo = (otherwise, otherwise.Words[1]);
    }

    private static DecidingRule? Rule(string action, IReadOnlyList<string> words, HaproxyLine line, HaproxyConfiguration configuration)
    {
        int? Number(params string[] names) => names.Select(name => words.ToList().IndexOf(name)).Where(at => at >= 0 && at + 1 < words.Count).Select(at => int.TryParse(words[at + 1], out var status) ? status : (int?)null).FirstOrDefault(status => status is not null);
        var rule = new DecidingRule { Server = Server, File = line.File, Line = line.Number, Text = line.Text, Outcome = RuleOutcome.Denies };
        return action switch
        {
            "deny" => rule with { Status = Number("deny_status", "status") ?? 403 },
            "tarpit" => rule with { Status = Number("deny_status", "status") ?? 500 },
            "reject" or "silent-drop" => rule,
            "auth" => rule with { Outcome = RuleOutcome.Challenges, Status = 401 },
            "return" => Number("status") is { } status and >= 400 ? rule with { Status = status } : rule with { Outcome = RuleOutcome.Allows, Status = Number("status") ?? 200 },
            "redirect" => rule with { Outcome = RuleOutcome.Allows, Status = Number("code") ?? 302 },
            "allow" or "accept" => rule with { Outcome = RuleOutcome.Allows },
            _ => null,
        };
    }

    private static DecidingRule Challenged(DecidingRule rule, IReadOnlyList<RuleTest> tests, HaproxyAcl acl, HaproxyConfiguration configuration, AskedRequest request)
    {
        var test = tests.FirstOrDefault(test => test.Subject == Subject.Credentials && test.Text.StartsWith("http_auth", StringComparison.Ordinal));
        var open = test?.Text.IndexOf('(', StringComparison.Ordinal) ?? -1;
        var name = open > 0 ? test!.Text[(open + 1)..test.Text.IndexOf(')', open)] : null;
        if (configuration.Sections.FirstOrDefault(section => section.Kind == "userlist" && section.Name == name) is not { } list)
            return rule with { Lack = request.Credentials() is null ? Lack.Missing : Lack.RefusedElsewhere };
        var groups = test!.Text.StartsWith("http_auth_group", StringComparison.Ordinal) ? test.Text[(test.Text.IndexOf(')', open) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList() : null;
        var (lack, detail, user) = acl.Users(list, groups);
        var where = user ?? list.Head;
        return rule with
        {
            Lack = lack,
            Detail = detail,
            Further = [new Evidence(EvidenceKind.ConfigLine, $"{Path.GetFileName(where.File)}:{where.Number}", user is null ? list.Head.Text : "user " + user.Words[1] + " …")],
        };
    }
}
