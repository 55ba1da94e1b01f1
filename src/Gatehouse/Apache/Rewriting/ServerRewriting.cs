using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>mod_rewrite before the path is mapped (its hook of translate_name, the first of all).</summary>
public static class ServerRewriting
{
    /// <summary>Runs the rules of the virtual host.</summary>
    /// <param name="server">The host's merged settings; null: none.</param>
    /// <param name="atTranslate">What the host's defaults and the &lt;Location&gt; sections that match the path say of the engine (they can switch it off); null: the host's own.</param>
    /// <param name="request">The request before mapping; its query, environment and status change.</param>
    /// <param name="surroundings">The disk, and who looks up other paths.</param>
    /// <param name="trace">Takes every line that was looked at.</param>
    public static RewriteOutcome Apply(RewriteSettings? server, RewriteSettings? atTranslate, ApacheRequest request, Surroundings surroundings, ICollection<Step> trace)
    {
        if (server is null || !(atTranslate ?? server).IsOn || request.RewritingEnded) return new RewriteOutcome.Unchanged();
        if (!(atTranslate ?? server).Has(RewriteOptions.AllowAnyUri) && (request.UnparsedTarget == "*" || !request.Path.StartsWith('/'))) return new RewriteOutcome.Unchanged();
        SetScriptVariables(request);
        var queryBefore = request.Query;
        var run = new RewriteRun(request, surroundings, server, server.Maps, trace) { FileName = request.FileName ?? request.Path };
        var ending = run.Run();
        if (run.Unknown is { } because) return new RewriteOutcome.Unknown(because);
        if (ending == RewriteRun.Ending.Unchanged) return new RewriteOutcome.Unchanged();
        if (RewriteEnd.Common(run, ending, queryBefore, directory: null) is { } decided) return decided;
        if (run.FileName.StartsWith("passthrough:", StringComparison.Ordinal)) return new RewriteOutcome.PassThrough(run.FileName["passthrough:".Length..]);
        return Local(run, server, request, surroundings);
    }

    private static RewriteOutcome Local(RewriteRun run, RewriteSettings server, ApacheRequest request, Surroundings surroundings)
    {
        var path = run.FileName;
        if (path is ['/', '~', not '/', ..]) return new RewriteOutcome.Unknown($"`{path}` names a user's home directory");
        if (!path.StartsWith('/')) return new RewriteOutcome.Status(400);

        // A path whose first segment is a directory of the system counts as a file name, but only where the rule itself wrote it so.
        var segment = "/" + path.TrimStart('/').Split('/')[0];
        var exists = segment.Length == 1 || surroundings.Files.Stat(segment) is not null;
        var trusted = run.LastSubstitution is { } last
            && (last.Has(RewriteFlags.UnsafePrefixStat) || server.Has(RewriteOptions.UnsafePrefixStat) || last.Output.StartsWith(segment, StringComparison.Ordinal)
                || last.Output.StartsWith("%{DOCUMENT_ROOT}", StringComparison.Ordinal) || last.Output.StartsWith("%{CONTEXT_DOCUMENT_ROOT}", StringComparison.Ordinal));
        var root = exists && trusted && !run.Reduced ? "" : request.DocumentRoot;
        return FilePath.Merge(root, path) is { } file ? new RewriteOutcome.File(file) : new RewriteOutcome.Status(403);
    }

    private static void SetScriptVariables(ApacheRequest request)
    {
        if (!request.IsSubRequest) request.Environment["SCRIPT_URL"] = request.Environment.GetValueOrDefault("REDIRECT_SCRIPT_URL") ?? request.Path;
        var url = request.Environment.GetValueOrDefault("SCRIPT_URL");
        if (url is null || Expressions.ServerVariables.HostName(request).Value is not { } host) return;
        var port = Expressions.ServerVariables.Port(request);
        var shown = port == Expressions.ServerVariables.DefaultPort(request) ? "" : ":" + port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        request.Environment["SCRIPT_URI"] = $"{Expressions.ServerVariables.Scheme(request)}://{host}{shown}{url}";
    }
}
