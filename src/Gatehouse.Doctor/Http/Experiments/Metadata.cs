using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>Documents about the issuer of tokens that an answer or a token points to: fetched only where that was asked for (--metadata).</summary>
internal static class Metadata
{
    private const string WellKnown = "/.well-known/";

    /// <summary>Resource metadata (RFC 9728), the issuer's metadata (OpenID Connect Discovery, RFC 8414) and its keys, as far as they are there.</summary>
    public static async Task<IReadOnlyList<Observation>> FetchAsync(Exchange subject, Func<Experiment, Task<Exchange?>> send)
    {
        var seen = new List<Observation>();
        var issuers = new List<string>();
        foreach (var address in ResourceMetadata(subject.Answer!))
        {
            if (await GetAsync("resource metadata", address).ConfigureAwait(false) is not { } document) continue;
            issuers.AddRange(Strings(document, "authorization_servers"));
        }

        if (issuers.Count == 0 && IssuerOfToken(subject.Request) is { } named) issuers.Add(named);
        foreach (var issuer in issuers.Distinct(StringComparer.Ordinal).Take(2))
        {
            if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) continue;
            var path = url.AbsolutePath.TrimEnd('/');
            var document = await GetAsync("issuer metadata", url.WithPath($"{path}{WellKnown}openid-configuration")).ConfigureAwait(false)
                ?? await GetAsync("issuer metadata", url.WithPath($"{WellKnown}oauth-authorization-server{path}")).ConfigureAwait(false);
            if (document is null || Text(document, "jwks_uri") is not { } keys || !Uri.TryCreate(keys, UriKind.Absolute, out var keysUrl) || keysUrl.Scheme is not ("http" or "https")) continue;
            if (await GetAsync("issuer's keys", keysUrl).ConfigureAwait(false) is { } set) seen.Add(new KeySet(keys, set.RootElement.GetRawText()));
        }

        return seen;

        async Task<JsonDocument?> GetAsync(string purpose, Uri url)
        {
            var request = new SentRequest { Method = "GET", Url = FieldLines.Raw(url.AbsoluteUri), Fields = [new("Host", FieldLines.HostOf(url)), new("Accept", "application/json")] };
            if (await send(new Experiment(Variation.Metadata, purpose, request)).ConfigureAwait(false) is not { } exchange) return null;
            seen.Add(exchange);
            if (exchange.Answer is not { Status: 200 } answer) return null;
            try
            {
                return IsSound(answer.Body.Span) ? JsonDocument.Parse(answer.Body) : null;
            }
            catch (Exception broken) when (broken is JsonException or InvalidOperationException)
            {
                return null;
            }
        }
    }

    /// <summary>Throws on a lone surrogate now, and not later in the hands of whoever reads a text of it.</summary>
    private static bool IsSound(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) _ = reader.GetString();
        }

        return true;
    }

    private static IEnumerable<Uri> ResourceMetadata(ReceivedAnswer answer) => answer.Values("WWW-Authenticate")
        .SelectMany(value => Challenges.TryParse(value, out var list, out _) ? list : [])
        .Select(challenge => challenge["resource_metadata"])
        .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null)
        .OfType<Uri>()
        .Distinct()
        .Take(2);

    private static string? IssuerOfToken(SentRequest request)
    {
        if (request.Value("Authorization") is not { } given || !given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return null;
        var parts = given[7..].Trim().Split('.');
        if (parts.Length != 3) return null;
        try
        {
            using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
            return Text(claims, "iss");
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument document, string name) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Strings(JsonDocument document, string name) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
            : [];
}
