using System.Collections.Frozen;

namespace Gatehouse.Apache.Directives;

/// <summary>Where a directive may stand, and by which class of AllowOverride (httpd's http_config.h).</summary>
[Flags]
public enum Allowed
{
    /// <summary>Nowhere.</summary>
    Nothing = 0,

    /// <summary>AllowOverride Limit.</summary>
    Limit = 1,

    /// <summary>AllowOverride Options.</summary>
    Options = 2,

    /// <summary>AllowOverride FileInfo.</summary>
    FileInfo = 4,

    /// <summary>AllowOverride AuthConfig.</summary>
    AuthConfig = 8,

    /// <summary>AllowOverride Indexes.</summary>
    Indexes = 16,

    /// <summary>AllowOverride was never written: this keeps .htaccess files being opened, while nothing in them is permitted.</summary>
    Unset = 32,

    /// <summary>In a directory section of the server's own configuration.</summary>
    DirectorySection = 64,

    /// <summary>At server level.</summary>
    Server = 128,

    /// <summary>AllowOverride All.</summary>
    All = Limit | Options | FileInfo | AuthConfig | Indexes,
}

/// <summary>What a module declares about a directive.</summary>
/// <param name="Name">As the module spells it; a section with <c>&lt;</c>.</param>
/// <param name="Module">Identifier: <c>authz_core_module</c>.</param>
/// <param name="Allowed">Where it may stand.</param>
/// <param name="Arguments">How many words it takes: httpd's cmd_how without its prefix.</param>
public sealed record DirectiveFact(string Name, string Module, Allowed Allowed, string Arguments);

/// <summary>Every directive of the modules that Gatehouse knows, and those modules by name.</summary>
public static class DirectiveTable
{
    private static readonly FrozenDictionary<string, DirectiveFact[]> ByName;
    private static readonly FrozenDictionary<string, string> ModuleOfSource;

    static DirectiveTable()
    {
        var byName = new Dictionary<string, List<DirectiveFact>>(1200, StringComparer.OrdinalIgnoreCase);
        var modules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in DirectiveFacts.Table.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            modules[words[1]] = words[0];
            foreach (var word in words.AsSpan(2))
            {
                var parts = word.Split(':');
                var allowed = (Allowed)(int.Parse(parts[1]) & 255);
                if (!byName.TryGetValue(parts[0], out var list)) byName[parts[0]] = list = new(1);
                list.Add(new(parts[0], words[0], allowed, parts[2]));
            }
        }

        ByName = byName.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.ToArray(), StringComparer.OrdinalIgnoreCase);
        ModuleOfSource = modules.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Identifiers of the modules whose directives are known.</summary>
    public static IEnumerable<string> Modules => ModuleOfSource.Values;

    /// <summary>Modules that are part of every httpd.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = DirectiveFacts.BuiltIn.Split(' ');

    /// <summary>The declarations of a name in all known modules; a section's with <c>&lt;</c>.</summary>
    public static IReadOnlyList<DirectiveFact> Find(string name) => ByName.GetValueOrDefault(name, []);

    /// <summary>A module's identifier from its identifier or its source file's name (IfModule takes both).</summary>
    public static string Identifier(string name) => ModuleOfSource.GetValueOrDefault(name, name);

    /// <summary>Whether Gatehouse knows all directives of a module.</summary>
    public static bool Knows(string module) => ModuleOfSource.Values.Contains(module, StringComparer.Ordinal);

    /// <summary>The known name nearest to a misspelled one (edit distance of at most 2, less for short names); null: none.</summary>
    public static string? Nearest(string name)
    {
        if (name.Length == 0) return null;
        var best = name.Length < 5 ? 2 : 3;
        string? found = null;
        foreach (var candidate in ByName.Keys)
        {
            if (candidate[0] == '<' != (name[0] == '<') || Math.Abs(candidate.Length - name.Length) >= best) continue;
            var distance = Distance(candidate, name);
            if (distance >= best) continue;
            best = distance;
            found = ByName[candidate][0].Name;
        }

        return found;
    }

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, corner + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1));
                corner = above;
            }
        }

        return row[b.Length];
    }
}
