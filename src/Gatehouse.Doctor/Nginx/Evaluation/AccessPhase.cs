using System.Net;
using System.Net.Sockets;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Passwords;

namespace Gatehouse.Doctor.Nginx.Evaluation;

/// <summary>The access phase (ngx_http_core_access_phase): allow and deny, then auth_basic, then auth_request, joined by satisfy.</summary>
internal static class AccessPhase
{
    /// <summary>Directives of modules that decide here and can't be evaluated, unless their value is off.</summary>
    private static readonly string[] Foreign =
    [
        "access_by_lua", "access_by_lua_block", "access_by_lua_file", "auth_jwt", "auth_jwt_enabled", "auth_pam", "auth_ldap", "auth_ldap_servers", "auth_digest", "auth_oidc", "auth_gss", "auth_spnego",
        "modsecurity", "ModSecurityEnabled", "SecRulesEnabled", "testcookie", "js_access", "auth_token_enable", "auth_cookie", "oauth2_proxy", "crowdsec_enabled", "auth_basic_bearer", "shibboleth",
        "auth_radius", "nasxi", "auth_totp_realm", "auth_require", "access_by_njs",
    ];

    /// <summary>Runs it.</summary>
    public static int Run(Flow flow)
    {
        if (flow.IsSubrequest) return Rc.Declined;
        foreach (var name in Foreign)
            if (flow.Scope.One(name) is { } node && !node[0].Equals("off", StringComparison.OrdinalIgnoreCase)) return flow.Not($"{name} decides here, which is not evaluated", node);
        var any = flow.Scope.Value("satisfy") == "any";
        var kept = 0;
        var before = flow.Ground.Decisions.Count;
        foreach (var handler in (Func<Flow, bool, int>[])[Addresses, BasicAuth.Check, Subrequest])
        {
            var rc = handler(flow, any);
            switch (rc)
            {
                case Rc.Declined:
                    continue;
                case Rc.Ok when any:
                    flow.Ground.Note(flow.Scope.One("satisfy")!, "one of its conditions is met");
                    KeepRefusals(flow, before, status: 0);
                    return Rc.Declined;
                case Rc.Ok:
                    continue;
                case 401 or 403 when any:
                    if (kept != 401) kept = rc;
                    continue;
                default:
                    return rc;
            }
        }

        if (any) KeepRefusals(flow, before, kept);
        return kept == 0 ? Rc.Declined : kept;
    }

    /// <summary>Of the refusals that `satisfy any` weighed only the one that it answers with is a refusal.</summary>
    private static void KeepRefusals(Flow flow, int from, int status)
    {
        for (var i = flow.Ground.Decisions.Count - 1; i >= from; i--)
            if (flow.Ground.Decisions[i] is { Subrequest: false, Status: >= 400 } decision && decision.Status != status) flow.Ground.Decisions.RemoveAt(i);
    }

    /// <summary>The rules in force: those of the nearest level that has any.</summary>
    public static IReadOnlyList<ConfNode> Rules(Scope scope) =>
        scope.Nearest("allow", "deny") is { } own ? [.. own.Nodes.Where(node => node.Name is "allow" or "deny")] : [];

    /// <summary>Whether a rule speaks of an address; null: it can't be told.</summary>
    public static bool? Speaks(ConfNode rule, IPAddress? client)
    {
        if (rule[0] == "all") return true;
        if (client is null) return null;
        if (rule[0] == "unix:") return false;
        if (!Networks.TryParse(rule[0], out var network)) return null;
        return Networks.Contains(network, client);
    }

    private static int Addresses(Flow flow, bool any)
    {
        var client = flow.Ground.Client;
        var rules = Rules(flow.Scope);
        // A mapped address is held against IPv4 rules only if there are any; the lists are merged as one.
        if (client is not null) client = Variables.Plain(client);
        foreach (var rule in rules)
        {
            switch (Speaks(rule, client))
            {
                case null:
                    return flow.Not(client is null ? Variables.NoClient.Unknown! : $"`{rule[0]}` is no address", rule);
                case false:
                    flow.Ground.Note(rule, $"does not speak of {client}");
                    continue;
            }

            if (rule.Name == "allow")
            {
                flow.Ground.Note(rule, $"allows {client}");
                return Rc.Ok;
            }

            return flow.Decide(new()
            {
                By = DecidedBy.AddressRule,
                Status = 403,
                Node = rule,
                Says = client is null ? "denies everybody" : $"denies {client}",
                Scope = flow.Scope.Nearest("allow", "deny")!,
                NamesAddress = rule[0] != "all",
            });
        }

        return Rc.Declined;
    }

    private static int Subrequest(Flow flow, bool any)
    {
        if (flow.Scope.One("auth_request") is not { } node || node[0] == "off") return Rc.Declined;
        var inner = new Flow(flow.Ground, flow.Server) { Uri = node[0], Method = "GET", IsSubrequest = true, Internal = true, Phase = Phase.ServerRewrite, Quoted = flow.Quoted };
        flow.Ground.Note(node, "asks by a request inside");
        var status = Evaluator.Run(inner);
        foreach (var set in flow.Scope.Find("auth_request_set"))
        {
            var value = Script.Run(inner, set[1]);
            Variables.Set(flow, set[0].TrimStart('$'), inner.HandedOnBy is null ? value : Text.Not($"{set[0]} comes from behind"));
        }

        flow.Ground.Subrequests.Add(new(node, inner.HandedOnBy is null && inner.UnknownBecause is null ? status : null, inner.HandedOnBy));
        if (inner.UnknownBecause is { } unknown) return flow.Not("the request inside: " + unknown, node);
        if (inner.HandedOnBy is { } behind && inner.ErrorStatus == 0) return flow.Not($"what stands behind `{behind.Line}` decides", node);
        switch (status)
        {
            case 401 or 403:
                return flow.Decide(new() { By = DecidedBy.AuthRequest, Status = status.Value, Node = node, Says = $"the request inside was answered with {status}", Scope = flow.Scope });
            case >= 200 and < 300:
                flow.Ground.Note(node, $"the request inside was answered with {status}: passes");
                return Rc.Ok;
            default:
                return flow.Decide(new() { By = DecidedBy.AuthRequest, Status = 500, Node = node, Says = $"the request inside was answered with {status}, which only 2xx, 401 and 403 may be", Scope = flow.Scope });
        }
    }
}

/// <summary>auth_basic (ngx_http_auth_basic_module.c).</summary>
internal static class BasicAuth
{
    /// <summary>Checks.</summary>
    public static int Check(Flow flow, bool any)
    {
        if (flow.Scope.One("auth_basic") is not { } realm || flow.Scope.One("auth_basic_user_file") is not { } file) return Rc.Declined;
        var name = Script.Run(flow, realm[0]);
        if (!name.IsKnown) return flow.Not(name.Unknown!, realm);
        if (name.Plain == "off")
        {
            flow.Ground.Note(realm, "is off");
            return Rc.Declined;
        }

        if (!Credentials(flow, out var user, out var password))
        {
            var came = Variables.Header(flow, "Authorization");
            // What whoever signs in will meet next is looked at already: an anonymous request does not show it.
            var next = Script.Run(flow, file[0]) is { IsKnown: true } known ? Paths.FromConfig(flow.Ground, known.Plain) : null;
            var readable = FileAnswer.Unknown;
            if (next is not null && flow.Ground.Files.Read(next, out readable) is not null) readable = FileAnswer.Found;
            return flow.Decide(new() { By = DecidedBy.Basic, Status = 401, Node = realm, Says = came is null ? "no credentials came" : "no usable credentials came", Scope = flow.Scope, Malformed = came is not null, File = next, Answer = readable });
        }

        var where = Script.Run(flow, file[0]);
        if (!where.IsKnown) return flow.Not(where.Unknown!, file);
        var path = Paths.FromConfig(flow.Ground, where.Plain);
        var bytes = flow.Ground.Files.Read(path, out var answer);
        if (bytes is null)
        {
            if (answer == FileAnswer.Unknown) return flow.Not($"the password file {StaticContent.Shown8(path)} can't be read by us", file);
            var missing = answer == FileAnswer.NotFound;
            return flow.Decide(new()
            {
                By = DecidedBy.UserFile,
                Status = missing ? 403 : 500,
                Node = file,
                Says = missing ? $"{StaticContent.Shown8(path)} does not exist" : $"{StaticContent.Shown8(path)} can't be opened",
                Scope = flow.Scope,
                File = path,
                Answer = answer,
                User = user,
            });
        }

        var (check, line, problem) = NginxPasswords.Check(bytes, user, System.Text.Encoding.Latin1.GetBytes(password));
        if (problem is not null) return flow.Not(problem, file);
        if (check == PasswordCheck.Right)
        {
            flow.Ground.Note(realm, $"accepts the user {StaticContent.Shown8(user)}");
            return Rc.Ok;
        }

        return flow.Decide(new()
        {
            By = DecidedBy.Basic,
            Status = 401,
            Node = realm,
            Says = check switch { PasswordCheck.UnknownUser => "the user is not in the password file", PasswordCheck.BadHash => "the user's hash can't be verified", _ => "the password differs" },
            Scope = flow.Scope,
            Check = check,
            User = user,
            File = path,
            EntryLine = line,
        });
    }

    /// <summary>User and password of the Authorization field, as ngx_http_auth_basic_user reads it.</summary>
    public static bool Credentials(Flow flow, out string user, out string password)
    {
        user = password = "";
        if (Variables.Header(flow, "Authorization") is not { } field || !field.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return false;
        var encoded = field.AsSpan(6).TrimStart(' ');
        if (encoded.IsEmpty || Base64.Decode(encoded, urlSafe: false) is not { } bytes) return false;
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return false;
        user = text[..colon];
        password = text[(colon + 1)..];
        var zero = password.IndexOf('\0', StringComparison.Ordinal);
        if (zero >= 0) password = password[..zero];
        return true;
    }
}

/// <summary>Base64 as ngx_decode_base64 takes it: up to the first <c>=</c>, everything else but the alphabet is a fault.</summary>
internal static class Base64
{
    /// <summary>The bytes; null: it is none.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text, bool urlSafe)
    {
        var end = text.IndexOf('=');
        if (end >= 0) text = text[..end];
        if (text.Length % 4 == 1) return null;
        var result = new List<byte>(text.Length * 3 / 4 + 3);
        int bits = 0, count = 0;
        foreach (var c in text)
        {
            var value = c switch
            {
                >= 'A' and <= 'Z' => c - 'A',
                >= 'a' and <= 'z' => c - 'a' + 26,
                >= '0' and <= '9' => c - '0' + 52,
                '+' when !urlSafe => 62,
                '/' when !urlSafe => 63,
                '-' when urlSafe => 62,
                '_' when urlSafe => 63,
                _ => -1,
            };
            if (value < 0) return null;
            bits = (bits << 6) | value;
            count += 6;
            if (count < 8) continue;
            count -= 8;
            result.Add((byte)(bits >> count));
            bits &= (1 << count) - 1;
        }

        return [.. result];
    }
}
