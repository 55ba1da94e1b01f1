using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Servers;

/// <summary>
/// What a configuration names beside itself: includes, lists, account files. Read below its folders alone, each once, and no more than a configuration has;
/// what was not read is remembered with a sentence, for then nothing that hangs on it is certain.
/// </summary>
internal sealed class ConfigurationFiles(ReadableFolders folders)
{
    /// <summary>Files of one configuration: a glob over a whole disk, or a tree of includes that doubles at each level, ends here.</summary>
    private const int MaxFiles = 2048;

    /// <summary>Octets of all of them together, and characters of all that is included, as often as it is.</summary>
    private const long MaxTotal = 64L << 20;

    /// <summary>Sentences about what was not read.</summary>
    private const int MaxFaults = 20;

    private readonly Dictionary<string, (ConfigurationText? Text, ReadFault Fault)> known = new(StringComparer.Ordinal);
    private readonly List<string> faults = [];
    private long total;
    private long characters;
    private int opened;
    private int taken;

    /// <summary>One sentence each about what could not be read, or was written to meanwhile.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Whether something that may hold rules was not read.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>A file that a line names; null where it was not read, which <see cref="Faults"/> tells.</summary>
    /// <param name="from">The file with the line; a relative path is one beside it.</param>
    /// <param name="path">As written there.</param>
    /// <param name="line">From 1.</param>
    public ConfigurationText? Named(string from, string path, int line)
    {
        var full = ConfigurationText.Full(from, path);
        return Read(full, $"{System.IO.Path.GetFileName(from)}:{line}");
    }

    /// <summary>Files of an include, which may hold wild cards; read in order of their names.</summary>
    public IEnumerable<ConfigurationText> Included(string from, string pattern, int line)
    {
        var full = ConfigurationText.Full(from, pattern);
        IReadOnlyList<string> paths = full.AsSpan().ContainsAny("*?[") ? new DiskConf(folders).Match(full) : [full];
        foreach (var path in paths)
        {
            var by = $"{System.IO.Path.GetFileName(from)}:{line}";
            if (Read(path, by) is not { } text) continue;
            // Each is taken apart anew, also one that was read before.
            characters += text.Text.Length;
            if (taken++ >= MaxFiles || characters > MaxTotal)
            {
                TooMany(by, path);
                yield break;
            }

            yield return text;
        }
    }

    /// <summary>A file that by the server's own custom lies in a folder above; null: it does not, or it leads elsewhere.</summary>
    /// <param name="folder">Absolute; beside the usual folders it counts as one, without what its links lead to.</param>
    /// <param name="name">Below it.</param>
    public ConfigurationText? Beside(string folder, string name)
    {
        var path = System.IO.Path.Combine(folder, name);
        if (!System.IO.File.Exists(path)) return null;
        return Read(path, System.IO.Path.GetFileName(name), new ReadableFolders([.. folders.Roots, folder]));
    }

    /// <summary>The same reading for another file of the configuration.</summary>
    public ConfigurationText Own(ConfigurationText text) => text with { Files = this };

    /// <summary>Remembers what could not be followed, once.</summary>
    public void Say(string what, bool mayHoldRules = true)
    {
        Incomplete |= mayHoldRules;
        if (faults.Count < MaxFaults && !faults.Contains(what, StringComparer.Ordinal)) faults.Add(what);
    }

    private void TooMany(string by, string path) => Say($"{by}: more files are included than a configuration has; {path} and what follows was not read");

    private ConfigurationText? Read(string path, string by, ReadableFolders? within = null)
    {
        if (known.TryGetValue(path, out var before)) return before.Text;
        if (opened++ >= MaxFiles || total > MaxTotal)
        {
            TooMany(by, path);
            return null;
        }

        ConfigurationText? text = null;
        if ((within ?? folders).Read(path, out var fault, out var changed) is { } octets)
        {
            total += octets.Length;
            text = ConfigurationText.Of(path, octets, out fault) is { } read ? Own(read) : null;
            if (changed) Say($"{by}: {path} was written to while it was read", mayHoldRules: true);
        }

        if (text is null) Say($"{by}: {path} {ReadableFolders.Told(fault)}");
        known[path] = (text, fault);
        return text;
    }
}
