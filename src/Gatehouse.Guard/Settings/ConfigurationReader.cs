using Gatehouse.Grammar;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;

namespace Gatehouse.Guard.Settings;

/// <summary>gatehouse.yaml to a <see cref="GuardConfiguration"/>. Reads the file and files it takes secrets from; all faults are collected.</summary>
public sealed class ConfigurationReader
{
    /// <summary>A configuration of ten thousand rules has less than one megabyte.</summary>
    private const int MaxSizeInBytes = 8 << 20;

    /// <summary>For reading the words of rules alone: whatever they speak of is there.</summary>
    private static readonly PolicySurroundings AllThereIs = new()
    {
        OpenList = static _ => (static _ => false, null),
        CountriesKnown = true,
        Schemes = Enum.GetValues<Scheme>().ToDictionary(scheme => scheme, _ => Enum.GetValues<SchemeAbilities>().Aggregate((sum, one) => sum | one)),
    };

    private readonly BlockReader blocks;

    private ConfigurationReader(string file) => blocks = new(file);

    /// <summary>Reads a file. Null where there is an error; <paramref name="faults"/> has all errors and remarks in the order of the file.</summary>
    public static GuardConfiguration? ReadFile(string path, out IReadOnlyList<ConfigurationFault> faults)
    {
        try
        {
            if (Directory.Exists(path))
            {
                faults = [new(path, 0, 0, "this is a folder", "name the file in it: --config FILE")];
                return null;
            }

            var length = new FileInfo(path).Length;
            if (length > MaxSizeInBytes)
            {
                faults = [new(path, 0, 0, $"the file has {length} bytes; a configuration has {MaxSizeInBytes} at most", "move block lists into files (`list FILE`)")];
                return null;
            }

            return Read(File.ReadAllText(path), path, out faults);
        }
        catch (FileNotFoundException)
        {
            faults = [new(path, 0, 0, "there is no such file", "write one with `gatehouse init`, or name another with --config FILE")];
        }
        catch (DirectoryNotFoundException)
        {
            faults = [new(path, 0, 0, "there is no such folder", "name the configuration with --config FILE")];
        }
        catch (UnauthorizedAccessException)
        {
            faults = [new(path, 0, 0, "the file can't be read: permission denied", "let the account that runs Gatehouse read it")];
        }
        catch (IOException error)
        {
            faults = [new(path, 0, 0, $"the file can't be read: {error.Message}", null)];
        }

        return null;
    }

    /// <summary>Reads a text as if it stood in that file.</summary>
    public static GuardConfiguration? Read(string text, string path, out IReadOnlyList<ConfigurationFault> faults)
    {
        var reader = new ConfigurationReader(path);
        var configuration = reader.Top(YamlTree.Read(text, path, reader.blocks.Faults));
        // Where nothing else is wrong, whoever wires the sites reads the words of the rules, and knows more; else this is the only chance to tell their faults too.
        if (configuration is not null && reader.blocks.Faults.Exists(fault => fault.IsError)) reader.ReadWords(configuration);
        var ordered = reader.blocks.Faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column).ToList();
        faults = ordered;
        return ordered.Exists(fault => fault.IsError) ? null : configuration;
    }

    private void ReadWords(GuardConfiguration configuration)
    {
        foreach (var site in configuration.Sites)
        {
            AccessPolicy.Load(site.Refuse, site.Rules, AllThereIs, out var found);
            blocks.Faults.AddRange(found.Where(fault => fault.IsError).Select(fault => new ConfigurationFault(fault.File, fault.Line, fault.Column, fault.Message, fault.Advice)));
        }
    }

    private GuardConfiguration? Top(YamlNode? root)
    {
        if (root is null or YamlNode.Scalar { Value: "" })
        {
            if (blocks.Faults.Count == 0) blocks.Faults.Add(new(blocks.File, 1, 1, "the configuration is empty", "write one with `gatehouse init`"));
            return null;
        }

        var keys = blocks.Block(root, ConfigurationKeys.Top, "the configuration");
        if (keys is null) return null;
        var listening = new ListenReader(blocks);
        var listen = keys.TryGetValue("listen", out var node) ? [.. BlockReader.Items(node).Select(listening.Listen).OfType<ListenAddress>()] : (IReadOnlyList<ListenAddress>?)null;
        var sites = new SitesReader(blocks).Sites(root, keys);
        var explain = blocks.Choice(keys, "explain") switch { "minimal" => ExplainLevel.Minimal, "full" => ExplainLevel.Full, _ => ExplainLevel.Helpful };
        var configuration = new GuardConfiguration
        {
            File = blocks.File,
            Sites = sites,
            SignIn = keys.TryGetValue("sign-in", out node) ? new SignInReader(blocks).SignIn(node) : null,
            TrustedProxies = [.. blocks.Texts(keys, "trusted-proxies").Select(Proxy).OfType<System.Net.IPNetwork>()],
            ForwardingField = blocks.Choice(keys, "forwarding-field") ?? "X-Forwarded-For",
            Geo = keys.TryGetValue("geo", out node) ? blocks.ExistingFile(node, "the country database") : null,
            Explain = explain,
            State = blocks.Resolve(blocks.Text(keys, "state")?.Value ?? "gatehouse-state"),
            Metrics = blocks.Text(keys, "metrics") is { } metrics ? listening.Address(metrics, null, null, null) : null,
            OpenTelemetry = blocks.Text(keys, "opentelemetry") is { } telemetry ? blocks.HttpAddress(telemetry) : null,
            MaxBodyInBytes = keys.TryGetValue("max-body", out node) ? blocks.Size(node) : 30_000_000,
        };
        if (listen is not null) configuration = configuration with { Listen = listen };
        foreach (var address in configuration.Listen.Append(configuration.Metrics).OfType<ListenAddress>().Where(address => address.Port != 0).GroupBy(address => (address.Host, address.Port)).Where(same => same.Count() > 1).Select(same => same.Last()))
            blocks.Faults.Add(new(blocks.File, address.Line, 1, $"{address} stands here twice", "listen at each address once"));
        if (explain == ExplainLevel.Full && configuration.Listen.FirstOrDefault(address => !address.IsLoopback) is { } open)
            blocks.Fault(keys["explain"], $"`explain: full` tells callers everything, and {open} can be reached from elsewhere", "listen on localhost alone, or use `helpful`");
        if (configuration.Metrics is { IsLoopback: false } public_)
            blocks.Faults.Add(new(blocks.File, keys["metrics"].Line, keys["metrics"].Column, $"metrics at {public_} can be read by everybody who reaches it", "listen on localhost unless a firewall stands in front", IsError: false));
        return configuration;
    }

    private System.Net.IPNetwork? Proxy(YamlNode.Scalar node)
    {
        if (Network.TryParse(node.Value, out var network, out var hadHostBits, out _))
        {
            if (hadHostBits) blocks.Faults.Add(new(blocks.File, node.Line, node.Column, $"`{node.Value}` has bits behind its prefix and means all of {network}", $"write `{network}` if that is meant", IsError: false));
            return network;
        }

        blocks.Fault(node, $"`{node.Value}` is no network", "write `10.0.0.0/8` or `2001:db8::/32`");
        return null;
    }
}
