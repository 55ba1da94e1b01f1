using System.Collections.Immutable;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Apache.Variables;

namespace Gatehouse.Apache.Configuration;

/// <summary>
/// What a section, an .htaccess file or a merge of several says (httpd's per-directory configuration). Modules whose merge is "the last one
/// that says anything" share <see cref="Settings"/>; the others have their own member. Never changed once it is built.
/// </summary>
public sealed class DirectoryRules
{
    /// <summary>Says nothing.</summary>
    public static DirectoryRules Empty { get; } = new();

    /// <summary>Options.</summary>
    public OptionState Options { get; init; } = OptionState.Empty;

    /// <summary>AllowOverride.</summary>
    public OverrideState Override { get; init; } = OverrideState.Default;

    /// <summary>mod_authz_core; null: the section has nothing of it.</summary>
    public AuthorizationRules? Authorization { get; init; }

    /// <summary>mod_access_compat; null: the section has nothing of it.</summary>
    public CompatRules? Compat { get; init; }

    /// <summary>Directives of which the last counts, by name in lower case.</summary>
    public ImmutableDictionary<string, Directive> Settings { get; init; } = ImmutableDictionary<string, Directive>.Empty;

    /// <summary>Directives of which all of the last section that has any count (DirectoryIndex, AuthBasicProvider, AllowMethods), by name in lower case.</summary>
    public ImmutableDictionary<string, IReadOnlyList<Directive>> Lists { get; init; } = ImmutableDictionary<string, IReadOnlyList<Directive>>.Empty;

    /// <summary>ErrorDocument by status.</summary>
    public ImmutableDictionary<int, Directive> ErrorDocuments { get; init; } = ImmutableDictionary<int, Directive>.Empty;

    /// <summary>Directives whose effects add up, layer by layer from the outermost (SetEnvIf, Redirect, AddHandler, SetEnv, RequestHeader).</summary>
    public IReadOnlyList<RuleLayer> Layers { get; init; } = [];

    /// <summary>mod_rewrite, compiled; null: the section has nothing of it.</summary>
    public RewriteSettings? Rewrite { get; init; }

    /// <summary>mod_rewrite's directives of all sections that have any, from the outermost, for traces.</summary>
    public IReadOnlyList<RuleLayer> Rewriting { get; init; } = [];

    /// <summary>Files sections inside, to be tried against the file's name afterwards.</summary>
    public IReadOnlyList<Section> Files { get; init; } = [];

    /// <summary>If sections inside, to be evaluated last.</summary>
    public IReadOnlyList<Section> Ifs { get; init; } = [];

    /// <summary>A setting's directive; null: not written.</summary>
    public Directive? Setting(string lowerName) => Settings.GetValueOrDefault(lowerName);

    /// <summary>A setting's first word; null: not written.</summary>
    public string? Word(string lowerName) => Setting(lowerName)?.Arguments.FirstOrDefault();

    /// <summary>A switch; null: not written.</summary>
    public bool? Flag(string lowerName) => Word(lowerName)?.ToLowerInvariant() switch { "on" => true, "off" => false, _ => null };

    /// <summary>All directives of a list setting; empty: not written.</summary>
    public IReadOnlyList<Directive> List(string lowerName) => Lists.GetValueOrDefault(lowerName, []);

    /// <summary>The same with other settings of mod_rewrite.</summary>
    internal DirectoryRules WithRewrite(RewriteSettings? rewrite) => new()
    {
        Options = Options,
        Override = Override,
        Authorization = Authorization,
        Compat = Compat,
        Settings = Settings,
        Lists = Lists,
        ErrorDocuments = ErrorDocuments,
        Layers = Layers,
        Rewrite = rewrite,
        Rewriting = Rewriting,
        Files = Files,
        Ifs = Ifs,
    };

    /// <summary>A section's rules laid over these (ap_merge_per_dir_configs).</summary>
    public DirectoryRules With(DirectoryRules over)
    {
        if (ReferenceEquals(over, Empty)) return this;
        if (ReferenceEquals(this, Empty)) return over;
        return new()
        {
            Options = Options.With(over.Options),
            Override = Override.With(over.Override),
            Authorization = AuthorizationRules.Merge(Authorization, over.Authorization),
            Compat = over.Compat ?? Compat,
            Settings = over.Settings.IsEmpty ? Settings : Settings.IsEmpty ? over.Settings : Settings.SetItems(over.Settings),
            Lists = over.Lists.IsEmpty ? Lists : Lists.IsEmpty ? over.Lists : Lists.SetItems(over.Lists),
            ErrorDocuments = over.ErrorDocuments.IsEmpty ? ErrorDocuments : ErrorDocuments.SetItems(over.ErrorDocuments),
            Layers = over.Layers.Count == 0 ? Layers : [.. Layers, .. over.Layers],
            Rewrite = RewriteSettings.MergeDirectories(Rewrite, over.Rewrite),
            Rewriting = over.Rewriting.Count == 0 ? Rewriting : [.. Rewriting, .. over.Rewriting],
            Files = over.Files.Count == 0 ? Files : [.. Files, .. over.Files],
            Ifs = over.Ifs.Count == 0 ? Ifs : [.. Ifs, .. over.Ifs],
        };
    }
}

/// <summary>Directives of one module or kind in one section.</summary>
/// <param name="Folder">The folder of the section or .htaccess file, with a slash at its end; null: none (Location, server level).</param>
/// <param name="Directives">In order.</param>
public sealed record RuleLayer(string? Folder, IReadOnlyList<Directive> Directives)
{
    /// <summary>mod_alias' redirects, compiled; null: none.</summary>
    public Redirects? Redirects { get; init; }

    /// <summary>mod_setenvif, compiled; null: nothing of it.</summary>
    public VariableRules? Variables { get; init; }

    /// <summary>mod_env; null: nothing of it.</summary>
    public FixedVariables? Fixed { get; init; }
}
