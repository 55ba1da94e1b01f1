using System.Collections.Frozen;

namespace Gatehouse.Guard.Proxy;

/// <summary>
/// The fields by which upstreams learn who asks and from where. What a client sends under these names, in any spelling that a
/// server behind us may take for them (CGI and WSGI turn every <c>-</c> into <c>_</c>), never reaches the upstream.
/// </summary>
public static class IdentityFields
{
    /// <summary>The name of the account; percent-encoded UTF-8 where it has other than visible ASCII.</summary>
    public const string User = "Gatehouse-User";

    /// <summary>Roles, separated by a comma.</summary>
    public const string Roles = "Gatehouse-Roles";

    /// <summary>Groups, separated by a comma.</summary>
    public const string Groups = "Gatehouse-Groups";

    /// <summary>Scopes, separated by a blank.</summary>
    public const string Scopes = "Gatehouse-Scopes";

    private static readonly FrozenSet<string> Names = new[]
    {
        "forwarded", "via-user", "remote-user", "remote-addr", "remote-name", "remote-email", "remote-groups", "auth-user", "authenticated-user",
        "x-remote-user", "x-user", "x-user-id", "x-user-name", "x-username", "x-email", "x-groups", "x-roles", "x-authenticated-user", "x-authenticated-groups", "x-auth-user", "x-webauth-user",
        "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-forwarded-for", "true-client-ip", "cf-connecting-ip", "fastly-client-ip",
        "x-original-url", "x-original-uri", "x-rewrite-url", "x-original-host", "x-host", "x-http-method", "x-http-method-override", "x-method-override",
        "x-client-cert", "x-client-verify", "x-ssl-client-cert", "ssl-client-cert", "ssl-client-verify", "client-cert", "client-cert-chain", "proxy",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Beginnings = ["gatehouse-", "x-gatehouse-", "x-forwarded-", "x-auth-request-", "x-token-", "x-goog-authenticated-", "x-ms-client-principal", "x-ssl-client-", "x-pomerium-", "tailscale-user-"];

    /// <summary>Whether a client's field of that name is kept from the upstream.</summary>
    public static bool IsReserved(string name)
    {
        Span<char> folded = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        for (var i = 0; i < name.Length; i++) folded[i] = char.IsAsciiLetterOrDigit(name[i]) ? char.ToLowerInvariant(name[i]) : '-';
        foreach (var beginning in Beginnings)
            if (folded.StartsWith(beginning)) return true;
        return Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(folded);
    }
}
