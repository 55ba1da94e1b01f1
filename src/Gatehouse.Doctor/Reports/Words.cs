using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>Names of closed sets as reports write them.</summary>
internal static class Words
{
    /// <summary>kebab-case, as contract.md lists them.</summary>
    public static string Kebab(EvidenceKind kind) => kind switch
    {
        EvidenceKind.Request => "request",
        EvidenceKind.ResponseStatus => "response-status",
        EvidenceKind.ResponseHeader => "response-header",
        EvidenceKind.ResponseBody => "response-body",
        EvidenceKind.Comparison => "comparison",
        EvidenceKind.Token => "token",
        EvidenceKind.Certificate => "certificate",
        EvidenceKind.Cookie => "cookie",
        EvidenceKind.FileMode => "file-mode",
        EvidenceKind.FileLink => "file-link",
        EvidenceKind.ConfigLine => "config-line",
        EvidenceKind.RuleLine => "rule-line",
        EvidenceKind.LogLine => "log-line",
        EvidenceKind.Address => "address",
        EvidenceKind.Clock => "clock",
    };

    /// <summary>visitor, developer or owner.</summary>
    public static string Of(Audience who) => who switch
    {
        Audience.Visitor => "visitor",
        Audience.Developer => "developer",
        Audience.Owner => "owner",
    };
}
