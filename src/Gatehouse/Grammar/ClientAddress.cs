using System.Net;
using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>The client's address as trusted proxies tell it: who spoke to the outermost of them.</summary>
/// <param name="Address">Null where a trusted proxy hides it (<c>unknown</c>, a made-up name) or its list can't be read on: then no address may be granted anything.</param>
/// <param name="Proxies">How many trusted proxies the request came through.</param>
/// <param name="Fault">Where a trusted proxy's list could not be read on. Null: nothing is wrong.</param>
public readonly record struct ClientAddress(IPAddress? Address, int Proxies, SyntaxError? Fault)
{
    /// <summary>Longest X-Forwarded-For looked at, in characters, from its end.</summary>
    public const int MaximumLength = 16_384;

    /// <summary>Most proxies followed.</summary>
    public const int MaximumProxies = 64;

    /// <summary>
    /// Follows X-Forwarded-For from its end, for each proxy adds there whom it heard. Only what a trusted one wrote counts, so
    /// whatever a client put before is never looked at. Entries are strict addresses, IPv6 with or without brackets; a port behind
    /// is tolerated (Azure Application Gateway writes one), so is <c>unknown</c> (Squid), so are empty entries.
    /// </summary>
    /// <param name="peer">Who opened the connection.</param>
    /// <param name="list">The field value; several fields are joined with a comma in their order. Empty: there is none.</param>
    /// <param name="isTrusted">Whether an address is one of our proxies.</param>
    public static ClientAddress FromXForwardedFor(IPAddress peer, ReadOnlySpan<char> list, Func<IPAddress, bool> isTrusted)
    {
        var address = Unwrap(peer);
        var proxies = 0;
        var end = list.Length;
        while (isTrusted(address) && TryReadLast(list, ref end, out var start, out var entry))
        {
            if (proxies == MaximumProxies || list.Length - start > MaximumLength)
                return new(null, proxies, new(start, start, $"at most {MaximumProxies} proxies in {MaximumLength} characters"));
            if (!ForwardedNode.TryParse(entry, bareIPv6: true, out var node, out var inner))
                return new(null, proxies, new(start + inner.Start, start + inner.Offset, inner.Expected));
            proxies++;
            if (node.Address is null) return new(null, proxies, null);
            address = node.Address;
        }

        return new(address, proxies, null);
    }

    /// <summary>The same along Forwarded (RFC 7239), that was read as a whole.</summary>
    public static ClientAddress FromForwarded(IPAddress peer, IReadOnlyList<ForwardedElement> elements, Func<IPAddress, bool> isTrusted)
    {
        var address = Unwrap(peer);
        var proxies = 0;
        while (proxies < elements.Count && isTrusted(address))
        {
            proxies++;
            if (elements[^proxies].For?.Address is not { } next) return new(null, proxies, null);
            address = next;
        }

        return new(address, proxies, null);
    }

    /// <summary>IPv4 where IPv6 wraps it, without a zone: the form in which addresses are compared.</summary>
    public static IPAddress Unwrap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    // The last entry before a position that is not empty.
    private static bool TryReadLast(ReadOnlySpan<char> list, scoped ref int end, out int start, out ReadOnlySpan<char> entry)
    {
        entry = default;
        start = 0;
        while (end > 0)
        {
            var begin = list[..end].LastIndexOf(',') + 1;
            var whole = list[begin..end];
            end = begin - 1;
            entry = whole.Trim(" \t");
            if (entry.IsEmpty) continue;
            start = begin + whole.IndexOfAnyExcept(" \t");
            return true;
        }

        return false;
    }
}
