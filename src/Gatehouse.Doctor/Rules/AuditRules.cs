using Gatehouse.Causes;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What a whole tree shows to the server's user: one finding a fault, with its first places.</summary>
public static class AuditRules
{
    /// <summary>What the kernel will answer is certain where the account is known.</summary>
    private const double Known = 0.95, Assumed = 0.75;

    /// <summary>Whether a configuration keeps the file from being served can't be told from the tree.</summary>
    private const double NotKnownToBeServed = 0.5;

    /// <summary>Places named in evidence.</summary>
    private const int Shown = 8;

    public static IReadOnlyList<Rule> All { get; } = [new("a tree with the eyes of the server's user", Tree)];

    private static IEnumerable<Finding> Tree(Observations seen)
    {
        if (seen.First<TreeAudited>() is not { } audit || seen.First<WorkerAccount>() is not { } worker) yield break;
        var certain = worker.Assumed ? Assumed : Known;
        foreach (var group in audit.Groups)
        {
            if (group.Examples.Count == 0) continue;
            var first = group.Examples[0];
            var name = worker.Account.Name;
            var (cause, confidence, what) = group.Fault switch
            {
                AuditFault.NotSearchable => (Causes.Files.DirectoryNotSearchable, certain, $"{name} cannot pass through {Number(group, "folder")} below {audit.Root}"),
                AuditFault.NotReadable => (Causes.Files.FileNotReadable, certain, $"{name} cannot read {Number(group, "file")} below {audit.Root}"),
                AuditFault.DeniedByAcl => (Causes.Files.FileAclDenied, certain, $"an ACL keeps {name} from {Number(group, "place")} below {audit.Root}"),
                AuditFault.RulesNotReadable => (Configuration.HtaccessUnreadable, certain - 0.1, $"{name} cannot read {Number(group, ".htaccess file")} below {audit.Root}: Apache httpd refuses their folders"),
                AuditFault.WritableByAll => (Causes.Files.FileWritableByAll, Known, $"everybody may write {Number(group, "place")} below {audit.Root}"),
                AuditFault.Exposed => (Configuration.ConfigOpenByMistake, NotKnownToBeServed, $"{name} can read {Number(group, "place")} below {audit.Root} that should not be served; whether the server's configuration refuses them is not known"),
                AuditFault.BrokenLink => (Causes.Files.SymlinkRefused, 0.6, $"{Number(group, "link")} below {audit.Root} {(group.Count == 1 ? "leads" : "lead")} nowhere"),
            };
            yield return new Finding
            {
                Cause = cause,
                Confidence = confidence,
                Summary = $"{what}; first {first.Path} ({first.ModeDigits}, {first.Owner}:{first.Group})",
                Evidence = [.. group.Examples.Take(Shown).Select(element => new Evidence(element.Kind == FileKind.Link ? EvidenceKind.FileLink : EvidenceKind.FileMode, element.Path, element.Line))],
                Remedies = Remedies(group, worker),
            };
        }
    }

    private static IReadOnlyList<Remedy> Remedies(AuditGroup group, WorkerAccount worker)
    {
        var first = group.Examples[0];
        return group.Fault switch
        {
            AuditFault.NotSearchable => [FileRules.ModeRemedy(first, worker.Account, Need.Search)],
            AuditFault.NotReadable or AuditFault.RulesNotReadable => [FileRules.ModeRemedy(first, worker.Account, Need.Read)],
            AuditFault.DeniedByAcl => [FileRules.AclRemedy(first, worker.Account, first.Kind == FileKind.Directory ? Need.Search : Need.Read)],
            AuditFault.WritableByAll =>
            [
                new Remedy
                {
                    Id = "chmod-remove-write",
                    Who = Audience.Owner,
                    What = $"take the right to write {first.Path} from others",
                    Command = $"chmod o-w {FileRules.ShellWord(first.Path)}",
                    Edits = [new Edit(EditKind.Mode, first.Path, first.ModeDigits, Convert.ToString(first.Mode & ~2, 8).PadLeft(4, '0'), EditSafety.Ask)],
                },
            ],
            AuditFault.Exposed => [new Remedy { Id = "move-out-of-site", Who = Audience.Owner, What = $"move {first.Path} out of the site, or refuse its name in the server's configuration" }],
            AuditFault.BrokenLink => [new Remedy { Id = "mend-link", Who = Audience.Owner, What = $"let {first.Path} lead to a file that exists, or remove it" }],
        };
    }

    private static string Number(AuditGroup group, string what) => group.Count == 1 ? $"one {what}" : $"{group.Count:N0} {what}s";
}
