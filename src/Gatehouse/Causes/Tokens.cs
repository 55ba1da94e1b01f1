namespace Gatehouse.Causes;

/// <summary>Tokens, keys and signatures.</summary>
public static class Tokens
{
    /// <summary>Not a token of the kind expected.</summary>
    public static readonly Cause Malformed = new()
    {
        Id = "token.malformed",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Not a token of the kind expected",
        Meaning = "What stands behind Bearer is not a token that the server can take apart: segments, base64url or JSON are broken.",
        Confirm = "Count the dots (a signed JWT has two) and decode the first two segments; look for quotes, blanks, line ends, a cut end.",
        Visitor = "Sign in again.",
        Developer = "Send the access token exactly as the issuer gave it: no quotes, no line end, no JSON around it, not cut by a limit on fields.",
        Owner = "Look for a proxy that cuts long fields.",
        Specification = "RFC 7519 section 7.2; RFC 6750 sections 2.1 and 3.1",
    };

    /// <summary>Token expired.</summary>
    public static readonly Cause Expired = new()
    {
        Id = "token.expired",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Token expired",
        Meaning = "The token was a good one and its time (exp) is over.",
        Confirm = "Decode the token and compare exp with the Date field of the answer.",
        Visitor = "Sign in again.",
        Developer = "Get a new token with the refresh token before exp, or when 401 invalid_token comes; repeat the request once.",
        Owner = "If tokens die too early, compare the clocks of issuer and server, and the lifetime that the issuer sets.",
        Specification = "RFC 7519 section 4.1.4; RFC 6750 section 3.1",
    };

    /// <summary>Token from the future.</summary>
    public static readonly Cause NotYetValid = new()
    {
        Id = "token.not-yet-valid",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Token from the future",
        Meaning = "The token's beginning (nbf or iat) lies ahead of the server's clock: usually one of the clocks runs wrong.",
        Confirm = "Decode the token and compare nbf and iat with the Date field of the answer.",
        Visitor = "Wait a moment and try again; check the clock of your device.",
        Developer = "Don't set nbf into the future; allow for some seconds of difference.",
        Owner = "Run NTP on issuer and server, and allow a clock skew of some seconds.",
        Specification = "RFC 7519 sections 4.1.5 and 4.1.6",
    };

    /// <summary>Signature does not verify.</summary>
    public static readonly Cause BadSignature = new()
    {
        Id = "token.bad-signature",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Signature does not verify",
        Meaning = "The token's signature is not that of its key over its content: it was changed, or signed with another key or secret.",
        Confirm = "Verify it with the issuer's published key: `gatehouse why URL --bearer @FILE --jwks URL`.",
        Visitor = "Sign in again.",
        Developer = "Send the token unchanged; look whether it comes from the environment (test, production) that this server trusts.",
        Owner = "Check that issuer and server hold the same key or secret, in the same encoding (text or base64).",
        Specification = "RFC 7515 section 5.2; RFC 8725 section 3.3",
    };

    /// <summary>No key of that name.</summary>
    public static readonly Cause UnknownKey = new()
    {
        Id = "token.unknown-key",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "No key of that name",
        Meaning = "The token names a key (kid) that the server does not have: keys were rotated, the issuer is another one, or the key set could not be fetched.",
        Confirm = "Compare kid in the token's header with the keys at the issuer's jwks_uri.",
        Visitor = "Sign in again.",
        Developer = "Get a new token: the old one's key has left the key set.",
        Owner = "Let the server fetch the key set anew when it meets an unknown kid, and see that it reaches the issuer.",
        Specification = "RFC 7515 section 4.1.4; RFC 7517 section 5; OpenID Connect Discovery 1.0 section 3",
    };

    /// <summary>Algorithm not accepted.</summary>
    public static readonly Cause AlgorithmRefused = new()
    {
        Id = "token.algorithm-refused",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Algorithm not accepted",
        Meaning = "The token's algorithm (alg) is none, or not among those that the server takes.",
        Confirm = "Decode the token's header and read alg.",
        Visitor = "Sign in again; if it stays, tell whoever runs the site.",
        Developer = "Ask the issuer for a token with an accepted algorithm; never switch verification to the algorithm that a token names.",
        Owner = "Keep the list of accepted algorithms short, of one kind of key, and in step with the issuer.",
        Specification = "RFC 8725 sections 3.1 and 3.2; RFC 7518 section 3.6",
    };

    /// <summary>Token of another issuer.</summary>
    public static readonly Cause WrongIssuer = new()
    {
        Id = "token.wrong-issuer",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Token of another issuer",
        Meaning = "The token was issued (iss) by somebody whom this server does not accept: often the test system's, or another tenant's.",
        Confirm = "Compare iss in the token, character by character with its slash at the end, with the configured issuer.",
        Visitor = "Sign in through this site's own sign-in page.",
        Developer = "Get the token from the issuer that this API names.",
        Owner = "Configure the issuer exactly as it stands in tokens and in its metadata.",
        Specification = "RFC 7519 section 4.1.1; RFC 8725 section 3.8",
    };

    /// <summary>Token for another resource.</summary>
    public static readonly Cause WrongAudience = new()
    {
        Id = "token.wrong-audience",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Token for another resource",
        Meaning = "The token was made for another resource: its audience (aud) does not name this one.",
        Confirm = "Compare aud in the token with the audience that the API documents or its metadata names.",
        Visitor = "Sign in through this site's own sign-in page.",
        Developer = "Ask the issuer for a token for this API (audience, resource or scope of the token request).",
        Owner = "Configure the audience that the issuer really sets.",
        Specification = "RFC 7519 section 4.1.3; RFC 8707; RFC 8725 section 3.9",
    };

    /// <summary>Another kind of token.</summary>
    public static readonly Cause WrongType = new()
    {
        Id = "token.wrong-type",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Another kind of token",
        Meaning = "An ID token, a refresh token or the like came where an access token is needed.",
        Confirm = "Decode the token: typ, nonce, at_hash or a client id as aud tell what it is.",
        Visitor = "Sign in again; if it stays, tell whoever wrote the program.",
        Developer = "Send access_token of the token response; id_token is for the client itself, refresh_token for the issuer alone.",
        Owner = "Check typ (at+jwt) so that kinds of tokens can't stand for each other.",
        Specification = "RFC 9068 section 2.1; RFC 8725 section 3.11; OpenID Connect Core 1.0 section 2",
    };

    /// <summary>Token withdrawn.</summary>
    public static readonly Cause Revoked = new()
    {
        Id = "token.revoked",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Token withdrawn",
        Meaning = "The token was good, and was withdrawn, or its issuer says that it is no longer active.",
        Confirm = "Ask the issuer's introspection endpoint: active is false.",
        Visitor = "Sign in again.",
        Developer = "Get a new token; a refresh token that is used twice takes the whole family with it.",
        Owner = "Look in the issuer's log for who withdrew it: sign-out, password change, reuse of a refresh token.",
        Specification = "RFC 7009; RFC 7662 section 2.2",
    };

    /// <summary>Token not accepted.</summary>
    public static readonly Cause Rejected = new()
    {
        Id = "token.rejected",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "Token not accepted",
        Meaning = "The token was refused, and neither it nor the answer tells why: it can't be read from outside.",
        Confirm = "Try a fresh token of the same account: if that one passes, the old one was expired or withdrawn; if not, look at audience, environment and header.",
        Visitor = "Sign in again.",
        Developer = "Get a new token; check environment, header name and that the token is not cut.",
        Owner = "Look the request up in the log: only the server knows why.",
        Specification = "RFC 6750 section 3.1",
    };

    /// <summary>Token without its proof.</summary>
    public static readonly Cause WrongSender = new()
    {
        Id = "token.wrong-sender",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Token without its proof",
        Meaning = "The token is bound to a key or certificate of its holder, and the request did not prove to be from that holder.",
        Confirm = "Look for cnf in the token: jkt wants a DPoP field made with that key, x5t#S256 the client certificate.",
        Visitor = "Sign in again on this device.",
        Developer = "Send the token under the DPoP scheme with a proof for this method and URL, or over the certificate that it was issued to.",
        Owner = "Pass the DPoP field and the client certificate through proxies; compare URL and clock that the proof is checked against.",
        Specification = "RFC 9449 sections 4.3 and 7; RFC 8705 section 3",
    };

    /// <summary>No such key.</summary>
    public static readonly Cause ApiKeyUnknown = new()
    {
        Id = "api-key.unknown",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "No such key",
        Meaning = "An API key came, and it is none of the keys that the server knows.",
        Confirm = "Compare the beginning of the key and the name of the field or parameter with what the provider shows.",
        Visitor = "Ask whoever gave you the program for a valid key.",
        Developer = "Check the key's environment (test or live), the field that it travels in, and blanks at its ends.",
        Owner = "Look whether the key was deleted or rotated; issue a new one with `gatehouse key add` or the like.",
        Specification = "RFC 9110 section 15.5.2; OpenAPI Specification 3.1, apiKey",
    };

    /// <summary>Key past its time.</summary>
    public static readonly Cause ApiKeyExpired = new()
    {
        Id = "api-key.expired",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Key past its time",
        Meaning = "The API key was a real one and is past its expiry, or was withdrawn.",
        Confirm = "Look the key up where it was issued: `gatehouse key list`.",
        Visitor = "Ask whoever gave you the program for a new key.",
        Developer = "Replace the key before its day comes.",
        Owner = "Issue a new key and tell its holder; overlap old and new for some days.",
        Specification = "RFC 9110 section 15.5.2",
    };

    /// <summary>Signed for something else.</summary>
    public static readonly Cause SignatureMismatch = new()
    {
        Id = "signature.mismatch",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Signed for something else",
        Meaning = "The request is signed, and the signature the server computes over what arrived is another one: something that was signed differs, or the secret does.",
        Confirm = "Compare the canonical string that the server shows (or its documentation describes) with the one that the client signed.",
        Visitor = "Get a fresh link from where you found it, and open it unchanged.",
        Developer = "Sign exactly what is sent: host, path encoding, query order, signed fields, payload; check region, service and secret.",
        Owner = "Look for a proxy that changes host, path or fields between the client and the check.",
        Specification = "AWS Signature Version 4; RFC 9421 section 3.2; Azure shared access signatures",
    };

    /// <summary>Signed link past its time.</summary>
    public static readonly Cause SignatureExpired = new()
    {
        Id = "signature.expired",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Signed link past its time",
        Meaning = "The signed URL or request was good for a time only, and that is over.",
        Confirm = "Read the time in the address (X-Amz-Date and X-Amz-Expires, Expires, se, ...) and compare with the Date field of the answer.",
        Visitor = "Get a fresh link from where you found it.",
        Developer = "Make the signed URL when it is needed, with a lifetime that covers the whole download.",
        Owner = "Lengthen the lifetime if people get the link by e-mail; never cache pages with signed links longer than the links live.",
        Specification = "AWS Signature Version 4, query parameters; nginx ngx_http_secure_link_module; Google Cloud Storage V4 signing",
    };

    /// <summary>Clock too far off.</summary>
    public static readonly Cause SignatureClockSkew = new()
    {
        Id = "signature.clock-skew",
        Status = 403,
        SeenFrom = Vantage.Outside | Vantage.Log,
        Title = "Clock too far off",
        Meaning = "The request is signed with a time that is too far from the server's clock.",
        Confirm = "Compare the Date field of the answer with the clock of the machine that signs.",
        Visitor = "Set the clock of your device.",
        Developer = "Run NTP on the machine that signs, or correct by the server's Date.",
        Owner = "Run NTP; tell the server's time in the answer.",
        Specification = "AWS error RequestTimeTooSkewed; RFC 9421 section 3.2",
    };

    /// <summary>A stronger sign-in is needed.</summary>
    public static readonly Cause AuthenticationTooWeak = new()
    {
        Id = "authentication.too-weak",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "A stronger sign-in is needed",
        Meaning = "You are known, and this action asks for a stronger proof: a second factor, or another class of authentication.",
        Confirm = "Look at WWW-Authenticate: error=\"insufficient_user_authentication\" and acr_values.",
        Visitor = "Sign in with your second factor.",
        Developer = "Send the user to the issuer with the acr_values of the challenge, then repeat the request.",
        Owner = "Offer the second factor to all who need this page.",
        Specification = "RFC 9470 section 3",
    };

    /// <summary>Signed in too long ago.</summary>
    public static readonly Cause AuthenticationTooOld = new()
    {
        Id = "authentication.too-old",
        Status = 401,
        SeenFrom = Vantage.Outside | Vantage.Log | Vantage.Guard,
        Title = "Signed in too long ago",
        Meaning = "You are known, and this action asks for a recent sign-in.",
        Confirm = "Look at WWW-Authenticate: max_age; compare with auth_time of the token.",
        Visitor = "Sign in once more.",
        Developer = "Send the user to the issuer with the max_age of the challenge, then repeat the request.",
        Owner = "Choose an age that fits the action: minutes for payments, not for reading.",
        Specification = "RFC 9470 section 3",
    };
}
