namespace Gatehouse.Doctor.Http.Wire;

/// <summary>How much of an answer is taken. Each limit names what it keeps out.</summary>
internal static class WireLimits
{
    /// <summary>Status line and fields together: a header of a megabyte.</summary>
    public const int HeadInBytes = 65_536;

    /// <summary>Field lines: a head of ten thousand one-letter fields.</summary>
    public const int FieldCount = 512;

    /// <summary>Interim answers (1xx) before the final one: a flood of 100 and 103.</summary>
    public const int InterimCount = 16;

    /// <summary>The body on the wire: an endless one.</summary>
    public const int BodyInBytes = 1_048_576;

    /// <summary>The body without its content coding: a compressed bomb.</summary>
    public const int DecodedInBytes = 1_048_576;

    /// <summary>How many times larger a decoded body may be than what came, once it is over <see cref="RatioFreeInBytes"/>: a compressed bomb.</summary>
    public const int Ratio = 100;

    /// <summary>Up to here any ratio is taken: error pages are small and repeat themselves.</summary>
    public const int RatioFreeInBytes = 131_072;

    /// <summary>Content codings on top of one another: gzip in gzip in gzip.</summary>
    public const int CodingCount = 4;

    /// <summary>The line that begins a chunk, extensions included (RFC 9112 section 7.1.1): an endless extension.</summary>
    public const int ChunkLineInBytes = 4096;

    /// <summary>Window of Zstandard as a power of two (RFC 8878 section 3.1.1.1.2 suggests 8 MB): a frame that asks for gigabytes.</summary>
    public const int ZstdWindowLog = 23;

    /// <summary>Addresses of a name that are tried.</summary>
    public const int AddressCount = 6;

    /// <summary>Which part of the time of an exchange the body may take after the head: a body that trickles, or an event stream.</summary>
    public const double BodyShareOfTimeout = 0.25;
}
