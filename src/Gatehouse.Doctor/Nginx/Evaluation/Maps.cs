using System.Net;
using System.Net.Sockets;
using Gatehouse.Doctor.Nginx.Patterns;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>Variables that blocks of the http level define: map, geo, geoip2 (split_clients can't be told).</summary>
internal static class Maps
{
    /// <summary>The value, and in the ground's list the line that gave it.</summary>
    public static Text Of(Flow flow, string name, ConfNode definition) => definition.Name switch
    {
        "map" => Map(flow, name, definition),
        "geo" => Geo(flow, name, definition),
        "geoip2" => GeoIp2(flow, name, definition),
        _ => Text.Not($"the share of {definition.Name} into which the client falls"),
    };

    private static Text Map(Flow flow, string name, ConfNode map)
    {
        var source = Script.Run(flow, map[0]);
        if (!source.IsKnown) return source;
        var entries = ConfTree.Flat(map.Block!).ToList();
        var hostnames = entries.Exists(entry => entry.Name == "hostnames" && entry.Count == 0);
        var subject = source.Plain;
        if (hostnames && subject.EndsWith('.')) subject = subject[..^1];
        var hit = Find(flow, entries, subject, hostnames, out var unknown);
        if (unknown is not null) return Text.Not(unknown);
        hit ??= entries.Find(entry => entry.Name == "default" && entry.Count == 1);
        if (map.Block!.Exists(entry => entry.NotIncluded is not null) && (hit is null || hit.Name == "default")) return Text.Not("a file that the map includes was not read");
        if (hit is null) return new("");
        flow.Ground.MappedBy[name] = hit;
        return Script.Run(flow, hit[0]);
    }

    private static ConfNode? Find(Flow flow, List<ConfNode> entries, string subject, bool hostnames, out string? unknown)
    {
        unknown = null;
        (int Kind, int Length) best = default;
        ConfNode? hit = null;
        foreach (var entry in entries)
        {
            if (entry.Count != 1 || entry.Name is "default" or "include" || entry.Name.StartsWith('~')) continue;
            var key = entry.Name.StartsWith('\\') ? entry.Name[1..] : entry.Name;
            var rank = subject.Equals(key, StringComparison.OrdinalIgnoreCase) ? (4, 0) : hostnames ? Wildcard(key, subject) : default;
            if (rank.Item1 == 0 || rank.CompareTo(best) <= 0) continue;
            best = rank;
            hit = entry;
        }

        if (hit is not null || subject.Length == 0) return hit;
        foreach (var entry in entries)
        {
            if (entry.Count != 1 || !entry.Name.StartsWith('~')) continue;
            var ignoreCase = entry.Name.StartsWith("~*", StringComparison.Ordinal);
            if (Pcre.Of(entry.Name[(ignoreCase ? 2 : 1)..], ignoreCase, out var problem) is not { } pattern)
            {
                unknown = $"the pattern `{entry.Name}` of a map can't be evaluated: {problem}";
                return null;
            }

            switch (Variables.Exec(flow, pattern, subject))
            {
                case null:
                    unknown = $"the pattern `{entry.Name}` of a map takes too long to match";
                    return null;
                case true:
                    return entry;
            }
        }

        return null;
    }

    private static (int Kind, int Length) Wildcard(string key, string host)
    {
        if (key.StartsWith('.') && (host.Equals(key[1..], StringComparison.OrdinalIgnoreCase) || host.EndsWith(key, StringComparison.OrdinalIgnoreCase))) return (host.Length == key.Length - 1 ? 4 : 3, key.Length);
        if (key.StartsWith("*.", StringComparison.Ordinal) && host.Length >= key.Length && host.EndsWith(key[1..], StringComparison.OrdinalIgnoreCase)) return (3, key.Length);
        if (key.EndsWith(".*", StringComparison.Ordinal) && host.Length >= key.Length && host.StartsWith(key[..^1], StringComparison.OrdinalIgnoreCase)) return (2, key.Length);
        return default;
    }

    private static Text Geo(Flow flow, string name, ConfNode geo)
    {
        var client = flow.Ground.Client;
        if (geo.Count > 1)
        {
            var source = Script.Run(flow, geo[0]);
            if (!source.IsKnown) return source;
            // A text that is no address is looked up as 255.255.255.255, which is no client's.
            client = Address.TryParse(source.Plain, out var given, out _) ? given! : IPAddress.Broadcast;
        }

        if (client is null) return Variables.NoClient;
        client = Variables.Plain(client);
        var entries = ConfTree.Flat(geo.Block!).ToList();
        var proxies = entries.Where(entry => entry is { Name: "proxy", Count: 1 }).Select(entry => entry[0]).ToList();
        if (proxies.Count > 0)
        {
            // ngx_http_get_forwarded_addr: what the last proxy says counts, and who stands before it where proxy_recursive is on.
            var fields = flow.Ground.Headers.Where(pair => pair.Key.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).ToList();
            client = Variables.Plain(RealIp.Forwarded(client, fields, address => proxies.Exists(text => Networks.TryParse(text, out var network) && Networks.Contains(network, address)), entries.Exists(entry => entry is { Name: "proxy_recursive", Count: 0 })));
        }

        if (geo.Block!.Exists(entry => entry.NotIncluded is not null)) return Text.Not("a file that geo includes was not read");
        var ranges = entries.Exists(entry => entry.Name == "ranges" && entry.Count == 0);
        ConfNode? hit = null;
        var length = -1;
        foreach (var entry in entries)
        {
            if (entry.Name is "default" && entry.Count == 1 && length < 0)
            {
                hit = entry;
                continue;
            }

            if (entry.Count != 1 || entry.Name is "default" or "include" or "proxy" or "proxy_recursive") continue;
            if (ranges)
            {
                if (InRange(entry.Name, client)) (hit, length) = (entry, 0);
                continue;
            }

            if (entry.Name == "delete" && Networks.TryParse(entry[0], out var gone) && hit is not null && length == gone.PrefixLength && hit.Name == entry[0])
            {
                return Text.Not("geo with `delete` of the client's network is not evaluated");
            }

            if (!Networks.TryParse(entry.Name, out var network) || network.PrefixLength < length || !Networks.Contains(network, client)) continue;
            (hit, length) = (entry, network.PrefixLength);
        }

        if (hit is null) return new("");
        flow.Ground.MappedBy[name] = hit;
        return new(hit[0]);
    }

    private static bool InRange(string text, IPAddress client)
    {
        if (client.AddressFamily != AddressFamily.InterNetwork) return false;
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        if (hyphen < 0 || !Address.TryParse(text.AsSpan(0, hyphen), out var low, out _) || !Address.TryParse(text.AsSpan(hyphen + 1), out var high, out _)) return false;
        return Number(low!) <= Number(client) && Number(client) <= Number(high!);
    }

    private static uint Number(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
    }

    private static Text GeoIp2(Flow flow, string name, ConfNode database)
    {
        var line = ConfTree.Flat(database.Block!).First(entry => entry.Name.Equals("$" + name, StringComparison.OrdinalIgnoreCase));
        string? otherwise = null;
        var client = flow.Ground.Client;
        var path = new List<string>();
        foreach (var word in line.Arguments)
        {
            if (word.StartsWith("default=", StringComparison.Ordinal)) otherwise = word[8..];
            else if (word.StartsWith("source=", StringComparison.Ordinal))
            {
                var source = Script.Run(flow, word[7..]);
                if (!source.IsKnown) return source;
                if (!Address.TryParse(source.Plain, out var given, out _)) return otherwise is null ? Text.None : new(otherwise);
                client = given!;
            }
            else path.Add(word);
        }

        flow.Ground.MappedBy[name] = line;
        if (client is null) return Variables.NoClient;
        if (path is not (["country" or "registered_country", "iso_code"])) return Text.Not($"of a GeoIP2 database only the country's code is read here, not {string.Join(' ', path)}");
        if (path[0] == "registered_country") return Text.Not("the country of registration");
        var country = flow.Ground.Files.Country(Paths.FromConfig(flow.Ground, database[0]), Variables.Plain(client), out var problem);
        return problem is not null ? Text.Not(problem) : country is not null ? new(country) : otherwise is null ? Text.None : new(otherwise);
    }
}

/// <summary>Networks as nginx writes them: an address, or one with a prefix length or a mask.</summary>
internal static class Networks
{
    /// <summary>Reads one; host bits are cut, as ngx_ptocidr does with a warning.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        return Network.TryParse(text, out network, out _, out _);
    }

    /// <summary>Whether it holds an address of the same family.</summary>
    public static bool Contains(IPNetwork network, IPAddress address) => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
