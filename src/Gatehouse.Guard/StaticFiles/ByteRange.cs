namespace Gatehouse.Guard.StaticFiles;

/// <summary>What a Range field asks of a body (RFC 9110 section 14.2).</summary>
internal enum RangeAnswer
{
    /// <summary>None, not understood, or several ranges: the whole body is sent, as the RFC allows.</summary>
    Whole = 0,

    /// <summary>One range that lies in the body: 206.</summary>
    Part,

    /// <summary>One that does not: 416.</summary>
    Outside,
}

/// <summary>One range of bytes. Several at once are never served: they cost the server more than the client (CVE-2011-3192).</summary>
internal static class ByteRange
{
    /// <summary>Reads the field against a body's size.</summary>
    // ranges-specifier = "bytes=" int-range / suffix-range (RFC 9110 section 14.1.2)
    public static RangeAnswer Read(ReadOnlySpan<char> field, long size, out long first, out long last)
    {
        (first, last) = (0, size - 1);
        if (!field.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) return RangeAnswer.Whole;
        var range = field[6..].Trim();
        if (range.Contains(',')) return RangeAnswer.Whole;
        var dash = range.IndexOf('-');
        if (dash < 0) return RangeAnswer.Whole;
        var from = range[..dash];
        var to = range[(dash + 1)..];
        if (from.Length == 0)
        {
            if (!TryNumber(to, out var suffix)) return RangeAnswer.Whole;
            first = Math.Max(0, size - suffix);
            return suffix == 0 || size == 0 ? RangeAnswer.Outside : RangeAnswer.Part;
        }

        if (!TryNumber(from, out first)) return RangeAnswer.Whole;
        if (to.Length > 0)
        {
            if (!TryNumber(to, out last) || last < first) return RangeAnswer.Whole;
            last = Math.Min(last, size - 1);
        }

        return first >= size ? RangeAnswer.Outside : RangeAnswer.Part;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.Length == 0 || text.ContainsAnyExceptInRange('0', '9')) return false;

        // More digits than a long holds: beyond any file, and no reason to fail.
        if (!long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out value)) value = long.MaxValue;
        return true;
    }
}
