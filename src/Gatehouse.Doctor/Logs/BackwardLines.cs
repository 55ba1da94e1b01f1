using System.Text;

namespace Gatehouse.Doctor.Logs;

/// <summary>The lines of a file from its end to its start, in memory that does not grow with the file or with a line.</summary>
internal static class BackwardLines
{
    /// <summary>Read at a time.</summary>
    private const int BlockSize = 64 << 10;

    /// <summary>What is kept of a line: a line of megabytes, made to exhaust memory, is read over.</summary>
    public const int MaxLineBytes = 64 << 10;

    /// <summary>Lines with the offset of their first octet, newest first. What is written to the file meanwhile is not seen; where it was cut meanwhile, it ends.</summary>
    public static IEnumerable<(long Offset, string Text)> Of(Stream file)
    {
        var block = new byte[BlockSize];
        var tail = new byte[MaxLineBytes]; // what is known of the line that began before the block
        var tailLength = 0;
        var end = file.Length;
        var first = true;
        while (end > 0)
        {
            var from = Math.Max(0, end - BlockSize);
            var size = (int)(end - from);
            file.Position = from;
            var read = file.ReadAtLeast(block.AsSpan(0, size), size, throwOnEndOfStream: false);
            if (read < size) yield break;
            var stop = size;
            if (first && block[size - 1] == '\n') stop--;
            first = false;
            while (true)
            {
                var at = block.AsSpan(0, stop).LastIndexOf((byte)'\n');
                if (at < 0) break;
                yield return (from + at + 1, Text(block.AsSpan(at + 1, stop - at - 1), tail.AsSpan(0, tailLength)));
                tailLength = 0;
                stop = at;
            }

            // The rest belongs to the front of the line that goes on in the block before: the front is kept, the tail cut.
            var front = block.AsSpan(0, stop);
            var keep = Math.Min(tailLength, MaxLineBytes - front.Length);
            if (keep > 0) tail.AsSpan(0, keep).CopyTo(tail.AsSpan(front.Length));
            front[..Math.Min(front.Length, MaxLineBytes)].CopyTo(tail);
            tailLength = Math.Min(MaxLineBytes, front.Length + Math.Max(keep, 0));
            end = from;
        }

        if (!first) yield return (0, Text(default, tail.AsSpan(0, tailLength)));
    }

    private static string Text(ReadOnlySpan<byte> front, ReadOnlySpan<byte> tail)
    {
        if (front.Length >= MaxLineBytes || tail.Length == 0) return Encoding.UTF8.GetString(front[..Math.Min(front.Length, MaxLineBytes)]).TrimEnd('\r');
        var whole = new byte[Math.Min(MaxLineBytes, front.Length + tail.Length)];
        front.CopyTo(whole);
        tail[..(whole.Length - front.Length)].CopyTo(whole.AsSpan(front.Length));
        return Encoding.UTF8.GetString(whole).TrimEnd('\r');
    }
}
