using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>TLS over a connected stream, with everything written down that explains a refusal.</summary>
internal sealed class TlsLayer(WireSettings settings, string host)
{
    private readonly List<string> serverFaults = [];
    private CertificateSeen? server;
    private Func<bool> speaksNoTls = () => false;
    private bool requested;
    private SslProtocols protocol;

    /// <summary>What was seen so far.</summary>
    /// <param name="alert">The alert that ended it; null: none.</param>
    public TlsSession Seen(int? alert) => new()
    {
        Protocol = protocol,
        Server = server,
        ServerFaults = serverFaults,
        ClientCertificateRequested = requested || (alert is { } number && TlsAlerts.IsAboutClientCertificate(number, requested)),
        Client = settings.Client is { Count: > 0 } held ? Certificates.Seen(held[0]) : null,
        Alert = alert,
    };

    /// <summary>Shakes hands; throws <see cref="WireFault"/>.</summary>
    public async Task<Stream> OpenAsync(Stream inner, CancellationToken cancel)
    {
        var below = new FirstOctetStream(inner);
        speaksNoTls = () => below.IsNoTls;
        var tls = new SslStream(below, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(), cancel).ConfigureAwait(false);
            protocol = tls.SslProtocol;
            return tls;
        }
        catch (Exception failed) when (failed is AuthenticationException or IOException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw Fault(failed);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A failure of the handshake, or of the first reading after it: in TLS 1.3 a server judges our certificate only then.</summary>
    public WireFault Fault(Exception failed)
    {
        if (serverFaults.Count > 0 && !settings.Insecure) return new WireFault(ExchangeFault.ServerCertificate, $"the certificate of {host} does not verify: {string.Join("; ", serverFaults)}", failed);
        var alert = TlsAlerts.Received(failed);
        if (alert is { } number)
        {
            return TlsAlerts.IsAboutClientCertificate(number, requested)
                ? new WireFault(ExchangeFault.ClientCertificate, settings.Client is null
                    ? $"{host} wants a client certificate and none was given: it ended the connection with {TlsAlerts.Name(number)}"
                    : $"{host} does not take the client certificate: it ended the connection with {TlsAlerts.Name(number)}", failed)
                : new WireFault(ExchangeFault.Tls, $"{host} ended the TLS handshake with {TlsAlerts.Name(number)}", failed);
        }

        if (speaksNoTls() || TlsAlerts.IsNoTls(failed)) return new WireFault(ExchangeFault.Tls, $"what answers at {host} does not speak TLS on this port: try http instead of https", failed);
        if (requested) return new WireFault(ExchangeFault.ClientCertificate, $"{host} asked for a client certificate and closed the connection after {(settings.Client is null ? "none came" : "it came")}", failed);
        return protocol == SslProtocols.None
            ? new WireFault(ExchangeFault.Tls, $"the TLS handshake with {host} failed: {Innermost(failed)}", failed)
            : new WireFault(ExchangeFault.ConnectionReset, $"{host} closed the connection before an answer came", failed);
    }

    private SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host.Trim('[', ']'),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors),
            LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
            {
                // The first call comes before anything was sent; only the one that knows the server's certificate answers its request.
                if (remote is null) return null!;
                requested = true;
                return settings.Client is { Count: > 0 } held ? held[0] : null!;
            },
        };
        // With authorities between, the whole chain must be sent, which is settled before the server asks: whether it asked is then seen by its alert alone.
        if (settings.Client is { Count: > 1 } own) options.ClientCertificateContext = SslStreamCertificateContext.Create(own[0], own, offline: true);
        // Issuers are not fetched from addresses that a certificate names: only what was asked is connected to.
        options.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (settings.Authorities is { } authorities)
        {
            options.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private bool Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        serverFaults.Clear();
        if (certificate is X509Certificate2 seen) server = Certificates.Seen(seen);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) serverFaults.Add("it sent none");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && server is not null)
            serverFaults.Add(server.Names.Count == 0 ? $"it names no host (subject {server.Subject})" : $"it is for {string.Join(", ", server.Names.Take(6))}, not for {host}");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && chain is not null && server is not null)
            serverFaults.AddRange(Certificates.ChainFaults(chain, server, settings.Clock.GetUtcNow()));
        return settings.Insecure || serverFaults.Count == 0 && errors == SslPolicyErrors.None;
    }

    private static string Innermost(Exception failed)
    {
        while (failed.InnerException is { } inner) failed = inner;
        return failed.Message.TrimEnd('.');
    }
}
