using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Grammar;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Guard.Authentication;

/// <summary>
/// Access tokens: signed JSON Web Tokens sent as RFC 6750 says, judged as RFC 8725 and RFC 9068 advise. Reading is strict and ours, so that
/// every refusal has its own finding; signatures are verified by Microsoft.IdentityModel alone.
/// </summary>
internal sealed class BearerAuthenticator : IAuthenticator
{
    /// <summary>Verified tokens that are remembered until they expire, by their SHA-256.</summary>
    private const int KeptTokens = 10_000;

    private const int LongestKeyId = 512;
    private const int MostAudiences = 100;

    /// <summary>Without <c>kid</c>, at most this many keys are tried.</summary>
    private const int MostKeysTried = 5;

    // ID tokens, logout tokens and DPoP proofs have names of their own here; `JWT` is what issuers write that name none.
    private static readonly FrozenSet<string> AccessTokenTypes = new[] { "JWT", "at+jwt", "application/at+jwt" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly ConcurrentDictionary<UInt128, Verified> _verified = new();
    private readonly Dictionary<string, Accepted> _issuers = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly string _realm;

    private BearerAuthenticator(string realm, TimeProvider time)
    {
        _realm = realm;
        _time = time;
    }

    /// <inheritdoc/>
    public Scheme Scheme => Scheme.Bearer;

    /// <inheritdoc/>
    public SchemeAbilities Abilities => SchemeAbilities.Roles | SchemeAbilities.Groups | SchemeAbilities.Scopes | SchemeAbilities.Subscriptions
        | SchemeAbilities.Claims | SchemeAbilities.TwoFactor | SchemeAbilities.AuthenticatedAt;

    /// <inheritdoc/>
    public bool IsExplicit => true;

    /// <summary>Checks the settings and reads keys that lie on disk.</summary>
    /// <returns>Null, with one phrase of what is wrong, where they can't be used.</returns>
    public static BearerAuthenticator? TryCreate(IReadOnlyList<TokenSettings> issuers, string realm, TokenKeySources sources, TimeProvider time, out string? error)
    {
        var authenticator = new BearerAuthenticator(realm, time);
        foreach (var settings in issuers)
        {
            var symmetric = settings.Algorithms.Any(IsSymmetric);
            error = settings switch
            {
                { Issuer.Length: 0 } => "an issuer of tokens has no name",
                { Audiences.Count: 0 } => $"the tokens of `{settings.Issuer}` have no audience: without one, tokens that were made for others would be taken",
                { Algorithms.Count: 0 } => $"no algorithm is allowed for the tokens of `{settings.Issuer}`",
                _ when settings.Algorithms.FirstOrDefault(algorithm => !IsSymmetric(algorithm) && !TokenSettings.DefaultAlgorithms.Contains(algorithm, StringComparer.Ordinal)) is { } unknown =>
                    $"`{unknown}` is not an algorithm that tokens of `{settings.Issuer}` may use: expected {string.Join(", ", TokenSettings.DefaultAlgorithms)}, HS256, HS384 or HS512",
                _ when symmetric && settings.Algorithms.Any(algorithm => !IsSymmetric(algorithm)) =>
                    $"the tokens of `{settings.Issuer}` may use symmetric and asymmetric algorithms: a public key could then be taken for a secret (RFC 8725 section 3.1)",
                { KeysFile: null } when symmetric => $"symmetric algorithms need keys from a file, and `{settings.Issuer}` has none",
                { KeysFile: null } when !Uri.TryCreate(settings.Issuer, UriKind.Absolute, out var address) || !(address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback)) =>
                    $"`{settings.Issuer}` is not an https address from which keys can be discovered: name it in full, or give `keys: file:...`",
                _ when authenticator._issuers.ContainsKey(settings.Issuer) => $"the issuer `{settings.Issuer}` is named twice",
                _ => null,
            };
            if (error is not null) return null;

            var keys = sources.Of(settings, symmetric, out error);
            if (error is not null) return null;
            authenticator._issuers[settings.Issuer] = new Accepted(settings, keys);
        }

        error = null;
        return authenticator;
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> AuthenticateAsync(HttpRequest request, Facts facts, CancellationToken cancellation)
    {
        var fields = request.Headers.Authorization;
        if (fields.Count == 0) return new(Outcome.None.Instance);
        var field = fields[0].AsSpan();
        if (!Authorization.TrySplit(field, out var scheme, out var start, out _) || !scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return new(Outcome.None.Instance);
        if (fields.Count > 1) return new(BadRequest("several Authorization fields came"));
        // One token by two ways: which of them was meant? (RFC 6750 section 2)
        if (request.Query.ContainsKey("access_token")) return new(BadRequest("a token came in Authorization and another in the query"));
        var text = field[start..];
        if (text.IsEmpty) return new(BadRequest("no token stands behind `Bearer`"));

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text), hash);
        // Half of a SHA-256 is as good as a whole one of 128 bits: finding a second token for it is out of anybody's reach.
        var key = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
        return JudgeAsync(text.ToString(), key, cancellation);
    }

    /// <inheritdoc/>
    public string Challenge(ChallengeReason reason)
    {
        var challenge = new ChallengeText("Bearer", _realm);
        if (reason.Rejected is { } rejected)
        {
            challenge.With("error", rejected.Error ?? "invalid_token");
            if (Description(rejected) is { } description) challenge.With("error_description", description);
        }
        else if (reason.Decision is { StepUpHelps: true } tooOld)
        {
            challenge.WithStepUp(tooOld);
        }
        else if (reason.Decision is { Verdict: Verdict.Deny, MissingScopes.Count: > 0 } lacking)
        {
            challenge.With("error", "insufficient_scope").With("scope", string.Join(' ', lacking.MissingScopes));
        }

        return challenge.ToString();
    }

    // The holder can read `exp` and `nbf` in the token; everything else is for the operator (fixed phrases: RFC 6750 section 3 allows few characters).
    private static string? Description(Outcome.Rejected rejected) =>
        rejected.Finding.Cause == Tokens.Expired ? "the token expired"
        : rejected.Finding.Cause == Tokens.NotYetValid ? "the token is not valid yet"
        : rejected.IsBadRequest ? "exactly one token is expected, in Authorization"
        : null;

    private static bool IsSymmetric(string algorithm) => algorithm is "HS256" or "HS384" or "HS512";

    private async ValueTask<Outcome> JudgeAsync(string text, UInt128 hash, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        if (_verified.TryGetValue(hash, out var verified) && verified.Until > now && verified.From <= now
            && ReferenceEquals(await verified.Issuer.Keys.GetAsync(cancellation), verified.Keys)) return verified.Outcome;

        if (!JsonWebToken.TryParse(text, out var token, out var fault))
            return Refused(Tokens.Malformed, $"it is no JSON Web Token: {fault}", "token", Masked.Secret(text));
        if (ShapeFault(token!) is { } shape) return shape;

        var claims = token!.Claims!.Value;
        var issuer = token.Text("iss");
        if (issuer is null || !_issuers.TryGetValue(issuer, out var accepted))
            return Refused(Tokens.WrongIssuer, $"its issuer is not one of {string.Join(", ", _issuers.Keys.Select(name => $"`{name}`"))}", "iss", issuer is null ? "missing" : Shown(issuer));

        var algorithm = token.Jose.HeaderText("alg")!;
        if (!accepted.Settings.Algorithms.Contains(algorithm, StringComparer.Ordinal))
            return Refused(Tokens.AlgorithmRefused, $"it is signed with an algorithm other than {string.Join(", ", accepted.Settings.Algorithms)}", "alg", Shown(algorithm));

        var keys = await accepted.Keys.GetAsync(cancellation);
        if (keys.Broken is { } broken) return new Outcome.Broken(broken);
        var keyId = token.Jose.HeaderText("kid");
        var fitting = Fitting(keys, keyId, algorithm);
        if (fitting.Count == 0)
        {
            keys = await accepted.Keys.GetAgainAsync(keys, cancellation);
            fitting = Fitting(keys, keyId, algorithm);
        }

        if (fitting.Count == 0)
            return Refused(Tokens.UnknownKey, $"`{issuer}` has no key of that id for {algorithm}", "kid", keyId is null ? "missing" : Shown(keyId));
        if (!Verifies(token, algorithm, fitting))
            return Refused(Tokens.BadSignature, "its signature does not verify: it was altered, or signed with another key", "signature", $"{algorithm}, kid {(keyId is null ? "missing" : Shown(keyId))}");

        return (Outcome?)ClaimFault(token, claims, accepted.Settings, now, out var until, out var from) ?? Accept(token, claims, accepted, keys, hash, from, until);
    }

    // What can be said before any key is known.
    private static Outcome.Rejected? ShapeFault(JsonWebToken token)
    {
        var algorithm = token.Jose.HeaderText("alg");
        if (token.Claims is null) return Refused(Tokens.Malformed, "it is encrypted, and signed tokens are expected", "enc", "five segments");
        if (algorithm is null) return Refused(Tokens.AlgorithmRefused, "it names no algorithm", "alg", "missing");
        if (algorithm.Equals("none", StringComparison.OrdinalIgnoreCase) || token.Jose.Signature.IsEmpty)
            return Refused(Tokens.AlgorithmRefused, "it is not signed", "alg", Shown(algorithm));
        if (token.Jose.Header.TryGetProperty("crit", out _)) return Refused(Tokens.Malformed, "it demands an extension that is not understood here (RFC 7515 section 4.1.11)", "crit", "present");
        // RFC 7797 section 7: never in a JWT. Who knows `b64` or `zip` would read other claims than who does not.
        if (token.Jose.Header.TryGetProperty("b64", out var encoded) && encoded.ValueKind != JsonValueKind.True) return Refused(Tokens.Malformed, "its payload says of itself that it is not encoded as a token's is (RFC 7797 section 7)", "b64", "present");
        if (token.Jose.Header.TryGetProperty("zip", out _)) return Refused(Tokens.Malformed, "its payload says of itself that it is compressed, which signed tokens are not", "zip", "present");
        if (token.Jose.Header.TryGetProperty("kid", out var kid) && (kid.ValueKind != JsonValueKind.String || kid.GetString()!.Length > LongestKeyId))
            return Refused(Tokens.Malformed, $"its key id is no text of at most {LongestKeyId} characters", "kid", kid.ValueKind.ToString());
        if (token.Jose.Header.TryGetProperty("typ", out var type) && (type.ValueKind != JsonValueKind.String || !AccessTokenTypes.Contains(type.GetString()!)))
            return Refused(Tokens.WrongType, "it is a token of another kind than access tokens", "typ", Shown(type.ToString()));
        return null;
    }

    private static List<JsonWebKey> Fitting(TokenKeySet keys, string? keyId, string algorithm) => [.. keys.Keys
        .Where(key => (keyId is null || key.Kid == keyId) && (key.Alg is null or "" || key.Alg == algorithm) && key.Kty switch
        {
            "RSA" => algorithm[0] is 'R' or 'P',
            "EC" => algorithm == key.Crv switch { "P-256" => "ES256", "P-384" => "ES384", "P-521" => "ES512", _ => null },
            "oct" => IsSymmetric(algorithm),
            _ => false,
        })
        .Take(MostKeysTried)];

    private static bool Verifies(JsonWebToken token, string algorithm, List<JsonWebKey> keys)
    {
        var input = Encoding.ASCII.GetBytes(token.Jose.SigningInput.ToArray());
        var signature = token.Jose.Signature.ToArray();
        foreach (var key in keys)
        {
            var factory = key.CryptoProviderFactory ?? CryptoProviderFactory.Default;
            SignatureProvider? provider = null;
            try
            {
                provider = factory.CreateForVerifying(key, algorithm);
                if (provider.Verify(input, signature)) return true;
            }
            catch (Exception broken) when (broken is CryptographicException or ArgumentException or SecurityTokenException or NotSupportedException or InvalidOperationException)
            {
                // A key that can't be used with this algorithm (a point off its curve) verifies nothing.
            }
            finally
            {
                if (provider is not null) factory.ReleaseSignatureProvider(provider);
            }
        }

        return false;
    }

    private static Outcome.Rejected? ClaimFault(JsonWebToken token, JsonElement claims, TokenSettings settings, DateTimeOffset now, out DateTimeOffset until, out DateTimeOffset from)
    {
        until = from = default;
        var skew = settings.ClockSkew;
        if (!token.TryGetTime("exp", out var expires) || expires is null) return Refused(Tokens.Malformed, "it has no time of expiry", "exp", Kind(claims, "exp"));
        if (!token.TryGetTime("nbf", out var notBefore)) return Refused(Tokens.Malformed, "its begin is no time", "nbf", Kind(claims, "nbf"));
        if (!token.TryGetTime("iat", out var issued)) return Refused(Tokens.Malformed, "its time of issue is no time", "iat", Kind(claims, "iat"));
        // The order matters to whoever reads it: a token of last year for another audience is first of all old.
        if (now >= Later(expires.Value, skew))
            return Refused(Tokens.Expired, $"it expired {Ago(now - expires.Value)} ago (clocks may differ by {skew.TotalSeconds:0} s)", "exp", expires.Value.ToString("u"));
        if (notBefore is { } begin && now < Earlier(begin, skew))
            return Refused(Tokens.NotYetValid, $"it begins in {Ago(begin - now)} (clocks may differ by {skew.TotalSeconds:0} s)", "nbf", begin.ToString("u"));
        if (issued is { } at && now < Earlier(at, skew))
            return Refused(Tokens.NotYetValid, $"it was issued {Ago(at - now)} ahead of this clock (clocks may differ by {skew.TotalSeconds:0} s)", "iat", at.ToString("u"));

        if (!token.TryGetTexts("aud", out var audiences) || audiences.Count is 0 or > MostAudiences || !audiences.Any(audience => settings.Audiences.Contains(audience, StringComparer.Ordinal)))
            return Refused(Tokens.WrongAudience, $"it was made for somebody else than {string.Join(", ", settings.Audiences.Select(name => $"`{name}`"))}", "aud", audiences.Count == 0 ? "missing" : Shown(string.Join(' ', audiences.Take(MostAudiences))));
        if (OtherKind(token, claims) is { } kind) return Refused(Tokens.WrongType, $"it is {kind.What}, and access tokens are expected", kind.Claim, "present");
        if (claims.TryGetProperty("cnf", out _))
            return Refused(Tokens.WrongSender, "it is bound to a key of its sender (DPoP or a client certificate), and came without the proof", "cnf", "present");
        if (string.IsNullOrEmpty(Subject(token))) return Refused(Tokens.Malformed, "it names nobody", "sub", Kind(claims, "sub"));

        until = Later(expires.Value, skew);
        from = notBefore is { } nbf ? Earlier(nbf, skew) : DateTimeOffset.MinValue;
        return null;
    }

    // Issuers that write `typ: JWT` into all their tokens tell them apart in the claims.
    private static (string What, string Claim)? OtherKind(JsonWebToken token, JsonElement claims)
    {
        if (claims.TryGetProperty("events", out _)) return ("a logout token or a security event", "events");
        if (claims.TryGetProperty("at_hash", out _)) return ("an ID token", "at_hash");
        if (claims.TryGetProperty("c_hash", out _)) return ("an ID token", "c_hash");
        if (token.Text("typ") is "ID") return ("an ID token", "typ");
        if (token.Text("typ") is "Refresh" or "Offline") return ("a refresh token", "typ");
        if (token.Text("token_use") is "id") return ("an ID token", "token_use");
        if (token.Text("token_use") is "refresh") return ("a refresh token", "token_use");
        var named = token.Jose.HeaderText("typ") is { } type && type.EndsWith("at+jwt", StringComparison.OrdinalIgnoreCase);
        if (!named && claims.TryGetProperty("nonce", out _)) return ("an ID token", "nonce");
        return null;
    }

    private static string? Subject(JsonWebToken token) => token.Text("sub") ?? token.Text("client_id") ?? token.Text("azp");

    private Outcome.Accepted Accept(JsonWebToken token, JsonElement claims, Accepted issuer, TokenKeySet keys, UInt128 hash, DateTimeOffset from, DateTimeOffset until)
    {
        var outcome = new Outcome.Accepted(TokenClaims.ToIdentity(claims, Subject(token)!, issuer.Settings));
        if (_verified.Count >= KeptTokens) _verified.Clear();
        _verified[hash] = new Verified(outcome, issuer, keys, from, until);
        return outcome;
    }

    private static DateTimeOffset Later(DateTimeOffset time, TimeSpan skew) => time > DateTimeOffset.MaxValue - skew ? DateTimeOffset.MaxValue : time + skew;

    private static DateTimeOffset Earlier(DateTimeOffset time, TimeSpan skew) => time < DateTimeOffset.MinValue + skew ? DateTimeOffset.MinValue : time - skew;

    private static string Ago(TimeSpan span) => span.TotalDays >= 2 ? $"{span.TotalDays:0} days" : span.TotalHours >= 2 ? $"{span.TotalHours:0} h" : span.TotalMinutes >= 2 ? $"{span.TotalMinutes:0} min" : $"{span.TotalSeconds:0} s";

    private static string Kind(JsonElement claims, string name) => claims.TryGetProperty(name, out var member) ? member.ValueKind.ToString() : "missing";

    private static string Shown(string text) => text.Length > 200 ? text[..200] + "…" : text;

    private static Outcome.Rejected BadRequest(string why) => new(Finding(Credentials.Malformed, why, "Authorization", why), "invalid_request", IsBadRequest: true);

    private static Outcome.Rejected Refused(Cause cause, string why, string where, string what) => new(Finding(cause, $"the bearer token is refused: {why}", where, what), "invalid_token");

    private static Finding Finding(Cause cause, string summary, string where, string what) => new()
    {
        Cause = cause,
        Confidence = 1,
        Summary = summary,
        Evidence = [new Evidence(EvidenceKind.Token, where, what)],
    };

    private sealed record Accepted(TokenSettings Settings, ITokenKeys Keys);

    private sealed record Verified(Outcome.Accepted Outcome, Accepted Issuer, TokenKeySet Keys, DateTimeOffset From, DateTimeOffset Until);
}
