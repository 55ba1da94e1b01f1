using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Gatehouse.Grammar;

namespace Gatehouse.Addresses;

/// <summary>A line of a list that is no address.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">The line, at most 80 characters of it.</param>
/// <param name="Expected">What was expected.</param>
public sealed record ListFault(int Line, string Text, string Expected);

/// <summary>
/// A list of addresses as they are published: one address, network (CIDR or netmask) or range a line; comments behind <c>#</c>, <c>;</c> or <c>//</c>;
/// further columns behind a blank, a tab or a comma are not looked at. Known senders: FireHOL netsets, Spamhaus DROP (<c>network ; id</c>),
/// DShield (<c>first last 24 ...</c>), plain lists with ranges (<c>first - last</c>), nginx (<c>deny network;</c>).
/// Lines that are none of this are left out and told.
/// </summary>
public sealed record AddressList
{
    // Enough to see what is wrong with a file; a file of another kind has a fault on every line.
    private const int MaximumFaultsTold = 100;

    private const int MaximumLineLength = 4096;

    private const string ExpectedLine = "an address, a network such as `10.0.0.0/8` or a range such as `10.0.0.1-10.0.0.9`";

    /// <summary>All addresses of the list.</summary>
    public required RangeSet Addresses { get; init; }

    /// <summary>How many lines had an address.</summary>
    public required int Entries { get; init; }

    /// <summary>The first hundred lines that could not be read.</summary>
    public required IReadOnlyList<ListFault> Faults { get; init; }

    /// <summary>How many lines could not be read.</summary>
    public required int FaultCount { get; init; }

    /// <summary>Reads a list from memory; UTF-8 or ASCII.</summary>
    public static AddressList Parse(ReadOnlySpan<byte> text)
    {
        var ranges = new RangeSetBuilder();
        List<ListFault> faults = [];
        var (line, entries, faultCount) = (0, 0, 0);
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        while (!text.IsEmpty)
        {
            line++;
            var end = text.IndexOf((byte)'\n');
            var content = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            var entry = WithoutComment(content);
            if (entry.IsEmpty) continue;
            if (entry.Length <= MaximumLineLength && TryAdd(entry, ranges))
            {
                entries++;
                continue;
            }

            faultCount++;
            if (faults.Count < MaximumFaultsTold) faults.Add(new(line, Encoding.UTF8.GetString(entry[..Math.Min(entry.Length, 80)]), ExpectedLine));
        }

        return new() { Addresses = ranges.Build(), Entries = entries, Faults = faults, FaultCount = faultCount };
    }

    /// <summary>Reads a file; null with the reason where it can't be read.</summary>
    public static AddressList? Open(string path, out string? error)
    {
        try
        {
            error = null;
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            error = $"`{path}` can't be read: {exception switch { FileNotFoundException or DirectoryNotFoundException => "there is no such file", UnauthorizedAccessException => "permission denied", _ => exception.Message }}";
            return null;
        }
    }

    private static ReadOnlySpan<byte> WithoutComment(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        // nginx: `deny 203.0.113.0/24;`
        if (line.StartsWith("deny "u8)) line = line[5..].TrimStart((byte)' ');
        var comment = line.IndexOfAny((byte)'#', (byte)';');
        var slashes = line.IndexOf("//"u8);
        if (slashes >= 0 && (comment < 0 || slashes < comment)) comment = slashes;
        return comment < 0 ? line : line[..comment].TrimEnd(" \t"u8);
    }

    // entry = network / address *BLANK "-" *BLANK address / address BLANK address, then columns nobody looks at
    private static bool TryAdd(ReadOnlySpan<byte> entry, RangeSetBuilder ranges)
    {
        var field = Field(entry, out var rest);
        if (field.Length > 0 && TryParseV4(field, out var first))
        {
            // Most lines of most lists are one of these two.
            if (rest.IsEmpty)
            {
                ranges.Add(first, first);
                return true;
            }

            if (rest[0] == '/' && Utf8Parser.TryParse(rest[1..], out int prefix, out var digits) && prefix is >= 0 and <= 32
                && (rest.Length == digits + 1 || IsSeparator(rest[digits + 1])) && (digits == 1 || rest[1] != '0') && char.IsAsciiDigit((char)rest[1]))
            {
                var hosts = prefix == 0 ? uint.MaxValue : prefix == 32 ? 0 : uint.MaxValue >> prefix;
                ranges.Add(first & ~hosts, first | hosts);
                return true;
            }
        }

        return TryAddSlowly(entry, ranges);
    }

    private static bool TryAddSlowly(ReadOnlySpan<byte> entry, RangeSetBuilder ranges)
    {
        var text = Encoding.UTF8.GetString(entry).AsSpan();
        var length = text.IndexOfAny(" \t,");
        var one = length < 0 ? text : text[..length];
        var rest = length < 0 ? default : text[length..].TrimStart(" \t,");
        var dash = one.IndexOf('-');
        if (dash >= 0)
        {
            rest = text[dash..];
            one = one[..dash];
        }

        if (rest.StartsWith("-"))
        {
            rest = rest[1..].TrimStart(" \t");
            var end = rest.IndexOfAny(" \t,");
            return TryAddRange(one, end < 0 ? rest : rest[..end], ranges);
        }

        var second = rest.IndexOfAny(" \t,") is var until and >= 0 ? rest[..until] : rest;
        if (!second.IsEmpty && !one.Contains('/') && TryAddRange(one, second, ranges)) return true;
        if (!Grammar.Network.TryParse(one, out var network, out _, out _)) return false;
        ranges.Add(network);
        return true;
    }

    private static bool TryAddRange(ReadOnlySpan<char> from, ReadOnlySpan<char> to, RangeSetBuilder ranges)
    {
        if (!Address.TryParse(from, out var first, out _) || !Address.TryParse(to, out var last, out _) || first!.AddressFamily != last!.AddressFamily) return false;
        return ranges.TryAdd(first, last);
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> entry, out ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < entry.Length && (char.IsAsciiDigit((char)entry[length]) || entry[length] == '.')) length++;
        rest = entry[length..];
        return entry[..length];
    }

    private static bool IsSeparator(byte c) => c is (byte)' ' or (byte)'\t' or (byte)',';

    // As Grammar.Address: four numbers without leading zeros.
    private static bool TryParseV4(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        var at = 0;
        for (var i = 0; i < 4; i++)
        {
            var start = at;
            var number = 0;
            while (at < text.Length && text[at] != '.' && at - start < 3) number = number * 10 + (text[at++] - '0');
            if (at == start || number > 255 || (at - start > 1 && text[start] == '0')) return false;
            value = value << 8 | (uint)number;
            if (i == 3) return at == text.Length;
            if (at >= text.Length || text[at++] != '.') return false;
        }

        return false;
    }
}
