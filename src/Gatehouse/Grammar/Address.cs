using System.Net;

namespace Gatehouse.Grammar;

/// <summary>
/// Reads IP addresses from untrusted text, strictly: IPv4 only as four decimal numbers without leading zeros
/// (so that 010.0.0.1 can't become 8.0.0.1), IPv6 as RFC 4291 section 2.2 writes it.
/// IPv4-mapped IPv6 addresses come back as IPv4, and zone identifiers are dropped.
/// </summary>
public static class Address
{
    /// <summary>Longest text looked at: a full IPv6 address with an embedded IPv4 one and a zone of 16 characters.</summary>
    private const int MaximumLength = 45 + 1 + 16;

    /// <summary>Reads one address; brackets, ports and blanks are not part of it.</summary>
    /// <returns>False, with the position, where the text is not exactly one address.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress? value, out SyntaxError error)
    {
        value = null;
        if (text.Length is 0 or > MaximumLength)
        {
            error = new(0, text.Length == 0 ? 0 : MaximumLength, "an IPv4 or IPv6 address");
            return false;
        }

        // An IPv6 address has its first colon before any dot; 10.0.0.1:80 is an IPv4 address with something behind it.
        var separator = text.IndexOfAny('.', ':');
        return separator >= 0 && text[separator] == ':'
            ? TryParseV6(text, out value, out error)
            : TryParseV4(text, out value, out error);
    }

    // dec-octet "." dec-octet "." dec-octet "." dec-octet (RFC 3986 section 3.2.2)
    private static bool TryParseV4(ReadOnlySpan<char> text, out IPAddress? value, out SyntaxError error)
    {
        value = null;
        Span<byte> octets = stackalloc byte[4];
        var at = 0;
        for (var i = 0; i < 4; i++)
        {
            var start = at;
            var number = 0;
            while (at < text.Length && char.IsAsciiDigit(text[at]) && at - start < 3)
                number = number * 10 + (text[at++] - '0');
            if (at == start || number > 255 || (at - start > 1 && text[start] == '0'))
            {
                error = new(start, start, "a number from 0 to 255 without leading zeros");
                return false;
            }

            octets[i] = (byte)number;
            if (i == 3) break;
            if (at >= text.Length || text[at] != '.')
            {
                error = new(start, at, "a dot: four numbers make an address");
                return false;
            }

            at++;
        }

        if (at != text.Length)
        {
            error = new(at, at, "the end of the address");
            return false;
        }

        error = default;
        value = new IPAddress(octets);
        return true;
    }

    private static bool TryParseV6(ReadOnlySpan<char> text, out IPAddress? value, out SyntaxError error)
    {
        value = null;
        var zone = text.IndexOf('%');
        var address = zone >= 0 ? text[..zone] : text;
        for (var i = 0; i < address.Length; i++)
        {
            if (char.IsAsciiHexDigit(address[i]) || address[i] is ':' or '.') continue;
            error = new(0, i, "a hexadecimal digit, a colon or a dot");
            return false;
        }

        // An embedded IPv4 part follows the same strict rule.
        if (address.Contains('.'))
        {
            var v4 = address.LastIndexOf(':') + 1;
            if (!TryParseV4(address[v4..], out _, out var inner))
            {
                error = new(v4 + inner.Start, v4 + inner.Offset, inner.Expected);
                return false;
            }
        }

#pragma warning disable RS0030 // the text was checked above to hold nothing but RFC 4291's characters: no octal, hex or short IPv4 form is left
        var known = IPAddress.TryParse(address, out var parsed);
#pragma warning restore RS0030
        if (!known)
        {
            error = new(0, 0, "an IPv6 address (RFC 4291 section 2.2)");
            return false;
        }

        error = default;
        value = parsed!.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }
}
