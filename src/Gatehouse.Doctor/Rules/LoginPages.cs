using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Rules;

/// <summary>What makes a page, or a redirect, one that asks for a sign-in.</summary>
internal static class LoginPages
{
    private static readonly string[] Segments =
        ["login", "signin", "sign-in", "sign_in", "logon", "log-in", "signon", "wp-login.php", "login.php", "login.aspx", "login.jsp", "login.html", "anmelden", "einloggen", "connexion", "j_security_check", "auth", "sso", "saml", "authorize", "oauth", "oauth2", "openid-connect", "cas", "adfs", "accounts", "session", "sessions", "idp", "authenticate", "start", "realms"];

    /// <summary>So many of the segments at the beginning need no return address beside them.</summary>
    private const int StrongSegments = 16;

    private static readonly string[] Hosts = ["login.", "auth.", "sso.", "accounts.", "idp.", "id.", "signin."];

    private static readonly string[] Return = ["returnurl", "return_url", "return_to", "returnto", "next", "redirect", "redirect_uri", "redirect_to", "redirecturl", "rd", "continue", "from", "back", "dest", "destination", "service", "goto", "target", "url", "callback", "samlrequest", "ru"];

    private static readonly WordPattern Words = new("sign_in|signin|log_in|login|logon|log_on|anmelden|einloggen|connexion|authenticate|iniciar");

    /// <summary>Whether an answer sends the client to a sign-in: a path or host of customary names, or a return address in the query.</summary>
    internal static bool IsRedirectToLogin(Exchange exchange) => exchange.Status is 301 or 302 or 303 or 307 or 308 && LoginLocation(exchange) is not null;

    private static readonly string[] Denials =
        ["accessdenied", "access-denied", "access_denied", "denied", "forbidden", "unauthorized", "unauthorised", "notauthorized", "not-authorized", "not_authorized", "no-access", "noaccess", "permission-denied", "permissiondenied", "insufficient-permissions", "403", "401", "403.html", "accessdenied.aspx", "accessdenied.html"];

    /// <summary>The page of a refusal that a redirect leads to, by the name of its last segment; null: it leads elsewhere, or such a page was asked for itself.</summary>
    internal static Uri? DenialLocation(Exchange exchange)
    {
        if (exchange.Status is not (301 or 302 or 303 or 307 or 308) || exchange.Answer?.Value("Location") is not { Length: > 0 } location || !Uri.TryCreate(exchange.Request.Url, location, out var target)) return null;
        return IsDenial(target) && !IsDenial(exchange.Request.Url) ? target : null;

        static bool IsDenial(Uri url) => Denials.Contains(url.AbsolutePath.TrimEnd('/').Split('/')[^1], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether an answer sends the client to a sign-in or to a page that says no: the refusal is the redirect, not the page.</summary>
    internal static bool IsRedirectAway(Exchange exchange) => IsRedirectToLogin(exchange) || DenialLocation(exchange) is not null;

    /// <summary>The sign-in page that a redirect leads to; null: it is no such redirect.</summary>
    internal static Uri? LoginLocation(Exchange exchange)
    {
        if (exchange.Answer?.Value("Location") is not { Length: > 0 } location || !Uri.TryCreate(exchange.Request.Url, location, out var target)) return null;
        var path = target.AbsolutePath.ToLowerInvariant();
        var segments = path.Split('/');
        var isStrong = segments.Any(segment => Array.IndexOf(Segments, segment) is >= 0 and < StrongSegments) || path.Contains("login", StringComparison.Ordinal) || path.Contains("signin", StringComparison.Ordinal) || path.Contains("sign-in", StringComparison.Ordinal);
        var isWeak = segments.Any(segment => Array.IndexOf(Segments, segment) >= StrongSegments) || Array.Exists(Hosts, host => target.IdnHost.StartsWith(host, StringComparison.OrdinalIgnoreCase));
        var names = SignedRequest.Query(target).Select(pair => pair.Key.ToLowerInvariant()).ToArray();
        var isAuthorization = names.Contains("client_id", StringComparer.Ordinal) || names.Contains("samlrequest", StringComparer.Ordinal);
        // Asked for directly, a login page may redirect to another: that is no refusal.
        var own = exchange.Request.Url.AbsolutePath.ToLowerInvariant().Split('/');
        if (own.Any(segment => Array.IndexOf(Segments, segment) is >= 0 and < StrongSegments) && !isAuthorization) return null;
        return isAuthorization || isStrong || (isWeak && names.Any(name => Array.IndexOf(Return, name) >= 0)) ? target : null;
    }

    /// <summary>Whether a page asks for a sign-in: a form with a password, or one that starts a sign-in elsewhere.</summary>
    internal static bool IsLoginPage(ReceivedAnswer answer) => LoginForm(answer) is not null;

    /// <summary>The form that asks for it; null: there is none. A form for registering or for a new password has more than one password field or says so.</summary>
    internal static PageForm? LoginForm(ReceivedAnswer answer)
    {
        if (!answer.Content.IsHtml) return null;
        foreach (var form in answer.Content.Forms)
        {
            var action = form.Action.ToLowerInvariant();
            var isRegistering = action.Contains("register", StringComparison.Ordinal) || action.Contains("signup", StringComparison.Ordinal) || action.Contains("sign-up", StringComparison.Ordinal) || form.Fields.Any(field => field.Contains("confirm", StringComparison.OrdinalIgnoreCase));
            if (form.HasPassword && !isRegistering) return form;
            var leadsToLogin = Array.Exists(Segments, segment => action.Split('/', '?').Contains(segment, StringComparer.Ordinal));
            if (leadsToLogin && SaysSignIn(answer)) return form;
        }

        return null;
    }

    /// <summary>Whether title or headings speak of signing in.</summary>
    internal static bool SaysSignIn(ReceivedAnswer answer)
    {
        foreach (var text in answer.Content.Texts)
        {
            if (text.Name is not ("title" or "h1" or "h2" or "button" or "legend")) continue;
            foreach (var sentence in Wording.Of(text.Text))
            {
                if (Words.IsIn(sentence)) return true;
            }
        }

        return false;
    }
}
