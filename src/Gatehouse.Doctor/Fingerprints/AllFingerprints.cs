namespace Gatehouse.Doctor.Fingerprints;

/// <summary>The one table: every row, outermost layer first, rows with a cause before rows that tell the author alone.</summary>
internal static class AllFingerprints
{
    /// <summary>In order.</summary>
    internal static IReadOnlyList<Fingerprint> InOrder { get; } =
        [.. ContentNetworks.Rows, .. Firewalls.Rows, .. Platforms.Rows, .. Gateways.Rows, .. Servers.Rows, .. Frameworks.Rows];
}
