using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>The exchange in question, read: what was sent, what the answer says, and what was tried beside it. Every rule of the wire judges this.</summary>
internal sealed class Refusal
{
    private Refusal(Exchange exchange, ReceivedAnswer answer, Observations seen)
    {
        Exchange = exchange;
        Answer = answer;
        Seen = seen;
        Certificate = exchange.Tls?.Client is { } client ? new GivenCertificate("--cert", client.Subject, client.Issuer, client.NotBefore, client.NotAfter) : seen.First<GivenCertificate>();
        Sent = SentCredentials.Of(exchange.Request, Certificate is not null);
        Stated = StatedRefusal.Of(answer) ?? StatedRefusal.ByWords(answer, Sent.Kinds);
        Now = answer.Value("Date") is { } date && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : answer.At;
        ReadChallenges();
    }

    /// <summary>All that was seen.</summary>
    internal Observations Seen { get; }

    /// <summary>The last hop: its answer is the refusal.</summary>
    internal Exchange Exchange { get; }

    /// <summary>Its answer.</summary>
    internal ReceivedAnswer Answer { get; }

    /// <summary>Its request.</summary>
    internal SentRequest Request => Exchange.Request;

    /// <summary>Its status.</summary>
    internal int Status => Answer.Status;

    /// <summary>The refusal that it states in another place than the status; null: none.</summary>
    internal StatedRefusal? Stated { get; }

    /// <summary>The status that is meant: the stated one where there is one.</summary>
    internal int Meant => Stated?.Status ?? Status;

    /// <summary>Its body.</summary>
    internal AnswerContent Content => Answer.Content;

    /// <summary>What was sent to prove who it is.</summary>
    internal SentCredentials Sent { get; }

    /// <summary>What may have been sent, by kind: anything, where what was pasted does not show the request.</summary>
    internal Fingerprints.Sent MayHaveSent => Seen.First<Inputs.Answers.RequestNotShown>() is null ? Sent.Kinds : Fingerprints.Sent.Any;

    /// <summary>The client certificate at hand; null: none.</summary>
    internal GivenCertificate? Certificate { get; }

    /// <summary>The server's clock where the answer tells it, or else ours.</summary>
    internal DateTimeOffset Now { get; }

    /// <summary>Whether it was sent by us, so that variations belong to it.</summary>
    internal bool IsLive => Exchange.Variation != Variation.Recorded;

    /// <summary>The challenges of WWW-Authenticate (Proxy-Authenticate with 407); those that do not follow the grammar as <see cref="LooseChallenge"/> reads them.</summary>
    internal IReadOnlyList<Challenge> Challenges { get; private set; } = [];

    /// <summary>Schemes offered, also of challenges that do not follow the grammar.</summary>
    internal IReadOnlyList<string> Offered { get; private set; } = [];

    /// <summary>WWW-Authenticate as it stood there; empty: none.</summary>
    internal string ChallengeText { get; private set; } = "";

    /// <summary>401 and 403, and what stands for them.</summary>
    internal bool IsDenial => Meant is 401 or 403 or 407;

    /// <summary>The refusal in question; null: nothing was exchanged, or no answer came.</summary>
    internal static Refusal? Of(Observations seen) => seen.Once(all => new Read(Asked(all) is { Answer: { } answer } exchange ? new(exchange, answer, all) : null)).Refusal;

    private sealed record Read(Refusal? Refusal);

    /// <summary>The rows of the table of fingerprints that say a cause of it.</summary>
    internal IReadOnlyList<Fingerprint> Marks => field ??= [.. FingerprintRules.Matching(this)];

    /// <summary>Who wrote the answer; null: no mark tells.</summary>
    internal Fingerprint? Author => (_author ??= new(FingerprintRules.Author(Answer))).Row;

    private Known? _author;

    private sealed record Known(Fingerprint? Row);

    /// <summary>What the answer says by its words and by its marks: findings that several rules lean on.</summary>
    internal IReadOnlyList<Finding> Said => field ??= [.. WordingRules.Read(this), .. FingerprintRules.Read(this)];

    /// <summary>Whether the answer says in so many words that what was sent is not accepted: a comparison that looks as if it were says nothing against that.</summary>
    internal bool SaysNotAccepted => Said.Any(finding => finding.Confidence >= 0.7 && (finding.Cause == Tokens.ApiKeyUnknown || finding.Cause == Tokens.ApiKeyExpired || finding.Cause == Tokens.Rejected || finding.Cause == Tokens.BadSignature || finding.Cause == Tokens.UnknownKey
        || finding.Cause == Tokens.Malformed || finding.Cause == Tokens.Expired || finding.Cause == Credentials.PasswordRejected || finding.Cause == Sessions.Unknown));

    /// <summary>The exchange that refused: the redirect to a sign-in where there is one, or else the last hop; null: nothing was exchanged.</summary>
    internal static Exchange? Asked(Observations seen)
    {
        if (seen.Tried(Variation.AsGiven) is { } baseline)
        {
            if (LoginPages.IsRedirectAway(baseline)) return baseline;
            if (seen.Of<Exchange>().FirstOrDefault(exchange => exchange.Variation == Variation.Redirected && LoginPages.IsRedirectAway(exchange)) is { } hop) return hop;
        }

        return seen.Final();
    }

    /// <summary>A rule over the refusal; silent where there is none.</summary>
    internal static Rule Rule(string name, Func<Refusal, IEnumerable<Finding>> judge) => new(name, seen => Of(seen) is { } refusal ? judge(refusal) : []);

    /// <summary>The first exchange of a variation that got an answer; null: it was not tried.</summary>
    internal Exchange? Tried(Variation variation) => IsLive ? Seen.Of<Exchange>().FirstOrDefault(exchange => exchange.Variation == variation && exchange.Answer is not null) : null;

    /// <summary>All of a variation.</summary>
    internal IEnumerable<Exchange> AllTried(Variation variation) => IsLive ? Seen.Of<Exchange>().Where(exchange => exchange.Variation == variation && exchange.Answer is not null) : [];

    /// <summary>Whether the challenges offer a scheme.</summary>
    internal bool Offers(string scheme) => Offered.Contains(scheme, StringComparer.OrdinalIgnoreCase);

    /// <summary>A parameter of the challenge of that scheme, or of any; null: not there.</summary>
    internal string? Parameter(string name) => Challenges.Select(challenge => challenge[name]).FirstOrDefault(value => value is not null);

    /// <summary>Whether the same request, sent once more, was answered otherwise: comparisons then prove little.</summary>
    internal bool IsUnsteady => Tried(Variation.Repeated) is { } again && again.Status != Status;

    /// <summary>Whether a variation got through what refuses the baseline: served, or at least not refused.</summary>
    internal bool Passes(Exchange other) => other.Status is { } status && status != Status && ((status is >= 200 and < 300 or 304 && !LoginPages.IsLoginPage(other.Answer!)) || (status is 404 or 405 && Status is 401 or 403) || (status is >= 300 and < 400 && !LoginPages.IsRedirectToLogin(other)));

    /// <summary>Whether a variation was served.</summary>
    internal static bool IsServed(Exchange other) => other.Status is >= 200 and < 300 or 304 && !LoginPages.IsLoginPage(other.Answer!);

    /// <summary>Whether two answers are the same but for what changes by itself.</summary>
    internal bool IsSameAs(Exchange other) =>
        other.Answer is { } answer && answer.Status == Status && Math.Abs(answer.Body.Length - Answer.Body.Length) <= 64 && answer.Content.Title == Content.Title && answer.Values("WWW-Authenticate").Count() == Answer.Values("WWW-Authenticate").Count();

    /// <summary>The status line, as evidence.</summary>
    internal Evidence StatusEvidence => new(EvidenceKind.ResponseStatus, Where, Line(Answer));

    /// <summary>Two exchanges that differ, as evidence.</summary>
    internal Evidence Compared(Exchange other, string how) => new(EvidenceKind.Comparison, other.Request.Url.AbsoluteUri, string.Create(CultureInfo.InvariantCulture, $"{how}: {other.Status?.ToString(CultureInfo.InvariantCulture) ?? other.Fault?.ToString() ?? "no answer"}; as given: {Status}"));

    /// <summary>The challenge, as evidence.</summary>
    internal Evidence ChallengeEvidence => new(EvidenceKind.ResponseHeader, Status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate", Shortened(ChallengeText));

    /// <summary>The method and address.</summary>
    internal string Where => $"{Request.Method} {Request.Url.AbsoluteUri}";

    /// <summary>A text of the answer, cut for the report.</summary>
    internal static string Shortened(string text) => text.Length <= 300 ? text : string.Concat(text.AsSpan(0, 300), "…");

    /// <summary>What says that it is refused: the status line, or the code that is stated beside it.</summary>
    internal IEnumerable<Evidence> DenialEvidence => Stated is { } stated ? [stated.Evidence, StatusEvidence] : [StatusEvidence];

    private static string Line(ReceivedAnswer answer) => answer.Reason.Length > 0 ? $"{answer.Status.ToString(CultureInfo.InvariantCulture)} {Shortened(answer.Reason)}" : answer.Status.ToString(CultureInfo.InvariantCulture);

    private void ReadChallenges()
    {
        var name = Status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
        var challenges = new List<Challenge>();
        var offered = new List<string>();
        foreach (var value in Answer.Values(name))
        {
            if (Grammar.Challenges.TryParse(value, out var read, out _))
            {
                challenges.AddRange(read);
                offered.AddRange(read.Select(challenge => challenge.Scheme));
            }
            else if (LooseChallenge.Read(value) is { } loose)
            {
                challenges.Add(loose);
                offered.Add(loose.Scheme);
            }
        }

        ChallengeText = string.Join(", ", Answer.Values(name));
        Challenges = challenges;
        Offered = offered;
    }
}
