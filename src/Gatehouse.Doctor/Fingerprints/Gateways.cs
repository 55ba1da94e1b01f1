using Gatehouse.Causes;
using static Gatehouse.Doctor.Fingerprints.Rows;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>Gateways, proxies, balancers and authenticating proxies.</summary>
internal static class Gateways
{
    private const string ApiGateway = "AWS API Gateway";
    private const string ApiGatewayDocs = "docs.aws.amazon.com/apigateway, supported gateway responses";
    private const string Envoy = "Envoy";
    private const string EnvoyJwt = "envoyproxy/envoy source/common/jwt/status.cc";
    private const string Kong = "Kong";
    private const string KongSource = "Kong/kong plugins";
    private const string Apigee = "Apigee";
    private const string ApigeeDocs = "cloud.google.com/apigee, fault codes";
    private const string Apim = "Azure API Management";
    private const string ApimDocs = "learn.microsoft.com/azure/api-management";
    private const string OAuth2Proxy = "oauth2-proxy";
    private const string OAuth2ProxySource = "oauth2-proxy/oauth2-proxy v7.15";
    private const string OpenIdc = "mod_auth_openidc";

    internal static IReadOnlyList<Fingerprint> Rows { get; } =
    [
        Means(By(ApiGateway, Layer.Gateway, Forbidden, [Header("x-amzn-ErrorType", "MissingAuthenticationToken"), Member("message", "=Missing Authentication Token")], ApiGatewayDocs), Causes.Files.ResourceDenied, 0.6, "API Gateway has no such path, method or stage; despite its words it is seldom about credentials", Sent.Any),
        Means(By(ApiGateway, Layer.Gateway, Forbidden, [Header("x-amzn-ErrorType", "ForbiddenException"), Member("message", "=Forbidden")], ApiGatewayDocs), Causes.Tokens.ApiKeyUnknown, 0.6, "API Gateway: the API key is missing or not of a usage plan, or a resource policy or AWS WAF refuses", Sent.Key),
        Means(By(ApiGateway, Layer.Gateway, Forbidden, [Header("x-amzn-ErrorType", "ForbiddenException"), Member("message", "=Forbidden")], ApiGatewayDocs), Causes.Credentials.Missing, 0.6, "API Gateway: an API key (x-api-key) is missing, or a resource policy or AWS WAF refuses", Sent.Nothing),
        Means(By(ApiGateway, Layer.Gateway, Forbidden, [Member("Message", "is not authorized to access this resource with an explicit deny")], ApiGatewayDocs), Causes.Permissions.PermissionDenied, 0.95, "the authorizer's policy denies it explicitly"),
        Means(By(ApiGateway, Layer.Gateway, Forbidden, [Member("Message", "is not authorized to access this resource")], ApiGatewayDocs), Causes.Permissions.PermissionDenied, 0.92, "the authorizer does not allow it"),
        Means(By(ApiGateway, Layer.Gateway, Unauthorized, [Header("x-amzn-ErrorType", "UnauthorizedException")], ApiGatewayDocs), Causes.Credentials.Missing, 0.85, "the authorizer got no token where it looks for one", Sent.Nothing),
        Means(By(ApiGateway, Layer.Gateway, Unauthorized, [Header("x-amzn-ErrorType", "UnauthorizedException")], ApiGatewayDocs), Causes.Tokens.Rejected, 0.8, "the authorizer does not accept the token", Sent.Token),
        Means(By(ApiGateway, Layer.Gateway, Unauthorized, [Header("x-amzn-ErrorType", "ExpiredToken")], ApiGatewayDocs), Causes.Tokens.Expired, 0.93),
        Means(By(ApiGateway, Layer.Gateway, [500], [Header("x-amzn-ErrorType", "Authorizer")], "docs.aws.amazon.com/apigateway, gateway response types AUTHORIZER_CONFIGURATION_ERROR and AUTHORIZER_FAILURE"), Causes.Configuration.UpstreamAuthFailed, 0.95, "the authorizer of API Gateway failed (its function, its permission to be called, or the policy that it returns): the request was not judged at all"),
        Means(By("AWS balancer", Layer.Gateway, Unauthorized, [Header("Server", "awselb/2.0"), Title("401 Authorization Required")], "docs.aws.amazon.com, balancer authentication"), Causes.Sessions.Missing, 0.72, "the balancer's OpenID Connect sign-in failed or was not done"),
        By("AWS balancer", Layer.Gateway, Any, [Header("Server", "awselb/2.0")], "docs.aws.amazon.com, balancer fixed and error responses"),

        Means(By(Envoy, Layer.Gateway, Forbidden, [Body("=RBAC: access denied")], "envoyproxy/envoy rbac_filter.cc"), Causes.Permissions.PermissionDenied, 0.93, "a role-based rule of Envoy or Istio does not allow this caller, path or method"),
        .. Jwt("Jwt is missing", Causes.Credentials.Missing, Sent.Any), .. Jwt("Jwt is expired", Causes.Tokens.Expired), .. Jwt("Jwt not yet valid", Causes.Tokens.NotYetValid),
        .. Jwt("Jwt is not in the form of Header.Payload.Signature", Causes.Tokens.Malformed), .. Jwt("Jwt header is an invalid", Causes.Tokens.Malformed), .. Jwt("Jwt payload is an invalid", Causes.Tokens.Malformed), .. Jwt("Jwt header [alg]", Causes.Tokens.AlgorithmRefused),
        .. Jwt("Jwt issuer is not configured", Causes.Tokens.WrongIssuer), .. Jwt("Audiences in Jwt are not allowed", Causes.Tokens.WrongAudience), .. Jwt("Jwt verification fails", Causes.Tokens.BadSignature),
        .. Jwt("Jwks doesn't have key to match kid or alg from Jwt", Causes.Tokens.UnknownKey), .. Jwt("Jwks remote fetch is failed", Causes.Tokens.UnknownKey), .. Jwt("Found multiple Jwt tokens", Causes.Credentials.Malformed),
        Means(By(Envoy, Layer.Gateway, [429], [Body("=local_rate_limited")], "envoyproxy/envoy local_ratelimit"), Causes.Network.RateExceeded, 0.96),

        Means(By(Kong, Layer.Gateway, Denial, [Member("message", "=No API key found in request")], KongSource), Causes.Credentials.Missing, 0.96, "Kong found no API key where it looks for one"),
        Means(By(Kong, Layer.Gateway, Denial, [Member("message", "=Invalid authentication credentials"), Challenge("Key")], KongSource), Causes.Tokens.ApiKeyUnknown, 0.93, "Kong knows no such API key", Sent.Key),
        Means(By(Kong, Layer.Gateway, Forbidden, [Member("message", "=You cannot consume this service")], KongSource), Causes.Permissions.GroupMissing, 0.9, "the consumer is in no group that Kong's acl plugin allows"),
        Means(By(Kong, Layer.Gateway, Forbidden, [Member("message", "Your IP address is not allowed")], KongSource), Causes.Network.IpNotAllowed, 0.94),
        Means(By(Kong, Layer.Gateway, Forbidden, [Member("message", "=IP address not allowed")], KongSource), Causes.Network.IpNotAllowed, 0.93),
        Means(By(Kong, Layer.Gateway, Unauthorized, [Member("message", "No credentials found for given")], KongSource), Causes.Tokens.WrongIssuer, 0.8, "Kong's jwt plugin has no credential for the token's iss", Sent.Token),
        Means(By(Kong, Layer.Gateway, Unauthorized, [Member("message", "=Unauthorized"), Header("Server", "kong")], KongSource), Causes.Credentials.Missing, 0.85, null, Sent.Nothing),
        Means(By(Kong, Layer.Gateway, [429], [Member("message", "API rate limit exceeded")], KongSource), Causes.Network.RateExceeded, 0.97),
        Means(By(Kong, Layer.Gateway, Forbidden, [Member("message", "HMAC signature"), Header("Server", "kong")], KongSource), Causes.Tokens.SignatureMismatch, 0.93),
        By(Kong, Layer.Gateway, Any, [Header("Server", "kong")], KongSource),

        .. ApigeeFault("FailedToResolveAPIKey", Causes.Credentials.Missing), .. ApigeeFault("InvalidApiKey", Causes.Tokens.ApiKeyUnknown), .. ApigeeFault("InvalidAPICallAsNoApiProductMatchFound", Causes.Permissions.PermissionDenied),
        .. ApigeeFault("access_token_expired", Causes.Tokens.Expired), .. ApigeeFault("invalid_access_token", Causes.Tokens.Rejected), .. ApigeeFault("InvalidAccessToken", Causes.Tokens.Rejected), .. ApigeeFault("FailedToResolveAccessToken", Causes.Credentials.Missing), .. ApigeeFault("insufficient_scope", Causes.Permissions.ScopeMissing), .. ApigeeFault("InsufficientScope", Causes.Permissions.ScopeMissing),
        .. ApigeeFault("IPDeniedAccess", Causes.Network.IpBlocked), .. ApigeeFault("QuotaViolation", Causes.Network.RateExceeded), .. ApigeeFault("SpikeArrestViolation", Causes.Network.RateExceeded), .. ApigeeFault("jwt.TokenExpired", Causes.Tokens.Expired), .. ApigeeFault("jwt.InvalidToken", Causes.Tokens.BadSignature),
        .. ApigeeFault("apiresource_doesnot_exist", Causes.Permissions.PermissionDenied), .. ApigeeFault("ApiKeyNotApproved", Causes.Tokens.ApiKeyExpired), .. ApigeeFault("DeveloperStatusNotActive", Causes.Credentials.AccountDisabled),

        Means(By("Tyk", Layer.Gateway, Forbidden, [Header("X-Generator", "tyk.io"), Member("error", "=Access to this API has been disallowed")], "TykTechnologies/tyk gateway/mw_auth_key.go"), Causes.Tokens.ApiKeyUnknown, 0.72, "Tyk: the key is unknown, or is not for this API", Sent.Token | Sent.Key),
        Means(By("Tyk", Layer.Gateway, Denial, [Member("error", "=Authorization field missing")], "TykTechnologies/tyk gateway/mw_auth_key.go"), Causes.Credentials.Missing, 0.95),
        Means(By("Tyk", Layer.Gateway, Denial, [Member("error", "=Key has expired, please renew")], "TykTechnologies/tyk gateway/mw_key_expired_check.go"), Causes.Tokens.ApiKeyExpired, 0.95),
        Means(By("APISIX", Layer.Gateway, Forbidden, [Member("message", "=The consumer is forbidden.")], "apache/apisix consumer-restriction"), Causes.Permissions.UserNotListed, 0.85, "the consumer is not among those that the route allows"),
        Means(By(Apim, Layer.Gateway, Unauthorized, [Member("message", "missing subscription key")], ApimDocs), Causes.Credentials.Missing, 0.97, "the key of a subscription (Ocp-Apim-Subscription-Key) is missing"),
        Means(By(Apim, Layer.Gateway, Unauthorized, [Member("message", "invalid subscription key")], ApimDocs), Causes.Tokens.ApiKeyUnknown, 0.97, "the subscription key is not that of an active subscription for this API"),
        Means(By(Apim, Layer.Gateway, Forbidden, [Member("message", "Out of call volume quota")], ApimDocs), Causes.Network.RateExceeded, 0.96),
        Means(By(Apim, Layer.Gateway, [429], [Member("message", "Rate limit is exceeded")], ApimDocs), Causes.Network.RateExceeded, 0.97),

        Means(By(OAuth2Proxy, Layer.Gateway, Forbidden, [Body("/oauth2/start"), Body("<form")], OAuth2ProxySource), Causes.Sessions.Missing, 0.85, "the authenticating proxy shows its sign-in page: nobody is signed in", Sent.Any),
        Means(By(OAuth2Proxy, Layer.Gateway, Forbidden, [Body("Unable to find a valid CSRF token")], OAuth2ProxySource), Causes.Sessions.CookieNotSent, 0.85, "the sign-in's state cookie did not come back (SameSite, Domain, https, several tabs)"),
        Means(By(OAuth2Proxy, Layer.Gateway, Forbidden, [Body("OAuth2 Proxy"), Body("Invalid session: unauthorized")], OAuth2ProxySource), Causes.Permissions.GroupMissing, 0.75, "the signed-in e-mail or group is not among those that the proxy allows"),
        Means(By(OAuth2Proxy, Layer.Gateway, Forbidden, [Body("OAuth2 Proxy"), Body("You do not have permission to access this resource")], OAuth2ProxySource), Causes.Permissions.PermissionDenied, 0.82, "signed in, and the proxy's groups or e-mails do not include this account"),
        By(OAuth2Proxy, Layer.Gateway, Any, [Body("Secured with"), Body("OAuth2 Proxy")], OAuth2ProxySource),
        Means(By(OpenIdc, Layer.Gateway, Unauthorized, [Title("Authorization Error")], "OpenIDC/mod_auth_openidc"), Causes.Permissions.ClaimMissing, 0.75, "a Require claim is not met (mod_auth_openidc answers 401 for it)"),
        Means(By("Authelia", Layer.Gateway, Forbidden, [Header("Server", "authelia")], "authelia documentation"), Causes.Permissions.PermissionDenied, 0.75),
        Means(By("Keycloak", Layer.Gateway, Denial, [Member("error", "=access_denied"), Member("error_description", "not_authorized")], "keycloak authorization services"), Causes.Permissions.PermissionDenied, 0.9),
        Means(By("Keycloak", Layer.Gateway, Unauthorized, [Member("error", "=HTTP 401 Unauthorized")], "keycloak admin REST"), Causes.Tokens.Rejected, 0.8, null, Sent.Token),
        Means(By("Keycloak", Layer.Gateway, [400], [Member("error", "=invalid_grant"), Member("error_description", "=Account is not fully set up")], "keycloak, required actions"), Causes.Credentials.PasswordExpired, 0.6, "the account has a pending action (a new password, a confirmed address, a second factor) that only the sign-in page can take"),
        Means(By("Pomerium", Layer.Gateway, Forbidden, [Body("Pomerium")], "pomerium error page"), Causes.Permissions.PermissionDenied, 0.75),

        By("Squid", Layer.Gateway, Forbidden, [Header("X-Squid-Error", "ERR_ACCESS_DENIED")], "squid errors/en/ERR_ACCESS_DENIED"),
        Means(By("Squid", Layer.Gateway, [407], [Header("X-Squid-Error", "ERR_CACHE_ACCESS_DENIED")], "squid errors"), Causes.Credentials.Missing, 0.9, "the forward proxy itself wants credentials (Proxy-Authorization)"),
        Means(By("Traefik", Layer.Gateway, Unauthorized, [Challenge("Basic", "realm=\"traefik\""), Body("401 Unauthorized")], "traefik basicAuth middleware"), Causes.Credentials.Missing, 0.9, null, Sent.Nothing),
        By("Traefik", Layer.Gateway, Forbidden, [Body("=Forbidden"), Header("Content-Type", "text/plain")], "traefik ipAllowList writes exactly this; so do many Go programs"),
        By("HAProxy", Layer.Gateway, Forbidden, [Body("Request forbidden by administrative rules."), Body("<html><body><h1>403 Forbidden</h1>")], "haproxy src/http.c"),
        By("HAProxy", Layer.Gateway, [401, 407], [Body("You need a valid user and password to access this content.")], "haproxy src/http.c"),
        By("Envoy", Layer.Gateway, Any, [Header("Server", "envoy")], "envoyproxy/envoy"),
        By("Istio", Layer.Gateway, Any, [Header("Server", "istio-envoy")], "istio"),
    ];

    private static IEnumerable<Fingerprint> Jwt(string text, Cause cause, Sent when = Sent.Token)
    {
        yield return Means(By(Envoy, Layer.Gateway, Denial, [Body(text)], EnvoyJwt), cause, 0.95, $"Envoy's JWT filter: {text}", when);
    }

    private static IEnumerable<Fingerprint> ApigeeFault(string code, Cause cause)
    {
        yield return Means(By(Apigee, Layer.Gateway, [400, 401, 403, 429, 500], [Member("fault.faultstring"), Member("fault.detail.errorcode", code)], ApigeeDocs), cause, 0.95, $"Apigee's fault code says it: {code}");
    }
}
