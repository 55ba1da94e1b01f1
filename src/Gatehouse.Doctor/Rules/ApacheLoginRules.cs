using System.Globalization;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Causes;
using Gatehouse.Doctor.Apache;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;
using ServerStatus = Gatehouse.Causes.Status;

namespace Gatehouse.Doctor.Rules;

/// <summary>Refusals that end in a login, or in its failure.</summary>
internal static class ApacheLoginRules
{
    public static IEnumerable<Finding> Login(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer)) yield break;
        var certainty = ApacheRules.Certainty(judged, answer, seen);
        var evidence = Lines(judged, answer);
        Finding Of(Cause cause, string summary, params Remedy[] remedies) => new() { Cause = cause, Confidence = certainty, Summary = summary, Evidence = evidence, Remedies = remedies };
        var user = answer.Detail;
        var file = answer.Path is null ? "" : judged.Here(answer.Path);
        switch (answer.Reason)
        {
            case AnswerReason.CredentialsMissing or AnswerReason.WrongScheme or AnswerReason.UnknownUser or AnswerReason.Unknown when judged.Digest is { } digest && Mismatch(judged, digest, evidence) is { } mismatch:
                yield return mismatch with { Confidence = Math.Min(0.95, certainty) };
                break;
            case AnswerReason.CredentialsMissing:
                var form = answer.By?.Arguments.FirstOrDefault()?.Equals("Form", StringComparison.OrdinalIgnoreCase) == true;
                yield return Of(form ? Sessions.Missing : Credentials.Missing, $"{Shown.Text(answer.By!)} ({answer.By!.At}) asks for {(form ? "a session, and no cookie came" : "a login, and no credentials came")}", new Remedy { Id = "sign-in", Who = Audience.Visitor, What = form ? "sign in by the login form" : "send a user name and password: `-u USER:PASSWORD`" });
                break;
            case AnswerReason.WrongScheme:
                yield return Of(Credentials.WrongScheme, $"credentials of the scheme `{Scheme(answer)}` came, and {Shown.Text(answer.By!)} ({answer.By!.At}) takes its own alone", new Remedy { Id = "use-offered-scheme", Who = Audience.Developer, What = $"sign in by {answer.By!.Arguments[0]}" });
                break;
            case AnswerReason.CredentialsMalformed:
                yield return Of(Credentials.Malformed, "the Basic credentials are not base64 of `user:password`", new Remedy { Id = "mend-credentials", Who = Audience.Developer, What = "encode `user:password` by base64 behind `Basic `" });
                break;
            case AnswerReason.UnknownUser:
                yield return Of(Credentials.PasswordUnknownUser, $"`{user}` is not in {file}", new Remedy { Id = "add-user", Who = Audience.Owner, What = $"add the user, or correct the name: {file}", Command = $"htpasswd -B {FileRules.ShellWord(file)} {FileRules.ShellWord(user)}" });
                break;
            case AnswerReason.WrongPassword:
                yield return Of(Credentials.PasswordWrong, $"the password of `{user}` is not the one in {file}", new Remedy { Id = "set-password", Who = Audience.Owner, What = $"set a new password for {user}", Command = $"htpasswd -B {FileRules.ShellWord(file)} {FileRules.ShellWord(user)}" });
                break;
            case AnswerReason.BadHash:
                var line = judged.AccountFiles.FirstOrDefault(other => other.Path == answer.Path)?.Line ?? 0;
                evidence.Insert(0, new(EvidenceKind.ConfigLine, line == 0 ? file : string.Create(CultureInfo.InvariantCulture, $"{file}:{line}"), $"{user}:… (no hash that any password fits)"));
                yield return Of(Credentials.PasswordFileBadHash, $"the entry of `{user}` in {file} is no hash that httpd verifies: no password fits", new Remedy { Id = "set-password", Who = Audience.Owner, What = $"write a proper hash for {user}", Command = $"htpasswd -B {FileRules.ShellWord(file)} {FileRules.ShellWord(user)}" });
                break;
            case AnswerReason.NotAuthorized:
                foreach (var finding in NotAuthorized(judged, answer, evidence, certainty)) yield return finding;
                break;
            case AnswerReason.LoginNotConfigured:
                yield return Of(ServerStatus.ServerErrorForDenial, $"{answer.Detail}{(answer.By is { } by ? $" ({by.At})" : "")}: httpd answers 500", new Remedy { Id = "complete-login", Who = Audience.Owner, What = "write AuthType, AuthName, AuthUserFile and Require together" });
                break;
        }
    }

    private static IEnumerable<Finding> NotAuthorized(ApacheJudged judged, HttpdAnswer answer, List<Evidence> evidence, double certainty)
    {
        var name = answer.Request?.User ?? "the user";
        var refusing = answer.Requires.Where(line => line.Result is AuthorizationResults.Denied or AuthorizationResults.Neutral && line.Node.By is not null).ToList();
        var deciding = refusing.FirstOrDefault(line => line.Node.Provider is "group" or "user") ?? refusing.LastOrDefault();
        if (deciding is null) yield break;
        evidence.InsertRange(0, refusing.Select(line => ApacheRules.Line(line.Node.By!, line.Why)));
        evidence.Add(new(EvidenceKind.Request, "user", name));
        var line = deciding.Node.By!;
        var (cause, summary, remedy) = deciding.Node.Provider switch
        {
            "group" when judged.AccountFiles.FirstOrDefault(file => file.By.Is("AuthGroupFile")) is { Readable: false } missing =>
                (missing.Element is null ? Credentials.PasswordFileMissing : Credentials.PasswordFileUnreadable, $"the group file {missing.Path} {(missing.Element is null ? "does not exist" : "can't be read by the server")} ({missing.By.At}), so nobody is in a group", $"provide {missing.Path}, or correct AuthGroupFile"),
            "group" or "file-group" => (Permissions.GroupMissing, $"`{name}` is signed in and in none of the groups of {Shown.Text(line)} ({line.At}): {deciding.Why}", $"add {name} to one of the groups, or name another group"),
            "user" => (Permissions.UserNotListed, $"`{name}` is signed in and not among {Shown.Text(line)} ({line.At})", $"add {name} to the line, where access is meant"),
            "ip" or "local" => (deciding.Node.Negated ? Network.IpBlocked : Network.IpNotAllowed, $"`{name}` is signed in, and {Shown.Text(line)} ({line.At}) refuses the address {answer.Request!.Client}", "name the address, where access is meant"),
            _ => (Permissions.PermissionDenied, $"`{name}` is signed in, and {Shown.Text(line)} ({line.At}) refuses: {deciding.Why}", "change the rule, where access is meant"),
        };
        yield return new Finding
        {
            Cause = cause,
            Confidence = certainty,
            Summary = summary,
            Evidence = evidence,
            Remedies =
            [
                deciding.Node.Provider == "user"
                    ? ApacheRules.Change(judged, "add-user-to-rule", remedy, line.At.File, text => ConfigEdit.Append(text, line, " " + name))
                    : new Remedy { Id = "grant-user", Who = Audience.Owner, What = remedy },
            ],
        };
        if (answer.Status == 401 && cause.Status == 403)
        {
            yield return new Finding
            {
                Cause = ServerStatus.UnauthorizedShouldBeForbidden,
                Confidence = Math.Min(certainty, 0.9),
                Summary = "httpd answers 401 to a login that is right and lacks permission, unless AuthzSendForbiddenOnFailure is On",
                Evidence = [ApacheRules.Line(line)],
                Remedies = [ApacheRules.Change(judged, "send-forbidden-on-failure", "write `AuthzSendForbiddenOnFailure On` beside the Require, so that browsers do not ask for another login", line.At.File, text => ConfigEdit.After(text, line, "AuthzSendForbiddenOnFailure On"))],
            };
        }
    }

    public static IEnumerable<Finding> AccountFiles(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer)) yield break;
        var asks = answer.Reason is AnswerReason.PasswordFile or AnswerReason.CredentialsMissing or AnswerReason.WrongScheme;
        if (answer is { Reason: AnswerReason.PasswordFile, Path: null } && answer.By is { } type)
        {
            yield return new Finding { Cause = Credentials.PasswordFileMissing, Confidence = ApacheRules.Certainty(judged, answer, seen), Summary = $"no AuthUserFile is named beside {Shown.Text(type)} ({type.At})", Evidence = [ApacheRules.Line(type)], Remedies = [new Remedy { Id = "name-password-file", Who = Audience.Owner, What = "name the password file: AuthUserFile with an absolute path" }] };
        }

        if (answer is { Reason: AnswerReason.PasswordFile, Path: { } dbm, By: { } naming } && naming.Is("AuthDBMUserFile"))
        {
            var missing = answer.Detail == "it does not exist";
            yield return new Finding
            {
                Cause = missing ? Credentials.PasswordFileMissing : Credentials.PasswordFileUnreadable,
                Confidence = ApacheRules.Certainty(judged, answer, seen),
                Summary = $"the DBM file {judged.Here(dbm)} that {naming.At} names {(missing ? "does not exist" : "can't be read by the server's user")}: no login can succeed",
                Evidence = [ApacheRules.Line(naming), new(EvidenceKind.FileMode, judged.Here(dbm), missing ? "does not exist" : "can't be read by the server's user")],
                Remedies = [new Remedy { Id = "make-password-file", Who = Audience.Owner, What = missing ? $"make the file with htdbm, or correct the path of AuthDBMUserFile ({naming.At})" : $"let the server's group read {judged.Here(dbm)}, and nobody else", Command = missing ? $"htdbm -cB {FileRules.ShellWord(judged.Here(dbm))} USER" : null }],
            };
        }

        foreach (var file in judged.AccountFiles.Where(_ => asks))
        {
            if (file.Readable || !file.By.Is("AuthUserFile") || answer.Rules?.List("authbasicprovider").Any(line => !line.Arguments.Contains("file", StringComparer.Ordinal)) == true) continue;
            // Without credentials the server has not looked yet: the fault is certain, that it is this refusal's reason less so.
            var certainty = answer.Reason == AnswerReason.PasswordFile ? ApacheRules.Certainty(judged, answer, seen) : Math.Min(0.92, ApacheRules.Certainty(judged, answer, seen));
            if (file.Element is null) yield return Missing(judged, file, certainty);
            else yield return Unreadable(judged, file, certainty);
        }
    }

    private static Finding Missing(ApacheJudged judged, AccountFileSeen file, double certainty)
    {
        var relative = !file.By.Arguments[0].StartsWith('/');
        var evidence = new List<Evidence> { ApacheRules.Line(file.By, relative ? $"relative: ServerRoot {judged.Server.Configuration.ServerRoot} makes it {file.Path}" : ""), new(EvidenceKind.FileMode, file.Path, "does not exist") };
        if (file.Beside is { } beside) evidence.Add(new(EvidenceKind.FileMode, beside, "exists"));
        List<Remedy> remedies = [];
        if (file.Beside is { } there) remedies.Add(ApacheRules.Change(judged, "absolute-password-file", $"write the absolute path: AuthUserFile {there}", file.By.At.File, text => ConfigEdit.Replace(text, file.By, $"AuthUserFile {Quoted(there)}")));
        remedies.Add(new Remedy { Id = "make-password-file", Who = Audience.Owner, What = $"make the file, or correct the path of AuthUserFile ({file.By.At})", Command = $"htpasswd -cB {FileRules.ShellWord(file.Path)} USER" });
        return new Finding
        {
            Cause = Credentials.PasswordFileMissing,
            Confidence = certainty,
            Summary = relative
                ? $"{Shown.Text(file.By)} ({file.By.At}) is relative to ServerRoot: httpd looks for {file.Path}, which does not exist, and no login can succeed"
                : $"the password file {file.Path} that {file.By.At} names does not exist: no login can succeed",
            Evidence = evidence,
            Remedies = remedies,
        };
    }

    private static Finding Unreadable(ApacheJudged judged, AccountFileSeen file, double certainty)
    {
        var element = file.Element!;
        var worker = judged.Worker!;
        List<Remedy> remedies = [];
        if (file.Blocked is { } folder) remedies.Add(new Remedy { Id = "chmod-add-search", Who = Audience.Owner, What = $"let {worker.Name} pass through {folder}", Command = $"setfacl -m u:{worker.Name}:x {FileRules.ShellWord(folder)}" });
        else remedies.Add(new Remedy
        {
            Id = "setfacl-grant",
            Who = Audience.Owner,
            // By ACL, for the workers alone: chmod would show the hashes to everybody on this machine.
            What = $"let {worker.Name} alone read it (or chgrp it to the server's group and chmod 0640)",
            Command = $"setfacl -m u:{worker.Name}:r {FileRules.ShellWord(element.Path)}",
            Edits = [GrantRead(element, worker)],
        });
        return new Finding
        {
            Cause = Credentials.PasswordFileUnreadable,
            Confidence = certainty,
            Summary = file.Blocked is { } at ? $"{worker.Name} can't pass through {at} to the password file {file.Path}" : $"{worker.Name} can't read the password file {file.Path} (mode {element.ModeDigits}, owner {element.Owner}:{element.Group}): no login can succeed",
            Evidence = [new(EvidenceKind.FileMode, element.Path, element.Line), ApacheRules.Line(file.By)],
            Remedies = remedies,
        };
    }

    private static Edit GrantRead(PathElement element, ServerAccount worker)
    {
        var entries = element.Acl?.Entries.ToList() ?? [new(AclTag.Owner, element.Mode >> 6 & 7, 0), new(AclTag.OwningGroup, element.Mode >> 3 & 7, 0), new(AclTag.Other, element.Mode & 7, 0)];
        var before = Numbers(entries);
        var named = entries.FindIndex(entry => entry.Tag == AclTag.User && entry.Id == worker.Uid);
        if (named >= 0) entries[named] = entries[named] with { Permissions = entries[named].Permissions | 4 };
        else entries.Insert(entries.FindIndex(entry => entry.Tag == AclTag.OwningGroup), new(AclTag.User, 4, worker.Uid));
        var mask = entries.FindIndex(entry => entry.Tag == AclTag.Mask);
        if (mask >= 0) entries[mask] = entries[mask] with { Permissions = entries[mask].Permissions | 4 };
        else entries.Insert(entries.FindIndex(entry => entry.Tag == AclTag.Other), new(AclTag.Mask, 4 | (element.Mode >> 3 & 7), 0));
        return new(EditKind.Acl, element.Path, before, Numbers(entries), mask >= 0 ? EditSafety.Ask : EditSafety.Safe);
    }

    private static string Numbers(IReadOnlyList<AclEntry> entries) => new PosixAcl(entries).Text(new Accounts("", ""));

    private static Finding? Mismatch(ApacheJudged judged, DigestLookUp digest, List<Evidence> evidence)
    {
        var file = judged.Here(digest.Path);
        Finding Of(Cause cause, string summary, string detail) => new()
        {
            Cause = cause,
            Confidence = 0.95,
            Summary = summary,
            Evidence = [new(EvidenceKind.ConfigLine, file, detail), .. evidence],
            Remedies = [new Remedy { Id = "remake-digest-entry", Who = Audience.Owner, What = $"make the entry for the realm `{digest.Realm}`", Command = $"htdigest {FileRules.ShellWord(file)} {FileRules.ShellWord(digest.Realm)} {FileRules.ShellWord(digest.User)}" }],
        };
        if (digest.InRealm) return digest.PasswordFits == false ? Of(Credentials.PasswordWrong, $"the password of `{digest.User}` is not the one in {file}", $"{digest.User}:{digest.Realm}:…") : null;
        return digest.OtherRealms.Count > 0
            ? Of(Credentials.DigestMismatch, $"`{digest.User}` stands in {file} with the realm `{digest.OtherRealms[0]}`, and AuthName is `{digest.Realm}`: the hash can never fit", $"{digest.User}:{digest.OtherRealms[0]}:…")
            : Of(Credentials.PasswordUnknownUser, $"`{digest.User}` is not in {file}", $"no line for {digest.User}:{digest.Realm}");
    }

    /// <summary>AuthType, the file, the Require lines that want a user, Satisfy.</summary>
    private static List<Evidence> Lines(ApacheJudged judged, HttpdAnswer answer)
    {
        var result = new List<Evidence>();
        if (answer.By is { } by) result.Add(ApacheRules.Line(by));
        if (answer.Rules is not { } rules) return result;
        foreach (var name in (string[])["authtype", "authname", "authuserfile", "authgroupfile"])
            if (rules.Setting(name) is { } setting && setting != answer.By) result.Add(ApacheRules.Line(setting));
        if (answer.Reason is AnswerReason.CredentialsMissing or AnswerReason.WrongScheme or AnswerReason.LoginNotConfigured)
            result.AddRange(answer.Requires.Where(line => line.Node.By is not null).Select(line => ApacheRules.Line(line.Node.By!, line.Why)));
        if (rules.Compat?.SatisfyFor(answer.Request?.Method ?? "GET") is { } satisfy) result.Add(ApacheRules.Line(satisfy.By));
        return result;
    }

    private static string Scheme(HttpdAnswer answer) => answer.Request?.Header("Authorization")?.Split(' ')[0] is { Length: > 0 and < 30 } scheme ? scheme : "?";

    private static string Quoted(string path) => path.Contains(' ') ? $"\"{path}\"" : path;
}
