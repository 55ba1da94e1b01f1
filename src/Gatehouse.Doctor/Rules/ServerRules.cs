using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;
using C = Gatehouse.Causes;

namespace Gatehouse.Doctor.Rules;

/// <summary>What the deciding rule of Caddy, HAProxy, lighttpd, Tomcat, IIS, Traefik, Squid and the Guard means. One map from what a rule looks at to causes serves them all.</summary>
public static class ServerRules
{
    /// <summary>In the order in which they are told.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("the rule of a server's configuration that decides", Decided),
        new("rules that the deciding one hides", Unreached),
        new("a rule that protects one path exactly", Narrow),
        new("a refusal of the server behind", Behind),
        new("what the Guard's own file decides", Guarded),
    ];

    private static IEnumerable<Finding> Decided(Observations seen)
    {
        var status = seen.Baseline()?.Status;
        foreach (var rule in seen.Of<DecidingRule>())
        {
            if (status is >= 200 and < 300) continue; // what is served is not refused: the configuration given is not the one in force
            var agrees = status is null || rule.Status is null || status == rule.Status || seen.Baseline()?.Fault is not null;
            foreach (var cause in CausesOf(rule))
            {
                var confidence = rule.Certain ? status is null ? 0.95 : agrees ? 1.0 : 0.5 : rule.Rivals == 0 ? 0.8 : Math.Max(0.4, 0.7 - 0.1 * rule.Rivals);
                if (rule.Lack is Lack.RefusedElsewhere or Lack.DeciderFails) confidence = Math.Min(confidence, 0.85);
                yield return new Finding
                {
                    Cause = cause,
                    Confidence = confidence,
                    Summary = Summary(rule, cause),
                    Evidence = [.. Evidence(rule)],
                    Remedies = [.. rule.Remedies, new Remedy { Id = "owner-" + cause.Id.Replace('.', '-'), Who = Audience.Owner, What = $"{Advice(rule, cause)} ({Where(rule.File, rule.Line)})" }],
                };
            }

            if (rule.Status == 404 && !rule.Hides && rule.Outcome == RuleOutcome.Denies && rule.Tests.Any(test => test.Subject is not (Subject.Path or Subject.Anything)))
            {
                yield return new Finding
                {
                    Cause = C.Status.HiddenAsNotFound,
                    Confidence = rule.Certain ? 0.9 : 0.7,
                    Summary = $"the 404 is made by a rule: {rule.Text}",
                    Evidence = [.. Evidence(rule)],
                };
            }
        }
    }

    /// <summary>What is to be said of a rule: the lack of credentials, else what its conditions look at, the most telling first.</summary>
    private static IEnumerable<C.Cause> CausesOf(DecidingRule rule)
    {
        if (rule.Lack != Lack.Nothing)
        {
            yield return rule.Lack switch
            {
                Lack.Nothing or Lack.Missing => rule.Tests.Any(test => test.Subject == Subject.Cookie) ? C.Sessions.Missing : C.Credentials.Missing,
                Lack.WrongScheme => C.Credentials.WrongScheme,
                Lack.Malformed => C.Credentials.Malformed,
                Lack.UnknownUser => C.Credentials.PasswordUnknownUser,
                Lack.WrongPassword => C.Credentials.PasswordWrong,
                Lack.BadHash => C.Credentials.PasswordFileBadHash,
                Lack.FileMissing => C.Credentials.PasswordFileMissing,
                Lack.FileUnreadable => C.Credentials.PasswordFileUnreadable,
                Lack.NotListed => C.Permissions.UserNotListed,
                Lack.Group => C.Permissions.GroupMissing,
                Lack.Role => C.Permissions.RoleMissing,
                Lack.RefusedElsewhere => C.Permissions.PermissionDenied,
                Lack.DeciderFails => C.Configuration.UpstreamAuthFailed,
            };
            yield break;
        }

        if (rule.Hides)
        {
            yield return C.Status.HiddenAsNotFound;
            yield break;
        }

        // A last rule that denies all the rest is told by what the rules before it would have wanted.
        if (rule.Tests.All(test => test.Subject == Subject.Anything) && rule.PassedBy.Count > 0)
        {
            var wanted = rule.PassedBy.SelectMany(passed => passed.Failed.Where(test => !test.Negated)).Select(test => test.Subject).Distinct().ToList();
            var decisive = rule.PassedBy.Select(passed => passed.Failed.Where(test => !test.Negated).ToList()).Where(failed => failed.Count > 0).Select(failed => failed.MinBy(test => Place(test.Subject))!).ToList();
            var nearest = decisive.Count == 0 ? null : decisive.MinBy(test => Place(test.Subject));
            yield return nearest is null ? C.Files.ResourceDeniedByDefault : wanted.Count == 0 ? C.Files.ResourceDeniedByDefault : OfTest(nearest with { Negated = true });
            yield break;
        }

        if (rule.Outcome == RuleOutcome.DeniesByDefault && rule.Tests.All(test => test.Subject is Subject.Anything or Subject.Path))
        {
            yield return C.Files.ResourceDeniedByDefault;
            yield break;
        }

        var telling = rule.Tests.Where(test => test.Holds != Truth.False).DefaultIfEmpty().MinBy(test => test is null ? 99 : Place(test.Subject));
        yield return telling is null ? rule.Tests.Count > 0 ? OfTest(rule.Tests[0]) : C.Files.ResourceDenied : OfTest(telling);
    }

    /// <summary>What tells most of a refusal stands first.</summary>
    private static int Place(Subject subject) => subject switch
    {
        Subject.Country => 0,
        Subject.Rate => 1,
        Subject.Time => 2,
        Subject.Csrf => 3,
        Subject.Certificate => 4,
        Subject.Address => 5,
        Subject.Origin => 6,
        Subject.Referrer => 7,
        Subject.UserAgent => 8,
        Subject.Credentials => 9,
        Subject.Cookie => 10,
        Subject.Header => 11,
        Subject.Link => 12,
        Subject.Scheme => 13,
        Subject.Method => 14,
        Subject.Host => 15,
        Subject.Port => 16,
        Subject.Other => 17,
        Subject.Path => 18,
        Subject.Anything => 19,
    };

    private static C.Cause OfTest(RuleTest test) => test.Subject switch
    {
        Subject.Country => C.Network.CountryBlocked,
        Subject.Rate => C.Network.RateExceeded,
        Subject.Time => C.Network.TimeOutsideWindow,
        Subject.Csrf => C.Permissions.CsrfRejected,
        Subject.Certificate => test.Value == Truth.True ? C.Credentials.CertificateUntrusted : C.Credentials.CertificateMissing,
        Subject.Address => test.Negated ? C.Network.IpNotAllowed : C.Network.IpBlocked,
        Subject.Origin => C.Network.OriginRefused,
        Subject.Referrer => C.Network.ReferrerBlocked,
        Subject.UserAgent => C.Network.UserAgentBlocked,
        Subject.Credentials => C.Credentials.Missing,
        Subject.Cookie => C.Sessions.Missing,
        Subject.Header => C.Network.HeaderRequired,
        Subject.Scheme => C.Network.HttpsRequired,
        Subject.Method => C.Network.MethodDenied,
        Subject.Link => C.Files.SymlinkRefused,
        Subject.Port => C.Files.ResourceDenied,
        Subject.Host => test.Negated ? C.Network.HostUnknown : C.Files.ResourceDenied,
        Subject.Other => C.Files.ResourceDenied,
        Subject.Path => test.Negated ? C.Files.ResourceDeniedByDefault : C.Files.ResourceDenied,
        Subject.Anything => C.Files.ResourceDenied,
    };

    private static string Summary(DecidingRule rule, C.Cause cause)
    {
        var line = Where(rule.File, rule.Line);
        var why = rule.Detail ?? string.Join(", ", rule.Tests.Where(test => test.Subject != Subject.Anything).Select(test => $"{(test.Negated ? "not " : "")}{test.Name ?? test.Text}").Distinct(StringComparer.Ordinal).Take(4));
        if (why.Length == 0 && rule.PassedBy.Count > 0) why = "none of the rules before it lets the request through: " + string.Join("; ", rule.PassedBy.Select(passed => passed.Step.Text).Take(4));
        var does = rule.Outcome switch { RuleOutcome.Denies => "refuses", RuleOutcome.Challenges => "asks for credentials", RuleOutcome.Allows => "lets through", RuleOutcome.DeniesByDefault => "refuses what no rule names" };
        return $"{rule.Server}'s rule {line} {(rule.Certain ? does : "probably " + does)}: {rule.Text}{(why.Length > 0 ? $" ({why})" : "")}";
    }

    private static string Advice(DecidingRule rule, C.Cause cause) => rule.Outcome == RuleOutcome.Challenges ? cause.Owner : $"change the rule where it is not meant so; {cause.Owner}";

    private static IEnumerable<Evidence> Evidence(DecidingRule rule)
    {
        yield return new(EvidenceKind.ConfigLine, Where(rule.File, rule.Line), rule.Text);
        foreach (var test in rule.Tests.Where(test => test.Line > 0 && (test.Line != rule.Line || test.File != rule.File)).DistinctBy(test => (test.File, test.Line))) yield return new(EvidenceKind.ConfigLine, Where(test.File, test.Line), test.Text);
        foreach (var passed in rule.PassedBy.Take(6))
        {
            yield return new(EvidenceKind.ConfigLine, Where(passed.Step.File, passed.Step.Line), passed.Step.Text + ": does not apply" + (passed.Failed.Count > 0 ? " (" + string.Join(", ", passed.Failed.Select(test => test.Text)) + ")" : ""));
            foreach (var test in passed.Failed.Where(test => test.Line > 0 && (test.Line != passed.Step.Line || test.File != passed.Step.File)).DistinctBy(test => (test.File, test.Line)).Take(3)) yield return new(EvidenceKind.ConfigLine, Where(test.File, test.Line), test.Text + ": does not hold");
        }

        foreach (var further in rule.Further) yield return further;
    }

    private static IEnumerable<Finding> Unreached(Observations seen)
    {
        foreach (var rule in seen.Of<DecidingRule>())
            foreach (var step in rule.Unreached.Take(3))
                yield return new Finding
                {
                    Cause = C.Configuration.ConfigRuleUnreachable,
                    Confidence = rule.Certain ? 0.9 : 0.6,
                    Summary = $"{step.Text} ({Where(step.File, step.Line)}) would let the request through, and is never reached: {rule.Text} ({Where(rule.File, rule.Line)}) decides before it",
                    Evidence = [new(EvidenceKind.ConfigLine, Where(step.File, step.Line), step.Text), new(EvidenceKind.ConfigLine, Where(rule.File, rule.Line), rule.Text)],
                    Remedies = [new Remedy { Id = "move-rule-up", Who = Audience.Owner, What = $"move {Where(step.File, step.Line)} before {Where(rule.File, rule.Line)}" }],
                };
    }

    private static IEnumerable<Finding> Narrow(Observations seen)
    {
        if (seen.Baseline() is { Status: not (>= 200 and < 300) }) yield break;
        foreach (var narrow in seen.Of<NarrowRule>())
            yield return new Finding
            {
                Cause = C.Configuration.ConfigOpenByMistake,
                Confidence = 0.85,
                Summary = $"{narrow.Step.Text} ({Where(narrow.Step.File, narrow.Step.Line)}) protects exactly that path and nothing below it: {narrow.Path} is served to everybody",
                Evidence = [new(EvidenceKind.ConfigLine, Where(narrow.Step.File, narrow.Step.Line), narrow.Step.Text)],
                Remedies = [new Remedy { Id = "match-subtree", Who = Audience.Owner, What = $"let the rule match the subtree too (in {narrow.Server}'s own way: a star or a prefix)" }],
            };
    }

    private static IEnumerable<Finding> Behind(Observations seen)
    {
        if (seen.Final() is not { Status: 401 or 403 } final || seen.Of<DecidingRule>().Any()) yield break;
        if (seen.First<HandsOn>() is not { } hands) yield break;
        if (final.Status == 401 && seen.First<DropsCredentials>() is { } drops)
        {
            yield return new Finding
            {
                Cause = C.Credentials.Dropped,
                Confidence = 0.95,
                Summary = $"{drops.Server} takes the Authorization header out of what it hands on to {hands.To} ({Where(drops.File, drops.Line)})",
                Evidence = [new(EvidenceKind.ConfigLine, Where(drops.File, drops.Line), drops.Text), new(EvidenceKind.ConfigLine, Where(hands.File, hands.Line), hands.Text)],
                Remedies = [new Remedy { Id = "keep-authorization", Who = Audience.Owner, What = $"remove {Where(drops.File, drops.Line)} ({drops.Text}), or let it hold only where the application needs no Authorization" }],
            };
            yield break;
        }

        yield return new Finding
        {
            Cause = C.Configuration.UpstreamRefused,
            Confidence = seen.Of<Evaluated>().Any(evaluated => evaluated.Server == hands.Server && evaluated.UnknownBecause is not null) ? 0.6 : final.Status == 403 ? 0.85 : 0.7,
            Summary = $"no rule of {hands.Server} refuses the request; it is handed on to {hands.To}, whose answer the {final.Status} is",
            Evidence = [new(EvidenceKind.ConfigLine, Where(hands.File, hands.Line), hands.Text), new(EvidenceKind.ResponseStatus, final.Request.Url.ToString(), final.Status!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture))],
            Remedies = [new Remedy { Id = "ask-upstream", Who = Audience.Owner, What = $"look into the log of the application at {hands.To}" }],
        };
    }

    private static IEnumerable<Finding> Guarded(Observations seen)
    {
        if (seen.Baseline() is { Status: >= 200 and < 300 }) yield break;
        foreach (var guarded in seen.Of<GuardDecision>())
        {
            if (guarded.Decision.Cause is not { } cause) continue;
            var rule = guarded.Decision.Rule;
            yield return new Finding
            {
                Cause = cause,
                Confidence = seen.Baseline() is null ? 0.95 : 1.0,
                Summary = rule is null ? $"no rule of {Path.GetFileName(guarded.File)} names this path, and what no rule names is refused" : $"the rule {rule.Text} ({Where(rule.File, rule.Line)}) refuses it",
                Evidence = [.. rule is null ? (IEnumerable<Evidence>)[] : [new(EvidenceKind.RuleLine, Where(rule.File, rule.Line), rule.Text)], .. guarded.Decision.Trace.Take(6).Select(step => new Evidence(EvidenceKind.RuleLine, Where(rule?.File ?? guarded.File, rule?.Line ?? 0), $"{step.Condition}: {step.Why}"))],
                Remedies = guarded.Decision.NearestChange is { } change ? [new Remedy { Id = "nearest-change", Who = Audience.Owner, What = change }] : [],
            };
        }
    }

    private static string Where(string file, int line) => line > 0 ? $"{Path.GetFileName(file)}:{line}" : Path.GetFileName(file);
}
