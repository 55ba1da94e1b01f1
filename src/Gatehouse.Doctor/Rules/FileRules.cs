using System.Globalization;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What the files' owners, modes, ACLs and links say: the family <c>file.*</c>, <c>directory.*</c> and <c>symlink.refused</c>.</summary>
public static class FileRules
{
    /// <summary>The server's account is known: what the kernel will answer is certain, that it is this refusal's cause nearly so.</summary>
    internal const double Evaluated = 0.95;

    /// <summary>The server's account was taken by custom.</summary>
    internal const double Assumed = 0.75;

    /// <summary>In the order in which the kernel meets them.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("a component of the path can't be passed or read", Unpassable),
        new("a mount lets one user in alone", MountRules.ForOneUser),
        new("SELinux refuses what the modes grant", MountRules.Labelled),
        new("a rules file on the way can't be read", UnreadableRules),
        new("a directory without an index file", NoIndex),
        new("a link that leads nowhere", BrokenLink),
    ];

    private static IEnumerable<Finding> Unpassable(Observations seen)
    {
        if (seen.First<WorkerAccount>() is not { } worker) yield break;
        foreach (var walk in seen.Of<PathWalk>())
        {
            Finding? first = null;
            foreach (var element in walk.Elements)
            {
                var last = ReferenceEquals(element, walk.Target);
                var need = element.Kind == FileKind.Directory ? Need.Search : Need.Read;
                if (element.Kind == FileKind.Link || (need == Need.Read && !last)) continue;
                var permission = Permission.Judge(element, worker.Account, need);
                if (permission.Granted) continue;
                var denied = OnMount(seen, Denied(walk, element, worker, need, permission), element, worker.Account);
                first = first is null ? denied : WithNext(first, denied);
                // Behind what no edit mends the rest would be opened for nothing.
                if (denied.Remedies is not [{ Edits.Count: > 0 }, ..]) break;
            }

            if (first is null) continue;
            yield return first;
            yield break;
        }
    }

    /// <summary>Where the mount makes the modes, or nothing can be written, no chmod helps: the advice is another, and no edit is offered.</summary>
    private static Finding OnMount(Observations seen, Finding denied, PathElement element, ServerAccount account)
    {
        if (seen.First<Mounts>()?.Of(element.Path) is not { } mount || (!mount.MakesModes && !mount.IsReadOnly)) return denied;
        return denied with
        {
            Evidence = [.. denied.Evidence, new(EvidenceKind.FileMode, mount.Point, mount.Line)],
            Remedies =
            [
                new Remedy
                {
                    Id = mount.MakesModes ? "mount-options" : "remount-writable",
                    Who = Audience.Owner,
                    What = mount.MakesModes
                        ? $"mount {mount.Point} so that {account.Name} may read it: {mount.Kind} keeps no modes, they come from the options (`gid={account.Gid.ToString(CultureInfo.InvariantCulture)},dmask=0027,fmask=0137` in /etc/fstab), and chmod changes nothing there"
                        : $"{mount.Point} is mounted read-only: change the modes where it is made, or remount it writable first",
                },
            ],
        };
    }

    /// <summary>What the server meets next, once the first is mended: one remedy mends the whole way, or the file stays refused.</summary>
    private static Finding WithNext(Finding first, Finding next)
    {
        var evidence = next.Evidence[0];
        if (first.Remedies is not [{ Edits: { Count: > 0 } edits } remedy, ..] || next.Remedies is not [{ Edits: { Count: > 0 } more } other, ..]) return first with { Evidence = [.. first.Evidence, evidence] };
        return first with
        {
            Evidence = [.. first.Evidence, evidence with { What = evidence.What + " (refuses next)" }],
            Remedies = [remedy with { What = $"{remedy.What}; then {other.What}", Command = remedy.Command is null || other.Command is null ? remedy.Command : $"{remedy.Command} && {other.Command}", Edits = [.. edits, .. more] }, .. first.Remedies.Skip(1)],
        };
    }

    private static Finding Denied(PathWalk walk, PathElement element, WorkerAccount worker, Need need, Permission permission)
    {
        var byAcl = permission.By is PermissionClass.Mask or PermissionClass.NamedUser or PermissionClass.NamedGroup
            || (element.Acl is not null && (WouldPassByMode(element, worker.Account, need) || EntryGrants(element.Acl, worker.Account, need)));
        var cause = byAcl ? Causes.Files.FileAclDenied : need == Need.Search ? Causes.Files.DirectoryNotSearchable : Causes.Files.FileNotReadable;
        var verb = need == Need.Search ? "pass through" : "read";
        var why = byAcl && (permission.By == PermissionClass.Mask || EntryGrants(element.Acl!, worker.Account, need))
            ? $"the ACL grants it and its mask takes it away; mode {element.ModeDigits}, owner {element.Owner}:{element.Group}"
            : byAcl ? $"its ACL says no; mode {element.ModeDigits}, owner {element.Owner}:{element.Group}"
            : $"mode {element.ModeDigits}, owner {element.Owner}:{element.Group}";
        var evidence = new List<Evidence> { new(EvidenceKind.FileMode, element.Path, element.Line + (element.Acl is { } acl ? "; ACL " + AclLine(acl) : "")) };
        evidence.Add(new(EvidenceKind.FileMode, "account of the server", AccountLine(worker)));
        evidence.AddRange(walk.Elements.Where(other => other.Kind == FileKind.Link).Select(link => new Evidence(EvidenceKind.FileLink, link.Path, "-> " + link.LinkTarget)));
        return new Finding
        {
            Cause = cause,
            Confidence = worker.Assumed ? Assumed : Evaluated,
            Summary = $"{worker.Account.Name} cannot {verb} {element.Path} ({why})",
            Evidence = evidence,
            Remedies = [element.Acl is not null ? AclRemedy(element, worker.Account, need) : ModeRemedy(element, worker.Account, need)],
        };
    }

    /// <summary>Whether the mode alone, read as somebody who does not know of ACLs reads it, seems to grant it.</summary>
    private static bool WouldPassByMode(PathElement element, ServerAccount account, Need need) =>
        Permission.Judge(element with { Acl = null }, account, need).Granted || (element.Mode & (int)need) != 0;

    /// <summary>Whether an entry that names the account, or one of its groups, grants it before the mask is asked.</summary>
    private static bool EntryGrants(PosixAcl acl, ServerAccount account, Need need) => acl.Entries.Any(entry =>
        (entry.Permissions & (int)need) != 0
        && ((entry.Tag == AclTag.User && entry.Id == account.Uid) || (entry.Tag == AclTag.Group && account.Groups.Contains(entry.Id))));

    /// <summary>The least change: the one missing bit of the class that decides, the group's before the others'.</summary>
    internal static Remedy ModeRemedy(PathElement element, ServerAccount account, Need need)
    {
        var (who, shift) = element.Uid == account.Uid ? ('u', 6) : account.Groups.Contains(element.Gid) ? ('g', 3) : ('o', 0);
        var letter = need == Need.Search ? 'x' : 'r';
        var after = element.Mode | ((int)need << shift);
        var secret = need == Need.Read && SensitiveNames.IsSecret(element.Path);
        var command = $"chmod {who}+{letter} {ShellWord(element.Path)}";
        if (secret)
        {
            return new Remedy
            {
                Id = "keep-secret-unreadable",
                Who = Audience.Owner,
                What = $"leave {element.Path} unreadable: it looks like a secret, which a web server should not serve at all; move it out of the site",
                Command = null,
            };
        }

        return new Remedy
        {
            Id = need == Need.Search ? "chmod-add-search" : "chmod-add-read",
            Who = Audience.Owner,
            What = need == Need.Search ? $"let {Class(who, element)} pass through {element.Path}" : $"let {Class(who, element)} read {element.Path}",
            Command = command,
            Edits = [new Edit(EditKind.Mode, element.Path, element.ModeDigits, Convert.ToString(after, 8).PadLeft(4, '0'), Safe(element) ? EditSafety.Safe : EditSafety.Ask)],
        };
    }

    internal static Remedy AclRemedy(PathElement element, ServerAccount account, Need need)
    {
        var letter = need == Need.Search ? 'x' : 'r';
        var entries = element.Acl!.Entries.ToList();
        var bit = (int)need;
        var named = entries.FindIndex(entry => entry.Tag == AclTag.User && entry.Id == account.Uid);
        if (named >= 0) entries[named] = entries[named] with { Permissions = entries[named].Permissions | bit };
        else
        {
            var place = entries.FindIndex(entry => entry.Tag is not (AclTag.Owner or AclTag.User));
            entries.Insert(place < 0 ? entries.Count : place, new AclEntry(AclTag.User, bit, account.Uid));
        }

        var mask = entries.FindIndex(entry => entry.Tag == AclTag.Mask);
        // A mask that is widened would hand the bit to every entry that it held back: those are written down to what they have now, so that nobody else gains.
        var kept = new List<string>();
        if (mask >= 0)
        {
            if ((entries[mask].Permissions & bit) == 0)
            {
                for (var i = 0; i < entries.Count; i++)
                {
                    if (entries[i].Tag is not (AclTag.User or AclTag.Group or AclTag.OwningGroup) || (entries[i].Permissions & bit) == 0 || (entries[i].Tag == AclTag.User && entries[i].Id == account.Uid)) continue;
                    entries[i] = entries[i] with { Permissions = entries[i].Permissions & ~bit };
                    kept.Add($"{(entries[i].Tag == AclTag.User ? "u" : "g")}:{(entries[i].Tag == AclTag.OwningGroup ? "" : entries[i].Id.ToString(CultureInfo.InvariantCulture))}:{PosixAcl.Letters(entries[i].Permissions)}");
                }
            }

            entries[mask] = entries[mask] with { Permissions = entries[mask].Permissions | bit };
        }
        else entries.Insert(entries.FindIndex(entry => entry.Tag == AclTag.Other) is var other && other >= 0 ? other : entries.Count, new AclEntry(AclTag.Mask, bit | (element.Mode >> 3 & 7), 0));
        return new Remedy
        {
            Id = "setfacl-grant",
            Who = Audience.Owner,
            What = $"grant {account.Name} {(need == Need.Search ? "passage through" : "reading of")} {element.Path} in its ACL, the mask included",
            Command = $"setfacl -m {string.Concat(kept.Select(entry => entry + ","))}u:{account.Name}:{letter},m::{PosixAcl.Letters(entries.First(entry => entry.Tag == AclTag.Mask).Permissions).Replace("-", "", StringComparison.Ordinal)} {ShellWord(element.Path)}",
            Edits = need == Need.Read && SensitiveNames.IsSecret(element.Path)
                ? []
                : [new Edit(EditKind.Acl, element.Path, Numeric(element.Acl.Entries), Numeric(entries), EditSafety.Safe)],
        };
    }

    private static IEnumerable<Finding> UnreadableRules(Observations seen)
    {
        if (seen.First<WorkerAccount>() is not { } worker || seen.First<RulesFilesNotUsed>() is not null) yield break;
        foreach (var rules in seen.Of<RulesFile>())
        {
            var permission = Permission.Judge(rules.Element, worker.Account, Need.Read);
            if (permission.Granted) continue;
            yield return new Finding
            {
                Cause = Causes.Configuration.HtaccessUnreadable,
                // Only Apache httpd and LiteSpeed look at the file at all, and only where AllowOverride lets them.
                Confidence = worker.Assumed ? 0.7 : 0.85,
                Summary = $"{worker.Account.Name} cannot read {rules.Element.Path} (mode {rules.Element.ModeDigits}, owner {rules.Element.Owner}:{rules.Element.Group}), so Apache httpd refuses everything below its folder",
                Evidence = [new(EvidenceKind.FileMode, rules.Element.Path, rules.Element.Line), new(EvidenceKind.FileMode, "account of the server", AccountLine(worker))],
                Remedies = [ModeRemedy(rules.Element, worker.Account, Need.Read)],
            };
        }
    }

    private static IEnumerable<Finding> NoIndex(Observations seen)
    {
        if (seen.First<IndexLooked>() is not { Found: null } index) yield break;
        yield return new Finding
        {
            Cause = Causes.Files.DirectoryNoIndex,
            Confidence = 0.8,
            Summary = $"{index.Directory} has no index file ({string.Join(", ", index.Names.Take(4))})",
            Evidence = [new(EvidenceKind.FileMode, index.Directory, $"none of {string.Join(", ", index.Names)}")],
            Remedies = [new Remedy { Id = "add-index", Who = Audience.Owner, What = $"put an index file into {index.Directory}, or switch listings on where that is meant", Command = null }],
        };
    }

    private static IEnumerable<Finding> BrokenLink(Observations seen)
    {
        foreach (var walk in seen.Of<PathWalk>())
        {
            var link = walk.Elements.LastOrDefault(element => element.Kind == FileKind.Link);
            if (walk.End is not (WalkEnd.Missing or WalkEnd.TooManyLinks) || link is null) continue;
            // A link that was passed safely before a plain name is missing is not what fails.
            if (walk.End == WalkEnd.Missing && !ReferenceEquals(walk.Elements[^1], link) && !LeadsTo(link, walk.At!)) continue;
            yield return new Finding
            {
                Cause = Causes.Files.SymlinkRefused,
                Confidence = 0.7,
                Summary = walk.End == WalkEnd.Missing ? $"the link {link.Path} leads to {link.LinkTarget}, which does not exist" : $"the links at {link.Path} lead in a circle",
                Evidence = [new(EvidenceKind.FileLink, link.Path, "-> " + link.LinkTarget)],
                Remedies = [new Remedy { Id = "mend-link", Who = Audience.Owner, What = $"let {link.Path} lead to a file that exists, or remove it" }],
            };
        }
    }

    private static bool LeadsTo(PathElement link, string missing) =>
        Path.GetFullPath(link.LinkTarget!, Path.GetDirectoryName(link.Path) ?? "/").StartsWith(missing, StringComparison.Ordinal);

    internal static string AccountLine(WorkerAccount worker) =>
        string.Create(CultureInfo.InvariantCulture, $"{worker.Account.Name}, uid {worker.Account.Uid}, groups {string.Join(' ', worker.Account.Groups.Order())} ({worker.Via})");

    private static string AclLine(PosixAcl acl) => Numeric(acl.Entries).Replace('\n', ' ');

    /// <summary>The text form of getfacl with numbers for names, which can be put back on any machine.</summary>
    private static string Numeric(IReadOnlyList<AclEntry> entries) => new PosixAcl(entries).Text(new Accounts("", ""));

    private static string Class(char who, PathElement element) => who switch { 'u' => $"its owner {element.Owner}", 'g' => $"its group {element.Group}", _ => "others" };

    /// <summary>No special bits, one name, no secret: what `fix` may do with --apply alone.</summary>
    private static bool Safe(PathElement element) =>
        (element.Mode & 0xE00) == 0 && (element.Kind == FileKind.Directory || element.Names == 1) && element.Kind is FileKind.File or FileKind.Directory;

    /// <summary>As one word of a POSIX shell.</summary>
    internal static string ShellWord(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '+' or ',' or '@' or '%' or '=' or ':') && text.Length > 0 && text[0] != '-'
            ? text
            : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
