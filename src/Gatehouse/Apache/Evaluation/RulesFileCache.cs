using System.Collections.Concurrent;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Apache.Evaluation;

/// <summary>An .htaccess file as rules.</summary>
/// <param name="Rules">What it says.</param>
/// <param name="Faults">What is wrong in it; httpd answers 500 at the first.</param>
/// <param name="Directives">Its directives.</param>
internal sealed record RulesFile(DirectoryRules Rules, IReadOnlyList<ConfigFault> Faults, IReadOnlyList<Directive> Directives);

/// <summary>Compiles .htaccess files once for each text and AllowOverride.</summary>
internal sealed class RulesFileCache(HttpdServer server)
{
    /// <summary>Files kept; a tree of more is compiled anew each time, in bounded memory.</summary>
    private const int MaxKept = 20_000;

    private readonly ConcurrentDictionary<(string Path, OverrideState Override), (string Text, RulesFile File)> kept = new();

    /// <summary>The rules of a file.</summary>
    public RulesFile Compiled(string path, string folder, string text, OverrideState overrides, IFileView files)
    {
        if (kept.TryGetValue((path, overrides), out var known) && known.Text == text) return known.File;
        var compiled = Compile(path, folder, text, overrides, files);
        if (kept.Count < MaxKept) kept[(path, overrides)] = (text, compiled);
        return compiled;
    }

    private RulesFile Compile(string path, string folder, string text, OverrideState overrides, IFileView files)
    {
        var read = ConfigurationReader.ReadRules(ConfigText.Parse(path, text), server.Configuration, files);
        var faults = new List<ConfigFault>(read.Faults);
        var context = new RulesContext { Allowed = overrides.Classes & Allowed.All, Folder = folder, Path = folder, Htaccess = overrides };
        var rules = RulesBuilder.Build(read.Directives, context, server.Configuration.Modules, server.Aliases, faults);
        return new(rules, faults, read.Directives);
    }
}
