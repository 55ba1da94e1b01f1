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

    // By whom each is believed: gateways in front of applications (identity), balancers (address, scheme, host), frameworks that can be steered by a field.
    private static readonly FrozenSet<string> Names = new[]
    {
        "forwarded", "x-forwarded", "via-user", "auth-user", "authenticated-user", "x-user", "x-user-id", "x-user-name", "x-username", "x-user-email", "x-user-groups", "x-user-roles", "x-userinfo",
        "x-email", "x-groups", "x-roles", "x-auth-user", "x-auth-username", "x-webauth-user", "x-grafana-user", "x-vouch-user", "x-credential-identifier", "x-anonymous-consumer",
        "x-apigateway-api-userinfo", "x-endpoint-api-userinfo", "x-spiffe-id",
        "x-real-ip", "x-client-ip", "client-ip", "x-cluster-client-ip", "x-original-forwarded-for", "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "cf-ipcountry", "fastly-client-ip", "fly-client-ip",
        "do-connecting-ip", "x-nf-client-connection-ip", "x-azure-clientip", "x-azure-socketip", "x-envoy-external-address", "x-envoy-internal", "x-originating-ip", "x-proxyuser-ip", "z-forwarded-for",
        "proxy-client-ip", "wl-proxy-client-ip", "wl-proxy-ssl", "masked-client-ip", "incap-client-ip", "x-coming-from",
        "x-scheme", "x-url-scheme", "front-end-https", "x-host", "x-original-host", "x-http-host-override",
        "x-original-url", "x-original-uri", "x-original-method", "x-rewrite-url", "x-override-url", "x-http-destinationurl", "x-http-method", "x-http-method-override", "x-method-override",
        "x-sendfile-type", "x-accel-mapping", "x-accel-redirect",
        "x-client-cert", "x-client-dn", "x-client-verify", "x-ssl-cert", "client-cert", "client-cert-chain", "proxy",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Beginnings =
    [
        "gatehouse-", "x-gatehouse-", "x-forwarded-", "remote-", "x-remote-", "x-auth-request-", "x-authenticated-", "x-authentik-", "x-pomerium-", "tailscale-user-", "cf-access-", "x-token-", "x-jwt-",
        "x-goog-authenticated-", "x-goog-iap-", "x-appengine-", "x-ms-client-principal", "x-amzn-oidc-", "x-consumer-", "oidc-", "impersonate-", "ssl-client-", "x-ssl-client-",
        // By these a caller of some frameworks runs past their own checks, or picks another page than the address says.
        "x-middleware-", "x-invoke-",
    ];

    /// <summary>Fields of HTTP itself that must not come a second time in a spelling that some servers take for them: ours go on, and the disguised do not.</summary>
    private static readonly FrozenSet<string> OfHttp = new[]
    {
        "authorization", "connection", "content-encoding", "content-length", "content-type", "cookie", "expect", "host", "keep-alive", "origin", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "x-api-key",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a client's field of that name is kept from the upstream.</summary>
    public static bool IsReserved(string name)
    {
        Span<char> folded = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        for (var i = 0; i < name.Length; i++) folded[i] = char.IsAsciiLetterOrDigit(name[i]) ? char.ToLowerInvariant(name[i]) : '-';
        foreach (var beginning in Beginnings)
            if (folded.StartsWith(beginning)) return true;
        if (Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(folded)) return true;
        return !((ReadOnlySpan<char>)folded).Equals(name, StringComparison.OrdinalIgnoreCase) && OfHttp.GetAlternateLookup<ReadOnlySpan<char>>().Contains(folded);
    }
}
