namespace Gatehouse.Causes;

/// <summary>Permissions: you, but not this.</summary>
public static class Permissions
{
    /// <summary>Not listed.</summary>
    public static readonly Cause UserNotListed = new()
    {
        Id = "user.not-listed",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Not listed",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Missing.</summary>
    public static readonly Cause RoleMissing = new()
    {
        Id = "role.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Missing.</summary>
    public static readonly Cause GroupMissing = new()
    {
        Id = "group.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Missing.</summary>
    public static readonly Cause ScopeMissing = new()
    {
        Id = "scope.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Missing.</summary>
    public static readonly Cause ClaimMissing = new()
    {
        Id = "claim.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Missing",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Required.</summary>
    public static readonly Cause SubscriptionRequired = new()
    {
        Id = "subscription.required",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Required",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Denied.</summary>
    public static readonly Cause PermissionDenied = new()
    {
        Id = "permission.denied",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "Denied",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };

    /// <summary>Rejected.</summary>
    public static readonly Cause CsrfRejected = new()
    {
        Id = "csrf.rejected",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Rejected",
        Meaning = "",
        Confirm = "",
        Visitor = "",
        Developer = "",
        Owner = "",
        Specification = "",
    };
}
