using System.Text;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Servers;

/// <summary>A configuration file's text, read once.</summary>
/// <param name="Path">As given.</param>
/// <param name="Text">Whole.</param>
internal sealed record ConfigurationText(string Path, string Text)
{
    /// <summary>Larger than any configuration written by hand: what is larger is something else.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>The lines without their ends.</summary>
    public string[] Lines => field ??= Text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();

    /// <summary>The file's name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Reads a regular file; null, and one sentence, where that can't be done.</summary>
    public static ConfigurationText? Read(string path, out string? fault)
    {
        fault = null;
        try
        {
            if (Kernel.IsHere && PathWalk.Look(path, new Accounts("", "")) is { Target: { Kind: not FileKind.File } })
            {
                fault = $"{path} is no regular file";
                return null;
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxBytes)
            {
                fault = $"{path} is larger than {MaxBytes >> 20} MiB, which no configuration is";
                return null;
            }

            var octets = new byte[file.Length];
            var read = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            if (octets.AsSpan(0, Math.Min(read, 4096)).Contains((byte)0))
            {
                fault = $"{path} is not text";
                return null;
            }

            return new(path, Encoding.UTF8.GetString(octets, 0, read).TrimStart('\uFEFF'));
        }
        catch (UnauthorizedAccessException)
        {
            fault = $"we may not read {path}";
        }
        catch (FileNotFoundException)
        {
            fault = $"there is no file {path}";
        }
        catch (DirectoryNotFoundException)
        {
            fault = $"there is no file {path}";
        }
        catch (IOException broken)
        {
            fault = $"{path} can't be read: {broken.Message}";
        }

        return null;
    }

    /// <summary>Files of an include with a glob in its last part, in order of their names; a path beside the including file.</summary>
    public static IReadOnlyList<string> Included(string from, string pattern)
    {
        var full = System.IO.Path.GetFullPath(pattern, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(from)) ?? "/");
        var name = System.IO.Path.GetFileName(full);
        if (!name.Contains('*', StringComparison.Ordinal) && !name.Contains('?', StringComparison.Ordinal)) return [full];
        try
        {
            var folder = System.IO.Path.GetDirectoryName(full)!;
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, name).Order(StringComparer.Ordinal).Take(256)] : [];
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
