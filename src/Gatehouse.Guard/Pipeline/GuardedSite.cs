using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Pipeline;

/// <summary>What a site serves when the policy allows.</summary>
/// <param name="context">The request.</param>
/// <param name="facts">Its canonical form: the only place from which the path is taken.</param>
/// <param name="who">Who asks; null: nobody known.</param>
/// <returns>Null when the answer was written; otherwise the refusal to write (a file that can't be read, a missing one).</returns>
public delegate ValueTask<Refusal?> SiteContent(HttpContext context, Facts facts, Identity? who);

/// <summary>One site as it runs: immutable, replaced as a whole when the configuration changes.</summary>
public sealed record GuardedSite
{
    /// <summary>For logs and metrics: its first host name, or <c>default</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The rules.</summary>
    public required AccessPolicy Policy { get; init; }

    /// <summary>In the order in which their challenges are sent.</summary>
    public required IReadOnlyList<IAuthenticator> Authenticators { get; init; }

    /// <summary>Static files or the reverse proxy.</summary>
    public required SiteContent Content { get; init; }

    /// <summary>Says a decision in better words, for what the policy knows only by a made-up name; null: it is told as it is.</summary>
    public Func<Decision, Facts, Decision>? Retell { get; init; }

    /// <summary>How much callers are told.</summary>
    public ExplainLevel Explain { get; init; } = ExplainLevel.Helpful;

    /// <summary>Serves addresses that belong to the Guard itself (below <c>/.gatehouse/</c>: sign-in, sign-out); false: not one of them.</summary>
    public Func<HttpContext, Facts, ValueTask<bool>>? OwnPages { get; init; }

    /// <summary>The same for pages that may refuse (a sign-in that fails): null when the answer was written, otherwise the refusal to write, 404 for an address that is none of its pages. Asked after <see cref="OwnPages"/>.</summary>
    public SiteContent? OwnContent { get; init; }

    /// <summary>The form that comes with a 401 for browsers; null where there is no sign-in by form.</summary>
    public Func<HttpContext, Facts, SignInForm>? SignInForm { get; init; }

    /// <summary>The headers that delete the session cookie: name and value of Set-Cookie; null where there are no sessions.</summary>
    public string? ClearSessionCookie { get; init; }

    /// <summary>The same for requests over TLS, where the cookie has another name; null: the one above.</summary>
    public string? ClearSecureSessionCookie { get; init; }
}

/// <summary>What the HTML page needs for its form.</summary>
/// <param name="Action">Where the form is posted: a path on this host.</param>
/// <param name="ReturnTo">The path and query to which a successful sign-in leads back.</param>
/// <param name="AntiforgeryField">Name of the hidden field.</param>
/// <param name="AntiforgeryToken">Its value.</param>
/// <param name="SetCookie">A cookie that must come with the form; null: none.</param>
/// <param name="Problem">What to say above the form after a failed attempt; null: nothing failed.</param>
public sealed record SignInForm(string Action, string ReturnTo, string AntiforgeryField, string AntiforgeryToken, string? SetCookie = null, string? Problem = null)
{
    /// <summary>Name of the form's field for the user's name.</summary>
    public const string NameField = "username";

    /// <summary>Name of the form's field for the password.</summary>
    public const string PasswordField = "password";

    /// <summary>Name of the form's hidden field for <see cref="ReturnTo"/>.</summary>
    public const string ReturnField = "return";
}
