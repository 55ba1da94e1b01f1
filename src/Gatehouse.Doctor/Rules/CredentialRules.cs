using System.Globalization;
using System.Text;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Inputs.Answers;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>Credentials: missing, of another scheme, in another encoding, lost on the way, rejected. How they are written is judged in <see cref="MalformedRules"/>.</summary>
internal static class CredentialRules
{
    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } =
    [
        Refusal.Rule("credentials missing", Missing),
        Refusal.Rule("credentials of another scheme", WrongScheme),
        Refusal.Rule("credentials in another encoding", WrongCharset),
        Refusal.Rule("credentials lost on the way", Dropped),
        Refusal.Rule("password rejected", PasswordRejected),
    ];

    private static IEnumerable<Finding> Missing(Refusal refusal)
    {
        if (refusal.Meant is not (401 or 407)) yield break;
        var sent = refusal.Sent;
        if (refusal.Status == 407 && refusal.Request.Value("Proxy-Authorization") is not null) yield break;
        if (refusal.Meant == 401 && (sent.Kinds & (Sent.Token | Sent.Password | Sent.Key | Sent.Signature)) != Sent.Unread) yield break;
        // Pasted without its request: an error in the challenge speaks of credentials that came (RFC 6750 section 3), its absence proves little.
        var hidden = refusal.Seen.First<RequestNotShown>() is not null;
        if (hidden && refusal.Parameter("error") is { Length: > 0 }) yield break;
        var schemes = refusal.Offered.Where(scheme => !SessionRules.IsCookieScheme(scheme)).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        if (schemes.Length > 0)
        {
            var summary = $"{(hidden ? "the answer looks like one to a request without credentials" : "the request carried no credentials")}; the server asks for {string.Join(" or ", schemes)}{Realm(refusal)}";
            yield return Found.Because(Credentials.Missing, hidden ? 0.7 : sent.Kinds.HasFlag(Sent.Cookie) ? 0.88 : 0.94, summary, [refusal.ChallengeEvidence, new(EvidenceKind.Request, "Authorization", hidden ? "not shown by what was pasted" : "not sent"), refusal.StatusEvidence], HowToSend(refusal, schemes));
        }
        else if (refusal.Offered.Count == 0 && sent.IsNothing && !SessionRules.LooksLikeSession(refusal))
        {
            yield return Found.Because(Credentials.Missing, 0.78, $"{(refusal.Stated is null ? "401" : $"the answer states a refusal ({refusal.Stated.Evidence.What})")}, and the request carried no credentials of any kind; the answer does not say which are wanted", [new(EvidenceKind.Request, "Authorization, Cookie, API key", hidden ? "not shown by what was pasted" : "not sent"), .. refusal.DenialEvidence]);
        }
    }

    private static string Realm(Refusal refusal) => refusal.Parameter("realm") is { Length: > 0 } realm ? $" (realm \"{realm}\")" : "";

    private static Remedy HowToSend(Refusal refusal, string[] schemes)
    {
        var address = refusal.Request.Url.GetLeftPart(UriPartial.Path);
        return schemes[0].ToUpperInvariant() switch
        {
            "BASIC" => Found.Developer("send-basic", "send user name and password", $"curl -u USER {Quoted(address)}"),
            "DIGEST" => Found.Developer("send-digest", "answer the Digest challenge with user name and password", $"curl --digest -u USER {Quoted(address)}"),
            "BEARER" => Found.Developer("send-bearer", "get an access token from the issuer and send it", $"curl -H 'Authorization: Bearer TOKEN' {Quoted(address)}"),
            "NEGOTIATE" => Found.Developer("send-negotiate", "sign in with Kerberos", $"curl --negotiate -u : {Quoted(address)}"),
            _ => Found.Developer("send-credentials", $"send credentials of the scheme {schemes[0]}"),
        };
    }

    private static string Quoted(string address) => "'" + address.Replace("'", "%27", StringComparison.Ordinal) + "'";

    private static IEnumerable<Finding> WrongScheme(Refusal refusal)
    {
        if (refusal.Status != 401 || refusal.Offered.Count == 0 || refusal.Said.Any(IsOfWhatWasSent) || IsJudged(refusal)) yield break;
        var offered = string.Join(", ", refusal.Offered.Distinct(StringComparer.OrdinalIgnoreCase));
        var sent = refusal.Sent;
        if (sent.Scheme.Length > 0)
        {
            if (refusal.Offers(sent.Scheme) || !IsToken(sent.Scheme) || refusal.Offered.All(SessionRules.IsCookieScheme)) yield break;
            // A token for a sender-constrained scheme is judged with the tokens; a Basic answer to Digest was answered again where the password is known.
            var confidence = refusal.Offers("DPoP") && sent.Kinds.HasFlag(Sent.Token) ? 0.55 : sent.Kinds.HasFlag(Sent.Signature) ? 0.7 : 0.93;
            yield return Found.Because(Credentials.WrongScheme, confidence, $"{sent.Scheme} credentials were sent, and the server offers {offered} here", [new(EvidenceKind.Request, "Authorization", $"{sent.Scheme} {Masked.Secret(sent.Rest)}"), refusal.ChallengeEvidence, refusal.StatusEvidence]);
        }
        else if (sent.Key is { } key && sent.Authorization is null && !refusal.Offered.Any(IsKeyScheme))
        {
            yield return Found.Because(Credentials.WrongScheme, 0.6, $"an API key was sent in {key.Where}, and the server asks for {offered}", [new(EvidenceKind.Request, key.Where, Masked.Secret(key.Value)), refusal.ChallengeEvidence, refusal.StatusEvidence]);
        }
    }

    /// <summary>RFC 6750 section 3.1: whoever says that the token is invalid or lacks a scope has taken it, whatever it calls the scheme (WSO2 calls it OAuth2).</summary>
    private static bool IsJudged(Refusal refusal) =>
        refusal.Sent.Kinds.HasFlag(Sent.Token) && refusal.Challenges.Any(challenge => challenge["error"] is { } error && (error.Equals("invalid_token", StringComparison.OrdinalIgnoreCase) || error.Equals("insufficient_scope", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether the answer's own words judge the very token or key: then the server took it, whatever its challenge offers by default.</summary>
    internal static bool IsOfWhatWasSent(Finding said) =>
        said.Confidence >= 0.8 && said.Cause != Tokens.Rejected
        && (said.Cause.Id.StartsWith("token.", StringComparison.Ordinal) || said.Cause.Id.StartsWith("api-key.", StringComparison.Ordinal) || said.Cause.Id.StartsWith("authentication.", StringComparison.Ordinal) || said.Cause.Id.StartsWith("account.", StringComparison.Ordinal)
            || said.Cause == Permissions.ScopeMissing || said.Cause == Permissions.RoleMissing || said.Cause == Permissions.GroupMissing);

    private static bool IsToken(string scheme) => scheme.Length > 0 && scheme.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    private static bool IsKeyScheme(string scheme) => scheme.Contains("key", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Finding> WrongCharset(Refusal refusal)
    {
        if (refusal.Status != 401 || refusal.Sent.Basic is not { } basic || basic.Encoding == BasicEncoding.Ascii) yield break;
        var asked = refusal.Challenges.FirstOrDefault(challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))?["charset"];
        var name = basic.Encoding == BasicEncoding.Utf8 ? "UTF-8" : "ISO-8859-1";
        var other = basic.Encoding == BasicEncoding.Utf8 ? "ISO-8859-1" : "UTF-8";
        var evidence = new List<Evidence> { new(EvidenceKind.Request, "Authorization", $"Basic credentials of the user {basic.User} with other than US-ASCII characters, in {name}"), refusal.ChallengeEvidence };
        foreach (var mended in refusal.AllTried(Variation.MendedCredentials))
        {
            if (SentCredentials.Of(mended.Request, false).Basic is not { } again || again.Encoding == basic.Encoding) continue;
            if (!refusal.Passes(mended) && mended.Status != 403) yield break;
            evidence.Insert(0, refusal.Compared(mended, $"the same user and password in {other}"));
            yield return Found.Because(Credentials.WrongCharset, 0.97, $"the server compares user names and passwords in {other}, and they were sent in {name}: in {other} they are accepted", evidence,
                Found.Developer("encode-credentials", $"encode `user:password` in {other} before base64"), Found.Owner("announce-charset", "answer the challenge with charset=\"UTF-8\" (RFC 7617 section 2.1), and compare in UTF-8"));
            yield break;
        }

        if (basic.Encoding == BasicEncoding.Other && "UTF-8".Equals(asked, StringComparison.OrdinalIgnoreCase))
            yield return Found.Because(Credentials.WrongCharset, 0.8, "the challenge wants UTF-8 and the credentials are not UTF-8", evidence);
        else if (asked is null)
            yield return Found.Because(Credentials.WrongCharset, 0.4, $"perhaps the server compares in {other}: the credentials have other than US-ASCII characters in {name}, and the challenge names no charset", evidence);
    }

    private static IEnumerable<Finding> Dropped(Refusal refusal)
    {
        if (!refusal.IsDenial && refusal.Status is not (302 or 303 or 307)) yield break;
        var hops = new List<Exchange>();
        for (var hop = refusal.Exchange; hop is not null && hops.Count < 32; hop = hop.RedirectedFrom) hops.Add(hop);
        if (hops.Count < 2) yield break;
        foreach (var name in (string[])["Authorization", "Cookie"])
        {
            if (refusal.Request.Value(name) is not null) continue;
            var last = hops.FirstOrDefault(hop => hop.Request.Value(name) is not null);
            if (last is null || hops.IndexOf(last) == 0) continue;
            var next = hops[hops.IndexOf(last) - 1];
            // A cookie has a scope of its own, which is judged with the cookies.
            if (name == "Cookie" && next.NotCarried.All(not => !not.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) continue;
            var not = next.NotCarried.FirstOrDefault(not => not.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            var why = not?.Why ?? "clients never carry it to another origin";
            yield return Found.Because(
                Credentials.Dropped,
                refusal.Status == 401 ? 0.95 : 0.72,
                $"{name} was sent to {Origin(last)} and not to {Origin(next)}, where the redirect led: {why}",
                [
                    new(EvidenceKind.ResponseHeader, "Location", Refusal.Shortened(last.Answer?.Value("Location") ?? "")),
                    new(EvidenceKind.Request, $"{next.Request.Method} {next.Request.Url.AbsoluteUri}", $"{name} not sent ({why})"),
                    refusal.StatusEvidence,
                ],
                Found.Developer("ask-first-hand", $"ask {Origin(next)} directly with the credentials that it accepts, if they are meant for it"),
                Found.Owner("redirect-within-origin", "redirect within the same scheme, host and port, or give an address that needs no credentials (a signed one)"));
            yield break;
        }
    }

    private static string Origin(Exchange exchange) => exchange.Request.Url.GetLeftPart(UriPartial.Authority);

    private static IEnumerable<Finding> PasswordRejected(Refusal refusal)
    {
        var sent = refusal.Sent;
        if (refusal.Meant != 401 || !sent.Kinds.HasFlag(Sent.Password)) yield break;
        var isBasic = sent.Basic is not null && (refusal.Offers("Basic") || refusal.Offered.Count == 0);
        var isDigest = sent.Digest is not null && refusal.Exchange.Variation == Variation.AnsweredChallenge && refusal.Offers("Digest");
        if (!isBasic && !isDigest) yield break;
        // Where the answer's own words ask for another scheme, nobody has looked at the password.
        if (refusal.Offered.Count == 0 && refusal.Said.Any(said => said.Cause == Credentials.WrongScheme && said.Confidence >= 0.8)) yield break;
        var confidence = refusal.Offers(sent.Scheme) ? 0.82 : 0.66;
        var evidence = new List<Evidence> { new(EvidenceKind.Request, "Authorization", $"{sent.Scheme} credentials of the user {sent.Basic?.User ?? sent.Digest?.User}, well-formed") };
        if (refusal.Offered.Count > 0) evidence.Add(refusal.ChallengeEvidence);
        if (refusal.Tried(Variation.WithoutCredentials) is { } without)
        {
            evidence.Add(refusal.Compared(without, "without credentials"));
            if (refusal.Passes(without)) confidence = 0.88;
        }

        evidence.Add(refusal.StatusEvidence);
        yield return Found.Because(Credentials.PasswordRejected, confidence, $"the server {(refusal.Offers(sent.Scheme) ? $"offers {sent.Scheme}, and " : "")}does not accept this user name and password; which of the two is wrong it does not say", evidence);
    }
}
