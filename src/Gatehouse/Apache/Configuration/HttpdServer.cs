using System.Net;
using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Configuration;

/// <summary>A server with its virtual hosts, ready to be asked about requests.</summary>
public sealed class HttpdServer
{
    /// <summary>The configuration it was made from.</summary>
    public required ServerConfiguration Configuration { get; init; }

    /// <summary>What stands outside of virtual hosts.</summary>
    public required HttpdHost Main { get; init; }

    /// <summary>Virtual hosts in order.</summary>
    public required IReadOnlyList<HttpdHost> Hosts { get; init; }

    /// <summary>Providers made by AuthzProviderAlias (and, with <c>authn:</c> before the name, AuthnProviderAlias).</summary>
    public required IReadOnlyDictionary<string, ProviderAlias> Aliases { get; init; }

    /// <summary>Faults of reading and of the directives; with one that httpd would name the server does not start.</summary>
    public required IReadOnlyList<ConfigFault> Faults { get; init; }

    /// <summary>Addresses and ports of Listen.</summary>
    public IReadOnlyList<HostAddress> Listens { get; init; } = [];

    /// <summary>Whether a module is loaded.</summary>
    public bool Has(string module) => Configuration.Modules.Contains(module);

    /// <summary>
    /// The host that answers: by address and port first (an exact address before <c>*</c>, an exact port before any), among those by name, else the first
    /// of them, else the main server.
    /// </summary>
    public HttpdHost Choose(IPAddress? address, int port, string? name, out bool byDefault)
    {
        byDefault = false;
        var candidates = Best(address, port);
        if (candidates.Count == 0) return Main;
        if (name is not null)
        {
            foreach (var host in candidates)
                if (host.Name == name || host.Aliases.Any(alias => FileNamePattern.Matches(alias, name, FileNameOptions.IgnoreCase))) return host;
        }

        byDefault = candidates.Count > 1 || candidates[0].Name is not null;
        return candidates[0];
    }

    /// <summary>Virtual hosts that this address and port leads to.</summary>
    public List<HttpdHost> Best(IPAddress? address, int port)
    {
        var found = new List<HttpdHost>();
        var best = 0;
        foreach (var host in Hosts)
        {
            var score = host.Addresses.Max(entry => Score(entry, address, port));
            if (score == 0 || score < best) continue;
            if (score > best) found.Clear();
            best = score;
            found.Add(host);
        }

        return found;
    }

    private static int Score(HostAddress entry, IPAddress? address, int port)
    {
        if (entry.Port != 0 && entry.Port != port) return 0;
        var exact = entry.Host != "*";
        if (exact && !Same(entry.Host, address)) return 0;
        return 1 + (exact ? 2 : 0) + (entry.Port != 0 ? 1 : 0);
    }

    private static bool Same(string host, IPAddress? address)
    {
        if (address is null) return true;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Gatehouse.Grammar.Address.TryParse(host, out var parsed, out _) && parsed is not null ? parsed.Equals(address)
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.IsLoopback(address) : true;
    }
}
