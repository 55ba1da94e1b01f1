using Gatehouse.Apache.Directives;

namespace Gatehouse.Apache.Configuration;

/// <summary>Where directives stand while they are turned into rules (cmd_parms).</summary>
internal sealed record RulesContext
{
    /// <summary>What may stand here.</summary>
    public required Allowed Allowed { get; init; }

    /// <summary>The folder, with a slash at its end; null: none.</summary>
    public string? Folder { get; init; }

    /// <summary>What mod_rewrite takes for the folder (cmd_parms' path): also the argument of Files and Location; null: the server's level.</summary>
    public string? Path { get; init; }

    /// <summary>What AllowOverride says; null: not an .htaccess file.</summary>
    public OverrideState? Htaccess { get; init; }

    /// <summary>The Limit section around; null: none.</summary>
    public MethodLimit? Limit { get; init; }

    /// <summary>A directory section of the server's configuration.</summary>
    public static RulesContext Inside(string? folder, string? path = null) => new() { Allowed = Allowed.All | Allowed.DirectorySection, Folder = folder, Path = path ?? folder ?? "*" };

    /// <summary>Server level.</summary>
    public static RulesContext Server { get; } = new() { Allowed = Allowed.Server | Allowed.Options | Allowed.FileInfo | Allowed.Indexes };
}
