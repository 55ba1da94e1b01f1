using System.Collections.Frozen;
using Gatehouse.Causes;
using Gatehouse.Findings;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor;

/// <summary>
/// Which finding stands on top. One cause stands once, with the evidence of all who found it; what is general gives way to what is
/// exact; what other evidence contradicts is left out (<see cref="Contradictions"/>). Then: proved before fingerprint before
/// comparison, and among equals what must be mended first.
/// </summary>
public static class Ranking
{
    /// <summary>From here on a finding counts as proved, from here on as inferred; below the last as a guess (contract.md, "Confidence").</summary>
    private const double Proved = 0.9, Inferred = 0.6, Guess = 0.5;

    /// <summary>Pieces of evidence that a report carries for one finding.</summary>
    private const int MaxEvidence = 24;

    /// <summary>What a cause says in general that others say exactly. Where an exact one is found too, the general one adds its evidence to it.</summary>
    private static readonly FrozenDictionary<Cause, FrozenSet<Cause>> Exact = new Dictionary<Cause, Cause[]>
    {
        [FileCauses.ResourceDenied] =
        [
            FileCauses.ResourceDeniedByDefault, Network.IpBlocked, Network.IpNotAllowed, Network.IpBanned, Network.CountryBlocked, Network.RateExceeded, Network.WafBlocked, Network.BotChallenged,
            Network.UserAgentBlocked, Network.ReferrerBlocked, Network.HeaderRequired, Network.OriginRefused, Network.MethodDenied, Network.HttpsRequired, Network.HostUnknown, Network.TimeOutsideWindow,
            Permissions.ClaimMissing, Credentials.CertificateMissing, Credentials.CertificateUntrusted, Tokens.SignatureExpired, Tokens.SignatureMismatch, Configuration.HtaccessConflictingRules,
        ],
        [Network.IpNotAllowed] = [Network.CountryBlocked],
        [Credentials.PasswordRejected] = [Permissions.UserNotListed, Permissions.RoleMissing, Permissions.GroupMissing, Permissions.ScopeMissing, Network.IpNotAllowed, Network.IpBlocked, Network.IpBanned, Network.CountryBlocked, Network.BotChallenged, Credentials.Malformed, Credentials.WrongScheme, Credentials.DigestStaleNonce, Tokens.AuthenticationTooWeak, Credentials.PasswordWrong, Credentials.PasswordUnknownUser, Credentials.PasswordExpired, Credentials.PasswordFileBadHash, Credentials.AccountLocked, Credentials.AccountDisabled, Credentials.WrongCharset],
        [Credentials.PasswordWrong] = [Credentials.PasswordFileBadHash],
        [Credentials.Missing] = [Permissions.ClaimMissing, Credentials.AccountDisabled, Credentials.AccountLocked, Credentials.PasswordExpired, Network.CorsPreflightRefused, Credentials.CertificateMissing, Tokens.ApiKeyUnknown, Tokens.SignatureExpired, Sessions.Revoked, Sessions.Missing, Sessions.CookieNotSent, Sessions.CookieRejected, Sessions.Expired, Sessions.Unknown, Credentials.Dropped, Credentials.WrongScheme, Credentials.Malformed],
        [Sessions.Missing] = [Sessions.CookieNotSent, Sessions.CookieRejected, Sessions.Expired, Sessions.Unknown, Sessions.Revoked, Credentials.Dropped, Network.CorsPreflightRefused],
        [Sessions.Unknown] = [Sessions.Expired, Sessions.Revoked, Sessions.CookieNotSent],
        [Credentials.WrongScheme] = [Tokens.WrongSender],
        [Credentials.CertificateUntrusted] = [Credentials.CertificateExpired, Credentials.CertificateRevoked],
        [FileCauses.DirectoryNoIndex] = [FileCauses.FileNotReadable, FileCauses.DirectoryNotSearchable, FileCauses.FileAclDenied, FileCauses.FileLabelDenied, Configuration.HtaccessUnreadable],
        [Credentials.DigestMismatch] = [Credentials.DigestStaleNonce, Credentials.Malformed],
        [Network.MethodDenied] = [Permissions.CsrfRejected, Network.CorsPreflightRefused],
        [Tokens.SignatureMismatch] = [Tokens.SignatureExpired, Tokens.SignatureClockSkew, Tokens.ApiKeyUnknown, Permissions.PermissionDenied, Network.RateExceeded, Network.IpNotAllowed, Network.IpBlocked, Network.HttpsRequired, Network.CountryBlocked, Network.WafBlocked, Network.ReferrerBlocked, Network.MethodDenied, Network.HostUnknown, Credentials.Malformed],
        [Tokens.ApiKeyUnknown] =
        [
            Tokens.ApiKeyExpired, Tokens.SignatureMismatch, Tokens.SignatureExpired, Tokens.SignatureClockSkew, Network.RateExceeded, Network.IpNotAllowed, Network.IpBlocked, Network.IpBanned, Network.ReferrerBlocked,
            Network.CountryBlocked, Network.WafBlocked, Credentials.AccountDisabled, Permissions.SubscriptionRequired, Permissions.ScopeMissing, Permissions.PermissionDenied, Credentials.Malformed, Credentials.WrongScheme,
        ],
        [Tokens.Rejected] =
        [
            Tokens.Malformed, Tokens.Expired, Tokens.NotYetValid, Tokens.BadSignature, Tokens.UnknownKey, Tokens.AlgorithmRefused, Tokens.WrongIssuer, Tokens.WrongAudience, Tokens.WrongType, Tokens.Revoked,
            Tokens.WrongSender, Tokens.AuthenticationTooWeak, Tokens.AuthenticationTooOld, Credentials.Malformed, Credentials.WrongScheme, Credentials.Dropped, Credentials.AccountDisabled, Credentials.AccountLocked,
            Permissions.ScopeMissing, Permissions.RoleMissing, Permissions.GroupMissing, Permissions.ClaimMissing, Permissions.UserNotListed, Permissions.SubscriptionRequired, Permissions.PermissionDenied,
            Network.IpBlocked, Network.IpBanned, Network.IpNotAllowed, Network.CountryBlocked, Network.CorsPreflightRefused, Network.RateExceeded, Sessions.Revoked, Sessions.Expired,
        ],
        [Permissions.PermissionDenied] =
        [
            Permissions.UserNotListed, Permissions.RoleMissing, Permissions.GroupMissing, Permissions.ScopeMissing, Permissions.ClaimMissing, Permissions.SubscriptionRequired, Permissions.CsrfRejected,
            Network.IpBlocked, Network.IpNotAllowed, Network.WafBlocked, Network.IpBanned, Network.CountryBlocked, Network.RateExceeded, Network.BotChallenged, Network.UserAgentBlocked, Network.ReferrerBlocked,
            Network.OriginRefused, Network.MethodDenied, Network.HttpsRequired, Network.HostUnknown, Network.HeaderRequired, Network.TimeOutsideWindow, Credentials.AccountDisabled, Credentials.AccountLocked,
            Credentials.CertificateExpired, Credentials.CertificateUntrusted, Tokens.Expired, Tokens.WrongAudience, Tokens.WrongIssuer, Tokens.WrongType, Tokens.Revoked, Tokens.AuthenticationTooWeak, Tokens.AuthenticationTooOld,
            Tokens.SignatureExpired, Tokens.SignatureClockSkew, Tokens.ApiKeyExpired, Sessions.Expired, Sessions.Revoked,
        ],
        [FileCauses.FileNotReadable] = [FileCauses.FileAclDenied, FileCauses.FileLabelDenied],
        [FileCauses.DirectoryNotSearchable] = [FileCauses.FileLabelDenied],
        // A firewall that says which of its rules it was.
        [Network.WafBlocked] = [Network.CountryBlocked, Network.IpBlocked, Network.IpBanned, Network.RateExceeded, Network.UserAgentBlocked, Network.ReferrerBlocked],
        [Configuration.UpstreamRefused] = [],
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet());

    /// <summary>In the order in which a request meets them: what refuses earlier hides what would refuse later, so it is mended first.</summary>
    private static readonly Cause[][] Stages =
    [
        [Credentials.CertificateMissing, Credentials.CertificateUntrusted, Credentials.CertificateExpired, Credentials.CertificateRevoked, Network.HttpsRequired, Network.HostUnknown],
        [Configuration.ConfigSyntaxError, Configuration.HtaccessSyntaxError, Configuration.HtaccessNotPermitted, Configuration.HtaccessUnreadable],
        [Network.IpBlocked, Network.IpBanned, Network.CountryBlocked, Network.IpNotAllowed, Network.RateExceeded, Network.WafBlocked, Network.BotChallenged, Network.UserAgentBlocked],
        [Network.CorsPreflightRefused],
        [FileCauses.DirectoryNotSearchable, FileCauses.FileLabelDenied],
        [Configuration.UpstreamAuthFailed, Credentials.PasswordFileMissing, Credentials.PasswordFileUnreadable, Credentials.PasswordFileBadHash],
    ];

    /// <summary>True beside a refusal without being its reason: told after the reasons.</summary>
    private static readonly FrozenSet<Cause> Beside =
    [
        Status.UnauthorizedWithoutChallenge, Status.UnauthorizedShouldBeForbidden, Status.ForbiddenShouldBeUnauthorized, Status.RedirectForApi, Status.LoginPageWith200, Status.ServerErrorForDenial, Status.HiddenAsNotFound,
        Configuration.ConfigNotInForce, Configuration.ConfigRuleUnreachable, Configuration.ConfigOpenByMistake, Configuration.HtaccessIgnored, FileCauses.FileWritableByAll, Status.Unknown,
    ];

    /// <summary>Orders the findings.</summary>
    public static IReadOnlyList<Finding> Order(IEnumerable<Finding> findings, Observations seen)
    {
        var standing = findings.Select(finding => Contradictions.Weighed(finding, seen)).OfType<Finding>().ToList();
        var merged = standing.GroupBy(finding => finding.Cause).Select(Merged).ToList();
        foreach (var general in merged.ToList())
        {
            if (general.NamedByServer || !Exact.TryGetValue(general.Cause, out var exact)) continue;
            var better = merged.Where(finding => exact.Contains(finding.Cause) && finding.Confidence >= Math.Min(Inferred, general.Confidence)).MaxBy(finding => finding.Confidence);
            if (better is null) continue;
            merged.Remove(general);
            merged[merged.IndexOf(better)] = Joined(better, general);
        }

        // A guess tells nothing where a reason is proved.
        if (merged.Any(finding => finding.Confidence >= Proved && !Beside.Contains(finding.Cause))) merged.RemoveAll(finding => finding.Confidence < Guess && !Beside.Contains(finding.Cause));
        return [.. merged.OrderBy(Tier).ThenBy(finding => Beside.Contains(finding.Cause)).ThenBy(Stage).ThenByDescending(finding => finding.Confidence)];
    }

    private static int Tier(Finding finding) => finding.Confidence switch { >= Proved => 0, >= Inferred => 1, _ => 2 };

    private static int Stage(Finding finding)
    {
        var stage = Array.FindIndex(Stages, causes => causes.Contains(finding.Cause));
        return stage < 0 ? Stages.Length : stage;
    }

    /// <summary>Several who found one cause: the most certain speaks, the others add what they saw.</summary>
    private static Finding Merged(IEnumerable<Finding> same)
    {
        var ordered = same.OrderByDescending(finding => finding.Confidence).ToList();
        return ordered.Skip(1).Aggregate(ordered[0], Joined);
    }

    private static Finding Joined(Finding leading, Finding adding) => leading with
    {
        Confidence = Agree(leading, adding) ? 1.0 : leading.Confidence,
        Evidence = [.. leading.Evidence.Concat(adding.Evidence).Distinct().Take(MaxEvidence)],
        Remedies = [.. leading.Remedies.Concat(adding.Remedies.Where(remedy => adding.Cause == leading.Cause && leading.Remedies.All(known => known.Id != remedy.Id)))],
    };

    /// <summary>Evaluated on this side and told by the server itself on the other: then it is proved.</summary>
    private static bool Agree(Finding one, Finding other) =>
        (Evaluates(one) && Logged(other)) || (Evaluates(other) && Logged(one));

    private static bool Evaluates(Finding finding) => finding.Confidence >= Inferred && finding.Evidence.Any(evidence => evidence.Kind is EvidenceKind.ConfigLine or EvidenceKind.RuleLine or EvidenceKind.FileMode or EvidenceKind.FileLink);

    private static bool Logged(Finding finding) => finding.Confidence >= Proved && finding.Evidence.Any(evidence => evidence.Kind == EvidenceKind.LogLine);
}
