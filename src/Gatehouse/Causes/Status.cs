namespace Gatehouse.Causes;

/// <summary>The status itself is wrong.</summary>
public static class Status
{
    /// <summary>401 without a challenge.</summary>
    public static readonly Cause UnauthorizedWithoutChallenge = new()
    {
        Id = "status.401-without-challenge",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "401 without a challenge",
        Meaning = "The answer is 401 and lacks the WWW-Authenticate field that must come with it, so that no client can know how to sign in.",
        Confirm = "Look at the fields of the answer: WWW-Authenticate is not among them.",
        Visitor = "Sign in on the site's sign-in page, if it has one.",
        Developer = "Read the API's documentation for how to authenticate: the answer does not say.",
        Owner = "Send WWW-Authenticate with every 401, one challenge for each scheme that is accepted.",
        Specification = "RFC 9110 section 15.5.2",
    };

    /// <summary>401 where 403 is right.</summary>
    public static readonly Cause UnauthorizedShouldBeForbidden = new()
    {
        Id = "status.401-should-be-403",
        Status = null,
        SeenFrom = Vantage.Outside,
        Title = "401 where 403 is right",
        Meaning = "The credentials were accepted and a permission is missing; 401 asks for another login, which does not help, and browsers ask again and again.",
        Confirm = "Use the same credentials on another page: they are accepted there.",
        Visitor = "Don't type your password again: it was right. Ask for access.",
        Developer = "Take this 401 for a 403, and don't start a new login.",
        Owner = "Answer 403 to known callers (AuthzSendForbiddenOnFailure On in Apache httpd).",
        Specification = "RFC 9110 sections 15.5.2 and 15.5.4",
    };

    /// <summary>403 where 401 is right.</summary>
    public static readonly Cause ForbiddenShouldBeUnauthorized = new()
    {
        Id = "status.403-should-be-401",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration,
        Title = "403 where 401 is right",
        Meaning = "The request carried no credentials, and signing in would help; 403 says that nothing helps.",
        Confirm = "Send the same request with credentials: it is served.",
        Visitor = "Sign in, then try again.",
        Developer = "Treat this 403 as a request to authenticate.",
        Owner = "Answer 401 with a challenge to callers whom you don't know.",
        Specification = "RFC 9110 sections 15.5.2 and 15.5.4",
    };

    /// <summary>A redirect to a login page for a program.</summary>
    public static readonly Cause RedirectForApi = new()
    {
        Id = "status.redirect-for-api",
        Status = null,
        SeenFrom = Vantage.Outside,
        Title = "A redirect to a login page for a program",
        Meaning = "A program asked, and instead of 401 it is redirected to a login page made for people.",
        Confirm = "Send the request with `Accept: application/json`: the answer is 302 to a login page.",
        Visitor = "Sign in.",
        Developer = "Don't follow the redirect: send credentials (token or key) with the request.",
        Owner = "Answer 401 with a challenge where the client is no browser that navigates.",
        Specification = "RFC 9110 sections 15.4 and 15.5.2",
    };

    /// <summary>The login page with 200.</summary>
    public static readonly Cause LoginPageWith200 = new()
    {
        Id = "status.200-login-page",
        Status = null,
        SeenFrom = Vantage.Outside,
        Title = "The login page with 200",
        Meaning = "The login page comes with 200 in place of the resource, so that programs and caches take it for the resource itself.",
        Confirm = "Compare the body with that of the login page: they are one.",
        Visitor = "Sign in.",
        Developer = "Look at the content, not only at the status; ask the server's owner for a 401.",
        Owner = "Send the login page with 401, and Cache-Control: no-store.",
        Specification = "RFC 9110 sections 15.3.1 and 15.5.2",
    };

    /// <summary>A refusal that looks like a server error.</summary>
    public static readonly Cause ServerErrorForDenial = new()
    {
        Id = "status.500-for-denial",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "A refusal that looks like a server error",
        Meaning = "Access was refused, and the refusal surfaces as 500 or another server error.",
        Confirm = "Read the server's log at that time: it speaks of permission or sign-in.",
        Visitor = "Sign in, if you can; else tell whoever runs the site.",
        Developer = "Don't repeat the request: it will be refused again.",
        Owner = "Catch the refusal where it is raised, and answer 401 or 403.",
        Specification = "RFC 9110 sections 15.5.2, 15.5.4 and 15.6.1",
    };

    /// <summary>Hidden behind 404.</summary>
    public static readonly Cause HiddenAsNotFound = new()
    {
        Id = "status.hidden-as-404",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Configuration | Vantage.Guard,
        Title = "Hidden behind 404",
        Meaning = "The resource exists and is refused, and the server says 404 so as not to tell that it exists.",
        Confirm = "Ask with an account that may see it, or look at the rule that turns 403 into 404.",
        Visitor = "Sign in: you may be allowed to see it.",
        Developer = "Send credentials: without them the resource is denied to exist.",
        Owner = "Nothing is wrong if it is meant; tell your users that they must sign in first.",
        Specification = "RFC 9110 section 15.5.4, last paragraph",
    };

    /// <summary>Cause not known.</summary>
    public static readonly Cause Unknown = new()
    {
        Id = "unknown",
        Status = null,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Configuration | Vantage.Files,
        Title = "Cause not known",
        Meaning = "The request is refused, and what was seen proves no cause.",
        Confirm = "Give more to look at: credentials, the site's folder, the server's configuration, its error log.",
        Visitor = "Tell whoever runs the site the time, the address and what you did.",
        Developer = "Try what the report names next: each step separates causes that still fit.",
        Owner = "Run `gatehouse why` on the server, with --site, --server-config and --log.",
        Specification = "RFC 9110 sections 15.5.2 and 15.5.4",
    };
}
