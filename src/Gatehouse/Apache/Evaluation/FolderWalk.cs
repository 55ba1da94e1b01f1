using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>What a walk down to a file found.</summary>
/// <param name="Rules">The rules of all Directory sections and .htaccess files on the way, without those outside of sections.</param>
/// <param name="FileName">As far as it exists, with the first element that does not; a directory keeps the slash that was asked for.</param>
/// <param name="PathInfo">What follows.</param>
/// <param name="Facts">What lies there; null: nothing.</param>
/// <param name="Refused">The answer where the walk ends in a refusal.</param>
internal sealed record FolderWalk(DirectoryRules Rules, string FileName, string PathInfo, FileFacts? Facts, HttpdAnswer? Refused);

/// <summary>ap_directory_walk: from the root down, at each folder its Directory sections, then its .htaccess, then whether the next element may be entered.</summary>
internal sealed class FolderWalker(HttpdEvaluator evaluator, HttpdHost host, List<RulesFileMet> rulesFiles, List<TraceLine> trace)
{
    /// <summary>AccessFileName where none is written.</summary>
    private const string CustomaryName = ".htaccess";

    private DirectoryRules merged = DirectoryRules.Empty;
    private OptionState options = host.Defaults.Options.With(OptionState.Empty);
    private OverrideState overrides = host.Defaults.Override;
    private string? unknown;

    /// <summary>Walks to an absolute path.</summary>
    public FolderWalk To(string fileName)
    {
        options = OptionState.Default.With(host.Defaults.Options);
        var whole = fileName.Length > 1 ? fileName.TrimEnd('/') : fileName;
        if (whole.Length == 0) whole = "/";
        var exists = evaluator.Files.IsReachable(whole) ? evaluator.Files.Stat(whole) : null;
        if (exists is { } found && found.Kind != EntryKind.Directory && fileName.EndsWith('/')) exists = null;
        var (here, rest, depth, at) = ("/", fileName, 1, 0);
        FileFacts? facts = exists;
        while (true)
        {
            var folder = here.EndsWith('/') ? here : here + "/";
            if (Enter(folder, depth, ref at) is { } refused) return Done(here, rest, facts, refused);
            if (rest.Length == 0 || rest == "/") break;
            var next = rest.IndexOf('/', 1);
            var name = (next < 0 ? rest : rest[..next]).TrimStart('/');
            rest = next < 0 ? "" : rest[next..];
            here = folder + name;
            if (exists is not null && options.Has(OptionBits.FollowSymLinks) && !options.Has(OptionBits.SymLinksIfOwnerMatch))
            {
                // As httpd: what is known to exist is not looked at again, and the file itself is entered like a folder.
                depth++;
                continue;
            }

            if (!evaluator.Files.IsReachable(here))
                return Done(here, rest, null, new() { Reason = AnswerReason.NotSearchable, Status = 403, Path = here, Detail = "search permission is missing on a directory of the path" });
            var link = evaluator.Files.LinkStat(here);
            if (link is null)
            {
                facts = null;
                break;
            }

            var entry = link.Value;
            if (entry.Kind == EntryKind.Link)
            {
                if (Follow(here, entry) is { } stopped) return Done(here, rest, null, stopped);
                entry = evaluator.Files.Stat(here)!.Value;
            }

            facts = entry;
            if (entry.Kind == EntryKind.File) break;
            if (entry.Kind != EntryKind.Directory)
                return Done(here, rest, entry, new() { Reason = AnswerReason.NotAFile, Status = 403, Path = here, Detail = "it is neither a file nor a directory" });
            depth++;
        }

        // The slash at the end of a directory's path stays, as a sign that it was asked for as a directory.
        if (rest == "/" && facts?.Kind == EntryKind.Directory) (here, rest) = (here.EndsWith('/') ? here : here + "/", "");
        foreach (var section in host.Directories.Skip(at))
        {
            if (section.Expression is null) continue;
            switch (section.Expression.Match(here).Matched)
            {
                case Known.Yes: Merge(section.Rules, section.By); break;
                case Known.Unknown: unknown ??= $"whether {section.By.Text} ({section.By.At}) matches can't be told"; break;
                case Known.No: break;
            }
        }

        return Done(here, rest, facts, unknown is null ? null : new() { Reason = AnswerReason.Unknown, UnknownBecause = unknown });
    }

    private FolderWalk Done(string here, string rest, FileFacts? facts, HttpdAnswer? refused) => new(merged, here, rest, facts, refused is null ? null : refused with { Rules = host.Defaults.With(merged) });

    /// <summary>What was merged, in order: two requests with the same list have the same configuration.</summary>
    public List<DirectoryRules> Applied { get; } = [];

    private void Merge(DirectoryRules rules, Directive? by)
    {
        Applied.Add(rules);
        merged = merged.With(rules);
        options = options.With(rules.Options);
        overrides = overrides.With(rules.Override);
        if (by is not null) trace.Add(new(by, "applies to the folder"));
    }

    private HttpdAnswer? Enter(string folder, int depth, ref int at)
    {
        for (; at < host.Directories.Count; at++)
        {
            var section = host.Directories[at];
            if (section.Expression is not null || section.Depth > depth) break;
            if (section.Depth == depth && section.MatchesFolder(folder)) Merge(section.Rules, section.By);
        }

        return ReadRules(folder);
    }

    private HttpdAnswer? ReadRules(string folder)
    {
        var names = host.Settings.GetValueOrDefault("accessfilename")?.Arguments ?? [CustomaryName];
        foreach (var name in names)
        {
            var path = folder + name;
            if (evaluator.Files.Stat(path) is not { Kind: not EntryKind.Directory } facts)
            {
                if (overrides.Reads && evaluator.Files.Stat(folder.Length > 1 ? folder.TrimEnd('/') : folder) is { Kind: EntryKind.Directory } && !evaluator.Files.IsReachable(path))
                    return new() { Reason = AnswerReason.NotSearchable, Status = 403, Path = folder, By = overrides.By, Detail = $"{path} can't be looked for: search permission is missing" };
                continue;
            }

            if (!overrides.Reads)
            {
                rulesFiles.Add(new(path, Read: false, overrides, [], null));
                continue;
            }

            if (!facts.Readable || !evaluator.Files.IsReachable(path) || evaluator.Files.Read(path) is not { } text)
            {
                rulesFiles.Add(new(path, Read: true, overrides, [], null));
                return facts.Readable && evaluator.Files.IsReachable(path)
                    ? new() { Reason = AnswerReason.Unknown, UnknownBecause = $"{path} can't be read from here", Path = path }
                    : new() { Reason = AnswerReason.RulesFileUnreadable, Status = 403, Path = path, By = overrides.By };
            }

            var file = evaluator.RulesFiles.Compiled(path, folder, text, overrides, evaluator.Files);
            rulesFiles.Add(new(path, Read: true, overrides, file.Faults, file.Directives));
            PassedOver(folder, name);
            if (file.Faults.Count > 0)
            {
                var fault = file.Faults[0];
                return fault.Kind is ConfigFaultKind.NotKnown or ConfigFaultKind.NotRead
                    ? new() { Reason = AnswerReason.Unknown, UnknownBecause = $"{fault.Message} ({fault.At})", Path = path, Fault = fault }
                    : new() { Reason = AnswerReason.RulesFileFault, Status = 500, Path = path, Fault = fault, By = overrides.By, Detail = fault.Message };
            }

            Merge(file.Rules, null);
            return null; // the first name that exists counts
        }

        PassedOver(folder, null);
        return null;
    }

    /// <summary>Takes note of a .htaccess that lies there while AccessFileName makes another file count.</summary>
    private void PassedOver(string folder, string? counts)
    {
        if (host.Settings.GetValueOrDefault("accessfilename") is not { } naming || counts == CustomaryName || (counts is null && naming.Arguments.Contains(CustomaryName, StringComparer.Ordinal))) return;
        if (evaluator.Files.Stat(folder + CustomaryName) is { Kind: not EntryKind.Directory }) rulesFiles.Add(new(folder + CustomaryName, Read: false, overrides, [], null) { OtherNames = naming });
    }

    private HttpdAnswer? Follow(string path, FileFacts link)
    {
        HttpdAnswer Refused(string why) => new() { Reason = AnswerReason.LinkRefused, Status = 403, Path = path, By = options.By.Count > 0 ? options.By[^1] : null, Detail = why };
        if ((options.Bits & (OptionBits.FollowSymLinks | OptionBits.SymLinksIfOwnerMatch)) == 0) return Refused("neither FollowSymLinks nor SymLinksIfOwnerMatch is on");
        if (evaluator.Files.Stat(path) is not { } target) return Refused("the link leads nowhere");
        if (!options.Has(OptionBits.SymLinksIfOwnerMatch)) return null;
        if (link.OwnerId < 0 || target.OwnerId < 0) return new() { Reason = AnswerReason.Unknown, UnknownBecause = $"the owners of {path} and its target are not known" };
        return link.OwnerId == target.OwnerId ? null : Refused("SymLinksIfOwnerMatch is on, and the link and its target have different owners");
    }
}
