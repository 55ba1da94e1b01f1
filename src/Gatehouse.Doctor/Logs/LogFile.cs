using System.IO.Compression;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Logs.Formats;

namespace Gatehouse.Doctor.Logs;

/// <summary>A log file opened: plain and read from its end, or compressed (or W3C, or journald's export) and read from its start with the last lines kept.</summary>
internal static class LogFile
{
    /// <summary>Octets looked at of a plain file, from the end: a file that was made sparse and endless does not hold us up for hours.</summary>
    public const long MaxBytes = 16L << 30;

    /// <summary>Octets unpacked of a compressed file: an archive that unpacks without end is left there.</summary>
    private const long MaxUnpacked = 1L << 30;

    /// <summary>Characters kept of a file that is read from its start.</summary>
    private const int MaxKeptCharacters = 32 << 20;

    /// <summary>What a kept line costs beside its characters, counted as such: a packed file of hundreds of millions of lines without text is a few kilobytes.</summary>
    private const int CostOfLine = 32;

    /// <summary>Lines that are taken to belong to the one above them (exceptions, requirements).</summary>
    private const int MaxContinuation = 64;

    /// <summary>Entries of a file, newest first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">One sentence where it can't be read; null where it can.</param>
    public static IEnumerable<LogEntry> NewestFirst(string path, out string? fault)
    {
        fault = Unreadable(path);
        if (fault is not null) return [];
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        }
        catch (UnauthorizedAccessException)
        {
            fault = $"we may not read the log {path}";
            return [];
        }
        catch (IOException broken)
        {
            fault = $"the log {path} can't be opened: {broken.Message}";
            return [];
        }

        return Entries(path, file);
    }

    /// <summary>Entries of pasted lines, newest first, that is: last first.</summary>
    public static IEnumerable<LogEntry> NewestFirst(IReadOnlyList<string> lines)
    {
        var w3c = lines.Any(W3cFormat.Begins) ? new W3cFormat() : null;
        var all = lines.Select((line, number) => (Line: (long)number + 1, Text: line)).ToList();
        if (w3c is not null) return Table(w3c, "", all);
        return Joined("", all.AsEnumerable().Reverse().Select(line => (line.Line, 0L, line.Text)));
    }

    private static string? Unreadable(string path)
    {
        if (!Kernel.IsHere) return File.Exists(path) ? null : $"there is no log {path}";
        var walk = PathWalk.Look(path, new Accounts("", ""));
        return walk.End switch
        {
            WalkEnd.NotAllowed => $"we may not reach the log {path}",
            WalkEnd.Reached => walk.Target!.Kind switch
            {
                FileKind.File => null,
                FileKind.Directory => $"{path} is a directory: name the log files in it",
                _ => $"{path} is no regular file: logs are read from files",
            },
            _ => $"there is no log {path}",
        };
    }

    private static IEnumerable<LogEntry> Entries(string path, FileStream file)
    {
        using (file)
        {
            var magic = new byte[16];
            var begin = magic.AsSpan(0, file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)).ToArray();
            file.Position = 0;
            var packed = Unpacked(file, begin);
            if (packed is null && !W3cFormat.Begins(Encoding.Latin1.GetString(begin)) && !begin.AsSpan().StartsWith("__CURSOR="u8))
            {
                foreach (var entry in Joined(path, Plain(file))) yield return entry;
                yield break;
            }

            using var stream = packed ?? file;
            var kept = new Queue<(long Line, string Text)>();
            var journal = begin.AsSpan().StartsWith("__CURSOR="u8);
            using var reader = new StreamReader(new Limited(stream, MaxUnpacked), Encoding.UTF8, true, 64 << 10);
            KeepLast(reader, kept, ref journal, out var w3c);
            foreach (var entry in w3c is not null ? Table(w3c, path, kept) : Joined(path, kept.Reverse().Select(line => (line.Line, 0L, line.Text)))) yield return entry;
        }
    }

    /// <summary>The heads of a W3C log hold for the lines below them, so it is read from its start.</summary>
    private static List<LogEntry> Table(W3cFormat w3c, string path, IEnumerable<(long Line, string Text)> lines)
    {
        var entries = new List<LogEntry>();
        foreach (var (number, text) in lines)
            if (w3c.Read(text) is { } record) entries.Add(new LogEntry(path, number, 0, text, "") { Taken = record with { File = path, Line = number } });
        entries.Reverse();
        return entries;
    }

    private static void KeepLast(StreamReader reader, Queue<(long Line, string Text)> kept, ref bool journal, out W3cFormat? w3c)
    {
        long number = 0, characters = 0;
        w3c = null;
        var entry = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var front = new FrontLines(reader);
            while (front.Next() is { } line)
            {
                number++;
                if (number == 1 && W3cFormat.Begins(line)) w3c = new W3cFormat();
                if (number == 1 && line.StartsWith("__CURSOR=", StringComparison.Ordinal)) journal = true;
                if (journal)
                {
                    if (line.Length > 0)
                    {
                        if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && entry.Count < 256) entry.TryAdd(line[..equals], line[(equals + 1)..]);
                        continue;
                    }

                    line = Exported(entry);
                    entry.Clear();
                    if (line.Length == 0) continue;
                }

                if (line.Length == 0) continue;
                kept.Enqueue((number, line));
                characters += line.Length + CostOfLine;
                // The heads of a W3C log are few and needed for all lines below them.
                while (characters > MaxKeptCharacters && kept.Count > 1) characters -= kept.Dequeue().Text.Length + CostOfLine;
            }
        }
        catch (InvalidDataException)
        {
            // damaged or cut: what came before the damage counts
        }
        catch (IOException)
        {
        }
        catch (ZstdSharp.ZstdException)
        {
        }

        if (journal && entry.Count > 0 && Exported(entry) is { Length: > 0 } last) kept.Enqueue((number, last));
        if (w3c is not null && kept.TryPeek(out var first) && !first.Text.StartsWith('#')) w3c = WithFields(kept);
    }

    private static W3cFormat WithFields(Queue<(long Line, string Text)> kept)
    {
        var format = new W3cFormat();
        if (kept.FirstOrDefault(line => line.Text.StartsWith("#Fields:", StringComparison.Ordinal)).Text is { } fields) format.Read(fields);
        return format;
    }

    /// <summary>An entry of journald's export as the line that syslog would have made of it.</summary>
    private static string Exported(Dictionary<string, string> entry)
    {
        if (!entry.TryGetValue("MESSAGE", out var message)) return "";
        var time = LogTime.Epoch(entry.GetValueOrDefault("__REALTIME_TIMESTAMP") ?? "");
        return $"{time?.Wall:yyyy-MM-dd'T'HH:mm:ss.ffffff}+00:00 {entry.GetValueOrDefault("_HOSTNAME") ?? "host"} {(entry.GetValueOrDefault("SYSLOG_IDENTIFIER") ?? entry.GetValueOrDefault("_COMM") ?? "journal").Replace(' ', '_')}: {message}";
    }

    private static Stream? Unpacked(FileStream file, byte[] begin) => begin switch
    {
        [0x1F, 0x8B, ..] => new GZipStream(file, CompressionMode.Decompress),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => new ZstdSharp.DecompressionStream(file),
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => new Bzip2Stream(file),
        _ => null,
    };

    private static IEnumerable<(long Line, long Offset, string Text)> Plain(FileStream file)
    {
        var size = file.Length;
        foreach (var (offset, text) in BackwardLines.Of(file))
        {
            if (size - offset > MaxBytes) yield break;
            yield return (0, offset, text);
        }
    }

    /// <summary>Indented lines are joined to the one above, which in this order comes after them.</summary>
    private static IEnumerable<LogEntry> Joined(string path, IEnumerable<(long Line, long Offset, string Text)> newestFirst)
    {
        var below = new List<string>();
        foreach (var (number, offset, text) in newestFirst)
        {
            if (text.Length == 0) continue;
            if (text[0] is ' ' or '\t' || text.StartsWith("Caused by: ", StringComparison.Ordinal))
            {
                if (below.Count < MaxContinuation) below.Add(text.Trim());
                continue;
            }

            yield return new LogEntry(path, number, offset, text, Whole(below));
        }

        if (below.Count > 0) yield return new LogEntry(path, 0, 0, Whole(below), "");
    }

    private static string Whole(List<string> below)
    {
        if (below.Count == 0) return "";
        below.Reverse();
        var whole = string.Join('\n', below);
        below.Clear();
        return whole;
    }

    /// <summary>How many lines stand before an offset, plus one; 0 where the file can't be read again.</summary>
    public static long LineNumber(string path, long offset)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            if (file.Length < offset) return 0;
            var block = new byte[256 << 10];
            long line = 1;
            while (offset > 0)
            {
                var read = file.Read(block, 0, (int)Math.Min(block.Length, offset));
                if (read == 0) return 0;
                line += block.AsSpan(0, read).Count((byte)'\n');
                offset -= read;
            }

            return line;
        }
        catch (IOException)
        {
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Ends a stream after so many octets.</summary>
    private sealed class Limited(Stream inner, long limit) : Stream
    {
        private long left = limit;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, (int)Math.Min(count, left));
            left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
