using Gatehouse.Causes;
using Gatehouse.Findings;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What the operator does about a file that is refused.</summary>
internal static class Remedies
{
    /// <summary>One line of what to do, where something certain can be said.</summary>
    public static IReadOnlyList<Remedy> For(Found.Refused refused)
    {
        if (refused.Cause == Files.DirectoryNotSearchable) return [Owner("chmod-add-search", $"let others pass through {refused.Where}", $"chmod o+x {Quoted(refused.Where)}")];
        if (refused.Cause == Files.FileNotReadable) return [Owner("chmod-add-read", $"let others read {refused.Where}", $"chmod o+r {Quoted(refused.Where)}")];
        if (refused.Cause == Files.DirectoryNoIndex) return [Owner("add-index", $"put an index.html into {refused.Where}", null)];
        if (refused.Cause == Files.SymlinkRefused) return [Owner("replace-link", "put the file itself where the link is, or serve the target's folder as a site of its own", null)];
        return refused.Cause == Configuration.HtaccessIgnored ? [Owner("move-htaccess-rules", "write the file's rules into gatehouse.yaml and remove it, or set `htaccess: ignore`", null)] : [];
    }

    private static Remedy Owner(string id, string what, string? command) => new() { Id = id, Who = Audience.Owner, What = what, Command = command };

    /// <summary>As a shell takes it, whatever stands in the name.</summary>
    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
