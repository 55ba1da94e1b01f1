using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>The finished answer: what is presented, as text, JSON or HTML. Nothing is judged after it (contract.md, "Report").</summary>
public sealed record Report
{
    /// <summary>What was asked about: the URL, or the file or directory.</summary>
    public required string Target { get; init; }

    /// <summary>Whether the request was not served because of access control or a fault in it, whatever the status.</summary>
    public required bool Refused { get; init; }

    /// <summary>The status that was seen, or else evaluated, or else logged; null: none.</summary>
    public int? Status { get; init; }

    /// <summary>Ranked; the first is the answer.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What was sent, in order.</summary>
    public IReadOnlyList<Exchange> Exchanges { get; init; } = [];

    /// <summary>What the given configurations come to, in order.</summary>
    public IReadOnlyList<Servers.Evaluated> Evaluated { get; init; } = [];

    /// <summary>What would have told more.</summary>
    public IReadOnlyList<string> NotLookedAt { get; init; } = [];

    /// <summary>What could not be reached or read; with nothing else seen, the exit status is 4.</summary>
    public IReadOnlyList<string> Unreachable { get; init; } = [];

    /// <summary>Reason phrase of the answer in question; null: none.</summary>
    public string? Reason { get; init; }

    /// <summary>Who most likely asks: an owner where files, configuration or logs were given, a visitor where nothing but an address was, else the client's developer.</summary>
    public Audience Asker { get; init; }

    /// <summary>What was asked, for the commands that repeat an exchange; null: not known.</summary>
    public Question? Asked { get; init; }

    /// <summary>The first finding's cause; <c>unknown</c> where it is refused and nothing reaches 0.5; null where nothing is refused.</summary>
    public string? Cause => Findings.Count > 0 && (Refused || Findings[0].Cause.Status is null) && Findings[0].Confidence >= 0.5 ? Findings[0].Cause.Id : Refused ? "unknown" : null;

    /// <summary>0 nothing is refused, 1 refused and the cause was found, 3 refused and unknown, 4 not reached or read (contract.md, "Exit status").</summary>
    public int ExitStatus =>
        Unreachable.Count > 0 && Status is null && Findings.Count == 0 ? 4
        : !Refused ? 0
        : Cause is null or "unknown" ? 3 : 1;

    /// <summary>From what was seen and what was found.</summary>
    public static Report Of(Question question, Observations seen, IReadOnlyList<Finding> findings)
    {
        var final = Rules.Refusal.Asked(seen);
        var evaluated = seen.First<Servers.Evaluated>();
        var status = final?.Status ?? evaluated?.Status ?? seen.First<Logs.LoggedRefusal>()?.Status;
        var report = new Report
        {
            Target = (question.Url is { } url ? MaskedUrl.Of(url) : null) ?? question.Site ?? question.ServerConfigurations.Concat(question.Logs).FirstOrDefault() ?? "",
            Refused = status is 401 or 403 || Rules.Refusal.Of(seen)?.Stated is not null || findings.Any(finding => finding.Confidence >= Inferred && (Refuses(finding, status) || (finding.Cause.Status is not null && IsCovered(seen)))),
            Status = status,
            Reason = final?.Answer?.Reason,
            Asker = question.Site is not null || question.ServerConfigurations.Count > 0 || question.Logs.Count > 0 || question.LogLines.Count > 0 ? Audience.Owner
                : question.UserAndPassword is null && question.Recorded.Count == 0 && question.Jar.Count == 0 && question.Method == "GET" && question.Headers.All(header => header.Key is "User-Agent" or "Accept") ? Audience.Visitor
                : Audience.Developer,
            Asked = question,
            Findings = findings,
            Exchanges = [.. seen.Of<Exchange>()],
            Evaluated = [.. seen.Of<Servers.Evaluated>()],
            NotLookedAt = [.. seen.Of<NotLookedAt>().Select(not => not.What).Concat(seen.Of<Files.FilesNotSeen>().Select(not => not.What)).Distinct(StringComparer.Ordinal)],
            Unreachable = [.. seen.Of<Unreachable>().Select(not => not.What)],
        };
        return report.Rewritten(KnownSecrets.Of(question, seen).In);
    }

    /// <summary>The same report with every text of it rewritten; what was exchanged keeps its fields, which are masked where they are shown.</summary>
    internal Report Rewritten(Func<string, string> rewrite) => this with
    {
        Target = rewrite(Target),
        Reason = Reason is null ? null : rewrite(Reason),
        Findings = [.. Findings.Select(finding => finding with
        {
            Summary = rewrite(finding.Summary),
            Evidence = [.. finding.Evidence.Select(evidence => new Evidence(evidence.Kind, rewrite(evidence.Where), rewrite(evidence.What)))],
            Remedies = [.. finding.Remedies.Select(remedy => remedy with { What = rewrite(remedy.What), Command = remedy.Command is { } command ? rewrite(command) : null })],
        })],
        Exchanges = [.. Exchanges.Select(exchange => exchange with
        {
            FaultText = exchange.FaultText is { } fault ? rewrite(fault) : null,
            NotCarried = [.. exchange.NotCarried.Select(left => left with { Why = rewrite(left.Why) })],
        })],
        NotLookedAt = [.. NotLookedAt.Select(rewrite)],
        Unreachable = [.. Unreachable.Select(rewrite)],
    };

    /// <summary>From here on a finding counts for the verdict (contract.md, "Confidence").</summary>
    private const double Inferred = 0.6;

    /// <summary>Whether nginx was evaluated to refuse, and to show that by a page with another status.</summary>
    private static bool IsCovered(Observations seen) => seen.First<Nginx.NginxJudged>() is { Verdict: { Refusal: not null, UnknownBecause: null, Flow.ErrorPageBy: not null } verdict } judged && verdict.Status == judged.Seen;

    /// <summary>Whether a cause means that the request was not served: those of 401 and 403 unless it was served, and the faults that surface in another form.</summary>
    private static bool Refuses(Finding finding, int? status) =>
        status is >= 200 and < 300
            ? finding.Cause == Causes.Status.LoginPageWith200 || finding.Cause == Network.WafBlocked || finding.Cause == Network.BotChallenged
                // Interfaces that say in the body what others say by the status.
                || (finding.Cause.Status is not null && finding.Confidence >= 0.9 && finding.Evidence.Count > 0 && finding.Evidence.All(evidence => evidence.Kind is EvidenceKind.ResponseBody or EvidenceKind.ResponseStatus or EvidenceKind.ResponseHeader))
            : finding.Cause.Status is not null || Disguised.Contains(finding.Cause);

    /// <summary>Causes whose own status is "any" and that keep the request from being served all the same.</summary>
    private static readonly System.Collections.Frozen.FrozenSet<Cause> Disguised =
    [
        Causes.Status.RedirectForApi, Causes.Status.ServerErrorForDenial, Causes.Status.HiddenAsNotFound, Causes.Status.LoginPageWith200,
        Credentials.PasswordFileMissing, Credentials.PasswordFileUnreadable, Network.RateExceeded, Network.CorsPreflightRefused,
        Configuration.HtaccessSyntaxError, Configuration.HtaccessNotPermitted, Configuration.UpstreamRefused, Configuration.UpstreamAuthFailed,
    ];
}
