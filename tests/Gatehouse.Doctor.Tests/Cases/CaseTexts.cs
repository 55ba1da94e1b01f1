using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>
/// Words in braces that stand for what can't be written down by hand: <c>{now-1h}</c> as an HTTP date, <c>{iso}</c>, <c>{unix}</c> and <c>{amz}</c> likewise,
/// <c>{basic user:password}</c> and <c>{latin1 user:password}</c> in the other encoding, <c>{base64 text}</c>, <c>{x e4}</c> one octet, <c>{repeat 9000 a}</c>, <c>{jwt alg=HS256 exp=-1h iss=https://a}</c>, <c>{jwks kid=1}</c>. Any other brace stays.
/// </summary>
internal sealed class CaseTexts(DateTimeOffset now)
{
    private static readonly string[] Words = ["now", "iso", "unix", "amz", "clf", "apache", "nginx", "basic", "base64", "base64url", "latin1", "jwt", "jwks", "url", "repeat", "x"];

    private static readonly Lock Minting = new();

    /// <summary>Keys by their kid, the same for the whole run.</summary>
    private static readonly Dictionary<string, ECDsa> EllipticKeys = [];

    private static readonly Dictionary<string, RSA> RsaKeys = [];

    /// <summary>Replaces every such word.</summary>
    public string Filled(string text)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            var close = open < 0 ? -1 : Closing(text, open);
            if (close < 0) return result.Append(text, at, text.Length - at).ToString();
            var inside = text[(open + 1)..close];
            var word = new string([.. inside.TakeWhile(char.IsAsciiLetterOrDigit)]);
            result.Append(text, at, open - at);
            if (Words.Contains(word) && (inside.Length == word.Length || inside[word.Length] is ' ' or '+' or '-'))
            {
                result.Append(Value(word, inside[word.Length..].Trim()));
                at = close + 1;
            }
            else
            {
                result.Append('{');
                at = open + 1;
            }
        }

        return result.ToString();
    }

    // Braces inside belong to the text that is encoded.
    private static int Closing(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }

        return text.IndexOf('}', open);
    }

    private string Value(string word, string rest) => word switch
    {
        "now" => Moved(rest).ToString("r", CultureInfo.InvariantCulture),
        "iso" => Moved(rest).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        "unix" => Moved(rest).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        "amz" => Moved(rest).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
        "clf" => Moved(rest).ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
        "apache" => Moved(rest).ToString("ddd MMM dd HH:mm:ss.ffffff yyyy", CultureInfo.InvariantCulture),
        "nginx" => Moved(rest).ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture),
        "basic" => "Basic " + Convert.ToBase64String(Octets.Bytes(rest)),
        "latin1" => "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes(Octets.Text(rest))),
        "base64" => Convert.ToBase64String(Octets.Bytes(rest)),
        "base64url" => Base64Url(Octets.Bytes(rest)),
        "url" => Uri.EscapeDataString(Octets.Text(rest)),
        "x" => ((char)Convert.ToInt32(rest, 16)).ToString(),
        "repeat" => string.Concat(Enumerable.Repeat(rest.Split(' ', 2)[1], int.Parse(rest.Split(' ', 2)[0], CultureInfo.InvariantCulture))),
        "jwks" => Keys(rest),
        _ => Token(rest),
    };

    private DateTimeOffset Moved(string by) => by.Length == 0 ? now : now + Span(by);

    /// <summary><c>-1h</c>, <c>+90s</c>, <c>+2d</c>, <c>-5m</c>.</summary>
    public static TimeSpan Span(string text)
    {
        var number = double.Parse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => throw new FormatException($"`{text}` needs a unit: s, m, h, d"),
        };
    }

    private string Token(string rest)
    {
        var header = new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT" };
        var claims = new JsonObject();
        var key = "a key of the case, long enough for HMAC with SHA-256";
        var damaged = false;
        foreach (var pair in rest.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? "" : pair[(equals + 1)..];
            switch (name)
            {
                case "alg" or "typ" or "kid" or "cty" or "jku" or "crit": header[name] = value; break;
                case "key": key = value.PadRight(32, '.'); break;
                case "damaged": damaged = true; break;
                case "exp" or "nbf" or "iat" or "auth_time": claims[name] = Moved(value == "0" ? "" : value).ToUnixTimeSeconds(); break;
                default: claims[name] = value.Contains('|', StringComparison.Ordinal) ? new JsonArray([.. value.Split('|').Select(item => (JsonNode)item)]) : value.StartsWith('[') || value is "true" or "false" ? JsonNode.Parse(value) : value; break;
            }
        }

        var signed = Base64Url(Encoding.UTF8.GetBytes(header.ToJsonString())) + "." + Base64Url(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        var octets = Encoding.ASCII.GetBytes(signed);
        var kid = (string?)header["kid"] ?? "";
        byte[] signature;
        lock (Minting)
        {
            signature = (string?)header["alg"] switch
            {
                "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), octets),
                "ES256" => Elliptic(kid).SignData(octets, HashAlgorithmName.SHA256),
                "RS256" => Rsa(kid).SignData(octets, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                _ => [],
            };
        }

        if (damaged && signature.Length > 0) signature[signature.Length / 2] ^= 0x55;
        return signed + "." + Base64Url(signature);
    }

    private static string Keys(string rest)
    {
        var keys = new JsonArray();
        lock (Minting)
        {
            foreach (var item in rest.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = item.Split('=');
                if (parts[0] == "rsa")
                {
                    var rsa = Rsa(parts[1]).ExportParameters(false);
                    keys.Add(new JsonObject { ["kty"] = "RSA", ["kid"] = parts[1], ["use"] = "sig", ["alg"] = "RS256", ["n"] = Base64Url(rsa.Modulus!), ["e"] = Base64Url(rsa.Exponent!) });
                    continue;
                }

                var curve = Elliptic(parts[^1]).ExportParameters(false);
                keys.Add(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = parts[^1], ["use"] = "sig", ["alg"] = "ES256", ["x"] = Base64Url(curve.Q.X!), ["y"] = Base64Url(curve.Q.Y!) });
            }
        }

        return new JsonObject { ["keys"] = keys }.ToJsonString();
    }

    private static ECDsa Elliptic(string kid) => EllipticKeys.TryGetValue(kid, out var key) ? key : EllipticKeys[kid] = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static RSA Rsa(string kid) => RsaKeys.TryGetValue(kid, out var key) ? key : RsaKeys[kid] = RSA.Create(2048);

    private static string Base64Url(byte[] octets) => System.Buffers.Text.Base64Url.EncodeToString(octets);
}
