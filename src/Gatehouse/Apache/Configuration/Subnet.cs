using System.Net;
using System.Net.Sockets;
using Gatehouse.Grammar;

namespace Gatehouse.Apache.Configuration;

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

/// <summary>A network in the forms that apr_ipsubnet_create takes: an address, a partial address (<c>10.1</c>), address and mask, address and prefix length.</summary>
/// <param name="Address">Its octets.</param>
/// <param name="Mask">As many.</param>
public sealed record Subnet(byte[] Address, byte[] Mask)
{
    /// <summary>Reads one.</summary>
    public static SubnetText Parse(string text, out Subnet? value)
    {
        value = null;
        var slash = text.IndexOf('/');
        var address = slash < 0 ? text : text[..slash];
        if (address.Length == 0 || !(address.Contains(':') || address.All(c => char.IsAsciiDigit(c) || c == '.'))) return SubnetText.NotAnAddress;
        if (slash < 0 && !address.Contains(':') && Partial(address) is { } partial)
        {
            value = partial;
            return SubnetText.Right;
        }

        if (!Gatehouse.Grammar.Address.TryParse(address, out var parsed, out _) || parsed is null) return SubnetText.Wrong;
        var octets = parsed.GetAddressBytes();
        var mask = new byte[octets.Length];
        if (slash < 0)
        {
            Array.Fill(mask, (byte)255);
        }
        else
        {
            var length = text[(slash + 1)..];
            if (length.Length > 0 && length.All(char.IsAsciiDigit) && int.TryParse(length, out var bits) && bits <= octets.Length * 8 && bits > 0)
            {
                for (var i = 0; i < bits; i++) mask[i / 8] |= (byte)(0x80 >> (i % 8));
            }
            else if (octets.Length == 4 && Gatehouse.Grammar.Address.TryParse(length, out var given, out _) && given is { AddressFamily: AddressFamily.InterNetwork })
            {
                mask = given.GetAddressBytes();
            }
            else
            {
                return SubnetText.Wrong;
            }
        }

        for (var i = 0; i < octets.Length; i++) octets[i] &= mask[i];
        value = new(octets, mask);
        return SubnetText.Right;
    }

    /// <summary>Whether an address lies inside; an IPv4 address in IPv6 form counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        var octets = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        if (octets.Length != Address.Length) return false;
        for (var i = 0; i < octets.Length; i++)
            if ((octets[i] & Mask[i]) != Address[i]) return false;
        return true;
    }

    /// <summary>One to three octets with a dot behind or not: <c>10</c>, <c>10.</c>, <c>10.1</c>.</summary>
    private static Subnet? Partial(string text)
    {
        var parts = text.TrimEnd('.').Split('.');
        if (parts.Length > 3 || !text.Contains('.') && parts.Length > 1) return null;
        if (text.EndsWith("..", StringComparison.Ordinal)) return null;
        var (address, mask) = (new byte[4], new byte[4]);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 3 || !parts[i].All(char.IsAsciiDigit) || !byte.TryParse(parts[i], out address[i])) return null;
            mask[i] = 255;
        }

        return new(address, mask);
    }
}
