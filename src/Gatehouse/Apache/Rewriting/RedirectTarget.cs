namespace Gatehouse.Apache.Rewriting;

/// <summary>The target of a redirect that was put together: its path is escaped, query and fragment are not; a default port and a password vanish (apr_uri_parse and apr_uri_unparse).</summary>
internal static class RedirectTarget
{
    public static string Escaped(string target)
    {
        var end = target.IndexOfAny(['?', '#']);
        var (start, rest) = end < 0 ? (target, "") : (target[..end], target[end..]);

        // A fragment without a query before it keeps its place, and an empty one of either vanishes with its sign.
        if (rest.StartsWith('?') && rest.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 && hash + 1 == rest.Length) rest = rest[..hash];
        return UriText.EscapePath(WithoutDefaults(start)) + (rest == "#" ? "" : rest);
    }

    private static string WithoutDefaults(string start)
    {
        var colon = start.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !start.AsSpan(colon).StartsWith("://")) return start;
        var slash = start.IndexOf('/', colon + 3);
        var authority = slash < 0 ? start[(colon + 3)..] : start[(colon + 3)..slash];
        var user = authority.LastIndexOf('@');
        var credentials = user < 0 ? "" : authority[..(user + 1)];
        var host = authority[(user + 1)..];
        if (credentials.IndexOf(':', StringComparison.Ordinal) is var secret and >= 0) credentials = credentials[..secret] + ":XXXXXXXX@";
        var port = start[..colon].ToLowerInvariant() switch { "http" => ":80", "https" => ":443", "ftp" => ":21", _ => null };
        if (port is not null && host.EndsWith(port, StringComparison.Ordinal)) host = host[..^port.Length];
        return $"{start[..colon]}://{credentials}{host}{(slash < 0 ? "" : start[slash..])}";
    }
}
