using System.Net;
using Gatehouse.Guard.Authentication;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Hosting;

/// <summary>What the sites need of accounts, sessions, tokens and keys. Default: nobody can sign in.</summary>
public sealed record SignInWiring
{
    /// <summary>In the order in which their challenges are sent.</summary>
    public IReadOnlyList<IAuthenticator> Authenticators { get; init; } = [];

    /// <summary>The sign-in and sign-out pages; null: none.</summary>
    public Func<HttpContext, Facts, ValueTask<bool>>? OwnPages { get; init; }

    /// <summary>The same for pages that may refuse; null: none.</summary>
    public SiteContent? OwnContent { get; init; }

    /// <summary>The form that comes with a 401; null: none.</summary>
    public Func<HttpContext, Facts, SignInForm>? SignInForm { get; init; }

    /// <summary>The Set-Cookie that deletes the session cookie; null: no sessions.</summary>
    public string? ClearSessionCookie { get; init; }

    /// <summary>The same for requests over TLS, where the cookie has another name; null: no sessions.</summary>
    public string? ClearSecureSessionCookie { get; init; }

    /// <summary>Fields that carry the Guard's own credentials and never reach an upstream.</summary>
    public IReadOnlyList<string> CredentialFields { get; init; } = [];

    /// <summary>Cookies of the Guard that never reach an upstream.</summary>
    public IReadOnlyList<string> Cookies { get; init; } = [];

    /// <summary>Whether an administrator blocked the address; null: there is no such list.</summary>
    public Func<IPAddress, bool>? IsBlocked { get; init; }

    /// <summary>Whether that list holds nothing now; null: there is no such list.</summary>
    public Func<bool>? NobodyIsBlocked { get; init; }

    /// <summary>The entry of that list that blocks an address, and why in an administrator's words; null: none does.</summary>
    public Func<IPAddress, (IPNetwork Network, string Why)?>? BlockedBy { get; init; }
}
