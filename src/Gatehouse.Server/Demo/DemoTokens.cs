using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Server.Demo;

/// <summary>An issuer with a key of its own, as small as one can be: ES256 tokens, right ones and such as real life brings.</summary>
internal sealed class DemoTokens : IDisposable
{
    /// <summary>What samples/site/gatehouse.yaml names.</summary>
    public const string Issuer = "https://login.example.com";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TimeProvider _time;

    public DemoTokens(TimeProvider time) => _time = time;

    /// <summary>The set that the Guard reads (RFC 7517).</summary>
    public string KeySet()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{ "keys": [ { "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "demo", "x": "{{Base64Url.EncodeToString(point.X)}}", "y": "{{Base64Url.EncodeToString(point.Y)}}" } ] }""" + "\n";
    }

    /// <summary>A token that holds for an hour, unless something of it is said otherwise.</summary>
    /// <param name="scope">Its scopes.</param>
    /// <param name="age">How long ago it was made.</param>
    /// <param name="issuer">Who says so.</param>
    /// <param name="audience">For whom it was made.</param>
    /// <param name="kid">Which key it names.</param>
    /// <param name="algorithm">What it says of its signature; <c>none</c> has none.</param>
    /// <param name="forged">Whether another key signed it.</param>
    /// <param name="methods">How its owner signed in (RFC 8176).</param>
    public string Make(string scope, TimeSpan age = default, string issuer = Issuer, string audience = "orders", string kid = "demo", string algorithm = "ES256", bool forged = false, params string[] methods)
    {
        var made = _time.GetUtcNow() - age;
        var header = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal) { ["alg"] = algorithm, ["kid"] = kid, ["typ"] = "at+jwt" });
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = issuer,
            ["aud"] = audience,
            ["sub"] = "till-7",
            ["client_id"] = "till",
            ["scope"] = scope,
            ["iat"] = made.ToUnixTimeSeconds(),
            ["nbf"] = made.ToUnixTimeSeconds(),
            ["exp"] = made.AddHours(1).ToUnixTimeSeconds(),
            ["auth_time"] = made.ToUnixTimeSeconds(),
        };
        if (methods.Length > 0) claims["amr"] = methods;
        var input = $"{Text(header)}.{Text(JsonSerializer.Serialize(claims))}";
        var signature = algorithm == "none" ? [] : (forged ? _other : _key).SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    private static string Text(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
