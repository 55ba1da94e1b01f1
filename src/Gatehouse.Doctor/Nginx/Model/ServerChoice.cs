using System.Net;

namespace Gatehouse.Doctor.Nginx.Model;

/// <summary>Which server answers, and why.</summary>
/// <param name="Server">The server; null: it can't be told, or none listens there.</param>
/// <param name="Listen">The address that the connection came to.</param>
/// <param name="By">The name that matched; null: none did, and the default answers.</param>
/// <param name="Captures">Of a pattern.</param>
/// <param name="Problem">Why there is no server.</param>
/// <param name="Assumed">Whether none listens on the port, and one was taken for its name.</param>
internal sealed record ServerChoice(VirtualServer? Server, Listening? Listen, ServerName? By, string?[] Captures, string? Problem, bool Assumed = false)
{
    /// <summary>Several servers share the address: whether any of them but the chosen one has names.</summary>
    public bool OthersNamed { get; init; }

    /// <summary>The default server of the address, whose settings hold until the host is known.</summary>
    public VirtualServer? DefaultServer { get; init; }

    /// <summary>The choice (ngx_http_find_virtual_server): by address and port, then by exact name, longest leading wildcard, longest trailing one, pattern in order.</summary>
    /// <param name="model">The configuration.</param>
    /// <param name="address">The address that was connected to; null: not known.</param>
    /// <param name="port">The port that was connected to.</param>
    /// <param name="https">Whether the client speaks TLS.</param>
    /// <param name="host">Normalised name, or null: none came.</param>
    public static ServerChoice Of(HttpModel model, IPAddress? address, int port, bool https, string? host)
    {
        var here = model.Servers.SelectMany(server => server.Listens.Select(listen => (server, listen)))
            .Where(pair => pair.listen.Port > 0 && port >= pair.listen.Port && port <= pair.listen.LastPort).ToList();
        var assumed = false;
        if (here.Count == 0)
        {
            // A published port of a container, or a balancer before it: the name and the scheme still tell the server.
            here = [.. model.Servers.SelectMany(server => server.Listens.Select(listen => (server, listen))).Where(pair => pair.listen.Ssl == https)];
            if (here.Count == 0 || here.Select(pair => pair.listen.Port).Distinct().Count() > 1) return new(null, null, null, [], $"no server listens on port {port}");
            assumed = true;
        }

        var groups = here.GroupBy(pair => (pair.listen.Address, pair.listen.Name, pair.listen.V6)).ToList();
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        var group = address is null || assumed ? null : groups.FirstOrDefault(one => address.Equals(one.Key.Address))
            ?? groups.FirstOrDefault(one => one.Key is { Address: null, Name: null } key && key.V6 == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6))
            ?? groups.FirstOrDefault(one => one.Key is { Address: null, Name: null, V6: false });
        var candidates = group is not null ? [group] : groups.Count == 1 || address is null || assumed ? groups : groups.Where(one => one.Key.Name is not null).ToList();
        if (candidates.Count == 0) return new(null, null, null, [], $"no server listens on {address}, port {port}");
        var choices = candidates.Select(one => Within(one.ToList(), host) with { Assumed = assumed }).ToList();
        if (choices.Exists(choice => choice.Server is null)) return choices.First(choice => choice.Server is null);
        if (choices.Select(choice => choice.Server).Distinct().Count() == 1) return choices[0];
        // Not known to which address the name leads: the one that has the name is meant.
        var named = choices.Where(choice => choice.By is not null).ToList();
        if (named.Select(choice => choice.Server).Distinct().Count() == 1) return named[0];
        return new(null, null, null, [], "it is not known to which of the server's addresses the host name leads");
    }

    private static ServerChoice Within(List<(VirtualServer Server, Listening Listen)> group, string? host)
    {
        var fallback = group.FirstOrDefault(pair => pair.Listen.Default);
        if (fallback.Server is null) fallback = group[0];
        var listen = fallback.Listen with { Ssl = group.Exists(pair => pair.Listen.Ssl), ProxyProtocol = group.Exists(pair => pair.Listen.ProxyProtocol) };
        var named = group.Exists(pair => pair.Server != fallback.Server && pair.Server.Names.Any(name => name.Text.Length > 1 && fallback.Server.Names.All(own => own.Text != name.Text)));
        var choice = new ServerChoice(fallback.Server, listen, null, [], null) { OthersNamed = named, DefaultServer = fallback.Server };
        if (host is null)
        {
            var unnamed = group.FirstOrDefault(pair => pair.Server.Names.Any(name => name.Text.Length == 0));
            return unnamed.Server is null ? choice : choice with { Server = unnamed.Server, By = unnamed.Server.Names.First(name => name.Text.Length == 0) };
        }

        (VirtualServer Server, ServerName Name)? best = null;
        var bestRank = (Kind: 0, Length: -1);
        foreach (var (server, _) in group)
        {
            foreach (var name in server.Names)
            {
                var rank = Rank(name.Text, host);
                if (rank.Kind == 0 || rank.CompareTo(bestRank) <= 0) continue;
                best = (server, name);
                bestRank = rank;
            }
        }

        if (best is { } hit) return choice with { Server = hit.Server, By = hit.Name };
        foreach (var (server, _) in group)
        {
            foreach (var name in server.Names.Where(name => name.IsPattern))
            {
                if (name.Pattern is null) return choice with { Server = null, Problem = $"the server name `{name.Text}` can't be evaluated: {name.Problem}" };
                switch (name.Pattern.Matches(host, out var captures))
                {
                    case null:
                        return choice with { Server = null, Problem = $"the server name `{name.Text}` takes too long to match" };
                    case true:
                        return choice with { Server = server, By = name, Captures = captures };
                }
            }
        }

        return choice;
    }

    /// <summary>3 exact, 2 leading wildcard, 1 trailing one; then by length.</summary>
    private static (int Kind, int Length) Rank(string name, string host)
    {
        if (name.StartsWith('~') || name.Length == 0) return default;
        if (name.StartsWith('.'))
        {
            if (host.Equals(name[1..], StringComparison.Ordinal)) return (3, name.Length);
            return host.Length > name.Length && host.EndsWith(name, StringComparison.Ordinal) ? (2, name.Length) : default;
        }

        if (name.StartsWith("*.", StringComparison.Ordinal)) return host.Length > name.Length - 1 && host.EndsWith(name[1..], StringComparison.Ordinal) ? (2, name.Length) : default;
        if (name.EndsWith(".*", StringComparison.Ordinal)) return host.Length > name.Length - 1 && host.StartsWith(name[..^1], StringComparison.Ordinal) ? (1, name.Length) : default;
        return host.Equals(name, StringComparison.Ordinal) ? (3, name.Length) : default;
    }
}
