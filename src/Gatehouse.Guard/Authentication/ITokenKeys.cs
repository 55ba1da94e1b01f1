using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Guard.Authentication;

/// <summary>Where an issuer's keys come from: a file, or the issuer itself.</summary>
internal interface ITokenKeys
{
    /// <summary>The keys as they are known now; fetched where they are too old.</summary>
    ValueTask<TokenKeySet> GetAsync(CancellationToken cancellation);

    /// <summary>The keys, looked up anew because none had the id that a token names; how often that happens is limited.</summary>
    ValueTask<TokenKeySet> GetAgainAsync(TokenKeySet known, CancellationToken cancellation);
}

/// <summary>An issuer's keys at a time.</summary>
/// <param name="Keys">Those that can verify signatures; empty where <paramref name="Broken"/>.</param>
/// <param name="Broken">Why there are none to trust; null: there are.</param>
internal sealed record TokenKeySet(IReadOnlyList<JsonWebKey> Keys, string? Broken = null)
{
    /// <summary>Reads a JSON Web Key Set and keeps what may verify: no private use, no weak RSA (RFC 8725 section 3.2).</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static TokenKeySet Of(JsonWebKeySet set, bool symmetric) => new(
        [.. set.Keys.Where(key => key.Use is null or "" or "sig" && key.Kty switch
        {
            "RSA" => key.KeySize >= 2048,
            "EC" => true,
            // Shorter than the hash, it can be guessed (RFC 7518 section 3.2).
            "oct" => symmetric && key.KeySize >= 256,
            _ => false,
        })]);
}
