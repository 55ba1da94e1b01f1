using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Inputs;

/// <summary>Cookies that a client holds.</summary>
/// <param name="Cookies">In the order of the file.</param>
public sealed record CookieJar(IReadOnlyList<StoredCookie> Cookies)
{
    /// <summary>The Cookie field for a request to a URL that its user made (no other site has a part in it); null: none of them belongs to it. Longer paths first (RFC 6265 section 5.4).</summary>
    public string? HeaderFor(Uri url, DateTimeOffset now)
    {
        var request = RequestOf(url);
        var sent = Cookies.Where(cookie => cookie.Decide(request, now) == CookieOmission.None).OrderByDescending(cookie => cookie.Path.Length).ToList();
        return sent.Count == 0 ? null : string.Join("; ", sent.Select(cookie => cookie.Name.Length == 0 ? cookie.Value : $"{cookie.Name}={cookie.Value}"));
    }

    /// <summary>The request as cookies look at it.</summary>
    public static CookieRequest RequestOf(Uri url) =>
        new(url.IdnHost.TrimEnd('.').ToLowerInvariant(), url.AbsolutePath, IsSecure(url));

    /// <summary>https, or plain http to this very machine, which curl, Chromium and Firefox take as secure too.</summary>
    private static bool IsSecure(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.IsLoopback;
}
