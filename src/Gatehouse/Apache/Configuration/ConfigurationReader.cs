using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Syntax;
using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Configuration;

/// <summary>Reads a configuration as httpd does: line by line, carrying out at once what is EXEC_ON_READ (Include, Define, LoadModule, IfModule and its kin, Macro and Use).</summary>
public sealed class ConfigurationReader
{
    private readonly IFileView files;
    private readonly ReadingLimits limits;
    private readonly Dictionary<string, ConfigText> texts = new(StringComparer.Ordinal);
    private int included;
    private readonly List<ConfigFault> faults = [];
    private readonly HashSet<string> modules = new(DirectiveTable.BuiltIn, StringComparer.Ordinal);
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Macro> macros = new(StringComparer.OrdinalIgnoreCase);
    private string serverRoot;
    private int count;

    private ConfigurationReader(IFileView files, ReadingLimits limits, string serverRoot)
    {
        this.files = files;
        this.limits = limits;
        this.serverRoot = serverRoot;
        foreach (var name in limits.Defines) variables[name] = "";
    }

    /// <summary>Reads a server's configuration from its main file.</summary>
    /// <param name="path">Absolute path of the main file.</param>
    /// <param name="files">The disk.</param>
    /// <param name="limits">What may be read.</param>
    /// <param name="serverRoot">What relative paths start from until a ServerRoot says otherwise; null: the main file's folder.</param>
    public static ServerConfiguration Read(string path, IFileView files, ReadingLimits limits, string? serverRoot = null)
    {
        var reader = new ConfigurationReader(files, limits, serverRoot ?? System.IO.Path.GetDirectoryName(path) ?? "/");
        List<Directive> directives = [];
        if (files.Read(path) is { } text) directives = reader.File(ConfigText.Parse(path, text), 0);
        else reader.faults.Add(new(new(path, 1, 1), ConfigFaultKind.NotRead, "can't be read"));
        return reader.Done(path, directives);
    }

    /// <summary>Reads a single text with nothing to include: an .htaccess file, within a server whose modules and names are known.</summary>
    public static ServerConfiguration ReadRules(ConfigText text, ServerConfiguration server, IFileView files)
    {
        var reader = new ConfigurationReader(files, new ReadingLimits(), server.ServerRoot);
        reader.modules.UnionWith(server.Modules);
        foreach (var (name, value) in server.Variables) reader.variables[name] = value;
        return reader.Done(text.Path, reader.File(text, 0));
    }

    private ServerConfiguration Done(string path, List<Directive> directives) => new()
    {
        Path = path,
        Directives = directives,
        Files = texts,
        Faults = faults,
        Modules = modules,
        Variables = variables,
        ServerRoot = serverRoot,
    };

    private List<Directive> File(ConfigText text, int depth)
    {
        texts[text.Path] = text;
        var nodes = ConfigNode.Of(text, out var fault);
        var result = new List<Directive>(nodes.Count);
        Expand(nodes, text, depth, 0, result);
        if (fault is not null) faults.Add(fault);
        return result;
    }

    private void Expand(IReadOnlyList<ConfigNode> nodes, ConfigText text, int depth, int macroDepth, List<Directive> into)
    {
        foreach (var node in nodes)
        {
            if (++count > ReadingLimits.MaxDirectives)
            {
                if (count == ReadingLimits.MaxDirectives + 1) faults.Add(new(ConfigNode.Place(text, node.Opens), ConfigFaultKind.NotRead, $"more than {ReadingLimits.MaxDirectives} directives"));
                return;
            }

            One(node, text, depth, macroDepth, into);
        }
    }

    private void One(ConfigNode node, ConfigText text, int depth, int macroDepth, List<Directive> into)
    {
        var place = ConfigNode.Place(text, node.Opens);
        // ${} is undone line by line while it is read, also inside quotes.
        var line = Resolved(node.Opens.Text);
        if (unresolved is { } unknown)
        {
            faults.Add(new(place, ConfigFaultKind.NotRead, $"the value of `${{{unknown}}}` in the server's environment is not known"));
            unresolved = null;
        }

        if (node.Inside is null)
        {
            var at = 0;
            var name = Words.Next(line, ref at);
            var raw = line[at..];
            if (!ReadAtOnce(name, raw, place, depth, macroDepth, into))
                into.Add(new Directive { Name = name, Arguments = Words.Of(raw), Raw = raw, At = place, LastLine = node.Opens.LastLine });
            return;
        }

        var tag = ConfigNode.NameOf(line.AsSpan(1));
        var behind = line[Math.Min(line.Length, 1 + tag.Length)..].Trim(Words.Whites);
        if (!behind.EndsWith('>'))
        {
            faults.Add(new(place, ConfigFaultKind.Syntax, $"`<{tag}>` directive missing closing `>`", "<" + tag));
            return;
        }

        behind = behind[..^1].TrimEnd();
        if (tag.Equals("Macro", StringComparison.OrdinalIgnoreCase))
        {
            if (Words.Of(behind) is [var macro, .. var parameters]) macros[macro] = new(parameters, node.Inside, text);
            return;
        }

        if (Condition(tag, behind) is { } holds)
        {
            if (holds) Expand(node.Inside, text, depth, macroDepth, into);
            return;
        }

        var inside = new List<Directive>(node.Inside.Count);
        Expand(node.Inside, text, depth, macroDepth, inside);
        into.Add(new Directive { Name = tag, Arguments = Words.Of(behind), Raw = behind, At = place, LastLine = node.Opens.LastLine, Inside = inside, ClosedAt = node.ClosedAt });
    }

    /// <summary>Carries out what httpd carries out while it reads; false: nothing of that kind.</summary>
    private bool ReadAtOnce(string name, string raw, Place place, int depth, int macroDepth, List<Directive> into)
    {
        switch (name.ToLowerInvariant())
        {
            case "include" or "includeoptional" when limits.Roots.Count > 0:
                Include(Words.Of(raw).FirstOrDefault("").TrimEnd(), name.Length > 7, place, depth, into);
                return true;
            case "loadmodule":
                if (Words.Of(raw) is [var identifier, _])
                {
                    modules.Add(identifier);
                    return false; // kept: rules want to name the line
                }

                faults.Add(new(place, ConfigFaultKind.Syntax, "LoadModule takes two arguments", name));
                return true;
            case "define" when Words.Of(raw) is [var defined, .. var value]:
                variables[defined] = value.FirstOrDefault("");
                return false;
            case "undefine" when Words.Of(raw) is [var undefined]:
                variables.Remove(undefined);
                return false;
            case "serverroot" when Words.Of(raw) is [var root]:
                serverRoot = root.Length > 1 ? root.TrimEnd('/') : root;
                return false;
            case "use":
                Use(Words.Of(raw), place, depth, macroDepth, into);
                return true;
            default:
                return false;
        }
    }

    private void Use(List<string> words, Place place, int depth, int macroDepth, List<Directive> into)
    {
        if (words.Count == 0 || !macros.TryGetValue(words[0], out var macro))
        {
            faults.Add(new(place, ConfigFaultKind.Syntax, $"macro `{words.FirstOrDefault("")}` undefined", "Use"));
            return;
        }

        if (words.Count - 1 != macro.Parameters.Count || macroDepth >= ReadingLimits.MaxMacroDepth)
        {
            faults.Add(new(place, ConfigFaultKind.Syntax, $"macro `{words[0]}` takes {macro.Parameters.Count} arguments, {words.Count - 1} given", "Use"));
            return;
        }

        // Longer names first, as mod_macro does: $host must not be replaced inside of $hostname.
        var values = macro.Parameters.Zip(words.Skip(1)).OrderByDescending(pair => pair.First.Length).ToList();
        Expand(Substituted(macro.Body, values), macro.Text, depth, macroDepth + 1, into);
    }

    private static List<ConfigNode> Substituted(IReadOnlyList<ConfigNode> nodes, List<(string Name, string Value)> values)
    {
        var result = new List<ConfigNode>(nodes.Count);
        foreach (var node in nodes)
        {
            var line = node.Opens.Text;
            foreach (var (name, value) in values) line = line.Replace(name, value, StringComparison.Ordinal);
            if (line.Length > ConfigText.MaxLine) line = line[..ConfigText.MaxLine];
            result.Add(new(node.Opens with { Text = line }, node.Inside is null ? null : Substituted(node.Inside, values), node.ClosedAt));
        }

        return result;
    }

    /// <summary>Whether a conditional section holds; null: it is no condition of reading.</summary>
    private bool? Condition(string tag, string argument)
    {
        var not = argument.StartsWith('!');
        var rest = (not ? argument[1..] : argument).Trim();
        var word = Words.Of(rest).FirstOrDefault("");
        return tag.ToLowerInvariant() switch
        {
            "ifmodule" => modules.Contains(DirectiveTable.Identifier(word)) != not,
            "ifdefine" => variables.ContainsKey(word) != not,
            "iffile" => (files.Stat(ServerConfiguration.Rooted(serverRoot, word)) is not null) != not,
            "ifdirective" => DirectiveTable.Find(word).Any(fact => modules.Contains(fact.Module)) != not,
            "ifsection" => DirectiveTable.Find("<" + word.TrimStart('<')).Any(fact => modules.Contains(fact.Module)) != not,
            "ifversion" => VersionCondition.Holds(argument, limits.Version),
            _ => null,
        };
    }

    private void Include(string argument, bool optional, Place place, int depth, List<Directive> into)
    {
        var path = ServerConfiguration.Rooted(serverRoot, argument);
        if (depth >= ReadingLimits.MaxIncludeDepth)
        {
            faults.Add(new(place, ConfigFaultKind.Syntax, $"exceeded the maximum include depth of {ReadingLimits.MaxIncludeDepth}: there must be a loop", "Include"));
            return;
        }

        var found = new IncludedFiles(files).Of(path);
        if (found.Count == 0)
        {
            if (!optional && !FileNamePattern.HasWildcards(path)) faults.Add(new(place, limits.MayRead(path) ? ConfigFaultKind.Syntax : ConfigFaultKind.NotRead, $"could not open configuration file `{path}`", "Include"));
            return;
        }

        foreach (var file in found)
        {
            if (!limits.MayRead(System.IO.Path.GetFullPath(file)))
            {
                faults.Add(new(place, ConfigFaultKind.NotRead, $"`{file}` lies, or leads, outside of the configuration's own folders and was not read (--include-root names further folders)", "Include"));
                continue;
            }

            // Counted by inclusion: two files that include each other twice would else double at each level.
            if (included++ >= ReadingLimits.MaxFiles)
            {
                faults.Add(new(place, ConfigFaultKind.NotRead, $"more than {ReadingLimits.MaxFiles} files are included", "Include"));
                return;
            }

            if (texts.TryGetValue(file, out var known)) into.AddRange(File(known, depth + 1));
            else if (files.Read(file) is { } text) into.AddRange(File(ConfigText.Parse(file, text), depth + 1));
            else faults.Add(new(place, ConfigFaultKind.NotRead, $"`{file}` can't be read", "Include"));
        }
    }

    /// <summary><c>${NAME}</c> replaced by a defined name or the environment; what is not known stays, as httpd leaves it.</summary>
    private string Resolved(string line)
    {
        var start = line.IndexOf("${", StringComparison.Ordinal);
        if (start < 0) return line;
        var result = new System.Text.StringBuilder(line.Length + 32);
        var at = 0;
        while (start >= 0)
        {
            var end = line.IndexOf('}', start + 2);
            if (end < 0) break;
            var name = line[(start + 2)..end];
            result.Append(line, at, start - at);
            if (variables.TryGetValue(name, out var value) || limits.Environment.TryGetValue(name, out value)) result.Append(value);
            else
            {
                if (OfProcess(name)) unresolved ??= name;
                result.Append(line, start, end + 1 - start);
            }

            at = end + 1;
            start = line.IndexOf("${", at, StringComparison.Ordinal);
        }

        return result.Append(line, at, line.Length - at).ToString();
    }

    /// <summary>Names that the environment of every server process has, with values that are not known from here.</summary>
    private static bool OfProcess(string name) => name is "PATH" or "HOME" or "LANG" or "PWD" or "USER" or "TZ" or "SHLVL" or "INVOCATION_ID" or "JOURNAL_STREAM" || name.StartsWith("LC_", StringComparison.Ordinal);

    /// <summary>The first such name that a line used; null: none.</summary>
    private string? unresolved;

    private sealed record Macro(IReadOnlyList<string> Parameters, IReadOnlyList<ConfigNode> Body, ConfigText Text);
}
