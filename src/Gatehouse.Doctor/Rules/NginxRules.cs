using Gatehouse.Causes;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What nginx's configuration, evaluated for the request, says about a refusal.</summary>
internal static class NginxRules
{
    /// <summary>Evaluated, and the same status was seen: proved. Evaluated alone: nearly so, for the running server may have read another file.</summary>
    private const double Proved = 1.0, Evaluated = 0.97;

    /// <summary>No server listens on that port: one was taken for its name. Another status was seen: the configuration is not the one in force.</summary>
    private const double Assumed = 0.8, Contradicted = 0.5;

    /// <summary>Family by family.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("nginx: the configuration does not parse", NginxFaultRules.Syntax),
        new("nginx: the rule that refuses", Refusing),
        new("nginx: what is behind refuses", NginxProxyRules.Behind),
        new("nginx: credentials are taken away on the way", NginxProxyRules.Dropped),
        new("nginx: a missing file that is shown as a refusal", NginxStatusRules.Pretended),
        new("nginx: a limit is exceeded", NginxProxyRules.Limited),
        new("nginx: the status that the client sees is another", NginxStatusRules.Covered),
        new("nginx: a preflight is refused", NginxStatusRules.Preflight),
        new("nginx: served, although a rule means to protect it", NginxFaultRules.Open),
    ];

    /// <summary>How certain a finding is that the evaluation gives.</summary>
    /// <param name="judged">The evaluation.</param>
    /// <param name="seen">All.</param>
    /// <param name="evaluated">The status that the client would see.</param>
    public static double Confidence(NginxJudged judged, Observations seen, int? evaluated)
    {
        var assumed = judged.Verdict?.Ground.Choice is { Assumed: true };
        if (judged.Seen is not { } came || seen.First<Asked>() is { OtherClient: true }) return assumed ? Assumed : Evaluated;
        return evaluated == came ? assumed ? Evaluated : Proved : Contradicted;
    }

    /// <summary>A line of the configuration as evidence.</summary>
    public static Evidence At(ConfNode node, string? says = null) => new(EvidenceKind.ConfigLine, node.At.ToString(), says is null ? Shown.Line(node) : $"{Shown.Line(node)} ({says})");

    /// <summary>The refusal that error pages may cover, told by its cause.</summary>
    private static IEnumerable<Finding> Refusing(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Verdict is not { } verdict) continue;
            if (verdict.RejectedHandshake is { } rejected)
            {
                yield return new Finding
                {
                    Cause = Network.HostUnknown,
                    Confidence = Evaluated,
                    Summary = $"no server has the name {verdict.Ground.Host}, and the default one rejects the handshake",
                    Evidence = [At(rejected)],
                };
                continue;
            }

            if (verdict.UnknownBecause is not null || verdict.Flow is null) continue;
            if (verdict.Refusal is not { } refusal) continue;
            var status = verdict.Closed ? null : verdict.Status;
            if (verdict.Status is >= 200 and < 300 && verdict.Flow.ErrorPageBy is null) continue;
            var confidence = verdict.Closed ? judged.Seen is null ? Evaluated : Contradicted : Confidence(judged, seen, status);
            foreach (var finding in Told(judged, verdict, refusal, seen))
                yield return finding with { Confidence = Math.Min(confidence, finding.Confidence), Evidence = [.. finding.Evidence, .. Where(verdict)] };
        }
    }

    private static IEnumerable<Finding> Told(NginxJudged judged, Verdict verdict, Decision refusal, Observations seen) => refusal.By switch
    {
        DecidedBy.AddressRule => NginxAccessRules.Address(verdict, refusal),
        DecidedBy.Basic => NginxAccessRules.Basic(judged, verdict, refusal),
        DecidedBy.UserFile => NginxAccessRules.UserFile(verdict, refusal),
        DecidedBy.AuthRequest => NginxAccessRules.Subrequest(verdict, refusal),
        DecidedBy.Returned => NginxConditionRules.Returned(verdict, refusal),
        DecidedBy.Certificate or DecidedBy.Misdirected or DecidedBy.PlainHttp => NginxAccessRules.Certificate(verdict, refusal),
        DecidedBy.NoIndex or DecidedBy.FileDenied or DecidedBy.LinkRefused => NginxFileRules.Refused(judged, verdict, refusal, seen),
        DecidedBy.FileMissing => NginxFileRules.PassedOver(verdict, seen),
        DecidedBy.TryFiles => NginxFileRules.TriedAll(verdict, refusal, seen),
        DecidedBy.Internal => NginxFileRules.Internal(refusal),
        DecidedBy.Served or DecidedBy.HandedOn or DecidedBy.Method or DecidedBy.BadRequest or DecidedBy.Redirected or DecidedBy.Fault or DecidedBy.TooLarge => [],
    };

    /// <summary>Server and location, for whoever reads the report.</summary>
    private static IEnumerable<Evidence> Where(Verdict verdict)
    {
        if (verdict.Ground.RealIpBy is { } real) yield return At(real, $"the client's address is {verdict.Ground.Client}");
        if (verdict.Refusal?.Scope.Location?.Node is { } location) yield return At(location, "the location");
    }
}
