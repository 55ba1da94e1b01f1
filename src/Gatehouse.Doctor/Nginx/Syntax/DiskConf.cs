using System.Text;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>
/// The files of a configuration on this machine. Only below the roots: an include of <c>/etc/shadow</c> in somebody's configuration would else print it.
/// </summary>
internal sealed class DiskConf(IReadOnlyList<string> roots) : IConfSource
{
    /// <summary>Larger is no configuration: a device, a log, a trap.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>A glob over a large tree ends here.</summary>
    private const int MaxMatches = 5000;

    /// <inheritdoc/>
    public bool OnDisk => true;

    /// <summary>Where distributions and nginx's own build keep configuration.</summary>
    public static IReadOnlyList<string> CustomaryRoots { get; } =
        ["/etc/nginx", "/usr/share/nginx", "/usr/local/nginx", "/usr/local/etc/nginx", "/opt/nginx", "/usr/local/openresty/nginx", "/etc/openresty", "/etc/letsencrypt", "/opt/homebrew/etc/nginx"];

    /// <inheritdoc/>
    public string? Read(string path, out string? problem)
    {
        try
        {
            var full = Path.GetFullPath(path);
            if (!Below(full))
            {
                problem = "lies outside the folder of the configuration, so it was not read (--include-root names further folders)";
                return null;
            }

            var file = new FileInfo(full);
            var target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
            if (target != full && !Below(target))
            {
                problem = $"leads to {target}, outside the folder of the configuration, so it was not read (--include-root names further folders)";
                return null;
            }

            if (!file.Exists)
            {
                problem = Directory.Exists(full) ? "is a directory" : "does not exist";
                return null;
            }

            if (Kernel.IsHere && Kernel.Look(target, out _) is { } stat && (stat.Mode & 0xF000) != 0x8000)
            {
                problem = "is no plain file";
                return null;
            }

            // A FIFO or a device has no length and would hold us up.
            using var stream = new FileStream(target, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete });
            if (!stream.CanSeek || stream.Length > MaxBytes)
            {
                problem = stream.CanSeek ? "is larger than 16 MB" : "is no plain file";
                return null;
            }

            var bytes = new byte[stream.Length];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            problem = null;
            return Encoding.Latin1.GetString(bytes, 0, read);
        }
        catch (IOException error)
        {
            problem = error.Message;
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            problem = "can't be read by us: permission denied";
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Match(string pattern)
    {
        var found = new List<string> { "/" };
        var segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            var next = new List<string>();
            foreach (var folder in found)
            {
                if (!segments[i].AsSpan().ContainsAny("*?["))
                {
                    var plain = Path.Join(folder, segments[i]);
                    if (last ? File.Exists(plain) : Directory.Exists(plain)) next.Add(plain);
                    continue;
                }

                try
                {
                    // What is outside the roots is not even listed.
                    if (!Below(folder) && !roots.Any(root => root.StartsWith(folder, StringComparison.Ordinal))) continue;
                    foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
                    {
                        if (next.Count >= MaxMatches) break;
                        if (ConfGlob.MatchesName(segments[i], Path.GetFileName(entry)) && (last || Directory.Exists(entry))) next.Add(entry);
                    }
                }
                catch (IOException)
                {
                    // A folder that vanished matches nothing.
                }
                catch (UnauthorizedAccessException)
                {
                    // As it would match nothing for nginx without that permission; it starts as root, mostly.
                }
            }

            found = next;
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private bool Below(string path) =>
        roots.Any(root => path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || root.EndsWith('/') || path[root.Length] == '/'));
}
