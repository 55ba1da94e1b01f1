using System.Globalization;
using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Rewriting;

// What becomes of a substitution: prefixes, the query, this server's own name.
internal sealed partial class RewriteRun
{
    /// <summary>Looks a variable up as it would be after the request was served (LA-U, LA-F).</summary>
    public Text LookAhead(string variable, bool byFile)
    {
        var path = uri;
        if (request.MainPath is not null && request.MainPath == request.Path) return "";
        if (InDirectory && !path.StartsWith('/')) path = (byFile ? Prefix : settings.Base ?? Prefix) + path;
        else if (InDirectory) byFile = false;
        var found = byFile ? surroundings.SubRequests?.ByFile(request, path) : surroundings.SubRequests?.ByUri(request, path);
        if (found?.Request is not { } ahead) return Text.Unknown(found?.Because ?? $"`%{{LA-{(byFile ? 'F' : 'U')}:{variable}}}` looks ahead, which can't be done from here");
        var run = new RewriteRun(ahead, surroundings, settings, maps, trace) { FileName = ahead.FileName ?? "", uri = uri };
        return RewriteVariables.Read(variable, run);
    }

    // A relative result lies in the directory, or below the root at the server's level; leading slashes of a local path become one unless the rule itself has them.
    private string Rooted(RewriteRule rule, string result)
    {
        if (!rule.Has(RewriteFlags.Unc | RewriteFlags.ForceRedirect | RewriteFlags.Proxy) && !rule.Output.StartsWith("//", StringComparison.Ordinal))
            while (result.StartsWith("//", StringComparison.Ordinal)) result = result[1..];
        if (result.StartsWith('/') || AbsoluteUri.Is(result)) return result;
        if (InDirectory) return Prefix + result;
        return rule.Has(RewriteFlags.Proxy | RewriteFlags.ForceRedirect) ? result : "/" + result;
    }

    private void SplitQuery(RewriteRule rule)
    {
        if (AbsoluteUri.SchemeLength(FileName, out var hasQuery) > 0 && !hasQuery)
        {
            request.Query = null;
            return;
        }

        if (rule.Has(RewriteFlags.DiscardQuery)) request.Query = null;
        var mark = rule.Has(RewriteFlags.QueryLast) ? FileName.LastIndexOf('?') : FileName.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0) return;
        var query = FileName[(mark + 1)..];
        FileName = FileName[..mark];
        if (rule.Has(RewriteFlags.AppendQuery))
        {
            if (query.Length > 0) request.Query = query + "&" + request.Query;
        }
        else
        {
            request.Query = query;
        }

        if (request.Query is { } whole) request.Query = whole.Length == 0 ? null : whole.EndsWith('&') ? whole[..^1] : whole;
    }

    private bool Qualify(RewriteRule rule)
    {
        if (request.Method == "CONNECT" || AbsoluteUri.Is(FileName)) return true;
        var host = ServerVariables.HostName(request);
        if (host.Value is null)
        {
            Stop(rule, host.Because ?? "the server's name is not known");
            return false;
        }

        var port = ServerVariables.Port(request);
        var shown = port == ServerVariables.DefaultPort(request) ? "" : ":" + port.ToString(CultureInfo.InvariantCulture);
        FileName = $"{ServerVariables.Scheme(request)}://{host.Value}{shown}{(FileName.StartsWith('/') ? "" : "/")}{FileName}";
        return true;
    }

    // http://this-server/path is /path (reduce_uri).
    private void Reduce()
    {
        var start = ServerVariables.Scheme(request) + "://";
        if (FileName.Length <= start.Length || !FileName.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return;
        var slash = FileName.IndexOf('/', start.Length);
        var authority = slash < 0 ? FileName[start.Length..] : FileName[start.Length..slash];
        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        var port = colon < 0 ? ServerVariables.DefaultPort(request) : Numbers.Read32(authority[(colon + 1)..]);
        var own = request.ServerNamePort;
        if (port != own || !IsOwnName(colon < 0 ? authority : authority[..colon])) return;
        FileName = slash < 0 ? "/" : FileName[slash..];
        if (!settings.Has(RewriteOptions.LegacyPrefixDocRoot)) Reduced = true;
    }

    private bool IsOwnName(string host) =>
        host.Equals(request.ServerName, StringComparison.OrdinalIgnoreCase)
        || request.ServerAliases.Any(alias => Patterns.FileNamePattern.Matches(alias, host, Patterns.FileNameOptions.IgnoreCase));
}
