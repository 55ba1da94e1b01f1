using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Guard.Tests.Authentication;

/// <summary>An issuer's key, and tokens that it signs: any header, any payload, right or wrong.</summary>
internal sealed class TokenSigner : IDisposable
{
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;
    private readonly byte[]? _secret;

    private TokenSigner(string kid, RSA? rsa, ECDsa? ecdsa, byte[]? secret) => (Kid, _rsa, _ecdsa, _secret) = (kid, rsa, ecdsa, secret);

    public string Kid { get; }

    public static TokenSigner Rsa(string kid, int bits = 2048) => new(kid, RSA.Create(bits), null, null);

    public static TokenSigner Ec(string kid) => new(kid, null, ECDsa.Create(ECCurve.NamedCurves.nistP256), null);

    public static TokenSigner Secret(string kid, byte[] secret) => new(kid, null, null, secret);

    public string Jwk()
    {
        if (_rsa is not null)
        {
            var p = _rsa.ExportParameters(false);
            return $$"""{"kty":"RSA","use":"sig","kid":"{{Kid}}","n":"{{Base64Url.EncodeToString(p.Modulus)}}","e":"{{Base64Url.EncodeToString(p.Exponent)}}"}""";
        }

        if (_ecdsa is not null)
        {
            var p = _ecdsa.ExportParameters(false);
            return $$"""{"kty":"EC","crv":"P-256","kid":"{{Kid}}","x":"{{Base64Url.EncodeToString(p.Q.X)}}","y":"{{Base64Url.EncodeToString(p.Q.Y)}}"}""";
        }

        return $$"""{"kty":"oct","kid":"{{Kid}}","k":"{{Base64Url.EncodeToString(_secret)}}"}""";
    }

    public static string Set(params TokenSigner[] signers) => $$"""{"keys":[{{string.Join(',', signers.Select(signer => signer.Jwk()))}}]}""";

    public byte[] PublicKey() => _rsa!.ExportSubjectPublicKeyInfo();

    public string Sign(string header, string payload)
    {
        var input = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        var octets = Encoding.ASCII.GetBytes(input);
        var signature = _rsa is not null ? _rsa.SignData(octets, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : _ecdsa is not null ? _ecdsa.SignData(octets, HashAlgorithmName.SHA256)
            : HMACSHA256.HashData(_secret!, octets);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    public string Header(string? typ = "at+jwt") =>
        $$"""{"alg":"{{(_rsa is not null ? "RS256" : _ecdsa is not null ? "ES256" : "HS256")}}","kid":"{{Kid}}"{{(typ is null ? "" : $",\"typ\":\"{typ}\"")}}}""";

    public string Sign(IReadOnlyDictionary<string, object?> claims, string? typ = "at+jwt") =>
        Sign(Header(typ), JsonSerializer.Serialize(claims.Where(claim => claim.Value is not null).ToDictionary(claim => claim.Key, claim => claim.Value)));

    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }
}
