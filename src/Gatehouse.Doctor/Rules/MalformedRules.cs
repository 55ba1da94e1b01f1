using System.Buffers;
using System.Globalization;
using System.Text;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>How the Authorization field and keys are written: which octet breaks which rule of the grammar.</summary>
internal static class MalformedRules
{
    private const string FieldName = "Authorization";
    private static readonly SearchValues<char> Token68 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");
    private static readonly HashSet<string> Placeholders = new(StringComparer.OrdinalIgnoreCase)
    {
        "undefined", "null", "nil", "none", "nan", "[object object]", "[object promise]", "true", "false", "token", "your_token", "your-token", "yourtoken", "your_access_token", "access_token", "<token>", "{token}", "{{token}}", "${token}", "$token", "%token%", "your_api_key", "your-api-key", "api_key", "xxx", "changeme", "...", "<api_key>", "insert_token_here", "todo",
    };

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("how credentials are written", Judge)];

    /// <summary>Whether Bearer or Basic credentials were sent and follow their grammar.</summary>
    internal static bool IsWellFormed(Refusal refusal) =>
        refusal.Sent is { AuthorizationCount: 1, Authorization: { } value } sent && (sent.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || sent.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) && Of(value, sent, refusal) is null;

    /// <summary>One finding, or none.</summary>
    internal static IEnumerable<Finding> Judge(Refusal refusal)
    {
        if (refusal.Status is not (400 or 401 or 403 or 407 or 422)) yield break;
        var sent = refusal.Sent;
        var fault = sent.AuthorizationCount > 1 ? new Fault(0, $"{sent.AuthorizationCount} Authorization fields were sent, and there may be one", "RFC 9110 section 11.6.2: Authorization is no list", 0.9, "send one Authorization field")
            : sent.Authorization is { } value ? Of(value, sent, refusal)
            : sent.Key is { } key ? OfKey(key.Value)
            : null;
        if (fault is null) yield break;

        var confidence = refusal.Status is 401 or 407 or 400 ? fault.Confidence : fault.Confidence - 0.25;
        var evidence = new List<Evidence>();
        foreach (var mended in refusal.AllTried(Variation.MendedCredentials))
        {
            if (SentCredentials.Of(mended.Request, false).Basic is { } other && sent.Basic is { } own && other.Encoding != own.Encoding) continue;
            evidence.Add(refusal.Compared(mended, "the same credentials, written as they are meant"));
            if (refusal.Passes(mended)) confidence = 0.98;
        }

        // Where the scheme itself is not wanted, its spelling is the smaller fault.
        if (sent.Scheme.Length > 0 && refusal.Offered.Count > 0 && !refusal.Offers(sent.Scheme) && confidence < 0.98) confidence = Math.Min(confidence, sent.Rest.Length == 0 ? 0.85 : 0.7);
        // The server names another fault of the very key or token: it took it as it was written.
        if (confidence < 0.98 && refusal.Said.Any(said => CredentialRules.IsOfWhatWasSent(said) && said.Cause != Tokens.Malformed)) confidence = Math.Min(confidence, 0.45);
        var where = sent.Authorization is null ? sent.Key!.Where : FieldName;
        evidence.Insert(0, new(EvidenceKind.Request, where, $"octet {fault.Offset.ToString(CultureInfo.InvariantCulture)}: {fault.What}"));
        evidence.Add(new(EvidenceKind.Request, "grammar", fault.Rule));
        evidence.Add(refusal.StatusEvidence);
        yield return Found.Because(Credentials.Malformed, confidence, $"the {where} field is malformed: {fault.What}", evidence, Found.Developer("write-credentials", fault.Mend));
    }

    private static Fault? Of(string value, SentCredentials sent, Refusal refusal)
    {
        if (value.AsSpan().ContainsAnyInRange('\u0000', '\u001f')) return new(value.AsSpan().IndexOfAnyInRange('\u0000', '\u001f'), "a control character stands in it", "RFC 9110 section 5.5: field-value has no control characters", 0.93, "remove line ends and other control characters from the token or password");
        if (sent.Scheme.Length == 0) return WithoutScheme(value, refusal);
        if (sent.Scheme[^1] is ':' or '=' or ',') return new(sent.Scheme.Length - 1, $"`{sent.Scheme[^1]}` stands behind the scheme {sent.Scheme[..^1]}", "RFC 9110 section 11.4: credentials = auth-scheme 1*SP ( token68 / #auth-param )", 0.95, $"write `Authorization: {sent.Scheme[..^1]} CREDENTIALS`: one blank and nothing else between");
        if (sent.Rest.Length == 0 && !sent.Scheme.Equals("Negotiate", StringComparison.OrdinalIgnoreCase)) return new(value.Length, $"nothing stands behind the scheme {sent.Scheme}", "RFC 9110 section 11.4: credentials = auth-scheme 1*SP ( token68 / #auth-param )", 0.95, "send the credentials behind the scheme; the variable that should hold them is empty");
        var at = value.Length - sent.Rest.Length;
        var first = sent.Rest.Split(' ', 2)[0];
        if (first.TrimEnd(':').Equals(sent.Scheme, StringComparison.OrdinalIgnoreCase) && sent.Rest.Length > first.Length)
            return new(at, $"the scheme {sent.Scheme} stands there twice", "RFC 9110 section 11.4: one auth-scheme", 0.97, $"write the scheme once: the value already begins with `{first}` when `{sent.Scheme} ` is put before it");
        if (sent.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return OfBasic(sent, at);
        if (sent.Scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase)) return OfDigest(value, sent);
        return sent.Kinds.HasFlag(Sent.Token) || sent.Kinds.HasFlag(Sent.Key) ? OfToken(sent.Rest, at, sent.Scheme) : null;
    }

    private static Fault? WithoutScheme(string value, Refusal refusal)
    {
        var meant = refusal.Offered.FirstOrDefault(scheme => !SessionRules.IsCookieScheme(scheme)) ?? "Bearer";
        var looks = SentCredentials.LooksLikeJwt(value) ? "a bare JWT" : "a bare value";
        return new(0, $"{looks} without a scheme: `{meant} ` must stand before it", "RFC 9110 section 11.4: credentials = auth-scheme 1*SP ( token68 / #auth-param )", refusal.Offered.Count > 0 ? 0.94 : 0.72, $"write `Authorization: {meant} {Masked.Secret(value)}`");
    }

    private static Fault? OfBasic(SentCredentials sent, int at)
    {
        if (BasicCredentials.TryParse(sent.Rest, out _, out var error)) return null;
        const string Rule = "RFC 7617 section 2: base64 of user-id \":\" password";
        if (sent.Rest.Contains(':', StringComparison.Ordinal))
            return new(at + sent.Rest.IndexOf(':', StringComparison.Ordinal), "user:password stands there as it is and not in base64", Rule, 0.96, "encode `user:password` in base64, or let the client do it (curl -u USER)");
        var octets = Lenient(sent.Rest);
        if (octets is null) return new(at + error.Offset, $"it is not base64: expected {error.Expected}", Rule, 0.95, "encode `user:password` in base64 (standard alphabet, with padding)");
        var text = Encoding.UTF8.GetString(octets);
        if (!text.Contains(':', StringComparison.Ordinal)) return new(at, "what is encoded has no colon between user name and password", Rule, 0.95, "encode `user:password`, the colon included");
        if (text[^1] is '\n' or '\r') return new(value(at, sent), "a line end is encoded behind the password (as `echo` without -n adds one)", "RFC 7617 section 2: no control characters in user-id and password", 0.93, "encode without the line end (printf %s, not echo)");
        return text.Any(char.IsControl)
            ? new(at + error.Offset, "a control character stands in user name or password", "RFC 7617 section 2: no control characters in user-id and password", 0.85, "encode `user:password` only")
            // Many servers read these all the same.
            : new(at + error.Offset, $"it is not canonical base64: expected {error.Expected}", "RFC 4648 section 4", 0.5, "use the standard alphabet of base64, with padding");

        static int value(int at, SentCredentials sent) => at + sent.Rest.Length;
    }

    private static byte[]? Lenient(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var padded = standard + new string('=', (4 - standard.Length % 4) % 4);
        var octets = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, octets, out var length) && length > 0 ? octets[..length] : null;
    }

    private static Fault? OfDigest(string value, SentCredentials sent)
    {
        if (sent.Digest is not null) return null;
        if (!Authorization.TryParse(value, out var authorization, out var error))
            return new(error.Offset, $"expected {error.Expected}", "RFC 9110 section 11.4: #auth-param", 0.93, "write name=value pairs with commas between, strings in double quotes");
        if (DigestCredentials.TryParse(authorization!, out _, out error)) return null;
        return new(error.Offset, $"expected {error.Expected}", "RFC 7616 section 3.4", 0.92, "send username, realm, nonce, uri, response, and with qop also cnonce and nc");
    }

    private static Fault? OfToken(string token, int at, string scheme)
    {
        if (Placeholders.Contains(token)) return new(at, $"`{token}` stands there instead of a token: a variable was not filled in", "RFC 6750 section 2.1: b64token", 0.94, "put the token where the placeholder stands");
        if (token.StartsWith("${", StringComparison.Ordinal) || token.StartsWith("{{", StringComparison.Ordinal) || (token[0] == '<' && token[^1] == '>') || (token[0] == '$' && token.Length > 1 && token.AsSpan(1).IndexOfAnyExcept(Token68) < 0))
            return new(at, "a placeholder stands there instead of a token: a variable was not filled in", "RFC 6750 section 2.1: b64token", 0.94, "put the token where the placeholder stands");
        if (token[0] is '"' or '\'' or '`' || token[^1] is '"' or '\'') return new(at, "quotes stand around the token", "RFC 6750 section 2.1: b64token has no quotes", 0.94, "send the token without quotes (a JSON string was copied with them)");
        if (token.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) || token.StartsWith("Token ", StringComparison.OrdinalIgnoreCase)) return new(at, "a second scheme stands behind the first", "RFC 9110 section 11.4: one auth-scheme", 0.94, "write one scheme");
        // Schemes with parameters (Token token="...") have a grammar of their own.
        if (!scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && !scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase)) return null;
        var wrong = token.AsSpan().IndexOfAnyExcept(Token68);
        // Some interfaces give tokens with these in them (Laravel Sanctum has `1|...`), and take them back.
        if (wrong < 0 || token[wrong] is '|') return null;
        var name = token[wrong] == ' ' ? "a blank" : token[wrong] > '~' ? $"a character beyond US-ASCII (U+{(int)token[wrong]:X4})" : $"`{token[wrong]}`";
        return new(at + wrong, $"{name} stands in the token", "RFC 6750 section 2.1: b64token = 1*( ALPHA / DIGIT / \"-\" / \".\" / \"_\" / \"~\" / \"+\" / \"/\" ) *\"=\"", wrong == token.Length - 1 || token[wrong] is ' ' or > '~' ? 0.93 : token[wrong] == ':' ? 0.45 : 0.62, "send the token exactly as the issuer gave it");
    }

    private static Fault? OfKey(string key) =>
        Placeholders.Contains(key) || key.StartsWith("${", StringComparison.Ordinal) || key.StartsWith("{{", StringComparison.Ordinal) ? new(0, "a placeholder stands there instead of a key: a variable was not filled in", "the provider's documentation", 0.92, "put the key where the placeholder stands")
        : key.Length > 1 && key[0] is '"' or '\'' ? new(0, "quotes stand around the key", "the provider's documentation", 0.85, "send the key without quotes")
        : key.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? new(0, "the word Bearer stands before the key", "the provider's documentation", 0.75, "send the key alone in this field")
        : null;

    private sealed record Fault(int Offset, string What, string Rule, double Confidence, string Mend);
}
