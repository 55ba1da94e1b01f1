using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Haproxy;

/// <summary>What the actions of rules answer (configuration manual, 4.2, http-request and tcp-request).</summary>
internal static class HaproxyAction
{
    /// <summary>The rule of an action; null: it answers nothing.</summary>
    public static DecidingRule? Of(string action, IReadOnlyList<string> words, HaproxyLine line)
    {
        int? Number(params string[] names) => names.Select(name => words.ToList().IndexOf(name)).Where(at => at >= 0 && at + 1 < words.Count).Select(at => int.TryParse(words[at + 1], out var status) ? status : (int?)null).FirstOrDefault(status => status is not null);
        var rule = new DecidingRule { Server = "HAProxy", File = line.File, Line = line.Number, Text = line.Text, Outcome = RuleOutcome.Denies };
        return action switch
        {
            "deny" => rule with { Status = Number("deny_status", "status") ?? 403 },
            "tarpit" => rule with { Status = Number("deny_status", "status") ?? 500 },
            "reject" or "silent-drop" => rule,
            "auth" => rule with { Outcome = RuleOutcome.Challenges, Status = 401 },
            "return" => Number("status") is { } status and >= 400 ? rule with { Status = status } : rule with { Outcome = RuleOutcome.Allows, Status = Number("status") ?? 200 },
            "redirect" => rule with { Outcome = RuleOutcome.Allows, Status = Number("code") ?? 302 },
            // What a script or a service answers is not known.
            _ when action.StartsWith("lua.", StringComparison.Ordinal) || action == "use-service" => rule,
            "allow" or "accept" => rule with { Outcome = RuleOutcome.Allows },
            _ => null,
        };
    }

    /// <summary>Whether a condition asks who signs in.</summary>
    public static bool IsLogin(RuleTest test) => test.Subject == Subject.Credentials && test.Text.StartsWith("http_auth", StringComparison.Ordinal) && test.Text.Contains('(', StringComparison.Ordinal);
}
