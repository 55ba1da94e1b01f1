using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Where a request comes from and how it is made: told by varying one thing at a time, and by fields for rates.</summary>
internal static class NetworkRules
{
    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } =
    [
        Refusal.Rule("preflight", Preflight),
        Refusal.Rule("origin by comparison", Origin),
        Refusal.Rule("referrer by comparison", Referrer),
        Refusal.Rule("user agent by comparison", UserAgent),
        Refusal.Rule("query by comparison", Query),
        Refusal.Rule("https by comparison", Https),
        Refusal.Rule("method", Method),
        Refusal.Rule("rate", Rate),
        Refusal.Rule("host", Host),
    ];

    private static double Steady(Refusal refusal, double confidence) => refusal.IsUnsteady ? Math.Min(confidence, 0.4) : confidence;

    private static bool IsPreflight(SentRequest request) => request.Method == "OPTIONS" && request.Value("Origin") is not null && request.Value("Access-Control-Request-Method") is not null;

    private static IEnumerable<Finding> Preflight(Refusal refusal)
    {
        if (IsPreflight(refusal.Request) && refusal.Status is 401 or 403 or 407)
        {
            yield return Refused(refusal.Exchange, refusal, 0.96);
            yield break;
        }

        var tried = refusal.IsLive ? refusal.Tried(Variation.Preflight) : refusal.Seen.Of<Exchange>().LastOrDefault(exchange => IsPreflight(exchange.Request) && SamePath(exchange, refusal) && exchange.Answer is not null);
        // Only a page of another origin makes one.
        var fromPage = refusal.Request.Value("Origin") is { } origin && !origin.Equals(refusal.Request.Url.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
        if (tried is { Status: 401 or 403 or 407 } && fromPage && IsNotSimple(refusal.Request)) yield return Refused(tried, refusal, refusal.Status is >= 200 and < 300 ? 0.82 : 0.66);
    }

    private static bool SamePath(Exchange exchange, Refusal refusal) => exchange.Request.Url.AbsolutePath == refusal.Request.Url.AbsolutePath;

    /// <summary>What makes a browser ask first (Fetch, CORS-preflight fetch).</summary>
    private static bool IsNotSimple(SentRequest request) =>
        request.Method is not ("GET" or "HEAD" or "POST") || request.Value("Authorization") is not null || request.Fields.Any(field => field.Name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && !field.Name.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase))
        || (request.Value("Content-Type") is { } type && !type.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase));

    private static Finding Refused(Exchange preflight, Refusal refusal, double confidence)
    {
        var method = preflight.Request.Value("Access-Control-Request-Method");
        var allowed = preflight.Answer!.Value("Access-Control-Allow-Origin");
        return Found.Because(Network.CorsPreflightRefused, confidence, string.Create(CultureInfo.InvariantCulture, $"the browser's preflight (OPTIONS from {preflight.Request.Value("Origin")} for {method}) gets {preflight.Status}, so the {method} itself is never sent; a preflight carries no credentials and must be answered without"),
            [
                new(EvidenceKind.Request, $"OPTIONS {preflight.Request.Url.AbsoluteUri}", $"Origin: {preflight.Request.Value("Origin")}, Access-Control-Request-Method: {method}"),
                new(EvidenceKind.ResponseStatus, "preflight", preflight.Status!.Value.ToString(CultureInfo.InvariantCulture)),
                new(EvidenceKind.ResponseHeader, "Access-Control-Allow-Origin", allowed ?? "missing"),
                .. ReferenceEquals(preflight, refusal.Exchange) && refusal.ChallengeText.Length > 0 ? [refusal.ChallengeEvidence] : Array.Empty<Evidence>(),
            ],
            Found.Owner("answer-preflight", "answer OPTIONS with Origin and Access-Control-Request-Method before authentication: 204 with Access-Control-Allow-Origin, -Methods and -Headers"));
    }

    private static IEnumerable<Finding> Origin(Refusal refusal)
    {
        if (!refusal.IsDenial || refusal.Request.Value("Origin") is not { } origin || IsPreflight(refusal.Request)) yield break;
        foreach (var other in refusal.AllTried(Variation.OtherOrigin))
        {
            if (!refusal.Passes(other)) continue;
            yield return Found.Because(Network.OriginRefused, Steady(refusal, 0.88), $"the Origin {origin} is refused: {(other.Request.Value("Origin") is { } passes ? $"with {passes}" : "without Origin")} the same request is answered {other.Status}", [new(EvidenceKind.Request, "Origin", origin), refusal.Compared(other, other.Purpose), refusal.StatusEvidence],
                Found.Owner("allow-origin", $"add {origin} to the origins that the server accepts, if its pages are to call this"));
            yield break;
        }

        if (refusal.Tried(Variation.OtherOrigin) is null && refusal.Status == 403 && refusal.Content.IsEmpty && refusal.Answer.Value("Vary")?.Contains("Origin", StringComparison.OrdinalIgnoreCase) == true)
            yield return Found.Because(Network.OriginRefused, 0.5, $"perhaps the Origin {origin} is refused: the answer varies by it", [new(EvidenceKind.Request, "Origin", origin), new(EvidenceKind.ResponseHeader, "Vary", refusal.Answer.Value("Vary")!), refusal.StatusEvidence]);
    }

    private static IEnumerable<Finding> Referrer(Refusal refusal)
    {
        if (!refusal.IsDenial && refusal.Status is not 404) yield break;
        var given = refusal.Request.Value("Referer");
        foreach (var other in refusal.AllTried(Variation.OtherReferrer))
        {
            if (!refusal.Passes(other) || !Refusal.IsServed(other)) continue;
            var with = other.Request.Value("Referer");
            yield return Found.Because(Network.ReferrerBlocked, Steady(refusal, 0.88), given is null ? $"a Referer of the site itself is wanted: with {with} the same request is answered {other.Status}" : $"the Referer {given} is refused (hotlink protection): {(with is null ? "without one" : $"with {with}")} the same request is answered {other.Status}",
                [new(EvidenceKind.Request, "Referer", given ?? "not sent"), refusal.Compared(other, other.Purpose), refusal.StatusEvidence]);
            yield break;
        }
    }

    private static IEnumerable<Finding> UserAgent(Refusal refusal)
    {
        if (!refusal.IsDenial && refusal.Status is not (404 or 406 or 429 or 503)) yield break;
        var given = refusal.Request.Value("User-Agent");
        if (refusal.Tried(Variation.OtherUserAgent) is { } other && refusal.Passes(other))
        {
            var served = Refusal.IsServed(other) || other.Status is 401;
            yield return Found.Because(Network.UserAgentBlocked, Steady(refusal, served ? 0.88 : 0.7), $"the server refuses the User-Agent {(given is null ? "(none)" : $"`{Refusal.Shortened(given)}`")}: {other.Purpose} the same request is answered {other.Status}",
                [new(EvidenceKind.Request, "User-Agent", Refusal.Shortened(given ?? "not sent")), refusal.Compared(other, other.Purpose), refusal.StatusEvidence],
                Found.Developer("name-yourself", "name your program and a contact in User-Agent, and ask the site's owner to let it in; many sites have an interface for programs"), Found.Owner("let-program-in", "leave this program out of the rule on User-Agent, if it is welcome"));
        }
        else if (refusal.Tried(Variation.AsBrowser) is { } browser && refusal.Passes(browser) && Refusal.IsServed(browser) && refusal.Status == 403)
        {
            yield return Found.Because(Network.BotChallenged, Steady(refusal, 0.62), "with the fields that a browser sends (Accept, Sec-Fetch-*) the same request is served: programs are told apart from browsers", [refusal.Compared(browser, browser.Purpose), refusal.StatusEvidence]);
        }
    }

    /// <summary>Without its query the same address is not refused: what stands in the query is.</summary>
    private static IEnumerable<Finding> Query(Refusal refusal)
    {
        if (refusal.Status is not (403 or 406 or 501 or 400) || refusal.Sent.Signed is not null || refusal.Sent.Key?.Where.EndsWith("in the query", StringComparison.Ordinal) == true || refusal.Sent.Token?.Where.EndsWith("in the query", StringComparison.Ordinal) == true) yield break;
        if (refusal.Tried(Variation.WithoutQuery) is not { } without || !refusal.Passes(without) || refusal.Status == 400) yield break;
        var suspicious = Suspicious(refusal.Request.Url);
        yield return Found.Because(Network.WafBlocked, Steady(refusal, suspicious is null ? 0.55 : 0.8), suspicious is null ? "what stands in the query is refused: without it the same address is answered otherwise (a firewall's rule, or the application's)" : $"the query looks like an attack ({suspicious}), and without it the same address is answered {without.Status}: a firewall's rule matched",
            [new(EvidenceKind.Request, "query", Refusal.Shortened(refusal.Request.Url.Query)), refusal.Compared(without, without.Purpose), refusal.StatusEvidence],
            Found.Owner("except-parameter", "find the rule in the firewall's log (by the time or its unique id) and except this parameter on this path from it; leave the firewall on"));
    }

    private static string? Suspicious(Uri url)
    {
        var query = Uri.UnescapeDataString(url.Query).ToLowerInvariant();
        return query.Contains("<script", StringComparison.Ordinal) || query.Contains("javascript:", StringComparison.Ordinal) || query.Contains("onerror=", StringComparison.Ordinal) || query.Contains("<svg", StringComparison.Ordinal) || query.Contains("<img", StringComparison.Ordinal) ? "script"
            : query.Contains("union select", StringComparison.Ordinal) || query.Contains("' or ", StringComparison.Ordinal) || query.Contains("or 1=1", StringComparison.Ordinal) || query.Contains("select ", StringComparison.Ordinal) || query.Contains("';", StringComparison.Ordinal) || query.Contains("--", StringComparison.Ordinal) || query.Contains("sleep(", StringComparison.Ordinal) ? "SQL"
            : query.Contains("../", StringComparison.Ordinal) || query.Contains("/etc/passwd", StringComparison.Ordinal) || query.Contains("..\\", StringComparison.Ordinal) ? "a path"
            : query.Contains("${jndi", StringComparison.Ordinal) || query.Contains("{{", StringComparison.Ordinal) || query.Contains("<?php", StringComparison.Ordinal) || query.Contains(";cat ", StringComparison.Ordinal) || query.Contains("|id", StringComparison.Ordinal) || query.Contains("$(", StringComparison.Ordinal) || query.Contains("cmd=", StringComparison.Ordinal) ? "code"
            : query.Contains("=http://", StringComparison.Ordinal) || query.Contains("=https://", StringComparison.Ordinal) ? "an address"
            : null;
    }

    private static IEnumerable<Finding> Https(Refusal refusal)
    {
        if (refusal.Request.Url.Scheme != Uri.UriSchemeHttp || refusal.Status is not (400 or 401 or 403 or 404 or 426)) yield break;
        if (refusal.Tried(Variation.OtherScheme) is not { } other || other.Request.Url.Scheme != Uri.UriSchemeHttps) yield break;
        var isPassed = Refusal.IsServed(other) || (refusal.Status is 403 && other.Status is 401);
        if (!isPassed || !refusal.IsDenial) yield break;
        // Credentials do not go along: a 401 here and a page there may be two sites.
        var confidence = refusal.Status == 403 ? 0.82 : 0.55;
        yield return Found.Because(Network.HttpsRequired, Steady(refusal, confidence), $"over https the same address is answered {other.Status}: plain http is refused here", [refusal.Compared(other, "over https"), new(EvidenceKind.Request, "scheme", "http"), refusal.StatusEvidence],
            Found.Developer("use-https", $"use {other.Request.Url.GetLeftPart(UriPartial.Path)}"), Found.Owner("redirect-to-https", "redirect plain http to https (308) rather than refuse it"));
    }

    private static IEnumerable<Finding> Method(Refusal refusal)
    {
        var method = refusal.Request.Method;
        if (refusal.Status == 405)
        {
            var allow = refusal.Answer.Value("Allow");
            yield return Found.Because(Network.MethodDenied, allow is not null ? 0.93 : 0.85, $"the method {method} is not allowed here{(allow is null ? "" : $"; {allow} are")}", [new(EvidenceKind.Request, "method", method), new(EvidenceKind.ResponseHeader, "Allow", allow ?? "missing"), refusal.StatusEvidence]);
            yield break;
        }

        if (refusal.Status != 403 || method is "GET" or "HEAD" || IsPreflight(refusal.Request)) yield break;
        var listed = refusal.Answer.Value("Allow") ?? refusal.Tried(Variation.PlainOptions)?.Answer?.Value("Allow");
        if (listed is { Length: > 0 } && !listed.Split(',', StringSplitOptions.TrimEntries).Contains(method, StringComparer.OrdinalIgnoreCase))
        {
            yield return Found.Because(Network.MethodDenied, 0.82, $"the method {method} is refused here: Allow names {listed}", [new(EvidenceKind.Request, "method", method), new(EvidenceKind.ResponseHeader, "Allow", listed), refusal.StatusEvidence]);
        }
        else if (method is "TRACE" or "CONNECT" or "TRACK" or "DEBUG")
        {
            yield return Found.Because(Network.MethodDenied, 0.8, $"servers refuse {method} as a rule", [new(EvidenceKind.Request, "method", method), refusal.StatusEvidence]);
        }
        else if (refusal.Tried(Variation.Head) is { } head && method is not "OPTIONS" && Refusal.IsServed(head))
        {
            // Whoever is known may read and perhaps not write; whoever is not meets a rule.
            yield return Found.Because(Network.MethodDenied, refusal.Sent.IsNothing ? 0.68 : 0.48, $"the method {method} is refused here: HEAD of the same address is answered {head.Status}", [new(EvidenceKind.Request, "method", method), refusal.Compared(head, "HEAD"), refusal.StatusEvidence]);
        }
        else if (refusal.Sent.IsNothing && refusal.Author is { Layer: Layer.Server or Layer.Gateway } author)
        {
            // The server's own page, not the application's: its rule is on the method, the path or the address.
            yield return Found.Because(Network.MethodDenied, 0.5, $"perhaps the method {method} is refused: {author.Author} wrote the answer, no application; GET of the same address would tell", [new(EvidenceKind.Request, "method", method), refusal.StatusEvidence]);
        }
    }

    private static IEnumerable<Finding> Rate(Refusal refusal)
    {
        if (refusal.Status is not (403 or 429 or 503 or 401)) yield break;
        var evidence = new List<Evidence>();
        foreach (var field in refusal.Answer.Fields)
        {
            var isRemaining = field.Name.Contains("ratelimit", StringComparison.OrdinalIgnoreCase) || field.Name.Contains("rate-limit", StringComparison.OrdinalIgnoreCase);
            if (isRemaining && field.Name.Contains("remaining", StringComparison.OrdinalIgnoreCase) && field.Value.Split(',', ';')[0].Trim() == "0") evidence.Add(new(EvidenceKind.ResponseHeader, field.Name, field.Value));
            else if (isRemaining && field.Name.Equals("RateLimit", StringComparison.OrdinalIgnoreCase) && (field.Value.Contains("remaining=0", StringComparison.OrdinalIgnoreCase) || field.Value.Contains("r=0", StringComparison.Ordinal))) evidence.Add(new(EvidenceKind.ResponseHeader, field.Name, field.Value));
        }

        var isEmpty = evidence.Count > 0;
        if (refusal.Answer.Value("Retry-After") is { } retry) evidence.Add(new(EvidenceKind.ResponseHeader, "Retry-After", retry));
        evidence.Add(refusal.StatusEvidence);
        var wait = refusal.Answer.Value("Retry-After") is { } after ? $"; it may be tried again after {after}{(after.All(char.IsAsciiDigit) ? " s" : "")}" : "";
        if (refusal.Status == 429) yield return Found.Because(Network.RateExceeded, 0.95, $"too many requests{wait}", evidence);
        else if (isEmpty && refusal.Status != 401) yield return Found.Because(Network.RateExceeded, 0.92, $"the allowance of requests is used up ({evidence[0].Where}: 0){wait}", evidence);
        else if (refusal.Status == 403 && refusal.Answer.Value("Retry-After") is not null) yield return Found.Because(Network.RateExceeded, 0.66, $"the answer asks to wait, as one does after too many requests{wait}", evidence);
        else if (refusal.IsUnsteady && refusal.Status == 403 && refusal.Tried(Variation.Repeated) is { } again) yield return Found.Because(Network.RateExceeded, 0.45, "the same request, sent once more, is answered otherwise: a rate, or several servers that do not agree", [refusal.Compared(again, again.Purpose), refusal.StatusEvidence]);
    }

    private static IEnumerable<Finding> Host(Refusal refusal)
    {
        var host = refusal.Request.Value("Host") ?? refusal.Request.Url.Authority;
        if (refusal.Status == 421) yield return Found.Because(Network.HostUnknown, 0.93, $"421: this server does not answer for {host} on this connection (the names of TLS and of the request differ)", [new(EvidenceKind.Request, "Host", host), refusal.StatusEvidence]);
    }
}
