using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Accounts;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Authentication;

/// <summary>API keys in a field of their own. A key acts for an account, with that account's roles and its own scopes; it is no password, so locks do not touch it, and switching the account off does.</summary>
internal sealed class ApiKeyAuthenticator(ApiKeys keys, IAccounts accounts, string header, string realm, TimeProvider time) : IAuthenticator
{
    private readonly string _challenge = new ChallengeText("ApiKey", realm).With("header", header).ToString();

    /// <inheritdoc/>
    public Scheme Scheme => Scheme.ApiKey;

    /// <inheritdoc/>
    public SchemeAbilities Abilities => accounts.Abilities | SchemeAbilities.Scopes;

    /// <inheritdoc/>
    public bool IsExplicit => true;

    /// <inheritdoc/>
    public async ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation)
    {
        var fields = request.Headers[header];
        if (fields.Count == 0) return Outcome.None.Instance;
        if (fields.Count > 1) return Rejected(Credentials.Malformed, $"the field `{header}` came {fields.Count} times");
        try
        {
            if (keys.Find(fields[0].AsSpan().Trim(' ')) is not { } key) return Rejected(Tokens.ApiKeyUnknown, "no key has this text");
            if (key.Revoked is { } revoked) return Rejected(Tokens.ApiKeyExpired, $"the key {key.Id} of {key.User} was withdrawn at {revoked:u}");
            if (key.Expires is { } expires && expires <= time.GetUtcNow()) return Rejected(Tokens.ApiKeyExpired, $"the key {key.Id} of {key.User} expired at {expires:u}");
            if (await accounts.FindAsync(key.User, cancellation) is not { } account) return Rejected(Tokens.ApiKeyUnknown, $"the key {key.Id} belongs to {key.User}, who has no account any more");
            if (account.Disabled) return Rejected(Credentials.AccountDisabled, $"the key {key.Id} belongs to {key.User}, whose account is switched off");
            return new Outcome.Accepted(account.As(Scheme.ApiKey, scopes: key.Scopes));
        }
        catch (StateUnavailableException broken)
        {
            return new Outcome.Broken(broken.Message);
        }
    }

    /// <inheritdoc/>
    public string Challenge(ChallengeReason reason) => _challenge;

    private Outcome.Rejected Rejected(Cause cause, string summary) => new(new Finding
    {
        Cause = cause,
        Confidence = 1,
        Summary = summary,
        Evidence = [new Evidence(EvidenceKind.Request, header, summary)],
    });
}
