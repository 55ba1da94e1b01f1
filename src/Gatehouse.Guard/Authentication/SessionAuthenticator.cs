using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Accounts;
using Gatehouse.Guard.Sessions;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Authentication;

/// <summary>Scheme <c>Cookie</c>: the session that the sign-in form began.</summary>
internal sealed class SessionAuthenticator(SessionStore sessions, SessionSettings settings, IAccounts accounts, string realm, string formAction) : IAuthenticator
{
    /// <inheritdoc/>
    public Scheme Scheme => Scheme.Cookie;

    /// <inheritdoc/>
    public SchemeAbilities Abilities => accounts.Abilities | SchemeAbilities.AuthenticatedAt;

    /// <inheritdoc/>
    public bool IsExplicit => false;

    /// <inheritdoc/>
    public ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation)
    {
        var name = SessionCookie.Name(facts.Secure);
        var count = SessionCookie.Find(request.Headers, name, out var value);
        if (count == 0) return new(Outcome.None.Instance);
        if (count > 1) return new(Rejected(Causes.Sessions.Unknown, name, $"the cookie `{name}` came {count} times: another host or path has set one of the same name"));
        if (!SessionId.TryParse(value, out var id))
            return new(Rejected(Causes.Sessions.Unknown, name, $"the cookie is not one of ours: {value.Length} characters where {SessionId.TextLength} of base64url belong"));

        try
        {
            var session = sessions.Find(id);
            // The cookie belongs to one host; at another its session is as unknown as none.
            if (session is null || session.Host != facts.Host) return new(Rejected(Causes.Sessions.Unknown, name, "no session has this id"));
            if (session.End is { } end) return new(Revoked(name, session, end));
            if (sessions.Expiry(session, settings) is { } expiry) return new(Rejected(Causes.Sessions.Expired, name, $"the session {session.Id} of {session.User} ended: {expiry}"));

            var revision = accounts.Revision;
            if (session.Standing is not { } standing || standing.Revision != revision) return StandAsync(session, name, revision, facts, cancellation);
            session.Touch(facts.Time.ToUnixTimeMilliseconds());
            return new(standing.Outcome);
        }
        catch (StateUnavailableException broken)
        {
            return new(new Outcome.Broken(broken.Message));
        }
    }

    /// <inheritdoc/>
    public string Challenge(ChallengeReason reason)
    {
        var challenge = new ChallengeText("Cookie", realm).With("form-action", formAction).With("cookie-name", SessionCookie.Name(reason.Facts.Secure));
        if (reason is { Rejected: null, Decision: { StepUpHelps: true } decision }) challenge.WithStepUp(decision);
        return challenge.ToString();
    }

    private async ValueTask<Outcome> StandAsync(Session session, string name, long revision, Facts facts, CancellationToken cancellation)
    {
        try
        {
            var account = await accounts.FindAsync(session.User, cancellation);
            if (account is null || account.Disabled || !account.Stamp.AsSpan().SequenceEqual(session.Stamp))
            {
                sessions.End(session.Id, SessionEnd.AccountChanged);
                session.End ??= new EndMark(session.Created, SessionEnd.AccountChanged);
                return Revoked(name, session, session.End);
            }

            var outcome = new Outcome.Accepted(account.As(Scheme.Cookie, session.Created));
            session.Standing = new Standing(revision, outcome);
            session.Touch(facts.Time.ToUnixTimeMilliseconds());
            return outcome;
        }
        catch (StateUnavailableException broken)
        {
            return new Outcome.Broken(broken.Message);
        }
    }

    private static Outcome.Rejected Revoked(string name, Session session, EndMark end) => Rejected(Causes.Sessions.Revoked, name, $"the session {session.Id} of {session.User} was ended at {end.At:u} " + end.Why switch
    {
        SessionEnd.SignedOut => "by signing out",
        SessionEnd.Administrator => "by an administrator",
        SessionEnd.AccountChanged => "as the account was changed: another password, switched off, or removed",
    });

    private static Outcome.Rejected Rejected(Cause cause, string cookie, string summary) => new(new Finding
    {
        Cause = cause,
        Confidence = 1,
        Summary = summary,
        Evidence = [new Evidence(EvidenceKind.Cookie, cookie, summary)],
    });
}
