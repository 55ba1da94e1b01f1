using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Addresses;

/// <summary>Collects ranges in any order, overlapping or not, and makes a <see cref="RangeSet"/> of them.</summary>
public sealed class RangeSetBuilder
{
    // The first address in the upper and the last in the lower half: one sort of plain numbers puts the ranges in order.
    private readonly List<ulong> _ranges4 = [];
    private readonly List<(UInt128 First, UInt128 Last)> _ranges6 = [];

    /// <summary>How many ranges were added.</summary>
    public int Count => _ranges4.Count + _ranges6.Count;

    /// <summary>Adds a network.</summary>
    public void Add(IPNetwork network)
    {
        var (first, last) = RangeSet.Bounds(network);
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork) Add((uint)first, (uint)last);
        else Add(first, last);
    }

    /// <summary>Adds all of a set.</summary>
    public void Add(RangeSet set)
    {
        for (var i = 0; i < set.First4.Length; i++) Add(set.First4[i], set.Last4[i]);
        for (var i = 0; i < set.First6.Length; i++) Add(set.First6[i], set.Last6[i]);
    }

    /// <summary>Adds all addresses from the first to the last, both of one family; false where the last is below the first.</summary>
    public bool TryAdd(IPAddress first, IPAddress last)
    {
        var (from, to) = (RangeSet.Bounds(new(first, first.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)).First, RangeSet.Bounds(new(last, last.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)).First);
        if (first.AddressFamily != last.AddressFamily || to < from) return false;
        if (first.AddressFamily == AddressFamily.InterNetwork) Add((uint)from, (uint)to);
        else Add(from, to);
        return true;
    }

    internal void Add(uint first, uint last) => _ranges4.Add((ulong)first << 32 | last);

    internal void Add(UInt128 first, UInt128 last)
    {
        // ::ffff:0:0/96 is IPv4 in other clothes, and look-ups unwrap it.
        if (first >> 32 == 0xFFFF && last >> 32 == 0xFFFF) Add((uint)first, (uint)last);
        else _ranges6.Add((first, last));
    }

    /// <summary>Sorts and merges; ranges that touch become one.</summary>
    public RangeSet Build()
    {
        _ranges4.Sort();
        var first4 = new List<uint>(_ranges4.Count);
        var last4 = new List<uint>(_ranges4.Count);
        foreach (var range in _ranges4)
        {
            var (first, last) = ((uint)(range >> 32), (uint)range);
            if (last4.Count > 0 && (last4[^1] == uint.MaxValue || first <= last4[^1] + 1))
                last4[^1] = Math.Max(last4[^1], last);
            else
            {
                first4.Add(first);
                last4.Add(last);
            }
        }

        _ranges6.Sort(static (a, b) => a.First.CompareTo(b.First));
        var first6 = new List<UInt128>(_ranges6.Count);
        var last6 = new List<UInt128>(_ranges6.Count);
        foreach (var (first, last) in _ranges6)
        {
            if (last6.Count > 0 && (last6[^1] == UInt128.MaxValue || first <= last6[^1] + 1))
                last6[^1] = UInt128.Max(last6[^1], last);
            else
            {
                first6.Add(first);
                last6.Add(last);
            }
        }

        return new RangeSet([.. first4], [.. last4], [.. first6], [.. last6]);
    }
}
