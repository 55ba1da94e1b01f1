namespace Gatehouse.Causes;

/// <summary>Where the request comes from, and how.</summary>
public static class Network
{
    /// <summary>Blocked.</summary>
    public static readonly Cause IpBlocked = new()
    {
        Id = "ip.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Blocked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Not allowed.</summary>
    public static readonly Cause IpNotAllowed = new()
    {
        Id = "ip.not-allowed",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Not allowed",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Banned.</summary>
    public static readonly Cause IpBanned = new()
    {
        Id = "ip.banned",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Banned",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Blocked.</summary>
    public static readonly Cause CountryBlocked = new()
    {
        Id = "country.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Blocked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Exceeded.</summary>
    public static readonly Cause RateExceeded = new()
    {
        Id = "rate.exceeded",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Exceeded",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Blocked.</summary>
    public static readonly Cause WafBlocked = new()
    {
        Id = "waf.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration,
        Title = "Blocked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Challenged.</summary>
    public static readonly Cause BotChallenged = new()
    {
        Id = "bot.challenged",
        Status = 403,
        SeenFrom = Vantage.Outside,
        Title = "Challenged",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Blocked.</summary>
    public static readonly Cause UserAgentBlocked = new()
    {
        Id = "user-agent.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Blocked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Blocked.</summary>
    public static readonly Cause ReferrerBlocked = new()
    {
        Id = "referrer.blocked",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Blocked",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Required.</summary>
    public static readonly Cause HeaderRequired = new()
    {
        Id = "header.required",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Required",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Refused.</summary>
    public static readonly Cause OriginRefused = new()
    {
        Id = "origin.refused",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Refused",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Preflight refused.</summary>
    public static readonly Cause CorsPreflightRefused = new()
    {
        Id = "cors.preflight-refused",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration,
        Title = "Preflight refused",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Denied.</summary>
    public static readonly Cause MethodDenied = new()
    {
        Id = "method.denied",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Denied",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Required.</summary>
    public static readonly Cause HttpsRequired = new()
    {
        Id = "https.required",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Required",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unknown.</summary>
    public static readonly Cause HostUnknown = new()
    {
        Id = "host.unknown",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Unknown",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Outside window.</summary>
    public static readonly Cause TimeOutsideWindow = new()
    {
        Id = "time.outside-window",
        Status = 403,
        SeenFrom = Vantage.Configuration | Vantage.Guard,
        Title = "Outside window",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
