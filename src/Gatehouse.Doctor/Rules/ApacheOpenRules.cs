using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Causes;
using Gatehouse.Doctor.Apache;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Lines that can't be evaluated from here (the client's name, its country), where 403 came and nothing before them refuses.</summary>
internal static class ApacheOpenRules
{
    /// <summary>Nothing else looks at the country; a name may also resolve as it should and something behind access refuse.</summary>
    private const double ByCountry = 0.88, ByName = 0.88, ByCertificate = 0.88;

    public static IEnumerable<Finding> Open(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer) || answer is not { Status: null, By: { } by } || judged.Seen != 403) yield break;
        if (by.Is("SSLRequire"))
        {
            yield return Certificate(answer, by);
            yield break;
        }

        var open = answer.Requires.Where(line => !int.IsPow2((int)line.Result)).ToList();
        if ((answer.Compat ?? (object?)open.FirstOrDefault()) is null) yield break;
        var (excludes, name) = answer.Compat is { } entry
            ? (!entry.Allows, entry.Subject == CompatSubject.Host)
            : (open[0].Excludes, open[0].Node.Provider is "host" or "forward-dns");
        var evidence = new List<Evidence> { ApacheRules.Line(by) };
        evidence.AddRange(answer.Requires.Where(line => line.Node.By is not null && line.Node.By != by && (line.Refuses || open.Contains(line))).Select(line => ApacheRules.Line(line.Node.By!, line.Why)).Take(6));
        if (name)
        {
            evidence.Add(ApacheRules.Client(answer));
            yield return new Finding
            {
                Cause = excludes ? Network.IpBlocked : Network.IpNotAllowed,
                Confidence = ByName,
                Summary = $"{Shown.Text(by)} ({by.At}) looks {(answer.Request is { } request ? request.Client.ToString() : "the client")} up by name, and nothing before it refuses",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "check-name", Who = Audience.Owner, What = "look up what name the server finds for the client (both ways: address to name, name to address), or name the address itself" }, ApacheAccessRules.Lift(by)],
            };
            yield break;
        }

        var variable = (answer.Compat?.Value ?? open[0].Node.Arguments).Trim();
        if (answer.Compat is null && open[0].Node.Provider != "env") yield break;
        var origins = ApacheSubjects.Origins(judged, variable);
        if (ApacheSubjects.OfVariable(origins, variable, !excludes) != Network.CountryBlocked) yield break;
        evidence.AddRange(origins.Select(origin => ApacheRules.Line(origin.By)));
        evidence.Add(ApacheRules.Client(answer));
        yield return new Finding { Cause = Network.CountryBlocked, Confidence = ByCountry, Summary = $"{Shown.Text(by)} ({by.At}) depends on the client's country, and nothing else refuses here", Evidence = evidence, Remedies = [ApacheAccessRules.Lift(by)] };
    }

    /// <summary>SSLRequire is not evaluated; that nothing before it refuses makes it the likely one, and the server's log makes it certain.</summary>
    private static Finding Certificate(HttpdAnswer answer, Directive by)
    {
        var text = by.Raw;
        var sent = answer.Request?.HasCertificate != false;
        var ofCertificate = text.Contains("SSL_CLIENT", StringComparison.OrdinalIgnoreCase);
        var cause = ofCertificate && !sent ? Credentials.CertificateMissing
            : ofCertificate && (text.Contains("SSL_CLIENT_VERIFY", StringComparison.OrdinalIgnoreCase) || text.Contains("SSL_CLIENT_I_DN", StringComparison.OrdinalIgnoreCase)) ? Credentials.CertificateUntrusted
            : ofCertificate ? Permissions.ClaimMissing
            : ApacheSubjects.Of(" " + text, requires: true) ?? Causes.Files.ResourceDenied;
        return new Finding
        {
            Cause = cause,
            Confidence = ByCertificate,
            Summary = ofCertificate ? sent ? $"the client's certificate does not meet {Shown.Text(by)} ({by.At})" : $"{Shown.Text(by)} ({by.At}) asks for a client certificate, and none was sent" : $"{Shown.Text(by)} ({by.At}) does not hold for this request",
            Evidence = [ApacheRules.Line(by)],
            Remedies = [ApacheAccessRules.Lift(by)],
        };
    }
}
