namespace Gatehouse.Doctor.Rules;

/// <summary>Every rule. Order does not matter for the outcome: findings are ranked afterwards. A new family is one file and one line here.</summary>
public static class AllRules
{
    /// <summary>Family by family, as in the catalogue.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. FingerprintRules.All,
        .. WordingRules.All,
        .. CredentialRules.All,
        .. MalformedRules.All,
        .. DigestRules.All,
        .. CertificateRules.All,
        .. SessionRules.All,
        .. CookieRules.All,
        .. TokenRules.All,
        .. SignedRequestRules.All,
        .. PermissionRules.All,
        .. NetworkRules.All,
        .. PathRules.All,
        .. AuthorRules.All,
        .. StatusRules.All,
        .. ApacheRules.All,
        .. FileRules.All,
        .. NginxRules.All,
        .. AuditRules.All,
        .. InForceRules.All,
        .. LogRules.All,
        .. ServerRules.All,
    ];
}
