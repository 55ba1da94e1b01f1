using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Servers;

namespace Gatehouse.Doctor.Caddy;

/// <summary>What Caddy's file_server answers for a path (modules/caddyhttp/fileserver/staticfiles.go): hidden and missing files are not found, unreadable ones forbidden.</summary>
internal sealed class CaddyFileServer
{
    /// <summary>The folder that it serves, absolute.</summary>
    public required string Root { get; init; }

    /// <summary>What is hidden: names, or paths where a slash is in them.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>Index files in their order.</summary>
    public IReadOnlyList<string> Index { get; init; } = ["index.html", "index.txt"];

    /// <summary>Whether folders are listed.</summary>
    public bool Browse { get; init; }

    /// <summary>What becomes of a request.</summary>
    /// <param name="Status">Null: it can't be told from here.</param>
    /// <param name="Path">The file that was looked at last.</param>
    /// <param name="HiddenBy">The pattern that hides it; null: none does.</param>
    internal readonly record struct Outcome(int? Status, string Path, string? HiddenBy);

    /// <summary>Looks.</summary>
    /// <param name="path">The request's, decoded, after rewriting.</param>
    /// <param name="asked">The request's own path; where its last part is another one nobody is sent to an address with or without the slash.</param>
    /// <param name="files">The disk.</param>
    public Outcome Serve(string path, string asked, ServedFiles files)
    {
        var slash = System.IO.Path.GetFileName(asked.TrimEnd('/')) == System.IO.Path.GetFileName(path.TrimEnd('/')) ? asked.EndsWith('/') : (bool?)null;
        var file = System.IO.Path.Join(Root, path);
        if (file.Contains('\0', StringComparison.Ordinal)) return new(400, Root, null);
        file = System.IO.Path.GetFullPath(file);
        var look = files.Stat(file);
        if (look.Answer != FileAnswer.Found) return new(Of(look.Answer), file, null);
        var given = file;
        var implicitIndex = false;
        if (look.IsDirectory)
        {
            foreach (var name in Index)
            {
                var index = System.IO.Path.Join(file, name);
                if (HiddenBy(index) is not null || files.Stat(index) is not { Answer: FileAnswer.Found } found || found.IsDirectory) continue;
                (file, look, implicitIndex) = (index, found, true);
                break;
            }
        }

        if (look.IsDirectory)
        {
            if (!Browse || HiddenBy(file) is not null) return new(404, file, HiddenBy(file));
            if (slash == false) return new(308, file, null);
            return new(Of(files.Open(file).Answer), file, null);
        }

        if (HiddenBy(file) is { } by) return new(404, file, by);
        // A folder without the slash, and a file with one, are sent to the other address.
        if (slash is { } ends && implicitIndex != ends) return new(308, given, null);
        return new(Of(files.Open(file).Answer), file, null);
    }

    private static int? Of(FileAnswer answer) => answer switch
    {
        FileAnswer.Found => 200,
        FileAnswer.Denied => 403,
        FileAnswer.NotFound or FileAnswer.NotADirectory => 404,
        FileAnswer.LinkRefused or FileAnswer.LinkAsDirectory or FileAnswer.TooManyLinks or FileAnswer.NameTooLong => 500,
        FileAnswer.Unknown => null,
    };

    /// <summary>A pattern without slash hides any part of the path below the root; one with a slash hides that path and what is below it.</summary>
    private string? HiddenBy(string file)
    {
        foreach (var pattern in Hidden)
        {
            if (!pattern.Contains('/', StringComparison.Ordinal))
            {
                var below = file.StartsWith(Root, StringComparison.Ordinal) ? file[Root.Length..] : file;
                if (below.Split('/', StringSplitOptions.RemoveEmptyEntries).Any(part => Fits(pattern, part))) return pattern;
                continue;
            }

            var full = System.IO.Path.GetFullPath(pattern.Replace('\0', '\uFFFD'), Root);
            if (file == full.TrimEnd('/') || file.StartsWith(full.TrimEnd('/') + "/", StringComparison.Ordinal) || (full.Contains('*', StringComparison.Ordinal) && full.Split('/') is var wanted && file.Split('/') is var parts && wanted.Length == parts.Length && wanted.Zip(parts).All(pair => Fits(pair.First, pair.Second)))) return pattern;
        }

        return null;
    }

    /// <summary>Go's filepath.Match, to which a dot in front is a letter like others.</summary>
    private static bool Fits(string pattern, string name) => Nginx.Syntax.ConfGlob.MatchesName("=" + pattern, "=" + name);
}
