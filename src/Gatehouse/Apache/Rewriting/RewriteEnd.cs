using Gatehouse.Apache.Patterns;
using Gatehouse.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>What both phases do with the result of their rules: statuses, proxies and redirects.</summary>
internal static class RewriteEnd
{
    private const string Proxy = "proxy:";

    /// <summary>Null: the result is a local path.</summary>
    /// <param name="run">The rules that ran.</param>
    /// <param name="ending">How they ended.</param>
    /// <param name="queryBefore">The query before them: one that nobody changed is not escaped again.</param>
    /// <param name="directory">The directory's settings; null: the server's level.</param>
    public static RewriteOutcome? Common(RewriteRun run, RewriteRun.Ending ending, string? queryBefore, RewriteSettings? directory)
    {
        var request = run.Request;
        var status = request.Status;
        if (ending == RewriteRun.Ending.Status)
        {
            request.Status = 200;
            return status == 200 ? new RewriteOutcome.Status(200) : new RewriteOutcome.Status(status);
        }

        if (run.FileName.Length > Proxy.Length && run.FileName.StartsWith(Proxy, StringComparison.Ordinal))
        {
            if (HasControls(request.Query)) return new RewriteOutcome.Status(403);
            return new RewriteOutcome.Proxied(run.FileName[Proxy.Length..] + (directory is null ? request.PathInfo : "") + (request.Query is null ? "" : "?" + request.Query));
        }

        var scheme = AbsoluteUri.SchemeLength(run.FileName, out _);
        if (scheme == 0)
        {
            if (HasControls(request.Query)) return new RewriteOutcome.Status(403);

            // The status of the redirect stays, and what the server makes of a page with it depends on too much.
            return status == 200 ? null : new RewriteOutcome.Unknown("an earlier rule redirects and a later one maps to a file after all");
        }

        var location = directory?.Base is { } url ? Rebased(run.FileName, scheme, directory.Directory!, url) : run.FileName;
        var noEscape = ending == RewriteRun.Ending.ChangedWithoutEscaping;
        if (!noEscape) location = AbsoluteUri.Escape(location, scheme);
        if (request.Query is { } query)
        {
            var asIs = noEscape || query == queryBefore;
            if (asIs && HasControls(query)) return new RewriteOutcome.Status(403);
            location += "?" + (asIs ? query : UriText.EscapePath(query));
        }

        request.Status = 200;
        return new RewriteOutcome.Redirect(StatusCodes.IsRedirect(status) ? status : 302, location);
    }

    // A raw blank or control character in the query means that somebody forgot to encode it.
    private static bool HasControls(string? query) => query is not null && Octets.Of(query).Any(c => c is <= ' ' or '\u007F');

    // In a URL the directory's path stands where its base belongs; slashes at the start of both are left out.
    private static string Rebased(string location, int scheme, string directory, string url)
    {
        var slash = location.IndexOf('/', scheme);
        if (slash < 0 || slash + 1 >= location.Length) return location;
        return location[..(slash + 1)] + Replaced(location[(slash + 1)..], directory.TrimStart('/'), url[1..]);
    }

    /// <summary>Replaces a directory at the start of a path (subst_prefix_path); a path elsewhere stays.</summary>
    public static string Replaced(string path, string directory, string by)
    {
        var prefix = directory.TrimEnd('/');
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || path.Length <= prefix.Length || path[prefix.Length] != '/') return path;
        return (by.Length > 0 && !by.EndsWith('/') ? by + "/" : by) + path[(prefix.Length + 1)..];
    }
}
