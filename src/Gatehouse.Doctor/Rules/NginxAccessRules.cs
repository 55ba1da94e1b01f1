using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;
using Gatehouse.Passwords;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Rules;

/// <summary>allow and deny, auth_basic, auth_request, client certificates.</summary>
internal static class NginxAccessRules
{
    /// <summary>A login that would fail next, once the credentials are there: likely, and not what is seen now.</summary>
    private const double Next = 0.7;

    /// <summary>A deny decided.</summary>
    public static IEnumerable<Finding> Address(Verdict verdict, Decision refusal)
    {
        var rule = refusal.Node!;
        var client = verdict.Ground.Client?.ToString() ?? "everybody";
        var limit = refusal.Scope.Kind == ScopeKind.LimitExcept ? refusal.Scope : null;
        if (limit is not null)
        {
            var method = verdict.Ground.Request.Method;
            yield return new Finding
            {
                Cause = Network.MethodDenied,
                Confidence = 1,
                Summary = $"{method} is refused here: only {string.Join(", ", limit.Parent!.ExceptMethods)} is left alone by limit_except",
                Evidence = [NginxRules.At(limit.Node!), NginxRules.At(rule, "denies")],
                Remedies = [new Remedy { Id = "allow-method", Who = Audience.Owner, What = $"name {method} in limit_except, where it is meant to be allowed", Edits = KnownMethod(method) ? NginxEdits.Appended(limit.Node!, method) : [] }],
            };
            yield break;
        }

        var rules = AccessPhase.Rules(refusal.Scope);
        var before = rules.TakeWhile(one => !ReferenceEquals(one, rule)).ToList();
        var allows = before.Where(one => one.Name == "allow").ToList();
        if (rules.Skip(before.Count + 1).FirstOrDefault(one => one.Name == "allow" && Covers(rule, one) && AccessPhase.Speaks(one, verdict.Ground.Client is { } asker ? Variables.Plain(asker) : null) == true) is { } late)
        {
            yield return new Finding
            {
                Cause = Configuration.ConfigRuleUnreachable,
                Confidence = 1,
                Summary = $"`{late.Line}` is never asked: `{rule.Line}` stands before it, and the first rule that fits decides",
                Evidence = [NginxRules.At(late, "is never reached"), NginxRules.At(rule, $"denies {client}")],
                Remedies = [new Remedy { Id = "order-rules", Who = Audience.Owner, What = $"move `{late.Line}` before `{rule.Line}`" }],
            };
        }

        if (!refusal.NamesAddress && NginxConditionRules.IsStrangerAtDefault(verdict, refusal))
        {
            yield return NginxConditionRules.Stranger(verdict, refusal);
            yield break;
        }

        if (!refusal.NamesAddress && allows.Count == 0)
        {
            yield return new Finding
            {
                Cause = FileCauses.ResourceDenied,
                Confidence = 1,
                Summary = $"`{rule.Line}` refuses {(refusal.Scope.Location is { } location ? StaticContent.Shown8(location.Name) : "the whole server")} to everybody",
                Evidence = [NginxRules.At(rule, "denies everybody")],
                Remedies = [new Remedy { Id = "lift-deny", Who = Audience.Owner, What = refusal.Scope.Match == LocationKind.Pattern ? $"narrow the location's pattern at {refusal.Scope.Node?.At}, or give what is to be public a location of its own (`location ^~ /path/`), where this is not meant" : "take the deny out, or put `allow ADDRESS;` before it, where this is not meant" }],
            };
            yield break;
        }

        var forwarded = verdict.Ground.Headers.Find(header => header.Key.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase)).Value;
        var behind = forwarded is not null && verdict.Ground.RealIpBy is null ? $"; X-Forwarded-For says {forwarded}, which no set_real_ip_from lets count" : "";
        var address = verdict.Ground.Client?.ToString();
        yield return new Finding
        {
            Cause = refusal.NamesAddress ? Network.IpBlocked : Network.IpNotAllowed,
            Confidence = 1,
            Summary = refusal.NamesAddress ? $"{client} is refused by `{rule.Line}`{behind}" : $"{client} is not among the allowed addresses ({string.Join(", ", allows.Select(allow => allow[0]).Take(6))}){behind}",
            Evidence = [NginxRules.At(rule, $"denies {client}"), .. before.Where(one => one.Name == "allow").Take(6).Select(one => NginxRules.At(one, $"does not speak of {client}")), new(EvidenceKind.Address, "client", client)],
            Remedies = address is null ? [] : [new Remedy { Id = "allow-address", Who = Audience.Owner, What = $"let {address} in before the deny, where it is meant to have access", Edits = NginxEdits.Before(rule, $"allow {address};") }],
        };
    }

    /// <summary>Whether a rule leaves nothing to a later one. One that takes an address out of a wider network does: that is how exceptions are written.</summary>
    private static bool Covers(ConfNode rule, ConfNode later)
    {
        if (rule[0] == "all" || rule[0] == later[0]) return true;
        return Networks.TryParse(rule[0], out var wide) && Networks.TryParse(later[0], out var narrow) && wide.PrefixLength <= narrow.PrefixLength && Networks.Contains(wide, narrow.BaseAddress);
    }

    /// <summary>auth_basic decided.</summary>
    public static IEnumerable<Finding> Basic(NginxJudged judged, Verdict verdict, Decision refusal)
    {
        var realm = refusal.Node!;
        var file = refusal.Scope.One("auth_basic_user_file");
        var evidence = new List<Evidence> { NginxRules.At(realm, refusal.Says) };
        if (file is not null) evidence.Add(NginxRules.At(file));
        if (refusal.Check is not { } check)
        {
            var field = verdict.Ground.Headers.Find(header => header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase)).Value;
            var basic = field is not null && (field.Equals("Basic", StringComparison.OrdinalIgnoreCase) || field.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase));
            var scheme = field?.Split(' ')[0] ?? "";
            yield return new Finding
            {
                Cause = !refusal.Malformed ? Credentials.Missing : basic ? Credentials.Malformed : Credentials.WrongScheme,
                Confidence = 1,
                Summary = !refusal.Malformed ? $"no credentials came, and {realm.At} asks for user and password"
                    : basic ? "the Authorization field can't be read: it must be `Basic ` and base64 of user:password" : $"credentials of the scheme {(scheme.Length is > 0 and < 20 ? scheme : "?")} came, and {realm.At} takes Basic alone",
                Evidence = evidence,
            };
            if (file is not null && refusal.Answer is not (FileAnswer.Found or FileAnswer.Unknown))
                foreach (var next in UserFile(verdict, refusal with { Node = file })) yield return next with { Confidence = Next, Summary = next.Summary + ": whoever signs in is refused, too" };
            yield break;
        }

        var user = Shown8(refusal.User ?? "");
        var path = Shown8(refusal.File ?? "");
        if (refusal.EntryLine > 0) evidence.Add(new(EvidenceKind.ConfigLine, string.Create(CultureInfo.InvariantCulture, $"{path}:{refusal.EntryLine}"), $"{user}:… (the user's entry)"));
        else evidence.Add(new(EvidenceKind.ConfigLine, path, $"has no entry {user}"));
        yield return check switch
        {
            PasswordCheck.UnknownUser => new Finding
            {
                Cause = Credentials.PasswordUnknownUser,
                Confidence = 1,
                Summary = $"the user {user} is not in {path}",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "htpasswd-add", Who = Audience.Owner, What = $"add the user {user}, where they are meant to have access", Command = $"htpasswd -B {FileRules.ShellWord(path)} {FileRules.ShellWord(user)}" }],
            },
            PasswordCheck.BadHash => new Finding
            {
                Cause = Credentials.PasswordFileBadHash,
                Confidence = 1,
                Summary = $"the entry of {user} at {path}:{refusal.EntryLine.ToString(CultureInfo.InvariantCulture)} is no hash that nginx can verify (clear text needs {{PLAIN}} before it; Argon2 and {{SSHA512}} are unknown to it)",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "htpasswd-rehash", Who = Audience.Owner, What = $"set the password of {user} anew as a hash that nginx knows, rather than as {{PLAIN}}", Command = $"htpasswd -m {FileRules.ShellWord(path)} {FileRules.ShellWord(user)}" }],
            },
            PasswordCheck.Wrong or PasswordCheck.Right => new Finding
            {
                Cause = Credentials.PasswordWrong,
                Confidence = 1,
                Summary = $"the user {user} is in {path}, and the password is another",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "htpasswd-set", Who = Audience.Owner, What = $"set the password of {user} anew, where it is lost", Command = $"htpasswd -B {FileRules.ShellWord(path)} {FileRules.ShellWord(user)}" }],
            },
        };
        _ = judged;
    }

    /// <summary>The password file could not be read.</summary>
    public static IEnumerable<Finding> UserFile(Verdict verdict, Decision refusal)
    {
        var path = Shown8(refusal.File ?? "");
        var missing = refusal.Answer is FileAnswer.NotFound or FileAnswer.NotADirectory;
        yield return new Finding
        {
            Cause = missing ? Credentials.PasswordFileMissing : Credentials.PasswordFileUnreadable,
            Confidence = 1,
            Summary = missing ? $"the password file {path} does not exist" : $"nginx's workers can't read the password file {path}",
            Evidence = [NginxRules.At(refusal.Node!, refusal.Says), new(EvidenceKind.FileMode, path, missing ? "does not exist" : "permission denied")],
            Remedies = missing
                ? [new Remedy { Id = "create-password-file", Who = Audience.Owner, What = "create the password file with htpasswd, or let auth_basic_user_file name the one that exists", Command = $"htpasswd -B -c {FileRules.ShellWord(path)} {FileRules.ShellWord(Shown8(refusal.User is { Length: > 0 } user ? user : "USER"))}" }]
                : [new Remedy { Id = "let-group-read", Who = Audience.Owner, What = $"let the workers' group read {path}, and nobody else", Command = $"chgrp {FileRules.ShellWord(verdict.Ground.Model.Main.FirstOrDefault(node => node.Name == "user")?[0] ?? "www-data")} {FileRules.ShellWord(path)} && chmod g+r {FileRules.ShellWord(path)}" }],
        };
    }

    /// <summary>auth_request, answered inside by nginx's own rules.</summary>
    public static IEnumerable<Finding> Subrequest(Verdict verdict, Decision refusal)
    {
        var inner = verdict.Ground.Decisions.LastOrDefault(decision => decision.Subrequest && decision.Status >= 300);
        var asked = NginxRules.At(refusal.Node!, refusal.Says);
        if (refusal.Status == 500)
        {
            yield return new Finding
            {
                Cause = Configuration.UpstreamAuthFailed,
                Confidence = 1,
                Summary = $"the request inside of auth_request was answered with {inner?.Status.ToString(CultureInfo.InvariantCulture) ?? "another status"}: only 2xx, 401 and 403 are understood, and the client gets 500",
                Evidence = [asked, .. inner?.Node is { } at ? [NginxRules.At(at, inner.Says)] : Array.Empty<Evidence>()],
            };
            yield break;
        }

        if (inner is { By: DecidedBy.Returned })
        {
            foreach (var finding in NginxConditionRules.Returned(verdict, inner)) yield return finding with { Evidence = [asked, .. finding.Evidence] };
            yield break;
        }

        yield return new Finding { Cause = Configuration.UpstreamAuthFailed, Confidence = 0.9, Summary = $"the request inside of auth_request was answered with {refusal.Status}", Evidence = [asked] };
    }

    /// <summary>The client's certificate, or plain http where TLS is spoken.</summary>
    public static IEnumerable<Finding> Certificate(Verdict verdict, Decision refusal)
    {
        var evidence = refusal.Node is { } node ? new[] { NginxRules.At(node, refusal.Says) } : [];
        if (refusal.By == DecidedBy.PlainHttp)
        {
            yield return new Finding { Cause = Network.HttpsRequired, Confidence = 1, Summary = "plain http came to a port on which nginx speaks TLS alone", Evidence = evidence };
            yield break;
        }

        if (refusal.By == DecidedBy.Misdirected)
        {
            yield return new Finding { Cause = Network.HostUnknown, Confidence = 1, Summary = $"the handshake named {verdict.Ground.Request.Sni} and the request {verdict.Ground.Host}: with client certificates nginx takes only one and the same", Evidence = evidence };
            yield break;
        }

        var verify = verdict.Ground.Request.ClientVerify ?? "";
        yield return new Finding
        {
            Cause = verify == "NONE" ? Credentials.CertificateMissing : verify.Contains("expired", StringComparison.Ordinal) || verify.Contains("not yet", StringComparison.Ordinal) ? Credentials.CertificateExpired : Credentials.CertificateUntrusted,
            Confidence = 1,
            Summary = verify == "NONE" ? "ssl_verify_client wants a client certificate, and none came" : $"the client's certificate does not verify: {verify[Math.Min(7, verify.Length)..]}",
            Evidence = verdict.Flow?.Server.One("ssl_client_certificate") is { } authorities ? [.. evidence, NginxRules.At(authorities, "the accepted issuers")] : evidence,
        };
    }

    private static bool KnownMethod(string method) => method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "MKCOL" or "COPY" or "MOVE" or "OPTIONS" or "PROPFIND" or "PROPPATCH" or "LOCK" or "UNLOCK" or "PATCH";

    private static string Shown8(string bytes) => StaticContent.Shown8(bytes);
}
