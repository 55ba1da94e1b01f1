using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>Octets of a body, and how it ended.</summary>
/// <param name="Octets">Without chunking, with its content coding.</param>
/// <param name="Cut">Whether more came, or should have come.</param>
/// <param name="Fault">What was wrong with it, one sentence; null: nothing.</param>
internal readonly record struct RawBody(byte[] Octets, bool Cut, string? Fault);

/// <summary>Reads a body by its framing (RFC 9112 section 6), up to a limit of size and of time.</summary>
internal static class AnswerBody
{
    /// <summary>Reads it; what goes wrong cuts it and is said.</summary>
    public static async Task<RawBody> ReadAsync(WireReader reader, string method, ReceivedAnswer head, CancellationToken cancel)
    {
        using var kept = new MemoryStream();
        if (method is "HEAD" || head.Status is 204 or 304 or (>= 100 and < 200)) return new RawBody([], false, null);
        try
        {
            string? fault;
            if (head.Values("Transfer-Encoding").Any(value => value.Contains("chunked", StringComparison.OrdinalIgnoreCase))) fault = await ChunksAsync(reader, kept, cancel).ConfigureAwait(false);
            else if (head.Value("Content-Length") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) fault = await CountedAsync(reader, kept, length, cancel).ConfigureAwait(false);
            else fault = await ToTheEndAsync(reader, kept, cancel).ConfigureAwait(false);
            return new RawBody(kept.ToArray(), fault is not null, fault);
        }
        catch (OperationCanceledException)
        {
            return new RawBody(kept.ToArray(), true, "the body did not end in time");
        }
        catch (IOException)
        {
            return new RawBody(kept.ToArray(), true, "the connection broke in the middle of the body");
        }
    }

    private const string TooLarge = "the body is larger than what is read of it";

    private static async Task<string?> ToTheEndAsync(WireReader reader, MemoryStream kept, CancellationToken cancel)
    {
        while (true)
        {
            var block = await reader.BlockAsync(int.MaxValue, cancel).ConfigureAwait(false);
            if (block.IsEmpty) return null;
            if (!Keep(kept, block)) return TooLarge;
        }
    }

    private static async Task<string?> CountedAsync(WireReader reader, MemoryStream kept, long length, CancellationToken cancel)
    {
        while (length > 0)
        {
            var block = await reader.BlockAsync((int)Math.Min(length, int.MaxValue), cancel).ConfigureAwait(false);
            if (block.IsEmpty) return $"the body is shorter than its Content-Length says: {length} bytes are missing";
            length -= block.Length;
            if (!Keep(kept, block)) return TooLarge;
        }

        return null;
    }

    private static async Task<string?> ChunksAsync(WireReader reader, MemoryStream kept, CancellationToken cancel)
    {
        while (true)
        {
            var tooLong = false;
            var line = await reader.LineAsync(WireLimits.ChunkLineInBytes, () => tooLong = true, cancel).ConfigureAwait(false);
            if (tooLong || line is null || !TrySize(line, out var size)) return "the body's chunks are malformed";
            if (size == 0) return null;
            if (await CountedAsync(reader, kept, size, cancel).ConfigureAwait(false) is { } fault) return ReferenceEquals(fault, TooLarge) ? fault : "the last chunk of the body is shorter than it says";
            var end = await reader.LineAsync(WireLimits.ChunkLineInBytes, () => tooLong = true, cancel).ConfigureAwait(false);
            if (end is not { Length: 0 }) return "the body's chunks are malformed";
        }
    }

    // chunk-size = 1*HEXDIG, then extensions after a semicolon (RFC 9112 section 7.1).
    private static bool TrySize(ReadOnlySpan<byte> line, out long size)
    {
        var end = line.IndexOf((byte)';');
        var digits = (end < 0 ? line : line[..end]).Trim((byte)' ');
        size = 0;
        return digits.Length is > 0 and <= 15 && long.TryParse(Encoding.Latin1.GetString(digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size);
    }

    private static bool Keep(MemoryStream kept, ReadOnlyMemory<byte> block)
    {
        var room = WireLimits.BodyInBytes - (int)kept.Length;
        kept.Write(block.Span[..Math.Min(room, block.Length)]);
        return block.Length <= room;
    }
}
