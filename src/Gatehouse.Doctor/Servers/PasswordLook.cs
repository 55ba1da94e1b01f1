using System.Security.Cryptography;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Findings;
using Gatehouse.Grammar;
using Gatehouse.Passwords;

namespace Gatehouse.Doctor.Servers;

/// <summary>What users and hashes of a configuration say of the credentials that were sent.</summary>
internal static class PasswordLook
{
    /// <summary>Against a file of htpasswd.</summary>
    /// <param name="request">With the credentials.</param>
    /// <param name="path">Absolute.</param>
    /// <param name="disk">What the server's account may read.</param>
    /// <param name="plain">Whether passwords are kept in clear.</param>
    /// <param name="field">The field in which they came.</param>
    public static (Lack Lack, string Detail, IReadOnlyList<Evidence> Evidence) File(AskedRequest request, string path, ServedFiles disk, bool plain = false, string field = "Authorization")
    {
        var broken = Fault(path, disk);
        if (Unusable(request, field) is { } unusable) return (unusable.Lack, unusable.Detail, broken is { } early ? [new(EvidenceKind.FileMode, path, early.Detail)] : []);
        if (broken is { } fault) return (fault.Lack, fault.Detail, [new(EvidenceKind.FileMode, path, fault.Detail)]);
        if (ConfigurationText.Read(path, out _) is not { } text) return (Lack.RefusedElsewhere, $"{path} can't be read by us", []);
        var (user, password, _) = request.Credentials(field)!.Value;
        for (var i = 0; i < text.Lines.Length; i++)
        {
            var colon = text.Lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || text.Lines[i][..colon] != user) continue;
            var rest = text.Lines[i][(colon + 1)..];
            var hash = plain ? rest : rest.Split(':')[0];
            var mangled = HashFault.None;
            var lack = plain ? Same(hash, password) ? Lack.Nothing : Lack.WrongPassword : Hash(hash, password, out mangled);
            var what = lack == Lack.BadHash ? $"the entry of {user} can't be verified: {PasswordFile.Told(mangled)}" : lack == Lack.WrongPassword ? $"{user} stands there, and the password differs" : $"{user} stands there, and the password is right";
            return (lack, what, [new(EvidenceKind.ConfigLine, $"{System.IO.Path.GetFileName(path)}:{i + 1}", $"{user}:{Masked.Secret(hash)} ({path})")]);
        }

        return (Lack.UnknownUser, $"no user {user} in {path}", [new(EvidenceKind.FileMode, path, $"no entry of {user}")]);
    }

    /// <summary>Against users that stand in the configuration itself.</summary>
    public static (Lack Lack, string Detail) Users(AskedRequest request, IReadOnlyDictionary<string, string> users, Func<string, byte[], Lack>? check = null)
    {
        if (Unusable(request, "Authorization") is { } unusable) return unusable;
        var (user, password, _) = request.Credentials()!.Value;
        if (!users.TryGetValue(user, out var hash)) return (Lack.UnknownUser, $"no user {user} stands there (but: {string.Join(", ", users.Keys.Take(8))})");
        var lack = check is null ? Hash(hash, password, out _) : check(hash, password);
        return (lack, lack switch { Lack.Nothing => $"{user} and password are right", Lack.BadHash => $"the entry of {user} can't be verified", _ => $"{user} stands there, and the password differs" });
    }

    /// <summary>Verifies one hash.</summary>
    public static Lack Hash(string text, byte[] password, out HashFault fault) =>
        !PasswordHash.TryParse(text, out var hash, out fault) ? Lack.BadHash : hash!.Verifies(password) ? Lack.Nothing : Lack.WrongPassword;

    /// <summary>Compares a password that is kept in clear.</summary>
    public static bool Same(string kept, byte[] sent) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(kept), sent);

    private static (Lack Lack, string Detail)? Unusable(AskedRequest request, string field) => request.Credentials(field) switch
    {
        null => (Lack.Missing, $"no {field} header was sent"),
        ({ Length: 0 }, _, var scheme) when !scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) => (Lack.WrongScheme, $"{scheme} was sent"),
        ({ Length: 0 }, { Length: 0 }, _) => (Lack.Malformed, "the Basic credentials can't be read"),
        _ => null,
    };

    /// <summary>Against a file of htdigest: the user by the header or by what was given, the password only where it was given.</summary>
    public static (Lack Lack, string Detail, IReadOnlyList<Evidence> Evidence) Digest(AskedRequest request, string path, string realm, ServedFiles disk)
    {
        if (request.Header("Authorization") is not { } sent) return (Lack.Missing, "no Authorization header was sent", []);
        if (Fault(path, disk) is { } fault) return (fault.Lack, fault.Detail, [new(EvidenceKind.FileMode, path, fault.Detail)]);
        var basic = request.Credentials() is { User.Length: > 0 } credentials ? credentials : default((string User, byte[] Password, string Scheme)?);
        var user = basic?.User ?? (Authorization.TryParse(sent, out var field, out _) ? field!["username"] : null) ?? request.Given?.Split(':')[0];
        if (user is null || ConfigurationText.Read(path, out _) is not { } text) return (Lack.RefusedElsewhere, "the credentials can't be read", []);
        var file = DigestFile.Parse(Encoding.UTF8.GetBytes(text.Text));
        if (file.Find(user, realm) is not { } entry)
        {
            var other = file.Entries.Where(each => each.User == user).Select(each => each.Realm).ToList();
            return (Lack.UnknownUser, other.Count > 0 ? $"{user} stands in {path} for the realm {string.Join(", ", other.Take(3))}, and not for {realm}" : $"no user {user} in {path}", [new(EvidenceKind.FileMode, path, $"no entry of {user} for {realm}")]);
        }

        IReadOnlyList<Evidence> line = [new(EvidenceKind.ConfigLine, $"{System.IO.Path.GetFileName(path)}:{entry.Line}", $"{user}:{realm}:{Masked.Secret(entry.Secret)} ({path})")];
        var password = basic?.Password ?? (request.Given is { } given && given.StartsWith(user + ":", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(given[(user.Length + 1)..]) : null);
        if (password is null) return (Lack.RefusedElsewhere, $"{user} stands there; whether the password is right can't be told from the header", line);
        byte[] octets = [.. Encoding.UTF8.GetBytes($"{user}:{realm}:"), .. password];
#pragma warning disable CA5351 // htdigest files hold MD5: RFC 7616 section 3.4.2, and nothing else is compared with them
        var hash = entry.Secret.Length == 64 ? SHA256.HashData(octets) : MD5.HashData(octets);
#pragma warning restore CA5351
        return Convert.ToHexStringLower(hash).Equals(entry.Secret, StringComparison.OrdinalIgnoreCase) ? (Lack.Nothing, $"{user} and password are right", line) : (Lack.WrongPassword, $"{user} stands there, and the password differs", line);
    }

    /// <summary>The server's account first: what it may not read, we may all the same.</summary>
    private static (Lack Lack, string Detail)? Fault(string path, ServedFiles disk)
    {
        if (disk.Open(path).Answer == FileAnswer.Denied) return (Lack.FileUnreadable, $"the server's account may not read {path}");
        return ConfigurationText.Read(path, out var fault) is not null ? null : (fault == ReadFault.Missing ? Lack.FileMissing : Lack.FileUnreadable, $"{path} {ReadableFolders.Told(fault)}");
    }
}
