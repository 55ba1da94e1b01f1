namespace Gatehouse.Causes;

/// <summary>Server rules that are wrong.</summary>
public static class Configuration
{
    /// <summary>Ignored.</summary>
    public static readonly Cause HtaccessIgnored = new()
    {
        Id = "htaccess.ignored",
        Status = null,
        SeenFrom = Vantage.Configuration | Vantage.Files,
        Title = "Ignored",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unreadable.</summary>
    public static readonly Cause HtaccessUnreadable = new()
    {
        Id = "htaccess.unreadable",
        Status = 403,
        SeenFrom = Vantage.Log | Vantage.Files,
        Title = "Unreadable",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Syntax error.</summary>
    public static readonly Cause HtaccessSyntaxError = new()
    {
        Id = "htaccess.syntax-error",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "Syntax error",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Not permitted.</summary>
    public static readonly Cause HtaccessNotPermitted = new()
    {
        Id = "htaccess.not-permitted",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "Not permitted",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Conflicting rules.</summary>
    public static readonly Cause HtaccessConflictingRules = new()
    {
        Id = "htaccess.conflicting-rules",
        Status = null,
        SeenFrom = Vantage.Configuration,
        Title = "Conflicting rules",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Syntax error.</summary>
    public static readonly Cause ConfigSyntaxError = new()
    {
        Id = "config.syntax-error",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "Syntax error",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Rule unreachable.</summary>
    public static readonly Cause ConfigRuleUnreachable = new()
    {
        Id = "config.rule-unreachable",
        Status = null,
        SeenFrom = Vantage.Configuration,
        Title = "Rule unreachable",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Open by mistake.</summary>
    public static readonly Cause ConfigOpenByMistake = new()
    {
        Id = "config.open-by-mistake",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration,
        Title = "Open by mistake",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Refused.</summary>
    public static readonly Cause UpstreamRefused = new()
    {
        Id = "upstream.refused",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "Refused",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Auth failed.</summary>
    public static readonly Cause UpstreamAuthFailed = new()
    {
        Id = "upstream.auth-failed",
        Status = null,
        SeenFrom = Vantage.Log | Vantage.Configuration,
        Title = "Auth failed",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
