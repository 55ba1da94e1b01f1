using Gatehouse.Findings;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Authentication;

/// <summary>What an authenticator says of a request. The default (null) is a bug, never a pass.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>No credentials of this scheme came.</summary>
    public sealed record None : Outcome
    {
        /// <summary>The only one.</summary>
        public static None Instance { get; } = new();
    }

    /// <summary>Credentials came and verify.</summary>
    public sealed record Accepted(Identity Identity) : Outcome;

    /// <summary>Credentials came and do not verify: 401 with the challenge of this scheme, or 400 where <paramref name="IsBadRequest"/> (RFC 6750 <c>invalid_request</c>).</summary>
    /// <param name="Finding">What is wrong, for the operator; the refusal writer decides how much the caller hears.</param>
    /// <param name="Error">The scheme's own error code, as <c>invalid_token</c> of RFC 6750; null where the scheme has none.</param>
    /// <param name="IsBadRequest">The request itself is not well formed.</param>
    public sealed record Rejected(Finding Finding, string? Error = null, bool IsBadRequest = false) : Outcome;

    /// <summary>What verification needs can't be read: 503, never a pass.</summary>
    /// <param name="Reason">What, where, and what to do; for the operator.</param>
    public sealed record Broken(string Reason) : Outcome;
}
