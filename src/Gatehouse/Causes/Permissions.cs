namespace Gatehouse.Causes;

/// <summary>Permissions: you, but not this.</summary>
public static class Permissions
{
    /// <summary>Not among the named users.</summary>
    public static readonly Cause UserNotListed = new()
    {
        Id = "user.not-listed",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Not among the named users",
        Meaning = "You are signed in, and the rule names the users who may pass; you are not one of them. (Apache httpd answers 401 here, which asks for another login.)",
        Confirm = "Compare the name in the log or the session with the users that the rule names.",
        Visitor = "Ask for access, or sign in with another account.",
        Developer = "Use an account that the rule names.",
        Owner = "Add the user to the rule, or ask for a group instead of names.",
        Specification = "RFC 9110 section 15.5.4; Apache httpd Require user",
    };

    /// <summary>A role is missing.</summary>
    public static readonly Cause RoleMissing = new()
    {
        Id = "role.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "A role is missing",
        Meaning = "You are signed in, and your account lacks the role that this resource asks for.",
        Confirm = "Look at the account's roles, or at the roles claim of the token.",
        Visitor = "Ask whoever runs the site for the role.",
        Developer = "Check that the token carries roles at all, under the claim's name that the server reads.",
        Owner = "Grant the role if it is due, and check how claims are mapped to roles.",
        Specification = "RFC 9110 section 15.5.4",
    };

    /// <summary>Not a member of the group.</summary>
    public static readonly Cause GroupMissing = new()
    {
        Id = "group.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Guard,
        Title = "Not a member of the group",
        Meaning = "You are signed in, and you are no member of a group that the rule asks for. (Apache httpd answers 401 here.)",
        Confirm = "Look the name up in the group file or the directory.",
        Visitor = "Ask to be added to the group.",
        Developer = "Use an account that is a member.",
        Owner = "Add the user to the group, and check that the group file is the one the configuration names.",
        Specification = "RFC 9110 section 15.5.4; Apache httpd Require group",
    };

    /// <summary>The token lacks a scope.</summary>
    public static readonly Cause ScopeMissing = new()
    {
        Id = "scope.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "The token lacks a scope",
        Meaning = "The token is good, and it was issued without the scope that this request needs.",
        Confirm = "Compare scope (or scp) in the token with scope= in WWW-Authenticate.",
        Visitor = "Sign in again and agree to what the program asks for.",
        Developer = "Ask the issuer for a token with the scope that the challenge names; a refresh keeps the old scopes.",
        Owner = "Allow the client to ask for the scope, and check how scopes are mapped.",
        Specification = "RFC 6750 section 3.1",
    };

    /// <summary>An attribute is missing.</summary>
    public static readonly Cause ClaimMissing = new()
    {
        Id = "claim.missing",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "An attribute is missing",
        Meaning = "You are known, and an attribute that the rule asks for is missing or has another value.",
        Confirm = "Compare the claims of the token or session with the rule.",
        Visitor = "Ask whoever runs the site which attribute is needed.",
        Developer = "Ask for a token that carries the claim.",
        Owner = "Let the issuer put the claim into the token, and check its name and form.",
        Specification = "RFC 9110 section 15.5.4; RFC 7519 section 4",
    };

    /// <summary>For subscribers.</summary>
    public static readonly Cause SubscriptionRequired = new()
    {
        Id = "subscription.required",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "For subscribers",
        Meaning = "This is for subscribers, and the account has no active subscription to it.",
        Confirm = "Look at the account's subscriptions and their ends.",
        Visitor = "Subscribe, or renew your subscription.",
        Developer = "Tell the two apart for your users: not signed in, and signed in without a subscription.",
        Owner = "Check that payments reach the accounts: `gatehouse user show NAME`.",
        Specification = "RFC 9110 section 15.5.4",
    };

    /// <summary>The application says no.</summary>
    public static readonly Cause PermissionDenied = new()
    {
        Id = "permission.denied",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "The application says no",
        Meaning = "The application's or platform's own access control refuses this caller this action: a policy, a role binding, the owner of a record.",
        Confirm = "Ask the platform itself: `kubectl auth can-i`, the policy simulator of the cloud, the application's log.",
        Visitor = "Ask the owner of the resource for access.",
        Developer = "Read the body of the answer: it often names caller, action and resource; use an account that has the permission.",
        Owner = "Grant the least permission that covers the action, to a role rather than to one person.",
        Specification = "RFC 9110 section 15.5.4",
    };

    /// <summary>Anti-forgery check failed.</summary>
    public static readonly Cause CsrfRejected = new()
    {
        Id = "csrf.rejected",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Anti-forgery check failed",
        Meaning = "The form's anti-forgery token is missing, too old or does not belong to this session.",
        Confirm = "Compare the token in the form with the cookie that came with it; send the form again from a freshly loaded page.",
        Visitor = "Load the page again and send the form once more; allow cookies.",
        Developer = "Fetch the token first and send it with the request, as the framework documents, with its cookie.",
        Owner = "See that all servers share the key, that proxies keep scheme and host, and that pages with forms are not cached.",
        Specification = "OWASP Cross-Site Request Forgery Prevention; RFC 9110 section 15.5.4",
    };
}
