namespace Gatehouse.Apache.Rewriting;

/// <summary>Schemes at which mod_rewrite takes a text for an absolute URL, and how it escapes one.</summary>
internal static class AbsoluteUri
{
    private static readonly (string Scheme, bool HasQuery)[] Schemes =
    [
        ("ajp://", true), ("balancer://", true), ("ftp://", false), ("fcgi://", true), ("gopher://", false), ("http://", true), ("https://", true),
        ("h2://", true), ("h2c://", true), ("ldap://", false), ("mailto:", true), ("news:", false), ("nntp://", false), ("scgi://", true), ("ws://", true), ("wss://", true),
    ];

    /// <summary>Length of the scheme; 0: not absolute.</summary>
    public static int SchemeLength(string uri, out bool hasQuery)
    {
        foreach (var (scheme, query) in Schemes)
        {
            if (!uri.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) continue;
            hasQuery = query;
            return scheme.Length;
        }

        hasQuery = false;
        return 0;
    }

    /// <summary>Whether it is an absolute URL.</summary>
    public static bool Is(string uri) => SchemeLength(uri, out _) > 0;

    /// <summary>Percent-encodes what follows the host; of LDAP's URLs each part on its own.</summary>
    public static string Escape(string uri, int scheme)
    {
        var start = scheme;
        if (uri[scheme - 1] == '/')
        {
            var slash = uri.IndexOf('/', scheme);
            if (slash < 0 || slash + 1 >= uri.Length) return uri;
            start = slash + 1;
            if (uri.StartsWith("ldap", StringComparison.OrdinalIgnoreCase))
                return uri[..start] + string.Join('?', uri[start..].Split('?', 5).Select(UriText.EscapePath));
        }

        return uri[..start] + UriText.EscapePath(uri[start..]);
    }
}
