using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>The status itself is wrong: what a correct server would have answered (RFC 9110 section 15.5).</summary>
internal static class StatusRules
{
    // Told beside the reason: never as certain as a proved reason, or it would stand above it.
    private const double Certain = 0.89;

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } =
    [
        Refusal.Rule("401 without challenge", WithoutChallenge),
        Refusal.Rule("401 that should be 403", ShouldBeForbidden),
        Refusal.Rule("403 that should be 401", ShouldBeUnauthorized),
        Refusal.Rule("redirect for a program", RedirectForApi),
        Refusal.Rule("login page with 200", LoginPage),
        Refusal.Rule("denial as server error", ServerError),
        Refusal.Rule("refusal hidden as 404", Hidden),
    ];

    private static IEnumerable<Finding> WithoutChallenge(Refusal refusal)
    {
        if (refusal.Status != 401 || refusal.Answer.Values("WWW-Authenticate").Any(value => value.Length > 0) || IsRecordedWithoutFields(refusal)) yield break;
        yield return Found.Because(Status.UnauthorizedWithoutChallenge, Certain, "401 without WWW-Authenticate: the answer does not say how to authenticate, as it must (RFC 9110 section 15.5.2)", [new(EvidenceKind.ResponseHeader, "WWW-Authenticate", "missing"), refusal.StatusEvidence]);
    }

    /// <summary>A pasted status line alone proves no missing field.</summary>
    private static bool IsRecordedWithoutFields(Refusal refusal) => !refusal.IsLive && refusal.Answer.Fields.Count == 0;

    private static IEnumerable<Finding> ShouldBeForbidden(Refusal refusal)
    {
        if (refusal.Status != 401 || refusal.Sent.IsNothing) yield break;
        var lacking = refusal.Said.Where(finding => finding.Confidence >= 0.6 && finding.Cause.Id.Contains('.', StringComparison.Ordinal) && IsPermission(finding.Cause)).MaxBy(finding => finding.Confidence);
        var isScope = refusal.Challenges.Any(challenge => "insufficient_scope".Equals(challenge["error"], StringComparison.OrdinalIgnoreCase));
        if (lacking is null && !isScope) yield break;
        yield return Found.Because(Status.UnauthorizedShouldBeForbidden, 0.86, $"401 to a caller whose credentials are accepted: what is lacking is a permission{(lacking is null ? "" : $" ({lacking.Cause.Id})")}, and no other sign-in of this caller is asked for; 403 is meant", [.. lacking?.Evidence ?? [refusal.ChallengeEvidence], refusal.StatusEvidence]);
    }

    private static bool IsPermission(Cause cause) => cause == Permissions.RoleMissing || cause == Permissions.GroupMissing || cause == Permissions.ScopeMissing || cause == Permissions.ClaimMissing || cause == Permissions.UserNotListed || cause == Permissions.SubscriptionRequired || cause == Permissions.PermissionDenied;

    private static IEnumerable<Finding> ShouldBeUnauthorized(Refusal refusal)
    {
        if (refusal.Status != 403 || (refusal.Sent.Kinds & (Sent.Token | Sent.Password | Sent.Key | Sent.Signature | Sent.Certificate)) != Sent.Unread) yield break;
        var said = refusal.Said.Where(finding => finding.Confidence >= 0.6 && (finding.Cause == Credentials.Missing || finding.Cause == Sessions.Missing || finding.Cause == Sessions.Expired || finding.Cause == Sessions.Unknown)).MaxBy(finding => finding.Confidence);
        var form = LoginPages.LoginForm(refusal.Answer);
        var hasChallenge = refusal.ChallengeText.Length > 0 && refusal.Challenges.All(challenge => challenge["error"] is null);
        if (said is null && form is null && !hasChallenge) yield break;
        var evidence = new List<Evidence>();
        if (form is not null) evidence.Add(new(EvidenceKind.ResponseBody, "form", $"a sign-in form to `{Refusal.Shortened(form.Action)}`"));
        if (said is not null) evidence.AddRange(said.Evidence);
        if (hasChallenge) evidence.Add(refusal.ChallengeEvidence);
        evidence.Add(refusal.StatusEvidence);
        yield return Found.Because(Status.ForbiddenShouldBeUnauthorized, 0.86, $"403 to a caller without credentials, where signing in would help{(form is null ? "" : " (the page is a sign-in form)")}: 401 with a challenge is meant", evidence);
        if (form is not null && said is null && refusal.Sent.Cookies.Count == 0)
            yield return Found.Because(Sessions.Missing, 0.85, "nobody is signed in: the answer is a sign-in form", evidence);
    }

    private static IEnumerable<Finding> RedirectForApi(Refusal refusal)
    {
        if (!LoginPages.IsRedirectToLogin(refusal.Exchange)) yield break;
        var isProgram = SessionRules.IsProgram(refusal.Request) || refusal.Request.Value("Authorization") is not null;
        var asProgram = refusal.Tried(Variation.AsProgram);
        var isAlways = asProgram is not null && LoginPages.IsRedirectToLogin(asProgram);
        if (!isProgram && !(isAlways && !IsPage(refusal.Request))) yield break;
        var login = LoginPages.LoginLocation(refusal.Exchange)!;
        yield return Found.Because(Status.RedirectForApi, isProgram ? 0.88 : 0.66, string.Create(CultureInfo.InvariantCulture, $"a program that is not signed in is redirected to the page {login.AbsolutePath} with {refusal.Status} instead of being told 401"),
            [new(EvidenceKind.ResponseHeader, "Location", Refusal.Shortened(login.AbsoluteUri)), new(EvidenceKind.Request, "Accept", refusal.Request.Value("Accept") ?? "not sent"), .. asProgram is null ? Array.Empty<Evidence>() : [refusal.Compared(asProgram, asProgram.Purpose)], refusal.StatusEvidence],
            Found.Owner("answer-401", "answer 401 with a challenge where Accept has no text/html or Sec-Fetch-Mode is not navigate, and redirect navigations only"));
    }

    private static bool IsPage(SentRequest request) => request.Value("Accept")?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true || request.Value("Sec-Fetch-Mode") == "navigate";

    private static IEnumerable<Finding> LoginPage(Refusal refusal)
    {
        if (refusal.Status is not (>= 200 and < 300) || !IsLoginInstead(refusal)) yield break;
        var form = LoginPages.LoginForm(refusal.Answer)!;
        yield return Found.Because(Status.LoginPageWith200, 0.88, $"a sign-in page comes with {refusal.Status} at an address that is not one: clients and caches take it for the resource", [new(EvidenceKind.ResponseBody, "title", refusal.Content.Title.Length > 0 ? refusal.Content.Title : "(none)"), new(EvidenceKind.ResponseBody, "form", $"a sign-in form to `{Refusal.Shortened(form.Action)}`{(form.HasPassword ? " with a password field" : "")}"), refusal.StatusEvidence],
            Found.Visitor("sign-in", "sign in with the form that is shown"), Found.Owner("answer-401-with-form", "send the same form with 401 and `WWW-Authenticate: Cookie`, or redirect navigations to a login address"));
    }

    /// <summary>Whether a page that was served is a sign-in page in place of something else: the address does not name one, and title or heading do, or the form stands alone.</summary>
    internal static bool IsLoginInstead(Refusal refusal)
    {
        if (!LoginPages.IsLoginPage(refusal.Answer) || !LoginPages.SaysSignIn(refusal.Answer) || refusal.Request.Method is not ("GET" or "HEAD")) return false;
        var path = refusal.Request.Url.AbsolutePath.ToLowerInvariant();
        if (path is "/" or "/index.html" or "/index.php" || path.Contains("login", StringComparison.Ordinal) || path.Contains("signin", StringComparison.Ordinal) || path.Contains("sign-in", StringComparison.Ordinal) || path.Contains("sign_in", StringComparison.Ordinal) || path.Contains("auth", StringComparison.Ordinal) || path.Contains("logon", StringComparison.Ordinal) || path.Contains("sso", StringComparison.Ordinal) || path.Contains("register", StringComparison.Ordinal) || path.Contains("signup", StringComparison.Ordinal)) return false;
        // A small form in the corner of an article is no login page.
        var words = refusal.Content.Texts.Sum(text => text.Text.Length);
        return words < 1500;
    }

    private static IEnumerable<Finding> ServerError(Refusal refusal)
    {
        if (refusal.Status is not (>= 500 and < 600) || refusal.Status is 503 or 504) yield break;
        var said = refusal.Said.MaxBy(finding => finding.Confidence);
        var exception = Exception(refusal);
        if (said is null && exception is null && refusal.Stated is null) yield break;
        var evidence = new List<Evidence>();
        if (refusal.Stated is { } stated) evidence.Add(stated.Evidence);
        if (exception is not null) evidence.Add(exception);
        if (said is not null) evidence.AddRange(said.Evidence);
        yield return Found.Because(Status.ServerErrorForDenial, (exception is not null && said is not null) || refusal.Stated is not null ? 0.88 : 0.72, string.Create(CultureInfo.InvariantCulture, $"a refusal surfaces as {refusal.Status}: the answer speaks of {(said is null ? "a denied access" : said.Cause.Title.ToLowerInvariant())}, and the exception was not turned into 401 or 403"), evidence,
            Found.Owner("map-exception", "let the framework's handler turn this exception into 401 (nobody is signed in) or 403 (the permission is missing)"));
    }

    private static readonly WordPattern Denials = new("access_denied|accessdenied|unauthorized|forbidden|not_authorized|notauthorized|permission|permissiondenied|authentication|authorization|security exception|error|denied_exception|denied_error|trace|traceback");

    private static Evidence? Exception(Refusal refusal)
    {
        foreach (var text in refusal.Content.Texts.Take(WordingRules.MaximumSentences))
        {
            foreach (var sentence in Wording.Of(text.Text))
            {
                if (Denials.IsIn(sentence) && !OwnAccess.IsIn(sentence)) return new(EvidenceKind.ResponseBody, text.LastName.Length == 0 ? "body" : text.LastName, Refusal.Shortened(text.Text));
            }
        }

        return null;
    }

    /// <summary>A 404 that differs from that of a name that can't exist, or that turns into 401 or 403 when nothing but the credentials changes.</summary>
    private static IEnumerable<Finding> Hidden(Refusal refusal)
    {
        if (refusal.Status != 404 || refusal.IsUnsteady) yield break;
        if (refusal.ChallengeText.Length > 0)
        {
            yield return Found.Because(Status.HiddenAsNotFound, 0.82, "404 with a challenge: the resource is there for whoever signs in", [refusal.ChallengeEvidence, refusal.StatusEvidence]);
            yield break;
        }

        foreach (var (variation, how) in ((Variation, string)[])[(Variation.WithoutCredentials, "without credentials"), (Variation.WithoutCookies, "without cookies")])
        {
            if (refusal.Tried(variation) is { Status: 401 or 403 } without)
            {
                yield return Found.Because(Status.HiddenAsNotFound, 0.8, "with these credentials it is 404, without them the server asks for a sign-in: it hides from this account what it may not see", [refusal.Compared(without, how), refusal.StatusEvidence]);
                yield break;
            }
        }

        // Two bodies of 404 that are not alike: one is written by a rule for this address.
        if (refusal.Tried(Variation.MissingSibling) is { Status: 404, Answer: { } missing } sibling && IsOtherPage(refusal, sibling))
        {
            yield return Found.Because(Status.HiddenAsNotFound, 0.55, "perhaps a refusal hidden as 404: the answer is not the one that a name beside it gets which can't exist", [new(EvidenceKind.Comparison, sibling.Request.Url.AbsoluteUri, string.Create(CultureInfo.InvariantCulture, $"404 with {missing.Body.Length} octets, title `{missing.Content.Title}`; here {refusal.Answer.Body.Length} octets, title `{refusal.Content.Title}`")), refusal.StatusEvidence]);
        }
        else if (refusal.Answer.Value("X-GitHub-Request-Id") is not null && refusal.Sent.Token is not null)
        {
            yield return Found.Because(Status.HiddenAsNotFound, 0.6, "GitHub answers 404 for private resources that the token may not see", [new(EvidenceKind.ResponseHeader, "X-GitHub-Request-Id", refusal.Answer.Value("X-GitHub-Request-Id")!), refusal.StatusEvidence]);
        }
    }

    private static bool IsOtherPage(Refusal refusal, Exchange sibling)
    {
        var a = refusal.Content;
        var b = sibling.Answer!.Content;
        if (a.Title != b.Title) return true;
        if (refusal.Author?.Author != FingerprintRules.Author(sibling.Answer!)?.Author) return true;
        // Pages quote the path: only a difference beyond its length counts.
        var path = Math.Abs(refusal.Request.Url.AbsolutePath.Length - sibling.Request.Url.AbsolutePath.Length);
        return a.IsEmpty != b.IsEmpty || Math.Abs(refusal.Answer.Body.Length - sibling.Answer!.Body.Length) > (6 * path) + 64;
    }
}
