using System.Security.Cryptography.X509Certificates;
using Gatehouse.Doctor.Inputs;

namespace Gatehouse.Doctor.Http.Wire;

/// <summary>What holds for every connection of one question.</summary>
internal sealed record WireSettings
{
    /// <summary>Clock of time-outs and of <see cref="ReceivedAnswer.At"/>.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Of one exchange, from the look-up of the name to the end of the body; positive.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Names that are connected to elsewhere.</summary>
    public IReadOnlyList<ConnectOverride> Resolve { get; init; } = [];

    /// <summary>Whether only addresses of the public network are connected to: behind a redirect of a public site.</summary>
    public bool PublicOnly { get; init; }

    /// <summary>The HTTP proxy; null: none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Whether a server's certificate that does not verify is taken all the same.</summary>
    public bool Insecure { get; init; }

    /// <summary>Authorities to trust instead of the system's; null: the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The client certificate with its key, leaf first; null: none.</summary>
    public X509Certificate2Collection? Client { get; init; }
}
