using Gatehouse.Findings;
using Gatehouse.Guard.Authentication;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Pipeline;

/// <summary>What came of all the credentials that a request carries. The default says that none came.</summary>
/// <param name="Who">Whom they prove; null: nobody.</param>
/// <param name="By">The scheme that proved it, or that failed; null: none.</param>
/// <param name="Rejected">Credentials came and do not verify; set even where others do, if these were sent on purpose.</param>
/// <param name="Broken">What could not be read; null: nothing.</param>
internal readonly record struct Credentials(Identity? Who, IAuthenticator? By, Outcome.Rejected? Rejected, string? Broken)
{
    /// <summary>
    /// Asks every scheme that is sent on purpose, then, only where none of those came, the others: a bad Authorization
    /// field decides over a good cookie.
    /// </summary>
    public static async ValueTask<Credentials> CollectAsync(IReadOnlyList<IAuthenticator> authenticators, HttpRequest request, Facts facts, CancellationToken cancellation)
    {
        var result = default(Credentials);
        var came = false;
        var readsAuthorization = false;
        var authorizationWasRead = false;
        for (var i = 0; i < authenticators.Count; i++)
        {
            var authenticator = authenticators[i];
            if (!authenticator.IsExplicit) continue;
            var outcome = await authenticator.AuthenticateAsync(request, facts, cancellation);
            var isAuthorization = authenticator.Scheme is Scheme.Basic or Scheme.Bearer;
            readsAuthorization |= isAuthorization;
            if (outcome is Outcome.None) continue;
            came = true;
            authorizationWasRead |= isAuthorization;
            result = result.With(authenticator, outcome);
        }

        var hasAuthorization = request.Headers.Authorization.Count > 0;
        if (hasAuthorization && readsAuthorization && !authorizationWasRead) return new(null, null, OtherScheme(request), result.Broken);
        if (came) return result;

        for (var i = 0; i < authenticators.Count; i++)
        {
            var authenticator = authenticators[i];
            if (authenticator.IsExplicit) continue;
            var outcome = await authenticator.AuthenticateAsync(request, facts, cancellation);
            if (outcome is not Outcome.None) result = result.With(authenticator, outcome);
        }

        return hasAuthorization && result is { Who: null, Rejected: null } ? new(null, null, OtherScheme(request), result.Broken) : result;
    }

    private Credentials With(IAuthenticator authenticator, Outcome outcome) => outcome switch
    {
        Outcome.Accepted accepted when Rejected is not null => this,
        Outcome.Accepted accepted when Who is null => this with { Who = accepted.Identity, By = authenticator },
        Outcome.Accepted accepted when string.Equals(Who.Name, accepted.Identity.Name, StringComparison.Ordinal) => this,
        Outcome.Accepted => new(null, authenticator, new(new Finding { Cause = Causes.Credentials.Malformed, Confidence = 1, Summary = "two credentials name different people" }, null, IsBadRequest: true), Broken),
        Outcome.Rejected rejected when Rejected is null => new(null, authenticator, rejected, Broken),
        Outcome.Rejected => this,
        Outcome.Broken broken => this with { Broken = Broken ?? broken.Reason },
        _ => throw new InvalidOperationException($"the scheme {authenticator.Scheme} gave no outcome"),
    };

    /// <summary>Only the scheme's name is taken up, and only where it is one: what stands behind it is a secret.</summary>
    private static Outcome.Rejected OtherScheme(HttpRequest request)
    {
        var field = request.Headers.Authorization.ToString().AsSpan().TrimStart();
        var end = field.IndexOf(' ');
        var scheme = end < 0 ? field : field[..end];
        var isName = scheme.Length is > 0 and <= 32 && end >= 0;
        foreach (var c in scheme) isName &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
        var summary = isName ? $"credentials of the scheme {scheme} came, which is not offered here" : "an Authorization field came that begins with no scheme that is offered here";
        return new(new Finding { Cause = isName ? Causes.Credentials.WrongScheme : Causes.Credentials.Malformed, Confidence = 1, Summary = summary });
    }
}
