using System.Globalization;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>The token that was sent, taken apart and held against the server's clock, its challenge and the keys at hand.</summary>
internal static class TokenRules
{
    /// <summary>What validators allow clocks to differ, as a rule: a token that is over by less may still be taken.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    /// <summary>Milliseconds since 1970 of the years 2001 and 2128: as seconds no year that anybody means.</summary>
    private const long EarliestInMilliseconds = 1_000_000_000_000, LatestInMilliseconds = 5_000_000_000_000;

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } =
    [
        Refusal.Rule("token: form", Form),
        Refusal.Rule("token: time", Time),
        Refusal.Rule("token: algorithm and signature", Signature),
        Refusal.Rule("token: type", Type),
        Refusal.Rule("token: sender", Sender),
        Refusal.Rule("token: what the answer says of it", Said),
        Refusal.Rule("token: step-up", StepUp),
        Refusal.Rule("token: rejected", Rejected),
    ];

    /// <summary>Whether the server had a reason to look at a token: it refuses, and does not ask for another scheme alone.</summary>
    private static bool IsLookedAt(Refusal refusal) =>
        refusal.Sent.Token is not null && refusal.Meant is 400 or 401 or 403 or 422 or 500 && (refusal.Offered.Count == 0 || refusal.Offered.Any(scheme => scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase) || scheme.Equals(refusal.Sent.Scheme, StringComparison.OrdinalIgnoreCase) || scheme.Contains("token", StringComparison.OrdinalIgnoreCase) || scheme.Contains("jwt", StringComparison.OrdinalIgnoreCase)));

    private static bool IsInvalidToken(Refusal refusal) => refusal.Challenges.Any(challenge => "invalid_token".Equals(challenge["error"], StringComparison.OrdinalIgnoreCase));

    /// <summary>A 403 whose credentials make no difference is not about the token.</summary>
    private static double Certainty(Refusal refusal, double confidence)
    {
        if (refusal.Meant == 401) return confidence;
        if (refusal.Tried(Variation.WithoutCredentials) is { } without && without.Status == refusal.Status && refusal.IsSameAs(without)) return Math.Min(confidence, 0.45);
        return refusal.Meant == 403 ? confidence - 0.12 : confidence - 0.2;
    }

    private static Evidence Claim(string name, string value) => new(EvidenceKind.Token, name, Refusal.Shortened(value));

    private static IEnumerable<Finding> Form(Refusal refusal)
    {
        if (!IsLookedAt(refusal) || refusal.Sent.Scheme.Length == 0 && refusal.Sent.Token!.Where == "Authorization") yield break;
        var token = refusal.Sent.Token!;
        if (refusal.Sent.JwtError is { } error)
        {
            var dots = token.Value.Count(c => c == '.');
            var what = dots is not (2 or 4) ? $"it has {dots + 1} segments, and a signed JWT has three with dots between" : $"at character {error.Offset.ToString(CultureInfo.InvariantCulture)}: expected {error.Expected}";
            // Where the server names another fault of it, it could read it: what was given here is cut short.
            yield return Found.Because(Tokens.Malformed, SaysOther(refusal, Tokens.Malformed) ? 0.45 : Certainty(refusal, dots is 2 or 4 ? 0.86 : 0.93), $"the token begins like a JWT and is none: {what}", [new(EvidenceKind.Token, token.Where, $"{Masked.Secret(token.Value)}: {what}"), .. Answered(refusal)]);
        }
    }

    private static IEnumerable<Evidence> Answered(Refusal refusal)
    {
        if (refusal.ChallengeText.Length > 0) yield return refusal.ChallengeEvidence;
        foreach (var evidence in refusal.DenialEvidence) yield return evidence;
    }

    private static IEnumerable<Finding> Time(Refusal refusal)
    {
        if (!IsLookedAt(refusal) || refusal.Sent.Jwt is not { Claims: not null } jwt) yield break;
        var clock = new Evidence(EvidenceKind.Clock, refusal.Answer.Value("Date") is null ? "our clock" : "Date", refusal.Now.ToString("u", CultureInfo.InvariantCulture));
        if (jwt.TryGetTime("exp", out var exp) && exp is { } end && end <= refusal.Now)
        {
            var ago = refusal.Now - end;
            var confidence = ago < Leeway ? 0.72 : SaysOther(refusal, Tokens.Expired) ? 0.8 : 0.95;
            yield return Found.Because(Tokens.Expired, Certainty(refusal, confidence), string.Create(CultureInfo.InvariantCulture, $"the token expired at {end:u}, {SessionRules.Seconds(ago)} before the server's clock ({refusal.Now:u})"),
                [Claim("exp", string.Create(CultureInfo.InvariantCulture, $"{end.ToUnixTimeSeconds()} ({end:u})")), clock, .. Answered(refusal)]);
        }

        foreach (var name in (string[])["nbf", "iat"])
        {
            // RFC 7519 section 2, NumericDate: seconds. Date.now() gives milliseconds.
            if (jwt.Claims is { } claims && claims.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var count) && count is > EarliestInMilliseconds and < LatestInMilliseconds)
            {
                yield return Found.Because(Tokens.NotYetValid, Certainty(refusal, SaysOther(refusal, Tokens.NotYetValid) ? 0.6 : 0.88), string.Create(CultureInfo.InvariantCulture, $"the token's {name} ({count}) is written in milliseconds, and a server reads seconds: it lies tens of thousands of years ahead"), [Claim(name, count.ToString(CultureInfo.InvariantCulture)), clock, .. Answered(refusal)],
                    Found.Developer("write-seconds", "write exp, nbf and iat in seconds since 1970 (Math.floor(Date.now() / 1000))"));
                yield break;
            }

            if (!jwt.TryGetTime(name, out var time) || time is not { } begin || begin <= refusal.Now) continue;
            var ahead = begin - refusal.Now;
            var confidence = SaysOther(refusal, Tokens.NotYetValid) ? 0.7 : name == "nbf" ? ahead < Leeway ? 0.72 : 0.95 : ahead < Leeway ? 0.5 : 0.7;
            yield return Found.Because(Tokens.NotYetValid, Certainty(refusal, confidence), string.Create(CultureInfo.InvariantCulture, $"the token's {name} lies {SessionRules.Seconds(ahead)} ahead of the server's clock: {begin:u}, and there it is {refusal.Now:u}"),
                [Claim(name, string.Create(CultureInfo.InvariantCulture, $"{begin.ToUnixTimeSeconds()} ({begin:u})")), clock, .. Answered(refusal)],
                Found.Owner("set-clocks", "let issuer and server keep their clocks by NTP, and allow some seconds of difference"));
            yield break;
        }
    }

    /// <summary>Whether the answer names another fault of the token: that one is what the server stopped at.</summary>
    private static bool SaysOther(Refusal refusal, Cause cause) =>
        refusal.Said.Any(finding => finding.Confidence >= 0.8 && finding.Cause != cause && finding.Cause != Tokens.Rejected && finding.Cause.Id.StartsWith("token.", StringComparison.Ordinal));

    private static IEnumerable<Finding> Signature(Refusal refusal)
    {
        if (!IsLookedAt(refusal) || refusal.Sent.Jwt is not { } jwt) yield break;
        var alg = jwt.Jose.HeaderText("alg") ?? "missing";
        if (alg.Equals("none", StringComparison.OrdinalIgnoreCase) || (!jwt.Jose.IsEncrypted && jwt.Jose.Signature.Length == 0))
        {
            yield return Found.Because(Tokens.AlgorithmRefused, Certainty(refusal, 0.9), "the token is not signed (alg none), and no careful server accepts that", [Claim("alg", alg), .. Answered(refusal)]);
            yield break;
        }

        foreach (var keys in refusal.Seen.Of<KeySet>())
        {
            var verdict = TokenSignature.Judge(jwt, keys.Json);
            if (verdict is null) continue;
            var source = new Evidence(EvidenceKind.Token, keys.Source, verdict.What);
            var finding = verdict.Outcome switch
            {
                SignatureOutcome.Verifies => null,
                SignatureOutcome.UnknownKey => Found.Because(Tokens.UnknownKey, Certainty(refusal, 0.95), $"the issuer's keys have none with the kid of this token: {verdict.What}", [Claim("kid", jwt.Jose.HeaderText("kid") ?? "missing"), source, .. Answered(refusal)]),
                SignatureOutcome.OtherAlgorithm => Found.Because(Tokens.AlgorithmRefused, Certainty(refusal, 0.9), $"the token is signed with {alg}, and the issuer's keys are for others: {verdict.What}", [Claim("alg", alg), source, .. Answered(refusal)]),
                SignatureOutcome.Differs => Found.Because(Tokens.BadSignature, Certainty(refusal, 0.96), $"the token's signature does not verify with the issuer's key: {verdict.What}", [Claim("alg", alg), Claim("kid", jwt.Jose.HeaderText("kid") ?? "missing"), source, .. Answered(refusal)]),
            };
            if (finding is not null) yield return finding;
            yield break;
        }
    }

    private static IEnumerable<Finding> Type(Refusal refusal)
    {
        // At the token endpoint a refresh token is what is wanted.
        if (!IsLookedAt(refusal) || refusal.Sent.Jwt is not { Claims: not null } jwt || refusal.Sent.Token!.Where.EndsWith("in the body", StringComparison.Ordinal)) yield break;
        var marks = new List<Evidence>();
        var typ = jwt.Jose.HeaderText("typ") ?? "";
        var kind = jwt.Text("typ") ?? jwt.Text("token_use") ?? jwt.Text("token_type") ?? "";
        var isRefresh = kind.Equals("Refresh", StringComparison.OrdinalIgnoreCase) || kind.Equals("Offline", StringComparison.OrdinalIgnoreCase) || typ.Equals("rt+jwt", StringComparison.OrdinalIgnoreCase);
        if (isRefresh) marks.Add(Claim("typ", kind.Length > 0 ? kind : typ));
        if (kind.Equals("ID", StringComparison.OrdinalIgnoreCase)) marks.Add(Claim("typ", $"{kind}: an ID token"));
        if (!isRefresh && !typ.Contains("at+jwt", StringComparison.OrdinalIgnoreCase) && !kind.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && !kind.Equals("access", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var name in (string[])["nonce", "at_hash", "c_hash", "s_hash"])
            {
                if (jwt.Text(name) is { } value) marks.Add(Claim(name, Masked.Secret(value)));
            }

            var isForClient = jwt.Text("scope") is null && jwt.Text("scp") is null && jwt.Text("client_id") is null;
            if (!isForClient) marks.RemoveAll(mark => mark.Where is "nonce");
        }

        if (marks.Count == 0) yield break;
        var confidence = isRefresh || marks.Any(mark => mark.Where == "typ") ? 0.9 : marks.Count > 1 ? 0.86 : 0.8;
        if (!IsInvalidToken(refusal)) confidence -= 0.1;
        yield return Found.Because(Tokens.WrongType, Certainty(refusal, confidence), isRefresh ? "a refresh token was sent where an access token is wanted" : $"an ID token was sent where an access token is wanted ({string.Join(", ", marks.Select(mark => mark.Where))} {(marks.Count == 1 ? "stands" : "stand")} in ID tokens only)",
            [.. marks, Claim("typ (header)", typ.Length == 0 ? "missing" : typ), .. Answered(refusal)]);
    }

    private static IEnumerable<Finding> Sender(Refusal refusal)
    {
        var sent = refusal.Sent;
        if (sent.Token is null || refusal.Status is not (400 or 401 or 403)) yield break;
        var proof = refusal.Request.Value("DPoP");
        var isBearer = sent.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);
        var claim = sent.Jwt?.Claims is { } claims && claims.TryGetProperty("cnf", out var cnf) && cnf.ValueKind == JsonValueKind.Object ? cnf : (JsonElement?)null;
        var isKeyBound = claim is { } bound && bound.TryGetProperty("jkt", out _);
        var isCertificateBound = claim is { } certified && certified.TryGetProperty("x5t#S256", out _);
        var error = refusal.Challenges.Where(challenge => challenge.Scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase)).Select(challenge => challenge["error"]).FirstOrDefault(value => value is not null);
        if ("use_dpop_nonce".Equals(error, StringComparison.OrdinalIgnoreCase) || "invalid_dpop_proof".Equals(error, StringComparison.OrdinalIgnoreCase))
        {
            yield return Found.Because(Tokens.WrongSender, 0.96, error == "use_dpop_nonce" ? "the DPoP proof lacks the nonce that the server gives (DPoP-Nonce)" : "the DPoP proof is not accepted (method, address, time, key or signature of it)", [refusal.ChallengeEvidence, new(EvidenceKind.Request, "DPoP", proof is null ? "not sent" : Masked.Secret(proof)), refusal.StatusEvidence]);
        }
        else if (isBearer && (isKeyBound || refusal.Offers("DPoP")))
        {
            var confidence = isKeyBound ? 0.95 : refusal.Offers("Bearer") ? 0.5 : 0.9;
            var evidence = new List<Evidence>();
            if (claim is { } shown) evidence.Add(Claim("cnf", string.Join(", ", shown.EnumerateObject().Select(member => member.Name))));
            evidence.Add(new(EvidenceKind.Request, "Authorization", "scheme Bearer, no DPoP proof"));
            evidence.AddRange(Answered(refusal));
            yield return Found.Because(Tokens.WrongSender, confidence, "the token is bound to a key (DPoP), and it was sent as a plain Bearer token without a proof", evidence,
                Found.Developer("send-proof", "send `Authorization: DPoP TOKEN` and a DPoP field with a fresh proof signed by the client's key (RFC 9449 section 4)"));
        }
        else if (isCertificateBound && refusal.Certificate is null)
        {
            yield return Found.Because(Tokens.WrongSender, 0.93, "the token is bound to a client certificate (RFC 8705), and none was sent", [Claim("cnf", "x5t#S256"), .. Answered(refusal)]);
        }
    }

    /// <summary>Adds what the token itself shows to what the answer says of it.</summary>
    private static IEnumerable<Finding> Said(Refusal refusal)
    {
        if (refusal.Sent.Jwt is not { } jwt) yield break;
        var said = refusal.Said.Where(finding => finding.Confidence >= 0.6).GroupBy(finding => finding.Cause).Select(group => group.MaxBy(finding => finding.Confidence)!);
        foreach (var finding in said)
        {
            var shown = Shown(finding.Cause, jwt).ToArray();
            if (shown.Length > 0) yield return finding with { Evidence = [.. finding.Evidence, .. shown], Summary = $"{finding.Summary}; the token has {string.Join(", ", shown.Select(one => $"{one.Where} {one.What}"))}" };
        }
    }

    private static IEnumerable<Evidence> Shown(Cause cause, JsonWebToken jwt)
    {
        var names = cause == Tokens.WrongIssuer ? ["iss"]
            : cause == Tokens.WrongAudience ? ["aud", "azp"]
            : cause == Tokens.NotYetValid ? ["nbf", "iat"]
            : cause == Tokens.Expired ? ["exp"]
            : cause == Permissions.ScopeMissing ? ["scope", "scp", "scopes"]
            : cause == Permissions.RoleMissing ? ["roles", "role", "realm_access", "groups"]
            : cause == Permissions.GroupMissing ? ["groups"]
            : Array.Empty<string>();
        if (cause == Tokens.AlgorithmRefused || cause == Tokens.BadSignature || cause == Tokens.UnknownKey)
        {
            yield return Claim("alg", jwt.Jose.HeaderText("alg") ?? "missing");
            if (jwt.Jose.HeaderText("kid") is { } kid) yield return Claim("kid", kid);
            if (cause == Tokens.UnknownKey && jwt.Text("iss") is { } issuer) yield return Claim("iss", issuer);
        }

        if (cause == Tokens.WrongType) yield return Claim("typ (header)", jwt.Jose.HeaderText("typ") ?? "missing");
        foreach (var name in names)
        {
            if (jwt.Claims is { } claims && claims.TryGetProperty(name, out var value)) yield return Claim(name, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }

        if (cause == Tokens.WrongAudience && jwt.Claims is { } all && !all.TryGetProperty("aud", out _)) yield return Claim("aud", "missing");
    }

    /// <summary>RFC 9470: a stronger or newer sign-in is asked for.</summary>
    private static IEnumerable<Finding> StepUp(Refusal refusal)
    {
        if (refusal.Status is not (401 or 403)) yield break;
        foreach (var challenge in refusal.Challenges)
        {
            if (!"insufficient_user_authentication".Equals(challenge["error"], StringComparison.OrdinalIgnoreCase) && challenge["acr_values"] is null && challenge["max_age"] is null) continue;
            var acr = challenge["acr_values"];
            var age = challenge["max_age"];
            var shown = new List<Evidence> { refusal.ChallengeEvidence };
            if (refusal.Sent.Jwt?.Text("acr") is { } has) shown.Add(Claim("acr", has));
            if (refusal.Sent.Jwt is { } jwt && jwt.TryGetTime("auth_time", out var when) && when is { } signedIn) shown.Add(Claim("auth_time", signedIn.ToString("u", CultureInfo.InvariantCulture)));
            shown.Add(refusal.StatusEvidence);
            if (acr is not null || age is null) yield return Found.Because(Tokens.AuthenticationTooWeak, 0.97, acr is null ? "another way of signing in is asked for" : $"a stronger sign-in is asked for (acr_values {acr})", shown, Found.Developer("step-up", $"send the user to the authorization endpoint again{(acr is null ? "" : $" with acr_values={acr}")}{(age is null ? "" : $" and max_age={age}")} (RFC 9470 section 4)"));
            if (age is not null) yield return Found.Because(Tokens.AuthenticationTooOld, acr is null ? 0.97 : 0.7, $"the sign-in is older than this action allows (max_age {age} seconds)", shown, Found.Developer("sign-in-anew", $"send the user to the authorization endpoint again with max_age={age} (RFC 9470 section 4)"));
            yield break;
        }
    }

    private static IEnumerable<Finding> Rejected(Refusal refusal)
    {
        if (!IsLookedAt(refusal) || refusal.Meant != 401 || refusal.Sent.JwtError is not null) yield break;
        if (refusal.Sent.Scheme.Length == 0 && refusal.Sent.Token!.Where == "Authorization") yield break;
        var isSaid = IsInvalidToken(refusal);
        var without = refusal.Tried(Variation.WithoutCredentials);
        var evidence = new List<Evidence> { new(EvidenceKind.Request, refusal.Sent.Token!.Where, $"a token of {refusal.Sent.Token.Value.Length} characters, {Masked.Secret(refusal.Sent.Token.Value)}") };
        evidence.AddRange(Answered(refusal));
        // A bare challenge, as without any token: it may not have been looked at.
        var isBare = !isSaid && refusal.Challenges.Count > 0 && refusal.Challenges.All(challenge => challenge["error"] is null);
        var isSame = without is not null && refusal.IsSameAs(without);
        if (without is not null) evidence.Insert(1, refusal.Compared(without, "without credentials"));
        var confidence = isSaid ? 0.82 : isBare && isSame ? 0.56 : isBare ? 0.6 : 0.66;
        if (without is not null && refusal.Passes(without)) confidence = 0.85;
        yield return Found.Because(Tokens.Rejected, confidence, refusal.Sent.Jwt is null ? "the server does not accept the token, and neither its answer nor the token itself tells why (an opaque token says nothing of itself)" : "the server does not accept the token, and what the token shows of itself is in order: time and form are right", evidence,
            Found.Developer("new-token", "get a new token for this very interface and environment, and compare iss and aud with what its documentation says"));
    }
}
