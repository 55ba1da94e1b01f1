using Gatehouse.Apache.Expressions;

namespace Gatehouse.Apache.Rewriting;

/// <summary>
/// What one section, one .htaccess file or the server's own level says about rewriting, compiled; and how they merge. A section without
/// any directive of mod_rewrite has none, and the one before it stays in force with its own directory.
/// </summary>
public sealed class RewriteSettings
{
    private bool? engine;
    private RewriteOptions options;
    private bool optionsSet;
    private string? baseUrl;
    private bool baseSet;
    private IReadOnlyList<RewriteRule> rules = [];
    private Dictionary<string, RewriteMap> maps = new(StringComparer.Ordinal);

    private RewriteSettings(string? directory) =>
        Directory = directory is null ? null : directory.EndsWith('/') ? directory : directory + "/";

    /// <summary>The directory whose prefix patterns do not see, with a slash at the end; null: the server's level.</summary>
    public string? Directory { get; private set; }

    /// <summary>RewriteEngine On here or inherited.</summary>
    public bool IsOn => engine == true;

    /// <summary>How many rules there are.</summary>
    public int Count => rules.Count;

    /// <summary>RewriteBase; null: none.</summary>
    public string? Base => baseUrl;

    internal IReadOnlyList<RewriteRule> Rules => rules;

    internal IReadOnlyDictionary<string, RewriteMap> Maps => maps;

    internal bool Has(RewriteOptions option) => (options & option) != 0;

    /// <summary>Whether a directive is one of mod_rewrite.</summary>
    public static bool Concerns(Directive directive) => directive.Name.StartsWith("Rewrite", StringComparison.OrdinalIgnoreCase)
        && directive.Name.ToLowerInvariant() is "rewriteengine" or "rewriteoptions" or "rewritebase" or "rewritecond" or "rewriterule" or "rewritemap";

    /// <summary>Compiles the directives of one section; those of other modules are left out.</summary>
    /// <param name="directives">In order, conditional sections such as IfModule carried out.</param>
    /// <param name="directory">The section's path (of a &lt;Files&gt; or &lt;Location&gt; section its argument, as httpd does; of an &lt;If&gt; <c>*If</c>); null: the server's level.</param>
    /// <param name="restricted">Whether it is a .htaccess file.</param>
    /// <param name="faults">Takes what httpd would refuse.</param>
    /// <returns>Null where no directive is one of mod_rewrite.</returns>
    public static RewriteSettings? Read(IEnumerable<Directive> directives, string? directory, bool restricted, ICollection<ConfigFault> faults)
    {
        RewriteSettings? settings = null;
        var rules = new List<RewriteRule>();
        var conditions = new List<RewriteCondition>();
        foreach (var line in directives)
        {
            if (!Concerns(line)) continue;
            settings ??= new(directory);
            string? wrong;
            switch (line.Name.ToLowerInvariant())
            {
                case "rewritecond":
                    wrong = RewriteReader.Read(line, restricted, out var condition);
                    if (condition is not null) conditions.Add(condition);
                    break;
                case "rewriterule":
                    wrong = RewriteReader.Read(line, conditions, out var rule);
                    if (rule is not null) rules.Add(rule);
                    conditions = [];
                    break;
                case "rewritemap" when directory is null:
                    wrong = RewriteMap.Read(line, out var name, out var map);
                    if (map is not null) settings.maps[name] = map;
                    break;
                default:
                    wrong = settings.ReadSetting(line);
                    break;
            }

            if (wrong is not null) faults.Add(new(line.At, ConfigFaultKind.Syntax, $"`{line.Name}`: {wrong}", line.Name));
        }

        if (settings is not null) settings.rules = rules;
        return settings;
    }

    private string? ReadSetting(Directive line)
    {
        switch (line.Name.ToLowerInvariant())
        {
            case "rewriteengine":
                if (line.Arguments is not [var flag] || flag.ToLowerInvariant() is not ("on" or "off")) return "must be On or Off";
                engine = flag.Equals("on", StringComparison.OrdinalIgnoreCase);
                return null;
            case "rewritebase":
                if (Directory is null) return "only in directories and .htaccess files";
                if (line.Arguments is not [['/', ..] url]) return "takes one path that begins with a slash";
                (baseUrl, baseSet) = (url, true);
                return null;
            case "rewriteoptions":
                optionsSet = true;
                foreach (var word in line.Arguments)
                {
                    if (word.StartsWith("MaxRedirects=", StringComparison.OrdinalIgnoreCase)) continue;
                    var option = word.ToLowerInvariant() switch
                    {
                        "inherit" => RewriteOptions.Inherit,
                        "inheritbefore" => RewriteOptions.InheritBefore,
                        "inheritdown" => RewriteOptions.InheritDown,
                        "inheritdownbefore" => RewriteOptions.InheritDownBefore,
                        "ignoreinherit" => RewriteOptions.IgnoreInherit,
                        "allownoslash" => RewriteOptions.AllowNoSlash,
                        "allowanyuri" => RewriteOptions.AllowAnyUri,
                        "mergebase" => RewriteOptions.MergeBase,
                        "ignorecontextinfo" => RewriteOptions.IgnoreContextInfo,
                        "legacyprefixdocroot" => RewriteOptions.LegacyPrefixDocRoot,
                        "unsafeprefixstat" => RewriteOptions.UnsafePrefixStat,
                        "longurloptimization" => RewriteOptions.LongUrlOptimization,
                        _ => RewriteOptions.None,
                    };
                    if (option == RewriteOptions.None) return $"unknown option `{word}`";
                    options |= option;
                }

                return null;
            default: return "only at the server's level";
        }
    }

    /// <summary>The server's level as the start of merging directories: engine and options there hold in directories that do not say otherwise.</summary>
    public RewriteSettings AsDirectoryDefaults() => new(null) { engine = engine, options = options, optionsSet = optionsSet };

    /// <summary>A virtual host's level over the main server's.</summary>
    public static RewriteSettings? MergeServers(RewriteSettings? main, RewriteSettings? host)
    {
        if (main is null) return host;
        host ??= new(null);
        var merged = Merge(main, host);
        var (first, second) = merged.InheritsBefore(main) ? (main.maps, host.maps) : (host.maps, main.maps);
        merged.maps = host.maps;
        if (!merged.Inherits(main) && !merged.InheritsBefore(main)) return merged;
        merged.maps = new(second, StringComparer.Ordinal);
        foreach (var (name, map) in first) merged.maps[name] = map;
        return merged;
    }

    /// <summary>A directory's settings over those of the sections before it; null stays out of it.</summary>
    public static RewriteSettings? MergeDirectories(RewriteSettings? before, RewriteSettings? own)
    {
        if (before is null || own is null) return own ?? before;
        var merged = Merge(before, own);
        merged.Directory = own.Directory;
        (merged.baseUrl, merged.baseSet) = merged.Has(RewriteOptions.MergeBase)
            ? (own.baseSet ? own.baseUrl : before.baseUrl, own.baseSet || before.baseSet)
            : (own.baseUrl, own.baseSet);
        return merged;
    }

    private static RewriteSettings Merge(RewriteSettings before, RewriteSettings own)
    {
        var merged = new RewriteSettings(null)
        {
            engine = own.engine ?? before.engine,
            options = own.optionsSet ? own.options : before.options,
            optionsSet = own.optionsSet || before.optionsSet,
            rules = own.rules,
        };
        if (merged.Inherits(before)) merged.rules = [.. own.rules, .. before.rules];
        else if (merged.InheritsBefore(before)) merged.rules = [.. before.rules, .. own.rules];
        return merged;
    }

    private bool Inherits(RewriteSettings before) =>
        Has(RewriteOptions.Inherit) || (before.Has(RewriteOptions.InheritDown) && !Has(RewriteOptions.IgnoreInherit));

    private bool InheritsBefore(RewriteSettings before) =>
        !Inherits(before) && (Has(RewriteOptions.InheritBefore) || (before.Has(RewriteOptions.InheritDownBefore) && !Has(RewriteOptions.IgnoreInherit)));
}
