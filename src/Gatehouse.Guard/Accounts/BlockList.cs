using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Guard.Accounts;

/// <summary>One entry of the block list.</summary>
/// <param name="Network">Whom it blocks.</param>
/// <param name="Until">Until when; null: until it is removed.</param>
/// <param name="Why">In an administrator's words; may be empty.</param>
/// <param name="Created">Since when.</param>
public sealed record Block(IPNetwork Network, DateTimeOffset? Until, string Why, DateTimeOffset Created);

/// <summary>Networks that an administrator blocked while the Guard runs: one look-up a prefix length, and never a look at the file within a request but when something changed.</summary>
internal sealed class BlockList(StateDatabase state)
{
    private readonly Lock _reading = new();
    private volatile Table _table = new(-1, [], []);

    /// <summary>Whether the address is blocked now.</summary>
    /// <exception cref="StateUnavailableException">The list can't be read: nobody can be let in.</exception>
    public bool Contains(IPAddress address) => Find(address) is not null;

    /// <summary>Whether nobody is blocked, whatever their address.</summary>
    /// <exception cref="StateUnavailableException">The list can't be read.</exception>
    public bool IsEmpty()
    {
        var now = state.Time.GetUtcNow();
        foreach (var block in Read(state.Revisions.Blocks).Blocks.Values)
            if (block.Until is null || block.Until > now) return false;
        return true;
    }

    /// <summary>The entry that blocks the address now, the longest prefix first; null: none.</summary>
    /// <exception cref="StateUnavailableException">The list can't be read.</exception>
    public Block? Find(IPAddress address)
    {
        var revision = state.Revisions.Blocks;
        var table = _table;
        if (table.Revision != revision) table = Read(revision);
        if (table.Blocks.Count == 0) return null;
        var (bits, width) = Bits(address);
        DateTimeOffset? now = null;
        foreach (var length in table.Lengths)
        {
            if (length.Width != width || !table.Blocks.TryGetValue((Cut(bits, width, length.Prefix), width, length.Prefix), out var block)) continue;
            if (block.Until is { } until && until <= (now ??= state.Time.GetUtcNow())) continue;
            return block;
        }

        return null;
    }

    /// <summary>Adds or replaces an entry.</summary>
    /// <exception cref="StateUnavailableException">It can't be written.</exception>
    public void Add(IPNetwork network, TimeSpan? length, string why)
    {
        var now = state.Time.GetUtcNow();
        Execute("INSERT INTO blocks(network, until, why, created) VALUES ($network, $until, $why, $now) ON CONFLICT(network) DO UPDATE SET until = excluded.until, why = excluded.why",
            network, ("$until", length is { } some ? (now + some).ToUnixTimeMilliseconds() : null), ("$why", why), ("$now", now.ToUnixTimeMilliseconds()));
    }

    /// <summary>Takes an entry away.</summary>
    /// <returns>False: there was none of exactly this network.</returns>
    /// <exception cref="StateUnavailableException">It can't be written.</exception>
    public bool Remove(IPNetwork network) => Execute("DELETE FROM blocks WHERE network = $network", network) > 0;

    /// <summary>All entries that are in force.</summary>
    /// <exception cref="StateUnavailableException">The list can't be read.</exception>
    public IReadOnlyList<Block> List()
    {
        var now = state.Time.GetUtcNow();
        return [.. Read(state.Revisions.Blocks).Blocks.Values.Where(block => block.Until is null || block.Until > now).OrderBy(block => block.Created)];
    }

    private static (UInt128 Bits, int Width) Bits(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var written);
        return (BinaryPrimitives.ReadUInt128BigEndian(octets) >> (128 - written * 8), written * 8);
    }

    private static UInt128 Cut(UInt128 bits, int width, int prefix) => prefix == 0 ? 0 : bits >> (width - prefix);

    private Table Read(long revision)
    {
        lock (_reading)
        {
            if (_table.Revision == revision) return _table;
            try
            {
                using var connection = state.Connect();
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT network, until, why, created FROM blocks";
                using var reader = command.ExecuteReader();
                var blocks = new Dictionary<(UInt128, int, int), Block>();
                while (reader.Read())
                {
                    // Written by us alone; an entry that can't be read must not silently block nobody.
                    if (!Grammar.Network.TryParse(reader.GetString(0), out var network, out _, out var fault))
                        throw new StateUnavailableException($"the block list in `{state.Path}` holds `{reader.GetString(0)}`, which is no network ({fault}): remove it with `gatehouse block remove`");
                    var (bits, width) = Bits(network.BaseAddress);
                    blocks[(Cut(bits, width, network.PrefixLength), width, network.PrefixLength)] = new Block(
                        network,
                        reader.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                        reader.GetString(2),
                        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)));
                }

                var lengths = blocks.Values
                    .Select(block => (Width: block.Network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128, Prefix: block.Network.PrefixLength))
                    .Distinct().OrderByDescending(length => length.Prefix).ToArray();
                return _table = new Table(revision, blocks, lengths);
            }
            catch (SqliteException broken)
            {
                throw state.Unavailable(broken);
            }
        }
    }

    private int Execute(string text, IPNetwork network, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            using var connection = state.Connect();
            using var command = connection.CreateCommand();
            command.CommandText = text;
            command.Parameters.AddWithValue("$network", network.ToString());
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            var changed = command.ExecuteNonQuery();
            state.Revisions.Ask();
            return changed;
        }
        catch (SqliteException broken)
        {
            throw state.Unavailable(broken);
        }
    }

    private sealed record Table(long Revision, Dictionary<(UInt128 Bits, int Width, int Prefix), Block> Blocks, (int Width, int Prefix)[] Lengths);
}
