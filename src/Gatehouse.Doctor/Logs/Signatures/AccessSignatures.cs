using System.Collections.Frozen;
using Gatehouse.Causes;
using Gatehouse.Doctor.Logs.Formats;
using C = Gatehouse.Causes;

namespace Gatehouse.Doctor.Logs.Signatures;

/// <summary>What the codes of an access line mean: IIS' sub-status, HAProxy's termination state, Squid's result, Amazon's error codes.</summary>
/// <param name="Cause">What it means.</param>
/// <param name="Certainty">How surely.</param>
/// <param name="Says">The finding's summary.</param>
internal sealed record AccessMeaning(Cause Cause, Certainty Certainty, string Says)
{
    /// <summary>IIS' sub-status (HTTP status codes in IIS; the numbers 501 to 504 are those of dynamic IP restrictions).</summary>
    private static readonly FrozenDictionary<string, AccessMeaning> Iis = new Dictionary<string, AccessMeaning>(StringComparer.Ordinal)
    {
        ["401.1"] = new(C.Credentials.PasswordRejected, Certainty.Likely, "logon failed (401.1): wrong user name or password, or Kerberos without the right SPN"),
        ["401.2"] = new(C.Credentials.WrongScheme, Certainty.OneOfSeveral, "no way to sign in that client and server share (401.2); also the normal first step of Windows authentication"),
        ["401.3"] = new(C.Files.FileAclDenied, Certainty.Proves, "the NTFS ACL of the resource denies it (401.3)"),
        ["401.4"] = new(C.Permissions.PermissionDenied, Certainty.Proves, "an ISAPI filter denies it (401.4)"),
        ["401.5"] = new(C.Permissions.PermissionDenied, Certainty.Proves, "an ISAPI or CGI application denies it (401.5)"),
        ["401.501"] = new(C.Network.RateExceeded, Certainty.Proves, "too many requests at a time from one address (dynamic IP restrictions, 401.501)"),
        ["401.502"] = new(C.Network.RateExceeded, Certainty.Proves, "too many requests from one address (dynamic IP restrictions, 401.502)"),
        ["401.503"] = new(C.Network.IpBlocked, Certainty.Proves, "the address is on the deny list (401.503)"),
        ["401.504"] = new(C.Network.IpBlocked, Certainty.Proves, "the host name is on the deny list (401.504)"),
        ["403.1"] = new(C.Files.ResourceDenied, Certainty.Proves, "executing is not allowed there (403.1)"),
        ["403.2"] = new(C.Files.ResourceDenied, Certainty.Proves, "reading is not allowed there (403.2)"),
        ["403.3"] = new(C.Network.MethodDenied, Certainty.Proves, "writing is not allowed there (403.3)"),
        ["403.4"] = new(C.Network.HttpsRequired, Certainty.Proves, "https is required (403.4)"),
        ["403.5"] = new(C.Network.HttpsRequired, Certainty.Proves, "https with 128 bits is required (403.5)"),
        ["403.6"] = new(C.Network.IpBlocked, Certainty.OneOfSeveral, "the address is refused (403.6: ipSecurity): it is denied, or not among those allowed"),
        ["403.7"] = new(C.Credentials.CertificateMissing, Certainty.Proves, "a client certificate is required (403.7)"),
        ["403.8"] = new(C.Network.IpBlocked, Certainty.OneOfSeveral, "the host name of the client is refused (403.8): it is denied, or not among those allowed"),
        ["403.9"] = new(C.Network.RateExceeded, Certainty.Proves, "too many clients are connected (403.9)"),
        ["403.10"] = new(C.Files.ResourceDenied, Certainty.Proves, "the server denies execution (403.10)"),
        ["403.11"] = new(C.Credentials.PasswordExpired, Certainty.Proves, "the password has to be changed (403.11)"),
        ["403.12"] = new(C.Credentials.CertificateUntrusted, Certainty.Proves, "no account is mapped to the client certificate (403.12)"),
        ["403.13"] = new(C.Credentials.CertificateRevoked, Certainty.Proves, "the client certificate is revoked, or its revocation list can't be reached (403.13)"),
        ["403.14"] = new(C.Files.DirectoryNoIndex, Certainty.Proves, "no default document, and listings are off (403.14)"),
        ["403.15"] = new(C.Network.RateExceeded, Certainty.Likely, "client access licences are used up (403.15)"),
        ["403.16"] = new(C.Credentials.CertificateUntrusted, Certainty.Proves, "the client certificate is untrusted or malformed (403.16)"),
        ["403.17"] = new(C.Credentials.CertificateExpired, Certainty.Proves, "the client certificate has expired or is not valid yet (403.17)"),
        ["403.18"] = new(C.Files.ResourceDenied, Certainty.Proves, "the URL can't be executed in this application pool (403.18)"),
        ["403.19"] = new(C.Files.ResourceDenied, Certainty.Proves, "CGI can't be executed for this client in this application pool (403.19)"),
        ["403.20"] = new(C.Credentials.PasswordRejected, Certainty.Likely, "Passport logon failed (403.20)"),
        ["403.21"] = new(C.Files.ResourceDenied, Certainty.Proves, "source access is denied (403.21)"),
        ["403.22"] = new(C.Files.ResourceDenied, Certainty.Proves, "infinite depth is denied (403.22)"),
        ["403.501"] = new(C.Network.RateExceeded, Certainty.Proves, "too many requests at a time from one address (dynamic IP restrictions, 403.501)"),
        ["403.502"] = new(C.Network.RateExceeded, Certainty.Proves, "too many requests from one address (dynamic IP restrictions, 403.502)"),
        ["403.503"] = new(C.Network.IpBlocked, Certainty.Proves, "the address is on the deny list (403.503)"),
        ["403.504"] = new(C.Network.IpBlocked, Certainty.Proves, "the host name is on the deny list (403.504)"),
        ["404.2"] = new(C.Files.ResourceDenied, Certainty.Proves, "the ISAPI or CGI restriction list denies it (404.2)"),
        ["404.5"] = new(C.Files.ResourceDenied, Certainty.Proves, "request filtering denies a sequence in the URL (404.5)"),
        ["404.6"] = new(C.Network.MethodDenied, Certainty.Proves, "request filtering denies the method (404.6)"),
        ["404.7"] = new(C.Files.ResourceDenied, Certainty.Proves, "request filtering denies the file name extension (404.7)"),
        ["404.8"] = new(C.Files.ResourceDenied, Certainty.Proves, "request filtering hides that segment of the path (404.8)"),
        ["404.10"] = new(C.Network.WafBlocked, Certainty.Likely, "request filtering denies a header's length (404.10)"),
        ["404.11"] = new(C.Network.WafBlocked, Certainty.Likely, "request filtering denies a double escape (404.11)"),
        ["404.15"] = new(C.Network.WafBlocked, Certainty.Likely, "request filtering denies the query's length (404.15)"),
        ["404.18"] = new(C.Files.ResourceDenied, Certainty.Proves, "request filtering denies a sequence in the query (404.18)"),
        ["404.19"] = new(C.Files.ResourceDenied, Certainty.Proves, "a rule of request filtering denies it (404.19)"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, AccessMeaning> S3 = new Dictionary<string, AccessMeaning>(StringComparer.Ordinal)
    {
        ["AccessDenied"] = new(C.Permissions.PermissionDenied, Certainty.Proves, "S3 denies access (AccessDenied): policy, ACL, public access block or key, or a key that does not exist"),
        ["SignatureDoesNotMatch"] = new(C.Tokens.SignatureMismatch, Certainty.Proves, "the request's signature differs (SignatureDoesNotMatch)"),
        ["RequestTimeTooSkewed"] = new(C.Tokens.SignatureClockSkew, Certainty.Proves, "the client's clock is more than 15 minutes off (RequestTimeTooSkewed)"),
        ["InvalidAccessKeyId"] = new(C.Tokens.ApiKeyUnknown, Certainty.Proves, "the access key is not known (InvalidAccessKeyId)"),
        ["ExpiredToken"] = new(C.Tokens.Expired, Certainty.Proves, "the session token has expired (ExpiredToken)"),
        ["InvalidToken"] = new(C.Tokens.Rejected, Certainty.Proves, "the session token is not valid (InvalidToken)"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What an access line of a refusal tells by itself; null: the status alone, which proves nothing.</summary>
    public static AccessMeaning? Of(LogRecord line)
    {
        if (line is not { IsAccess: true, Status: { } status }) return null;
        switch (line.Server)
        {
            case LogServer.Iis when line.Flags is { } code && Iis.GetValueOrDefault(code) is { } meaning:
                return W3cFormat.Win32(line.Code) is { } win32 ? Win32(meaning, line.Code!, win32) : meaning;
            case LogServer.Haproxy when line.Flags is { Length: >= 2 } state && status is 401 or 403 or 407 or 429:
                if (line.Upstream is not null && state.StartsWith("--", StringComparison.Ordinal))
                    return new(C.Configuration.UpstreamRefused, Certainty.Likely, $"the server {line.Upstream} answered {status}; HAProxy passed it on (termination state {state})");
                if (state[0] is 'P' && status is 403 or 429) return new(status == 429 ? C.Network.RateExceeded : C.Files.ResourceDenied, Certainty.OneOfSeveral, $"a rule of HAProxy denied it (termination state {state}, no server was asked)");
                if (state[0] is 'L' or 'P' && status is 401 or 407) return new(C.Credentials.Missing, Certainty.OneOfSeveral, $"HAProxy itself asked for user name and password (termination state {state}, no server was asked)");
                return null;
            case LogServer.Squid when line.Flags?.Contains("DENIED", StringComparison.Ordinal) == true:
                return status == 407 || status == 401
                    ? new(line.User is null ? C.Credentials.Missing : C.Credentials.PasswordRejected, Certainty.Likely, $"Squid wants to know who asks ({line.Flags}/{status})")
                    : new(C.Files.ResourceDenied, Certainty.OneOfSeveral, $"Squid's http_access denies it ({line.Flags}/{status})");
            case LogServer.Squid when status is 401 or 403 && line.Upstream is not null:
                return new(C.Configuration.UpstreamRefused, Certainty.Likely, $"the server {line.Upstream} answered {status}; Squid passed it on ({line.Flags})");
            case LogServer.Traefik when status is 401 or 403 && line.UpstreamStatus is { } origin && origin == status:
                return new(C.Configuration.UpstreamRefused, Certainty.Proves, $"the service {line.Upstream ?? "behind Traefik"} answered {status}");
            case LogServer.Envoy when status is 401 or 403 && line.Upstream is not null && line.Flags is null or "-" or "via_upstream" or "- via_upstream":
                return new(C.Configuration.UpstreamRefused, Certainty.Likely, $"the upstream {line.Upstream} answered {status}");
            case LogServer.Aws when line.Flags is { } flags:
                if (S3.GetValueOrDefault(flags) is { } code3) return code3;
                if (flags.Contains("waf", StringComparison.OrdinalIgnoreCase) && line.UpstreamStatus is null) return new(C.Network.WafBlocked, Certainty.Proves, $"the load balancer's firewall refused it ({flags})");
                if (flags.Contains("Auth", StringComparison.Ordinal) && line.UpstreamStatus is null) return new(C.Sessions.Unknown, Certainty.Likely, $"the load balancer's own authentication refused it ({flags})");
                if (flags.Contains("ClientGeoBlocked", StringComparison.Ordinal)) return new(C.Network.CountryBlocked, Certainty.Proves, "CloudFront blocks the country (ClientGeoBlocked)");
                break;
        }

        if (line.Server == LogServer.Aws && status is 401 or 403)
            return line.UpstreamStatus == status ? new(C.Configuration.UpstreamRefused, Certainty.Proves, $"the target {line.Upstream} answered {status}") : null;
        if (line.UpstreamStatus is { } behind && behind == status && status is 401 or 403)
            return new(C.Configuration.UpstreamRefused, Certainty.Likely, $"the upstream {line.Upstream} answered {status}");
        if (line.Server == LogServer.Iis && W3cFormat.Win32(line.Code) is { } told && status is 401 or 403) return Win32(null, line.Code!, told);
        return null;
    }

    private static AccessMeaning Win32(AccessMeaning? meaning, string code, string told) => code switch
    {
        "1326" => new(C.Credentials.PasswordRejected, Certainty.Proves, $"the user name or password is wrong (Windows error {code})"),
        "1330" => new(C.Credentials.PasswordExpired, Certainty.Proves, $"the password has expired (Windows error {code})"),
        "1331" => new(C.Credentials.AccountDisabled, Certainty.Proves, $"the account is disabled (Windows error {code})"),
        "1909" => new(C.Credentials.AccountLocked, Certainty.Proves, $"the account is locked (Windows error {code})"),
        _ => meaning ?? new(C.Files.FileAclDenied, Certainty.OneOfSeveral, $"Windows denies it: {told} (error {code})"),
    };
}
