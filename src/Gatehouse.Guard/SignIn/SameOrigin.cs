using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.SignIn;

/// <summary>What a request says of the page that made it.</summary>
internal enum MadeBy
{
    /// <summary>Nothing: old browsers and programs. The default, which proves nothing.</summary>
    Unknown = 0,

    /// <summary>A page of this very origin, or the user by hand.</summary>
    SameOrigin,

    /// <summary>Another page.</summary>
    Other,
}

/// <summary>Tells which page made a request, by what pages can't forge: Sec-Fetch-Site (Fetch Metadata) and Origin (RFC 6454 section 7).</summary>
internal static class SameOrigin
{
    /// <summary>Looks at both; where they disagree, it was another.</summary>
    public static MadeBy Of(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        var origin = request.Headers.Origin;
        if (site.Count > 1 || origin.Count > 1) return MadeBy.Other;
        var result = MadeBy.Unknown;
        if (site.Count == 1)
        {
            if (site[0] is not ("same-origin" or "none")) return MadeBy.Other;
            result = MadeBy.SameOrigin;
        }

        if (origin.Count == 0) return result;
        // The scheme may differ behind a proxy that ends TLS; the host and port that the browser sees are those that it sends in Host.
        return Uri.TryCreate(origin[0], UriKind.Absolute, out var page) && page.Scheme is "http" or "https"
            && (page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase) || $"{page.Host}:{page.Port}".Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase))
            ? MadeBy.SameOrigin : MadeBy.Other;
    }
}
