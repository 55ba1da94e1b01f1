using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Authentication;

/// <summary>One scheme by which somebody proves who they are. Returns values and never touches the response.</summary>
public interface IAuthenticator
{
    /// <summary>The scheme.</summary>
    Scheme Scheme { get; }

    /// <summary>What its identities can have.</summary>
    SchemeAbilities Abilities { get; }

    /// <summary>Whether its credentials are sent on purpose for this request (Authorization, API key, client certificate), unlike a cookie: such credentials that don't verify are 401 even where a good cookie came along.</summary>
    bool IsExplicit { get; }

    /// <summary>Looks at the request's credentials. Exceptions are bugs and become 503.</summary>
    ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation);

    /// <summary>The value of WWW-Authenticate for a 401 (or, of bearer tokens, a 403): with what was wrong, or with what more is needed.</summary>
    string Challenge(ChallengeReason reason);
}

/// <summary>Why a challenge is sent.</summary>
/// <param name="Facts">Of the request.</param>
/// <param name="Decision">What the policy said; null where it was not asked because credentials failed first.</param>
/// <param name="Rejected">What this scheme said of the credentials that came; null: none came, or they verify.</param>
public readonly record struct ChallengeReason(Facts Facts, Decision? Decision, Outcome.Rejected? Rejected);
