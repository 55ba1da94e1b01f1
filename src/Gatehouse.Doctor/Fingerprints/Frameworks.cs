using Gatehouse.Causes;
using static Gatehouse.Doctor.Fingerprints.Rows;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>Frameworks of applications.</summary>
internal static class Frameworks
{
    private const string AspNet = "ASP.NET Core";
    private const string AspNetSource = "Microsoft.AspNetCore.Authentication.JwtBearer, CreateErrorDescription";
    private const string Spring = "Spring Security";
    private const string SpringSource = "spring-projects/spring-security, oauth2-resource-server and messages.properties";
    private const string Django = "Django";
    private const string DjangoSource = "django middleware/csrf.py, views/csrf.py";
    private const string DjangoRest = "Django REST framework";
    private const string Rails = "Rails";
    private const string Laravel = "Laravel";
    private const string LaravelSource = "laravel/framework";
    private const string WordPress = "WordPress";

    private static readonly int[] Statuses = [400, 401, 403, 419, 422];

    internal static IReadOnlyList<Fingerprint> Rows { get; } =
    [
        .. AspNetSays("The token expired at", Causes.Tokens.Expired), .. AspNetSays("The token is expired", Causes.Tokens.Expired), .. AspNetSays("The token is not valid before", Causes.Tokens.NotYetValid), .. AspNetSays("The audience", Causes.Tokens.WrongAudience), .. AspNetSays("The issuer", Causes.Tokens.WrongIssuer),
        .. AspNetSays("The signature key was not found", Causes.Tokens.UnknownKey), .. AspNetSays("The signature is invalid", Causes.Tokens.BadSignature), .. AspNetSays("The token has no expiration", Causes.Tokens.Malformed), .. AspNetSays("The token lifetime is invalid", Causes.Tokens.Malformed),
        Means(By(AspNet, Layer.Framework, [400], [Body("antiforgery")], "Microsoft.AspNetCore.Antiforgery"), Causes.Permissions.CsrfRejected, 0.9),
        Means(By(AspNet, Layer.Framework, [400], [Title("Bad Request"), Body("Invalid Hostname")], "Microsoft.AspNetCore.HostFiltering"), Causes.Network.HostUnknown, 0.93),

        .. SpringSays("Jwt expired at", Causes.Tokens.Expired), .. SpringSays("Jwt used before", Causes.Tokens.NotYetValid), .. SpringSays("Bearer token is malformed", Causes.Tokens.Malformed), .. SpringSays("Malformed token", Causes.Tokens.Malformed), .. SpringSays("Signed JWT rejected: Invalid signature", Causes.Tokens.BadSignature),
        .. SpringSays("no matching key(s) found", Causes.Tokens.UnknownKey), .. SpringSays("The iss claim is not valid", Causes.Tokens.WrongIssuer), .. SpringSays("The aud claim is not valid", Causes.Tokens.WrongAudience), .. SpringSays("Unsupported algorithm of", Causes.Tokens.AlgorithmRefused), .. SpringSays("Provided token isn't active", Causes.Tokens.Revoked),
        .. SpringSays("Unable to find DPoP", Causes.Tokens.WrongSender),
        Means(By(Spring, Layer.Framework, Forbidden, [Challenge("Bearer", "error=\"insufficient_scope\"")], SpringSource), Causes.Permissions.ScopeMissing, 0.97),
        Means(By(Spring, Layer.Framework, Forbidden, [Body("=Invalid CORS request")], "spring-web DefaultCorsProcessor"), Causes.Network.OriginRefused, 0.97, "Spring's CORS check does not accept the Origin (or the method or headers that the preflight asks for)"),
        Means(By(Spring, Layer.Framework, Denial, [Member("message", "=Full authentication is required to access this resource")], SpringSource), Causes.Credentials.Missing, 0.95, null, Sent.Nothing),
        Means(By(Spring, Layer.Framework, Unauthorized, [Member("message", "=Bad credentials")], SpringSource), Causes.Credentials.PasswordRejected, 0.9, null, Sent.Password),
        Means(By(Spring, Layer.Framework, Denial, [Body("Maximum sessions of"), Body("for this principal exceeded")], SpringSource), Causes.Sessions.Revoked, 0.85),
        By(Spring, Layer.Framework, Any, [Title("Whitelabel Error Page")], "spring boot"),
        By("Spring Boot", Layer.Framework, Any, [Member("timestamp"), Member("path"), Member("status"), Member("error")], "spring boot DefaultErrorAttributes"),

        Means(By(Django, Layer.Framework, Forbidden, [Body("CSRF verification failed. Request aborted.")], DjangoSource), Causes.Permissions.CsrfRejected, 0.97),
        Means(By(DjangoRest, Layer.Framework, Forbidden, [Member("detail", "CSRF Failed")], "encode/django-rest-framework authentication.py"), Causes.Permissions.CsrfRejected, 0.97),
        Means(By(DjangoRest, Layer.Framework, Denial, [Member("detail", "Authentication credentials were not provided")], "encode/django-rest-framework exceptions.py"), Causes.Credentials.Missing, 0.95, null, Sent.Nothing),
        Means(By(DjangoRest, Layer.Framework, Forbidden, [Member("detail", "=You do not have permission to perform this action.")], "encode/django-rest-framework exceptions.py"), Causes.Permissions.PermissionDenied, 0.9, null, Sent.Something),
        Means(By(DjangoRest, Layer.Framework, Denial, [Member("detail", "=Invalid token.")], "encode/django-rest-framework authentication.py"), Causes.Tokens.Rejected, 0.9),
        Means(By(DjangoRest, Layer.Framework, Denial, [Member("detail", "=User inactive or deleted.")], "encode/django-rest-framework authentication.py"), Causes.Credentials.AccountDisabled, 0.93),
        Means(By(DjangoRest, Layer.Framework, Unauthorized, [Member("detail", "=Invalid username/password.")], "encode/django-rest-framework authentication.py"), Causes.Credentials.PasswordRejected, 0.95),
        Means(By(Django, Layer.Framework, [400], [Title("DisallowedHost")], "django HttpRequest.get_host"), Causes.Network.HostUnknown, 0.97),
        Means(By("simplejwt", Layer.Framework, Unauthorized, [Member("code", "=token_not_valid"), Member("message", "Token is expired")], "jazzband/djangorestframework-simplejwt"), Causes.Tokens.Expired, 0.96),
        Means(By("simplejwt", Layer.Framework, Unauthorized, [Member("code", "=token_not_valid"), Member("message", "wrong type")], "jazzband/djangorestframework-simplejwt"), Causes.Tokens.WrongType, 0.96),
        Means(By("simplejwt", Layer.Framework, Unauthorized, [Member("code", "=bad_authorization_header")], "jazzband/djangorestframework-simplejwt"), Causes.Credentials.Malformed, 0.95),
        Means(By("simplejwt", Layer.Framework, Unauthorized, [Member("code", "=user_inactive")], "jazzband/djangorestframework-simplejwt"), Causes.Credentials.AccountDisabled, 0.93),
        Means(By("FastAPI", Layer.Framework, Forbidden, [Member("detail", "=Not authenticated")], "fastapi security/http.py"), Causes.Credentials.Missing, 0.9, null, Sent.Nothing),
        Means(By("FastAPI", Layer.Framework, Denial, [Member("detail", "=Invalid authentication credentials")], "fastapi security/http.py"), Causes.Credentials.WrongScheme, 0.6, null, Sent.Password),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401, 422], [Member("msg", "=Token has expired")], "vimalloc/flask-jwt-extended"), Causes.Tokens.Expired, 0.96),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401, 422], [Member("msg", "Missing Authorization Header")], "vimalloc/flask-jwt-extended"), Causes.Credentials.Missing, 0.95),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401, 422], [Member("msg", "Not enough segments")], "vimalloc/flask-jwt-extended"), Causes.Tokens.Malformed, 0.96),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401, 422], [Member("msg", "=Token has been revoked")], "vimalloc/flask-jwt-extended"), Causes.Tokens.Revoked, 0.97),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401, 422], [Member("msg", "=Signature verification failed")], "vimalloc/flask-jwt-extended"), Causes.Tokens.BadSignature, 0.96),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401], [Member("msg", "=Fresh token required")], "vimalloc/flask-jwt-extended"), Causes.Tokens.AuthenticationTooOld, 0.96),
        Means(By("Flask-JWT-Extended", Layer.Framework, [401, 422], [Member("msg", "Only non-refresh tokens are allowed")], "vimalloc/flask-jwt-extended"), Causes.Tokens.WrongType, 0.97),

        Means(By(Rails, Layer.Framework, Forbidden, [Body("Blocked host")], "actionpack host_authorization.rb"), Causes.Network.HostUnknown, 0.95, "Rails' host check: the name is not in config.hosts"),
        Means(By(Rails, Layer.Framework, [422], [Body("InvalidAuthenticityToken")], "actionpack request_forgery_protection.rb"), Causes.Permissions.CsrfRejected, 0.95),
        Means(By(Rails, Layer.Framework, [422], [Title("The change you wanted was rejected")], "rails public/422.html"), Causes.Permissions.CsrfRejected, 0.78, "Rails' own page for 422, which it shows for a missing or stale authenticity token (and for a record that is not valid)"),
        Means(By(Rails, Layer.Framework, [422], [Body("didn't match request.base_url")], "actionpack request_forgery_protection.rb"), Causes.Permissions.CsrfRejected, 0.95, "the Origin does not match the address that the application believes to be at (a proxy hides scheme or host)"),
        Means(By(Rails, Layer.Framework, Unauthorized, [Body("HTTP Basic: Access denied.")], "actionpack http_authentication.rb"), Causes.Credentials.PasswordRejected, 0.85, null, Sent.Password),
        Means(By(Rails, Layer.Framework, Unauthorized, [Body("HTTP Token: Access denied.")], "actionpack http_authentication.rb"), Causes.Tokens.Rejected, 0.85, null, Sent.Token),
        Means(By("Devise", Layer.Framework, Unauthorized, [Member("error", "You need to sign in or sign up before continuing")], "heartcombo/devise"), Causes.Sessions.Missing, 0.9, null, Sent.Nothing),
        Means(By("Devise", Layer.Framework, Unauthorized, [Member("error", "You have to confirm your email address before continuing")], "heartcombo/devise config/locales"), Causes.Permissions.ClaimMissing, 0.9, "the account's e-mail address was never confirmed"),
        Means(By("Vite", Layer.Framework, Forbidden, [Body("Blocked request. This host")], "vitejs/vite server.allowedHosts"), Causes.Network.HostUnknown, 0.97),
        Means(By("webpack-dev-server", Layer.Framework, Forbidden, [Body("=Invalid Host header")], "webpack-dev-server allowedHosts"), Causes.Network.HostUnknown, 0.97),
        Means(By(Laravel, Layer.Framework, [419], [Body("CSRF token mismatch")], LaravelSource), Causes.Permissions.CsrfRejected, 0.97),
        Means(By(Laravel, Layer.Framework, [419], [Title("Page Expired")], LaravelSource), Causes.Permissions.CsrfRejected, 0.95),
        Means(By(Laravel, Layer.Framework, Forbidden, [Member("message", "=This action is unauthorized.")], LaravelSource), Causes.Permissions.PermissionDenied, 0.92),
        Means(By("Laravel Sanctum", Layer.Framework, Forbidden, [Member("message", "=Invalid ability provided.")], "laravel/sanctum MissingAbilityException"), Causes.Permissions.ScopeMissing, 0.93, "the token lacks an ability (Sanctum's word for a scope)"),
        Means(By("Laravel Passport", Layer.Framework, Forbidden, [Member("message", "=Invalid scope(s) provided.")], "laravel/passport MissingScopeException"), Causes.Permissions.ScopeMissing, 0.93),
        Means(By(Laravel, Layer.Framework, Forbidden, [Body("Your email address is not verified.")], LaravelSource), Causes.Permissions.ClaimMissing, 0.85),
        Means(By(Laravel, Layer.Framework, Forbidden, [Body("Invalid signature.")], LaravelSource), Causes.Tokens.SignatureMismatch, 0.7, "Laravel's signed address: expired, altered, or made for http where https came (or the other way round)", Sent.Signature),
        Means(By(Laravel, Layer.Framework, Unauthorized, [Member("message", "=Unauthenticated.")], LaravelSource), Causes.Credentials.Missing, 0.9, null, Sent.Nothing),
        Means(By(Laravel, Layer.Framework, Unauthorized, [Member("message", "=Unauthenticated.")], LaravelSource), Causes.Tokens.Rejected, 0.75, null, Sent.Token),
        Means(By(Laravel, Layer.Framework, Unauthorized, [Member("message", "=Unauthenticated.")], LaravelSource), Causes.Sessions.Unknown, 0.6, null, Sent.Cookie),
        Means(By("Spatie permission", Layer.Framework, Forbidden, [Body("User does not have the right roles")], "spatie/laravel-permission"), Causes.Permissions.RoleMissing, 0.95),
        Means(By("Spatie permission", Layer.Framework, Forbidden, [Body("User does not have the right permissions")], "spatie/laravel-permission"), Causes.Permissions.PermissionDenied, 0.93),

        Means(By(WordPress, Layer.Framework, [200, 403], [Body("<methodResponse>"), Body("<int>403</int>"), Body("Incorrect username or password")], "wordpress class-wp-xmlrpc-server.php"), Causes.Credentials.PasswordRejected, 0.96, "XML-RPC answers 200 and says in its fault that user name or password is wrong"),
        Means(By(WordPress, Layer.Framework, [200, 405], [Body("<methodResponse>"), Body("<int>405</int>"), Body("XML-RPC services are disabled")], "wordpress class-wp-xmlrpc-server.php"), Causes.Files.ResourceDenied, 0.93, "XML-RPC is switched off on this site"),
        Means(By(WordPress, Layer.Framework, Forbidden, [Member("code", "=rest_cookie_invalid_nonce")], "wordpress rest-api.php"), Causes.Permissions.CsrfRejected, 0.96, "the page's nonce is stale (page cache, other sign-in)"),
        Means(By(WordPress, Layer.Framework, Unauthorized, [Member("code", "=rest_not_logged_in")], "wordpress rest-api"), Causes.Credentials.Missing, 0.93),
        Means(By(WordPress, Layer.Framework, Unauthorized, [Member("code", "=rest_forbidden")], "wordpress rest_authorization_required_code"), Causes.Credentials.Missing, 0.85),
        Means(By(WordPress, Layer.Framework, Forbidden, [Member("code", "=rest_forbidden")], "wordpress rest_authorization_required_code"), Causes.Permissions.PermissionDenied, 0.9),
        Means(By(WordPress, Layer.Framework, Forbidden, [Body("Sorry, you are not allowed to access this page.")], "wordpress wp-admin"), Causes.Permissions.PermissionDenied, 0.88),
        Means(By(WordPress, Layer.Framework, Forbidden, [Body("The link you followed has expired.")], "wordpress wp_nonce_ays"), Causes.Permissions.CsrfRejected, 0.88),
        Means(By(WordPress, Layer.Framework, Denial, [Member("code", "=jwt_auth_invalid_token"), Member("message", "Expired token")], "jwt-authentication-for-wp-rest-api"), Causes.Tokens.Expired, 0.95),
        Means(By(WordPress, Layer.Framework, Denial, [Member("code", "=jwt_auth_no_auth_header")], "jwt-authentication-for-wp-rest-api"), Causes.Credentials.Missing, 0.93),

        Means(By("express-jwt", Layer.Framework, Unauthorized, [Body("=UnauthorizedError: jwt expired")], "auth0/express-jwt"), Causes.Tokens.Expired, 0.96),
        .. ExpressJwt("jwt expired", Causes.Tokens.Expired), .. ExpressJwt("jwt not active", Causes.Tokens.NotYetValid), .. ExpressJwt("jwt audience invalid", Causes.Tokens.WrongAudience), .. ExpressJwt("jwt issuer invalid", Causes.Tokens.WrongIssuer), .. ExpressJwt("invalid signature", Causes.Tokens.BadSignature),
        .. ExpressJwt("invalid algorithm", Causes.Tokens.AlgorithmRefused), .. ExpressJwt("jwt malformed", Causes.Tokens.Malformed), .. ExpressJwt("jwt signature is required", Causes.Tokens.AlgorithmRefused), .. ExpressJwt("No authorization token was found", Causes.Credentials.Missing, Sent.Any), .. ExpressJwt("The token has been revoked", Causes.Tokens.Revoked),
        .. ExpressJwt("Unable to find a signing key that matches", Causes.Tokens.UnknownKey),
        Means(By("csurf", Layer.Framework, Forbidden, [Body("invalid csrf token")], "expressjs/csurf"), Causes.Permissions.CsrfRejected, 0.96),
        Means(By("NestJS", Layer.Framework, Forbidden, [Member("message", "=Forbidden resource"), Member("statusCode", "=403")], "nestjs/nest guards-consumer"), Causes.Permissions.PermissionDenied, 0.88, "a guard of the application refused", Sent.Something),
        Means(By("Hasura", Layer.Framework, [200, 400, 401, 403], [Member("errors.extensions.code", "=invalid-jwt"), Member("errors.message", "JWTExpired")], "hasura/graphql-engine"), Causes.Tokens.Expired, 0.96),
        Means(By("Hasura", Layer.Framework, [200, 400, 401, 403], [Member("errors.extensions.code", "=invalid-jwt"), Member("errors.message", "JWTNotInAudience")], "hasura/graphql-engine"), Causes.Tokens.WrongAudience, 0.96),
        Means(By("Hasura", Layer.Framework, [200, 400, 401, 403], [Member("errors.extensions.code", "=invalid-jwt"), Member("errors.message", "JWSInvalidSignature")], "hasura/graphql-engine"), Causes.Tokens.BadSignature, 0.96),
        Means(By("Hasura", Layer.Framework, [200, 400, 401, 403], [Member("errors.extensions.code", "=invalid-jwt")], "hasura/graphql-engine"), Causes.Tokens.Rejected, 0.88),
        By("Express", Layer.Framework, Any, [Header("X-Powered-By", "Express"), Body("<pre>")], "expressjs/express finalhandler"),
        By(AspNet, Layer.Framework, Any, [Header("Server", "Kestrel")], "dotnet/aspnetcore"),
        By("Werkzeug", Layer.Framework, Any, [Header("Server", "Werkzeug")], "pallets/werkzeug"),
        By("gunicorn", Layer.Framework, Any, [Header("Server", "gunicorn")], "benoitc/gunicorn"),
        By("uvicorn", Layer.Framework, Any, [Header("Server", "uvicorn")], "encode/uvicorn"),
        By("PHP", Layer.Framework, Any, [Header("X-Powered-By", "PHP")], "php expose_php"),
        By("Phusion Passenger", Layer.Framework, Any, [Header("X-Powered-By", "Phusion Passenger")], "phusion/passenger"),
    ];

    private static IEnumerable<Fingerprint> AspNetSays(string text, Cause cause)
    {
        yield return Means(By(AspNet, Layer.Framework, Denial, [Challenge("Bearer", $"error_description=\"{text}")], AspNetSource), cause, 0.96, null, Sent.Token);
    }

    private static IEnumerable<Fingerprint> SpringSays(string text, Cause cause)
    {
        yield return Means(By(Spring, Layer.Framework, Statuses, [Challenge("Bearer", text)], SpringSource), cause, 0.96, null, Sent.Token);
    }

    private static IEnumerable<Fingerprint> ExpressJwt(string text, Cause cause, Sent when = Sent.Token)
    {
        yield return Means(By("express-jwt", Layer.Framework, Denial, [Member("message", text)], "auth0/node-jsonwebtoken, auth0/express-jwt"), cause, 0.94, null, when);
        yield return Means(By("express-jwt", Layer.Framework, Denial, [Member("error", text)], "auth0/node-jsonwebtoken, auth0/express-jwt"), cause, 0.92, null, when);
    }
}
