using Gatehouse.Doctor.Inputs.Answers;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What an answer says about itself: error codes and sentences in the body, in the challenge, in fields and in the reason phrase.</summary>
internal static class WordingRules
{
    /// <summary>Most sentences read: a page with an article is no error message.</summary>
    internal const int MaximumSentences = 60;

    private static readonly HashSet<string> PlainNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "error", "errors", "message", "msg", "detail", "details", "title", "description", "error_description", "errordescription", "code", "errorcode", "error_code", "reason", "status", "type", "name", "text", "info", "error_message", "errormessage",
        "usermessage", "developermessage", "h1", "h2", "h3", "h4", "p", "div", "pre", "li", "td", "br", "center", "body", "hint", "summary", "body_text", "fault", "faultstring", "result", "data", "content",
    };

    // Navigation, and what a page quotes of the request, is not what the server says.
    private static readonly HashSet<string> Unread = new(StringComparer.OrdinalIgnoreCase) { "a", "option", "label", "button", "footer", "path", "instance", "timestamp", "stack", "trace", "url", "uri", "requesturl", "documentation_url", "help", "error_uri", "request", "requestid", "request_id", "traceid", "hostid", "resource", "type_uri", "ray_id" };

    // Of what only means its cause where somebody is known.
    private static readonly HashSet<Cause> NeedsIdentity =
    [
        Permissions.RoleMissing, Permissions.GroupMissing, Permissions.ScopeMissing, Permissions.ClaimMissing, Permissions.UserNotListed, Permissions.PermissionDenied, Permissions.SubscriptionRequired,
    ];

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("what the answer says", Read)];

    /// <summary>The causes that the answer's own words mean.</summary>
    internal static IEnumerable<Finding> Read(Refusal refusal)
    {
        if (!IsRead(refusal)) yield break;
        // What a product's own mark has already said in its way is not read as if anybody had said it.
        var known = refusal.Marks.SelectMany(row => FingerprintRules.Marks(row, refusal.Answer)).Where(mark => mark.Kind is EvidenceKind.ResponseBody or EvidenceKind.ResponseHeader && mark.Where != "WWW-Authenticate").Select(mark => mark.What).ToHashSet(StringComparer.Ordinal);
        var hits = new List<(Saying Row, int Order, Evidence Evidence)>();
        foreach (var (evidence, sentence) in Statements(refusal))
        {
            if (known.Contains(evidence.What) || (refusal.Status >= 500 && OwnAccess.IsIn(sentence)) || Words.SaysNothing.Contains(sentence.ToString())) continue;
            for (var order = 0; order < Sayings.All.Count; order++)
            {
                var row = Sayings.All[order];
                if ((row.When & refusal.MayHaveSent) == Sent.Unread || !IsCounted(row, refusal) || !row.Pattern.IsIn(sentence)) continue;
                hits.Add((row, order, evidence));
                break;
            }
        }

        var special = hits.Where(hit => !hit.Row.IsGeneral).ToArray();
        var lead = true;
        foreach (var group in (special.Length > 0 ? special : [.. hits]).OrderBy(hit => hit.Order).GroupBy(hit => hit.Row.Cause))
        {
            var hit = group.MaxBy(one => one.Row.Confidence);
            var finding = Mean(refusal, hit.Row, [.. group.Select(one => one.Evidence).Distinct()], lead);
            lead = false;
            if (finding is not null) yield return finding;
        }
    }

    private static bool IsRead(Refusal refusal) => refusal.Stated is not null || refusal.Status is (>= 400 and < 600 and not 404) or 999;

    private static bool IsCounted(Saying row, Refusal refusal) => refusal.Meant switch
    {
        401 or 403 or 407 => true,
        503 or 429 or 999 => row.Cause == Network.RateExceeded || row.Cause == Network.BotChallenged || row.Cause == Network.WafBlocked || row.Cause == Network.IpBanned || row.Cause == Network.IpBlocked,
        >= 500 => !row.IsGeneral && (NeedsIdentity.Contains(row.Cause) || row.Cause.Id.StartsWith("token.", StringComparison.Ordinal) || row.Cause == Credentials.Missing || (row.Cause == Network.OriginRefused && IsOfOrigin(refusal))),
        451 => row.Cause == Network.CountryBlocked || row.IsUnmistakable,
        402 => row.Cause == Permissions.SubscriptionRequired || row.IsUnmistakable,
        405 => row.Cause == Network.MethodDenied || row.IsUnmistakable,
        426 => row.Cause == Network.HttpsRequired || row.Cause == Network.OriginRefused || row.Cause == Permissions.SubscriptionRequired,
        _ => !row.IsGeneral,
    };

    /// <summary>Words about origins mean that of the request only where it had one.</summary>
    private static bool IsOfOrigin(Refusal refusal) => refusal.Request.Value("Origin") is not null || refusal.Seen.First<RequestNotShown>() is not null;

    private static Finding? Mean(Refusal refusal, Saying row, IReadOnlyList<Evidence> evidence, bool lead)
    {
        var cause = row.Cause;
        var confidence = row.Confidence;
        if (!refusal.IsDenial) confidence -= 0.08;
        if (cause == Credentials.Missing && !refusal.Sent.IsNothing)
        {
            // It says that nothing came, and something was sent.
            if (row.IsGeneral || !refusal.Sent.Kinds.HasFlag(Sent.Token) && !refusal.Sent.Kinds.HasFlag(Sent.Password) && !refusal.Sent.Kinds.HasFlag(Sent.Key)) return null;
            return NotSeen(refusal, evidence[0].What, [.. evidence, .. refusal.DenialEvidence]);
        }

        // Some say so of whatever they do not accept: the field is written as it must be, or in another scheme than the sentence names.
        if (cause == Credentials.Malformed && evidence.FirstOrDefault(one => OtherScheme(refusal, one.What) is not null) is { } asking)
            return Found.Because(Credentials.WrongScheme, 0.86, $"the answer asks for the scheme {OtherScheme(refusal, asking.What)} (`{asking.What}`), and {refusal.Sent.Scheme} was sent", [.. evidence, .. refusal.DenialEvidence]);
        if (cause == Credentials.Malformed && MalformedRules.IsWellFormed(refusal)) confidence = Math.Min(confidence, 0.45);

        if (cause == Tokens.Revoked && row.Confidence < 0.8 && refusal.Sent.Jwt is { } jwt)
        {
            // "not active" is said of all three.
            if (jwt.TryGetTime("exp", out var end) && end <= refusal.Now) (cause, confidence) = (Tokens.Expired, 0.93);
            else if (jwt.TryGetTime("nbf", out var begin) && begin > refusal.Now) (cause, confidence) = (Tokens.NotYetValid, 0.93);
        }

        if (NeedsIdentity.Contains(cause) && refusal.Sent.IsNothing && refusal.Seen.First<RequestNotShown>() is null) confidence = Math.Min(confidence, cause == Permissions.SubscriptionRequired ? 0.75 : 0.45);
        if (!lead) confidence = Math.Min(confidence, 0.55);
        var said = evidence[0].What;
        return Found.Because(cause, confidence, $"{cause.Title}: the answer says `{said}`", [.. evidence, .. refusal.DenialEvidence]);
    }

    /// <summary>The one scheme that a sentence about the Authorization field names, where the request used another that it does not name; null: none, or several.</summary>
    private static string? OtherScheme(Refusal refusal, string said)
    {
        if (refusal.Sent.Scheme is not { Length: > 0 } sent || !said.Contains("authorization", StringComparison.OrdinalIgnoreCase)) return null;
        var named = Schemes.Where(scheme => Wording.Of(said).Any(sentence => scheme.Pattern.IsIn(sentence))).ToArray();
        return named is [{ } only] && !only.Name.Equals(sent, StringComparison.OrdinalIgnoreCase) && Schemes.Any(scheme => scheme.Name.Equals(sent, StringComparison.OrdinalIgnoreCase)) ? only.Name : null;
    }

    private static readonly (string Name, WordPattern Pattern)[] Schemes = [.. ((string[])["Bearer", "Basic", "Digest", "DPoP", "ApiKey", "Negotiate"]).Select(name => (name, new WordPattern(name.ToLowerInvariant())))];

    /// <summary>The answer says that nothing came, and something was sent: of another kind than it speaks of, or lost on the way.</summary>
    internal static Finding NotSeen(Refusal refusal, string said, Evidence[] evidence)
    {
        var speaksOfKey = Wording.Of(said).Any(sentence => Key.IsIn(sentence));
        return speaksOfKey && !refusal.Sent.Kinds.HasFlag(Sent.Key)
            ? Found.Because(Credentials.WrongScheme, 0.72, $"the answer asks for an API key (`{said}`), and {refusal.Sent.InWords} was sent instead", evidence)
            : Found.Because(Credentials.Dropped, 0.66, $"the answer says that no credentials came (`{said}`), and {refusal.Sent.InWords} was sent: it was lost on the way, or is looked for in another place", evidence);
    }

    private static readonly WordPattern Key = new(Words.Key);

    /// <summary>Every sentence that the server wrote, with the place where it stands; the most telling places first.</summary>
    private static IEnumerable<(Evidence Evidence, Wording Sentence)> Statements(Refusal refusal)
    {
        foreach (var challenge in refusal.Challenges)
        {
            foreach (var name in (string[])["error_description", "error", "error_code", "message", "reason"])
            {
                if (challenge[name] is not { Length: > 0 } text) continue;
                foreach (var sentence in Wording.Of(text)) yield return (new(EvidenceKind.ResponseHeader, "WWW-Authenticate", $"{name}=\"{Refusal.Shortened(text)}\""), sentence);
            }
        }

        foreach (var field in refusal.Answer.Fields)
        {
            if (!IsTelling(field.Name) || field.Value.Length is 0 or > 400) continue;
            foreach (var sentence in Wording.Of(field.Value)) yield return (new(EvidenceKind.ResponseHeader, field.Name, Refusal.Shortened(field.Value)), sentence);
        }

        foreach (var sentence in Wording.Of(refusal.Answer.Reason)) yield return (new(EvidenceKind.ResponseStatus, "reason phrase", Refusal.Shortened(refusal.Answer.Reason)), sentence);
        var count = 0;
        foreach (var text in refusal.Content.Texts)
        {
            var name = text.LastName;
            if (refusal.Stated is { } stated && !stated.Covers(text)) continue;
            if (Unread.Contains(name) || text.Text.StartsWith("at ", StringComparison.Ordinal)) continue;
            foreach (var sentence in Wording.Of(PlainNames.Contains(name) ? text.Text : $"{name} {text.Text}"))
            {
                if (++count > MaximumSentences) yield break;
                yield return (new(EvidenceKind.ResponseBody, name.Length == 0 ? "body" : name, Refusal.Shortened(text.Text)), sentence);
            }
        }
    }

    private static bool IsTelling(string name) =>
        name.Contains("error", StringComparison.OrdinalIgnoreCase) || name.Contains("reason", StringComparison.OrdinalIgnoreCase) || name.Contains("denied", StringComparison.OrdinalIgnoreCase) || name.Contains("blocked", StringComparison.OrdinalIgnoreCase) || name.Equals("grpc-message", StringComparison.OrdinalIgnoreCase) || name.Equals("X-Message", StringComparison.OrdinalIgnoreCase);
}
