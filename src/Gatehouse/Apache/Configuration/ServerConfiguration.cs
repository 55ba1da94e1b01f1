using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Apache.Configuration;

/// <summary>A server's configuration with includes, macros and conditions carried out, in the order in which httpd reads it.</summary>
public sealed class ServerConfiguration
{
    /// <summary>The main file.</summary>
    public required string Path { get; init; }

    /// <summary>Directives and sections at server level.</summary>
    public required IReadOnlyList<Directive> Directives { get; init; }

    /// <summary>Every file that was read, by the name under which places call it.</summary>
    public required IReadOnlyDictionary<string, ConfigText> Files { get; init; }

    /// <summary>Faults of reading; the first is the one at which httpd stops.</summary>
    public required IReadOnlyList<ConfigFault> Faults { get; init; }

    /// <summary>Identifiers of the modules that are loaded or built in.</summary>
    public required IReadOnlySet<string> Modules { get; init; }

    /// <summary>Names that are defined at the end, with their values.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>What relative paths start from.</summary>
    public required string ServerRoot { get; init; }

    /// <summary>Modules that are loaded and whose directives Gatehouse does not know.</summary>
    public IEnumerable<string> ForeignModules => Modules.Where(module => !DirectiveTable.Knows(module));

    /// <summary>An absolute path for one that is relative to ServerRoot.</summary>
    public string Rooted(string path) => Rooted(ServerRoot, path);

    internal static string Rooted(string root, string path) => path.StartsWith('/') ? path : $"{root.TrimEnd('/')}/{path}";
}
