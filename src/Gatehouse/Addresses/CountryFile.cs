using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Addresses;

/// <summary>
/// Writes small country databases in MaxMind's format (MaxMind DB file format specification, version 2.0), for tests and
/// for networks that no published database knows: a company's own ranges, loopback in a demonstration.
/// </summary>
public static class CountryFile
{
    private const int RecordBits = 32;
    private const int SeparatorSize = 16;

    /// <summary>Writes the file. The more specific network wins, in whatever order they come.</summary>
    /// <param name="output">Where the file goes; left open.</param>
    /// <param name="networks">Network and ISO 3166-1 alpha-2 code.</param>
    /// <param name="built">The build time that the file tells.</param>
    /// <param name="onlyIPv4">Makes a file with an IPv4 tree alone, as some publishers do; IPv6 networks are then an <see cref="ArgumentException"/>.</param>
    public static void Write(Stream output, IEnumerable<(IPNetwork Network, string Country)> networks, DateTimeOffset built, bool onlyIPv4 = false)
    {
        var tree = new Tree();
        var data = new MemoryStream();
        Dictionary<string, int> offsets = new(StringComparer.Ordinal);
        Span<byte> bytes = stackalloc byte[16];
        foreach (var (network, country) in networks.OrderBy(entry => entry.Network.PrefixLength))
        {
            var isV4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            if (onlyIPv4 && !isV4) throw new ArgumentException($"{network} is not an IPv4 network", nameof(networks));
            if (!offsets.TryGetValue(country, out var offset))
            {
                offsets.Add(country, offset = (int)data.Length);
                Map(data, 1);
                Text(data, "country");
                Map(data, 1);
                Text(data, "iso_code");
                Text(data, country);
            }

            // IPv4 lies in the first 96 bits of zeros of an IPv6 tree.
            bytes.Clear();
            var skipped = isV4 ? 12 : 0;
            network.BaseAddress.TryWriteBytes(bytes[skipped..], out _);
            var start = onlyIPv4 ? 96 : 0;
            tree.Add(bytes, start, skipped * 8 + network.PrefixLength, offset);
        }

        tree.Write(output, SeparatorSize);
        output.Write(new byte[SeparatorSize]);
        data.Position = 0;
        data.CopyTo(output);

        output.Write([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Map(output, 9);
        Entry(output, "binary_format_major_version", 2, TypeUInt16);
        Entry(output, "binary_format_minor_version", 0, TypeUInt16);
        Entry(output, "build_epoch", (ulong)built.ToUnixTimeSeconds(), TypeUInt64);
        Text(output, "database_type");
        Text(output, "Gatehouse-Country");
        Text(output, "description");
        Map(output, 0);
        Entry(output, "ip_version", onlyIPv4 ? 4u : 6u, TypeUInt16);
        Text(output, "languages");
        Control(output, TypeArray, 0);
        Entry(output, "node_count", (ulong)tree.Count, TypeUInt32);
        Entry(output, "record_size", RecordBits, TypeUInt16);
    }

    private const int TypeString = 2;
    private const int TypeUInt16 = 5;
    private const int TypeUInt32 = 6;
    private const int TypeMap = 7;
    private const int TypeUInt64 = 9;
    private const int TypeArray = 11;

    // Types from 8 on stand in a byte of their own. All sizes here are below 29, which fit the control byte.
    private static void Control(Stream output, int type, int size)
    {
        if (size >= 29) throw new ArgumentException($"a value of {size} bytes", nameof(size));
        output.WriteByte((byte)((type < 8 ? type << 5 : 0) | size));
        if (type >= 8) output.WriteByte((byte)(type - 7));
    }

    private static void Map(Stream output, int entries) => Control(output, TypeMap, entries);

    private static void Text(Stream output, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Control(output, TypeString, bytes.Length);
        output.Write(bytes);
    }

    private static void Entry(Stream output, string key, ulong value, int type)
    {
        Text(output, key);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        var significant = bytes.TrimStart((byte)0);
        Control(output, type, significant.Length);
        output.Write(significant);
    }

    private sealed class Tree
    {
        // A record: another node (its number, from 1: nothing points at the root), data (negative, offset + 1), or nothing (0).
        private readonly List<int[]> _nodes = [new int[2]];

        public int Count => _nodes.Count;

        public void Add(ReadOnlySpan<byte> bits, int start, int end, int data)
        {
            if (end == start)
            {
                Fill(0, 0, data);
                Fill(0, 1, data);
                return;
            }

            var node = 0;
            for (var at = start; ; at++)
            {
                var side = bits[at / 8] >> (7 - at % 8) & 1;
                if (at == end - 1)
                {
                    Fill(node, side, data);
                    return;
                }

                var next = _nodes[node][side];
                if (next <= 0)
                {
                    // Whatever a wider network said holds on both sides below.
                    _nodes.Add([next, next]);
                    next = _nodes[node][side] = _nodes.Count - 1;
                }

                node = next;
            }
        }

        // Wider networks come first, so nothing more specific lies below.
        private void Fill(int node, int side, int data) => _nodes[node][side] = -(data + 1);

        public void Write(Stream output, int separator)
        {
            Span<byte> record = stackalloc byte[4];
            foreach (var node in _nodes)
                foreach (var value in node)
                {
                    var written = value > 0 ? value : value == 0 ? _nodes.Count : _nodes.Count + separator + -value - 1;
                    BinaryPrimitives.WriteUInt32BigEndian(record, (uint)written);
                    output.Write(record);
                }
        }
    }
}
