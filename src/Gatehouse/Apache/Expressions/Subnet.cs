using System.Net;
using System.Net.Sockets;
using Gatehouse.Grammar;

namespace Gatehouse.Apache.Expressions;

/// <summary>A network as <c>Require ip</c>, <c>Allow from</c>, <c>-R</c> and <c>-ipmatch</c> take it (apr_ipsubnet_create): <c>10</c>, <c>10.1.</c>, <c>10.0.0.0/8</c>, <c>10.0.0.0/255.0.0.0</c>, <c>2001:db8::/32</c>.</summary>
public sealed class Subnet
{
    private readonly byte[] network;
    private readonly byte[] mask;

    private Subnet(byte[] network, byte[] mask)
    {
        this.network = network;
        this.mask = mask;
        for (var i = 0; i < network.Length; i++) network[i] &= mask[i];
    }

    /// <summary>Reads a network.</summary>
    /// <returns>False where httpd refuses it or takes it for a host's name.</returns>
    public static bool TryParse(string text, out Subnet? value)
    {
        value = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (address, bits) = slash < 0 ? (text, null) : (text[..slash], text[(slash + 1)..]);
        if (address.Length == 0 || !address.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':')) return false;
        if (address.Contains(':', StringComparison.Ordinal))
        {
            if (address.Contains('%', StringComparison.Ordinal) || !Address.TryParse(address, out var six, out _)) return false;
            var octets = six!.MapToIPv6().GetAddressBytes();
            if (!TryMask(bits, 128, out var prefix)) return false;
            if (six.AddressFamily != AddressFamily.InterNetwork)
            {
                value = new(octets, prefix);
                return true;
            }

            // ::ffff:10.0.0.0/104 means IPv4 addresses.
            if (bits is not null && prefix.Take(12).Any(octet => octet != 255)) return false;
            value = new(octets[12..], prefix[12..]);
            return true;
        }

        return TryParseV4(address, bits, out value);
    }

    private static bool TryParseV4(string address, string? bits, out Subnet? value)
    {
        value = null;
        var parts = address.Split('.');
        if (parts.Length > 1 && parts[^1].Length == 0 && bits is null) parts = parts[..^1];
        var network = new byte[4];
        if (parts.Length is 0 or > 4) return false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 3 || !parts[i].All(char.IsAsciiDigit) || int.Parse(parts[i], System.Globalization.CultureInfo.InvariantCulture) is var number && number > 255) return false;
            network[i] = (byte)int.Parse(parts[i], System.Globalization.CultureInfo.InvariantCulture);
        }

        byte[] mask;
        if (bits is null)
        {
            // Fewer than four numbers stand for all that begins with them.
            mask = new byte[4];
            mask.AsSpan(0, parts.Length).Fill(255);
        }
        else if (parts.Length < 4)
        {
            return false;
        }
        else if (bits.Contains('.', StringComparison.Ordinal))
        {
            if (!Address.TryParse(bits, out var dotted, out _) || dotted!.AddressFamily != AddressFamily.InterNetwork) return false;
            mask = dotted.GetAddressBytes();
        }
        else if (!TryMask(bits, 32, out mask))
        {
            return false;
        }

        value = new(network, mask);
        return true;
    }

    private static bool TryMask(string? bits, int most, out byte[] mask)
    {
        mask = new byte[most / 8];
        var count = most;
        if (bits is not null && (bits.Length is 0 or > 3 || !bits.All(char.IsAsciiDigit) || (count = int.Parse(bits, System.Globalization.CultureInfo.InvariantCulture)) > most || count < 1)) return false;
        for (var i = 0; i < count; i++) mask[i / 8] |= (byte)(0x80 >> (i % 8));
        return true;
    }

    /// <summary>Whether an address belongs to it; IPv4-mapped addresses count as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var octets = address.GetAddressBytes();
        if (octets.Length != network.Length) return false;
        for (var i = 0; i < octets.Length; i++)
            if ((octets[i] & mask[i]) != network[i]) return false;
        return true;
    }
}
