using Gatehouse.Doctor.Http;

namespace Gatehouse.Doctor.Rules;

/// <summary>
/// Credentials in a request's body: those of a token endpoint (RFC 6749 sections 2.3.1, 4.1.3, 4.3, 4.4 and 6; RFC 7521, 7523 and 8693) and of interfaces that take
/// a token or a password as a member of JSON.
/// </summary>
internal sealed class SentInBody
{
    /// <summary>Most octets read: what signs in is short, and an upload is not searched.</summary>
    internal const int MaximumSize = 65_536;

    private static readonly string[] TokenNames = ["refresh_token", "refreshToken", "access_token", "accessToken", "id_token", "idToken", "assertion", "client_assertion", "subject_token", "device_code"];

    private static readonly string[] PasswordNames = ["password", "passwd", "client_secret", "clientSecret", "pwd"];

    private SentInBody(SentSecret? token, bool hasPassword)
    {
        Token = token;
        HasPassword = hasPassword;
    }

    /// <summary>The token or code; null: none.</summary>
    internal SentSecret? Token { get; }

    /// <summary>Whether a password, or the secret of a client, stands there.</summary>
    internal bool HasPassword { get; }

    /// <summary>Reads the body of a request.</summary>
    internal static SentInBody Of(SentRequest request)
    {
        if (request.Body.Length is 0 or > MaximumSize) return new(null, false);
        var body = new ReceivedAnswer { Status = 200, Body = request.Body };
        var members = (body.Text.AsSpan().TrimStart() is ['{', ..] ? Json(body.Content) : Form(body.Text)).ToList();
        // A code is a credential only where it is exchanged for a token.
        var names = members.Any(member => member.Name == "grant_type" && member.Value.Contains("authorization_code", StringComparison.Ordinal)) ? [.. TokenNames, "code"] : TokenNames;
        SentSecret? token = null;
        foreach (var name in names)
        {
            if (members.FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && member.Value.Length > 0) is not { Name: not null } found) continue;
            token = new($"{found.Name} in the body", found.Value);
            break;
        }

        var hasPassword = members.Any(member => PasswordNames.Contains(member.Name, StringComparer.OrdinalIgnoreCase) || member.Name.EndsWith("[password]", StringComparison.OrdinalIgnoreCase));
        return new(token, hasPassword);
    }

    private static IEnumerable<(string Name, string Value)> Form(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal)) yield break;
        foreach (var pair in text.Split('&', 128))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) yield return (Uri.UnescapeDataString(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' ')));
        }
    }

    /// <summary>Members of the object and of the objects in it that hold what signs in.</summary>
    private static IEnumerable<(string Name, string Value)> Json(AnswerContent content) => content.Texts
        .Where(text => text.Name.Split('.') is [_] or ["user" or "auth" or "data" or "credentials" or "variables", _])
        .Select(text => (text.LastName, text.Text));
}
