using System.Globalization;

namespace Gatehouse.Guard.Settings;

/// <summary>Where to listen, and with which certificate.</summary>
internal sealed class ListenReader(BlockReader blocks)
{
    /// <summary>One address, with its certificate where it is https; null after the fault was told.</summary>
    public ListenAddress? Listen(YamlNode node)
    {
        if (node is YamlNode.Scalar plain) return Address(plain, null, null, null);
        if (blocks.Block(node, ConfigurationKeys.Listen, "`listen`") is not { } keys) return null;
        if (blocks.Text(keys, "url") is not { } url)
        {
            if (!keys.ContainsKey("url")) blocks.Fault(node, "`listen` names no address", "add `url: https://localhost:8443`");
            return null;
        }

        var certificate = keys.TryGetValue("certificate", out var file) ? blocks.ExistingFile(file, "the certificate") : null;
        var key = keys.TryGetValue("key", out file) ? blocks.ExistingFile(file, "the private key") : null;
        return Address(url, certificate, key, blocks.Text(keys, "password") is { } password ? Secret(password) : null);
    }

    /// <summary>Scheme, address and port.</summary>
    public ListenAddress? Address(YamlNode.Scalar node, string? certificate, string? key, string? password)
    {
        var text = node.Value;
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = colon > 0 ? text[..colon] : "";
        var rest = colon > 0 ? text[(colon + 3)..].TrimEnd('/') : "";
        var portAt = rest.LastIndexOf(':');
        if (scheme is not ("http" or "https") || portAt <= 0
            || !int.TryParse(rest.AsSpan(portAt + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535
            || rest[..portAt].Trim('[', ']') is not { Length: > 0 } host
            || (host is not ("*" or "localhost") && !Grammar.Address.TryParse(host, out _, out _)))
        {
            blocks.Fault(node, $"`{text}` is no address to listen at", "write `http://localhost:8080`, `https://0.0.0.0:443` or `http://*:80` (a name other than localhost is no address)");
            return null;
        }

        if (scheme == "https" && certificate is null) blocks.Fault(node, "https needs a certificate", "write `listen: { url: ..., certificate: fullchain.pem, key: privkey.pem }`");
        if (scheme == "http" && certificate is not null) blocks.Fault(node, "a certificate stands beside an http address", "write https, or remove the certificate");
        return new ListenAddress { Host = host, Port = port, Certificate = certificate, Key = key, Password = password, Line = node.Line };
    }

    /// <summary><c>file:PATH</c> or <c>env:NAME</c>; anything else is taken as it stands, with a remark.</summary>
    private string? Secret(YamlNode.Scalar node)
    {
        var text = node.Value;
        if (text.StartsWith("env:", StringComparison.Ordinal))
        {
            if (Environment.GetEnvironmentVariable(text[4..]) is { } value) return value;
            blocks.Fault(node, $"the environment has no `{text[4..]}`", "set it before the start");
            return null;
        }

        if (text.StartsWith("file:", StringComparison.Ordinal))
        {
            try
            {
                return File.ReadAllText(blocks.Resolve(text[5..])).TrimEnd('\r', '\n');
            }
            catch (IOException error)
            {
                blocks.Fault(node, $"the secret `{text}` can't be read: {error.Message}", "name a file that the Guard can read");
            }
            catch (UnauthorizedAccessException)
            {
                blocks.Fault(node, $"the secret `{text}` can't be read: permission denied", "name a file that the Guard can read");
            }

            return null;
        }

        blocks.Faults.Add(new(blocks.File, node.Line, node.Column, "a secret stands in the configuration itself", "write `file:PATH` or `env:NAME`", IsError: false));
        return text;
    }
}
