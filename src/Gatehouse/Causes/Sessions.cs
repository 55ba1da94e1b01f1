namespace Gatehouse.Causes;

/// <summary>Sessions and cookies: the caller was known once, or could be.</summary>
public static class Sessions
{
    /// <summary>No session cookie came.</summary>
    public static readonly Cause Missing = new()
    {
        Id = "session.missing",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Guard,
        Title = "No session",
        Meaning = "The page is for people who are signed in, and the request brought no session cookie.",
        Confirm = "Look at the Cookie header of the request in the browser's network panel: the session cookie is not in it.",
        Visitor = "Sign in.",
        Developer = "Sign in first and send the cookie that the answer sets; a program is better served with a token or a key.",
        Owner = "Nothing is wrong. If people who just signed in are refused, look whether the cookie reaches them at all (cookie.rejected).",
        Specification = "RFC 9110 section 15.5.2; RFC 6265 section 5.4",
    };

    /// <summary>The session was real and its time is over.</summary>
    public static readonly Cause Expired = new()
    {
        Id = "session.expired",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Session ended",
        Meaning = "The session was a real one; it was idle for too long or has reached its absolute limit.",
        Confirm = "Sign in again with the same account: the same request is served.",
        Visitor = "Sign in again.",
        Developer = "On 401, send the user to sign in and repeat the request afterwards; never repeat a POST unasked.",
        Owner = "If it happens too soon, compare the idle and absolute limits with how people work, and the clocks of all servers.",
        Specification = "RFC 9110 section 15.5.2; OWASP ASVS 5.0 sections 7.3.1 and 7.3.2",
    };

    /// <summary>The cookie names no session.</summary>
    public static readonly Cause Unknown = new()
    {
        Id = "session.unknown",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Session not known",
        Meaning = "A session cookie came, and the server has no such session: it was altered or cut short, signed with another key, or the server lost its sessions.",
        Confirm = "Delete the cookie and sign in again: if that helps, the cookie was stale; if many are hit at one time, the server lost its sessions or its keys.",
        Visitor = "Sign in again; the old cookie is removed by the answer.",
        Developer = "Send the cookie unchanged; look for a proxy or a jar that cuts or re-encodes it.",
        Owner = "Keep sessions and signing keys across restarts and share them between all servers behind a balancer.",
        Specification = "RFC 6265 section 5.4; OWASP ASVS 5.0 section 7.2.1",
    };

    /// <summary>Ended on purpose.</summary>
    public static readonly Cause Revoked = new()
    {
        Id = "session.revoked",
        Status = 401,
        SeenFrom = Vantage.Log | Vantage.Guard,
        Title = "Session was ended",
        Meaning = "The session was ended by a logout, by an administrator or by a change of the password, and the cookie came again.",
        Confirm = "The server's session list shows it as ended, and when.",
        Visitor = "Sign in again.",
        Developer = "Drop the cookie at logout and do not send a stored copy.",
        Owner = "The list of sessions tells who ended it. A cookie that keeps coming after logout may be a stolen one.",
        Specification = "OWASP ASVS 5.0 section 7.4.1",
    };

    /// <summary>The client holds the cookie and keeps it back.</summary>
    public static readonly Cause CookieNotSent = new()
    {
        Id = "cookie.not-sent",
        Status = 401,
        SeenFrom = Vantage.Outside,
        Title = "Cookie kept back",
        Meaning = "The client has the cookie, but its Domain, Path, Secure, SameSite, expiry or size kept it from this request.",
        Confirm = "Compare the cookie's attributes in the browser's storage panel with the request's scheme, host and path, and with the page that made the request.",
        Visitor = "Use the address at which you signed in (https, with or without www).",
        Developer = "Make the request to the cookie's host and path over https; across sites it needs SameSite=None; Secure and credentials switched on.",
        Owner = "Set the cookie for the host and path that need it, and let one address be the only one.",
        Specification = "RFC 6265 section 5.4; draft-ietf-httpbis-rfc6265bis section 5.8",
    };

    /// <summary>Browsers refuse the Set-Cookie.</summary>
    public static readonly Cause CookieRejected = new()
    {
        Id = "cookie.rejected",
        Status = 401,
        SeenFrom = Vantage.Outside,
        Title = "Cookie refused by browsers",
        Meaning = "The server sets a cookie that browsers refuse to store, so that every next request comes without it.",
        Confirm = "The browser's network panel marks the Set-Cookie with a warning, and the storage panel does not list the cookie.",
        Visitor = "Nothing you can change: tell the owner.",
        Developer = "Check the Set-Cookie against the prefix, Secure, SameSite and Domain rules.",
        Owner = "SameSite=None needs Secure; __Host- needs Secure, Path=/ and no Domain; Domain must be the host or above it, and no public suffix.",
        Specification = "draft-ietf-httpbis-rfc6265bis section 5.7",
    };
}
