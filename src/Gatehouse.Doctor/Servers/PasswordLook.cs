using System.Security.Cryptography;
using System.Text;
using Gatehouse.Doctor.Files;
using Gatehouse.Findings;
using Gatehouse.Passwords;

namespace Gatehouse.Doctor.Servers;

/// <summary>What users and hashes of a configuration say of the credentials that were sent.</summary>
internal static class PasswordLook
{
    /// <summary>Against a file of htpasswd.</summary>
    public static (Lack Lack, string Detail, IReadOnlyList<Evidence> Evidence) File(AskedRequest request, string path, bool plain = false)
    {
        if (Unusable(request) is { } unusable) return (unusable.Lack, unusable.Detail, Fault(path) is { } early ? [new(EvidenceKind.FileMode, path, early.Detail)] : []);
        if (Fault(path) is { } fault) return (fault.Lack, fault.Detail, [new(EvidenceKind.FileMode, path, fault.Detail)]);
        var text = ConfigurationText.Read(path, out _)!;
        var (user, password, _) = request.Credentials()!.Value;
        for (var i = 0; i < text.Lines.Length; i++)
        {
            var colon = text.Lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || text.Lines[i][..colon] != user) continue;
            var rest = text.Lines[i][(colon + 1)..];
            var hash = plain ? rest : rest.Split(':')[0];
            var lack = plain ? Same(hash, password) ? Lack.Nothing : Lack.WrongPassword : Hash(hash, password, out _);
            var fault2 = HashFault.None;
            if (!plain) Hash(hash, password, out fault2);
            var what = lack == Lack.BadHash ? $"the entry of {user} can't be verified: {PasswordFile.Told(fault2)}" : lack == Lack.WrongPassword ? $"{user} stands there, and the password differs" : $"{user} stands there, and the password is right";
            return (lack, what, [new(EvidenceKind.ConfigLine, $"{System.IO.Path.GetFileName(path)}:{i + 1}", $"{user}:{Masked.Secret(hash)} ({path})")]);
        }

        return (Lack.UnknownUser, $"no user {user} in {path}", [new(EvidenceKind.FileMode, path, $"no entry of {user}")]);
    }

    /// <summary>Against users that stand in the configuration itself.</summary>
    public static (Lack Lack, string Detail) Users(AskedRequest request, IReadOnlyDictionary<string, string> users, Func<string, byte[], Lack>? check = null)
    {
        if (Unusable(request) is { } unusable) return unusable;
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

    private static (Lack Lack, string Detail)? Unusable(AskedRequest request) => request.Credentials() switch
    {
        null => (Lack.Missing, "no Authorization header was sent"),
        ({ Length: 0 }, _, var scheme) when !scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) => (Lack.WrongScheme, $"{scheme} was sent"),
        ({ Length: 0 }, { Length: 0 }, _) => (Lack.Malformed, "the Basic credentials can't be read"),
        _ => null,
    };

    private static (Lack Lack, string Detail)? Fault(string path) => ConfigurationText.Read(path, out var fault) is not null ? null
        : (fault == ReadFault.Missing ? Lack.FileMissing : Lack.FileUnreadable, $"{path} {ReadableFolders.Told(fault)}");
}
