namespace Gatehouse.Causes;

/// <summary>The status itself is wrong.</summary>
public static class Status
{
    /// <summary>401 without challenge.</summary>
    public static readonly Cause UnauthorizedWithoutChallenge = new()
    {
        Id = "status.401-without-challenge",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "401 without challenge",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>401 should be 403.</summary>
    public static readonly Cause UnauthorizedShouldBeForbidden = new()
    {
        Id = "status.401-should-be-403",
        Status = null,
        SeenFrom = Vantage.Outside,
        Title = "401 should be 403",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>403 should be 401.</summary>
    public static readonly Cause ForbiddenShouldBeUnauthorized = new()
    {
        Id = "status.403-should-be-401",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration,
        Title = "403 should be 401",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Redirect for api.</summary>
    public static readonly Cause RedirectForApi = new()
    {
        Id = "status.redirect-for-api",
        Status = null,
        SeenFrom = Vantage.Outside,
        Title = "Redirect for api",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>200 login page.</summary>
    public static readonly Cause LoginPageWith200 = new()
    {
        Id = "status.200-login-page",
        Status = null,
        SeenFrom = Vantage.Outside,
        Title = "200 login page",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>500 for denial.</summary>
    public static readonly Cause ServerErrorForDenial = new()
    {
        Id = "status.500-for-denial",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "500 for denial",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Hidden as 404.</summary>
    public static readonly Cause HiddenAsNotFound = new()
    {
        Id = "status.hidden-as-404",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration | Vantage.Guard,
        Title = "Hidden as 404",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Unknown.</summary>
    public static readonly Cause Unknown = new()
    {
        Id = "unknown",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Files,
        Title = "Unknown",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
