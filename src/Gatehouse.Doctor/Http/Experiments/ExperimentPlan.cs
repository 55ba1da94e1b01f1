using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>
/// Which variations can tell something, planned from the baseline's answer: a pure function. Each is harmless; none is a way around a rule: no path
/// tricks, no spoofed address, nothing but GET, HEAD and OPTIONS (contract.md, "Variations").
/// </summary>
internal static class ExperimentPlan
{
    /// <summary>Parent directories that are asked.</summary>
    private const int MostParents = 4;

    private const string BrowserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    private const string ProgramAgent = "curl/8.16.0";
    private const string BrowserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    /// <summary>What to try, most telling first; those at another origin last.</summary>
    /// <param name="subject">The exchange whose answer is in question.</param>
    /// <param name="missingName">A name that can't exist beside the resource.</param>
    public static IReadOnlyList<Experiment> After(Exchange subject, string missingName)
    {
        if (subject.Answer is not { } answer || subject.AnsweredByProxy) return [.. OtherScheme(subject)];
        var request = subject.Request;
        if (AsksToWait(answer)) return [];
        // Another method is never repeated; what is asked without it shows whether it is the method.
        if (request.Method is not ("GET" or "HEAD" or "OPTIONS"))
            return answer.Status is 403 or 405 ? [Head(request), PlainOptions(request), .. Preflight(request)] : [.. Preflight(request)];
        var planned = answer.Status switch
        {
            >= 200 and < 300 => WhenServed(request, answer),
            >= 300 and < 400 => WhenRedirected(request, missingName),
            404 or 410 => WhenMissing(request, missingName),
            401 or 407 => WhenUnknown(request, answer, missingName),
            _ => WhenRefused(request, answer, missingName),
        };
        return [.. planned.Concat(OtherScheme(subject))];
    }

    /// <summary>Whether the answer asks to be left alone for a while: 429, or any refusal with Retry-After.</summary>
    public static bool AsksToWait(ReceivedAnswer answer) => answer.Status == 429 || (answer.Status >= 400 && answer.Value("Retry-After") is not null);

    // Served: what a rule protects only seemingly is seen without credentials; a login page by how a program is answered.
    private static IEnumerable<Experiment> WhenServed(SentRequest request, ReceivedAnswer answer)
    {
        if (HasCredentials(request)) yield return WithoutCredentials(request);
        if (HasCookies(request)) yield return WithoutCookies(request);
        if (request.Method != "GET" || !LooksLikeSignIn(answer)) yield break;
        if (!AsksForJson(request)) yield return AsProgram(request);
        yield return MissingSibling(request, "gatehouse-nothing-here", answer.Status);
    }

    private static IEnumerable<Experiment> WhenRedirected(SentRequest request, string missingName)
    {
        if (HasCredentials(request)) yield return WithoutCredentials(request);
        if (HasCookies(request)) yield return WithoutCookies(request);
        if (!AsksForJson(request)) yield return AsProgram(request);
        if (!AsksForHtml(request)) yield return AsBrowser(request);
        yield return MissingSibling(request, missingName, 302);
    }

    private static IEnumerable<Experiment> WhenMissing(SentRequest request, string missingName)
    {
        yield return Again(request);
        yield return MissingSibling(request, missingName, 404);
        if (HasCredentials(request)) yield return WithoutCredentials(request);
        if (HasCookies(request)) yield return WithoutCookies(request);
        foreach (var parent in Parents(request)) yield return parent;
        if (OtherSlash(request) is { } slash) yield return slash;
    }

    // 401. A password that was refused is not sent again and again: accounts are locked for that.
    private static IEnumerable<Experiment> WhenUnknown(SentRequest request, ReceivedAnswer answer, string missingName)
    {
        var password = SendsPassword(request);
        foreach (var mended in Mended(request)) yield return mended;
        if (HasCredentials(request)) yield return WithoutCredentials(request);
        if (HasCookies(request)) yield return WithoutCookies(request);
        var calm = password ? request.Without(CredentialFields.Is) : request;
        if (!password) yield return Again(request);
        foreach (var preflight in Preflight(calm)) yield return preflight;
        foreach (var origin in OtherOrigin(calm)) yield return origin;
        if (!AsksForHtml(request)) yield return AsBrowser(calm);
        if (!AsksForJson(request)) yield return AsProgram(calm);
        yield return MissingSibling(calm, missingName, answer.Status);
        foreach (var parent in Parents(calm)) yield return parent;
        if (request.Method == "GET") yield return Head(calm);
    }

    private static IEnumerable<Experiment> WhenRefused(SentRequest request, ReceivedAnswer answer, string missingName)
    {
        yield return Again(request);
        foreach (var mended in Mended(request)) yield return mended;
        if (HasCredentials(request)) yield return WithoutCredentials(request);
        if (HasCookies(request)) yield return WithoutCookies(request);
        foreach (var origin in OtherOrigin(request)) yield return origin;
        foreach (var referrer in OtherReferrer(request, answer)) yield return referrer;
        yield return OtherAgent(request);
        if (request.Url.Query.Length > 1) yield return new(Variation.WithoutQuery, "without the query", request.To(request.Url.WithPath(request.Url.AbsolutePath)));
        if (!AsksForHtml(request)) yield return AsBrowser(request);
        if (!AsksForJson(request)) yield return AsProgram(request);
        yield return MissingSibling(request, missingName, answer.Status);
        foreach (var parent in Parents(request)) yield return parent;
        if (OtherSlash(request) is { } slash) yield return slash;
        foreach (var preflight in Preflight(request)) yield return preflight;
        if (request.Method == "GET") yield return Head(request);
        if (request.Method != "OPTIONS") yield return PlainOptions(request);
    }

    private static Experiment Again(SentRequest request) => new(Variation.Repeated, "once more, unchanged", request);

    private static Experiment WithoutCredentials(SentRequest request) => new(Variation.WithoutCredentials, "without credentials", WithoutParameters(request.Without(CredentialFields.Is)));

    private static SentRequest WithoutParameters(SentRequest request)
    {
        var pairs = Pairs(request);
        var kept = pairs.Where(pair => !CredentialFields.IsParameter(pair)).ToArray();
        return kept.Length == pairs.Length ? request : request.To(request.Url.WithPath(request.Url.AbsolutePath + (kept.Length == 0 ? "" : "?" + string.Join('&', kept))));
    }

    private static Experiment WithoutCookies(SentRequest request) => new(Variation.WithoutCookies, "without cookies", request.Without(CredentialFields.IsCookie));

    private static Experiment AsBrowser(SentRequest request) => new(Variation.AsBrowser, "as a browser asks for a page", request.With("Accept", BrowserAccept).With("Sec-Fetch-Dest", "document").With("Sec-Fetch-Mode", "navigate").With("Sec-Fetch-Site", "none").With("Sec-Fetch-User", "?1"));

    private static Experiment AsProgram(SentRequest request) => new(Variation.AsProgram, "as a program asks for data", request.Without(name => name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase)).With("Accept", "application/json"));

    private static Experiment Head(SentRequest request) => new(Variation.Head, $"HEAD instead of {request.Method}", (request with { Method = "HEAD" }).WithoutBody());

    private static Experiment PlainOptions(SentRequest request) => new(Variation.PlainOptions, "OPTIONS without Origin", (request with { Method = "OPTIONS" }).WithoutBody().Without("Origin"));

    private static Experiment OtherAgent(SentRequest request) => request.Value("User-Agent") is { } agent && agent.Contains("Mozilla/", StringComparison.Ordinal)
        ? new(Variation.OtherUserAgent, "with curl's User-Agent", request.With("User-Agent", ProgramAgent))
        : new(Variation.OtherUserAgent, "with a browser's User-Agent", request.With("User-Agent", BrowserAgent));

    private static Experiment MissingSibling(SentRequest request, string name, int status) =>
        new(Variation.MissingSibling, status == 404 ? "another name that can't exist beside it" : "a name that can't exist beside it", request.To(request.Url.WithPath(Paths.Sibling(request.Url.AbsolutePath, name))));

    private static IEnumerable<Experiment> Parents(SentRequest request) =>
        Paths.Parents(request.Url.AbsolutePath, MostParents).Select(parent => new Experiment(Variation.Parent, $"the directory {parent}", request.To(request.Url.WithPath(parent))));

    private static Experiment? OtherSlash(SentRequest request) => Paths.OtherSlash(request.Url.AbsolutePath) is { } path
        ? new(Variation.OtherSlash, path.EndsWith('/') ? "with a slash at the end" : "without the slash at the end", request.To(request.Url.WithPath(path + request.Url.Query)))
        : null;

    private static IEnumerable<Experiment> Mended(SentRequest request)
    {
        if (request.Value("Authorization") is not { } given) yield break;
        if (MendedCredentials.Of(given) is { } mended) yield return new(Variation.MendedCredentials, mended.What, request.With("Authorization", mended.Value));
        else if (MendedCredentials.InOtherCharset(given) is { } other) yield return new(Variation.MendedCredentials, other.What, request.With("Authorization", other.Value));
    }

    private static IEnumerable<Experiment> OtherOrigin(SentRequest request)
    {
        if (request.Value("Origin") is null) yield break;
        if (IsPreflight(request))
        {
            yield return new(Variation.PlainOptions, "OPTIONS without Origin", request.Without("Origin").Without(name => name.StartsWith("Access-Control-Request-", StringComparison.OrdinalIgnoreCase)));
            yield break;
        }

        yield return new(Variation.OtherOrigin, "without Origin", request.Without("Origin"));
        var own = $"{request.Url.Scheme}://{FieldLines.HostOf(request.Url)}";
        if (request.Value("Origin") != own) yield return new(Variation.OtherOrigin, "with the site's own Origin", request.With("Origin", own));
    }

    private static IEnumerable<Experiment> OtherReferrer(SentRequest request, ReceivedAnswer answer)
    {
        var own = $"{request.Url.Scheme}://{FieldLines.HostOf(request.Url)}/";
        if (request.Value("Referer") is { } given)
        {
            yield return new(Variation.OtherReferrer, "without Referer", request.Without("Referer"));
            if (!given.StartsWith(own, StringComparison.OrdinalIgnoreCase)) yield return new(Variation.OtherReferrer, "with the site's own Referer", request.With("Referer", own));
        }
        else if (answer.Status == 403 && IsEmbedded(request.Url.AbsolutePath))
        {
            yield return new(Variation.OtherReferrer, "with the site's own Referer", request.With("Referer", own));
        }
    }

    /// <summary>A browser's preflight, where the request is one that a page of another origin would make.</summary>
    private static IEnumerable<Experiment> Preflight(SentRequest request)
    {
        if (IsPreflight(request) || request.Method == "OPTIONS") yield break;
        var telling = request.Value("Origin") is not null || request.Method is not ("GET" or "HEAD") || request.Value("Authorization") is not null || AsksForJson(request);
        if (!telling) yield break;
        var origin = request.Value("Origin") ?? $"{request.Url.Scheme}://{FieldLines.HostOf(request.Url)}";
        var bare = (request with { Method = "OPTIONS" }).WithoutBody().Without(CredentialFields.Is).Without(CredentialFields.IsCookie).With("Origin", origin).With("Access-Control-Request-Method", request.Method);
        var asked = string.Join(",", request.Fields.Where(field => IsAskedFor(field)).Select(field => field.Name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        yield return new(Variation.Preflight, "OPTIONS as a browser's preflight", asked.Length == 0 ? bare : bare.With("Access-Control-Request-Headers", asked));
    }

    // Over the other scheme it is another origin: nothing that identifies goes there.
    private static IEnumerable<Experiment> OtherScheme(Exchange subject)
    {
        var url = subject.Request.Url;
        var says = subject.Answer is { } answer && answer.Status >= 400 && (answer.Text.Contains("https", StringComparison.OrdinalIgnoreCase) || answer.Text.Contains("SSL", StringComparison.Ordinal));
        if (subject.Fault is ExchangeFault.UnknownHost or ExchangeFault.TimedOut || !(url.IsDefaultPort || says) || subject.Request.Method is not ("GET" or "HEAD") || subject.Answer is { Status: >= 200 and < 300 }) yield break;
        var scheme = url.Scheme == "https" ? "http" : "https";
        var other = FieldLines.Raw($"{scheme}://{FieldLines.HostOf(url)}{url.PathAndQuery}");
        yield return new(Variation.OtherScheme, $"over {scheme}, without anything that identifies", subject.Request.Without(CredentialFields.Is).Without(CredentialFields.IsCookie).To(other));
    }

    private static bool HasCredentials(SentRequest request) => request.Fields.Any(field => CredentialFields.Is(field.Name)) || Pairs(request).Any(pair => CredentialFields.IsParameter(pair));

    private static string[] Pairs(SentRequest request) => request.Url.Query.Length > 1 ? request.Url.Query[1..].Split('&') : [];

    private static bool HasCookies(SentRequest request) => request.Fields.Any(field => CredentialFields.IsCookie(field.Name));

    private static bool SendsPassword(SentRequest request) => request.Value("Authorization") is { } given && Authorization.TrySplit(given, out var scheme, out _, out _)
        && (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase));

    private static bool AsksForJson(SentRequest request) => request.Value("Accept") is { } accept && accept.Contains("json", StringComparison.OrdinalIgnoreCase);

    private static bool AsksForHtml(SentRequest request) => request.Value("Accept") is { } accept && accept.Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static bool IsPreflight(SentRequest request) => request.Method == "OPTIONS" && request.Value("Access-Control-Request-Method") is not null;

    // Fields that a page may set without asking (the CORS-safelisted ones of the Fetch standard), and those that the browser itself sets.
    private static bool IsAskedFor(Field field) => !(field.Name.ToLowerInvariant() is "accept" or "accept-language" or "content-language" or "host" or "user-agent" or "origin" or "referer" or "cookie" or "content-length" or "connection" or "accept-encoding" or "range" or "cache-control" or "pragma"
        || field.Name.StartsWith("sec-", StringComparison.OrdinalIgnoreCase)
        || (field.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && (field.Value.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) || field.Value.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) || field.Value.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase))));

    private static bool IsEmbedded(string path) => path.LastIndexOf('.') is >= 0 and var dot && path[(dot + 1)..].ToLowerInvariant() is "png" or "jpg" or "jpeg" or "gif" or "webp" or "avif" or "svg" or "ico" or "mp4" or "webm" or "mp3" or "css" or "js" or "woff" or "woff2" or "pdf";

    private static bool LooksLikeSignIn(ReceivedAnswer answer) =>
        answer.Value("Content-Type") is { } type && type.Contains("html", StringComparison.OrdinalIgnoreCase) && answer.Text.Contains("type", StringComparison.OrdinalIgnoreCase) && answer.Text.Contains("password", StringComparison.OrdinalIgnoreCase);
}
