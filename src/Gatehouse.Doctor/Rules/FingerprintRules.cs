using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Causes that an answer proves by the marks of its author.</summary>
internal static class FingerprintRules
{
    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("marks of servers, frameworks, gateways and firewalls", Read), Refusal.Rule("refusals of a Guard", OfGuard)];

    /// <summary>Who wrote the answer; null: no mark tells.</summary>
    internal static Fingerprint? Author(ReceivedAnswer answer) => AllFingerprints.InOrder.FirstOrDefault(row => row.IsOn(answer));

    /// <summary>The rows with a cause that fit: of one author the first, since special rows stand before general ones; of one cause the surest.</summary>
    internal static IEnumerable<Finding> Read(Refusal refusal)
    {
        var answer = refusal.Answer;
        foreach (var row in refusal.Marks.GroupBy(row => row.Cause).Select(group => group.MaxBy(row => row.Confidence)!))
        {
            var says = row.Says is { } text ? char.ToUpperInvariant(text[0]) + text[1..] : $"{row.Author} says: {row.Cause!.Title}";
            if (row.Cause == Credentials.Missing && (refusal.Sent.Kinds & (Sent.Token | Sent.Password | Sent.Key)) != Sent.Unread && refusal.Status != 407)
                yield return WordingRules.NotSeen(refusal, says, [.. Marks(row, answer), refusal.StatusEvidence]);
            else yield return Found.Because(row.Cause!, row.Confidence, says, [.. Marks(row, answer), refusal.StatusEvidence]);
        }
    }

    /// <summary>The rows that say a cause of this refusal.</summary>
    internal static IEnumerable<Fingerprint> Matching(Refusal refusal)
    {
        var answer = refusal.Answer;
        return AllFingerprints.InOrder.Where(row => row.Cause is not null && (row.When & refusal.MayHaveSent) != Sent.Unread && row.IsOn(answer)).DistinctBy(row => row.Author, StringComparer.Ordinal);
    }

    /// <summary>The marks that were found, as evidence.</summary>
    internal static IEnumerable<Evidence> Marks(Fingerprint row, ReceivedAnswer answer)
    {
        foreach (var mark in row.Marks)
        {
            if (mark.FoundIn(answer) is not { } found) continue;
            yield return mark.Place switch
            {
                Place.Header => new(EvidenceKind.ResponseHeader, mark.Name, Refusal.Shortened(found)),
                Place.Cookie => new(EvidenceKind.Cookie, "Set-Cookie", Refusal.Shortened(found)),
                Place.Challenge => new(EvidenceKind.ResponseHeader, "WWW-Authenticate", Refusal.Shortened(found)),
                Place.Reason => new(EvidenceKind.ResponseStatus, "reason phrase", Refusal.Shortened(found)),
                Place.Member => new(EvidenceKind.ResponseBody, mark.Name, Refusal.Shortened(found)),
                Place.Title => new(EvidenceKind.ResponseBody, "title", Refusal.Shortened(found)),
                Place.Body => new(EvidenceKind.ResponseBody, $"page of {row.Author}", Refusal.Shortened(found)),
            };
        }
    }

    /// <summary>A Gatehouse Guard names the cause itself, in problem+json.</summary>
    private static IEnumerable<Finding> OfGuard(Refusal refusal)
    {
        if (!(refusal.Answer.Value("Content-Type") ?? "").StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase)) yield break;
        if (refusal.Content["cause"] is not { } id || refusal.Content["incident"] is not { } incident || Catalogue.Find(id) is not { } cause) yield break;
        yield return Found.Because(
            cause,
            0.98,
            $"a Gatehouse Guard refused it and names the cause itself: {refusal.Content["title"] ?? cause.Title}",
            [new(EvidenceKind.ResponseBody, "cause", id), new(EvidenceKind.ResponseBody, "incident", incident), new(EvidenceKind.ResponseBody, "detail", Refusal.Shortened(refusal.Content["detail"] ?? "")), refusal.StatusEvidence],
            Found.Owner("look-up-incident", "look the incident up: the Guard keeps the whole trace of the decision", incident.All(char.IsAsciiLetterOrDigit) ? $"gatehouse incident {incident}" : null)) with
        { NamedByServer = true };
    }
}
