using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>Files and directories: index, autoindex, static and try_files.</summary>
internal static class StaticContent
{
    /// <summary>Index names where none are configured.</summary>
    private static readonly string[] DefaultIndex = ["index.html"];

    /// <summary>The names in force.</summary>
    public static IReadOnlyList<string> IndexNames(Scope scope) =>
        scope.Find("index") is { Count: > 0 } nodes ? [.. nodes.SelectMany(node => node.Arguments)] : DefaultIndex;

    /// <summary>The content phase without a handler of its own (ngx_http_core_content_phase).</summary>
    public static int Run(Flow flow)
    {
        var directory = flow.Uri.EndsWith('/');
        if (flow.Scope.IsOn("random_index") && directory) return flow.Not("which file random_index takes", flow.Scope.One("random_index"));
        if (flow.Scope.One("dav_methods") is { } dav && dav.Arguments.Contains(flow.Method, StringComparer.Ordinal)) return flow.Not("what WebDAV makes of the request", dav);
        if (flow.Scope.One("image_filter") is { } filter && filter[0] != "off") return flow.Not("what image_filter makes of the file", filter);
        if (directory && flow.Method is "GET" or "HEAD" or "POST")
        {
            var rc = Index(flow);
            if (rc != Rc.Declined) return rc;
            rc = Listing(flow);
            if (rc != Rc.Declined) return rc;
        }

        if (flow.Method is not ("GET" or "HEAD" or "POST"))
            return flow.Decide(new() { By = DecidedBy.Method, Status = 405, Says = "files are served to GET and HEAD alone", Scope = flow.Scope });
        if (!directory) return File(flow);
        if (Paths.Map(flow, out var path, out _) is { } unknown) return flow.Not(unknown.Unknown!);
        flow.FilePath = path;
        return flow.Decide(new()
        {
            By = DecidedBy.NoIndex,
            Status = 403,
            Node = flow.Scope.One("autoindex") ?? flow.Scope.One("index"),
            Says = "no index file, and autoindex is off",
            Scope = flow.Scope,
            File = path,
        });
    }

    private static int Index(Flow flow)
    {
        var tested = false;
        foreach (var template in IndexNames(flow.Scope))
        {
            if (template.StartsWith('/') && !Script.HasVariables(template)) return Evaluator.Redirect(flow, template, flow.Arguments);
            var name = Script.Run(flow, template);
            if (!name.IsKnown) return flow.Not(name.Unknown!);
            if (name.Plain.StartsWith('/')) return Evaluator.Redirect(flow, name.Plain, flow.Arguments);
            if (Paths.Map(flow, out var folder, out _) is { } unknown) return flow.Not(unknown.Unknown!);
            if (folder is null) return AliasFault(flow);
            var look = Paths.Test(flow, folder + name.Plain, out var why);
            if (why is { } not) return flow.Not(not.Unknown!);
            switch (look.Answer)
            {
                case FileAnswer.Unknown:
                    return flow.Not($"whether {Shown8(folder + name.Plain)} can be read");
                case FileAnswer.Found:
                    return Evaluator.Redirect(flow, flow.Uri + name.Plain, flow.Arguments);
                case FileAnswer.LinkRefused or FileAnswer.TooManyLinks:
                    return Refused(flow, folder + name.Plain, look.Answer);
                case FileAnswer.Denied:
                    return Refused(flow, folder + name.Plain, look.Answer);
                case FileAnswer.NotADirectory or FileAnswer.NameTooLong:
                    return Missing(flow, folder + name.Plain);
                case FileAnswer.LinkAsDirectory:
                    return Refused(flow, folder + name.Plain, look.Answer);
                case FileAnswer.NotFound:
                    break;
            }

            if (tested) continue;
            var at = folder.Length > 1 ? folder.TrimEnd('/') : folder;
            var parent = Paths.Test(flow, at.Length == 0 ? "/" : at, out why);
            if (why is { } not2) return flow.Not(not2.Unknown!);
            switch (parent.Answer)
            {
                case FileAnswer.Found when parent.Kind == FileKind.Directory:
                    break;
                // The parent may be searched (a file in it was looked for); with disable_symlinks it is opened for reading.
                case FileAnswer.Denied:
                    break;
                case FileAnswer.Found:
                    return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Says = "the folder of the index is no directory", Scope = flow.Scope, File = folder });
                case FileAnswer.LinkRefused or FileAnswer.TooManyLinks:
                    return Refused(flow, folder, parent.Answer);
                case FileAnswer.NotFound:
                    return Missing(flow, folder);
                case FileAnswer.Unknown:
                    return flow.Not($"what stands at {Shown8(folder)}");
                case FileAnswer.NotADirectory or FileAnswer.NameTooLong or FileAnswer.LinkAsDirectory:
                    return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Says = "the folder of the index can't be looked at", Scope = flow.Scope, File = folder });
            }

            tested = true;
        }

        return Rc.Declined;
    }

    private static int Listing(Flow flow)
    {
        if (!flow.Scope.IsOn("autoindex") || flow.Method == "POST") return Rc.Declined;
        if (Paths.Map(flow, out var path, out _) is { } unknown) return flow.Not(unknown.Unknown!);
        if (path is null) return AliasFault(flow);
        flow.FilePath = path;
        var look = flow.Ground.Files.Open(path, LinkRule.Follow, 0);
        switch (look.Answer)
        {
            case FileAnswer.Found when look.Kind == FileKind.Directory:
                flow.Sent = 200;
                flow.Decide(new() { By = DecidedBy.Served, Status = 200, Node = flow.Scope.One("autoindex"), Says = "lists the directory", Scope = flow.Scope, File = path });
                return Rc.Ok;
            case FileAnswer.Denied:
                return Refused(flow, path, look.Answer);
            case FileAnswer.Unknown:
                return flow.Not($"whether {Shown8(path)} can be listed");
            case FileAnswer.TooManyLinks or FileAnswer.LinkRefused:
                return flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Says = "the directory can't be opened", Scope = flow.Scope, File = path });
            default:
                return Missing(flow, path);
        }
    }

    private static int File(Flow flow)
    {
        if (Paths.Map(flow, out var path, out _) is { } unknown) return flow.Not(unknown.Unknown!);
        if (path is null) return AliasFault(flow);
        if (Paths.Links(flow, path, out var rule, out var from) is { } links) return flow.Not(links.Unknown!);
        flow.FilePath = path;
        var look = flow.Ground.Files.Open(path, rule, from);
        switch (look.Answer)
        {
            case FileAnswer.Unknown:
                return flow.Not($"what stands at {Shown8(path)}, and whether it can be read");
            case FileAnswer.NotFound or FileAnswer.NotADirectory or FileAnswer.NameTooLong:
                return Missing(flow, path);
            case FileAnswer.Denied or FileAnswer.LinkRefused or FileAnswer.TooManyLinks or FileAnswer.LinkAsDirectory:
                return Refused(flow, path, look.Answer);
        }

        if (look.Kind == FileKind.Directory)
            return flow.Decide(new() { By = DecidedBy.Redirected, Status = 301, Says = "a directory: redirects to the same with a slash", Scope = flow.Scope, File = path });
        if (look.Kind != FileKind.File) return flow.Decide(new() { By = DecidedBy.FileMissing, Status = 404, Says = "is no regular file", Scope = flow.Scope, File = path });
        if (flow.Method == "POST") return flow.Decide(new() { By = DecidedBy.Method, Status = 405, Says = "files are served to GET and HEAD alone", Scope = flow.Scope, File = path });
        flow.Sent = 200;
        flow.Decide(new() { By = DecidedBy.Served, Status = 200, Node = flow.Scope.Nearest("root", "alias") is { } at ? at.One("alias") ?? at.One("root") : null, Says = "serves the file", Scope = flow.Scope, File = path });
        return Rc.Ok;
    }

    /// <summary>try_files (ngx_http_try_files_module.c): not inherited.</summary>
    public static int TryFiles(Flow flow)
    {
        if (flow.Scope.Own("try_files") is not [var node, ..] || node.Count < 2) return Rc.Declined;
        var alias = Paths.Alias(flow);
        for (var i = 0; i < node.Count; i++)
        {
            var template = node[i];
            var last = i == node.Count - 1;
            if (last && template.StartsWith('='))
            {
                return int.TryParse(template.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture, out var code)
                    ? flow.Decide(new() { By = DecidedBy.TryFiles, Status = code, Node = node, Says = $"none of its files exists, so it answers {code}", Scope = flow.Scope, File = flow.FilePath ?? NotLookedFor(flow) })
                    : flow.Not("the last word of try_files", node);
            }

            var directory = !last && template.EndsWith('/');
            var value = Script.Run(flow, directory ? template[..^1] : template);
            if (!value.IsKnown) return flow.Not(value.Unknown!, node);
            var name = value.Plain;
            if (alias is > 0 and < int.MaxValue && Script.HasVariables(template) && name.StartsWith(flow.Uri[..Math.Min(alias, flow.Uri.Length)], StringComparison.Ordinal)) name = name[Math.Min(alias, name.Length)..];
            if (last)
            {
                flow.Ground.Note(node, $"no file of it exists: goes on with {Shown8(name)}");
                if (name.StartsWith('@')) return Evaluator.Named(flow, name);
                var mark = name.IndexOf('?', StringComparison.Ordinal);
                return mark < 0 ? Evaluator.Redirect(flow, name, "") : Evaluator.Redirect(flow, name[..mark], name[(mark + 1)..]);
            }

            if (Paths.Root(flow, out var root) is { } unknown) return flow.Not(unknown.Unknown!);
            if (alias != 0 && !flow.ValidLocation) return AliasFault(flow);
            var path = root + name;
            var look = Paths.Test(flow, path, out var why);
            if (why is { } not) return flow.Not(not.Unknown!);
            if (look.Answer == FileAnswer.Unknown) return flow.Not($"what stands at {Shown8(path)}", node);
            if (look.Answer is FileAnswer.Denied or FileAnswer.LinkRefused or FileAnswer.LinkAsDirectory)
            {
                flow.FilePath ??= path;
                flow.Ground.Note(node, $"{Shown8(path)}: permission denied, so it is passed over as if it did not exist");
                flow.Ground.Decisions.Add(new() { By = look.Answer == FileAnswer.Denied ? DecidedBy.FileDenied : DecidedBy.LinkRefused, Status = 0, Node = node, Says = "passed over", Scope = flow.Scope, File = path, Answer = look.Answer });
            }

            if (look.Answer != FileAnswer.Found || look.IsDirectory != directory) continue;
            flow.Ground.Note(node, $"{Shown8(path)} exists");
            if (alias == 0) flow.Uri = name;
            else if (alias == int.MaxValue)
            {
                if (!directory)
                {
                    flow.Uri = name;
                    flow.AddUriToAlias = true;
                }
            }
            else flow.Uri = flow.Uri[..Math.Min(alias, flow.Uri.Length)] + name;
            return Rc.Declined;
        }

        return Rc.Declined;
    }

    /// <summary>The file that the URI maps to where it is there, though try_files did not look for it; null: it is not, or it can't be told.</summary>
    private static string? NotLookedFor(Flow flow) =>
        Paths.Map(flow, out var path, out _) is null && path is not null && Paths.Test(flow, path, out var unknown) is { Answer: FileAnswer.Found, Kind: FileKind.File } && unknown is null ? path : null;

    /// <summary>A path as people read it.</summary>
    public static string Shown8(string bytes) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.Latin1.GetBytes(bytes));

    private static int AliasFault(Flow flow) =>
        flow.Decide(new() { By = DecidedBy.Fault, Status = 500, Node = flow.Scope.One("alias"), Says = "alias can't be used where the URI was rewritten", Scope = flow.Scope });

    private static int Missing(Flow flow, string path)
    {
        flow.FilePath = path;
        return flow.Decide(new() { By = DecidedBy.FileMissing, Status = 404, Says = "nothing is there", Scope = flow.Scope, File = path });
    }

    private static int Refused(Flow flow, string path, FileAnswer answer)
    {
        flow.FilePath = path;
        return flow.Decide(new()
        {
            By = answer == FileAnswer.Denied ? DecidedBy.FileDenied : DecidedBy.LinkRefused,
            Status = answer == FileAnswer.LinkAsDirectory ? 404 : 403,
            Node = answer is FileAnswer.LinkRefused or FileAnswer.LinkAsDirectory ? flow.Scope.One("disable_symlinks") : null,
            Says = answer == FileAnswer.Denied ? "permission denied" : "a symbolic link that may not be followed",
            Scope = flow.Scope,
            File = path,
            Answer = answer,
        });
    }
}
