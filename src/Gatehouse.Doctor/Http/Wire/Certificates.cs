using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>Certificates: read from files, and put into words.</summary>
internal static class Certificates
{
    /// <summary>Larger files are no certificates.</summary>
    private const int FileInBytes = 4_194_304;

    /// <summary>What is shown of one.</summary>
    public static CertificateSeen Seen(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not X509SubjectAlternativeNameExtension alternative) continue;
            names.AddRange(alternative.EnumerateDnsNames());
            names.AddRange(alternative.EnumerateIPAddresses().Select(address => address.ToString()));
        }

        return new CertificateSeen(certificate.Subject, certificate.Issuer, new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter)) { Names = names };
    }

    /// <summary>Why a chain does not verify, one sentence each.</summary>
    public static IEnumerable<string> ChainFaults(X509Chain chain, CertificateSeen leaf, DateTimeOffset now)
    {
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            yield return leaf.NotAfter < now ? $"it expired at {leaf.NotAfter:u}"
                : leaf.NotBefore > now ? $"it is valid only from {leaf.NotBefore:u}"
                : "a certificate above it is outside its validity period";
        }

        if (status.HasFlag(X509ChainStatusFlags.UntrustedRoot) || status.HasFlag(X509ChainStatusFlags.PartialChain))
        {
            yield return leaf.Subject == leaf.Issuer ? "it is self-signed and not trusted here (--cacert FILE trusts it, -k takes anything)"
                : $"its issuer `{leaf.Issuer}` is not trusted here, or an intermediate certificate is missing (--cacert FILE trusts it, -k takes anything)";
        }

        var rest = status & ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation);
        if (rest != X509ChainStatusFlags.NoError) yield return $"its chain is faulty ({rest})";
    }

    /// <summary>Authorities of a PEM file; false with a sentence where it can't be read.</summary>
    public static bool TryAuthorities(string file, out X509Certificate2Collection value, out string fault)
    {
        value = [];
        if (!TryText(file, out var text, out fault)) return false;
        try
        {
            value.ImportFromPem(text);
            if (value.Count > 0) return true;
            fault = $"{file} holds no certificate in PEM form";
        }
        catch (CryptographicException broken)
        {
            fault = $"{file} holds a certificate that can't be read: {broken.Message}";
        }

        return false;
    }

    /// <summary>A client certificate with its key: PEM (with --key, or both in one file) or PKCS#12; false with a sentence.</summary>
    /// <param name="certificate"><c>FILE</c> or <c>FILE:passphrase</c>.</param>
    /// <param name="key">The file of the key; null: in the same file.</param>
    /// <param name="value">The certificate with its key, then what else the file holds.</param>
    /// <param name="fault">One sentence; empty where it was read.</param>
    public static bool TryClient(string certificate, string? key, out X509Certificate2Collection value, out string fault)
    {
        value = [];
        var file = certificate;
        string? passphrase = null;
        if (!File.Exists(file) && file.LastIndexOf(':') is > 0 and var colon && File.Exists(file[..colon]))
        {
            passphrase = file[(colon + 1)..];
            file = file[..colon];
        }

        if (!TryBytes(file, out var bytes, out fault)) return false;
        try
        {
            if (!bytes.AsSpan().StartsWith("-----BEGIN"u8) && bytes.AsSpan().IndexOf("-----BEGIN "u8) < 0)
            {
                value.AddRange(X509CertificateLoader.LoadPkcs12Collection(bytes, passphrase));
                var holder = value.FirstOrDefault(one => one.HasPrivateKey);
                if (holder is null)
                {
                    fault = $"{file} holds no private key";
                    return false;
                }

                value.Remove(holder);
                value.Insert(0, holder);
                return true;
            }

            var text = System.Text.Encoding.Latin1.GetString(bytes);
            var keyText = text;
            if (key is not null && !TryText(key, out keyText, out fault)) return false;
            using var withKey = passphrase is null ? X509Certificate2.CreateFromPem(text, keyText) : X509Certificate2.CreateFromEncryptedPem(text, keyText, passphrase);
            // Keys that live in memory alone are not taken by every TLS library: a round trip through PKCS#12 is.
            value.Add(X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
            var all = new X509Certificate2Collection();
            all.ImportFromPem(text);
            for (var at = 1; at < all.Count; at++) value.Add(all[at]);
            return true;
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            fault = $"the client certificate {file}{(key is null ? "" : $" with the key {key}")} can't be read: {broken.Message.TrimEnd('.')}";
            return false;
        }
    }

    private static bool TryText(string file, out string text, out string fault)
    {
        var read = TryBytes(file, out var bytes, out fault);
        text = System.Text.Encoding.Latin1.GetString(bytes);
        return read;
    }

    private static bool TryBytes(string file, out byte[] bytes, out string fault)
    {
        bytes = [];
        try
        {
            var info = new FileInfo(file);
            if (info.Exists && info.Length > FileInBytes)
            {
                fault = $"{file} is too large to be a certificate";
                return false;
            }

            bytes = File.ReadAllBytes(file);
            fault = "";
            return true;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            fault = $"{file} can't be read: {missing.Message.TrimEnd('.')}";
            return false;
        }
    }
}
