using System.Net;
using Gatehouse.Apache.Configuration;

namespace Gatehouse.Apache.Evaluation;

/// <summary>mod_remoteip: takes the client's address from a header that trusted proxies set.</summary>
internal static class RemoteAddress
{
    /// <summary>Addresses that no client on the internet has: not believed from a proxy that is trusted only, and not internal.</summary>
    private static readonly Subnet[] Private = [Net("10.0.0.0/8"), Net("172.16.0.0/12"), Net("192.168.0.0/16"), Net("169.254.0.0/16"), Net("127.0.0.0/8")];

    /// <summary>Replaces the client's address where the header says so.</summary>
    public static void Apply(HttpdHost host, HttpdServer server, ApacheRequest request, List<TraceLine> trace)
    {
        if (!server.Has("remoteip_module") || host.Settings.GetValueOrDefault("remoteipheader") is not { } setting) return;
        var field = setting.Arguments[0];
        if (request.Header(field) is not { } value) return;
        var trusted = new List<(Subnet Net, bool Internal)>();
        foreach (var directive in host.OwnFirst(directive => directive.Is("RemoteIPInternalProxy") || directive.Is("RemoteIPTrustedProxy")))
            foreach (var word in directive.Arguments)
                if (Subnet.Parse(word, out var net) == SubnetText.Right) trusted.Add((net!, directive.Is("RemoteIPInternalProxy")));
        var addresses = value.Split(',');
        for (var i = addresses.Length - 1; i >= 0; i--)
        {
            var isInternal = false;
            if (trusted.Count > 0)
            {
                var entry = trusted.FirstOrDefault(entry => entry.Net.Contains(request.Client));
                if (entry.Net is null) break;
                isInternal = entry.Internal;
            }

            if (!Grammar.Address.TryParse(addresses[i].Trim().Trim('[', ']'), out var next, out _) || next is null) break;
            if (!isInternal && (Private.Any(net => net.Contains(next)) || (next.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && (next.GetAddressBytes()[0] & 0xE0) != 0x20))) break;
            request.Client = next;
            trace.Add(new(setting, $"the client is {next}, by the header {field}"));
        }
    }

    private static Subnet Net(string text)
    {
        _ = Subnet.Parse(text, out var net);
        return net!;
    }
}
