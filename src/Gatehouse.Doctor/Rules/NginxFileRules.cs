using Gatehouse.Causes;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Findings;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Rules;

/// <summary>What nginx's own directives say about files and directories; modes and owners are the file rules' part.</summary>
internal static class NginxFileRules
{
    /// <summary>No index, a link that may not be followed, a directory that can't be listed.</summary>
    public static IEnumerable<Finding> Refused(NginxJudged judged, Verdict verdict, Decision refusal, Observations seen)
    {
        var path = StaticContent.Shown8(refusal.File ?? "");
        switch (refusal.By)
        {
            case DecidedBy.NoIndex:
                yield return NoIndex(judged, refusal, path);
                break;
            case DecidedBy.LinkRefused:
                yield return Link(refusal, path, seen);
                break;
            case DecidedBy.FileDenied:
                foreach (var finding in Listing(verdict, refusal, path, seen)) yield return finding;
                break;
        }
    }

    /// <summary>try_files went on because a file could not be looked at.</summary>
    public static IEnumerable<Finding> PassedOver(Verdict verdict, Observations seen)
    {
        var passed = verdict.Ground.Decisions.FirstOrDefault(decision => decision is { Status: 0, By: DecidedBy.FileDenied, Node: not null });
        if (passed is null) yield break;
        var path = StaticContent.Shown8(passed.File ?? "");
        var (element, worker) = Failing(seen);
        var directory = element is { Kind: FileKind.Directory };
        yield return new Finding
        {
            Cause = directory || element is null ? FileCauses.DirectoryNotSearchable : FileCauses.FileNotReadable,
            Confidence = 0.9,
            Summary = $"nginx may not look at {path}{(element is null ? "" : $" ({worker} is stopped at {element.Path}, mode {element.ModeDigits})")}; try_files passes it over as if it did not exist, so that {verdict.Status} comes",
            Evidence = [NginxRules.At(passed.Node!, $"{path}: permission denied"), .. element is null ? Array.Empty<Evidence>() : [new Evidence(EvidenceKind.ConfigLine, element.Path, element.Line)]],
        };
    }

    /// <summary>The last word of try_files answered.</summary>
    public static IEnumerable<Finding> TriedAll(Verdict verdict, Decision refusal, Observations seen)
    {
        var passedOver = false;
        foreach (var finding in PassedOver(verdict, seen))
        {
            passedOver = true;
            yield return finding;
        }

        if (passedOver) yield break;
        var node = refusal.Node!;
        var where = refusal.Scope.Location is { } location ? StaticContent.Shown8(location.Name) : "the whole server";
        if (refusal.Status is 401 or 403)
        {
            yield return new Finding
            {
                Cause = FileCauses.ResourceDenied,
                Confidence = 1,
                Summary = $"`{node.Line}` refuses what is asked for below {where}: {(refusal.File is null ? "none of the files that it looks for exists" : $"it does not look for {StaticContent.Shown8(refusal.File)}, which is there")}",
                Evidence = [NginxRules.At(node, refusal.Says)],
                Remedies = [new Remedy { Id = "name-file", Who = Audience.Owner, What = $"name the file in the try_files at {node.At} ($uri stands for the one that is asked for), or let it end in =404 where nothing is refused and only missing" }],
            };
        }
        else if (refusal is { Status: 404 or 410, File: { } there })
        {
            yield return new Finding
            {
                Cause = Status.HiddenAsNotFound,
                Confidence = 0.9,
                Summary = $"{StaticContent.Shown8(there)} is there, and `{node.Line}` does not look for it: {refusal.Status} comes for everything below {where}",
                Evidence = [NginxRules.At(node, refusal.Says)],
            };
        }
    }

    /// <summary>A location for redirections inside alone was asked for.</summary>
    public static IEnumerable<Finding> Internal(Decision refusal)
    {
        yield return new Finding
        {
            Cause = FileCauses.ResourceDenied,
            Confidence = 0.9,
            Summary = $"{StaticContent.Shown8(refusal.Scope.Name)} is `internal`: nginx answers 404 to whoever asks for it from outside",
            Evidence = [NginxRules.At(refusal.Node!, refusal.Says)],
        };
    }

    private static Finding NoIndex(NginxJudged judged, Decision refusal, string path)
    {
        var scope = refusal.Scope;
        var index = scope.One("index");
        var autoindex = scope.One("autoindex");
        var names = StaticContent.IndexNames(scope);
        var evidence = new List<Evidence> { new(EvidenceKind.FileMode, path, $"none of {string.Join(", ", names)}{(judged.OtherIndexes.Count > 0 ? "; there is " + string.Join(", ", judged.OtherIndexes) : "")}") };
        if (index is not null) evidence.Add(NginxRules.At(index));
        if (autoindex is not null) evidence.Add(NginxRules.At(autoindex));
        var remedies = new List<Remedy>();
        if (scope.One("alias") is { } alias && scope.Name.EndsWith('/') && !alias[0].EndsWith('/'))
        {
            return new Finding
            {
                Cause = FileCauses.DirectoryNoIndex,
                Confidence = 1,
                Summary = $"`{alias.Line}` lacks the closing slash that its location has, so that nginx looks for {path}{names[0]} instead of {path}/{names[0]}",
                Evidence = [NginxRules.At(alias), .. evidence],
                Remedies = [new Remedy { Id = "close-alias", Who = Audience.Owner, What = "end the alias in a slash, as its location does", Edits = NginxEdits.Replaced(alias, 1, alias[0] + "/") }],
            };
        }

        if (judged.OtherIndexes.Count > 0)
        {
            remedies.Add(new Remedy
            {
                Id = "name-index",
                Who = Audience.Owner,
                What = $"name {judged.OtherIndexes[0]} in the index directive",
                Edits = index is null ? [] : NginxEdits.Appended(index, judged.OtherIndexes[0]),
            });
        }

        remedies.Add(new Remedy { Id = "add-index", Who = Audience.Owner, What = $"put an index file ({names[0]}) into {path}, or set `autoindex on;` in its location, where a listing is meant" });
        return new Finding { Cause = FileCauses.DirectoryNoIndex, Confidence = 1, Summary = $"{path} has no index file ({string.Join(", ", names.Take(4))}), and autoindex is off", Evidence = evidence, Remedies = remedies };
    }

    private static Finding Link(Decision refusal, string path, Observations seen)
    {
        var node = refusal.Node;
        var links = seen.Of<PathWalk>().SelectMany(walk => walk.Elements).Where(element => element.Kind == FileKind.Link).ToList();
        var sameOwner = links.Count > 0 && seen.Of<PathWalk>().All(walk => walk.Target is not { } target || links.All(link => link.Uid == target.Uid));
        return new Finding
        {
            Cause = FileCauses.SymlinkRefused,
            Confidence = node is null ? 0.8 : 1,
            Summary = node is null ? $"the links at {path} lead in a circle" : $"a symbolic link on the way to {path} may not be followed: `{node.Line}`",
            Evidence = [.. node is null ? Array.Empty<Evidence>() : [NginxRules.At(node, "refuses it")], .. links.Select(link => new Evidence(EvidenceKind.FileLink, link.Path, "-> " + link.LinkTarget)), new(EvidenceKind.FileLink, path, "what was asked for")],
            Remedies = node is null ? [] :
            [
                new Remedy
                {
                    Id = "follow-own-links",
                    Who = Audience.Owner,
                    What = node[0] == "on" ? "let nginx follow links whose owner is their target's (`disable_symlinks if_not_owner`), or put the file itself in place of the link" : "give link and target one owner, or put the file itself in place of the link (disable_symlinks looks at the owners)",
                    Edits = node[0] == "on" && sameOwner ? NginxEdits.Replaced(node, 1, "if_not_owner") : [],
                },
            ],
        };
    }

    /// <summary>autoindex is on, and the directory lacks the read bit: the file rules ask for passage alone.</summary>
    private static IEnumerable<Finding> Listing(Verdict verdict, Decision refusal, string path, Observations seen)
    {
        if (!path.EndsWith('/') || !refusal.Scope.IsOn("autoindex")) yield break;
        var (element, worker) = Failing(seen);
        var last = seen.Of<PathWalk>().FirstOrDefault()?.Target;
        if (element is not null || last is not { Kind: FileKind.Directory } || seen.First<WorkerAccount>() is not { } account || Permission.Judge(last, account.Account, Need.Read).Granted) yield break;
        var shift = last.Uid == account.Account.Uid ? 6 : account.Account.Groups.Contains(last.Gid) ? 3 : 0;
        var after = Convert.ToString(last.Mode | (4 << shift), 8).PadLeft(4, '0');
        var who = shift switch { 6 => 'u', 3 => 'g', _ => 'o' };
        yield return new Finding
        {
            Cause = FileCauses.FileNotReadable,
            Confidence = 1,
            Summary = $"{account.Account.Name} cannot list {last.Path} (mode {last.ModeDigits}, owner {last.Owner}:{last.Group}), though autoindex is on and no index file is there",
            Evidence = [new(EvidenceKind.FileMode, last.Path, last.Line), NginxRules.At(refusal.Scope.One("autoindex")!)],
            Remedies = [new Remedy { Id = "chmod-add-read", Who = Audience.Owner, What = $"let the server list {last.Path}", Command = $"chmod {who}+r {FileRules.ShellWord(last.Path)}", Edits = [new Edit(EditKind.Mode, last.Path, last.ModeDigits, after, EditSafety.Safe)] }],
        };
        _ = (verdict, worker);
    }

    /// <summary>The first element that stops the server's account, as the walk saw it.</summary>
    private static (PathElement? Element, string? Worker) Failing(Observations seen)
    {
        if (seen.First<WorkerAccount>() is not { } worker || seen.Of<PathWalk>().FirstOrDefault() is not { } walk) return (null, null);
        foreach (var element in walk.Elements)
        {
            var last = ReferenceEquals(element, walk.Target);
            if (element.Kind == FileKind.Link || (element.Kind != FileKind.Directory && !last)) continue;
            if (element.Kind == FileKind.Directory && last) continue;
            if (!Permission.Judge(element, worker.Account, element.Kind == FileKind.Directory ? Need.Search : Need.Read).Granted) return (element, worker.Account.Name);
        }

        return (null, worker.Account.Name);
    }
}
