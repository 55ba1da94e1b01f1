using System.Text;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Grammar;
using Gatehouse.Guard.Accounts;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Authentication;

/// <summary>Scheme <c>Basic</c> (RFC 7617) with UTF-8.</summary>
internal sealed class BasicAuthenticator(PasswordSignIn passwords, RememberedPasswords remembered, SignInLimitSettings limits, string realm) : IAuthenticator
{
    private readonly string _challenge = new ChallengeText("Basic", realm).With("charset", "UTF-8").ToString();

    /// <inheritdoc/>
    public Scheme Scheme => Scheme.Basic;

    /// <inheritdoc/>
    public SchemeAbilities Abilities => passwords.Accounts.Abilities;

    /// <inheritdoc/>
    public bool IsExplicit => true;

    /// <inheritdoc/>
    public ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation)
    {
        var fields = request.Headers.Authorization;
        if (fields.Count == 0) return new(Outcome.None.Instance);
        var field = fields[0].AsSpan();
        if (!Authorization.TrySplit(field, out var scheme, out var start, out _) || !scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return new(Outcome.None.Instance);
        if (fields.Count > 1) return new(Malformed("several Authorization fields came"));
        if (!BasicCredentials.TryParse(field[start..], out var credentials, out var fault)) return new(Malformed($"the credentials can't be read {fault}"));
        if (credentials!.Encoding == BasicEncoding.Other)
            return new(Rejected(Credentials.WrongCharset, "user name or password has octets that are no UTF-8 (the challenge asks for UTF-8): the client seems to send ISO-8859-1"));
        return JudgeAsync(credentials, facts, cancellation);
    }

    /// <inheritdoc/>
    public string Challenge(ChallengeReason reason) => _challenge;

    private async ValueTask<Outcome> JudgeAsync(BasicCredentials credentials, Facts facts, CancellationToken cancellation)
    {
        try
        {
            // An authenticated answer for each request must not cost a hash for each request; locks hold for remembered passwords too.
            if (await remembered.FindAsync(credentials, passwords.Accounts, cancellation) is { } known)
            {
                return passwords.Locked(known.Name, facts.Address) is { } locked
                    ? new Outcome.Rejected(locked)
                    : new Outcome.Accepted(known);
            }

            var answer = await passwords.CheckAsync(credentials.User, Encoding.UTF8.GetString(credentials.PasswordOctets), facts.Address, limits, cancellation);
            if (answer.Broken is { } broken) return new Outcome.Broken(broken);
            if (answer.Finding is { } finding) return new Outcome.Rejected(finding);
            return new Outcome.Accepted(remembered.Keep(credentials, answer.Account!));
        }
        catch (StateUnavailableException broken)
        {
            return new Outcome.Broken(broken.Message);
        }
    }

    private static Outcome.Rejected Malformed(string summary) => Rejected(Credentials.Malformed, summary);

    private static Outcome.Rejected Rejected(Cause cause, string summary) => new(new Finding
    {
        Cause = cause,
        Confidence = 1,
        Summary = summary,
        Evidence = [new Evidence(EvidenceKind.Request, "Authorization", summary)],
    });
}
