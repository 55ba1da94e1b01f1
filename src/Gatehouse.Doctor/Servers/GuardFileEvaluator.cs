using System.Collections.Frozen;
using Gatehouse.Addresses;
using Gatehouse.Findings;
using Gatehouse.Policy;
using Policies = Gatehouse.Policy;

namespace Gatehouse.Doctor.Servers;

/// <summary>gatehouse.yaml: the rules are read and decided by the very engine of the Guard, for nobody known or, where credentials came, for whoever they may name.</summary>
internal static class GuardFileEvaluator
{
    private const string Server = "Gatehouse";

    public static bool Recognise(ConfigurationText text)
    {
        if (text.Name is "gatehouse.yaml" or "gatehouse.yml") return true;
        if (!text.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && !text.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)) return false;
        return YamlNode.Read(text, out _) is { } root && root["rules"] is not null && (root["site"] is not null || root["upstream"] is not null || root["sites"] is not null);
    }

    public static IReadOnlyList<Observation> Evaluate(ConfigurationText text, AskedRequest request)
    {
        if (YamlNode.Read(text, out var fault) is not { } root) return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = fault ?? $"{text.Name} is empty" }];
        var site = root["sites"] is YamlNode.Sequence sites
            ? sites.Items.FirstOrDefault(item => item["hosts"]?.Texts.Any(host => host.Value.Equals(request.Host, StringComparison.OrdinalIgnoreCase)) == true) ?? sites.Items.FirstOrDefault(item => item["hosts"] is null)
            : root;
        if (site is null) return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"no site of {text.Name} has the host {request.Host}" }];
        var surroundings = new PolicySurroundings
        {
            OpenList = name => OpenList(text, name),
            CountriesKnown = true,
            Schemes = Enum.GetValues<Scheme>().ToDictionary(scheme => scheme, _ => Enum.GetValues<SchemeAbilities>().Aggregate((all, one) => all | one)),
        };
        var policy = AccessPolicy.Load(Refusals(site, text), Rules(site, text), surroundings, out var faults);
        if (policy is null)
        {
            var first = faults.First(each => each.IsError);
            return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"{text.Name}:{first.Line}: {first.Message}" }];
        }

        if (request.Address is null) return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = "the client's address is not known: --from IP tells it" }];
        var facts = new Facts { Method = request.Method, Host = request.Host, Path = request.Path, Address = request.Address, Time = request.At, Secure = request.Secure };
        var decision = policy.Explain(facts, null);
        if (decision.Trace.FirstOrDefault(step => step.Condition.Contains("country ", StringComparison.Ordinal)) is { } country)
            return [new Evaluated { Server = Server, File = text.Path, UnknownBecause = $"`{country.Condition}` needs the country database, which is not read here" }];
        var known = request.Header("Authorization") is not null || request.Header("Cookie") is not null || request.Header("X-API-Key") is not null || request.Certificate;
        var hides = policy.RuleFor(facts)?.Hide == true;
        var status = decision.Verdict switch { Verdict.Allow => 200, Verdict.Deny => hides ? 404 : 403, Verdict.NeedsIdentity => known ? (int?)null : 401 };
        var result = new List<Observation>
        {
            new Evaluated
            {
                Server = Server,
                File = text.Path,
                Status = status,
                UnknownBecause = status is null ? "credentials came, and whether they are right is not visible from here" : null,
                HandedOn = status == 200 && site["upstream"] is not null,
                FilePath = status == 200 && site["site"] is YamlNode.Scalar folder ? Path.Join(text.Full(folder.Value), request.Path) : null,
                Trace = decision.Rule is { } rule ? [new TraceStep(rule.File, rule.Line, rule.Text, decision.Verdict.ToString())] : [],
            },
        };
        if (decision.Verdict != Verdict.Allow && (!known || decision.Verdict == Verdict.Deny)) result.Add(new GuardDecision(text.Path, decision, policy.RuleFor(facts)));
        return result;
    }

    private static List<RuleText> Refusals(YamlNode site, ConfigurationText text) =>
        [.. (site["refuse"]?.Texts ?? []).Select(words => new RuleText { Words = words.Value, File = text.Path, Line = words.Line, WordsLine = words.Line })];

    private static List<RuleText> Rules(YamlNode site, ConfigurationText text)
    {
        var rules = new List<RuleText>();
        foreach (var (key, value) in site["rules"]?.Pairs ?? [])
        {
            var words = value is YamlNode.Scalar plain ? plain : value["allow"] as YamlNode.Scalar;
            if (words is not null) rules.Add(new RuleText { Pattern = key.Value, Words = words.Value, File = text.Path, Line = key.Line, WordsLine = words.Line, Hide = value["hide"] is YamlNode.Scalar { Value: "true" } });
        }

        return rules;
    }

    private static (Func<System.Net.IPAddress, bool>?, string?) OpenList(ConfigurationText text, string name)
    {
        if (text.Files.Named(text.Path, name, 1) is not { } list) return (null, $"the list {name} was not read");
        var networks = list.Lines.Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0).Select(line => Grammar.Network.TryParse(line, out var network, out _, out _) ? network : (System.Net.IPNetwork?)null).OfType<System.Net.IPNetwork>().ToList();
        return (address => networks.Any(network => network.Contains(address)), null);
    }
}

/// <summary>What the Guard's engine decides by the file that was given.</summary>
/// <param name="File">gatehouse.yaml.</param>
/// <param name="Decision">With its rule, cause and trace.</param>
/// <param name="Rule">The rule that names the path; null: none does.</param>
internal sealed record GuardDecision(string File, Decision Decision, RuleText? Rule) : Observation;
