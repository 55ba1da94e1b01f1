using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>Client certificates: from TLS alerts where no answer came, and from answers of servers that look at them later.</summary>
internal static class CertificateRules
{
    // RFC 8446 section 6.2, RFC 5246 section 7.2.
    private const int HandshakeFailure = 40;
    private const int CertificateRevoked = 44;
    private const int CertificateExpired = 45;
    private const int CertificateRequired = 116;

    /// <summary>For <see cref="AllRules"/>.</summary>
    internal static IReadOnlyList<Rule> All { get; } = [new("client certificate, in the handshake", InHandshake), Refusal.Rule("client certificate, in the answer", InAnswer)];

    private static IEnumerable<Finding> InHandshake(Observations seen)
    {
        if (seen.Final() is not { Answer: null } exchange) yield break;
        var tls = exchange.Tls;
        if (exchange.Fault != ExchangeFault.ClientCertificate && !(exchange.Fault is ExchangeFault.Tls or ExchangeFault.ConnectionReset && tls?.ClientCertificateRequested == true)) yield break;
        var given = Given(exchange, seen);
        var evidence = new List<Evidence>
        {
            new(EvidenceKind.Certificate, exchange.Request.Url.GetLeftPart(UriPartial.Authority), tls?.Alert is { } alert ? string.Create(CultureInfo.InvariantCulture, $"TLS alert {alert} ({AlertName(alert)})") : exchange.FaultText ?? "the handshake failed after the server asked for a client certificate"),
        };
        if (given is null)
        {
            yield return Found.Because(Credentials.CertificateMissing, tls?.Alert == CertificateRequired ? 0.98 : 0.92, "the server ends the TLS handshake for want of a client certificate", [.. evidence, new(EvidenceKind.Certificate, "client certificate", "none was sent")],
                Found.Developer("send-certificate", "send a client certificate that the server's operator accepts", "curl --cert client.pem --key client.key ..."));
            yield break;
        }

        evidence.Add(Described(given));
        var at = seen.Of<Exchange>().Select(other => other.Answer?.At ?? default).FirstOrDefault(time => time != default);
        if (tls?.Alert == CertificateExpired || IsOver(given, at)) yield return Expired(given, 0.96, evidence);
        else if (tls?.Alert == CertificateRevoked) yield return Found.Because(Credentials.CertificateRevoked, 0.96, "the server says that the client certificate is revoked", evidence);
        else yield return Found.Because(Credentials.CertificateUntrusted, tls?.Alert is null or HandshakeFailure ? 0.75 : 0.9, $"the server does not accept the client certificate of {given.Issuer}", evidence);
    }

    private static IEnumerable<Finding> InAnswer(Refusal refusal)
    {
        if (refusal.Status is not (400 or 401 or 403 or 407 or 495 or 496)) yield break;
        var isPage = refusal.Status is 495 or 496 || (refusal.Status == 400 && refusal.Answer.Text.Contains("SSL certificate", StringComparison.OrdinalIgnoreCase));
        if (refusal.Certificate is { } given)
        {
            if (refusal.Status == 400 && !isPage) yield break;
            Evidence[] evidence = [Described(given), refusal.StatusEvidence];
            if (IsOver(given, refusal.Now)) yield return Expired(given, isPage ? 0.95 : 0.86, evidence);
            else if (!given.ForClients) yield return Found.Because(Credentials.CertificateUntrusted, 0.8, "the certificate is not for clients: its extended key usage does not name client authentication", evidence);
            else if (isPage && refusal.Status is 400 or 495) yield return Found.Because(Credentials.CertificateUntrusted, 0.9, $"the server does not accept the client certificate: its issuer {given.Issuer} is not among those that it trusts", evidence);
            else if (given.Subject == given.Issuer) yield return Found.Because(Credentials.CertificateUntrusted, 0.62, "the client certificate is signed by itself, which servers accept only where it is registered with them", evidence);
        }
        else if (refusal.Exchange.Tls?.ClientCertificateRequested == true && refusal.Offered.Count == 0 && refusal.Status is 401 or 403 or 496)
        {
            var confidence = refusal.Sent.IsNothing ? 0.76 : 0.6;
            yield return Found.Because(Credentials.CertificateMissing, confidence, "the server asked for a client certificate in the handshake, none was sent, and the request is refused", [new(EvidenceKind.Certificate, refusal.Request.Url.GetLeftPart(UriPartial.Authority), "client certificate asked for, none sent"), refusal.StatusEvidence],
                Found.Developer("send-certificate", "send a client certificate that the server's operator accepts", "curl --cert client.pem --key client.key ..."));
        }
    }

    private static GivenCertificate? Given(Exchange exchange, Observations seen) =>
        exchange.Tls?.Client is { } client ? new("--cert", client.Subject, client.Issuer, client.NotBefore, client.NotAfter) : seen.First<GivenCertificate>();

    private static bool IsOver(GivenCertificate given, DateTimeOffset now) => now != default && (given.NotAfter < now || given.NotBefore > now);

    private static Finding Expired(GivenCertificate given, double confidence, IReadOnlyList<Evidence> evidence) =>
        Found.Because(Credentials.CertificateExpired, confidence, string.Create(CultureInfo.InvariantCulture, $"the client certificate {given.Subject} is valid from {given.NotBefore:u} to {given.NotAfter:u}, and it is not that time"), evidence);

    private static Evidence Described(GivenCertificate given) =>
        new(EvidenceKind.Certificate, given.Source, string.Create(CultureInfo.InvariantCulture, $"subject {given.Subject}, issuer {given.Issuer}, valid {given.NotBefore:u} to {given.NotAfter:u}"));

    private static string AlertName(int alert) => alert switch
    {
        HandshakeFailure => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        CertificateRevoked => "certificate_revoked",
        CertificateExpired => "certificate_expired",
        46 => "certificate_unknown",
        48 => "unknown_ca",
        49 => "access_denied",
        CertificateRequired => "certificate_required",
        _ => "see RFC 8446 section 6",
    };
}
