using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Addresses;

/// <summary>
/// A set of addresses, IPv4 and IPv6, made of ranges that are sorted and merged once. Immutable; a look-up neither
/// allocates nor locks. An IPv4-mapped IPv6 address counts as the IPv4 address in it.
/// </summary>
public sealed class RangeSet
{
    // From this many IPv4 ranges on, 256 KB for an index by the upper 16 bits pay off.
    private const int IndexedFrom = 2048;

    private readonly uint[] _first4;
    private readonly uint[] _last4;
    private readonly UInt128[] _first6;
    private readonly UInt128[] _last6;
    private readonly int[]? _index;

    /// <summary>The set without any address.</summary>
    public static RangeSet Empty { get; } = new([], [], [], []);

    internal RangeSet(uint[] first4, uint[] last4, UInt128[] first6, UInt128[] last6)
    {
        (_first4, _last4, _first6, _last6) = (first4, last4, first6, last6);
        if (first4.Length >= IndexedFrom) _index = IndexByUpperHalf(first4);
    }

    /// <summary>How many ranges there are after merging.</summary>
    public int Count => _first4.Length + _first6.Length;

    /// <summary>Whether there is no address in it.</summary>
    public bool IsEmpty => Count == 0;

    internal ReadOnlySpan<uint> First4 => _first4;

    internal ReadOnlySpan<uint> Last4 => _last4;

    internal ReadOnlySpan<UInt128> First6 => _first6;

    internal ReadOnlySpan<UInt128> Last6 => _last6;

    /// <summary>The set of all addresses of these networks.</summary>
    public static RangeSet Of(params IEnumerable<IPNetwork> networks)
    {
        var builder = new RangeSetBuilder();
        foreach (var network in networks) builder.Add(network);
        return builder.Build();
    }

    /// <summary>Whether the address is in the set.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        if (written == 4) return Contains(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return value >> 32 == 0xFFFF ? Contains((uint)value) : Contains(value);
    }

    private bool Contains(uint address)
    {
        var low = 0;
        var high = _first4.Length;
        if (_index is not null)
        {
            low = _index[address >> 16];
            high = _index[(address >> 16) + 1];
        }

        // The last range that starts at or before the address; it may start before the part that the index gave.
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_first4[middle] <= address) low = middle + 1;
            else high = middle;
        }

        return low > 0 && address <= _last4[low - 1];
    }

    private bool Contains(UInt128 address)
    {
        var low = 0;
        var high = _first6.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_first6[middle] <= address) low = middle + 1;
            else high = middle;
        }

        return low > 0 && address <= _last6[low - 1];
    }

    // index[h] is the number of ranges that start below h.0.0 (upper 16 bits).
    private static int[] IndexByUpperHalf(uint[] first)
    {
        var index = new int[65537];
        var at = 0;
        for (var half = 0; half <= 65536; half++)
        {
            while (at < first.Length && first[at] >> 16 < (uint)half) at++;
            index[half] = at;
        }

        return index;
    }

    internal static (UInt128 First, UInt128 Last) Bounds(IPNetwork network)
    {
        Span<byte> bytes = stackalloc byte[16];
        network.BaseAddress.TryWriteBytes(bytes, out _);
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
        {
            var first4 = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            var hosts4 = network.PrefixLength == 0 ? uint.MaxValue : uint.MaxValue >> network.PrefixLength;
            if (network.PrefixLength == 32) hosts4 = 0;
            return (first4, first4 | hosts4);
        }

        var first6 = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        var hosts6 = network.PrefixLength >= 128 ? UInt128.Zero : UInt128.MaxValue >> network.PrefixLength;
        return (first6, first6 | hosts6);
    }
}
