using System.Net;
using System.Net.Sockets;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>From a host and port to a connected socket.</summary>
internal static class Dialling
{
    /// <summary>Connects to the first address that answers; throws <see cref="WireFault"/>.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port, WireSettings settings, CancellationToken cancel)
    {
        var asked = host;
        if (settings.Resolve.FirstOrDefault(name => (name.Host.Length == 0 || name.Host.Equals(host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)) && (name.Port == 0 || name.Port == port)) is { } elsewhere)
        {
            host = elsewhere.ToHost.Length > 0 ? elsewhere.ToHost : host;
            port = elsewhere.ToPort > 0 ? elsewhere.ToPort : port;
        }

        var addresses = await AddressesAsync(host, port, cancel).ConfigureAwait(false);
        if (settings.PublicOnly && addresses.FirstOrDefault(address => !PublicAddresses.Contains(address)) is { } inner)
            throw new WireFault(ExchangeFault.ConnectionRefused, $"{host} is at {inner}, which is no public address: a redirect of a public site is not followed there (ask for that address itself)");
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancel).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                last = refused;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        var where = addresses.Count == 1 && addresses[0].ToString() == host.Trim('[', ']') ? $"{asked} port {port}" : $"{asked} ({string.Join(", ", addresses)}) port {port}";
        throw last?.SocketErrorCode switch
        {
            SocketError.TimedOut => new WireFault(ExchangeFault.TimedOut, $"no connection to {where}: nothing answers there, not even with a refusal", last),
            SocketError.NetworkUnreachable or SocketError.HostUnreachable => new WireFault(ExchangeFault.ConnectionRefused, $"{where} can't be reached from here: there is no route to it", last),
            _ => new WireFault(ExchangeFault.ConnectionRefused, $"{where} refuses the connection: nothing listens there, or a firewall rejects it", last),
        };
    }

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, int port, CancellationToken cancel)
    {
        if (Address.TryParse(host.Trim('[', ']'), out var address, out _)) return [address!];
        try
        {
            var found = await Dns.GetHostAddressesAsync(host.TrimEnd('.'), cancel).ConfigureAwait(false);
            if (found.Length > 0) return [.. found.Distinct().Take(WireLimits.AddressCount)];
        }
        catch (SocketException unknown)
        {
            throw new WireFault(ExchangeFault.UnknownHost, $"the name {host} does not resolve ({Reason(unknown)}): look at its spelling, or say where it is with --resolve {host}:{port}:ADDRESS", unknown);
        }

        throw new WireFault(ExchangeFault.UnknownHost, $"the name {host} has no address: look at its spelling, or say where it is with --resolve {host}:{port}:ADDRESS");
    }

    private static string Reason(SocketException unknown) => unknown.SocketErrorCode switch
    {
        SocketError.HostNotFound => "no such name",
        SocketError.NoData => "the name exists and has no address",
        SocketError.TryAgain => "the name server does not answer",
        _ => unknown.SocketErrorCode.ToString(),
    };
}
