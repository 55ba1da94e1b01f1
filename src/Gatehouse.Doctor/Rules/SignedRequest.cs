using System.Globalization;
using System.Text.Json;
using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Rules;

/// <summary>A signature over a request, in its address or its fields, with the times that go with it.</summary>
/// <param name="Kind">For people: <c>a presigned S3 address</c>.</param>
/// <param name="SignatureName">The parameter or field that holds the signature.</param>
internal sealed record SignedRequest(string Kind, string SignatureName)
{
    /// <summary>Until when it holds; null: not said.</summary>
    internal DateTimeOffset? Expires { get; init; }

    /// <summary>The parameters that say so, with their values: <c>X-Amz-Date=..., X-Amz-Expires=300</c>.</summary>
    internal string ExpiresFrom { get; init; } = "";

    /// <summary>From when it holds; null: not said.</summary>
    internal DateTimeOffset? NotBefore { get; init; }

    /// <summary>The client's clock when it signed; null: not said.</summary>
    internal DateTimeOffset? SignedAt { get; init; }

    /// <summary>The parameter or field that says so, with its value.</summary>
    internal string SignedAtFrom { get; init; } = "";

    /// <summary>How far the clocks may differ; null: the kind does not say.</summary>
    internal TimeSpan? Tolerance { get; init; }

    private static readonly string[] ExpiryNames =
        ["expires", "expire", "expiry", "exp", "e", "se", "x-expires", "expires_at", "expiresat", "validuntil", "valid_until", "valid-until", "deadline", "until", "ttl_until", "validto", "valid_to", "expiration", "expirydate", "ets", "x-oss-expires"];

    private static readonly string[] SignatureNames =
        ["signature", "sig", "sign", "hmac", "hash", "md5", "mac", "x-amz-signature", "x-goog-signature", "x-oss-signature", "st", "s", "h", "digest", "token", "auth_key", "secure", "hdnts", "hdnea", "urlsignature", "__token__", "x-signature", "key", "verify", "sgn"];

    private static readonly string[] ClockFields = ["X-Amz-Date", "X-Ms-Date", "X-Goog-Date", "X-Date", "X-Timestamp", "X-Request-Timestamp", "X-Auth-Timestamp", "X-Request-Time", "Timestamp", "Date"];

    private static readonly string[] SignatureFields = ["X-Signature", "X-Hub-Signature-256", "X-Hub-Signature", "Stripe-Signature", "X-Slack-Signature", "X-Request-Signature", "X-Hmac-Signature", "X-Auth-Signature", "X-Hmac", "X-Shopify-Hmac-Sha256", "Signature", "X-Content-Signature", "X-Sign"];

    /// <summary>Finds the signature of a request; null: it is not signed as far as can be seen.</summary>
    internal static SignedRequest? Of(SentRequest request)
    {
        var query = Query(request.Url);
        return Presigned(query, "X-Amz-", "a presigned S3 address") ?? Presigned(query, "X-Goog-", "a signed Google Cloud Storage address") ?? Presigned(query, "X-Oss-", "a presigned OSS address")
            ?? SharedAccess(query) ?? ContentNetworkPolicy(query) ?? EdgeToken(query) ?? Classic(query) ?? Header(request, query);
    }

    /// <summary>Names and values of a query, decoded, in order.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Query(Uri url)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Take(200))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            pairs.Add(new(Uri.UnescapeDataString(name), equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..].Replace('+', ' '))));
        }

        return pairs;
    }

    private static SignedRequest? Presigned(IReadOnlyList<KeyValuePair<string, string>> query, string prefix, string kind)
    {
        if (Value(query, prefix + "Signature") is null) return null;
        var at = Value(query, prefix + "Date");
        var seconds = Value(query, prefix + "Expires");
        var signed = TryTime(at, out var time) ? time : (DateTimeOffset?)null;
        var expires = signed is { } start && double.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var lifetime) && lifetime < 1e9 ? start.AddSeconds(lifetime) : (DateTimeOffset?)null;
        return new(kind, prefix + "Signature")
        {
            SignedAt = signed,
            SignedAtFrom = $"{prefix}Date={at}",
            Expires = expires,
            ExpiresFrom = $"{prefix}Date={at}, {prefix}Expires={seconds}",
            Tolerance = TimeSpan.FromMinutes(15),
        };
    }

    /// <summary>Azure Storage: <c>sv</c>, <c>se</c>, <c>st</c>, <c>sp</c>, <c>sig</c>.</summary>
    private static SignedRequest? SharedAccess(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        if (Value(query, "sig") is null || (Value(query, "sv") is null && Value(query, "sr") is null)) return null;
        return new("a shared access signature (Azure)", "sig")
        {
            Expires = TryTime(Value(query, "se"), out var end) ? end : null,
            ExpiresFrom = $"se={Value(query, "se")}",
            NotBefore = TryTime(Value(query, "st"), out var start) ? start : null,
        };
    }

    /// <summary>CloudFront's custom policy: base64 of a JSON with <c>DateLessThan</c>.</summary>
    private static SignedRequest? ContentNetworkPolicy(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        if (Value(query, "Key-Pair-Id") is null || Value(query, "Signature") is null || Value(query, "Policy") is not { } policy) return null;
        var expires = PolicyTime(policy);
        return new("a signed CloudFront address", "Signature") { Expires = expires, ExpiresFrom = "DateLessThan in Policy" };
    }

    private static DateTimeOffset? PolicyTime(string policy)
    {
        var base64 = policy.Replace('-', '+').Replace('_', '=').Replace('~', '/');
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return null;
        var text = System.Text.Encoding.UTF8.GetString(bytes, 0, length);
        var at = text.IndexOf("DateLessThan", StringComparison.Ordinal);
        if (at < 0) return null;
        var start = text.IndexOfAny(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], at);
        if (start < 0) return null;
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return TryTime(text[start..end], out var time) ? time : null;
    }

    /// <summary>Akamai's and others' tokens: <c>exp=...~acl=...~hmac=...</c> in one parameter.</summary>
    private static SignedRequest? EdgeToken(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        foreach (var (name, value) in query)
        {
            if (!value.Contains("hmac=", StringComparison.OrdinalIgnoreCase) || !value.Contains("exp=", StringComparison.OrdinalIgnoreCase)) continue;
            var parts = value.Split('~').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToArray();
            var exp = parts.FirstOrDefault(part => part[0].Equals("exp", StringComparison.OrdinalIgnoreCase))?[1];
            var st = parts.FirstOrDefault(part => part[0].Equals("st", StringComparison.OrdinalIgnoreCase))?[1];
            return new("a signed address of a content network", name)
            {
                Expires = TryTime(exp, out var end) ? end : null,
                ExpiresFrom = $"exp={exp} in {name}",
                NotBefore = TryTime(st, out var start) ? start : null,
            };
        }

        return null;
    }

    /// <summary>An end and a signature under customary names: S3 version 2, CloudFront, secure_link, and what applications make themselves.</summary>
    private static SignedRequest? Classic(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        string? signature = null;
        foreach (var name in SignatureNames)
        {
            var held = query.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (held.Key is not null && LooksSigned(held.Key, held.Value))
            {
                signature = held.Key;
                break;
            }
        }

        if (signature is null) return null;
        var kind = Value(query, "Key-Pair-Id") is not null ? "a signed CloudFront address"
            : Value(query, "AWSAccessKeyId") is not null ? "a presigned S3 address (version 2)"
            : Value(query, "GoogleAccessId") is not null ? "a signed Google Cloud Storage address"
            : "a signed address";
        foreach (var name in ExpiryNames)
        {
            var held = query.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (held.Key is not null && TryTime(held.Value, out var end)) return new(kind, signature) { Expires = end, ExpiresFrom = $"{held.Key}={held.Value}" };
        }

        // Short or ambiguous names are a signature only beside an end.
        if (signature.Length < 3 || signature.Equals("token", StringComparison.OrdinalIgnoreCase) || signature.Equals("hash", StringComparison.OrdinalIgnoreCase) || signature.Equals("key", StringComparison.OrdinalIgnoreCase)) return null;
        var clock = query.FirstOrDefault(pair => pair.Key.Contains("timestamp", StringComparison.OrdinalIgnoreCase) || pair.Key is "ts" or "t" or "time");
        return clock.Key is not null && TryTime(clock.Value, out var signed)
            ? new("a signed request", signature) { SignedAt = signed, SignedAtFrom = $"{clock.Key}={clock.Value}" }
            : new("a signed request", signature);
    }

    private static bool LooksSigned(string name, string value) =>
        value.Length > 0 && (name.Length > 3 || name.Equals("sig", StringComparison.OrdinalIgnoreCase) || name.Equals("md5", StringComparison.OrdinalIgnoreCase) || name.Equals("mac", StringComparison.OrdinalIgnoreCase) || value.Length >= 16);

    /// <summary>A signature in a field: AWS and its kin, RFC 9421, and webhooks.</summary>
    private static SignedRequest? Header(SentRequest request, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var authorization = request.Value("Authorization") ?? "";
        var scheme = authorization.AsSpan(0, authorization.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var blank ? blank : authorization.Length);
        var isAws = scheme.StartsWith("AWS", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("OSS", StringComparison.Ordinal) || scheme.StartsWith("GOOG", StringComparison.Ordinal);
        var isSigned = isAws || scheme.Contains("HMAC", StringComparison.OrdinalIgnoreCase) || scheme.Equals("Signature", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("SharedKey", StringComparison.OrdinalIgnoreCase)
            || (scheme.Equals("OAuth", StringComparison.OrdinalIgnoreCase) && authorization.Contains("oauth_signature", StringComparison.Ordinal)) || scheme.Equals("Hawk", StringComparison.OrdinalIgnoreCase);
        var name = isSigned ? "Authorization" : SignatureFields.FirstOrDefault(field => request.Value(field) is not null);
        if (name is null) return null;
        foreach (var field in ClockFields)
        {
            if (request.Value(field) is { } value && TryTime(value, out var time))
                return new("a signed request", name) { SignedAt = time, SignedAtFrom = $"{field}: {value}", Tolerance = isAws ? TimeSpan.FromMinutes(15) : null };
        }

        var clock = query.FirstOrDefault(pair => pair.Key.Contains("timestamp", StringComparison.OrdinalIgnoreCase));
        return clock.Key is not null && TryTime(clock.Value, out var signed)
            ? new("a signed request", name) { SignedAt = signed, SignedAtFrom = $"{clock.Key}={clock.Value}" }
            : new("a signed request", name);
    }

    private static string? Value(IReadOnlyList<KeyValuePair<string, string>> query, string name)
    {
        foreach (var pair in query)
        {
            if (pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return pair.Value;
        }

        return null;
    }

    /// <summary>Seconds or milliseconds since 1970, <c>20261101T101500Z</c>, ISO 8601, HTTP-date.</summary>
    internal static bool TryTime(string? text, out DateTimeOffset time)
    {
        time = default;
        if (string.IsNullOrEmpty(text) || text.Length > 40) return false;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // From 2001 on, so that a lifetime of 3600 is no date.
            if (number is >= 1_000_000_000 and < 9_999_999_999) time = DateTimeOffset.FromUnixTimeSeconds(number);
            else if (number is >= 1_000_000_000_000 and < 9_999_999_999_999) time = DateTimeOffset.FromUnixTimeMilliseconds(number);
            else return text.Length == 14 && DateTimeOffset.TryParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
            return true;
        }

        return DateTimeOffset.TryParseExact(text, ["yyyyMMdd'T'HHmmss'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd", "r", "ddd, d MMM yyyy HH:mm:ss 'GMT'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
