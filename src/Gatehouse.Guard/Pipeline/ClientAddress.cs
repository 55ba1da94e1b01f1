using System.Net;
using System.Net.Sockets;
using Gatehouse.Grammar;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Guard.Pipeline;

/// <summary>
/// Whose request it is: the peer's, or the nearest address in the forwarding field that no trusted proxy owns. Read from
/// right to left, because everything to the left of the first stranger is what that stranger claims (RFC 7239 section 8.1).
/// </summary>
public static class ClientAddress
{
    /// <summary>Longest chain of proxies followed.</summary>
    private const int MaximumHops = 32;

    /// <summary>IPv4 where IPv6 wraps it, without a zone: the form in which addresses are compared.</summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes());
    }

    /// <summary>Follows the chain of trusted proxies.</summary>
    /// <param name="peer">Unwrapped.</param>
    /// <param name="secure">Whether the connection to us is TLS.</param>
    /// <param name="headers">Of the request.</param>
    /// <param name="surroundings">Who is trusted, and which field they write.</param>
    /// <param name="reason">What is ambiguous; null: nothing.</param>
    public static (IPAddress Address, bool Secure) Read(IPAddress peer, bool secure, IHeaderDictionary headers, RequestSurroundings surroundings, out string? reason)
    {
        reason = null;
        if (!IsTrusted(peer, surroundings)) return (peer, secure);
        var client = peer;
        var hops = 0;
        var items = Items(headers[surroundings.ForwardingField]);
        var isForwarded = string.Equals(surroundings.ForwardingField, "Forwarded", StringComparison.OrdinalIgnoreCase);
        for (var i = items.Count - 1; i >= 0 && IsTrusted(client, surroundings); i--)
        {
            // A garbled item ends the chain: the last good hop is all that is known.
            if (++hops > MaximumHops || !(isForwarded ? TryReadElement(items[i], out var next) : TryReadItem(items[i], out next))) break;
            client = next!;
        }

        // Only the nearest proxy's word counts, which is the last item.
        var schemes = Items(headers["X-Forwarded-Proto"]);
        if (schemes.Count > 0)
        {
            if (string.Equals(schemes[^1], "https", StringComparison.OrdinalIgnoreCase)) secure = true;
            else if (string.Equals(schemes[^1], "http", StringComparison.OrdinalIgnoreCase)) secure = false;
            else reason = "X-Forwarded-Proto is neither http nor https";
        }

        return (client, secure);
    }

    private static bool IsTrusted(IPAddress address, RequestSurroundings surroundings)
    {
        foreach (var network in surroundings.TrustedProxies)
            if (network.Contains(address)) return true;
        return false;
    }

    private static List<string> Items(StringValues lines)
    {
        var items = new List<string>();
        foreach (var line in lines)
        {
            foreach (var item in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
                if (item.Length > 0) items.Add(item);
        }

        return items;
    }

    // for=192.0.2.1;proto=https, for="[2001:db8::1]:443" (RFC 7239 section 4)
    private static bool TryReadElement(string item, out IPAddress? address)
    {
        address = Forwarded.TryParse(item, out var elements, out _) && elements is [{ For.Address: { } known }] ? Unwrap(known) : null;
        return address is not null;
    }

    // Proxies write an address, or one with a port: 192.0.2.1:443, [2001:db8::1]:443
    private static bool TryReadItem(ReadOnlySpan<char> item, out IPAddress? address)
    {
        if (item.StartsWith('['))
        {
            var end = item.IndexOf(']');
            if (end < 0)
            {
                address = null;
                return false;
            }

            item = item[1..end];
        }
        else if (item.Count(':') == 1)
        {
            item = item[..item.IndexOf(':')];
        }

        return Address.TryParse(item, out address, out _);
    }
}
