using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Known, and not allowed: by the challenge (RFC 6750), by fields that name what is lacking, and by comparison with a request without credentials.</summary>
internal static class PermissionRules
{
    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("scope", Scope), Refusal.Rule("scope of the challenge", ScopeOfChallenge), Refusal.Rule("permission that is stated", StatedInCode), Refusal.Rule("permission by comparison", Compared), Refusal.Rule("redirect to a page that says no", RedirectToDenial), Refusal.Rule("anti-forgery by comparison", Forgery)];

    private static IEnumerable<Finding> Scope(Refusal refusal)
    {
        if (refusal.Status is not (401 or 403)) yield break;
        foreach (var challenge in refusal.Challenges)
        {
            if (!"insufficient_scope".Equals(challenge["error"], StringComparison.OrdinalIgnoreCase)) continue;
            var wanted = challenge["scope"];
            var evidence = new List<Evidence> { refusal.ChallengeEvidence };
            if (refusal.Sent.Jwt is { } jwt && (jwt.Text("scope") ?? jwt.Text("scp")) is { } has) evidence.Add(new(EvidenceKind.Token, "scope", has));
            evidence.Add(refusal.StatusEvidence);
            yield return Found.Because(Permissions.ScopeMissing, 0.97, wanted is null ? "the token lacks a scope (insufficient_scope); the answer does not name it" : $"the token lacks a scope: {wanted} is wanted", evidence,
                Found.Developer("ask-for-scope", wanted is null ? "ask the issuer for a token with the scope that the interface's documentation names" : $"ask the issuer for a token with scope={wanted}"));
            yield break;
        }

        var accepted = refusal.Answer.Value("X-Accepted-OAuth-Scopes");
        if (refusal.Status == 403 && accepted is { Length: > 0 } && refusal.Answer.Value("X-OAuth-Scopes") is { } held)
        {
            var any = accepted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var has = held.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (any.Length > 0 && !any.Intersect(has, StringComparer.OrdinalIgnoreCase).Any())
                yield return Found.Because(Permissions.ScopeMissing, 0.88, $"the token has the scopes `{held}`, and one of `{accepted}` is wanted", [new(EvidenceKind.ResponseHeader, "X-Accepted-OAuth-Scopes", accepted), new(EvidenceKind.ResponseHeader, "X-OAuth-Scopes", held), refusal.StatusEvidence]);
        }

        if (refusal.Status == 403 && refusal.Answer.Value("X-Accepted-GitHub-Permissions") is { Length: > 0 } permissions)
            yield return Found.Because(Permissions.PermissionDenied, 0.9, $"the token lacks a permission: {permissions} is wanted", [new(EvidenceKind.ResponseHeader, "X-Accepted-GitHub-Permissions", permissions), refusal.StatusEvidence]);
    }

    /// <summary>The challenge names a scope without an error: the answer's words or the token itself tell whether it is lacking (FastAPI answers so, with 401).</summary>
    private static IEnumerable<Finding> ScopeOfChallenge(Refusal refusal)
    {
        if (refusal.Status is not (401 or 403) || refusal.Sent.Token is null || refusal.Parameter("error") is not null || refusal.Parameter("scope") is not { Length: > 0 } wanted) yield break;
        var held = refusal.Sent.Jwt is { } jwt ? jwt.Text("scope") ?? jwt.Text("scp") : null;
        var lacks = held is null ? (bool?)null : wanted.Split(' ').Except(held.Split(' '), StringComparer.Ordinal).Any();
        var said = refusal.Said.FirstOrDefault(finding => finding.Cause == Permissions.PermissionDenied && finding.Confidence >= 0.6);
        if (lacks == false || (said is null && lacks is null) || refusal.Said.Any(finding => finding.Confidence >= 0.8 && finding.Cause.Id.StartsWith("token.", StringComparison.Ordinal))) yield break;
        var evidence = new List<Evidence> { refusal.ChallengeEvidence };
        if (held is not null) evidence.Add(new(EvidenceKind.Token, "scope", Refusal.Shortened(held)));
        if (said is not null) evidence.AddRange(said.Evidence);
        evidence.Add(refusal.StatusEvidence);
        yield return Found.Because(Permissions.ScopeMissing, said is null ? 0.62 : lacks is null ? 0.82 : 0.88, $"the token lacks a scope: the challenge names `{wanted}`", evidence, Found.Developer("ask-for-scope", $"ask the issuer for a token with scope={wanted}"));
    }

    /// <summary>The code of the answer says that the caller is known and not allowed.</summary>
    private static IEnumerable<Finding> StatedInCode(Refusal refusal)
    {
        // Words that say more than the code go before it.
        if (refusal.Stated is not { Status: 403 } stated || refusal.Said.Any(finding => finding.Confidence >= 0.6 && finding.Cause != Permissions.PermissionDenied)) yield break;
        yield return Found.Because(Permissions.PermissionDenied, refusal.MayHaveSent == Sent.Nothing ? 0.45 : 0.72, $"the answer states a refusal in its body or fields ({stated.Evidence.What}) though its status is {refusal.Answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)}", refusal.DenialEvidence);
    }

    /// <summary>Without credentials 401 or a sign-in, with them 403: they are accepted, and what is lacking is a permission.</summary>
    private static IEnumerable<Finding> Compared(Refusal refusal)
    {
        if (refusal.Status != 403 || refusal.Sent.IsNothing || refusal.IsUnsteady || refusal.SaysNotAccepted) yield break;
        var isExplicit = (refusal.Sent.Kinds & (Sent.Token | Sent.Password | Sent.Key)) != Sent.Unread;
        var without = refusal.Tried(isExplicit ? Variation.WithoutCredentials : Variation.WithoutCookies);
        if (without is null) yield break;
        if (without.Status is 401 || LoginPages.IsRedirectToLogin(without) || (without.Answer is { } page && without.Status is 200 or 403 && LoginPages.IsLoginPage(page)))
        {
            yield return Found.Because(Permissions.PermissionDenied, 0.7, "the credentials are accepted (without them the server asks for a sign-in), and this account may not do this", [refusal.Compared(without, isExplicit ? "without credentials" : "without cookies"), refusal.StatusEvidence],
                Found.Visitor("ask-for-access", "ask whoever runs the site for access, and name the address and your account"));
        }
    }

    /// <summary>ASP.NET Core's cookie handler and many applications answer 403 so: the refusal is a redirect to a page of its own.</summary>
    private static IEnumerable<Finding> RedirectToDenial(Refusal refusal)
    {
        if (LoginPages.DenialLocation(refusal.Exchange) is not { } page) yield break;
        var evidence = new List<Evidence> { new(EvidenceKind.ResponseHeader, "Location", Refusal.Shortened(page.AbsoluteUri)) };
        var without = refusal.Tried(Variation.WithoutCookies) ?? refusal.Tried(Variation.WithoutCredentials);
        var isKnown = without is not null && LoginPages.IsRedirectToLogin(without);
        if (without is not null) evidence.Add(refusal.Compared(without, without.Purpose));
        evidence.Add(refusal.StatusEvidence);
        var isNobody = refusal.Sent.IsNothing;
        yield return isNobody
            ? Found.Because(Credentials.Missing, 0.62, $"the server redirects to its page of refusals {page.AbsolutePath}, and the request carried nothing that says who asks", evidence)
            : Found.Because(Permissions.PermissionDenied, isKnown ? 0.88 : 0.8, $"the server redirects to its page of refusals {page.AbsolutePath}: {(isKnown ? "who asks is known (without the cookie it would ask for a sign-in), and may not do this" : "403 is meant")}", evidence, Found.Visitor("ask-for-access", "ask whoever runs the site for access, and name the address and your account"));
    }

    /// <summary>An unsafe method from a page, with cookies and no anti-forgery token, or one that differs from its cookie.</summary>
    private static IEnumerable<Finding> Forgery(Refusal refusal)
    {
        if (refusal.Status is not (400 or 403 or 419 or 422) || refusal.Request.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" || refusal.Sent.Cookies.Count == 0) yield break;
        var cookie = refusal.Sent.Cookies.FirstOrDefault(cookie => IsForgeryName(cookie.Name));
        var field = refusal.Request.Fields.FirstOrDefault(field => IsForgeryName(field.Name));
        if (cookie.Name is not null && field.Name is not null && Uri.UnescapeDataString(cookie.Value) != Uri.UnescapeDataString(field.Value) && refusal.Offered.Count == 0)
        {
            yield return Found.Because(Permissions.CsrfRejected, 0.55, $"the anti-forgery token in {field.Name} is not that of the cookie {cookie.Name}", [new(EvidenceKind.Request, field.Name, Masked.Secret(field.Value)), new(EvidenceKind.Cookie, cookie.Name, Masked.Secret(cookie.Value)), refusal.StatusEvidence]);
        }
        else if (cookie.Name is not null && field.Name is null && (refusal.Request.Body.Length == 0 || !IsForgeryName(System.Text.Encoding.UTF8.GetString(refusal.Request.Body.Span[..Math.Min(refusal.Request.Body.Length, SentInBody.MaximumSize)]))))
        {
            // ASP.NET Core answers a failed check with 400 and nothing in the body, and hardly anything else so.
            yield return Found.Because(Permissions.CsrfRejected, refusal is { Status: 400, Content.IsEmpty: true } && cookie.Name.Contains("antiforgery", StringComparison.OrdinalIgnoreCase) ? 0.68 : 0.58, $"the site keeps an anti-forgery token in the cookie {cookie.Name}, and none was sent beside it", [new(EvidenceKind.Cookie, cookie.Name, "sent"), new(EvidenceKind.Request, "X-CSRF-Token", "not sent"), refusal.StatusEvidence]);
        }
    }

    /// <summary>ASP.NET Core calls it antiforgery and RequestVerificationToken, Rails authenticity_token.</summary>
    private static bool IsForgeryName(string name) =>
        name.Contains("csrf", StringComparison.OrdinalIgnoreCase) || name.Contains("xsrf", StringComparison.OrdinalIgnoreCase) || name.Contains("antiforgery", StringComparison.OrdinalIgnoreCase) || name.Contains("RequestVerificationToken", StringComparison.OrdinalIgnoreCase) || name.Contains("authenticity_token", StringComparison.OrdinalIgnoreCase);
}
