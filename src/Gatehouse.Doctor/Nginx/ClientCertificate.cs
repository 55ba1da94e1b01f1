using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Doctor.Nginx.Evaluation;

namespace Gatehouse.Doctor.Nginx;

/// <summary>What nginx would find about the client's certificate, by the authorities that its configuration names.</summary>
internal static class ClientCertificate
{
    /// <summary><c>SUCCESS</c>, <c>FAILED:reason</c> in OpenSSL's words; null: it can't be told.</summary>
    public static string? Verify(Question question, Verdict verdict, DiskFiles files, string folder, DateTimeOffset now)
    {
        if (question.Certificate is not { } given || verdict.Server?.Scope is not { } server) return null;
        var list = server.One("ssl_client_certificate") ?? server.One("ssl_trusted_certificate");
        if (list is null || server.Has("ssl_crl", "ssl_ocsp")) return null;
        try
        {
            var path = File.Exists(given) ? given : given[..Math.Max(0, given.LastIndexOf(':'))];
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(files.Here(list[0].StartsWith('/') ? list[0] : folder.TrimEnd('/') + "/" + list[0]));
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.VerificationTime = now.LocalDateTime;
            if (chain.Build(certificate)) return "SUCCESS";
            var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
            if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid)) return certificate.NotAfter < now.LocalDateTime ? "FAILED:certificate has expired" : "FAILED:certificate is not yet valid";
            return certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? "FAILED:self-signed certificate" : "FAILED:unable to verify the first certificate";
        }
        catch (CryptographicException)
        {
            return null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
