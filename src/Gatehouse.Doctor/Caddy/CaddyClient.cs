using System.Net;
using Gatehouse.Doctor.Logs.Formats;
using Gatehouse.Doctor.Servers;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Caddy;

/// <summary>Whom Caddy takes for the client: the peer, or what a proxy that it trusts says (global option servers, trusted_proxies).</summary>
internal static class CaddyClient
{
    private static readonly string[] PrivateRanges = ["192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8", "127.0.0.0/8", "fd00::/8", "::1/128"];

    /// <summary>The networks of a matcher or option, <c>private_ranges</c> written out.</summary>
    public static IEnumerable<string> Ranges(IEnumerable<string> arguments) => arguments.Where(argument => argument is not ("forwarded" or "static")).SelectMany(argument => argument == "private_ranges" ? PrivateRanges : [argument]);

    /// <summary>What <c>remote_ip forwarded</c> takes (until 2.7): the first address of X-Forwarded-For, whoever sent it.</summary>
    public static IPAddress? Forwarded(AskedRequest request) => request.Header("X-Forwarded-For") is { } value ? Values.Client(value.Split(',')[0].Trim()) : request.Address;

    /// <summary>The client by the global options; null: the peer.</summary>
    public static IPAddress? Of(IReadOnlyList<CaddyDirective> options, AskedRequest request)
    {
        var servers = options.Where(option => option.Name == "servers").SelectMany(option => option.Block).ToList();
        if (servers.FirstOrDefault(line => line.Name == "trusted_proxies") is not { } trusted || request.AddressIn(Ranges(trusted.Words.Skip(1))) != Truth.True) return null;
        var fields = servers.FirstOrDefault(line => line.Name == "client_ip_headers")?.Words.Skip(1) ?? ["X-Forwarded-For"];
        var strict = servers.Any(line => line.Name == "trusted_proxies_strict");
        foreach (var field in fields)
        {
            if (request.Header(field) is not { } value) continue;
            var addresses = value.Split(',').Select(part => Values.Client(part.Trim())).OfType<IPAddress>();
            if (strict) addresses = addresses.Reverse().Where(address => (request with { Address = address }).AddressIn(Ranges(trusted.Words.Skip(1))) != Truth.True);
            if (addresses.FirstOrDefault() is { } client) return client;
        }

        return null;
    }
}
