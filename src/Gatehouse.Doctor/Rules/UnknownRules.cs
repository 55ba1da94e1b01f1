using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Refused, and nothing proves a cause: what was tried, what the guesses are, and what would tell them apart.</summary>
internal static class UnknownRules
{
    /// <summary>Below it a finding is a guess (contract.md, "Confidence").</summary>
    private const double Guess = 0.5;

    /// <summary>The finding that stands on top where the others are guesses; null: something was found, or nothing is refused.</summary>
    internal static Finding? Of(IReadOnlyList<Finding> ranked, Observations seen)
    {
        if (Refusal.Of(seen) is not { } refusal || refusal.Meant is not (401 or 403 or 407) || ranked.Any(finding => finding.Confidence >= Guess && finding.Cause.Status is not null) || seen.First<Servers.Evaluated>() is not null) return null;
        if (ranked.Any(finding => finding.Confidence >= 0.6)) return null;
        var tried = seen.Of<Exchange>().Where(exchange => exchange.Answer is not null && exchange.Variation is not (Variation.AsGiven or Variation.Recorded or Variation.Redirected)).ToArray();
        var evidence = new List<Evidence>(refusal.DenialEvidence);
        evidence.AddRange(seen.Of<Logs.LoggedRefusal>().Where(logged => logged.Link != Logs.LogLink.Earlier).Select(logged => logged.Access).OfType<Logs.LogRecord>().Select(access => new Evidence(EvidenceKind.LogLine, access.Where, Logs.LogSecrets.Mask(access.Text))));
        evidence.AddRange(tried.Take(12).Select(exchange => refusal.Compared(exchange, exchange.Purpose)));
        var guesses = ranked.Where(finding => finding.Cause.Status is not null).Take(4).Select(finding => finding.Cause.Id).ToArray();
        var author = refusal.Author;
        var summary = string.Create(CultureInfo.InvariantCulture, $"refused with {refusal.Status}{(author is null ? "" : $" by {author.Author}")}, and what is seen from outside proves no cause{(guesses.Length == 0 ? "" : $"; it may be {string.Join(" or ", guesses)}")}");
        return Found.Because(Status.Unknown, 0.5, summary, evidence, Next(refusal, guesses));
    }

    private static Remedy[] Next(Refusal refusal, string[] guesses)
    {
        var remedies = new List<Remedy>
        {
            Found.Owner("give-server-side", "give the server's side of it: its error log and configuration name the rule or the file", "gatehouse why URL --log error.log --server-config FILE --site DIR"),
        };
        if (guesses.Any(guess => guess.StartsWith("ip.", StringComparison.Ordinal))) remedies.Add(Found.Visitor("other-network", "try from another network (a phone without WLAN): if it works there, the address is what is refused"));
        if (refusal.Sent.IsNothing) remedies.Add(Found.Developer("give-request", "give the request that should work, with its credentials and cookies, as the browser copies it", "gatehouse why -- curl ..."));
        return [.. remedies];
    }
}
