using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Syntax;

namespace Gatehouse.Apache.Evaluation;

/// <summary>The access phases: access_checker, access_checker_ex, check_user_id, auth_checker, joined by Satisfy.</summary>
internal sealed partial class RequestRun
{
    /// <summary>AuthType in force; null: none, or None.</summary>
    private string? AuthType => rules.Word("authtype") is { } type && !type.Equals("None", StringComparison.OrdinalIgnoreCase) ? type : null;

    private HttpdAnswer? Checked()
    {
        if (!request.IsSubRequest) SetEnvironment(OfSections);
        if (Foreign() is { } foreign) return With(Told(foreign));
        if (facts is not null && Before is { } before && before.accessPassed && before.applied.SequenceEqual(applied) && !(narrowed && AsksByUrl))
        {
            // Nothing that decides has changed since it was let in: httpd does not ask again, not even by the other method.
            (request.User, request.AuthType) = before.Identity;
            accessPassed = true;
            return null;
        }

        var refused = Access();
        accessPassed = refused is null;
        return refused;
    }

    /// <summary>
    /// Modules whose access hooks are registered for every URL and not for every configuration (ap_setup_auth_internal): with one of them, what Location, Files and If add
    /// is merged anew for another URL, so that httpd takes the configuration for a changed one and asks again. Found by asking httpd with each of its modules.
    /// </summary>
    private bool AsksByUrl => Server.Has("allowmethods_module") || Server.Has("log_debug_module") || Server.Has("lua_module");

    private (string? User, string? AuthType) Identity => (request.User, request.AuthType);

    /// <summary>Whether access was granted, or taken over from the request before.</summary>
    private bool accessPassed;

    private HttpdAnswer? Access()
    {
        var any = rules.Compat?.SatisfyFor(request.Method) is { Any: true };
        var access = Accessible();
        if (access is { Status: null }) return With(access);
        if (access is null && any)
        {
            Say(rules.Compat!.SatisfyFor(request.Method)!.Value.By, "one suffices, and the address is let in");
            return null;
        }

        if (access is not null && !any) return With(access);
        return Authorized(afterLogin: false);
    }

    /// <summary>Modules that refuse by rules which Gatehouse does not evaluate.</summary>
    private string? Foreign()
    {
        if (Server.Has("security2_module") && host.Settings.GetValueOrDefault("secruleengine") is { } engine && engine.Arguments is [var mode] && mode.Equals("on", StringComparison.OrdinalIgnoreCase) && (rules.Word("secruleengine") ?? mode).Equals("on", StringComparison.OrdinalIgnoreCase))
            return $"ModSecurity is on ({engine.At}), and its rules are not evaluated";
        foreach (var name in (string[])["luahookaccesschecker", "luahookauthchecker", "luahookcheckuserid", "luahooktranslatename"])
            if (rules.Setting(name) is { } lua) return $"{lua.Text} ({lua.At}) decides by a program";
        return null;
    }

    /// <summary>The hooks of access_checker: SSLRequireSSL, AllowMethods, Order and Allow; null: the request passes.</summary>
    private HttpdAnswer? Accessible()
    {
        if (rules.Setting("sslrequiressl") is { } tls && Server.Has("ssl_module") && !request.Https)
        {
            Say(tls, "refuses plain http");
            return new() { Reason = AnswerReason.TlsRequired, Status = 403, By = tls };
        }

        if (rules.Setting("sslrequire") is { } requirement) return Told($"{requirement.Text} ({requirement.At}) is not evaluated") with { By = requirement };
        if (Methods() is { } method) return method;
        if (rules.Compat is not { HasAccessRules: true } compat) return null;
        var passes = AllowDeny.Passes(compat, request, evaluator.Dns, IsSet, out var decided, out var order);
        if (passes == Known.Unknown)
            return Told($"{decided!.By.Text} ({decided.By.At}) can't be evaluated from here: {(decided.Subject == CompatSubject.Host ? "httpd looks the client's name up" : $"who sets `{decided.Value}` is not known")}") with { By = decided.By, Compat = decided };
        var by = decided?.By ?? order;
        Say(by, passes == Known.Yes ? "lets the client in" : decided is null ? "refuses what no Allow names" : "refuses the client");
        return passes == Known.Yes ? null : new() { Reason = AnswerReason.AllowDeny, Status = 403, By = by, Compat = decided };
    }

    private HttpdAnswer? Methods()
    {
        if (!Server.Has("allowmethods_module") || rules.List("allowmethods") is not { Count: > 0 } lines) return null;
        var by = lines[^1];
        HashSet<string>? allowed = [];
        foreach (var word in lines.SelectMany(line => line.Arguments))
        {
            if (word.Equals("reset", StringComparison.OrdinalIgnoreCase)) allowed = null;
            else (allowed ??= []).Add(word);
        }

        if (allowed is null || allowed.Contains(request.Method == "HEAD" ? "GET" : request.Method)) return null;
        Say(by, $"refuses {request.Method}");
        return new() { Reason = AnswerReason.Method, Status = 405, By = by, Detail = $"AllowMethods names {string.Join(' ', allowed.Order(StringComparer.Ordinal))}" };
    }

    private Known IsSet(string name) => request.Environment.ContainsKey(name) ? Known.Yes : Expressions.ServerVariables.OfRequest(name, request) is { } found && found.Value is null ? Known.Unknown : Known.No;

    /// <summary>mod_authz_core, first without a user, then with one.</summary>
    private HttpdAnswer? Authorized(bool afterLogin)
    {
        if (rules.Authorization?.Root is not { } root)
        {
            if (afterLogin || AuthType is null) return null;
            return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = rules.Setting("authtype"), Detail = "AuthType stands without any Require" });
        }

        requires.Clear();
        var asked = new List<RequireResult>();
        var result = Authorization.Of(root, request.Method, Ask, asked);
        requires.AddRange(asked);
        foreach (var line in asked) Say(line.Node.By, line.Why);
        switch (result)
        {
            case AuthorizationResults.Granted:
                return null;
            case AuthorizationResults.DeniedNoUser when !afterLogin:
                return Login() ?? Authorized(afterLogin: true);
            case AuthorizationResults.DeniedNoUser:
                return With(new() { Reason = AnswerReason.NotAuthorized, Status = 401, By = Deciding(asked), Requires = asked });
            case AuthorizationResults.Denied or AuthorizationResults.Neutral when !afterLogin || AuthType is null:
                return With(new() { Reason = AnswerReason.Require, Status = 403, By = Deciding(asked), Requires = asked, Path = request.FileName });
            case AuthorizationResults.Denied or AuthorizationResults.Neutral:
                return With(new() { Reason = AnswerReason.NotAuthorized, Status = rules.Authorization.ForbiddenOnFailure == true ? 403 : 401, By = Deciding(asked), Requires = asked });
            case AuthorizationResults.Error:
                return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = Deciding(asked), Requires = asked, Detail = "a Require failed" });
            default:
                return Undecided(asked, result, afterLogin);
        }
    }

    /// <summary>Several results are possible: still known where all come to the same status.</summary>
    private HttpdAnswer? Undecided(List<RequireResult> asked, AuthorizationResults result, bool afterLogin)
    {
        var refusals = AuthorizationResults.Denied | AuthorizationResults.Neutral;
        if ((result & ~refusals) == 0) return With(new() { Reason = afterLogin ? AnswerReason.NotAuthorized : AnswerReason.Require, Status = afterLogin && AuthType is not null && rules.Authorization?.ForbiddenOnFailure != true ? 401 : 403, By = Deciding(asked), Requires = asked });
        var open = asked.First(line => !int.IsPow2((int)line.Result));
        return With(Told($"{open.Node.By?.Text ?? "a Require"} ({open.Node.By?.At}) can't be evaluated from here: {open.Why}") with { By = open.Node.By, Requires = asked });
    }

    private static Directive? Deciding(List<RequireResult> asked) =>
        (asked.LastOrDefault(line => line.Refuses && line.Result != AuthorizationResults.Neutral) ?? asked.LastOrDefault(line => line.Refuses || line.Result == AuthorizationResults.DeniedNoUser) ?? asked.LastOrDefault())?.Node.By;

    /// <summary>One Require line of the core modules.</summary>
    private RequireResult Ask(AuthorizationNode node)
    {
        RequireResult Is(bool granted, string why) => new(node, granted ? AuthorizationResults.Granted : AuthorizationResults.Denied, why);
        RequireResult Maybe(Known granted, string yes, string no, string unknown) => granted switch
        {
            Known.Yes => Is(true, yes),
            Known.No => Is(false, no),
            Known.Unknown => new(node, AuthorizationResults.Granted | AuthorizationResults.Denied, unknown),
        };
        if (evaluator.Server.Aliases.TryGetValue(node.Provider!, out var alias))
        {
            var before = rules;
            rules = rules.With(alias.Rules);
            var answer = Ask(alias.Require);
            rules = before;
            return answer with { Node = node };
        }

        switch (node.Provider)
        {
            case "all":
                return Is(node.Arguments.Equals("granted", StringComparison.OrdinalIgnoreCase), node.Arguments.Equals("granted", StringComparison.OrdinalIgnoreCase) ? "grants" : "denies");
            case "env":
                var set = Known.No;
                foreach (var name in node.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    if (IsSet(name) is var one && one > set || one == Known.Unknown && set == Known.No) set = one;
                return Maybe(set, "the variable is set", "the variable is not set", $"who sets `{node.Arguments}` is not known");
            case "method":
                var method = request.Method == "HEAD" ? "GET" : request.Method;
                return Is(Words.Of(node.Arguments).Any(word => (word == "HEAD" ? "GET" : word) == method), $"the method is {request.Method}");
            case "expr":
                return Expr(node);
            case "ip":
                return Is(node.Networks.Any(network => network.Contains(request.Client)), $"the client is {request.Client}");
            case "local":
                var local = System.Net.IPAddress.IsLoopback(request.Client) || (request.ServerAddress is { } server && server.Equals(request.Client));
                return Is(local, local ? "the client is on this machine" : $"the client {request.Client} is not on this machine");
            case "host":
                return Maybe(Any(Words.Of(node.Arguments), word => evaluator.Dns.ClientIsIn(word, request.Client)), "the client's name is among them", "the client's name is not among them", $"httpd looks the name of {request.Client} up");
            case "forward-dns":
                return Maybe(Any(Words.Of(node.Arguments), word => evaluator.Dns.ResolvesTo(word, request.Client)), "the name leads to the client", "the name does not lead to the client", "httpd asks the name service");
            case "ssl":
                return Is(request.Https, request.Https ? "the connection is TLS" : "the connection is not TLS");
            case "ssl-verify-client":
                return !request.Https ? Is(false, "the connection is not TLS") : request.HasCertificate == false ? Is(false, "no client certificate came") : Maybe(Known.Unknown, "", "", "it depends on the client's certificate");
        }

        if (request.User is not { } user) return new(node, AuthorizationResults.DeniedNoUser, "nobody is signed in yet");
        if (node.Arguments.Contains("%{", StringComparison.Ordinal) && node.Provider is "user" or "group") return Maybe(Known.Unknown, "", "", "its arguments are an expression");
        switch (node.Provider)
        {
            case "valid-user":
                return Is(true, $"{user} is signed in");
            case "user":
                var named = Words.Of(node.Arguments).Contains(user, StringComparer.Ordinal);
                return Is(named, named ? $"{user} is named" : $"{user} is not named");
            case "group":
                return Group(node, user);
            case "file-owner" or "file-group":
                return Owner(node, user);
            default:
                return Maybe(Known.Unknown, "", "", $"`{node.Provider}` asks something that is not at hand");
        }
    }

    private static Known Any(List<string> words, Func<string, Known> ask)
    {
        var result = Known.No;
        foreach (var word in words)
        {
            var one = ask(word);
            if (one == Known.Yes) return one;
            if (one == Known.Unknown) result = one;
        }

        return result;
    }

    private RequireResult Expr(AuthorizationNode node)
    {
        if (node.Arguments.Contains("REMOTE_USER", StringComparison.OrdinalIgnoreCase) && request.User is null) return new(node, AuthorizationResults.DeniedNoUser, "nobody is signed in yet");
        var (holds, because) = Holds(node.Expression);
        return new(node, holds switch { Known.Yes => AuthorizationResults.Granted, Known.No => AuthorizationResults.Denied, Known.Unknown => AuthorizationResults.Granted | AuthorizationResults.Denied | AuthorizationResults.Error },
            holds switch { Known.Yes => "the expression holds", Known.No => "the expression does not hold", Known.Unknown => because ?? "the expression can't be evaluated" });
    }

    private RequireResult Group(AuthorizationNode node, string user)
    {
        if (rules.Word("authgroupfile") is not { } file) return new(node, AuthorizationResults.Denied, "no AuthGroupFile is named");
        var path = Server.Configuration.Rooted(file);
        var there = evaluator.Files.Stat(path);
        var readable = there is { Readable: true } && evaluator.Files.IsReachable(path);
        if (!readable || evaluator.Accounts.Groups(path) is not { } groups) return new(node, AuthorizationResults.Denied, $"the group file {path} can't be read or does not exist");
        var member = groups.GroupsOf(user);
        var among = Words.Of(node.Arguments).Any(member.Contains);
        return new(node, among ? AuthorizationResults.Granted : AuthorizationResults.Denied, among ? $"{user} is a member" : $"{user} is no member ({(member.Count == 0 ? $"of no group in {path}" : $"but of {string.Join(", ", member.Order(StringComparer.Ordinal))}")})");
    }

    private RequireResult Owner(AuthorizationNode node, string user)
    {
        if (facts is not { } there) return new(node, AuthorizationResults.Denied, "there is no such file");
        var name = evaluator.Files.AccountName(node.Provider == "file-owner" ? there.OwnerId : there.GroupId, node.Provider == "file-group");
        if (name is null) return new(node, AuthorizationResults.Denied | AuthorizationResults.Granted, "the file's owner is not known by name");
        if (node.Provider == "file-owner") return new(node, name == user ? AuthorizationResults.Granted : AuthorizationResults.Denied, $"the file belongs to {name}");
        return Group(node with { Arguments = name }, user) with { Node = node };
    }
}
