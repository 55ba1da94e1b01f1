using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Rewriting;

namespace Gatehouse.Apache.Evaluation;

/// <summary>What comes after access: types and handlers, fixups (rewriting in directories, Redirect, index files), the handler that answers.</summary>
internal sealed partial class RequestRun
{
    /// <summary>Handlers of modules that only show the server's state.</summary>
    private static readonly Dictionary<string, string> OwnHandlers = new(StringComparer.Ordinal)
    {
        ["server-status"] = "status_module",
        ["server-info"] = "info_module",
        ["balancer-manager"] = "proxy_balancer_module",
        ["ldap-status"] = "ldap_module",
    };

    private HttpdAnswer Served()
    {
        if (Negotiated() is { } negotiated) return With(negotiated);
        request.Handler = HandlerOf();
        if (DirectoryRewriting() is { } rewritten) return rewritten;
        if (Fixups() is { } redirect) return With(redirect);

        // mod_dir's slash comes first, its index files step aside.
        if (restart is { } again) return Slashed() is { } slash ? With(slash) : Redirected(again);
        if (Indexed(out var inner) is { } indexed) return inner ? indexed : With(indexed);
        return With(Handled());
    }

    /// <summary>MultiViews looks for name.* where the name itself does not exist.</summary>
    private HttpdAnswer? Negotiated()
    {
        if (facts is not null || !rules.Options.Has(OptionBits.MultiViews) || !Server.Has("negotiation_module")) return null;
        var slash = request.FileName!.LastIndexOf('/');
        var (folder, name) = (request.FileName[..Math.Max(1, slash)], request.FileName[(slash + 1)..]);
        if (name.Length == 0 || evaluator.Files.Stat(folder) is not { Kind: EntryKind.Directory }) return null;
        if (evaluator.Files.Names(folder) is not { } names) return Told($"MultiViews looks for files beside {request.FileName}, which are not known");
        return names.Any(other => other.StartsWith(name + ".", StringComparison.Ordinal)) ? Told($"MultiViews chooses among the files {name}.* in {folder}") : null;
    }

    /// <summary>SetHandler, or AddHandler by an extension of the file's name, or ScriptAlias.</summary>
    private string? HandlerOf()
    {
        if (rules.Word("sethandler") is { } set && !set.Equals("None", StringComparison.OrdinalIgnoreCase)) return set;
        if (scriptAlias is not null) return "cgi-script";
        var name = request.FileName![(request.FileName!.LastIndexOf('/') + 1)..];
        if (facts is { Kind: EntryKind.Directory } || !name.Contains('.')) return null;
        var byExtension = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var directive in rules.Layers.SelectMany(layer => layer.Directives))
        {
            var adds = directive.Is("AddHandler") || (directive.Is("AddType") && directive.Arguments.FirstOrDefault()?.StartsWith("application/x-httpd-", StringComparison.OrdinalIgnoreCase) == true);
            if (adds) foreach (var extension in directive.Arguments.Skip(1)) byExtension[extension.TrimStart('.')] = directive.Arguments[0];
            else if (directive.Is("RemoveHandler") || directive.Is("RemoveType")) foreach (var extension in directive.Arguments) byExtension.Remove(extension.TrimStart('.'));
        }

        string? handler = null;
        foreach (var part in name.Split('.').Skip(1))
            if (byExtension.TryGetValue(part, out var found)) handler = found;
        return handler;
    }

    /// <summary>mod_dir: the slash at the end, index files, FallbackResource.</summary>
    private HttpdAnswer? Indexed(out bool inner)
    {
        inner = false;
        if (!Server.Has("dir_module")) return null;
        if (facts is null) return request.Handler is null ? Fallback(out inner) : null;
        if (facts.Value.Kind != EntryKind.Directory || request.PathInfo.Length > 0) return null;
        if (!request.Path.EndsWith('/')) return Slashed();

        if (rules.Flag("directorycheckhandler") == true && request.Handler is not null) return null;
        if (Depth >= MaxSubRequests) return Told("index files lead from one to the other");
        var names = IndexNames();
        HttpdAnswer? failed = null;
        foreach (var name in names)
        {
            var sub = InternalRedirect.Within(request, (name.StartsWith('/') ? name : request.Path + name) + (request.Query is null ? "" : "?" + request.Query));
            sub.Method = "GET"; // look-ups of modules ask by GET, whatever the client asked by
            var run = new RequestRun(evaluator, host, sub) { Trace = [], RulesFiles = [], Depth = Depth + 1, IsDecoded = true, Before = this };
            var looked = run.SubRequest();
            if (looked is { Status: null }) return looked;
            if (looked is null && run.facts is { Kind: EntryKind.File })
            {
                inner = true;
                Say(rules.List("directoryindex").LastOrDefault(), $"{name} is the index file");
                return run.Finished(request.Method);
            }

            if (looked is null) continue;
            if (looked.Status is >= 300 and < 400 || (looked.Status is 401 or 406 && names.Count == 1))
            {
                inner = true;
                return looked;
            }

            if (looked.Status is not (404 or 200)) failed = looked;
        }

        if (failed is not null)
        {
            inner = true;
            return failed;
        }

        return Fallback(out inner);
    }

    /// <summary>A directory asked for without its slash; null: it is none, or has it, or that is switched off.</summary>
    private HttpdAnswer? Slashed()
    {
        if (!Server.Has("dir_module") || facts is not { Kind: EntryKind.Directory } || request.PathInfo.Length > 0 || request.Path.EndsWith('/') || rules.Flag("directoryslash") == false) return null;
        return new() { Reason = AnswerReason.Redirected, Status = 301, Target = request.Path + "/" + (request.Query is null ? "" : "?" + request.Query), Path = request.FileName, Detail = "a directory is asked for with a slash at its end" };
    }

    /// <summary>Names of index files in force.</summary>
    private List<string> IndexNames()
    {
        var names = new List<string>();
        var lines = rules.List("directoryindex");
        foreach (var word in lines.SelectMany(line => line.Arguments.Count == 1 && line.Arguments[0].Equals("disabled", StringComparison.OrdinalIgnoreCase) ? ["\0"] : line.Arguments))
        {
            if (word == "\0") names.Clear();
            else names.Add(word);
        }

        return names.Count == 0 && lines.Count == 0 ? ["index.html"] : names;
    }

    /// <summary>Phases of a subrequest up to its handler; null: it would be served.</summary>
    private HttpdAnswer? SubRequest()
    {
        if (Mapped() is { } early) return early;
        if (Checked() is { } refused) return refused;
        if (Negotiated() is { } negotiated) return negotiated;
        request.Handler = HandlerOf();
        if (DirectoryRewriting() is { } rewritten) return rewritten;
        return Fixups();
    }

    /// <summary>The request takes the place of the one that looked it up (ap_internal_fast_redirect), whose method counts again.</summary>
    private HttpdAnswer Finished(string method)
    {
        request.Method = method;
        return restart is { } again ? Redirected(again) : With(Indexed(out _) ?? Handled());
    }

    private HttpdAnswer? Fallback(out bool inner)
    {
        inner = false;
        if (rules.Setting("fallbackresource") is not { } fallback || fallback.Arguments is ["disabled"] || fallback.Arguments.Count == 0) return null;
        var target = fallback.Arguments[0];
        if (!target.StartsWith('/')) return null;
        if (Depth >= MaxSubRequests) return Told($"{fallback.Text} ({fallback.At}) leads from one to the other");
        Say(fallback, "takes what does not exist");
        var sub = InternalRedirect.Within(request, target + (request.Query is null ? "" : "?" + request.Query));
        sub.Method = "GET";
        var run = new RequestRun(evaluator, host, sub) { Trace = Trace, RulesFiles = [], Depth = Depth + 1, IsDecoded = true, Before = this };
        var looked = run.SubRequest();
        inner = true;
        if (looked is null && run.facts is { Kind: EntryKind.File }) return run.Finished(request.Method);
        if (looked is { Status: >= 300 and not 404 } or { Status: null }) return looked;
        // What is missing itself is taken by the fallback again, and again.
        if (looked is null && run.facts is null) return With(new() { Reason = AnswerReason.Loop, Status = 500, By = fallback, Detail = $"{target} does not exist" });
        inner = false;
        return null;
    }

    private HttpdAnswer Handled()
    {
        var handler = request.Handler;
        var by = rules.Setting("sethandler");
        if (handler is not null && !handler.Equals("default-handler", StringComparison.Ordinal))
        {
            if (handler == "cgi-script" && (Server.Has("cgi_module") || Server.Has("cgid_module"))) return Program();
            if (handler.StartsWith("proxy:", StringComparison.Ordinal) && Server.Has("proxy_module")) return new() { Reason = AnswerReason.HandedOn, Status = 200, By = by, Target = handler[6..], Path = request.FileName };
            if (handler.Contains("php", StringComparison.OrdinalIgnoreCase) && Server.Configuration.Modules.Any(module => module.StartsWith("php", StringComparison.Ordinal))) return new() { Reason = AnswerReason.HandedOn, Status = facts is null ? 404 : 200, Target = "PHP", Path = request.FileName };
            if (OwnHandlers.TryGetValue(handler, out var own) && Server.Has(own)) return new() { Reason = AnswerReason.HandedOn, Status = 200, By = by, Target = own };
            if (handler is "send-as-is" or "type-map" or "imap-file" or "form-login-handler" or "form-logout-handler" or "redirect-handler" or "lua-script" or "server-parsed" || (handler.EndsWith("-script", StringComparison.Ordinal) && Server.Configuration.ForeignModules.Any()))
                return Told($"the handler `{handler}` answers") with { Path = request.FileName };
        }

        var method = request.Method == "HEAD" ? "GET" : request.Method;
        if (facts is { Kind: EntryKind.Directory } there && method == "GET" && Server.Has("autoindex_module") && (handler is null or "httpd/unix-directory") && request.PathInfo.Length == 0)
        {
            if (rules.Options.Has(OptionBits.Indexes))
                return there.Readable ? new() { Reason = AnswerReason.Listed, Status = 200, Path = request.FileName } : new() { Reason = AnswerReason.NotReadable, Status = 403, Path = request.FileName, Detail = "the directory can't be listed" };
            return new() { Reason = AnswerReason.NoIndex, Status = 403, Path = request.FileName, By = rules.Options.By.LastOrDefault(), Detail = string.Join(' ', IndexNames()) };
        }

        if (method == "OPTIONS") return new() { Reason = AnswerReason.Served, Status = 200, Path = request.FileName };
        if (method is not ("GET" or "POST")) return new() { Reason = AnswerReason.Method, Status = RequireLine.KnownMethods.Contains(method) ? 405 : 501, Path = request.FileName, Detail = "a file is served to GET and POST alone" };
        if (facts is null || facts.Value.Kind == EntryKind.Directory) return new() { Reason = AnswerReason.NotFound, Status = 404, Path = request.FileName };
        if (request.PathInfo.Length > 0 && !(rules.Word("acceptpathinfo")?.Equals("On", StringComparison.OrdinalIgnoreCase) ?? false)) return new() { Reason = AnswerReason.NotFound, Status = 404, Path = request.FileName, Detail = "a file has no path below it" };
        return facts.Value.Readable ? new() { Reason = AnswerReason.Served, Status = 200, Path = request.FileName } : new() { Reason = AnswerReason.NotReadable, Status = 403, Path = request.FileName };
    }

    private HttpdAnswer Program()
    {
        HttpdAnswer Refused(int status, string why) => new() { Reason = status == 404 ? AnswerReason.NotFound : AnswerReason.Program, Status = status, By = scriptAlias ?? rules.Setting("sethandler"), Path = request.FileName, Detail = why };
        if (!rules.Options.Has(OptionBits.ExecCgi) && scriptAlias is null) return Refused(403, "Options ExecCGI is off");
        if (facts is null) return Refused(404, "there is no such program");
        if (facts.Value.Kind == EntryKind.Directory) return Refused(403, "a directory can't be run");
        if (!facts.Value.Searchable) return Told($"{request.FileName} is not executable: the program fails or is refused") with { Path = request.FileName };
        return new() { Reason = AnswerReason.HandedOn, Status = 200, By = scriptAlias, Target = request.FileName, Path = request.FileName, Detail = "cgi" };
    }
}
