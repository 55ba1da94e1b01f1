namespace Gatehouse.Doctor.Http.Wire;

/// <summary>A stream read by lines and by blocks, with one buffer between.</summary>
internal sealed class WireReader(Stream stream)
{
    private readonly byte[] buffer = new byte[16_384];
    private int start;
    private int end;

    /// <summary>The octets of a line without its end (CR LF or LF alone, as RFC 9112 section 2.2 lets a receiver take); null: the stream ended before any came.</summary>
    /// <param name="limit">Most octets that it may have; more is null with <paramref name="tooLong"/>.</param>
    /// <param name="tooLong">Told when the limit was passed.</param>
    /// <param name="cancel">The time is up.</param>
    public async ValueTask<byte[]?> LineAsync(int limit, Action tooLong, CancellationToken cancel)
    {
        var line = new List<byte>(128);
        while (true)
        {
            var found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            var take = found < 0 ? end - start : found;
            if (line.Count + take > limit)
            {
                tooLong();
                return null;
            }

            line.AddRange(buffer.AsSpan(start, take));
            start += take;
            if (found >= 0)
            {
                start++;
                if (line is [.., (byte)'\r']) line.RemoveAt(line.Count - 1);
                return [.. line];
            }

            if (!await FillAsync(cancel).ConfigureAwait(false)) return line.Count == 0 ? null : [.. line];
        }
    }

    /// <summary>The next octets, at most so many; empty: the stream ended.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> BlockAsync(int most, CancellationToken cancel)
    {
        if (start == end && !await FillAsync(cancel).ConfigureAwait(false)) return ReadOnlyMemory<byte>.Empty;
        var take = Math.Min(most, end - start);
        var block = buffer.AsMemory(start, take);
        start += take;
        return block;
    }

    /// <summary>Octets that came already, to look at without taking them.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancel)
    {
        if (start == end) _ = await FillAsync(cancel).ConfigureAwait(false);
        return buffer.AsMemory(start, end - start);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        start = 0;
        end = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
        return end > 0;
    }
}
