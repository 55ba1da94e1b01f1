using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Servers;

/// <summary>A configuration file's text, read once.</summary>
/// <param name="Path">As given, or as it was named by the file that includes it.</param>
/// <param name="Text">Whole.</param>
internal sealed record ConfigurationText(string Path, string Text)
{
    /// <summary>The lines without their ends.</summary>
    public string[] Lines => field ??= Text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();

    /// <summary>The file's name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Where what it names is read; what was given alone names nothing.</summary>
    public ConfigurationFiles Files { get; init; } = new(new ReadableFolders([]));

    /// <summary>Reads a file that somebody named by hand, wherever it lies; null, and one sentence, where that can't be done.</summary>
    public static ConfigurationText? Read(string path, out ReadFault fault)
    {
        using var file = RegularFile.Open(path, out fault);
        if (file is null) return null;
        if (file.SizeInBytes > ReadableFolders.MaxBytes)
        {
            fault = ReadFault.TooLarge;
            return null;
        }

        return Of(path, file.Read(ReadableFolders.MaxBytes, out _), out fault);
    }

    /// <summary>The text of octets; null where they are none.</summary>
    internal static ConfigurationText? Of(string path, ReadOnlySpan<byte> octets, out ReadFault fault)
    {
        // A NUL tells a program or an archive; in a path it would be an exception.
        fault = octets.Contains((byte)0) ? ReadFault.NotText : ReadFault.None;
        return fault == ReadFault.None ? new(path, System.Text.Encoding.UTF8.GetString(octets).TrimStart('\uFEFF')) : null;
    }

    /// <summary>The absolute path of what a line of this file names: a relative one is beside it.</summary>
    public string Full(string written) => Full(Path, written);

    /// <summary>Likewise for a file that is known by its path. An escape may have put a NUL there, which no path holds: it becomes one that does not exist.</summary>
    internal static string Full(string file, string written) => System.IO.Path.GetFullPath(written.Replace('\0', '\uFFFD'), System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file)) ?? "/");
}
