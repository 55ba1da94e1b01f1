using System.Security.Authentication;

namespace Gatehouse.Doctor.Http;

/// <summary>A certificate, as far as it explains a refusal.</summary>
/// <param name="Subject">Distinguished name.</param>
/// <param name="Issuer">Distinguished name of who signed it.</param>
/// <param name="NotBefore">Valid from.</param>
/// <param name="NotAfter">Valid until.</param>
public sealed record CertificateSeen(string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>DNS names and addresses that it is for; empty: none.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>What TLS showed of one connection, whether or not it came up.</summary>
public sealed record TlsSession
{
    /// <summary>TLS version; None where it did not come up.</summary>
    public SslProtocols Protocol { get; init; }

    /// <summary>The server's certificate; null: none came.</summary>
    public CertificateSeen? Server { get; init; }

    /// <summary>Why it does not verify, one sentence each; empty: it does.</summary>
    public IReadOnlyList<string> ServerFaults { get; init; } = [];

    /// <summary>Whether the server asked for a client certificate.</summary>
    public bool ClientCertificateRequested { get; init; }

    /// <summary>The client certificate that we hold (--cert); null: none.</summary>
    public CertificateSeen? Client { get; init; }

    /// <summary>The alert with which the server ended it (RFC 8446 section 6); null: none.</summary>
    public int? Alert { get; init; }
}

/// <summary>A field that the client has and that did not go along at a redirect.</summary>
/// <param name="Name">The field: <c>Authorization</c>, <c>Cookie</c>.</param>
/// <param name="Why">One sentence, lower case, no final stop.</param>
/// <param name="CurlCarries">Whether curl -L sends it there (with what it was given here).</param>
/// <param name="BrowserCarries">Whether a browser's fetch sends it there.</param>
public sealed record NotCarried(string Name, string Why, bool CurlCarries, bool BrowserCarries);
