namespace Gatehouse.Apache.Configuration;

/// <summary>What a reading of a configuration may touch and use up.</summary>
public sealed record ReadingLimits
{
    /// <summary>httpd's own AP_MAX_INCLUDE_DEPTH: a file that includes itself ends here.</summary>
    public const int MaxIncludeDepth = 20;

    /// <summary>Files of one configuration; a glob over a whole disk ends here.</summary>
    public const int MaxFiles = 4096;

    /// <summary>Directives after includes and macros; macros that double themselves end here.</summary>
    public const int MaxDirectives = 500_000;

    /// <summary>Macros that use macros.</summary>
    public const int MaxMacroDepth = 16;

    /// <summary>Folders below which included files are read; a file elsewhere is named and not read. Absolute, without slash at the end. Empty: no file may be included.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>Names given with <c>-D</c>.</summary>
    public IReadOnlyList<string> Defines { get; init; } = [];

    /// <summary>Environment of the server (Debian's envvars), for <c>${NAME}</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For IfVersion, where the server's own is not known.</summary>
    public Version Version { get; init; } = new(2, 4, 62);

    /// <summary>Whether a path leads below the roots too, links followed; null: links are not asked.</summary>
    public Func<string, bool>? LeadsBelow { get; init; }

    /// <summary>Whether a path lies below one of the roots, and leads there.</summary>
    public bool MayRead(string path) => Lies(path) && LeadsBelow?.Invoke(path) != false;

    private bool Lies(string path) => Roots.Any(root => root == "/" || path == root || (path.StartsWith(root, StringComparison.Ordinal) && path[root.Length] == '/'));
}
