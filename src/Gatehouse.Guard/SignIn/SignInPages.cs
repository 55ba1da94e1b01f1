using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Guard.Sessions;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Guard.SignIn;

/// <summary>Signing in, signing out: the addresses to which the Guard's own forms are posted. Refusals are values here too; the pipeline writes them, with the form.</summary>
internal sealed partial class SignInPages(PasswordSignIn passwords, SessionStore sessions, FormToken tokens, SessionAuthenticator scheme, SignInLimitSettings limits, ILogger log)
{
    /// <summary>Where the form is posted; asked for with GET, it shows the form.</summary>
    public const string SignInPath = GuardPipeline.OwnPrefix + "sign-in";

    /// <summary>Where signing out is posted.</summary>
    public const string SignOutPath = GuardPipeline.OwnPrefix + "sign-out";

    /// <summary>Name of the form's hidden field for the anti-forgery token.</summary>
    public const string TokenField = "token";

    private const int LargestForm = 16 * 1024;

    // For the form that comes with the refusal of an attempt: what to say above it, and where it was to lead.
    private static readonly object Attempt = new();

    /// <summary>The form for the page of a 401.</summary>
    public SignInForm Form(HttpContext context, Facts facts)
    {
        var name = SessionCookie.FormName(facts.Secure);
        // Several open tabs share the cookie: a new one would spoil the forms of the others.
        var known = SessionCookie.Find(context.Request.Headers, name, out var value) == 1 && FormToken.IsBinding(value);
        var binding = known ? value.ToString() : FormToken.NewBinding();
        var attempt = context.Items[Attempt] as FailedAttempt;
        return new SignInForm(
            SignInPath,
            attempt?.ReturnTo ?? ReturnTo(context, facts),
            TokenField,
            tokens.Issue(binding),
            known ? null : SessionCookie.Set(name, binding, facts.Secure),
            attempt?.Problem);
    }

    /// <summary>Serves these addresses.</summary>
    /// <returns>Null: the answer was written. Otherwise the refusal to write; 404 for an address that is none of these.</returns>
    public ValueTask<Refusal?> ServeAsync(HttpContext context, Facts facts, Identity? who) => (facts.Path, facts.Method) switch
    {
        (SignInPath, "POST") => SignInAsync(context, facts),
        (SignInPath, "GET" or "HEAD") => new(ShowForm(context, facts)),
        (SignInPath, _) => new(WrongMethod(facts, "GET, HEAD, POST")),
        (SignOutPath, "POST") => new(SignOut(context, facts)),
        (SignOutPath, _) => new(WrongMethod(facts, "POST")),
        _ => new(new Refusal { Status = StatusCodes.Status404NotFound, Incident = Incident.NewId(), Facts = facts }),
    };

    private static string ReturnTo(HttpContext context, Facts facts)
    {
        if (facts.Path == SignInPath) return ReturnPath.Safe(context.Request.Query[SignInForm.ReturnField]);
        // What was sent by another method is never repeated unasked.
        return facts.Method is "GET" or "HEAD" ? ReturnPath.Safe(context.Features.Get<IHttpRequestFeature>()?.RawTarget) : "/";
    }

    private Refusal ShowForm(HttpContext context, Facts facts)
    {
        context.Items[Attempt] = new FailedAttempt(ReturnTo(context, facts), null);
        return Unauthorized(facts, new Outcome.Rejected(new Finding { Cause = Causes.Credentials.Missing, Confidence = 1, Summary = "the sign-in page was asked for" }));
    }

    private async ValueTask<Refusal?> SignInAsync(HttpContext context, Facts facts)
    {
        var (form, fault) = await ReadAsync(context, facts);
        if (form is null) return fault;
        if (One(form, SignInForm.NameField) is not { } name || One(form, SignInForm.PasswordField) is not { } password)
            return BadRequest(facts, $"the form needs the fields `{SignInForm.NameField}` and `{SignInForm.PasswordField}`, each once");
        var returnTo = ReturnPath.Safe(One(form, SignInForm.ReturnField));

        var madeBy = SameOrigin.Of(context.Request);
        if (madeBy is MadeBy.Other) return Forged(facts, "the sign-in was posted by a page of another origin");
        var cookie = SessionCookie.FormName(facts.Secure);
        var bound = SessionCookie.Find(context.Request.Headers, cookie, out var binding) == 1 && FormToken.IsBinding(binding);
        if (!bound || One(form, TokenField) is not { } token || !tokens.Verifies(token, binding.ToString()))
        {
            if (madeBy is MadeBy.Unknown) return Forged(facts, "the sign-in came without the token of a form that this browser was given");
            // It is our own form, and old, or the browser keeps no cookies: another one is better than a dead end.
            context.Items[Attempt] = new FailedAttempt(returnTo, "This form was too old, or your browser keeps no cookies. Please try again.");
            return Unauthorized(facts, new Outcome.Rejected(new Finding { Cause = Causes.Credentials.Missing, Confidence = 1, Summary = "the token of the form was missing, too old, or given to another browser" }));
        }

        var answer = await passwords.CheckAsync(name, password, facts.Address, limits, context.RequestAborted);
        if (answer.Broken is { } broken) return Broken(facts, broken);
        if (answer.Finding is { } finding)
        {
            context.Items[Attempt] = new FailedAttempt(returnTo, "User name or password is not right.");
            return Unauthorized(facts, new Outcome.Rejected(finding));
        }

        try
        {
            // The browser's earlier session ends: what it could do, the new one alone can do (ASVS 7.2.4).
            EndSession(context, facts);
            sessions.Begin(facts.Host, answer.Account!, facts.Address?.ToString() ?? "unknown", context.Request.Headers.UserAgent.ToString(), out var text);
            SignedIn(log, answer.Account!.Name, facts.Host, facts.Address);
            var headers = context.Response.Headers;
            headers.SetCookie = new([SessionCookie.Set(SessionCookie.Name(facts.Secure), text, facts.Secure), SessionCookie.Clear(cookie, facts.Secure)]);
            SeeOther(context, returnTo);
            return null;
        }
        catch (StateUnavailableException unavailable)
        {
            return Broken(facts, unavailable.Message);
        }
    }

    private Refusal? SignOut(HttpContext context, Facts facts)
    {
        // The session's cookie is SameSite=Lax, so other sites' posts come without it in browsers that know that; this is for all others.
        if (SameOrigin.Of(context.Request) is MadeBy.Other) return Forged(facts, "the sign-out was posted by a page of another origin");
        try
        {
            if (EndSession(context, facts) is { } ended) SignedOut(log, ended.User, facts.Host, facts.Address);
            var headers = context.Response.Headers;
            headers.SetCookie = SessionCookie.Clear(SessionCookie.Name(facts.Secure), facts.Secure);
            if (facts.Secure) headers["Clear-Site-Data"] = "\"cache\", \"cookies\", \"storage\"";
            SeeOther(context, "/");
            return null;
        }
        catch (StateUnavailableException broken)
        {
            // Not ended is said, not hidden.
            return Broken(facts, broken.Message);
        }
    }

    private Session? EndSession(HttpContext context, Facts facts)
    {
        if (SessionCookie.Find(context.Request.Headers, SessionCookie.Name(facts.Secure), out var value) == 0) return null;
        if (!SessionId.TryParse(value, out var id) || sessions.Find(id) is not { } session || session.Host != facts.Host) return null;
        return sessions.End(id, SessionEnd.SignedOut) ? session : null;
    }

    private static async ValueTask<(IFormCollection? Form, Refusal? Fault)> ReadAsync(HttpContext context, Facts facts)
    {
        var request = context.Request;
        if (!request.HasFormContentType || !request.ContentType!.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return (null, BadRequest(facts, "a form (application/x-www-form-urlencoded) is expected"));
        if (request.ContentLength > LargestForm) return (null, BadRequest(facts, $"the form is longer than {LargestForm} octets"));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LargestForm;
        try
        {
            var options = new FormOptions { ValueCountLimit = 16, KeyLengthLimit = 64, ValueLengthLimit = LargestForm, BufferBodyLengthLimit = LargestForm };
            return (await new FormFeature(request, options).ReadFormAsync(context.RequestAborted), null);
        }
        catch (Exception broken) when (broken is InvalidDataException or BadHttpRequestException)
        {
            return (null, BadRequest(facts, $"the form can't be read: {broken.Message}"));
        }
    }

    private static string? One(IFormCollection form, string name) => form[name] is { Count: 1 } value ? value[0] : null;

    private static void SeeOther(HttpContext context, string where)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = where;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = 0;
    }

    private Refusal Unauthorized(Facts facts, Outcome.Rejected rejected) => new()
    {
        Status = StatusCodes.Status401Unauthorized,
        Incident = Incident.NewId(),
        Facts = facts,
        Finding = rejected.Finding,
        Challenges = [scheme.Challenge(new ChallengeReason(facts, null, rejected))],
    };

    private static Refusal Forged(Facts facts, string why) => new()
    {
        Status = StatusCodes.Status403Forbidden,
        Incident = Incident.NewId(),
        Facts = facts,
        Finding = new Finding { Cause = Permissions.CsrfRejected, Confidence = 1, Summary = why },
    };

    private static Refusal BadRequest(Facts facts, string why) => new() { Status = StatusCodes.Status400BadRequest, Incident = Incident.NewId(), Facts = facts, Detail = why };

    private static Refusal Broken(Facts facts, string why) => new() { Status = StatusCodes.Status503ServiceUnavailable, Incident = Incident.NewId(), Facts = facts, Detail = why };

    private static Refusal WrongMethod(Facts facts, string allow) => new() { Status = StatusCodes.Status405MethodNotAllowed, Incident = Incident.NewId(), Facts = facts, Allow = allow };

    [LoggerMessage(1, LogLevel.Information, "{User} signed in at {Host} from {Address}")]
    private static partial void SignedIn(ILogger log, string user, string host, System.Net.IPAddress? address);

    [LoggerMessage(2, LogLevel.Information, "{User} signed out at {Host} from {Address}")]
    private static partial void SignedOut(ILogger log, string user, string host, System.Net.IPAddress? address);

    private sealed record FailedAttempt(string ReturnTo, string? Problem);
}
