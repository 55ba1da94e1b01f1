using System.Net;
using System.Net.Sockets;
using Gatehouse.Grammar;

namespace Gatehouse.Apache;

/// <summary>What a text came to as a network.</summary>
public enum SubnetText
{
    /// <summary>It does not look like an address at all: a host's name, perhaps.</summary>
    NotAnAddress = 0,

    /// <summary>It looks like one and is wrong.</summary>
    Wrong,

    /// <summary>A network.</summary>
    Right,
}

/// <summary>
/// A network as <c>Require ip</c>, <c>Allow from</c>, <c>RemoteIPInternalProxy</c>, <c>-R</c> and <c>-ipmatch</c> take it (apr_ipsubnet_create):
/// <c>10</c>, <c>10.1.</c>, <c>10.0.0.0/8</c>, <c>10.0.0.0/255.0.0.0</c>, <c>2001:db8::/32</c>. IPv4 addresses in IPv6 form are refused.
/// </summary>
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
    public static SubnetText Parse(string text, out Subnet? value)
    {
        value = null;
        var slash = text.IndexOf('/');
        var (address, bits) = slash < 0 ? (text, null) : (text[..slash], text[(slash + 1)..]);
        var isSix = address.Contains(':');
        if (address.Length == 0 || !(isSix || address.All(c => char.IsAsciiDigit(c) || c == '.'))) return SubnetText.NotAnAddress;
        byte[] mask;
        if (!address.Contains('%') && Address.TryParse(address, out var parsed, out _) && parsed is { IsIPv4MappedToIPv6: false } && isSix == (parsed.AddressFamily == AddressFamily.InterNetworkV6))
        {
            var octets = parsed.GetAddressBytes();
            if (!TryMask(bits, octets.Length, out mask)) return SubnetText.Wrong;
            value = new(octets, mask);
        }
        else if (!isSix && bits is null && TryPartial(address, out var network, out mask))
        {
            value = new(network, mask);
        }

        return value is null ? SubnetText.Wrong : SubnetText.Right;
    }

    /// <summary>Whether an address belongs to it; IPv4-mapped addresses count as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        var octets = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        if (octets.Length != network.Length) return false;
        for (var i = 0; i < octets.Length; i++)
            if ((octets[i] & mask[i]) != network[i]) return false;
        return true;
    }

    // Up to four numbers with a dot behind each but the last, which may have one: those that are missing stand for all.
    private static bool TryPartial(string text, out byte[] network, out byte[] mask)
    {
        (network, mask) = (new byte[4], new byte[4]);
        var parts = (text.EndsWith('.') ? text[..^1] : text).Split('.');
        if (parts.Length > 4) return false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!byte.TryParse(parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out network[i])) return false;
            mask[i] = 255;
        }

        return true;
    }

    private static bool TryMask(string? text, int octets, out byte[] mask)
    {
        mask = new byte[octets];
        var count = octets * 8;
        if (text is not null && !(text.Length > 0 && text.All(char.IsAsciiDigit) && int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out count) && count >= 1 && count <= octets * 8))
        {
            if (octets != 4 || !Address.TryParse(text, out var dotted, out _) || dotted is not { AddressFamily: AddressFamily.InterNetwork }) return false;
            mask = dotted.GetAddressBytes();
            return true;
        }

        for (var i = 0; i < count; i++) mask[i / 8] |= (byte)(0x80 >> (i % 8));
        return true;
    }
}
