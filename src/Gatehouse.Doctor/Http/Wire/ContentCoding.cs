using System.IO.Compression;
using ZstdSharp;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>Takes the content coding off a body (RFC 9110 section 8.4.1), bounded in size and ratio.</summary>
internal static class ContentCoding
{
    /// <summary>The body without its codings, from the last to the first; what can't be undone is left as it is, and said.</summary>
    /// <param name="codings">Values of Content-Encoding, in order.</param>
    /// <param name="raw">As it came.</param>
    public static RawBody Undo(IEnumerable<string> codings, RawBody raw)
    {
        var names = codings.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Where(name => !name.Equals("identity", StringComparison.OrdinalIgnoreCase)).ToList();
        if (names.Count > WireLimits.CodingCount) return raw with { Fault = $"the body has {names.Count} content codings on top of one another" };
        for (var at = names.Count - 1; at >= 0 && raw.Octets.Length > 0; at--)
        {
            if (!TryUndo(names[at], raw, out var bare)) return raw with { Fault = raw.Fault ?? $"the body's content coding `{names[at]}` can't be undone" };
            raw = bare;
        }

        return raw;
    }

    private static bool TryUndo(string coding, RawBody raw, out RawBody bare)
    {
        bare = raw;
        using var source = new MemoryStream(raw.Octets, writable: false);
        using var decoder = Decoder(coding, raw.Octets, source);
        return decoder is not null && TryRead(decoder, raw, out bare);
    }

    private static Stream? Decoder(string coding, ReadOnlySpan<byte> octets, MemoryStream source)
    {
        switch (coding.ToLowerInvariant())
        {
            case "gzip" or "x-gzip":
                return new GZipStream(source, CompressionMode.Decompress);
            case "br":
                return new BrotliStream(source, CompressionMode.Decompress);
            case "deflate":
                // RFC 9110 means the zlib form; some servers send raw deflate, which has no such header.
                return octets.Length >= 2 && (octets[0] & 0x0F) == 8 && ((octets[0] << 8) | octets[1]) % 31 == 0 ? new ZLibStream(source, CompressionMode.Decompress) : new DeflateStream(source, CompressionMode.Decompress);
            case "zstd":
                var zstd = new DecompressionStream(source);
                zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, WireLimits.ZstdWindowLog);
                return zstd;
            default:
                return null;
        }
    }

    private static bool TryRead(Stream decoder, RawBody raw, out RawBody bare)
    {
        using var kept = new MemoryStream();
        var block = new byte[16_384];
        var most = Math.Min(WireLimits.DecodedInBytes, Math.Max(WireLimits.RatioFreeInBytes, raw.Octets.Length * (long)WireLimits.Ratio));
        string? fault = null;
        try
        {
            int read;
            while (fault is null && (read = decoder.Read(block)) > 0)
            {
                var room = (int)(most - kept.Length);
                kept.Write(block, 0, Math.Min(room, read));
                if (read > room) fault = "the body, uncompressed, is larger than what is read of it";
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or ZstdException or EndOfStreamException or IOException or InvalidOperationException)
        {
            // A cut body ends in the middle of a block: what came out before is good.
            if (kept.Length == 0) { bare = raw; return false; }
            fault = "the body's compression is damaged";
        }

        bare = new RawBody(kept.ToArray(), raw.Cut || fault is not null, raw.Fault ?? fault);
        return true;
    }
}
