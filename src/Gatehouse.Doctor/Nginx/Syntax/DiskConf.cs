using System.Text;
using Gatehouse.Doctor.Files;

namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>
/// The files of a configuration on this machine. Only below the roots: an include of <c>/etc/shadow</c> in somebody's configuration would else print it.
/// </summary>
internal sealed class DiskConf(ReadableFolders folders) : IConfSource
{
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
        var bytes = folders.Read(Path.GetFullPath(path), out var fault, out var changed);
        problem = bytes is null ? ReadableFolders.Told(fault) : changed ? "was written to while it was read" : null;
        return bytes is null ? null : Encoding.Latin1.GetString(bytes);
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
                    if (!folders.LeadsTo(folder)) continue;
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
}
