namespace Gatehouse.Grammar;

/// <summary>Why a browser does not keep a cookie that a server set (RFC 6265bis section 5.7).</summary>
public enum CookieRefusal
{
    /// <summary>It keeps it.</summary>
    None,

    /// <summary>It was over before it began: Max-Age of zero or less, or Expires in the past. Servers delete cookies so.</summary>
    EndsAtOnce,

    /// <summary>Domain names another host than the one that answered, or one below it.</summary>
    ForeignDomain,

    /// <summary>Domain is a public suffix as <c>com</c> or <c>co.uk</c>: every site under it would get the cookie.</summary>
    PublicSuffix,

    /// <summary>Domain is not US-ASCII; internationalised names are to be sent in their <c>xn--</c> form.</summary>
    DomainNotAscii,

    /// <summary>Secure, but set over plain http.</summary>
    SecureOverHttp,

    /// <summary>SameSite=None without Secure.</summary>
    SameSiteNoneWithoutSecure,

    /// <summary>
    /// SameSite is Strict, Lax or not said, and the answer was to a request from another site that was no top-level navigation.
    /// Firefox and Safari keep it where SameSite is not said.
    /// </summary>
    SameSiteFromOtherSite,

    /// <summary>Name starts with <c>__Secure-</c>, and Secure is missing.</summary>
    SecurePrefixWithoutSecure,

    /// <summary>Name starts with <c>__Host-</c>, and Secure is missing.</summary>
    HostPrefixWithoutSecure,

    /// <summary>Name starts with <c>__Host-</c>, and there is a Domain.</summary>
    HostPrefixWithDomain,

    /// <summary>Name starts with <c>__Host-</c>, and Path is not <c>/</c>.</summary>
    HostPrefixWithoutRootPath,

    /// <summary>No name, and the value begins like a prefixed name: on the way back nobody could tell it from one.</summary>
    NamelessWithPrefix,
}

/// <summary>The answer that set a cookie.</summary>
/// <param name="Host">Of the request: lower case, without port and trailing dot; an IPv6 address with or without brackets.</param>
/// <param name="Path">Of the request, without query.</param>
/// <param name="IsSecure">Whether it came over https. Chromium and Firefox take plain http to a loopback host as secure too; Safari does not.</param>
/// <param name="IsSameSite">Whether the request was made by the same site, or typed in.</param>
/// <param name="IsTopLevelNavigation">Whether it was made to show a page in a tab of its own.</param>
public readonly record struct CookieOrigin(string Host, string Path, bool IsSecure, bool IsSameSite = true, bool IsTopLevelNavigation = true);

/// <summary>A browser's decision on one Set-Cookie.</summary>
/// <param name="Refusal">Why it is not kept; None where it is.</param>
/// <param name="Cookie">What is kept; null where it is not.</param>
public readonly record struct CookieDecision(CookieRefusal Refusal, StoredCookie? Cookie);

/// <summary>
/// The storage model of browsers (RFC 6265bis section 5.7), for one cookie. Not looked at: what the jar already holds (a cookie
/// from plain http never replaces a Secure one) and scripts.
/// </summary>
public static class CookieStorage
{
    /// <summary>A cookie lives no longer, whatever the server says (section 5.5).</summary>
    public static readonly TimeSpan MaximumAge = TimeSpan.FromDays(400);

    /// <summary>Decides whether a browser keeps the cookie.</summary>
    /// <param name="cookie">As it was read.</param>
    /// <param name="origin">The answer that carried it.</param>
    /// <param name="now">The browser's clock.</param>
    /// <param name="isPublicSuffix">
    /// Whether a domain (lower case) is a public suffix; null: every name without a dot is taken for one, and no other.
    /// </param>
    public static CookieDecision Decide(SetCookie cookie, CookieOrigin origin, DateTimeOffset now, Func<string, bool>? isPublicSuffix = null)
    {
        var refusal = Refusal(cookie, origin, isPublicSuffix, out var domain);
        if (refusal != CookieRefusal.None) return new(refusal, null);

        DateTimeOffset? end = null;
        var limit = now > DateTimeOffset.MaxValue - MaximumAge ? DateTimeOffset.MaxValue : now + MaximumAge;
        if (cookie.MaxAge is { } age)
            end = age <= TimeSpan.Zero ? DateTimeOffset.MinValue : age >= MaximumAge ? limit : now + age;
        else if (cookie.Expires is { } expires)
            end = expires > limit ? limit : expires;
        if (end <= now) return new(CookieRefusal.EndsAtOnce, null);

        return new(CookieRefusal.None, new StoredCookie
        {
            Name = cookie.Name,
            Value = cookie.Value,
            Domain = domain ?? origin.Host,
            IsHostOnly = domain is null,
            Path = cookie.Path is { Length: > 0 } path ? path : CookieScope.DefaultPath(origin.Path),
            Secure = cookie.Secure,
            HttpOnly = cookie.HttpOnly,
            SameSite = cookie.SameSite,
            Expires = end,
        });
    }

    private static CookieRefusal Refusal(SetCookie cookie, CookieOrigin origin, Func<string, bool>? isPublicSuffix, out string? domain)
    {
        domain = cookie.Domain is { Length: > 0 } named ? named : null;
        if (domain is not null)
        {
            if (domain.AsSpan().ContainsAnyExceptInRange('!', '~')) return CookieRefusal.DomainNotAscii;
            if (isPublicSuffix?.Invoke(domain) ?? !domain.Contains('.', StringComparison.Ordinal))
            {
                // The suffix's own site may set a cookie for itself alone; so may localhost.
                if (!domain.Equals(origin.Host, StringComparison.Ordinal)) return CookieScope.DomainMatches(origin.Host, domain) ? CookieRefusal.PublicSuffix : CookieRefusal.ForeignDomain;
                domain = null;
            }
            else if (!CookieScope.DomainMatches(origin.Host, domain))
            {
                return CookieRefusal.ForeignDomain;
            }
        }

        if (cookie.Secure && !origin.IsSecure) return CookieRefusal.SecureOverHttp;
        if (cookie.SameSite != SameSite.None && !origin.IsSameSite && !origin.IsTopLevelNavigation)
            return CookieRefusal.SameSiteFromOtherSite;
        if (cookie.SameSite == SameSite.None && !cookie.Secure) return CookieRefusal.SameSiteNoneWithoutSecure;
        return PrefixRefusal(cookie);
    }

    // Prefixes match without regard to case (section 5.4): servers that ignore case would take `__host-x` for `__Host-x`.
    private static CookieRefusal PrefixRefusal(SetCookie cookie)
    {
        if (cookie.Name.Length == 0)
            return Begins(cookie.Value, "__Secure-") || Begins(cookie.Value, "__Host-") ? CookieRefusal.NamelessWithPrefix : CookieRefusal.None;
        if (Begins(cookie.Name, "__Secure-") && !cookie.Secure) return CookieRefusal.SecurePrefixWithoutSecure;
        if (!Begins(cookie.Name, "__Host-")) return CookieRefusal.None;
        return !cookie.Secure ? CookieRefusal.HostPrefixWithoutSecure
            : cookie.Domain is { Length: > 0 } ? CookieRefusal.HostPrefixWithDomain
            : cookie.Path != "/" ? CookieRefusal.HostPrefixWithoutRootPath
            : CookieRefusal.None;
    }

    private static bool Begins(string text, string prefix) => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
