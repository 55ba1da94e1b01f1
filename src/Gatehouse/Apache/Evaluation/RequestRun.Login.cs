using System.Text;
using Gatehouse.Passwords;

namespace Gatehouse.Apache.Evaluation;

/// <summary>The check_user_id phase: mod_auth_basic, mod_auth_digest, mod_auth_form as far as their answer can be told from here.</summary>
internal sealed partial class RequestRun
{
    private HttpdAnswer? Login()
    {
        var by = rules.Setting("authtype");
        if (AuthType is not { } type)
            return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = requires.LastOrDefault(line => line.Result == AuthorizationResults.DeniedNoUser)?.Node.By, Detail = "a user is required and no AuthType says how to sign in" });
        if (type.Contains("%{", StringComparison.Ordinal)) return With(Told($"{by!.Text} ({by.At}) depends on an expression"));
        if (type.Equals("Basic", StringComparison.OrdinalIgnoreCase) && Server.Has("auth_basic_module")) return Basic(by!);
        if (type.Equals("Digest", StringComparison.OrdinalIgnoreCase) && Server.Has("auth_digest_module")) return Digest(by!);
        if (type.Equals("Form", StringComparison.OrdinalIgnoreCase) && Server.Has("auth_form_module")) return Form(by!);
        if (type.ToLowerInvariant() is "basic" or "digest" or "form" || Server.Configuration.ForeignModules.All(module => !module.Contains("auth", StringComparison.Ordinal)) && !Server.Has("auth_openidc_module"))
            return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = by, Detail = $"no module that is loaded signs in by AuthType {type}" });
        return With(Told($"{by!.Text} ({by.At}): what this module answers can't be told"));
    }

    private HttpdAnswer? Basic(Directive by)
    {
        if (rules.Setting("authname") is null) return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = by, Detail = "AuthType Basic needs an AuthName" });
        if (request.Header("Authorization") is not { } field)
        {
            Say(by, "asks for a login, and no credentials came");
            return With(new() { Reason = AnswerReason.CredentialsMissing, Status = 401, By = by });
        }

        var space = field.IndexOf(' ');
        if (!(space < 0 ? field : field[..space]).Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            Say(by, "the credentials are of another scheme");
            return With(new() { Reason = AnswerReason.WrongScheme, Status = 401, By = by });
        }

        var octets = LenientBase64(space < 0 ? "" : field[(space + 1)..].TrimStart(' ', '\t'));
        var colon = Array.IndexOf(octets, (byte)':');
        var user = Encoding.UTF8.GetString(colon < 0 ? octets : octets[..colon]);
        var password = colon < 0 ? [] : octets[(colon + 1)..];
        return Verified(by, user, password, malformed: colon < 0 || user.Length == 0);
    }

    private HttpdAnswer? Verified(Directive by, string user, byte[] password, bool malformed)
    {
        if (rules.Setting("authbasicusedigestalgorithm") is { } digest && !digest.Arguments[0].Equals("Off", StringComparison.OrdinalIgnoreCase)) return With(Told($"{digest.Text} ({digest.At}) is not evaluated"));
        var providers = rules.List("authbasicprovider").SelectMany(line => line.Arguments).DefaultIfEmpty("file").ToList();
        var authoritative = rules.Flag("authbasicauthoritative") ?? true;
        HttpdAnswer? last = null;
        foreach (var provider in providers)
        {
            if (provider == "dbm" && Server.Has("authn_dbm_module") && NoDbm(by) is { } without) return With(without);
            if (provider != "file" || !Server.Has("authn_file_module")) return With(Told($"the provider `{provider}` of AuthBasicProvider can't be asked from here"));
            last = FromFile(by, user, password, malformed);
            if (last is null)
            {
                request.User = user;
                request.AuthType = "Basic";
                return null;
            }

            if (last.Reason is not (AnswerReason.UnknownUser or AnswerReason.CredentialsMalformed)) break;
        }

        if (!authoritative && last!.Reason is AnswerReason.UnknownUser or AnswerReason.CredentialsMalformed or AnswerReason.PasswordFile)
            return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = rules.Setting("authbasicauthoritative"), Detail = "AuthBasicAuthoritative is off and nobody else knows the user" });
        return With(last!);
    }

    /// <summary>A DBM file that can't be opened: 500, whatever stands in it. Null: it is there, and only the server can read it.</summary>
    private HttpdAnswer? NoDbm(Directive by)
    {
        if (rules.Setting("authdbmuserfile") is not { } named) return new() { Reason = AnswerReason.PasswordFile, Status = 500, By = by, Detail = "no AuthDBMUserFile is named" };
        var path = Server.Configuration.Rooted(named.Arguments[0]);
        // Which of them it is depends on the kind of DBM that httpd was built with.
        var there = ((string[])["", ".pag", ".db"]).Select(ending => path + ending).Where(file => evaluator.Files.Stat(file) is not null).ToList();
        if (there.Exists(file => evaluator.Files.Stat(file) is { Readable: true } && evaluator.Files.IsReachable(file))) return null;
        Say(named, there.Count == 0 ? "the file does not exist" : "the server's user can't read the file");
        return new() { Reason = AnswerReason.PasswordFile, Status = 500, By = named, Path = path, Detail = there.Count == 0 ? "it does not exist" : "the server's user can't read it" };
    }

    private HttpdAnswer? FromFile(Directive by, string user, byte[] password, bool malformed)
    {
        if (rules.Setting("authuserfile") is not { } named) return new() { Reason = AnswerReason.PasswordFile, Status = 500, By = by, Detail = "no AuthUserFile is named" };
        var path = Server.Configuration.Rooted(named.Arguments[0]);
        var there = evaluator.Files.Stat(path);
        if (there is null || !there.Value.Readable || !evaluator.Files.IsReachable(path))
        {
            Say(named, there is null ? "the file does not exist" : "the server's user can't read the file");
            return new() { Reason = AnswerReason.PasswordFile, Status = 500, By = named, Path = path, Detail = there is null ? "it does not exist" : "the server's user can't read it" };
        }

        if (evaluator.Accounts.Passwords(path) is not { } file) return Told($"{path} can't be read from here");
        var check = HttpdHashes.Check(file, user, password, () => evaluator.Accounts.HashText(path, user), out var undecided);
        if (undecided) return Told($"the hash of {user} in {path} is of a kind that can't be verified here") with { Path = path };
        Say(named, check switch
        {
            PasswordCheck.Right => $"{user} is in the file, and the password is right",
            PasswordCheck.Wrong => $"{user} is in the file, and the password is wrong",
            PasswordCheck.BadHash => $"the entry of {user} can't be verified by any password",
            PasswordCheck.UnknownUser => $"{user} is not in the file",
        });
        switch (check)
        {
            case PasswordCheck.Right:
                return null;
            case PasswordCheck.Wrong:
                return new() { Reason = AnswerReason.WrongPassword, Status = 401, By = named, Path = path, Detail = user };
            case PasswordCheck.UnknownUser:
                return new() { Reason = malformed ? AnswerReason.CredentialsMalformed : AnswerReason.UnknownUser, Status = 401, By = named, Path = path, Detail = user };
            default:
                return new() { Reason = AnswerReason.BadHash, Status = 401, By = named, Path = path, Detail = user };
        }
    }

    private HttpdAnswer? Digest(Directive by)
    {
        if (rules.Setting("authname") is not { } name) return With(new() { Reason = AnswerReason.LoginNotConfigured, Status = 500, By = by, Detail = "AuthType Digest needs an AuthName" });
        if (request.Header("Authorization") is not { } field)
        {
            Say(by, "asks for a login, and no credentials came");
            return With(new() { Reason = AnswerReason.CredentialsMissing, Status = 401, By = by });
        }

        if (!field.StartsWith("Digest ", StringComparison.OrdinalIgnoreCase))
        {
            Say(by, "the credentials are of another scheme");
            return With(new() { Reason = AnswerReason.WrongScheme, Status = 401, By = by });
        }

        if (Grammar.Authorization.TryParse(field, out var credentials, out _) && credentials?["username"] is { } user && rules.Setting("authuserfile") is { } named)
        {
            var realm = name.Arguments[0];
            var path = Server.Configuration.Rooted(named.Arguments[0]);
            if (credentials["realm"] == realm && evaluator.Accounts.Digests(path) is { } file && file.Find(user, realm) is null)
            {
                Say(named, $"`{user}` of the realm `{realm}` is not in the file");
                return With(new() { Reason = AnswerReason.UnknownUser, Status = 401, By = named, Path = path, Detail = user });
            }
        }

        return With(Told("whether a Digest answer is right depends on the server's secret"));
    }

    private HttpdAnswer? Form(Directive by)
    {
        if (request.Header("Cookie") is not null || request.Method == "POST") return With(Told($"{by.Text} ({by.At}): whether the session is good can't be told"));
        if (rules.Setting("authformloginrequiredlocation") is { } location)
        {
            Say(location, "sends to the login page");
            return With(new() { Reason = AnswerReason.Redirected, Status = 302, Inner = 401, By = location, Target = location.Arguments[0] });
        }

        Say(by, "asks for a session, and no cookie came");
        return With(new() { Reason = AnswerReason.CredentialsMissing, Status = 401, By = by });
    }

    /// <summary>As apr_base64_decode: up to the first character that is none of the alphabet.</summary>
    private static byte[] LenientBase64(string text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '+' or '/')) end++;
        var usable = text[..(end % 4 == 1 ? end - 1 : end)];
        return Convert.FromBase64String(usable.PadRight((usable.Length + 3) / 4 * 4, '='));
    }
}
