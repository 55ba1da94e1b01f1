using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>Cookies that the client has and that do not go along, and cookies that browsers do not keep (RFC 6265bis).</summary>
internal static class CookieRules
{
    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("cookies that are not sent", NotSent), Refusal.Rule("cookies that browsers refused before", RejectedBefore), Refusal.Rule("cookies that browsers refuse", Rejected)];

    private static IEnumerable<Finding> NotSent(Refusal refusal)
    {
        if (!IsForIdentity(refusal) || (refusal.Sent.Kinds & (Fingerprints.Sent.Token | Fingerprints.Sent.Password | Fingerprints.Sent.Key)) != Fingerprints.Sent.Unread) yield break;
        var request = Request(refusal);
        var sent = refusal.Sent.Cookies.Select(cookie => cookie.Name).ToHashSet(StringComparer.Ordinal);
        var omitted = new List<(string Source, StoredCookie Cookie, CookieOmission Why)>();
        foreach (var (source, cookie) in Held(refusal))
        {
            if (sent.Contains(cookie.Name) || !SessionRules.MayBeSession(cookie.Name)) continue;
            var why = cookie.Decide(request, refusal.Now);
            if (why != CookieOmission.None && IsOfThisSite(cookie, request.Host)) omitted.Add((source, cookie, why));
        }

        // One of the name that the server asks for, or one named like a session, counts most.
        var asked = refusal.Parameter("cookie-name") ?? AskedName(refusal.ChallengeText);
        var best = omitted.OrderByDescending(one => one.Cookie.Name == asked).ThenByDescending(one => SessionRules.IsSessionName(one.Cookie.Name)).FirstOrDefault();
        if (best.Cookie is null) yield break;
        if (refusal.Sent.Cookies.Any(cookie => SessionRules.IsSessionName(cookie.Name)) && best.Cookie.Name != asked) yield break;
        var confidence = best.Cookie.Name == asked ? 0.94 : SessionRules.IsSessionName(best.Cookie.Name) ? 0.89 : 0.72;
        yield return Found.Because(Sessions.CookieNotSent, confidence, $"the client holds the cookie {best.Cookie.Name}, and it does not go with this request: {Reason(best.Cookie, best.Why, request)}",
            [.. omitted.Take(4).Select(one => new Evidence(EvidenceKind.Cookie, one.Source, $"{one.Cookie.Name}; {Scope(one.Cookie)}: {Reason(one.Cookie, one.Why, request)}")), new(EvidenceKind.Request, refusal.Where, refusal.Sent.Cookies.Count == 0 ? "no Cookie" : "Cookie: " + string.Join("; ", refusal.Sent.Cookies)), refusal.StatusEvidence],
            Mend(best.Cookie, best.Why));
    }

    /// <summary><c>cookie-name=sid</c> also of a challenge that does not follow the grammar.</summary>
    private static string? AskedName(string challenge)
    {
        var at = challenge.IndexOf("cookie-name=", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : challenge[(at + 12)..].Split(',', ' ', ';')[0].Trim('"');
    }

    private static bool IsForIdentity(Refusal refusal) => refusal.Status is 401 or 403 or 440 || LoginPages.IsRedirectToLogin(refusal.Exchange) || (refusal.Status == 200 && StatusRules.IsLoginInstead(refusal));

    /// <summary>What the jar holds, and what earlier answers of a recording set.</summary>
    private static IEnumerable<(string Source, StoredCookie Cookie)> Held(Refusal refusal)
    {
        foreach (var jar in refusal.Seen.Of<JarCookie>()) yield return (jar.Source, jar.Cookie);
        if (refusal.IsLive) yield break;
        foreach (var exchange in refusal.Seen.Of<Exchange>())
        {
            if (ReferenceEquals(exchange, refusal.Exchange)) yield break;
            foreach (var set in exchange.Answer?.Values("Set-Cookie") ?? [])
            {
                if (SetCookie.TryParse(set, out var cookie, out _) && CookieStorage.Decide(cookie!, Origin(exchange), exchange.Answer!.At).Cookie is { } stored) yield return ($"Set-Cookie of {exchange.Request.Url.AbsoluteUri}", stored);
            }
        }
    }

    private static CookieRequest Request(Refusal refusal)
    {
        var url = refusal.Request.Url;
        var (isSameSite, isNavigation) = Context(refusal.Request);
        // Strictly by the scheme: that loopback counts as secure to some browsers is settled by whether it was sent.
        return new(Host(url), url.AbsolutePath, url.Scheme == Uri.UriSchemeHttps, refusal.Request.Method.ToUpperInvariant(), isSameSite, isNavigation);
    }

    private static CookieOrigin Origin(Exchange exchange)
    {
        var (isSameSite, isNavigation) = Context(exchange.Request);
        return new(Host(exchange.Request.Url), exchange.Request.Url.AbsolutePath, IsSecure(exchange.Request.Url), isSameSite, isNavigation);
    }

    /// <summary>From whom a browser made the request: Sec-Fetch-*, or else Origin and Referer beside the host.</summary>
    private static (bool IsSameSite, bool IsNavigation) Context(SentRequest request)
    {
        var mode = request.Value("Sec-Fetch-Mode");
        var isNavigation = mode is null || mode.Equals("navigate", StringComparison.OrdinalIgnoreCase);
        if (request.Value("Sec-Fetch-Dest") is { } destination && destination.Equals("iframe", StringComparison.OrdinalIgnoreCase)) isNavigation = false;
        if (request.Value("Sec-Fetch-Site") is { } site) return (!site.Equals("cross-site", StringComparison.OrdinalIgnoreCase), isNavigation);
        var from = request.Value("Origin") is { Length: > 0 } origin && origin != "null" ? origin : request.Value("Referer");
        if (from is null || !Uri.TryCreate(from, UriKind.Absolute, out var page)) return (true, isNavigation);
        return (IsSameSite(page, request.Url), isNavigation);
    }

    /// <summary>Without the list of public suffixes: the last two labels, three below the customary second levels.</summary>
    private static bool IsSameSite(Uri a, Uri b) => a.Scheme == b.Scheme && Site(Host(a)) == Site(Host(b));

    private static string Site(string host)
    {
        if (Address.TryParse(host.Trim('[', ']'), out _, out _)) return host;
        var labels = host.Split('.');
        var take = labels.Length > 2 && labels[^2] is "co" or "com" or "org" or "net" or "ac" or "gov" or "edu" && labels[^1].Length == 2 ? 3 : 2;
        return string.Join('.', labels.TakeLast(take));
    }

    private static bool IsOfThisSite(StoredCookie cookie, string host) => Site(cookie.Domain) == Site(host);

    private static string Host(Uri url) => url.IdnHost.TrimEnd('.').ToLowerInvariant();

    /// <summary>Browsers take plain http to a loopback host as secure too.</summary>
    private static bool IsSecure(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.IsLoopback;

    private static string Scope(StoredCookie cookie) =>
        string.Create(CultureInfo.InvariantCulture, $"Domain={cookie.Domain}{(cookie.IsHostOnly ? " (that host only)" : "")}; Path={cookie.Path}{(cookie.Secure ? "; Secure" : "")}{(cookie.SameSite == SameSite.Unspecified ? "" : $"; SameSite={cookie.SameSite}")}{(cookie.Expires is { } end ? $"; Expires={end:u}" : "")}");

    private static string Reason(StoredCookie cookie, CookieOmission why, CookieRequest request) => why switch
    {
        CookieOmission.None => "it is sent",
        CookieOmission.Expired => string.Create(CultureInfo.InvariantCulture, $"it ran out at {cookie.Expires:u}"),
        CookieOmission.OtherHost => $"it goes to {cookie.Domain} alone, and the request goes to {request.Host}",
        CookieOmission.OtherDomain => $"{request.Host} does not lie in its Domain {cookie.Domain}",
        CookieOmission.OtherPath => $"{request.Path} does not lie in its Path={cookie.Path}",
        CookieOmission.SecureOverHttp => "it is Secure, and the request goes over plain http",
        CookieOmission.SameSiteStrict => "it is SameSite=Strict, and the request comes from another site",
        CookieOmission.SameSiteLax => "it is SameSite=Lax, and the request comes from another site and is no top-level navigation by GET",
        CookieOmission.SameSiteUnspecified => "it has no SameSite, which browsers take as Lax, and the request comes from another site and is no top-level navigation by GET",
    };

    private static Remedy Mend(StoredCookie cookie, CookieOmission why) => why switch
    {
        CookieOmission.None or CookieOmission.Expired => Found.Visitor("sign-in-again", "sign in again"),
        CookieOmission.OtherHost => Found.Owner("set-domain", $"set Domain to the domain that both hosts share, or sign in on the host that is asked ({cookie.Domain} alone gets it now)"),
        CookieOmission.OtherDomain => Found.Owner("set-domain", "set Domain to the domain that both hosts share"),
        CookieOmission.OtherPath => Found.Owner("set-path", $"set {cookie.Name} with Path=/ (now {cookie.Path})"),
        CookieOmission.SecureOverHttp => Found.Visitor("use-https", "use the address with https"),
        CookieOmission.SameSiteStrict => Found.Owner("relax-samesite", "set SameSite=Lax: it then comes along when another site leads back by a link or redirect"),
        CookieOmission.SameSiteLax or CookieOmission.SameSiteUnspecified => Found.Owner("set-samesite-none", "set SameSite=None; Secure where other sites must send it with fetch, forms or frames"),
    };

    /// <summary>Of a recording: what an earlier answer set, and the browser did not keep.</summary>
    private static IEnumerable<Finding> RejectedBefore(Refusal refusal)
    {
        if (!IsForIdentity(refusal) || (refusal.Sent.Kinds & (Fingerprints.Sent.Token | Fingerprints.Sent.Password | Fingerprints.Sent.Key)) != Fingerprints.Sent.Unread) yield break;
        var sent = refusal.Sent.Cookies.Select(cookie => cookie.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var before in refusal.Seen.Of<Inputs.Har.CookieSetBefore>())
        {
            var refused = before.Decision.Refusal;
            if (refused is CookieRefusal.None or CookieRefusal.EndsAtOnce or CookieRefusal.SameSiteFromOtherSite || sent.Contains(before.Cookie.Name) || !SessionRules.MayBeSession(before.Cookie.Name)) continue;
            yield return Found.Because(Sessions.CookieRejected, SessionRules.IsSessionName(before.Cookie.Name) ? 0.89 : 0.72, $"{before.Url.AbsolutePath} set the cookie {before.Cookie.Name} in a way that browsers refuse: {Reason(refused, before.Cookie, before.Url)}; so it is missing here",
                [new(EvidenceKind.Cookie, $"Set-Cookie of {before.Source}", before.Cookie.ToString()), new(EvidenceKind.Request, refusal.Where, $"{before.Cookie.Name} not sent"), refusal.StatusEvidence], Found.Owner("mend-set-cookie", Mend(refused)));
            yield break;
        }
    }

    private static IEnumerable<Finding> Rejected(Refusal refusal)
    {
        if (!IsForIdentity(refusal)) yield break;
        foreach (var exchange in refusal.Seen.Of<Exchange>().Where(exchange => exchange.Variation is Variation.AsGiven or Variation.Redirected or Variation.Recorded or Variation.AsBrowser))
        {
            if (!exchange.Request.Url.IdnHost.Equals(refusal.Request.Url.IdnHost, StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var set in exchange.Answer?.Values("Set-Cookie") ?? [])
            {
                if (!SetCookie.TryParse(set, out var cookie, out _) || !SessionRules.MayBeSession(cookie!.Name)) continue;
                var refused = CookieStorage.Decide(cookie, Origin(exchange), exchange.Answer!.At == default ? refusal.Now : exchange.Answer.At).Refusal;
                if (refused is CookieRefusal.None or CookieRefusal.EndsAtOnce or CookieRefusal.SameSiteFromOtherSite) continue;
                // Where the client sends it all the same, the browser's rule is not what stops it.
                if (refusal.Sent.Cookies.Any(sent => sent.Name == cookie.Name)) continue;
                // On the refusal itself it is no session that was won and lost, and what is seen over http may stand behind https.
                var isOwn = ReferenceEquals(exchange, refusal.Exchange);
                yield return Found.Because(Sessions.CookieRejected, isOwn && refused == CookieRefusal.SecureOverHttp ? 0.5 : isOwn && !SessionRules.IsSessionName(cookie.Name) ? 0.6 : 0.8, $"the server sets {cookie.Name} in a way that browsers refuse: {Reason(refused, cookie, exchange.Request.Url)}; who signs in is asked again and again", [new(EvidenceKind.Cookie, "Set-Cookie", cookie.ToString()), new(EvidenceKind.Request, refusal.Where, $"{cookie.Name} not sent"), refusal.StatusEvidence],
                    Found.Owner("mend-set-cookie", Mend(refused)));
                yield break;
            }
        }
    }

    private static string Reason(CookieRefusal refused, SetCookie cookie, Uri url) => refused switch
    {
        CookieRefusal.None or CookieRefusal.EndsAtOnce => "it ends at once",
        CookieRefusal.ForeignDomain => $"Domain={cookie.Domain} is not the domain of {url.IdnHost}",
        CookieRefusal.PublicSuffix => $"Domain={cookie.Domain} is a public suffix",
        CookieRefusal.DomainNotAscii => "Domain is not US-ASCII",
        CookieRefusal.SecureOverHttp => "it is Secure, and it is set over plain http",
        CookieRefusal.SameSiteNoneWithoutSecure => "SameSite=None without Secure",
        CookieRefusal.SameSiteFromOtherSite => "SameSite, and the request came from another site",
        CookieRefusal.SecurePrefixWithoutSecure => "the prefix __Secure- without Secure",
        CookieRefusal.HostPrefixWithoutSecure => "the prefix __Host- without Secure",
        CookieRefusal.HostPrefixWithDomain => "the prefix __Host- with a Domain",
        CookieRefusal.HostPrefixWithoutRootPath => "the prefix __Host- with another Path than /",
        CookieRefusal.NamelessWithPrefix => "no name, and a value that begins like a prefixed name",
    };

    private static string Mend(CookieRefusal refused) => refused switch
    {
        CookieRefusal.ForeignDomain or CookieRefusal.PublicSuffix or CookieRefusal.DomainNotAscii => "leave Domain out, or name the site's own domain",
        CookieRefusal.SecureOverHttp => "serve the site over https, or leave Secure out on a machine for development",
        CookieRefusal.SameSiteNoneWithoutSecure => "add Secure (and https), or set SameSite=Lax",
        CookieRefusal.HostPrefixWithDomain => "leave Domain out",
        CookieRefusal.HostPrefixWithoutRootPath => "set Path=/",
        CookieRefusal.None or CookieRefusal.EndsAtOnce or CookieRefusal.SameSiteFromOtherSite or CookieRefusal.SecurePrefixWithoutSecure or CookieRefusal.HostPrefixWithoutSecure or CookieRefusal.NamelessWithPrefix => "set it with Secure over https, as the prefix of its name asks",
    };
}
