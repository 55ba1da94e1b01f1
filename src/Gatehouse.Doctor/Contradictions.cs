using System.Collections.Frozen;
using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor;

/// <summary>What one kind of evidence says against a finding of another kind: a file that can't be read is no cause where the file was served.</summary>
public static class Contradictions
{
    /// <summary>Causes that lie in the files: a server that meets one answers 403 (Apache httpd 403 or 500 for rules files, nginx 403 or 500).</summary>
    private static readonly FrozenSet<Cause> OfFiles =
        [FileCauses.FileNotReadable, FileCauses.DirectoryNotSearchable, FileCauses.DirectoryNoIndex, FileCauses.SymlinkRefused, FileCauses.FileAclDenied, FileCauses.FileLabelDenied, Configuration.HtaccessUnreadable];

    /// <summary>Causes that say: who asks was not accepted.</summary>
    private static readonly FrozenSet<Cause> OfSignIn = [Credentials.Missing, Credentials.PasswordRejected, Credentials.PasswordWrong, Credentials.PasswordUnknownUser, Tokens.Rejected, Sessions.Missing];

    /// <summary>Causes that are judged only of somebody who was accepted.</summary>
    private static readonly FrozenSet<Cause> OfPermission = [Permissions.UserNotListed, Permissions.RoleMissing, Permissions.GroupMissing, Permissions.ScopeMissing, Permissions.ClaimMissing];

    /// <summary>The finding as it stands after all that was seen; null: contradicted.</summary>
    public static Finding? Weighed(Finding finding, Observations seen)
    {
        var logged = finding.Evidence.Any(evidence => evidence.Kind == EvidenceKind.LogLine);
        var status = seen.Final()?.Status;
        // httpd's own rules were evaluated to the status that came, and it never came to look for an index file.
        if (finding.Cause == FileCauses.DirectoryNoIndex && seen.First<Apache.ApacheJudged>() is { Assumed: false, Evaluation.Answer: { Status: not null } decided } && decided.Status == status
            && decided.Reason is not (Gatehouse.Apache.Evaluation.AnswerReason.NoIndex or Gatehouse.Apache.Evaluation.AnswerReason.HandedOn))
        {
            return null;
        }

        if (OfFiles.Contains(finding.Cause) && !logged && finding.Evidence.Any(evidence => evidence.Kind is EvidenceKind.FileMode or EvidenceKind.FileLink))
        {
            return status switch
            {
                null or 403 => finding,
                >= 200 and < 400 => null, // it was served: whoever serves it is not stopped by these files
                // An earlier check refused, or hides it: true perhaps, and not what is seen now.
                401 => finding with { Confidence = Math.Min(finding.Confidence, 0.55) },
                >= 500 => finding with { Confidence = Math.Min(finding.Confidence, 0.8) },
                _ => finding with { Confidence = Math.Min(finding.Confidence, 0.45) },
            };
        }

        // httpd tells a directory that can't be passed in the words of an unreadable .htaccess: the walk tells them apart.
        if (finding.Cause == Configuration.HtaccessUnreadable && finding.Evidence.All(evidence => evidence.Kind != EvidenceKind.FileMode)
            && Rules.FileRules.All.SelectMany(rule => rule.Judge(seen)).Any(other => other.Cause == FileCauses.DirectoryNotSearchable)) return finding with { Confidence = Math.Min(finding.Confidence, 0.45) };

        // A name and password went out as Basic first, as clients do that don't know the scheme yet; the challenge was answered afterwards.
        if (finding.Cause == Credentials.WrongScheme && seen.Tried(Variation.AnsweredChallenge) is not null) return null;

        // The server's own log speaks of a permission that lacks: then it has accepted who asked, whatever the 401 looks like.
        if (OfSignIn.Contains(finding.Cause) && !logged && seen.Of<Logs.LoggedRefusal>().Any(refusal => refusal.Messages.Any(hit => hit.Match is { } match && OfPermission.Contains(match.Row.Cause)))) return null;

        // A rule that would refuse, and a server that serves: the configuration is not the one in force (its own finding says so).
        if (status is >= 200 and < 300 && finding.Cause.Status is not null && !logged && seen.First<Nginx.NginxJudged>() is not { Verdict: { Refusal: not null, Flow.ErrorPageBy: not null, Status: >= 200 and < 300 } } && seen.First<Asked>() is not { OtherClient: true }
            && finding.Evidence.Count > 0 && finding.Evidence.All(evidence => evidence.Kind is EvidenceKind.ConfigLine or EvidenceKind.RuleLine or EvidenceKind.Address or EvidenceKind.Request))
        {
            return null;
        }

        return finding;
    }
}
