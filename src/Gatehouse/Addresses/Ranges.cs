namespace Gatehouse.Addresses;

/// <summary>Ranges of addresses of both families on one line of numbers, for reasoning about sets: what they share, what is left.</summary>
/// <param name="V4">Sorted, merged.</param>
/// <param name="V6">Sorted, merged.</param>
internal sealed record Ranges(IReadOnlyList<(UInt128 First, UInt128 Last)> V4, IReadOnlyList<(UInt128 First, UInt128 Last)> V6)
{
    /// <summary>Every address.</summary>
    public static Ranges Everything { get; } = new([(0, uint.MaxValue)], [(0, UInt128.MaxValue)]);

    /// <summary>Whether no address is left.</summary>
    public bool IsEmpty => V4.Count == 0 && V6.Count == 0;

    /// <summary>The ranges of a set.</summary>
    public static Ranges Of(RangeSet set)
    {
        var v4 = new (UInt128, UInt128)[set.First4.Length];
        for (var i = 0; i < v4.Length; i++) v4[i] = (set.First4[i], set.Last4[i]);
        var v6 = new (UInt128, UInt128)[set.First6.Length];
        for (var i = 0; i < v6.Length; i++) v6[i] = (set.First6[i], set.Last6[i]);
        return new(v4, v6);
    }

    /// <summary>What both have.</summary>
    public static Ranges Intersect(Ranges a, Ranges b) => new(Intersect(a.V4, b.V4), Intersect(a.V6, b.V6));

    /// <summary>What the first has and the second has not.</summary>
    public static Ranges Subtract(Ranges a, Ranges b) => new(Subtract(a.V4, b.V4), Subtract(a.V6, b.V6));

    private static List<(UInt128 First, UInt128 Last)> Intersect(IReadOnlyList<(UInt128 First, UInt128 Last)> a, IReadOnlyList<(UInt128 First, UInt128 Last)> b)
    {
        List<(UInt128, UInt128)> shared = [];
        for (int i = 0, j = 0; i < a.Count && j < b.Count;)
        {
            var first = UInt128.Max(a[i].First, b[j].First);
            var last = UInt128.Min(a[i].Last, b[j].Last);
            if (first <= last) shared.Add((first, last));
            if (a[i].Last < b[j].Last) i++;
            else j++;
        }

        return shared;
    }

    private static int FirstEndingAtOrAfter(IReadOnlyList<(UInt128 First, UInt128 Last)> ranges, UInt128 address)
    {
        var (low, high) = (0, ranges.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ranges[middle].Last < address) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static List<(UInt128 First, UInt128 Last)> Subtract(IReadOnlyList<(UInt128 First, UInt128 Last)> a, IReadOnlyList<(UInt128 First, UInt128 Last)> b)
    {
        List<(UInt128, UInt128)> left = [];
        foreach (var (first, last) in a)
        {
            var from = first;
            var done = false;
            for (var k = FirstEndingAtOrAfter(b, from); k < b.Count && b[k].First <= last; k++)
            {
                if (b[k].First > from) left.Add((from, b[k].First - 1));
                if (b[k].Last >= last)
                {
                    done = true;
                    break;
                }

                from = b[k].Last + 1;
            }

            if (!done) left.Add((from, last));
        }

        return left;
    }
}
