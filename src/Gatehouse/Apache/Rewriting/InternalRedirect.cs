namespace Gatehouse.Apache.Rewriting;

/// <summary>A request that starts anew inside of the server (ap_internal_redirect): a rewritten path, an error document, an index.</summary>
public static class InternalRedirect
{
    /// <summary>LimitInternalRecursion's default: with this many behind it, the next one is answered with 500.</summary>
    public const int Limit = 10;

    /// <summary>The new request: variables get <c>REDIRECT_</c> before their names, notes, user and mapping are gone. Its path is the target's, still encoded.</summary>
    /// <param name="from">The request that redirects.</param>
    /// <param name="target">Path and query.</param>
    public static ApacheRequest Start(ApacheRequest from, string target)
    {
        var environment = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in from.Environment) environment["REDIRECT_" + name] = value;
        environment["REDIRECT_STATUS"] = from.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var request = Of(from, target, environment, within: false);
        foreach (var (name, because) in from.UnknownVariables) request.UnknownVariables["REDIRECT_" + name] = because;
        return request;
    }

    /// <summary>A request that only looks another path up, for this one (ap_sub_req_lookup_uri): it sees the same variables, and nobody is asked to sign in anew.</summary>
    /// <param name="from">The request that asks.</param>
    /// <param name="target">Path and query.</param>
    public static ApacheRequest Within(ApacheRequest from, string target)
    {
        var request = Of(from, target, new(from.Environment, StringComparer.OrdinalIgnoreCase), within: true);
        foreach (var (name, because) in from.UnknownVariables) request.UnknownVariables[name] = because;
        return request;
    }

    private static ApacheRequest Of(ApacheRequest from, string target, Dictionary<string, string> environment, bool within)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var fragment = path.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0) path = path[..fragment];
        return new()
        {
            Method = from.Method,
            UnparsedTarget = target,
            RequestLine = from.RequestLine ?? $"{from.Method} {from.UnparsedTarget} {from.Protocol}",
            Path = path.Length == 0 ? "/" : path,
            Query = mark < 0 || fragment >= 0 ? null : target[(mark + 1)..],
            Protocol = from.Protocol,
            Headers = from.Headers,
            HostName = from.HostName,
            HostPort = from.HostPort,
            Client = from.Client,
            Peer = from.Peer,
            ClientPort = from.ClientPort,
            ServerAddress = from.ServerAddress,
            ServerPort = from.ServerPort,
            ServerNamePort = from.ServerNamePort,
            ServerName = from.ServerName,
            ServerAliases = from.ServerAliases,
            ServerAdmin = from.ServerAdmin,
            ServerSoftware = from.ServerSoftware,
            UseCanonicalName = from.UseCanonicalName,
            HostnameLookups = from.HostnameLookups,
            Https = from.Https,
            DocumentRoot = from.DocumentRoot,
            ProcessEnvironment = from.ProcessEnvironment,
            Environment = environment,
            InternalRedirects = within ? from.InternalRedirects : from.InternalRedirects + 1,
            User = within ? from.User : null,
            AuthType = within ? from.AuthType : null,
            IsSubRequest = within || from.IsSubRequest,
            MainPath = within ? from.MainPath ?? from.Path : from.MainPath,
            Time = from.Time,
            Status = within ? 200 : from.Status,
            RewritingEnded = !within && from.RewritingEnded,
        };
    }
}
