using System.Text;
using System.Text.Json;

namespace Gatehouse.Guard.Refusals;

/// <summary>
/// The incident store: lines of JSON in a few files of bounded size, the newest first in the look-up. Appended only, so
/// that it survives restarts and a torn last line harms nothing else.
/// </summary>
public sealed class IncidentFiles : IDisposable
{
    /// <summary>Longest line read back: a trace of some hundred conditions.</summary>
    private const int LongestLine = 1024 * 1024;

    private readonly long _fileSize;
    private readonly int _files;
    private FileStream? _current;

    /// <summary>Keeps incidents in that folder, which is made on the first one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="fileSizeInBytes">When a new file is begun.</param>
    /// <param name="files">How many there are before the oldest is deleted; at least 2.</param>
    public IncidentFiles(string folder, long fileSizeInBytes = 32 * 1024 * 1024, int files = 4)
    {
        Folder = folder;
        _fileSize = fileSizeInBytes;
        _files = Math.Max(2, files);
    }

    /// <summary>Where they are.</summary>
    public string Folder { get; }

    /// <summary>The store that belongs to a configuration file: a folder beside it.</summary>
    public static IncidentFiles Beside(string configurationFile) =>
        new(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configurationFile))!, "gatehouse.incidents"));

    /// <summary>Appends whole lines. Called by one thread at a time; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where the disk refuses.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        try
        {
            var file = _current ??= Begin();
            file.Write(lines);
            file.Flush();
            if (file.Length < _fileSize) return;
            file.Dispose();
            _current = null;
            Rotate();
        }
        catch (IOException)
        {
            // The folder may have been moved away or the disk be full: the next line starts over.
            _current?.Dispose();
            _current = null;
            throw;
        }
    }

    /// <summary>Looks an incident up.</summary>
    /// <returns>Null where there is none of that id: it is older than what is kept, or never was.</returns>
    public JsonDocument? Find(string id)
    {
        if (!Incident.IsId(id)) return null;
        var wanted = Encoding.ASCII.GetBytes($"\"incident\":\"{id}\"");
        for (var number = 0; number < _files; number++)
        {
            var path = Name(number);
            if (File.Exists(path) && FindIn(path, wanted) is { } found) return found;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _current?.Dispose();

    private static JsonDocument? FindIn(string path, ReadOnlySpan<byte> wanted)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        var buffer = new byte[4 * LongestLine];
        var held = 0;
        while (true)
        {
            var read = file.Read(buffer, held, buffer.Length - held);
            var text = buffer.AsSpan(0, held + read);
            var at = text.IndexOf(wanted);
            if (at >= 0)
            {
                var start = text[..at].LastIndexOf((byte)'\n') + 1;
                var length = text[at..].IndexOf((byte)'\n');
                if (length >= 0) return Parsed(text[start..(at + length)]);
                if (read == 0) return null;

                // The line goes on behind the buffer.
                held = text.Length - start;
                if (held > LongestLine) return null;
                text[start..].CopyTo(buffer);
                continue;
            }

            if (read == 0) return null;
            var lastLine = text.LastIndexOf((byte)'\n') + 1;
            held = Math.Min(text.Length - lastLine, LongestLine);
            text[^held..].CopyTo(buffer);
        }
    }

    private static JsonDocument? Parsed(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line.ToArray());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private FileStream Begin()
    {
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = new FileStream(Name(0), new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 1,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n') file.WriteByte((byte)'\n');
        }

        return file;
    }

    private void Rotate()
    {
        File.Delete(Name(_files - 1));
        for (var number = _files - 2; number >= 0; number--)
            if (File.Exists(Name(number))) File.Move(Name(number), Name(number + 1), overwrite: true);
    }

    private string Name(int number) => Path.Combine(Folder, number == 0 ? "incidents.jsonl" : $"incidents.{number}.jsonl");
}
