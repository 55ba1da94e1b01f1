using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>A secret of a request and where it stood.</summary>
/// <param name="Where">The field or parameter: <c>X-Api-Key</c>, <c>api_key in the query</c>.</param>
/// <param name="Value">Whole; whoever shows it masks it.</param>
internal sealed record SentSecret(string Where, string Value);

/// <summary>What a request brought to prove who it is, as far as its form tells.</summary>
internal sealed class SentCredentials
{
    private static readonly HashSet<string> KeyFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "X-Api-Key", "Api-Key", "ApiKey", "X-ApiKey", "X-Key", "X-Apikey", "Ocp-Apim-Subscription-Key", "X-Subscription-Key", "X-App-Key", "X-Application-Key", "X-Client-Key", "X-Access-Key", "X-Rapidapi-Key", "X-Goog-Api-Key",
        "X-Functions-Key", "X-Api-Token", "Private-Token", "X-Gitlab-Token", "X-Figma-Token", "X-Shopify-Access-Token", "X-Vault-Token", "X-Consul-Token", "X-Algolia-Api-Key", "X-Parse-Rest-Api-Key", "DD-Api-Key", "X-License-Key",
    };

    private static readonly HashSet<string> TokenFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "X-Auth-Token", "X-Access-Token", "X-Token", "X-Jwt-Assertion", "X-Authorization", "X-Forwarded-Access-Token", "X-Amzn-Oidc-Data", "X-Amz-Security-Token", "X-Id-Token", "Access-Token", "Token", "Cf-Access-Token", "X-Goog-Iap-Jwt-Assertion", "X-Jwt", "X-Session-Token",
    };

    private static readonly HashSet<string> KeyParameters = new(StringComparer.OrdinalIgnoreCase) { "api_key", "apikey", "api-key", "key", "subscription-key", "appid", "app_key", "x-api-key", "code", "apiKey", "access_key", "accesskey", "client_key", "api_token", "apitoken", "auth_key", "subscription_key", "app_id" };

    private static readonly HashSet<string> KeySchemes = new(StringComparer.OrdinalIgnoreCase) { "ApiKey", "Api-Key", "Key", "X-API-Key", "App", "GenieKey", "SSWS", "Klaviyo-API-Key", "DeepL-Auth-Key", "Apikey" };

    private static readonly HashSet<string> TokenSchemes = new(StringComparer.OrdinalIgnoreCase) { "Bearer", "DPoP", "Token", "JWT", "OAuth", "GoogleLogin", "PoP", "MAC", "PrivateToken", "Zoho-oauthtoken" };

    private SentCredentials(SentRequest request)
    {
        Request = request;
    }

    /// <summary>The request.</summary>
    internal SentRequest Request { get; }

    /// <summary>The Authorization field as sent; null: none.</summary>
    internal string? Authorization { get; private set; }

    /// <summary>How many Authorization fields were sent: more than one is malformed.</summary>
    internal int AuthorizationCount { get; private set; }

    /// <summary>The scheme of Authorization; empty: none, or no scheme before the credentials.</summary>
    internal string Scheme { get; private set; } = "";

    /// <summary>What stands behind the scheme.</summary>
    internal string Rest { get; private set; } = "";

    /// <summary>User and password of Basic; null: not Basic, or malformed.</summary>
    internal BasicCredentials? Basic { get; private set; }

    /// <summary>The Digest answer; null: not Digest, or malformed.</summary>
    internal DigestCredentials? Digest { get; private set; }

    /// <summary>The token; null: none.</summary>
    internal SentSecret? Token { get; private set; }

    /// <summary>The token taken apart; null: none, or no JWT.</summary>
    internal JsonWebToken? Jwt { get; private set; }

    /// <summary>Where the token stops to be a JWT, where it begins like one; null otherwise.</summary>
    internal SyntaxError? JwtError { get; private set; }

    /// <summary>The API key; null: none.</summary>
    internal SentSecret? Key { get; private set; }

    /// <summary>Cookies, in order.</summary>
    internal IReadOnlyList<CookiePair> Cookies { get; private set; } = [];

    /// <summary>The signature over the request; null: none.</summary>
    internal SignedRequest? Signed { get; private set; }

    /// <summary>All kinds together.</summary>
    internal Sent Kinds { get; private set; }

    /// <summary>Whether anything was sent that could prove who it is.</summary>
    internal bool IsNothing => Kinds == Sent.Nothing;

    /// <summary>What was sent, in words: <c>Bearer token, cookies</c>.</summary>
    internal string InWords
    {
        get
        {
            var words = new List<string>();
            if (Kinds.HasFlag(Sent.Token)) words.Add(Scheme.Length > 0 ? $"a {Scheme} token" : $"a token in {Token?.Where}");
            if (Kinds.HasFlag(Sent.Password)) words.Add(Scheme.Length > 0 ? $"{Scheme} credentials" : "a user name and password");
            if (Key is { } key) words.Add($"an API key in {key.Where}");
            if (Signed is { } signed) words.Add($"a signature in {signed.SignatureName}");
            if (Cookies.Count > 0) words.Add(Cookies.Count == 1 ? $"the cookie {Cookies[0].Name}" : $"{Cookies.Count} cookies");
            if (Kinds.HasFlag(Sent.Certificate)) words.Add("a client certificate");
            return words.Count == 0 ? "nothing" : string.Join(", ", words);
        }
    }

    /// <summary>Reads a request.</summary>
    /// <param name="request">As it was sent.</param>
    /// <param name="hasCertificate">Whether a client certificate was at hand.</param>
    internal static SentCredentials Of(SentRequest request, bool hasCertificate)
    {
        var sent = new SentCredentials(request);
        sent.ReadAuthorization();
        sent.ReadFields();
        sent.ReadQuery();
        sent.Signed = SignedRequest.Of(request);
        if (sent.Signed is not null) sent.Kinds |= Sent.Signature;
        // A scheme of an interface's own: `Snowflake Token="..."`.
        if (sent.Signed is null && sent.Rest.Length > 0 && sent.Kinds == Sent.Unread) sent.Kinds |= Sent.Token;
        var cookies = string.Join("; ", request.Values("Cookie"));
        if (cookies.Length > 0 && Grammar.Cookies.TryParse(cookies, out var pairs, out _)) sent.Cookies = pairs;
        if (sent.Cookies.Count > 0) sent.Kinds |= Sent.Cookie;
        if (hasCertificate) sent.Kinds |= Sent.Certificate;
        var body = SentInBody.Of(request);
        if (body.Token is not null)
        {
            sent.Token ??= body.Token;
            sent.Kinds |= Sent.Token;
        }

        if (body.HasPassword) sent.Kinds |= Sent.Password;
        sent.ReadToken();
        if (sent.Kinds == Sent.Unread) sent.Kinds = Sent.Nothing;
        return sent;
    }

    private void ReadAuthorization()
    {
        AuthorizationCount = Request.Values("Authorization").Count();
        if (Request.Value("Authorization") is not { Length: > 0 } value) return;
        Authorization = value;
        var blank = value.IndexOf(' ', StringComparison.Ordinal);
        var scheme = blank < 0 ? value : value[..blank];
        if (blank < 0 && !IsSchemeAlone(value))
        {
            // Credentials without a scheme in front.
            Kinds |= Sent.Token;
            Token = new("Authorization", value);
            return;
        }

        Scheme = scheme;
        Rest = blank < 0 ? "" : value[(blank + 1)..].Trim();
        if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            Kinds |= Sent.Password;
            if (BasicCredentials.TryParse(Rest, out var basic, out _)) Basic = basic;
        }
        else if (scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase))
        {
            Kinds |= Sent.Password;
            if (Grammar.Authorization.TryParse(value, out var authorization, out _) && DigestCredentials.TryParse(authorization!, out var digest, out _)) Digest = digest;
        }
        else if (scheme.Equals("Negotiate", StringComparison.OrdinalIgnoreCase) || scheme.Equals("NTLM", StringComparison.OrdinalIgnoreCase))
        {
            Kinds |= Sent.Password;
        }
        else if (KeySchemes.Contains(scheme))
        {
            Kinds |= Sent.Key;
            Key = new("Authorization", Rest);
        }
        else if (TokenSchemes.Contains(scheme) && !Rest.Contains("oauth_signature", StringComparison.Ordinal))
        {
            Kinds |= Sent.Token;
            if (Rest.Length > 0) Token = new("Authorization", Rest);
        }
        else if (LooksLikeJwt(Rest))
        {
            Kinds |= Sent.Token;
            Token = new("Authorization", Rest);
        }
    }

    private static bool IsSchemeAlone(string value) => TokenSchemes.Contains(value) || KeySchemes.Contains(value) || value.Equals("Basic", StringComparison.OrdinalIgnoreCase) || value.Equals("Digest", StringComparison.OrdinalIgnoreCase) || value.Equals("Negotiate", StringComparison.OrdinalIgnoreCase) || value.Equals("NTLM", StringComparison.OrdinalIgnoreCase);

    private void ReadFields()
    {
        foreach (var field in Request.Fields)
        {
            if (field.Value.Length == 0) continue;
            if (Key is null && (KeyFields.Contains(field.Name) || IsKeyField(field.Name)))
            {
                Key = new(field.Name, field.Value);
                Kinds |= Sent.Key;
                // GitLab, Vault, Consul and others call their keys tokens, and speak of them so.
                if (Token is null && IsTokenField(field.Name))
                {
                    Token = new(field.Name, field.Value);
                    Kinds |= Sent.Token;
                }
            }
            else if (Token is null && IsTokenField(field.Name))
            {
                var value = field.Value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? field.Value[7..].Trim() : field.Value;
                Token = new(field.Name, value);
                Kinds |= Sent.Token;
            }
        }
    }

    /// <summary>Names that their own interfaces gave: <c>X-Acme-Token</c>, <c>X-Acme-ApiKey</c>, <c>X-Client-Secret</c>.</summary>
    private static bool IsTokenField(string name) =>
        TokenFields.Contains(name) || (name.EndsWith("token", StringComparison.OrdinalIgnoreCase) && !name.Contains("csrf", StringComparison.OrdinalIgnoreCase) && !name.Contains("xsrf", StringComparison.OrdinalIgnoreCase) && !name.Contains("verification", StringComparison.OrdinalIgnoreCase));

    private static bool IsKeyField(string name) =>
        name.EndsWith("api-key", StringComparison.OrdinalIgnoreCase) || name.EndsWith("apikey", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-secret", StringComparison.OrdinalIgnoreCase) || name.EndsWith("access-key", StringComparison.OrdinalIgnoreCase) || name.EndsWith("auth-key", StringComparison.OrdinalIgnoreCase);

    private void ReadQuery()
    {
        foreach (var (name, value) in SignedRequest.Query(Request.Url))
        {
            if (value.Length == 0) continue;
            if (Token is null && (name.Equals("access_token", StringComparison.OrdinalIgnoreCase) || name.Equals("auth_token", StringComparison.OrdinalIgnoreCase) || (name.Equals("token", StringComparison.OrdinalIgnoreCase) && value.Length >= 8) || (LooksLikeJwt(value) && name.Length < 24)))
            {
                Token = new($"{name} in the query", value);
                Kinds |= Sent.Token;
            }
            else if (Key is null && KeyParameters.Contains(name) && value.Length >= 8)
            {
                Key = new($"{name} in the query", value);
                Kinds |= Sent.Key;
            }
        }

        if (Request.Url.UserInfo.Length > 0) Kinds |= Sent.Password;
    }

    private void ReadToken()
    {
        if (Token is not { } token) return;
        if (JsonWebToken.TryParse(token.Value, out var jwt, out var error)) Jwt = jwt;
        else if (LooksLikeJwt(token.Value) || token.Value.StartsWith("eyJ", StringComparison.Ordinal)) JwtError = error;
    }

    /// <summary>Base64url of <c>{"</c> and a dot behind: nothing else begins so.</summary>
    internal static bool LooksLikeJwt(string value) => value.StartsWith("eyJ", StringComparison.Ordinal) && value.Contains('.', StringComparison.Ordinal) && value.Length > 20;
}
