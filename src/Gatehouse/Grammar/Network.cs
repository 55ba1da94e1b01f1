using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Grammar;

/// <summary>
/// Reads a network as block lists and servers write it: one address, address/prefix (RFC 4632 section 3.1) or,
/// for IPv4, address/netmask as Apache httpd's <c>Require ip</c> takes it.
/// </summary>
public static class Network
{
    /// <summary>Reads one network.</summary>
    /// <param name="text">The network; blanks are not part of it.</param>
    /// <param name="value">The network with its host bits cleared.</param>
    /// <param name="hadHostBits">
    /// True where bits were set behind the prefix (10.0.0.1/8): legal, and usually a slip that makes a list wider than
    /// was meant, so whoever loads a list warns.
    /// </param>
    /// <param name="error">The position of the fault where the result is false.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out IPNetwork value, out bool hadHostBits, out SyntaxError error)
    {
        value = default;
        hadHostBits = false;
        var slash = text.IndexOf('/');
        var addressText = slash < 0 ? text : text[..slash];
        if (!Address.TryParse(addressText, out var address, out error)) return false;

        var width = address!.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        // ::ffff:203.0.113.0/120 speaks of the 32 bits behind the first 96.
        var unwrapped = width == 32 && addressText.Contains(':') ? 96 : 0;
        var prefix = width;
        if (slash >= 0 && !TryParsePrefix(text[(slash + 1)..], slash + 1, width, unwrapped, out prefix, out error))
            return false;

        Span<byte> bytes = stackalloc byte[width / 8];
        address.TryWriteBytes(bytes, out _);
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(prefix - i * 8, 0, 8);
            var network = (byte)(bytes[i] & (0xFF << (8 - kept)));
            hadHostBits |= network != bytes[i];
            bytes[i] = network;
        }

        value = new IPNetwork(new IPAddress(bytes), prefix);
        error = default;
        return true;
    }

    private static bool TryParsePrefix(
        ReadOnlySpan<char> text, int start, int width, int unwrapped, out int prefix, out SyntaxError error)
    {
        prefix = 0;
        if (width == 32 && unwrapped == 0 && text.Contains('.')) return TryParseNetmask(text, start, out prefix, out error);

        var at = 0;
        while (at < text.Length && at < 3 && char.IsAsciiDigit(text[at]))
            prefix = prefix * 10 + (text[at++] - '0');
        var leadingZero = text.Length > 1 && text[0] == '0';
        prefix -= unwrapped;
        if (at > 0 && at == text.Length && !leadingZero && prefix >= 0 && prefix <= width)
        {
            error = default;
            return true;
        }

        error = new(start, start + (at == text.Length ? 0 : at), $"a prefix length from {unwrapped} to {unwrapped + width}");
        return false;
    }

    private static bool TryParseNetmask(ReadOnlySpan<char> text, int start, out int prefix, out SyntaxError error)
    {
        prefix = 0;
        if (!Address.TryParse(text, out var mask, out var inner))
        {
            error = new(start + inner.Start, start + inner.Offset, inner.Expected);
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        mask!.TryWriteBytes(bytes, out _);
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        prefix = System.Numerics.BitOperations.LeadingZeroCount(~bits);
        if (prefix == 32 || bits << prefix == 0)
        {
            error = default;
            return true;
        }

        error = new(start, start, "a netmask of ones followed by zeros");
        return false;
    }
}
