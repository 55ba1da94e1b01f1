namespace Gatehouse.Cli.Output;

/// <summary>What help and manual show first.</summary>
internal static class Examples
{
    /// <summary>Command line and what it does.</summary>
    public static IReadOnlyList<(string Line, string What)> All { get; } =
    [
        ("gatehouse why https://example.org/private/", "why does this address refuse me?"),
        ("gatehouse why https://example.org/api --bearer @token.jwt", "and with this token?"),
        ("gatehouse why https://example.org/ /srv/site --server-config /etc/nginx/nginx.conf --log /var/log/nginx/error.log", "the owner's view: files, rules and log together"),
    ];
}
