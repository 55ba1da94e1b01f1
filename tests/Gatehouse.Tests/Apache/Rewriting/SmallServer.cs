using Gatehouse.Apache;
using Gatehouse.Apache.Patterns;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Patterns;

namespace Gatehouse.Tests.Apache.Rewriting;

/// <summary>The little of a server that rewriting needs around itself: mapping to files, one .htaccess a folder, starting anew. No access control, no indexes.</summary>
internal sealed class SmallServer(string root, RewriteSettings? host, IReadOnlyDictionary<string, RewriteSettings> folders)
{
    private readonly Surroundings surroundings = new(new TreeView());

    /// <summary>The status, the Location or the file that would be served; the request as it is in the end.</summary>
    public (string Says, ApacheRequest Request) Answer(ApacheRequest request, ICollection<Step> trace)
    {
        while (true)
        {
            if (request.InternalRedirects > InternalRedirect.Limit) return ("500", request);
            if (UriText.Unescape(request.Path, keepSlashes: false) is not { } path) return (request.Path.Contains("%2f", StringComparison.OrdinalIgnoreCase) || request.Path.Contains("%00", StringComparison.Ordinal) ? "404" : "400", request);
            request.Path = MergedSlashes(path);
            if (FilePath.Merge("", request.Path) is not { } normal) return ("400", request);
            request.Path = normal;
            var mapped = ServerRewriting.Apply(host, null, request, surroundings, trace);
            if (mapped is RewriteOutcome.PassThrough passed) request.Path = passed.Path;
            if (!request.Path.StartsWith('/')) return ("400", request);
            if (Final(mapped) is { } said) return (said, request);
            var file = mapped is RewriteOutcome.File found ? found.Path : FilePath.Merge(root, request.Path);

            // PATH_MAX of Linux: beyond it httpd refuses rather than not find.
            if (file is null || file.Length >= 4096) return ("403", request);
            Locate(file, request);
            RewriteSettings? settings = host?.AsDirectoryDefaults();
            foreach (var folder in Folders(request.FileName!).Distinct())
                if (folders.TryGetValue(folder, out var own)) settings = RewriteSettings.MergeDirectories(settings, own);
            var outcome = DirectoryRewriting.Apply(settings, host, request, followsLinks: true, surroundings, trace);
            if (Final(outcome) is { } said2) return (said2, request);
            if (outcome is RewriteOutcome.Restart again)
            {
                request = InternalRedirect.Start(request, again.Target);
                if (!request.Path.StartsWith('/')) return ("400", request);
                continue;
            }

            return (Serve(request), request);
        }
    }

    private static string MergedSlashes(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal)) path = path.Replace("//", "/", StringComparison.Ordinal);
        return path;
    }

    private static string? Final(RewriteOutcome outcome) => outcome switch
    {
        RewriteOutcome.Status status => status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        RewriteOutcome.Redirect redirect => $"{redirect.Code} {Octets.Of(redirect.Location)}",
        RewriteOutcome.Proxied => "403",
        RewriteOutcome.Unknown => "unknown",
        _ => null,
    };

    private IEnumerable<string> Folders(string file)
    {
        for (var i = root.Length; i >= 0; i = file.IndexOf('/', i + 1))
        {
            if (i >= file.Length || file[i] != '/') break;
            yield return file[..i];
        }

        if (Directory.Exists(file)) yield return file.TrimEnd('/');
    }

    private static void Locate(string file, ApacheRequest request)
    {
        var end = 0;
        while (true)
        {
            var next = file.IndexOf('/', end + 1);
            var part = next < 0 ? file : file[..next];
            if (File.Exists(part))
            {
                (request.FileName, request.PathInfo) = (part, file[part.Length..]);
                return;
            }

            if (next < 0 || !Directory.Exists(part))
            {
                if (next < 0 && Directory.Exists(part)) (request.FileName, request.PathInfo) = (file, "");
                else (request.FileName, request.PathInfo) = (part, file[part.Length..]);
                return;
            }

            end = next;
        }
    }

    private static string Serve(ApacheRequest request)
    {
        if (Directory.Exists(request.FileName)) return "403";
        if (!File.Exists(request.FileName) || request.PathInfo.Length > 0) return "404";
        return "200 " + File.ReadAllText(request.FileName!);
    }
}
