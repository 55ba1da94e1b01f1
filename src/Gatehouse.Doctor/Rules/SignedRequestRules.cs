using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>API keys, and requests that are signed: past their time, made by a clock that runs wrong.</summary>
internal static class SignedRequestRules
{
    private static readonly TimeSpan CustomaryTolerance = TimeSpan.FromMinutes(5);

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [Refusal.Rule("signed request: time", Time), Refusal.Rule("API key", Key)];

    private static IEnumerable<Finding> Time(Refusal refusal)
    {
        if (refusal.Status is not (400 or 401 or 403 or 404 or 410) || refusal.Sent.Signed is not { } signed) yield break;
        var clock = new Evidence(EvidenceKind.Clock, refusal.Answer.Value("Date") is null ? "our clock" : "Date", refusal.Now.ToString("u", CultureInfo.InvariantCulture));
        if (signed.Expires is { } end && end < refusal.Now)
        {
            var confidence = refusal.Status is 404 or 410 ? 0.8 : 0.94;
            if (refusal.Tried(Variation.WithoutQuery) is { } without && refusal.Passes(without) && without.Status is not 404) confidence = 0.7;
            yield return Found.Because(Tokens.SignatureExpired, confidence, string.Create(CultureInfo.InvariantCulture, $"{signed.Kind} is past its time: it held until {end:u}, and the server's clock says {refusal.Now:u} ({SessionRules.Seconds(refusal.Now - end)} later)"),
                [new(EvidenceKind.Request, signed.SignatureName, $"{signed.ExpiresFrom}: until {end.ToString("u", CultureInfo.InvariantCulture)}"), clock, refusal.StatusEvidence],
                Found.Visitor("ask-for-new-link", "go back to the page that gave the link and follow it anew"), Found.Developer("sign-anew", "make a new signed address just before it is used"));
        }
        else if (signed.NotBefore is { } begin && begin > refusal.Now)
        {
            yield return Found.Because(Tokens.SignatureClockSkew, 0.85, string.Create(CultureInfo.InvariantCulture, $"{signed.Kind} holds from {begin:u}, {SessionRules.Seconds(begin - refusal.Now)} ahead of the server's clock"), [new(EvidenceKind.Request, signed.SignatureName, $"from {begin.ToString("u", CultureInfo.InvariantCulture)}"), clock, refusal.StatusEvidence],
                Found.Developer("start-earlier", "set the start a few minutes back, or leave it out"));
        }
        else if (signed.SignedAt is { } at && (refusal.Now - at).Duration() is var apart && apart > (signed.Tolerance ?? CustomaryTolerance) && signed.Expires is null)
        {
            yield return Found.Because(Tokens.SignatureClockSkew, signed.Tolerance is null ? apart > TimeSpan.FromMinutes(15) ? 0.7 : 0.55 : 0.86, string.Create(CultureInfo.InvariantCulture, $"the request says that it was signed at {at:u}, {SessionRules.Seconds(apart)} {(at < refusal.Now ? "behind" : "ahead of")} the server's clock"),
                [new(EvidenceKind.Request, signed.SignatureName, signed.SignedAtFrom), clock, refusal.StatusEvidence], Found.Developer("set-clock", "set the client's clock by NTP, and sign each request just before it is sent", "timedatectl"));
        }
        else if (refusal.IsDenial && signed.Expires is not null)
        {
            yield return Found.Because(Tokens.SignatureMismatch, 0.55, $"{signed.Kind} is within its time, and it is refused: most likely the signature does not fit the request (altered, another key, another host, path or method)", [new(EvidenceKind.Request, signed.SignatureName, signed.ExpiresFrom), clock, refusal.StatusEvidence]);
        }
    }

    private static IEnumerable<Finding> Key(Refusal refusal)
    {
        if (refusal.Sent.Key is not { } key || refusal.Status is not (401 or 403) || (refusal.Sent.Kinds & (Sent.Token | Sent.Password)) != Sent.Unread) yield break;
        var without = refusal.Tried(Variation.WithoutCredentials);
        var isLookedAt = without is not null && !refusal.IsSameAs(without);
        var evidence = new List<Evidence> { new(EvidenceKind.Request, key.Where, Masked.Secret(key.Value)) };
        if (without is not null) evidence.Add(refusal.Compared(without, "without the key"));
        evidence.Add(refusal.StatusEvidence);
        if (refusal.Status == 401) yield return Found.Because(Tokens.ApiKeyUnknown, isLookedAt ? 0.72 : 0.6, $"the server does not accept the API key in {key.Where}", evidence);
        else if (isLookedAt && without!.Status == 401 && !refusal.SaysNotAccepted) yield return Found.Because(Permissions.PermissionDenied, 0.66, $"the API key in {key.Where} is known, and it may not do this", evidence);
        else yield return Found.Because(Tokens.ApiKeyUnknown, isLookedAt ? 0.55 : 0.42, $"perhaps the server does not know the API key in {key.Where}: it answers 403", evidence);
    }
}
