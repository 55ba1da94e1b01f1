using Gatehouse.Causes;
using static Gatehouse.Doctor.Fingerprints.Rows;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>Providers' interfaces: object stores, clouds, code hosts. Their error codes are names of causes, and better than their statuses.</summary>
internal static class Platforms
{
    private const string S3 = "S3";
    private const string S3Docs = "docs.aws.amazon.com/AmazonS3, error responses";
    private const string AwsDocs = "docs.aws.amazon.com, common errors";
    private const string AzureStorage = "Azure Storage";
    private const string AzureDocs = "learn.microsoft.com, storage error codes and troubleshooting of 403";
    private const string Google = "Google APIs";
    private const string GoogleDocs = "google.api.ErrorReason";
    private const string GitHub = "GitHub";
    private const string GitHubDocs = "docs.github.com/rest, troubleshooting";
    private const string Kubernetes = "Kubernetes API server";

    private static readonly int[] Refusals = [400, 401, 403];
    private static readonly Mark GitHubServer = Header("X-GitHub-Request-Id");

    internal static IReadOnlyList<Fingerprint> Rows { get; } =
    [
        // The same error documents come from MinIO, Ceph and other stores with this interface.
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=AccessDenied"), Member("Message", "Request has expired")], S3Docs), Causes.Tokens.SignatureExpired, 0.97, "the presigned address is past its time"),
        Means(By("Google Cloud Storage", Layer.Platform, Refusals, [Member("Code", "=ExpiredToken"), Member("Details")], "cloud.google.com/storage/docs/xml-api"), Causes.Tokens.SignatureExpired, 0.96, "the signed address is past its time", Sent.Signature),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=ExpiredToken")], S3Docs), Causes.Tokens.Expired, 0.95, "the session token of the temporary credentials is past its time", Sent.Token),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=SignatureDoesNotMatch")], S3Docs), Causes.Tokens.SignatureMismatch, 0.96, "the signature that the server computed differs: another secret key, or a header, host or path that changed on the way"),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=RequestTimeTooSkewed")], S3Docs), Causes.Tokens.SignatureClockSkew, 0.97, "the client's clock is more than fifteen minutes off"),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=InvalidAccessKeyId")], S3Docs), Causes.Tokens.ApiKeyUnknown, 0.96, "no such access key: deleted, of another account, or of another store"),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=InvalidToken")], S3Docs), Causes.Tokens.Rejected, 0.9, "the session token is malformed or not of this store"),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=AuthorizationHeaderMalformed")], S3Docs), Causes.Credentials.Malformed, 0.94, "the Authorization header was signed for another region or is not well-formed"),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=AuthorizationQueryParametersError")], S3Docs), Causes.Credentials.Malformed, 0.93),
        Means(By(S3, Layer.Platform, Refusals, [Member("Code", "=AccountProblem")], S3Docs), Causes.Credentials.AccountDisabled, 0.85),
        Means(By(S3, Layer.Platform, Forbidden, [Member("Code", "=AccessDenied"), Member("Message", "is not authorized to perform")], S3Docs), Causes.Permissions.PermissionDenied, 0.96),
        Means(By(S3, Layer.Platform, Forbidden, [Member("Code", "=AccessDenied"), Member("RequestId")], S3Docs, Sent.Something), Causes.Permissions.PermissionDenied, 0.85, "policy, ACL or Block Public Access refuse it, or the key does not exist and the caller may not list the bucket"),
        Means(By(S3, Layer.Platform, Forbidden, [Member("Code", "=AccessDenied"), Member("RequestId")], S3Docs, Sent.Nothing), Causes.Permissions.PermissionDenied, 0.78, "anonymous reading is not allowed, or the key does not exist and listing is not allowed (S3 hides a missing key behind 403)"),
        Means(By(S3, Layer.Platform, Forbidden, [Member("Code", "=AllAccessDisabled")], S3Docs), Causes.Permissions.PermissionDenied, 0.9),

        Means(By("AWS", Layer.Platform, Forbidden, [Member("Code", "=UnauthorizedOperation")], AwsDocs), Causes.Permissions.PermissionDenied, 0.96, "no policy of IAM allows this action"),
        .. Aws("ExpiredTokenException", Causes.Tokens.Expired, 0.95), .. Aws("ExpiredToken", Causes.Tokens.Expired, 0.93), .. Aws("RequestExpired", Causes.Tokens.SignatureExpired, 0.93),
        Means(By("AWS", Layer.Platform, Refusals, [Header("x-amzn-ErrorType", "InvalidSignatureException"), Member("message", "Signature expired")], "docs.aws.amazon.com, Signature Version 4 troubleshooting"), Causes.Tokens.SignatureExpired, 0.95),
        Means(By("Azure Resource Manager", Layer.Platform, Forbidden, [Member("error.code", "=AuthorizationFailed"), Member("error.message", "does not have authorization to perform action")], "learn.microsoft.com, azure/role-based-access-control/troubleshooting"), Causes.Permissions.PermissionDenied, 0.97),
        Means(By("Microsoft Graph", Layer.Platform, Forbidden, [Member("error.code", "=Authorization_RequestDenied")], "learn.microsoft.com/graph/errors"), Causes.Permissions.PermissionDenied, 0.93),
        .. Aws("InvalidSignatureException", Causes.Tokens.SignatureMismatch, 0.93), .. Aws("SignatureDoesNotMatch", Causes.Tokens.SignatureMismatch, 0.95), .. Aws("UnrecognizedClientException", Causes.Tokens.ApiKeyUnknown, 0.93),
        .. Aws("InvalidClientTokenId", Causes.Tokens.ApiKeyUnknown, 0.93), .. Aws("IncompleteSignature", Causes.Credentials.Malformed, 0.92), .. Aws("AccessDeniedException", Causes.Permissions.PermissionDenied, 0.93),
        .. Aws("ThrottlingException", Causes.Network.RateExceeded, 0.95), .. Aws("OptInRequired", Causes.Permissions.SubscriptionRequired, 0.85), .. Aws("NotAuthorizedException", Causes.Permissions.PermissionDenied, 0.7),

        Means(By("AWS", Layer.Platform, Refusals, [Member("Error.Code", "=MissingAuthenticationToken")], AwsDocs), Causes.Credentials.Missing, 0.9),

        .. Azure("AuthorizationPermissionMismatch", Causes.Permissions.PermissionDenied, 0.96), .. Azure("AuthorizationSourceIPMismatch", Causes.Network.IpNotAllowed, 0.97), .. Azure("AuthorizationProtocolMismatch", Causes.Network.HttpsRequired, 0.96),
        .. Azure("AuthorizationServiceMismatch", Causes.Permissions.PermissionDenied, 0.9), .. Azure("AuthorizationResourceTypeMismatch", Causes.Permissions.PermissionDenied, 0.9), .. Azure("KeyBasedAuthenticationNotPermitted", Causes.Credentials.WrongScheme, 0.93),
        .. Azure("PublicAccessNotPermitted", Causes.Credentials.Missing, 0.9), .. Azure("NoAuthenticationInformation", Causes.Credentials.Missing, 0.95), .. Azure("AuthorizationFailure", Causes.Network.IpNotAllowed, 0.75), .. Azure("InsufficientAccountPermissions", Causes.Permissions.PermissionDenied, 0.93),
        .. Azure("AccountIsDisabled", Causes.Credentials.AccountDisabled, 0.95), .. Azure("InvalidAuthenticationInfo", Causes.Credentials.Malformed, 0.88),
        Means(By(AzureStorage, Layer.Platform, Forbidden, [Member("AuthenticationErrorDetail", "Signature not valid in the specified time frame")], AzureDocs), Causes.Tokens.SignatureExpired, 0.97, "the shared access signature is not valid at this time (st, se)"),
        Means(By(AzureStorage, Layer.Platform, Forbidden, [Member("AuthenticationErrorDetail", "Signature did not match")], AzureDocs), Causes.Tokens.SignatureMismatch, 0.97, "the shared access signature does not fit the request"),
        Means(By(AzureStorage, Layer.Platform, Forbidden, [Member("AuthenticationErrorDetail", "signature")], AzureDocs), Causes.Tokens.SignatureMismatch, 0.85),
        Means(By("Azure Key Vault", Layer.Platform, Forbidden, [Member("error.innererror.code", "=ForbiddenByFirewall")], "learn.microsoft.com/azure/key-vault, error codes"), Causes.Network.IpNotAllowed, 0.96, "the vault's network rules do not let this address in"),
        Means(By("Azure Key Vault", Layer.Platform, Forbidden, [Member("error.innererror.code", "ForbiddenBy")], "learn.microsoft.com/azure/key-vault, error codes"), Causes.Permissions.PermissionDenied, 0.95, "no access policy or role of the vault grants this"),
        Means(By("Azure App Service", Layer.Platform, Forbidden, [Body("This web app is stopped")], "learn.microsoft.com, app service"), Causes.Configuration.UpstreamRefused, 0.8, "the web app is stopped; the platform answers in its place"),
        Means(By("Azure App Service", Layer.Platform, Forbidden, [Body("Error 403 - Forbidden"), Body("The web app you have attempted to reach has blocked your access")], "learn.microsoft.com, access restrictions"), Causes.Network.IpNotAllowed, 0.9),
        Means(By("Azure App Service", Layer.Platform, Forbidden, [Header("x-ms-forbidden-ip")], "learn.microsoft.com, access restrictions"), Causes.Network.IpNotAllowed, 0.95, "an access restriction of the app refuses this address"),

        .. GoogleReason("ACCESS_TOKEN_SCOPE_INSUFFICIENT", Causes.Permissions.ScopeMissing, 0.97), .. GoogleReason("ACCESS_TOKEN_EXPIRED", Causes.Tokens.Expired, 0.97), .. GoogleReason("ACCESS_TOKEN_TYPE_UNSUPPORTED", Causes.Tokens.WrongType, 0.96),
        .. GoogleReason("CREDENTIALS_MISSING", Causes.Credentials.Missing, 0.96), .. GoogleReason("ACCOUNT_STATE_INVALID", Causes.Credentials.AccountDisabled, 0.93), .. GoogleReason("SERVICE_DISABLED", Causes.Permissions.PermissionDenied, 0.93),
        .. GoogleReason("API_KEY_SERVICE_BLOCKED", Causes.Permissions.PermissionDenied, 0.93), .. GoogleReason("API_KEY_HTTP_REFERRER_BLOCKED", Causes.Network.ReferrerBlocked, 0.97), .. GoogleReason("API_KEY_IP_ADDRESS_BLOCKED", Causes.Network.IpNotAllowed, 0.97),
        .. GoogleReason("API_KEY_ANDROID_APP_BLOCKED", Causes.Permissions.PermissionDenied, 0.9), .. GoogleReason("API_KEY_IOS_APP_BLOCKED", Causes.Permissions.PermissionDenied, 0.9), Means(By(Google, Layer.Platform, [400, 403], [Member("reason", "=API_KEY_INVALID"), Member("error.message", "API key expired")], GoogleDocs), Causes.Tokens.ApiKeyExpired, 0.97, "the API key is past its time"), .. GoogleReason("API_KEY_INVALID", Causes.Tokens.ApiKeyUnknown, 0.97),
        .. GoogleReason("BILLING_DISABLED", Causes.Permissions.SubscriptionRequired, 0.9), .. GoogleReason("CONSUMER_SUSPENDED", Causes.Credentials.AccountDisabled, 0.9), .. GoogleReason("IAM_PERMISSION_DENIED", Causes.Permissions.PermissionDenied, 0.96),
        .. GoogleReason("RATE_LIMIT_EXCEEDED", Causes.Network.RateExceeded, 0.97), .. GoogleReason("RESOURCE_QUOTA_EXCEEDED", Causes.Network.RateExceeded, 0.93), .. GoogleReason("USER_PROJECT_DENIED", Causes.Permissions.PermissionDenied, 0.9),
        .. GoogleReason("rateLimitExceeded", Causes.Network.RateExceeded, 0.95), .. GoogleReason("userRateLimitExceeded", Causes.Network.RateExceeded, 0.95), .. GoogleReason("quotaExceeded", Causes.Network.RateExceeded, 0.93), .. GoogleReason("dailyLimitExceeded", Causes.Network.RateExceeded, 0.95),
        .. GoogleReason("accessNotConfigured", Causes.Permissions.PermissionDenied, 0.9), .. GoogleReason("sslRequired", Causes.Network.HttpsRequired, 0.95), .. GoogleReason("countryBlocked", Causes.Network.CountryBlocked, 0.95),
        Means(By(Google, Layer.Platform, Refusals, [Member("error.message", "API key not valid")], GoogleDocs), Causes.Tokens.ApiKeyUnknown, 0.96),
        Means(By("Google Cloud Storage", Layer.Platform, Denial, [Member("Code", "=ExpiredToken")], "cloud.google.com/storage/docs/xml-api"), Causes.Tokens.SignatureExpired, 0.93),

        Means(By(GitHub, Layer.Platform, [403, 429], [GitHubServer, Header("x-ratelimit-remaining", "=0")], GitHubDocs), Causes.Network.RateExceeded, 0.97, "the hour's requests are used up (x-ratelimit-remaining: 0); signed in there are more"),
        Means(By(GitHub, Layer.Platform, [403, 429], [GitHubServer, Member("message", "secondary rate limit")], GitHubDocs), Causes.Network.RateExceeded, 0.97),
        Means(By(GitHub, Layer.Platform, [403, 429], [GitHubServer, Member("message", "abuse detection")], GitHubDocs), Causes.Network.RateExceeded, 0.95),
        Means(By(GitHub, Layer.Platform, Forbidden, [Header("X-GitHub-SSO", "required")], GitHubDocs), Causes.Permissions.PermissionDenied, 0.93, "the organization wants the token authorized for its single sign-on (X-GitHub-SSO has the address)"),
        Means(By(GitHub, Layer.Platform, Forbidden, [Member("message", "Resource not accessible by")], GitHubDocs), Causes.Permissions.PermissionDenied, 0.95, "the token lacks a permission; X-Accepted-GitHub-Permissions names it"),
        Means(By(GitHub, Layer.Platform, Unauthorized, [GitHubServer, Member("message", "=Bad credentials")], GitHubDocs), Causes.Tokens.Rejected, 0.93, "GitHub knows no such token: mistyped, expired or revoked", Sent.Token | Sent.Key),
        Means(By(GitHub, Layer.Platform, Unauthorized, [Header("X-GitHub-OTP", "required")], GitHubDocs), Causes.Tokens.AuthenticationTooWeak, 0.96),
        Means(By(GitHub, Layer.Platform, Forbidden, [Body("Please make sure your request has a User-Agent header")], GitHubDocs), Causes.Network.UserAgentBlocked, 0.95, "GitHub wants a User-Agent"),
        Means(By(GitHub, Layer.Platform, Forbidden, [GitHubServer, Header("X-Accepted-OAuth-Scopes"), Header("X-OAuth-Scopes")], GitHubDocs), Causes.Permissions.ScopeMissing, 0.6, "X-OAuth-Scopes and X-Accepted-OAuth-Scopes differ", Sent.Token),
        Means(By("GitLab", Layer.Platform, Forbidden, [Member("error", "=insufficient_scope")], "docs.gitlab.com/api"), Causes.Permissions.ScopeMissing, 0.95),
        Means(By("GitLab", Layer.Platform, Unauthorized, [Member("message", "=401 Unauthorized"), Header("X-Gitlab-Meta")], "docs.gitlab.com/api"), Causes.Tokens.Rejected, 0.8, null, Sent.Token | Sent.Key),
        Means(By("Slack", Layer.Platform, [200, 401, 403], [Member("ok", "=false"), Member("error", "=missing_scope")], "api.slack.com"), Causes.Permissions.ScopeMissing, 0.97),
        Means(By("Slack", Layer.Platform, [200, 401, 403], [Member("ok", "=false"), Member("error", "=token_expired")], "api.slack.com"), Causes.Tokens.Expired, 0.97),
        Means(By("Slack", Layer.Platform, [200, 401, 403], [Member("ok", "=false"), Member("error", "=token_revoked")], "api.slack.com"), Causes.Tokens.Revoked, 0.97),
        Means(By("Slack", Layer.Platform, [200, 401, 403], [Member("ok", "=false"), Member("error", "=invalid_auth")], "api.slack.com"), Causes.Tokens.Rejected, 0.93),
        Means(By("Slack", Layer.Platform, [200, 401, 403], [Member("ok", "=false"), Member("error", "=not_authed")], "api.slack.com"), Causes.Credentials.Missing, 0.95),
        .. SlackSays("account_inactive", Causes.Credentials.AccountDisabled, 0.95), .. SlackSays("not_allowed_token_type", Causes.Tokens.WrongType, 0.95), .. SlackSays("no_permission", Causes.Permissions.PermissionDenied, 0.95), .. SlackSays("restricted_action", Causes.Permissions.PermissionDenied, 0.93),
        .. SlackSays("access_denied", Causes.Permissions.PermissionDenied, 0.93), .. SlackSays("team_access_not_granted", Causes.Permissions.PermissionDenied, 0.93), .. SlackSays("user_is_restricted", Causes.Permissions.PermissionDenied, 0.93), .. SlackSays("org_login_required", Causes.Permissions.PermissionDenied, 0.7), .. SlackSays("two_factor_setup_required", Causes.Tokens.AuthenticationTooWeak, 0.95),
        .. SlackSays("ratelimited", Causes.Network.RateExceeded, 0.96), .. SlackSays("accesslimited", Causes.Network.IpNotAllowed, 0.85),
        Means(By("Salesforce", Layer.Platform, Denial, [Member("errorCode", "=INVALID_SESSION_ID")], "developer.salesforce.com"), Causes.Sessions.Expired, 0.85, "Salesforce: the session id is expired or not of this instance"),
        Means(By("X", Layer.Platform, Forbidden, [Member("errors.code", "=453")], "docs.x.com, response codes"), Causes.Permissions.SubscriptionRequired, 0.93, "the access level of this application does not include the endpoint (code 453)"),
        Means(By("X", Layer.Platform, Unauthorized, [Member("errors.code", "=135")], "docs.x.com, response codes"), Causes.Tokens.SignatureClockSkew, 0.95, "the timestamp of the signed request is out of bounds (code 135)"),
        Means(By("X", Layer.Platform, Denial, [Member("errors.code", "=64")], "docs.x.com, response codes"), Causes.Credentials.AccountDisabled, 0.93, "the account is suspended (code 64)"),
        .. Facebook("463", Causes.Tokens.Expired, 0.97, "the access token's session is past its time"), .. Facebook("460", Causes.Tokens.Revoked, 0.95, "the password was changed, which ends the token"), .. Facebook("458", Causes.Tokens.Revoked, 0.93, "the user removed the application"), .. Facebook("467", Causes.Tokens.Revoked, 0.88, "the access token was ended"),
        Means(By("Discord", Layer.Platform, Forbidden, [Member("code", "=50001"), Member("message", "=Missing Access")], "discord.com/developers, JSON error codes"), Causes.Permissions.PermissionDenied, 0.95, "the bot or user can not see this resource (code 50001)"),
        Means(By("Discord", Layer.Platform, Forbidden, [Member("code", "=50013"), Member("message", "=Missing Permissions")], "discord.com/developers, JSON error codes"), Causes.Permissions.PermissionDenied, 0.96, "the bot or user lacks a permission for this action (code 50013)"),
        Means(By("Twitter", Layer.Platform, Denial, [Member("errors.code", "=89")], "developer.x.com"), Causes.Tokens.Rejected, 0.88),
        Means(By("Stripe", Layer.Platform, Unauthorized, [Member("error.type", "=invalid_request_error"), Member("error.message", "Invalid API Key")], "docs.stripe.com"), Causes.Tokens.ApiKeyUnknown, 0.96),
        Means(By("Google Identity Toolkit", Layer.Platform, [400], [Member("error.message", "=INVALID_LOGIN_CREDENTIALS")], "firebase.google.com/docs/reference/rest/auth"), Causes.Credentials.PasswordRejected, 0.96),
        Means(By("Google Identity Toolkit", Layer.Platform, [400], [Member("error.message", "=INVALID_PASSWORD")], "firebase.google.com/docs/reference/rest/auth"), Causes.Credentials.PasswordRejected, 0.95),
        Means(By("Google Identity Toolkit", Layer.Platform, [400], [Member("error.message", "=EMAIL_NOT_FOUND")], "firebase.google.com/docs/reference/rest/auth"), Causes.Credentials.PasswordRejected, 0.93),
        Means(By("Google Identity Toolkit", Layer.Platform, [400], [Member("error.message", "=USER_DISABLED")], "firebase.google.com/docs/reference/rest/auth"), Causes.Credentials.AccountDisabled, 0.96),
        Means(By("Google Identity Toolkit", Layer.Platform, [400], [Member("error.message", "TOO_MANY_ATTEMPTS_TRY_LATER")], "firebase.google.com/docs/reference/rest/auth"), Causes.Credentials.AccountLocked, 0.93),
        Means(By("Google Identity Toolkit", Layer.Platform, [400], [Member("error.message", "=TOKEN_EXPIRED")], "firebase.google.com/docs/reference/rest/auth"), Causes.Tokens.Expired, 0.95),
        Means(By("Google Maps", Layer.Platform, [200], [Member("status", "=REQUEST_DENIED"), Member("error_message", "API key is invalid")], "developers.google.com/maps, error messages"), Causes.Tokens.ApiKeyUnknown, 0.96),
        Means(By("Google Maps", Layer.Platform, [200], [Member("status", "=REQUEST_DENIED"), Member("error_message", "referer restrictions")], "developers.google.com/maps, error messages"), Causes.Permissions.PermissionDenied, 0.9, "a key with referrer restrictions can not be used with this interface"),
        Means(By("Google Maps", Layer.Platform, [200], [Member("status", "=REQUEST_DENIED"), Member("error_message", "not authorized to use this")], "developers.google.com/maps, error messages"), Causes.Permissions.PermissionDenied, 0.93),
        Means(By("Google Maps", Layer.Platform, [200], [Member("status", "=REQUEST_DENIED"), Member("error_message", "must use an API key")], "developers.google.com/maps, error messages"), Causes.Credentials.Missing, 0.95),
        Means(By("Google Maps", Layer.Platform, [200], [Member("status", "=OVER_QUERY_LIMIT")], "developers.google.com/maps, status codes"), Causes.Network.RateExceeded, 0.96),
        Means(By("Firebase", Layer.Platform, Denial, [Member("error", "=Permission denied")], "firebase.google.com/docs/database/rest"), Causes.Permissions.PermissionDenied, 0.8),
        Means(By("npm registry", Layer.Platform, Denial, [Header("npm-notice"), Body("You must be logged in")], "docs.npmjs.com"), Causes.Credentials.Missing, 0.85),
        Means(By("Docker registry", Layer.Platform, Unauthorized, [Header("Docker-Distribution-Api-Version"), Member("errors.code", "=UNAUTHORIZED")], "distribution.github.io, token authentication"), Causes.Credentials.Missing, 0.85, "the registry wants a token of the service that its challenge names", Sent.Nothing),
        Means(By("Docker registry", Layer.Platform, Denial, [Header("Docker-Distribution-Api-Version"), Member("errors.code", "=DENIED")], "distribution.github.io"), Causes.Permissions.PermissionDenied, 0.9),
        Means(By("Elasticsearch", Layer.Platform, Forbidden, [Member("error.type", "=security_exception"), Member("error.reason", "is unauthorized for")], "elastic.co/docs, security"), Causes.Permissions.PermissionDenied, 0.95),
        Means(By("Elasticsearch", Layer.Platform, Unauthorized, [Member("error.type", "=security_exception"), Member("error.reason", "missing authentication credentials")], "elastic.co/docs, security"), Causes.Credentials.Missing, 0.95, null, Sent.Nothing),
        Means(By("Elasticsearch", Layer.Platform, Unauthorized, [Member("error.type", "=security_exception"), Member("error.reason", "unable to authenticate user")], "elastic.co/docs, security"), Causes.Credentials.PasswordRejected, 0.93),
        Means(By("Consul", Layer.Platform, Forbidden, [Body("Permission denied: anonymous token lacks permission '")], "developer.hashicorp.com/consul, ACL errors"), Causes.Credentials.Missing, 0.93, "no ACL token came, and the anonymous one lacks the permission", Sent.Nothing),
        Means(By("Consul", Layer.Platform, Forbidden, [Body("Permission denied: token with AccessorID '"), Body("lacks permission '")], "as above"), Causes.Permissions.PermissionDenied, 0.95, "no policy of this ACL token grants the permission that the answer names"),
        Means(By("Consul", Layer.Platform, Forbidden, [Body("ACL not found")], "as above"), Causes.Tokens.Rejected, 0.92, "the cluster knows no ACL token with this secret", Sent.Token | Sent.Key),
        Means(By("Vault", Layer.Platform, Forbidden, [Member("errors", "=permission denied"), Header("Cache-Control", "no-store")], "developer.hashicorp.com/vault, policies", Sent.Something), Causes.Permissions.PermissionDenied, 0.7),

        Means(By(Kubernetes, Layer.Platform, Forbidden, [Member("kind", "=Status"), Member("reason", "=Forbidden"), Member("message", "system:anonymous")], "kubernetes, responsewriters/errors.go"), Causes.Credentials.Missing, 0.93, "no credentials reached the API server: it takes the caller for system:anonymous"),
        Means(By(Kubernetes, Layer.Platform, Forbidden, [Member("kind", "=Status"), Member("reason", "=Forbidden"), Member("message", "cannot ")], "kubernetes, responsewriters/errors.go"), Causes.Permissions.PermissionDenied, 0.97, "no RBAC rule allows it; the message names user, verb, resource and namespace"),
        Means(By(Kubernetes, Layer.Platform, Forbidden, [Member("kind", "=Status"), Member("reason", "=Forbidden")], "kubernetes, apimachinery"), Causes.Permissions.PermissionDenied, 0.9),
        Means(By(Kubernetes, Layer.Platform, Unauthorized, [Member("kind", "=Status"), Member("reason", "=Unauthorized")], "kubernetes, apimachinery", Sent.Token), Causes.Tokens.Rejected, 0.85, "the API server does not accept the token"),
        By(S3, Layer.Platform, Any, [Member("Code"), Member("RequestId"), Member("HostId")], S3Docs),
        By(AzureStorage, Layer.Platform, Any, [Header("x-ms-error-code"), Header("x-ms-request-id")], AzureDocs),
        By(Google, Layer.Platform, Any, [Header("Server", "ESF"), Member("error.status")], GoogleDocs),
        By(GitHub, Layer.Platform, Any, [GitHubServer, Member("documentation_url")], GitHubDocs),
        By(Kubernetes, Layer.Platform, Any, [Member("kind", "=Status"), Member("apiVersion", "=v1")], "kubernetes"),
    ];

    /// <summary>The code stands in x-amzn-ErrorType, in <c>__type</c> or <c>code</c> of JSON, or in an XML Code.</summary>
    private static IEnumerable<Fingerprint> Aws(string code, Cause cause, double confidence)
    {
        yield return Means(By("AWS", Layer.Platform, Refusals, [Header("x-amzn-RequestId"), Header("x-amzn-ErrorType", code)], AwsDocs), cause, confidence);
        yield return Means(By("AWS", Layer.Platform, Refusals, [Header("x-amzn-RequestId"), Member("__type", code)], AwsDocs), cause, confidence);
        yield return Means(By("AWS", Layer.Platform, Refusals, [Member("Error.Code", "=" + code)], AwsDocs), cause, confidence);
        yield return Means(By("AWS", Layer.Platform, Refusals, [Member("Code", "=" + code), Member("RequestId")], AwsDocs), cause, confidence);
    }

    private static IEnumerable<Fingerprint> SlackSays(string error, Cause cause, double confidence)
    {
        yield return Means(By("Slack", Layer.Platform, [200, 401, 403, 429], [Member("ok", "=false"), Member("error", "=" + error)], "docs.slack.dev, errors of methods"), cause, confidence);
    }

    /// <summary>Code 190 is a token that is not taken; the subcode says why (developers.facebook.com, handling errors).</summary>
    private static IEnumerable<Fingerprint> Facebook(string subcode, Cause cause, double confidence, string says)
    {
        yield return Means(By("Facebook Graph", Layer.Platform, [400, 401, 403], [Member("error.code", "=190"), Member("error.error_subcode", "=" + subcode)], "developers.facebook.com, handling errors"), cause, confidence, says);
    }

    private static IEnumerable<Fingerprint> Azure(string code, Cause cause, double confidence)
    {
        yield return Means(By(AzureStorage, Layer.Platform, [400, 401, 403, 404, 409], [Header("x-ms-error-code", "=" + code)], AzureDocs), cause, confidence);
        yield return Means(By(AzureStorage, Layer.Platform, [400, 401, 403, 404, 409], [Header("x-ms-request-id"), Member("Code", "=" + code)], AzureDocs), cause, confidence);
    }

    private static IEnumerable<Fingerprint> GoogleReason(string reason, Cause cause, double confidence)
    {
        yield return Means(By(Google, Layer.Platform, [400, 401, 403, 429], [Member("reason", "=" + reason), Member("error.message")], GoogleDocs), cause, confidence);
    }

    private static Fingerprint By(string author, Layer layer, int[] statuses, Mark[] marks, string source, Sent when = Sent.Any) => new(author, layer, statuses, marks, source) { When = when };
}
