using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Files;

/// <summary>Which file the URL means.</summary>
/// <param name="Path">Absolute path on this machine.</param>
/// <param name="Via">How that is known: <c>httpd.conf:12 DocumentRoot</c>, <c>--site</c>.</param>
/// <param name="Proved">Whether the server's own mapping was evaluated; false: the URL's path was appended to the document root.</param>
public sealed record ResourceMapped(string Path, string Via, bool Proved) : Observation;

/// <summary>The name of the account that the server's configuration gives its workers.</summary>
/// <param name="User">A user's name, or <c>#uid</c>.</param>
/// <param name="Group">The primary group; null: the user's own.</param>
/// <param name="Via">Where it stands.</param>
public sealed record WorkerConfigured(string User, string? Group, string Via) : Observation;

/// <summary>Whom the kernel sees when the server opens files.</summary>
/// <param name="Account">The account with all its groups.</param>
/// <param name="Via">How that is known.</param>
/// <param name="Assumed">True: nothing told it, and a customary account was taken.</param>
public sealed record WorkerAccount(ServerAccount Account, string Via, bool Assumed) : Observation;

/// <summary>An index file that a directory has, or the lack of one.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Names">The names that were looked for, in order.</param>
/// <param name="Found">The first that exists; null: none.</param>
public sealed record IndexLooked(string Directory, IReadOnlyList<string> Names, string? Found) : Observation;

/// <summary>A rules file on the way: every directory's .htaccess that exists.</summary>
/// <param name="Element">The file.</param>
public sealed record RulesFile(PathElement Element) : Observation;

/// <summary>Something about the files could not be looked at; said, never judged.</summary>
/// <param name="What">One sentence.</param>
public sealed record FilesNotSeen(string What) : Observation;

/// <summary>Looks at the files behind the URL, on this machine: reads names, modes and owners, opens nothing but the account lists.</summary>
public static class FileProbe
{
    /// <summary>Accounts under which servers' workers run by custom, in the order in which they are tried where nothing tells the account.</summary>
    private static readonly string[] CustomaryAccounts = ["www-data", "nginx", "apache", "http", "www", "wwwrun", "caddy", "lighttpd", "nobody"];

    /// <summary>Index files that servers look for when no configuration names others.</summary>
    private static readonly string[] CustomaryIndexFiles = ["index.html", "index.htm", "index.php"];

    /// <summary>Walks to the resource, once the other probes have said which file the URL means.</summary>
    public static IReadOnlyList<Observation> Look(Question question, Observations seen, IProgress<string> progress, CancellationToken cancel)
    {
        if (question.Url is null && question.Site is not null) return Audit(question, seen, progress, cancel);
        var mapped = seen.First<ResourceMapped>() ?? FromSite(question, seen);
        if (mapped is null) return [];
        if (!Kernel.IsHere) return [new FilesNotSeen("file permissions are looked at on Linux alone")];
        var result = new List<Observation>();
        if (!seen.Of<ResourceMapped>().Any()) result.Add(mapped);
        var accounts = Accounts.OfThisMachine();
        if (Worker(question, seen, accounts) is { } worker) result.Add(worker);
        else result.Add(new FilesNotSeen("the account of the server's workers is not known: --server-user NAME tells it"));

        var walk = PathWalk.Look(mapped.Path, accounts);
        result.Add(Mounts.Look());
        result.Add(walk);
        foreach (var element in walk.Elements)
        {
            if (element.Kind == FileKind.Directory && PathWalk.Element(Path.Combine(element.Path, ".htaccess"), accounts, out _) is { Kind: not FileKind.Directory } rules)
                result.Add(new RulesFile(rules));
        }

        if (walk.Target is { Kind: FileKind.Directory } directory)
        {
            var names = seen.Of<IndexNames>().LastOrDefault()?.Names ?? CustomaryIndexFiles;
            var found = names.FirstOrDefault(name => !name.StartsWith('/') && PathWalk.Element(Path.Combine(directory.Path, name), accounts, out _) is not null);
            result.Add(new IndexLooked(directory.Path, names, found));
            if (found is not null) result.Add(PathWalk.Look(Path.Combine(directory.Path, found), accounts));
        }

        return result;
    }

    /// <summary>A directory alone was given: the way to it, and all that lies below.</summary>
    private static IReadOnlyList<Observation> Audit(Question question, Observations seen, IProgress<string> progress, CancellationToken cancel)
    {
        if (!Kernel.IsHere) return [new FilesNotSeen("file permissions are looked at on Linux alone")];
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(question.Site!));
        var accounts = Accounts.OfThisMachine();
        var walk = PathWalk.Look(root, accounts);
        if (walk.End is not WalkEnd.Reached) return [walk, new Unreachable(walk.End == WalkEnd.Missing ? $"{walk.At} does not exist" : $"{walk.At} can't be looked at: run this as its owner, or as root")];
        var result = new List<Observation> { walk };
        if (Worker(question, seen, accounts) is not { } worker) return [walk, new FilesNotSeen("the account of the server's workers is not known: --server-user NAME tells it")];
        result.Add(worker);
        if (TreeAudit.Look(walk.Target!.Path, worker.Account, accounts, seen.First<RulesFilesNotUsed>() is null, progress, cancel) is not { } audit)
        {
            result.Add(new Unreachable($"{root} is no directory that can be listed"));
            return result;
        }

        result.Add(audit);
        if (audit.NotSeen > 0) result.Add(new FilesNotSeen($"{audit.NotSeen:N0} folders below {root} can't be listed by you: run this as their owner, or as root"));
        return result;
    }

    /// <summary>The process that listens, unless it is another server than the one whose configuration was evaluated: then it stands in front of it.</summary>
    private static WorkerAccount? Running(Observations seen)
    {
        if (seen.First<RunningServer>() is not { } running) return null;
        if (seen.Of<Evaluated>().LastOrDefault() is { } evaluated && !ServerNames.IsProgramOf(running.Program, evaluated.Server)) return null;
        return new(running.Worker, $"the process {running.Process} ({running.Program}) that listens on port {running.Port}", Assumed: false);
    }

    /// <summary>The path of a URL below the document root: decoded, with dot segments resolved by <see cref="Uri"/> before.</summary>
    private static ResourceMapped? FromSite(Question question, Observations seen)
    {
        if (question.Site is null || question.Url is null) return null;
        // A configuration was evaluated to its end and maps the request to no file: the tree has no say in it.
        if (seen.Of<Evaluated>().Any(evaluated => evaluated.Status is not null && evaluated.FilePath is null)) return null;
        var below = Uri.UnescapeDataString(question.Url.AbsolutePath);
        if (below.Contains('\0', StringComparison.Ordinal) || below.Split('/').Contains("..")) return null;
        return new ResourceMapped(Path.Join(Path.GetFullPath(question.Site), below), "--site", Proved: false);
    }

    private static WorkerAccount? Worker(Question question, Observations seen, Accounts accounts)
    {
        if (question.ServerUser is { } given && accounts.Find(given) is { } named) return new(named, "--server-user", Assumed: false);
        if (Running(seen) is { } running) return running;
        if (seen.Of<WorkerConfigured>().LastOrDefault() is { } configured && accounts.Find(configured.User, configured.Group) is { } account)
            return new(account, configured.Via, Assumed: false);
        foreach (var name in CustomaryAccounts)
            if (accounts.Find(name) is { } customary) return new(customary, $"assumed: the customary account {name}", Assumed: true);
        return null;
    }
}

/// <summary>The index files that the server's configuration names for the directory in question.</summary>
/// <param name="Names">In the order in which the server looks for them.</param>
/// <param name="Via">Where that stands.</param>
public sealed record IndexNames(IReadOnlyList<string> Names, string Via) : Observation;

/// <summary>The server in question does not look at .htaccess files here (another server, or AllowOverride None).</summary>
/// <param name="Via">How that is known.</param>
public sealed record RulesFilesNotUsed(string Via) : Observation;
