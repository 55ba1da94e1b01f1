using System.Globalization;
using System.Net;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>Who a proxy says that it got a request from (RFC 7239 section 6).</summary>
/// <param name="Address">Mapped addresses unwrapped, zone dropped; null where the proxy hides it.</param>
/// <param name="Name">As sent, without port and brackets: an address, <c>unknown</c>, or a made-up name that begins with an underscore.</param>
/// <param name="Port">As sent: a number, or a made-up name that begins with an underscore; null where there is none.</param>
public readonly record struct ForwardedNode(IPAddress? Address, string Name, string? Port)
{
    /// <summary>Longest node read: an address with zone, brackets and port, or a made-up name.</summary>
    public const int MaximumLength = 128;

    // node = nodename [ ":" node-port ]; nodename = IPv4address / "[" IPv6address "]" / "unknown" / obfnode
    internal static bool TryParse(ReadOnlySpan<char> text, bool bareIPv6, out ForwardedNode value, out SyntaxError error)
    {
        value = default;
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        // X-Forwarded-For knows no brackets: two colons are an IPv6 address.
        if (bareIPv6 && text.Count(':') > 1 && text[0] != '[')
        {
            if (!TryParseAddress(text, 0, out var bare, out error)) return false;
            value = new(bare, text.ToString(), null);
            return true;
        }

        var bracketed = text.Length > 0 && text[0] == '[';
        var end = bracketed ? text.IndexOf(']') : text.IndexOf(':');
        if (bracketed && end < 0) return Fail(0, text.Length, "a closing bracket", out error);
        var name = bracketed ? text[1..end] : end < 0 ? text : text[..end];
        var behind = bracketed ? end + 1 : end < 0 ? text.Length : end;
        if (behind < text.Length && text[behind] != ':') return Fail(0, behind, "a colon and a port, or the end", out error);
        var port = behind < text.Length ? text[(behind + 1)..].ToString() : null;
        if (port is not null && !IsPort(port)) return Fail(behind + 1, behind + 1, "a port from 0 to 65535, or a made-up one behind an underscore", out error);

        IPAddress? address = null;
        if (bracketed || !(IsMadeUp(name) || name.Equals("unknown", StringComparison.OrdinalIgnoreCase)))
        {
            if (bracketed && !name.Contains(':')) return Fail(1, 1, "an IPv6 address between the brackets", out error);
            if (!TryParseAddress(name, bracketed ? 1 : 0, out address, out error)) return false;
        }

        value = new(address, name.ToString(), port);
        error = default;
        return true;
    }

    private static bool TryParseAddress(ReadOnlySpan<char> text, int start, out IPAddress? address, out SyntaxError error)
    {
        if (Grammar.Address.TryParse(text, out address, out var inner))
        {
            error = default;
            return true;
        }

        return Fail(start + inner.Start, start + inner.Offset, inner.Expected, out error);
    }

    private static bool IsPort(string text) => IsMadeUp(text)
        || (text.Length <= 5 && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    // "_" 1*( ALPHA / DIGIT / "." / "_" / "-" )
    private static bool IsMadeUp(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '_') return false;
        foreach (var c in text[1..])
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return false;
        return true;
    }
}
