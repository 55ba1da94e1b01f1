using System.Buffers;
using Gatehouse.Grammar;

namespace Gatehouse.Guard.Pipeline;

/// <summary>One spelling for each host: lower case, without port and without the final dot.</summary>
public static class CanonicalHost
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>A name has at most 253 octets (RFC 1035 section 2.3.4).</summary>
    private const int MaximumLength = 253;

    /// <summary>Reads the Host field (RFC 9110 section 7.2).</summary>
    /// <param name="field">The field's value.</param>
    /// <param name="host">A name, an IPv4 address, or an IPv6 address in brackets; null where refused.</param>
    /// <param name="problem">What is wrong; null where it was read.</param>
    public static bool TryRead(string? field, out string? host, out string? problem)
    {
        host = null;
        problem = null;
        if (string.IsNullOrEmpty(field)) return Refused("the request names no host", out problem);
        var text = field.AsSpan();
        var end = text[0] == '[' ? text.IndexOf(']') + 1 : text.IndexOf(':');
        if (text[0] == '[' && end == 0) return Refused("the host has an opening bracket and no closing one", out problem);
        if (end < 0) end = text.Length;
        if (end < text.Length && !IsPort(text[end..])) return Refused("the host's port is not a number from 1 to 65535", out problem);
        text = text[..end];
        if (text.Length > 0 && text[0] == '[')
        {
            if (!Address.TryParse(text[1..^1], out var address, out _) || text.Contains('%') || !text.Contains(':'))
                return Refused("the host in brackets is not an IPv6 address", out problem);
            host = address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
            return true;
        }

        if (text.Length > 1 && text[^1] == '.') text = text[..^1];
        if (text.Length is 0 or > MaximumLength) return Refused("the host is empty or longer than 253 characters", out problem);
        if (text.ContainsAnyExcept(NameCharacters)) return Refused("the host holds a character that no host name has", out problem);
        if (text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal)) return Refused("the host has an empty label", out problem);
        host = text.Length == field.Length && !text.ContainsAnyInRange('A', 'Z') ? field : text.ToString().ToLowerInvariant();
        return true;
    }

    // [ ":" port ], port = *DIGIT (RFC 3986 section 3.2.3); an empty one is the default
    private static bool IsPort(ReadOnlySpan<char> text)
    {
        if (text[0] != ':') return false;
        var digits = text[1..];
        if (digits.Length == 0) return true;
        return digits.Length <= 5 && !digits.ContainsAnyExceptInRange('0', '9') && int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) is > 0 and <= 65535;
    }

    private static bool Refused(string reason, out string? problem)
    {
        problem = reason;
        return false;
    }
}
