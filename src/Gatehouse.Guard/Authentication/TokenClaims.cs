using System.Collections.Frozen;
using System.Text.Json;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Authentication;

/// <summary>Makes an identity of verified claims.</summary>
internal static class TokenClaims
{
    /// <summary>More values than this in one claim are no roles but an attack on memory.</summary>
    private const int MostValues = 1000;

    private static readonly FrozenSet<string> NotAttributes = new[] { "exp", "nbf", "iat", "jti", "at_hash", "c_hash", "nonce", "sid", "cnf" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The identity; <paramref name="name"/> is its subject.</summary>
    public static Identity ToIdentity(JsonElement claims, string name, TokenSettings settings)
    {
        var scopes = settings.ScopeClaim is { } mapped
            ? Words(claims, mapped)
            : Words(claims, "scope").Concat(Words(claims, "scp"));
        var subscriptions = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var plan in Texts(claims, settings.SubscriptionClaim)) subscriptions[plan] = DateTimeOffset.MaxValue;
        var methods = Texts(claims, "amr").ToHashSet(StringComparer.Ordinal);
        return new Identity
        {
            Name = name,
            Scheme = Scheme.Bearer,
            Roles = Texts(claims, settings.RolesClaim).ToFrozenSet(StringComparer.Ordinal),
            Groups = Texts(claims, settings.GroupsClaim).ToFrozenSet(StringComparer.Ordinal),
            Scopes = scopes.ToFrozenSet(StringComparer.Ordinal),
            Subscriptions = subscriptions.ToFrozenDictionary(StringComparer.Ordinal),
            Claims = Attributes(claims),
            AuthenticatedAt = Time(claims, "auth_time"),
            // RFC 8176: the issuer says so itself, or names a password and something else beside it.
            TwoFactor = methods.Contains("mfa") || (methods.Contains("pwd") && methods.Overlaps(["otp", "hwk", "swk", "sms", "fpt", "face", "pop", "sc"])),
        };
    }

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var seconds)
        && seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    // A claim of the whole name comes before a path: `https://example.com/roles` has dots.
    private static JsonElement? Member(JsonElement claims, string name)
    {
        if (claims.TryGetProperty(name, out var member)) return member;
        var at = claims;
        foreach (var step in name.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at)) return null;
        }

        return at;
    }

    private static IEnumerable<string> Texts(JsonElement claims, string name) => Member(claims, name) is not { } member ? [] : member.ValueKind switch
    {
        JsonValueKind.String => [member.GetString()!],
        JsonValueKind.Array => member.EnumerateArray().Take(MostValues).Where(element => element.ValueKind == JsonValueKind.String).Select(element => element.GetString()!),
        _ => [],
    };

    // A scope is a whole word (RFC 6749 section 3.3): `readonly` is not `read`.
    private static IEnumerable<string> Words(JsonElement claims, string name) =>
        Texts(claims, name).SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Take(MostValues);

    private static FrozenDictionary<string, FrozenSet<string>> Attributes(JsonElement claims)
    {
        var attributes = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal);
        foreach (var member in claims.EnumerateObject())
        {
            if (NotAttributes.Contains(member.Name)) continue;
            string[] values = member.Value.ValueKind switch
            {
                JsonValueKind.String => [member.Value.GetString()!],
                JsonValueKind.Number => [member.Value.GetRawText()],
                JsonValueKind.True => ["true"],
                JsonValueKind.False => ["false"],
                JsonValueKind.Array => [.. member.Value.EnumerateArray().Take(MostValues).Select(element => element.ValueKind switch
                {
                    JsonValueKind.String => element.GetString(),
                    JsonValueKind.Number => element.GetRawText(),
                    _ => null,
                }).OfType<string>()],
                _ => [],
            };
            if (values.Length > 0) attributes[member.Name] = values.ToFrozenSet(StringComparer.Ordinal);
        }

        return attributes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
