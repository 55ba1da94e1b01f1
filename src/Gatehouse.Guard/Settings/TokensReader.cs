using Gatehouse.Guard.Authentication;

namespace Gatehouse.Guard.Settings;

/// <summary>`tokens:`: whose access tokens are taken.</summary>
internal static class TokensReader
{
    /// <summary>One issuer; null after the fault was told.</summary>
    public static TokensConfiguration? Tokens(BlockReader blocks, YamlNode node)
    {
        var description = ConfigurationKeys.SignIn.First(key => key.Name == "tokens").Inside!;
        if (blocks.Block(node, description, "`tokens`") is not { } keys) return null;
        var issuer = blocks.Text(keys, "issuer");
        if (!keys.ContainsKey("issuer")) blocks.Fault(node, "`tokens` names no issuer", "add `issuer: https://login.example.com`");
        if (!keys.ContainsKey("audience")) blocks.Fault(node, "`tokens` names no audience, so that tokens for any other service would pass", "add `audience:` with the name of this service");
        string? keysFile = null;
        if (blocks.Text(keys, "keys") is { } local)
        {
            if (!local.Value.StartsWith("file:", StringComparison.Ordinal)) blocks.Fault(local, "`keys` takes a file", "write `keys: file:jwks.json`, or leave it out for discovery");
            else
            {
                keysFile = blocks.Resolve(local.Value[5..]);
                if (!File.Exists(keysFile)) blocks.Fault(local, $"there is no key set `{local.Value[5..]}` that this account can see", "name a JSON Web Key Set (RFC 7517)");
            }
        }

        if (issuer is not null && keysFile is null && !keys.ContainsKey("keys") && !CanBeDiscovered(issuer.Value))
            blocks.Fault(issuer, $"keys can be discovered from an https address alone, and `{issuer.Value}` is none", "name the issuer's https address (http on loopback), or its keys with `keys: file:jwks.json`");
        var algorithms = blocks.Texts(keys, "algorithms").ToList();
        foreach (var algorithm in algorithms)
        {
            if (algorithm.Value.Equals("none", StringComparison.OrdinalIgnoreCase)) blocks.Fault(algorithm, "`none` lets everybody write tokens", "remove it");
            else if (!IsSymmetric(algorithm) && !TokenSettings.DefaultAlgorithms.Contains(algorithm.Value, StringComparer.Ordinal))
                blocks.Fault(algorithm, $"`{algorithm.Value}` is no algorithm that is verified here", $"use {string.Join(", ", TokenSettings.DefaultAlgorithms)}, or HS256, HS384, HS512 with keys from a file");
        }

        if (algorithms.Find(IsSymmetric) is { } symmetric)
        {
            if (algorithms.Exists(algorithm => !IsSymmetric(algorithm)))
                blocks.Fault(symmetric, $"`{symmetric.Value}` stands beside algorithms with public keys, which could then be taken for its secret (RFC 8725 section 3.1)", "keep one kind");
            else if (!keys.ContainsKey("keys")) blocks.Fault(symmetric, $"`{symmetric.Value}` needs a shared secret, and no issuer publishes one", "add `keys: file:jwks.json`");
        }

        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        if (keys.TryGetValue("claims", out var mapped) && blocks.Block(mapped, description.First(key => key.Name == "claims").Inside!, "`claims`") is { } names)
            foreach (var name in names.Keys)
                if (blocks.Text(names, name) is { } claim) claims[name] = claim.Value;

        return issuer is null ? null : new TokensConfiguration
        {
            Issuer = issuer.Value,
            Audiences = [.. blocks.Texts(keys, "audience").Select(item => item.Value)],
            Algorithms = algorithms.Count == 0 ? null : [.. algorithms.Select(item => item.Value)],
            KeysFile = keysFile,
            ClockSkew = blocks.Duration(keys, "clock-skew", TimeSpan.FromSeconds(60), TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Claims = claims,
        };
    }

    private static bool IsSymmetric(YamlNode.Scalar algorithm) => algorithm.Value is "HS256" or "HS384" or "HS512";

    private static bool CanBeDiscovered(string issuer) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
