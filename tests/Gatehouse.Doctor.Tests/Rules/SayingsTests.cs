using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Rules;

namespace Gatehouse.Doctor.Tests.Rules;

/// <summary>How applications word their refusals: one sentence each, as their sources have it or as people report it, and what it means.</summary>
public class SayingsTests
{
    private const string Token = "Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA";
    private const string Password = "Authorization: Basic YWxpY2U6d3VuZGVy";
    private const string Key = "X-Api-Key: live_0123456789";
    private const string Cookie = "Cookie: sid=8f2a7c1d9e";
    private const string Nothing = "";

    [Theory]
    [InlineData(401, Token, "jwt expired", "token.expired")]
    [InlineData(401, Token, "Token has expired", "token.expired")]
    [InlineData(401, Token, "The access token has expired.", "token.expired")]
    [InlineData(401, Token, "Expired JWT Token", "token.expired")]
    [InlineData(401, Token, "ExpiredSignatureError: Signature has expired", "token.expired")]
    [InlineData(401, Token, "TokenExpiredError", "token.expired")]
    [InlineData(401, Token, "AUTH_TOKEN_EXPIRED", "token.expired")]
    [InlineData(401, Token, "Authorization token expired or invalid", "token.rejected")]
    [InlineData(401, Token, "invalid signature", "token.bad-signature")]
    [InlineData(401, Token, "JWT signature does not match locally computed signature", "token.bad-signature")]
    [InlineData(401, Token, "Signature verification failed", "token.bad-signature")]
    [InlineData(401, Token, "JsonWebTokenError: jwt malformed", "token.malformed")]
    [InlineData(401, Token, "Could not decode token: not enough segments", "token.malformed")]
    [InlineData(401, Token, "Invalid compact JWS", "token.malformed")]
    [InlineData(401, Token, "jwt audience invalid. expected: api", "token.wrong-audience")]
    [InlineData(401, Token, "Invalid audience", "token.wrong-audience")]
    [InlineData(401, Token, "unexpected \"aud\" claim value", "token.wrong-audience")]
    [InlineData(401, Token, "unexpected \"iss\" claim value", "token.wrong-issuer")]
    [InlineData(401, Token, "Token issuer is not trusted", "token.wrong-issuer")]
    [InlineData(401, Token, "Unable to find a signing key that matches: 'abc'", "token.unknown-key")]
    [InlineData(401, Token, "no applicable key found in the JSON Web Key Set", "token.unknown-key")]
    [InlineData(401, Token, "The specified alg value is not allowed", "token.algorithm-refused")]
    [InlineData(401, Token, "unexpected signing method: HS256", "token.algorithm-refused")]
    [InlineData(401, Token, "The token is not yet valid (nbf)", "token.not-yet-valid")]
    [InlineData(401, Token, "Token used before issued", "token.not-yet-valid")]
    [InlineData(401, Token, "Token has been revoked", "token.revoked")]
    [InlineData(401, Token, "This token is blacklisted", "token.revoked")]
    [InlineData(401, Token, "Refresh tokens cannot be used here", "token.wrong-type")]
    [InlineData(401, Token, "DPoP proof is missing", "token.wrong-sender")]
    [InlineData(401, Token, "Invalid token", "token.rejected")]
    [InlineData(401, Token, "Could not validate credentials", "token.rejected")]
    [InlineData(403, Token, "insufficient_scope: requires write:orders scope", "scope.missing")]
    [InlineData(403, Token, "Token does not have the required scopes: read:users", "scope.missing")]
    [InlineData(403, Token, "User does not have the required role", "role.missing")]
    [InlineData(403, Token, "Admins only", "role.missing")]
    [InlineData(403, Token, "This endpoint requires administrator privileges", "role.missing")]
    [InlineData(403, Token, "You need to be a member of this team", "group.missing")]
    [InlineData(403, Token, "You do not have permission to delete this project", "permission.denied")]
    [InlineData(403, Token, "Missing required permission: orders.read", "permission.denied")]
    [InlineData(403, Token, "Insufficient permissions", "permission.denied")]
    [InlineData(403, Token, "You are not the owner of this resource", "permission.denied")]
    [InlineData(403, Token, "This feature requires a Pro plan. Please upgrade.", "subscription.required")]
    [InlineData(403, Token, "Your subscription has expired", "subscription.required")]
    [InlineData(403, Cookie, "This content is for subscribers only", "subscription.required")]
    [InlineData(403, Token, "Your account has been deactivated", "account.disabled")]
    [InlineData(401, Password, "Account is locked due to too many failed attempts", "account.locked")]
    [InlineData(401, Password, "Invalid username or password", "password.rejected")]
    [InlineData(401, Password, "Bad credentials", "password.rejected")]
    [InlineData(401, Password, "Incorrect password", "password.rejected")]
    [InlineData(401, Password, "Benutzername oder Passwort falsch", "password.rejected")]
    [InlineData(401, Password, "Your password must be changed before you can continue", "password.expired")]
    [InlineData(401, Key, "API key is invalid", "api-key.unknown")]
    [InlineData(403, Key, "Unknown API key", "api-key.unknown")]
    [InlineData(401, Key, "The API key has been revoked", "api-key.expired")]
    [InlineData(401, Nothing, "API key missing", "credentials.missing")]
    [InlineData(403, Nothing, "Please provide a valid API key", "credentials.missing")]
    [InlineData(401, Nothing, "Missing bearer token", "credentials.missing")]
    [InlineData(401, Nothing, "No token provided", "credentials.missing")]
    [InlineData(401, Nothing, "Full authentication is required to access this resource", "credentials.missing")]
    [InlineData(403, Nothing, "Authentication credentials were not provided.", "credentials.missing")]
    [InlineData(401, Nothing, "You must be logged in to do that", "credentials.missing")]
    [InlineData(401, Nothing, "UNAUTHENTICATED", "credentials.missing")]
    [InlineData(401, Token, "No authorization token was found", "credentials.dropped")]
    [InlineData(401, Cookie, "Your session has expired. Please log in again.", "session.expired")]
    [InlineData(401, Cookie, "Session timed out", "session.expired")]
    [InlineData(401, Cookie, "Invalid session", "session.unknown")]
    [InlineData(401, Cookie, "Session not found", "session.unknown")]
    [InlineData(401, Cookie, "Session invalidated: logged in from another device", "session.revoked")]
    [InlineData(403, Cookie, "CSRF token mismatch", "csrf.rejected")]
    [InlineData(403, Cookie, "ForbiddenError: invalid csrf token", "csrf.rejected")]
    [InlineData(403, Cookie, "Can't verify CSRF token authenticity.", "csrf.rejected")]
    [InlineData(403, Cookie, "The required anti-forgery cookie is not present.", "csrf.rejected")]
    [InlineData(403, Nothing, "Your IP has been blocked", "ip.blocked")]
    [InlineData(403, Nothing, "Access from your network is denied", "ip.blocked")]
    [InlineData(403, Token, "IP address 203.0.113.5 is not allowed to access this resource", "ip.not-allowed")]
    [InlineData(403, Key, "Requests from this IP are not whitelisted", "ip.not-allowed")]
    [InlineData(403, Nothing, "You have been banned due to suspicious activity", "ip.banned")]
    [InlineData(403, Nothing, "This service is not available in your country", "country.blocked")]
    [InlineData(403, Nothing, "GEO_BLOCKED", "country.blocked")]
    [InlineData(403, Nothing, "Sorry, this content is restricted in your region.", "country.blocked")]
    [InlineData(403, Token, "API rate limit exceeded", "rate.exceeded")]
    [InlineData(403, Key, "Daily quota exceeded", "rate.exceeded")]
    [InlineData(403, Token, "You have exceeded a secondary rate limit", "rate.exceeded")]
    [InlineData(403, Nothing, "Request blocked by the web application firewall", "waf.blocked")]
    [InlineData(403, Nothing, "Potential SQL injection attack detected", "waf.blocked")]
    [InlineData(403, Nothing, "Please verify you are a human", "bot.challenged")]
    [InlineData(403, Nothing, "Please complete the CAPTCHA to continue", "bot.challenged")]
    [InlineData(403, Nothing, "User-Agent not allowed", "user-agent.blocked")]
    [InlineData(403, Nothing, "Bots are not welcome", "user-agent.blocked")]
    [InlineData(403, Nothing, "Hotlinking is not permitted", "referrer.blocked")]
    [InlineData(403, Nothing, "Origin https://a.test is not allowed by CORS policy", "origin.refused")]
    [InlineData(403, Nothing, "Not allowed by CORS", "origin.refused")]
    [InlineData(403, Nothing, "Missing required header: X-Tenant-Id", "header.required")]
    [InlineData(403, Nothing, "HTTPS required", "https.required")]
    [InlineData(403, Nothing, "Please use HTTPS instead of HTTP", "https.required")]
    [InlineData(403, Nothing, "Invalid Host header", "host.unknown")]
    [InlineData(403, Nothing, "Method DELETE is not allowed", "method.denied")]
    [InlineData(403, Nothing, "Client certificate required", "certificate.missing")]
    [InlineData(403, Nothing, "The client certificate has expired", "certificate.expired")]
    [InlineData(403, Token, "Multi-factor authentication required", "authentication.too-weak")]
    [InlineData(403, Token, "Please reauthenticate: recent login required", "authentication.too-old")]
    [InlineData(403, Nothing, "This service is available only during business hours", "time.outside-window")]
    public void An_answer_means_what_it_says(int status, string sent, string text, string cause)
    {
        var refusal = Refusal.Of(Seen(status, sent, text))!;
        var said = refusal.Said.OrderByDescending(finding => finding.Confidence).ToList();
        Assert.True(said.Count > 0, "nothing was understood");
        Assert.Equal(cause, said[0].Cause.Id);
    }

    [Theory]
    [InlineData(403, Nothing, "Forbidden")]
    [InlineData(401, Token, "Unauthorized")]
    [InlineData(403, Token, "Access denied")]
    [InlineData(403, Nothing, "You don't have permission to access this resource.")]
    [InlineData(403, Nothing, "Request forbidden by administrative rules.")]
    [InlineData(403, Nothing, "Please contact the administrator if you think that this is an error.")]
    [InlineData(403, Nothing, "Something went wrong")]
    [InlineData(403, Nothing, "nginx/1.26.0")]
    [InlineData(403, Nothing, "Apache/2.4.62 (Debian) Server at site.test Port 443")]
    [InlineData(403, Nothing, "Sign in")]
    [InlineData(403, Nothing, "© 2026 Example GmbH. All rights reserved.")]
    [InlineData(403, Nothing, "We use cookies to improve your experience.")]
    public void What_stands_under_every_refusal_means_nothing(int status, string sent, string text)
    {
        var refusal = Refusal.Of(Seen(status, sent, text))!;
        Assert.DoesNotContain(WordingRules.Read(refusal), finding => finding.Confidence >= 0.5);
    }

    private static Observations Seen(int status, string sent, string text)
    {
        var seen = new Observations();
        var parts = sent.Split(": ", 2);
        seen.Add(new Exchange
        {
            Purpose = "as given",
            Variation = Variation.AsGiven,
            Request = new SentRequest { Method = "GET", Url = new Uri("http://api.test/v1/items"), Fields = sent.Length == 0 ? [] : [new(parts[0], parts[1])] },
            Answer = new ReceivedAnswer { Status = status, At = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), Fields = [new("Content-Type", "application/json")], Body = Encoding.UTF8.GetBytes("{\"error\":{\"message\":\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}}") },
        });
        return seen;
    }
}
