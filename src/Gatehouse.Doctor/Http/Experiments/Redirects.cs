using Gatehouse.Doctor.Http.Wire;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>Where an answer leads, and what goes along: each hop by hand (RFC 9110 section 15.4).</summary>
internal static class Redirects
{
    /// <summary>Hops that are followed: a chain of sign-in has half a dozen, a loop has no end.</summary>
    public const int MostHops = 10;

    /// <summary>The next request, with what stayed behind; null with a sentence where it is not followed, null without where it is no redirect.</summary>
    /// <param name="exchange">The exchange whose answer may be a redirect.</param>
    /// <param name="before">All of the chain, this one included.</param>
    /// <param name="cookies">What a browser would hold by now.</param>
    /// <param name="why">Why it is not followed; null otherwise.</param>
    public static (SentRequest Request, IReadOnlyList<NotCarried> Left)? Next(Exchange exchange, IReadOnlyList<Exchange> before, HopCookies cookies, out string? why)
    {
        why = null;
        if (exchange.Answer is not { Status: 301 or 302 or 303 or 307 or 308 } answer || answer.Value("Location") is not { Length: > 0 } location) return null;
        var shown = location.Length > 200 ? location[..200] + "…" : location;
        if (!Uri.TryCreate(exchange.Request.Url, location, out var target))
        {
            why = $"the redirect to `{shown}` was not followed: that is no address";
            return null;
        }

        if (target.Scheme is not ("http" or "https"))
        {
            why = $"the redirect to `{shown}` was not followed: it leaves http and https";
            return null;
        }

        var url = FieldLines.Raw($"{target.Scheme}://{FieldLines.HostOf(target)}{target.PathAndQuery}");
        var rewritten = answer.Status == 303 || (answer.Status is 301 or 302 && exchange.Request.Method == "POST");
        if (exchange.Request.Method is not ("GET" or "HEAD" or "OPTIONS") && !rewritten)
        {
            why = $"the redirect to `{shown}` was not followed: it would repeat the {exchange.Request.Method}";
            return null;
        }

        var request = rewritten ? (exchange.Request with { Method = exchange.Request.Method == "HEAD" ? "HEAD" : "GET" }).WithoutBody() : exchange.Request;
        var (moved, left) = Carried(request, url);
        moved = cookies.On(moved);
        if (before.Any(hop => hop.Request.Method == moved.Method && hop.Request.Url.OriginalString == moved.Url.OriginalString && hop.Request.Value("Cookie") == moved.Value("Cookie") && hop.Request.Value("Authorization") == moved.Value("Authorization")))
        {
            why = $"the redirects go in a circle: `{shown}` was asked already with the same fields";
            return null;
        }

        if (before.Count > MostHops)
        {
            why = $"more than {MostHops} redirects: `{shown}` was not followed";
            return null;
        }

        return (moved, left);
    }

    /// <summary>Credentials and cookies stay at their origin; what curl and a browser's fetch would do with each is said.</summary>
    private static (SentRequest Request, IReadOnlyList<NotCarried> Left) Carried(SentRequest request, Uri url)
    {
        if (FieldLines.SameOrigin(request.Url, url)) return (request.To(url), []);
        var sameHost = request.Url.IdnHost.Equals(url.IdnHost, StringComparison.OrdinalIgnoreCase);
        var change = !sameHost ? $"another host ({FieldLines.HostOf(url)})" : request.Url.Scheme != url.Scheme ? $"another scheme ({url.Scheme})" : $"another port ({url.Port})";
        var left = new List<NotCarried>();
        foreach (var name in request.Fields.Select(field => field.Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) left.Add(new(name, $"the redirect leads to {change}: curl (from 7.83 on) and browsers drop it there", false, false));
            else if (CredentialFields.IsCookie(name)) left.Add(new(name, $"the redirect leads to {change}: cookies that were given for one address stay there, those of a jar go by their own Domain", false, sameHost));
            else if (CredentialFields.Is(name)) left.Add(new(name, $"the redirect leads to {change}: curl and browsers would hand it on; here it stays behind, for it was given for one address", true, true));
        }

        var bare = request.Without(CredentialFields.Is).Without(CredentialFields.IsCookie);
        if (bare.Fields.Any(field => field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))) bare = bare.Without("Host") with { };
        return (bare with { Url = url, Fields = [new Field("Host", FieldLines.HostOf(url)), .. bare.Fields] }, left);
    }
}

/// <summary>Cookies that the hops of a chain set, kept and sent as a browser does (RFC 6265bis section 5.7 and 5.8).</summary>
internal sealed class HopCookies(TimeProvider clock)
{
    private readonly List<StoredCookie> held = [];

    /// <summary>Takes what an answer sets.</summary>
    public void Take(Exchange exchange)
    {
        if (exchange.Answer is not { } answer) return;
        var url = exchange.Request.Url;
        foreach (var value in answer.Values("Set-Cookie"))
        {
            if (!SetCookie.TryParse(value, out var cookie, out _)) continue;
            var decision = CookieStorage.Decide(cookie!, new CookieOrigin(url.IdnHost.ToLowerInvariant(), url.AbsolutePath, url.Scheme == "https" || url.IsLoopback), clock.GetUtcNow());
            held.RemoveAll(other => other.Name == cookie!.Name && other.Domain == (cookie.Domain is { Length: > 0 } domain ? domain : url.IdnHost.ToLowerInvariant()));
            if (decision.Cookie is { } kept) held.Add(kept);
        }
    }

    /// <summary>The request with the cookies that belong to it, behind those that were given.</summary>
    public SentRequest On(SentRequest request)
    {
        var wanted = new CookieRequest(request.Url.IdnHost.ToLowerInvariant(), request.Url.AbsolutePath, request.Url.Scheme == "https" || request.Url.IsLoopback, request.Method);
        var sent = held.Where(cookie => cookie.Decide(wanted, clock.GetUtcNow()) == CookieOmission.None).OrderByDescending(cookie => cookie.Path.Length).Select(cookie => $"{cookie.Name}={cookie.Value}").ToList();
        if (sent.Count == 0) return request;
        var names = held.Select(cookie => cookie.Name).ToHashSet(StringComparer.Ordinal);
        var given = (request.Value("Cookie") ?? "").Split("; ", StringSplitOptions.RemoveEmptyEntries).Where(pair => !names.Contains(pair.Split('=', 2)[0]));
        return request.With("Cookie", string.Join("; ", given.Concat(sent)));
    }
}
