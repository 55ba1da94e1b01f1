using System.Globalization;
using System.Text;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>Sessions in cookies: none came, its time is over, or the server does not know it.</summary>
internal static class SessionRules
{
    private static readonly string[] SessionNames =
        ["sess", "sid", "auth", "token", "jwt", "login", "user", "member", "account", "remember", "identity", "ticket", "aspxauth", ".aspnet", "oauth2_proxy", "openidc", "logged_in", "keycloak", "sso", "cas", "uid", "access"];

    private static readonly string[] OtherNames =
        ["_ga", "_gid", "_gat", "_fbp", "_hj", "csrf", "xsrf", "lang", "locale", "theme", "consent", "cookieconsent", "__cf", "cf_", "awsalb", "incap", "visid", "nlbi", "_gcl", "optanon", "ajs_", "utm", "i18n", "_pk_", "datadome", "ak_bmsc", "bm_sz", "_abck", "bigipserver", "ts01", "timezone", "tz", "currency", "antiforgery", "flash"];

    // Of one step of a sign-in, wherever in the name.
    private static readonly string[] PassingNames = ["nonce", "pkce", "verifier", "oauth_state", "_state", "challenge", "captcha"];

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } =
    [
        Refusal.Rule("session missing", Missing),
        Refusal.Rule("session over by its own time", OverByItself),
        Refusal.Rule("session not known", Unknown),
    ];

    /// <summary>Whether a scheme of a challenge stands for a session cookie or a sign-in form.</summary>
    internal static bool IsCookieScheme(string scheme) =>
        scheme.Equals("Cookie", StringComparison.OrdinalIgnoreCase) || scheme.Equals("Session", StringComparison.OrdinalIgnoreCase) || scheme.Equals("Form", StringComparison.OrdinalIgnoreCase) || scheme.Equals("FormBased", StringComparison.OrdinalIgnoreCase) || scheme.Equals("Login", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a cookie may hold a session, by its name.</summary>
    internal static bool MayBeSession(string name) =>
        !Array.Exists(PassingNames, other => name.Contains(other, StringComparison.OrdinalIgnoreCase)) && !Array.Exists(OtherNames, other => name.StartsWith(other, StringComparison.OrdinalIgnoreCase) || (other is "csrf" or "xsrf" && name.Contains(other, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether a cookie is named like a session.</summary>
    internal static bool IsSessionName(string name) => MayBeSession(name) && Array.Exists(SessionNames, session => name.Contains(session, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the answer speaks of sessions: a cookie scheme, a sign-in form, a session cookie that it sets, or a redirect to a sign-in.</summary>
    internal static bool LooksLikeSession(Refusal refusal) =>
        refusal.Offered.Any(IsCookieScheme) || LoginPages.IsLoginPage(refusal.Answer) || LoginPages.IsRedirectToLogin(refusal.Exchange)
        || refusal.Answer.Values("Set-Cookie").Any(set => SetCookie.TryParse(set, out var cookie, out _) && IsSessionName(cookie!.Name));

    private static IEnumerable<Finding> Missing(Refusal refusal)
    {
        var isRedirect = LoginPages.IsRedirectToLogin(refusal.Exchange);
        if (!(refusal.Status is 401 or 403 or 200 || isRedirect) || !LooksLikeSession(refusal)) yield break;
        if (refusal.Status is 200 && !StatusRules.IsLoginInstead(refusal)) yield break;
        // A 403 with a session cookie beside it is no sign-in; a form is.
        if (refusal.Status == 403 && !LoginPages.IsLoginPage(refusal.Answer)) yield break;
        var held = refusal.Sent.Cookies.Where(cookie => MayBeSession(cookie.Name)).ToArray();
        if (held.Length > 0 || (refusal.Sent.Kinds & (Sent.Token | Sent.Password | Sent.Key)) != Sent.Unread) yield break;
        var evidence = new List<Evidence> { new(EvidenceKind.Request, "Cookie", refusal.Sent.Cookies.Count == 0 ? "not sent" : $"none of a session: {string.Join(", ", refusal.Sent.Cookies.Select(cookie => cookie.Name))}") };
        evidence.AddRange(SignInEvidence(refusal));
        evidence.Add(refusal.StatusEvidence);
        var confidence = refusal.Offered.Any(IsCookieScheme) || isRedirect ? 0.88 : LoginPages.IsLoginPage(refusal.Answer) ? 0.85 : 0.76;
        // The page itself is the finding there (status.200-login-page).
        if (refusal.Status == 200) confidence = 0.55;
        if (isRedirect && IsProgram(refusal.Request)) confidence = 0.72;
        yield return Found.Because(Sessions.Missing, confidence, isRedirect ? $"nobody is signed in: no session cookie was sent, and the server redirects to its sign-in page {LoginPages.LoginLocation(refusal.Exchange)!.GetLeftPart(UriPartial.Path)}" : "nobody is signed in: no session cookie was sent, and the server asks for a sign-in", evidence,
            Found.Developer("sign-in-first", "sign in first and send the cookie that the sign-in sets", "curl -c jar.txt -d 'user=...&password=...' LOGIN-URL && curl -b jar.txt URL"));
    }

    private static IEnumerable<Evidence> SignInEvidence(Refusal refusal)
    {
        if (refusal.Offered.Any(IsCookieScheme)) yield return refusal.ChallengeEvidence;
        if (LoginPages.LoginLocation(refusal.Exchange) is { } location) yield return new(EvidenceKind.ResponseHeader, "Location", Refusal.Shortened(location.AbsoluteUri));
        if (LoginPages.LoginForm(refusal.Answer) is { } form) yield return new(EvidenceKind.ResponseBody, "form", $"a sign-in form to `{Refusal.Shortened(form.Action)}`{(form.HasPassword ? " with a password field" : "")}");
        foreach (var set in refusal.Answer.Values("Set-Cookie").Take(4))
        {
            if (SetCookie.TryParse(set, out var cookie, out _)) yield return new(EvidenceKind.Cookie, "Set-Cookie", cookie!.ToString());
        }
    }

    /// <summary>Whether a program asks: no text/html in Accept, or a fetch that is no navigation (contract.md).</summary>
    internal static bool IsProgram(SentRequest request)
    {
        if (request.Value("Sec-Fetch-Mode") is { } mode) return !mode.Equals("navigate", StringComparison.OrdinalIgnoreCase);
        if (request.Value("X-Requested-With") is not null) return true;
        var accept = request.Value("Accept");
        return accept is not null && !accept.Contains("text/html", StringComparison.OrdinalIgnoreCase) && !accept.Trim().StartsWith("*/*", StringComparison.Ordinal);
    }

    /// <summary>A cookie whose own content says until when it holds: a JWT, or mod_session's <c>expiry</c> in microseconds.</summary>
    private static IEnumerable<Finding> OverByItself(Refusal refusal)
    {
        if (!IsRefusedForIdentity(refusal)) yield break;
        foreach (var cookie in refusal.Sent.Cookies)
        {
            if (!MayBeSession(cookie.Name) || EndOf(cookie.Value) is not { } end || end.At >= refusal.Now) continue;
            var ago = refusal.Now - end.At;
            yield return Found.Because(Sessions.Expired, 0.93, string.Create(CultureInfo.InvariantCulture, $"the session in the cookie {cookie.Name} ended at {end.At:u}, {Seconds(ago)} before the server's clock"),
                [new(EvidenceKind.Cookie, cookie.Name, end.What), new(EvidenceKind.Clock, "Date", refusal.Now.ToString("u", CultureInfo.InvariantCulture)), refusal.StatusEvidence]);
            yield break;
        }
    }

    /// <summary>For people: <c>95 s</c>, <c>3 h</c>, <c>12 days</c>.</summary>
    internal static string Seconds(TimeSpan time)
    {
        var seconds = Math.Abs(time.TotalSeconds);
        return seconds < 7200 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s") : seconds < 172_800 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h ({seconds:0} s)") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} days ({seconds:0} s)");
    }

    private static (DateTimeOffset At, string What)? EndOf(string value)
    {
        if (SentCredentials.LooksLikeJwt(value) && JsonWebToken.TryParse(value, out var jwt, out _) && jwt!.TryGetTime("exp", out var exp) && exp is { } time) return (time, string.Create(CultureInfo.InvariantCulture, $"exp {time.ToUnixTimeSeconds()} ({time:u})"));
        var text = Uri.UnescapeDataString(value);
        foreach (var part in text.Split('&', 64))
        {
            if (!part.StartsWith("expiry=", StringComparison.Ordinal) || !long.TryParse(part.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            // mod_session counts microseconds.
            if (number is > 1_000_000_000_000_000 and < 9_999_999_999_999_999) return (DateTimeOffset.FromUnixTimeMilliseconds(number / 1000), $"expiry={number} (microseconds since 1970)");
        }

        return null;
    }

    private static bool IsRefusedForIdentity(Refusal refusal) => refusal.Meant == 401 || LoginPages.IsRedirectToLogin(refusal.Exchange) || (refusal.Status is 403 or 200 && LoginPages.IsLoginPage(refusal.Answer)) || refusal.Status is 440;

    private static IEnumerable<Finding> Unknown(Refusal refusal)
    {
        if (!IsRefusedForIdentity(refusal) || (refusal.Meant == 200 && !StatusRules.IsLoginInstead(refusal))) yield break;
        var sent = refusal.Sent;
        if ((sent.Kinds & (Sent.Token | Sent.Password | Sent.Key)) != Sent.Unread) yield break;
        var held = sent.Cookies.Where(cookie => MayBeSession(cookie.Name)).ToArray();
        if (held.Length == 0 || OverByItself(refusal).Any()) yield break;
        // A challenge for something else than a session says that cookies are not what is wanted.
        if (refusal.Offered.Count > 0 && !refusal.Offered.Any(IsCookieScheme)) yield break;
        var named = held.FirstOrDefault(cookie => IsSessionName(cookie.Name));
        var cookie = named.Name is null ? held[0] : named;
        var evidence = new List<Evidence> { new(EvidenceKind.Cookie, cookie.Name, $"sent: {Masked.Secret(cookie.Value)}") };
        var isCleared = false;
        var isRenewed = false;
        foreach (var set in refusal.Answer.Values("Set-Cookie"))
        {
            if (!SetCookie.TryParse(set, out var answer, out _) || !answer!.Name.Equals(cookie.Name, StringComparison.Ordinal)) continue;
            isCleared = answer.MaxAge <= TimeSpan.Zero || answer.Expires < refusal.Now || answer.Value.Length == 0;
            isRenewed = !isCleared && answer.Value != cookie.Value;
            evidence.Add(new(EvidenceKind.Cookie, "Set-Cookie", $"{answer.Name} {(isCleared ? "is deleted" : isRenewed ? "is set anew, with another value" : "is set again")}"));
        }

        var confidence = named.Name is null ? 0.45 : isRenewed || isCleared ? 0.75 : 0.64;
        if (refusal.Tried(Variation.WithoutCookies) is { } without)
        {
            evidence.Add(refusal.Compared(without, "without cookies"));
            if (without.Status == refusal.Status && named.Name is not null) confidence += 0.04;
            else if (refusal.Passes(without)) confidence = 0.7;
        }

        evidence.Add(refusal.StatusEvidence);
        yield return Found.Because(Sessions.Unknown, confidence, $"the session cookie {cookie.Name} was sent, and the server answers as to somebody who is not signed in: it knows no such session (lost at a restart, another server, another key) or its time is over", evidence);
        yield return Found.Because(Sessions.Expired, Math.Min(0.45, confidence - 0.1), $"perhaps the time of the session in {cookie.Name} is over: from outside that looks the same", [evidence[0], refusal.StatusEvidence]);
    }
}
