namespace Gatehouse.Grammar;

/// <summary>Why a browser that holds a cookie does not send it with a request (RFC 6265bis section 5.8.3).</summary>
public enum CookieOmission
{
    /// <summary>It sends it.</summary>
    None,

    /// <summary>It is over.</summary>
    Expired,

    /// <summary>It was set without Domain, so it goes to its own host alone, and this is another.</summary>
    OtherHost,

    /// <summary>The host does not lie in its Domain.</summary>
    OtherDomain,

    /// <summary>The request's path does not lie in its Path.</summary>
    OtherPath,

    /// <summary>It is Secure, and the request goes over plain http.</summary>
    SecureOverHttp,

    /// <summary>SameSite=Strict, and the request comes from another site.</summary>
    SameSiteStrict,

    /// <summary>SameSite=Lax, and the request comes from another site and is no top-level navigation by a safe method.</summary>
    SameSiteLax,

    /// <summary>
    /// It says nothing of SameSite, which Chromium takes as Lax (but for POST navigations within two minutes of setting it), and
    /// the request comes from another site. Firefox and Safari send it unless their tracking protection steps in.
    /// </summary>
    SameSiteUnspecified,
}

/// <summary>A request that a cookie may go with.</summary>
/// <param name="Host">Lower case, without port and trailing dot.</param>
/// <param name="Path">Without query.</param>
/// <param name="IsSecure">Whether it goes over https; see <see cref="CookieOrigin"/> for loopback.</param>
/// <param name="Method">Upper case.</param>
/// <param name="IsSameSite">Whether it is made by the same site, or typed in.</param>
/// <param name="IsTopLevelNavigation">Whether it is made to show a page in a tab of its own.</param>
public readonly record struct CookieRequest(
    string Host, string Path, bool IsSecure, string Method = "GET", bool IsSameSite = true, bool IsTopLevelNavigation = true);

/// <summary>A cookie as a browser holds it.</summary>
public sealed record StoredCookie
{
    /// <summary>May be empty.</summary>
    public required string Name { get; init; }

    /// <summary>Often a secret.</summary>
    public required string Value { get; init; }

    /// <summary>Lower case, without leading dot: the Domain, or the host that set it.</summary>
    public required string Domain { get; init; }

    /// <summary>Whether it goes to that host alone and not to those below it.</summary>
    public required bool IsHostOnly { get; init; }

    /// <summary>Starts with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>Only over https.</summary>
    public bool Secure { get; init; }

    /// <summary>Not for scripts; it changes nothing for requests.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>What it says of other sites.</summary>
    public SameSite SameSite { get; init; }

    /// <summary>When it ends; null: with the browser's session.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it goes with a request, and if not, the first reason in the order of the specification.</summary>
    public CookieOmission Decide(CookieRequest request, DateTimeOffset now)
    {
        if (Expires <= now) return CookieOmission.Expired;
        if (IsHostOnly && !request.Host.Equals(Domain, StringComparison.Ordinal)) return CookieOmission.OtherHost;
        if (!CookieScope.DomainMatches(request.Host, Domain)) return CookieOmission.OtherDomain;
        if (!CookieScope.PathMatches(request.Path, Path)) return CookieOmission.OtherPath;
        if (Secure && !request.IsSecure) return CookieOmission.SecureOverHttp;
        if (request.IsSameSite) return CookieOmission.None;

        // Safe methods: RFC 9110 section 9.2.1.
        var mayBeLax = request.IsTopLevelNavigation && request.Method is ("GET" or "HEAD" or "OPTIONS" or "TRACE");
        return SameSite switch
        {
            SameSite.None => CookieOmission.None,
            SameSite.Strict => CookieOmission.SameSiteStrict,
            SameSite.Lax => mayBeLax ? CookieOmission.None : CookieOmission.SameSiteLax,
            SameSite.Unspecified => mayBeLax ? CookieOmission.None : CookieOmission.SameSiteUnspecified,
        };
    }

    /// <summary>The name alone.</summary>
    public override string ToString() => $"{Name}=…";
}
