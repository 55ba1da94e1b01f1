using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Logs;
using Gatehouse.Doctor.Logs.Signatures;
using Gatehouse.Doctor.Servers;
using Gatehouse.Findings;
using C = Gatehouse.Causes;

namespace Gatehouse.Doctor.Rules;

/// <summary>What the server itself wrote about the refusal.</summary>
public static class LogRules
{
    /// <summary>Longest piece of a line that is shown.</summary>
    private const int MaxShown = 400;

    /// <summary>Most telling first.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("a message of the server's log names the reason", Messages),
        new("an access line's codes tell who refused", AccessLines),
        new("a bare 401 or 403 in an access log", BareStatus),
        new("a server that writes its reasons wrote none", Silence),
    ];

    private static IEnumerable<Finding> Messages(Observations seen)
    {
        foreach (var refusal in seen.Of<LoggedRefusal>())
        {
            if (refusal.Link == LogLink.Earlier) continue;
            // What follows from a proved reason (nobody is signed in, because the token was refused) is evidence, not another reason.
            var proved = refusal.Messages.Any(hit => hit.Match!.Row.Certainty == Certainty.Proves);
            foreach (var hit in refusal.Messages)
                if (!proved || hit.Match!.Row.Certainty >= Certainty.Likely) yield return Told(seen, refusal, hit);
        }
    }

    private static Finding Told(Observations seen, LoggedRefusal refusal, LogHit hit)
    {
        var match = hit.Match!;
        var row = match.Row;
        var confidence = row.Certainty switch { Certainty.Proves => 1.0, Certainty.Likely => 0.85, Certainty.OneOfSeveral => 0.6, Certainty.Hints => 0.35 };
        if (row.Certainty == Certainty.Proves && row.Also.Count > 0) confidence = 0.95; // rarely, something else writes the same words
        if (hit.Timeless) confidence = Math.Min(confidence, 0.85);
        var cause = row.Cause;
        var summary = Filled(row.Says, match, hit.Record, refusal);
        var evidence = Evidence(refusal, hit);
        IReadOnlyList<Remedy> remedies = row.Do is { } advice
            ? [new Remedy { Id = "owner-" + cause.Id.Replace('.', '-'), Who = Audience.Owner, What = Filled(advice, match, hit.Record, refusal) }]
            : [new Remedy { Id = "owner-" + cause.Id.Replace('.', '-'), Who = Audience.Owner, What = cause.Owner }];
        var contradicted = NoLongerMade(seen);
        if (contradicted)
        {
            confidence = Math.Min(confidence, 0.4);
            summary += " (so it was then: as things stand now, the request would be served)";
        }

        if (!contradicted && InForceRules.NotReloaded(seen) is { } stale)
        {
            summary += "; the configuration as it is written now would let it pass, and the server has not read it yet";
            evidence.AddRange(stale.Evidence.Where(piece => piece.Kind == EvidenceKind.Clock));
            remedies = [.. stale.Remedies];
        }

        if (cause == C.Network.WafBlocked) (summary, evidence) = FirewallDetail(refusal, summary, evidence);
        // The path tells what the words leave open; its finding carries the modes and the edit.
        if (IsAboutFiles(row) && FromFiles(seen, [cause, .. row.Also]) is { } walked && !contradicted)
        {
            return walked with
            {
                Confidence = seen.First<WorkerAccount>() is { Assumed: true } && row.Certainty != Certainty.Proves ? 0.95 : 1.0,
                Evidence = [.. walked.Evidence, .. evidence],
                Remedies = [.. walked.Remedies, .. remedies.Where(_ => walked.Remedies.Count == 0)],
            };
        }

        if (cause == C.Files.DirectoryNoIndex && seen.First<IndexLooked>() is { Found: { } found } looked)
        {
            summary += $"; {found} is there and is not among the names that the server looks for";
            evidence.Add(new(EvidenceKind.FileMode, Path.Join(looked.Directory, found), "exists"));
        }

        if (cause.Id.StartsWith("session.", StringComparison.Ordinal)) evidence.AddRange(Cookies(seen));
        return new Finding { Cause = cause, Confidence = confidence, Summary = summary, Evidence = evidence, Remedies = remedies };
    }

    /// <summary>The names of the cookies that were sent, of which one carries the session.</summary>
    private static IEnumerable<Evidence> Cookies(Observations seen) => (seen.Final()?.Request.Values("Cookie") ?? [])
        .SelectMany(value => value.Split(';')).Select(pair => pair.Trim().Split('=', 2)).Where(pair => pair.Length == 2).Take(6)
        .Select(pair => new Evidence(EvidenceKind.Cookie, pair[0], Masked.Secret(pair[1])));

    private static bool IsAboutFiles(Signature row) => row.Cause == C.Configuration.HtaccessUnreadable || row.Cause.Id is "file.not-readable" or "directory.not-searchable" or "file.acl-denied";

    private static Finding? FromFiles(Observations seen, IReadOnlyList<C.Cause> causes) =>
        FileRules.All.SelectMany(rule => rule.Judge(seen)).FirstOrDefault(finding => causes.Contains(finding.Cause) || (finding.Cause == C.Files.FileAclDenied && causes.Contains(C.Files.FileNotReadable)));

    /// <summary>The present configuration or the present answer contradicts the log.</summary>
    private static bool NoLongerMade(Observations seen) =>
        seen.Final() is { Status: >= 200 and < 300 } || (seen.Final() is null && seen.Of<Evaluated>().Any() && seen.Of<Evaluated>().All(evaluated => evaluated.Status is >= 200 and < 300 && !evaluated.HandedOn) && !seen.Of<PathWalk>().Any());

    /// <summary>The rule that blocks is the sum of the Core Rule Set; the rules that matched stand in warnings of the same request.</summary>
    private static (string, List<Evidence>) FirewallDetail(LoggedRefusal refusal, string summary, List<Evidence> evidence)
    {
        var warnings = refusal.Messages.Where(hit => hit.Match!.Row.Cause == C.Network.WafBlocked && hit.Record.Words.Contains("Warning.", StringComparison.Ordinal)).ToList();
        if (warnings.Count == 0 || !summary.Contains("949", StringComparison.Ordinal) && !summary.Contains("959", StringComparison.Ordinal)) return (summary, evidence);
        summary = "the firewall's score was exceeded; what matched: " + string.Join(", ", warnings.Select(hit => $"rule {hit.Match!["rule"]} ({hit.Match["msg"]})").Distinct(StringComparer.Ordinal));
        return (summary, evidence);
    }

    private static IEnumerable<Finding> AccessLines(Observations seen)
    {
        foreach (var refusal in seen.Of<LoggedRefusal>())
        {
            if (refusal.Link == LogLink.Earlier || refusal.Access is not { } access || AccessMeaning.Of(access) is not { } meaning) continue;
            if (refusal.Messages.Any(hit => hit.Match!.Row.Certainty == Certainty.Proves)) continue;
            var confidence = meaning.Certainty switch { Certainty.Proves => 1.0, Certainty.Likely => 0.9, Certainty.OneOfSeveral => 0.6, Certainty.Hints => 0.35 };
            yield return new Finding
            {
                Cause = meaning.Cause,
                Confidence = NoLongerMade(seen) ? Math.Min(confidence, 0.4) : confidence,
                Summary = meaning.Says,
                Evidence = [new(EvidenceKind.LogLine, access.Where, Shown(access.Text))],
                Remedies = [new Remedy { Id = "owner-" + meaning.Cause.Id.Replace('.', '-'), Who = Audience.Owner, What = meaning.Cause.Owner }],
            };
        }
    }

    private static IEnumerable<Finding> BareStatus(Observations seen)
    {
        if (seen.Final() is not null) yield break; // what was sent and answered tells more
        foreach (var refusal in seen.Of<LoggedRefusal>())
        {
            if (refusal is { Access: { Status: 403 } forbidden, Messages.Count: 0 } && AccessMeaning.Of(forbidden) is null)
            {
                yield return new Finding
                {
                    Cause = C.Status.Unknown,
                    Confidence = 0.5,
                    Summary = $"403 for {forbidden.Method} {forbidden.Target}, and an access log does not tell why",
                    Evidence = [new(EvidenceKind.LogLine, forbidden.Where, Shown(forbidden.Text))],
                    Remedies = [new Remedy { Id = "give-error-log", Who = Audience.Owner, What = "give the error log of the same time, the server's configuration and the site's folder", Command = "gatehouse why URL --log error.log --server-config FILE --site DIR" }],
                };
                continue;
            }

            if (refusal is not { Access: { Status: 401 } access, Messages.Count: 0 } || AccessMeaning.Of(access) is not null) continue;
            var known = access.User is not null;
            yield return new Finding
            {
                Cause = known ? C.Credentials.PasswordRejected : C.Credentials.Missing,
                Confidence = 0.6,
                Summary = known ? $"401 for the user {access.User}: the password, or what {access.User} may do, was not enough" : $"401 for {access.Method} {access.Target}, and no user name stands in the line: no credentials came, or none of the kind wanted",
                Evidence = [new(EvidenceKind.LogLine, access.Where, Shown(access.Text))],
            };
        }
    }

    private static IEnumerable<Finding> Silence(Observations seen)
    {
        if (seen.First<LogSilent>() is not { } silent || seen.Final() is not { Status: 403 } || seen.Of<Evaluated>().Any(evaluated => evaluated.Status is not null)) yield break;
        var words = silent.Server switch
        {
            LogServer.Nginx => "nginx writes a line for a denied address, a missing permission and a missing index; it writes none for `return 403`, for a condition in `if`, and for what an application answers",
            LogServer.Apache => "httpd writes a line for a Require that denies, a missing permission and a missing index; it writes none for a RewriteRule with [F] and for what an application answers",
            _ => "no reason stands in the log",
        };
        yield return new Finding
        {
            Cause = C.Files.ResourceDenied,
            Confidence = 0.4,
            Summary = $"a guess: {Path.GetFileName(silent.File)} says nothing of this refusal. {words}",
            Evidence = [new(EvidenceKind.LogLine, Path.GetFileName(silent.File), "nothing about this request")],
        };
    }

    private static List<Evidence> Evidence(LoggedRefusal refusal, LogHit hit)
    {
        var evidence = new List<Evidence> { new(EvidenceKind.LogLine, hit.Record.Where, Shown(hit.Record.Continued.Length > 0 ? hit.Record.Text + " " + hit.Record.Continued.Replace('\n', ' ') : hit.Record.Text)) };
        evidence.AddRange(refusal.Messages.Where(other => !ReferenceEquals(other, hit)).Take(3).Select(other => new Evidence(EvidenceKind.LogLine, other.Record.Where, Shown(other.Record.Text))));
        if (refusal.Access is { } access && !ReferenceEquals(access, hit.Record)) evidence.Add(new(EvidenceKind.LogLine, access.Where, Shown(access.Text)));
        return evidence;
    }

    private static string Filled(string says, SignatureMatch match, LogRecord record, LoggedRefusal refusal)
    {
        if (!says.Contains('{', StringComparison.Ordinal)) return says;
        var result = new System.Text.StringBuilder(says.Length + 64);
        for (var at = 0; at < says.Length; at++)
        {
            var end = says[at] == '{' ? says.IndexOf('}', at) : -1;
            if (end < 0)
            {
                result.Append(says[at]);
                continue;
            }

            var name = says[(at + 1)..end];
            result.Append(match[name] ?? name switch
            {
                "client" => record.Client?.ToString() ?? refusal.Access?.Client?.ToString() ?? "the client",
                "url" => refusal.Target ?? "the URL",
                "user" => record.User ?? "the user",
                "path" => "the file",
                _ => "…",
            });
            at = end;
        }

        return result.ToString();
    }

    private static string Shown(string text)
    {
        var masked = LogSecrets.Mask(text);
        return masked.Length <= MaxShown ? masked : masked[..MaxShown] + "…";
    }
}
