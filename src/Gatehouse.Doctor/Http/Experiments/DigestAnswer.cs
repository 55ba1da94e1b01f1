using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>Answers a Digest challenge with a user's name and password (RFC 7616 section 3.4).</summary>
internal static class DigestAnswer
{
    /// <summary>The value of Authorization; null: the answer has no Digest challenge that can be answered.</summary>
    /// <param name="answer">The 401.</param>
    /// <param name="request">What it refused.</param>
    /// <param name="userAndPassword"><c>user:password</c>.</param>
    /// <param name="clientNonce">Random, hexadecimal.</param>
    public static string? Of(ReceivedAnswer answer, SentRequest request, string userAndPassword, string clientNonce)
    {
        var colon = userAndPassword.IndexOf(':');
        if (colon < 0 || Strongest(answer) is not { } challenge) return null;
        var user = userAndPassword[..colon];
        var credentials = new DigestCredentials
        {
            User = user,
            Realm = challenge.Realm,
            Nonce = challenge.Nonce,
            Uri = request.Url.PathAndQuery,
            Response = "",
            Algorithm = challenge.Algorithm,
            Protection = challenge.OffersAuthentication ? DigestProtection.Authentication : challenge.OffersIntegrity ? DigestProtection.Integrity : DigestProtection.None,
            ClientNonce = clientNonce,
            Count = 1,
            Opaque = challenge.Opaque,
        };
        var response = credentials.Compute(DigestCredentials.Secret(challenge.Algorithm, user, challenge.Realm, Encoding.UTF8.GetBytes(userAndPassword[(colon + 1)..])), request.Method, request.Body.Span);
        var text = new StringBuilder("Digest ").Append("username=").Append(Quoted(user)).Append(", realm=").Append(Quoted(challenge.Realm)).Append(", nonce=").Append(Quoted(challenge.Nonce))
            .Append(", uri=").Append(Quoted(credentials.Uri)).Append(", response=\"").Append(response).Append("\", algorithm=").Append(challenge.Algorithm.Name());
        if (credentials.Protection != DigestProtection.None)
            text.Append(", qop=").Append(credentials.Protection == DigestProtection.Integrity ? "auth-int" : "auth").Append(", nc=00000001, cnonce=").Append(Quoted(clientNonce));
        if (challenge.Opaque is { } opaque) text.Append(", opaque=").Append(Quoted(opaque));
        return text.ToString();
    }

    /// <summary>A client nonce.</summary>
    public static string ClientNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    // SHA-256 before MD5 where both are offered: the client takes the first that it knows, and servers list the best first by intent, not always by fact.
    private static DigestChallenge? Strongest(ReceivedAnswer answer) => answer.Values("WWW-Authenticate")
        .SelectMany(value => Challenges.TryParse(value, out var list, out _) ? list : [])
        .Select(challenge => DigestChallenge.TryParse(challenge, out var digest, out _) ? digest : null)
        .OfType<DigestChallenge>()
        .OrderByDescending(digest => (int)digest.Algorithm)
        .FirstOrDefault();

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
