using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>Digest answers: a nonce that is too old, and what an answer was computed over (RFC 7616).</summary>
internal static class DigestRules
{
    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("Digest", Judge)];

    private static IEnumerable<Finding> Judge(Refusal refusal)
    {
        if (refusal.Sent.Digest is not { } digest || refusal.Status is not (400 or 401)) yield break;
        var offers = new List<DigestChallenge>();
        foreach (var offered in refusal.Challenges)
        {
            if (offered.Scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase) && DigestChallenge.TryParse(offered, out var read, out _)) offers.Add(read!);
        }

        var request = new Evidence(EvidenceKind.Request, "Authorization", $"username=\"{digest.User}\", realm=\"{digest.Realm}\", uri=\"{digest.Uri}\", algorithm={digest.Algorithm.Name()}");
        if (offers.FirstOrDefault(offer => offer.Stale) is not null)
        {
            yield return Found.Because(Credentials.DigestStaleNonce, 0.97, "the nonce of the Digest answer is too old; the answer has a new one (stale=true)", [refusal.ChallengeEvidence, request, refusal.StatusEvidence],
                Found.Developer("repeat-with-new-nonce", "compute the answer again with the nonce of this challenge, without asking for the password"));
            yield break;
        }

        if (Differs(digest, offers, refusal.Request.Url) is { } what)
        {
            yield return Found.Because(Credentials.DigestMismatch, refusal.Status == 401 && what.Part == "uri" ? 0.88 : 0.94, $"the Digest answer was computed over another {what.Part}: {what.Text}", [request, .. refusal.ChallengeText.Length > 0 ? [refusal.ChallengeEvidence] : Array.Empty<Evidence>(), refusal.StatusEvidence],
                Found.Developer("compute-over-request", "compute the answer over the very path and query of the request line and over realm and algorithm of the challenge"), Found.Owner("keep-the-address", "let no proxy in front rewrite the path: the answer is computed over what the client asked for"));
        }
        else if (refusal.Status == 401 && offers.Count > 0)
        {
            var isOurs = refusal.Exchange.Variation == Variation.AnsweredChallenge;
            yield return Found.Because(Credentials.DigestMismatch, isOurs ? 0.5 : 0.75, "realm, uri and algorithm of the Digest answer fit the challenge and it is not accepted: it was computed with another password, method or nonce", [request, refusal.ChallengeEvidence, refusal.StatusEvidence]);
        }
    }

    private static (string Part, string Text)? Differs(DigestCredentials digest, List<DigestChallenge> offers, Uri url)
    {
        // RFC 7616 section 3.4: the request-target, an absolute URI too where that was sent.
        var target = url.PathAndQuery;
        var isUri = digest.Uri == target || digest.Uri == url.AbsoluteUri || digest.Uri == url.OriginalString || Uri.UnescapeDataString(digest.Uri) == Uri.UnescapeDataString(target);
        if (!isUri) return ("uri", $"`{digest.Uri}`, and the request asks for `{target}`");
        if (offers.Count == 0) return null;
        if (offers.All(offer => offer.Realm != digest.Realm)) return ("realm", $"\"{digest.Realm}\", and the server's is \"{offers[0].Realm}\"");
        if (offers.All(offer => offer.Algorithm != digest.Algorithm)) return ("algorithm", $"{digest.Algorithm.Name()}, and the server offers {string.Join(", ", offers.Select(offer => offer.Algorithm.Name()))}");
        return offers.All(offer => offer.Opaque is not null && offer.Opaque != digest.Opaque && digest.Opaque is null) && offers[0].Opaque is not null ? ("opaque", "none was sent back, and the challenge has one") : null;
    }
}
