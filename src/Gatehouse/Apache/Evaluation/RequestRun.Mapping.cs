using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Evaluation;

/// <summary>From the URL to a file: the hooks of translate_name in httpd's order (mod_rewrite, mod_proxy, mod_alias, mod_userdir, mod_vhost_alias, core).</summary>
internal sealed partial class RequestRun
{
    private HttpdAnswer? Translated()
    {
        request.DocumentRoot = Server.Configuration.Rooted(host.Word("documentroot") ?? "htdocs");
        if (request.DocumentRoot.Length > 1) request.DocumentRoot = request.DocumentRoot.TrimEnd('/');
        request.ServerName ??= host.Name ?? Server.Main.Name;
        request.ServerAliases = host.Aliases;
        request.ServerAdmin ??= host.Word("serveradmin");
        request.UseCanonicalName = host.Word("usecanonicalname")?.Equals("on", StringComparison.OrdinalIgnoreCase) == true;
        if (!IsDecoded && Target() is { } malformed) return malformed;

        if (ServerRewriting(out var file) is { } rewritten) return rewritten;
        if (file) return null;
        if (Proxied() is { } proxied) return proxied;
        return ServerRedirect() is { } redirect ? redirect : Placed();
    }

    /// <summary>The file that a path stands for, by Alias and DocumentRoot.</summary>
    private HttpdAnswer? Placed()
    {
        if (Aliased()) return null;
        if (request.Path.StartsWith("/~", StringComparison.Ordinal) && Server.Has("userdir_module") && host.Settings.GetValueOrDefault("userdir") is { } userDir && userDir.Arguments is not ["disabled"])
            return Told($"{userDir.Text} ({userDir.At}) maps `{request.Path}` into a user's home");
        if (Server.Has("vhost_alias_module") && (host.Settings.GetValueOrDefault("virtualdocumentroot") ?? host.Settings.GetValueOrDefault("virtualdocumentrootip")) is { } virtualRoot)
            return Told($"{virtualRoot.Text} ({virtualRoot.At}) makes the document root from the host's name");
        if (!request.Path.StartsWith('/')) return request.Method == "OPTIONS" && request.Path == "*" ? new() { Reason = AnswerReason.Served, Status = 200 } : new() { Reason = AnswerReason.BadRequest, Status = 400 };
        var below = request.Path.TrimStart('/');
        if (("/" + below + "/").Contains("/../", StringComparison.Ordinal)) return new() { Reason = AnswerReason.BadRequest, Status = 403, Detail = "the path leads out of the document root" };
        request.FileName = Joined(request.DocumentRoot, "/" + below);
        return null;
    }

    /// <summary>What lies where a rule says that nothing is; null: nothing, or it can't be told.</summary>
    private string? Hidden(int status)
    {
        if (status is not (404 or 410) || request.IsSubRequest) return null;
        if (request.FileName is not { } file)
        {
            if (Placed() is not null || request.FileName is not { } placed) return null;
            (file, request.FileName) = (placed, null);
        }

        return evaluator.Files.IsReachable(file) && evaluator.Files.Stat(file) is not null ? file : null;
    }

    /// <summary>Decodes the target once; what httpd refuses in it.</summary>
    private HttpdAnswer? Target()
    {
        var target = request.UnparsedTarget;
        if (target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('/'))
        {
            var slash = target.IndexOf('/', target.IndexOf("://", StringComparison.Ordinal) + 3);
            target = slash < 0 ? "/" : target[slash..];
        }

        var question = target.IndexOf('?');
        request.Query = question < 0 ? null : target[(question + 1)..];
        if (question >= 0) target = target[..question];
        if (target == "*") return null;
        var slashes = host.Word("allowencodedslashes")?.ToLowerInvariant() switch { "on" => (bool?)true, "nodecode" => false, _ => null };
        var merge = !(host.Word("mergeslashes")?.Equals("off", StringComparison.OrdinalIgnoreCase) ?? false);
        if (UrlPath.Decode(target, slashes, merge, out var path) is { } status) return new() { Reason = status == 404 ? AnswerReason.NotFound : AnswerReason.BadRequest, Status = status, Detail = "httpd refuses the path's encoding" };
        request.Path = path;
        return null;
    }

    private HttpdAnswer? Proxied()
    {
        if (!Server.Has("proxy_module")) return null;
        foreach (var directive in Handed())
        {
            var words = directive.Arguments;
            var isMatch = directive.Is("ProxyPassMatch");
            if (words.Count < 2) continue;
            string? rest = null;
            if (isMatch)
            {
                var match = evaluator.Patterns.Match(words[0], request.Path);
                if (match.Matched == Known.Unknown) return Told($"whether {directive.Text} ({directive.At}) matches can't be told");
                if (match.Matched == Known.Yes) rest = "";
            }
            else
            {
                rest = AliasRest(words[0], request.Path);
            }

            if (rest is null) continue;
            if (words[1] == "!")
            {
                Say(directive, "keeps the path from the proxy");
                return null;
            }

            Say(directive, $"hands the path to {words[1]}");
            return ToProxy(directive, words[1] + rest);
        }

        return null;
    }

    /// <summary>ProxyPass lines with their path: in Location sections the section's own path.</summary>
    private IEnumerable<Directive> Handed()
    {
        static bool IsPass(Directive directive) => directive.Is("ProxyPass") || directive.Is("ProxyPassMatch");
        foreach (var directive in host.OwnFirst(IsPass)) yield return directive;
        foreach (var section in host.Locations)
        {
            foreach (var directive in section.Rules.Layers.SelectMany(layer => layer.Directives).Where(IsPass))
            {
                var path = section.Pattern;
                yield return directive with { Name = section.Expression is null ? "ProxyPass" : "ProxyPassMatch", Arguments = [path, .. directive.Arguments] };
            }
        }
    }

    /// <summary>A proxied request has Location and Proxy sections, and no Directory or Files.</summary>
    private HttpdAnswer ToProxy(Directive? by, string target)
    {
        rules = host.Defaults;
        foreach (var section in host.Proxies)
        {
            var matches = section.Expression is not null ? section.Expression.Match(target).Matched
                : section.Pattern == "*" || section.IsWild && FileNamePattern.Matches(section.Pattern, target, FileNameOptions.None) || target.StartsWith(section.Pattern, StringComparison.Ordinal) ? Known.Yes : Known.No;
            if (matches == Known.Unknown) return Told($"whether {section.By.Text} ({section.By.At}) matches can't be told");
            if (matches != Known.Yes) continue;
            rules = rules.With(section.Rules);
            Say(section.By, "applies to the proxied address");
        }

        if (LocationSections() is { } locations) return locations;
        if (IfSections() is { } ifs) return ifs;
        if (Checked() is { } refused) return refused;
        if (DirectoryRewriting() is { } rewritten) return rewritten;
        if (Fixups() is { } fixedUp) return fixedUp;
        var scheme = target.IndexOf(':') is var colon and > 0 ? target[..colon].ToLowerInvariant() : "";
        var module = scheme switch { "http" or "https" or "unix" => "proxy_http_module", "ajp" => "proxy_ajp_module", "fcgi" => "proxy_fcgi_module", "scgi" => "proxy_scgi_module", "uwsgi" => "proxy_uwsgi_module", "ws" or "wss" => "proxy_wstunnel_module", _ => null };
        if (module is not null && scheme != "unix" && !Server.Has(module) && scheme is not ("ws" or "wss")) return With(new() { Reason = AnswerReason.ConfigurationFault, Status = 500, By = by, Target = target, Detail = $"no proxy module for {scheme}: {module} is not loaded" });
        return With(new() { Reason = AnswerReason.HandedOn, Status = 200, By = by, Target = target });
    }

    private bool Aliased()
    {
        if (!Server.Has("alias_module")) return false;
        // Alias in a Location section (2.4.19) counts for that path before those of the server.
        foreach (var section in host.Locations.Reverse())
        {
            if (section.Rules.Layers.SelectMany(layer => layer.Directives).LastOrDefault(directive => directive.Is("Alias") || directive.Is("ScriptAlias")) is not { Arguments.Count: 1 } inside) continue;
            if (section.Expression is not null || AliasRest(section.Pattern, request.Path) is not { } rest) continue;
            return ToFile(inside, inside.Arguments[0] + rest, section.Pattern, inside.Arguments[0]);
        }

        foreach (var directive in host.OwnFirst(directive => directive.Is("Alias") || directive.Is("ScriptAlias") || directive.Is("AliasMatch") || directive.Is("ScriptAliasMatch")))
        {
            if (directive.Arguments.Count < 2) continue;
            if (directive.Name.EndsWith("Match", StringComparison.OrdinalIgnoreCase))
            {
                var match = evaluator.Patterns.Match(directive.Arguments[0], request.Path);
                if (match.Matched == Known.Yes) return ToFile(directive, match.Substitute(directive.Arguments[1]));
            }
            else if (AliasRest(directive.Arguments[0], request.Path) is { } rest)
            {
                return ToFile(directive, directive.Arguments[1] + rest, directive.Arguments[0], directive.Arguments[1]);
            }
        }

        return false;
    }

    private bool ToFile(Directive by, string path, string prefix = "", string? root = null)
    {
        (request.ContextPrefix, request.ContextDocumentRoot) = (prefix, root);
        Say(by, $"maps the path to {path}");
        if (by.Name.StartsWith("Script", StringComparison.OrdinalIgnoreCase)) scriptAlias = by;
        request.FileName = Server.Configuration.Rooted(path);
        return true;
    }

    /// <summary>What follows an alias in a path, slashes in any number matching slashes in any number; null: it does not match (alias_matches).</summary>
    internal static string? AliasRest(string alias, string path)
    {
        int a = 0, p = 0;
        while (a < alias.Length)
        {
            if (alias[a] == '/')
            {
                if (p >= path.Length || path[p] != '/') return null;
                while (a < alias.Length && alias[a] == '/') a++;
                while (p < path.Length && path[p] == '/') p++;
                continue;
            }

            if (p >= path.Length || path[p] != alias[a]) return null;
            a++;
            p++;
        }

        return alias.Length > 0 && alias[^1] != '/' && p < path.Length && path[p] != '/' ? null : path[p..];
    }

    private static string Joined(string root, string below) => root == "/" ? below : root + below;
}
