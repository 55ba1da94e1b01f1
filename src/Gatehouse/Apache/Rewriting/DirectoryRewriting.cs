namespace Gatehouse.Apache.Rewriting;

/// <summary>mod_rewrite after access control, in the directory that the path maps to (its hook of fixups, the first of all).</summary>
public static class DirectoryRewriting
{
    /// <summary>Runs the rules of the merged sections.</summary>
    /// <param name="settings">Merged settings of the directory; null: none.</param>
    /// <param name="server">The virtual host's settings, for its maps; null: none.</param>
    /// <param name="request">The mapped request; its query, environment, file and status change.</param>
    /// <param name="followsLinks">Options has FollowSymLinks or SymLinksIfOwnerMatch: without either, rules are refused.</param>
    /// <param name="surroundings">The disk, and who looks up other paths.</param>
    /// <param name="trace">Takes every line that was looked at.</param>
    public static RewriteOutcome Apply(RewriteSettings? settings, RewriteSettings? server, ApacheRequest request, bool followsLinks, Surroundings surroundings, ICollection<Step> trace)
    {
        var outcome = Run(settings, server, request, followsLinks, surroundings, trace);
        if (outcome is RewriteOutcome.Unchanged)
        {
            // [T] and [H] of either phase hold where the request does not start anew.
            if (request.Notes.TryGetValue("rewrite-forced-mimetype", out var type)) request.ContentType = type;
            if (request.Notes.TryGetValue("rewrite-forced-handler", out var handler)) request.Handler = handler;
        }

        return outcome;
    }

    private static RewriteOutcome Run(RewriteSettings? settings, RewriteSettings? server, ApacheRequest request, bool followsLinks, Surroundings surroundings, ICollection<Step> trace)
    {
        if (settings is not { IsOn: true, Directory: { } directory }) return new RewriteOutcome.Unchanged();

        // A directory asked for without its slash is left to mod_dir.
        if (!settings.Has(RewriteOptions.AllowNoSlash) && request.FileName == directory[..^1]) return new RewriteOutcome.Unchanged();
        if (request.RewritingEnded) return new RewriteOutcome.Unchanged();
        if (!followsLinks)
        {
            if (settings.Rules.FirstOrDefault() is { } first) trace.Add(new(first.Line.At, first.Line.Text, "is refused: Options FollowSymLinks and SymLinksIfOwnerMatch are both off (403)"));
            return new RewriteOutcome.Status(403);
        }

        var (fileBefore, queryBefore) = (request.FileName, request.Query);
        var run = new RewriteRun(request, surroundings, settings, server?.Maps ?? new Dictionary<string, RewriteMap>(StringComparer.Ordinal), trace)
        {
            FileName = request.FileName ?? request.Path,
        };
        var ending = run.Run();
        if (run.Unknown is { } because) return new RewriteOutcome.Unknown(because);
        if (ending == RewriteRun.Ending.Unchanged) return new RewriteOutcome.Unchanged();
        if (RewriteEnd.Common(run, ending, queryBefore, settings) is { } decided) return decided;
        var path = run.FileName;
        if (path.StartsWith("passthrough:", StringComparison.Ordinal)) path = path["passthrough:".Length..];
        if (!path.StartsWith('/')) return new RewriteOutcome.Status(400);

        // The same file again: starting anew would go round in circles.
        if (path == fileBefore) return new RewriteOutcome.Unchanged();
        var target = settings.Base is { } url ? RewriteEnd.Replaced(path, directory, url) : WithoutRoot(path, request.DocumentRoot);
        if (target == path && !settings.Has(RewriteOptions.IgnoreContextInfo))
            target = RewriteEnd.Replaced(path, request.ContextDocumentRoot ?? request.DocumentRoot, request.ContextPrefix);
        return new RewriteOutcome.Restart(request.Query is null ? target : $"{target}?{request.Query}");
    }

    private static string WithoutRoot(string path, string root)
    {
        var prefix = root.TrimEnd('/');
        return path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length && path[prefix.Length] == '/' ? path[prefix.Length..] : path;
    }
}
