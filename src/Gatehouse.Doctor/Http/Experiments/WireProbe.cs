using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Doctor.Http.Wire;

namespace Gatehouse.Doctor.Http.Experiments;

/// <summary>Asks the server: the request as given, its redirects by hand, then what <see cref="ExperimentPlan"/> plans, side by side and bounded.</summary>
internal static class WireProbe
{
    /// <summary>Exchanges at the same time: enough to be quick, too few to be a load.</summary>
    private const int SideBySide = 4;

    /// <summary>Looks; what can't be reached is an observation.</summary>
    public static async ValueTask<IReadOnlyList<Observation>> LookAsync(Question question, Observations _, Surroundings around, CancellationToken cancel)
    {
        var seen = new List<Observation>();
        seen.AddRange(question.LeftOut.Select(what => new NotLookedAt(what)));
        seen.AddRange(question.Jar);
        seen.AddRange(question.Beside);
        if (question.Jwks is { } keys && KeySets.Address(keys) is null) seen.Add(KeySets.Read(keys));
        if (question.Url is null) return seen;
        if (question.Recorded.Count > 0)
        {
            seen.AddRange(question.Recorded);
            return seen;
        }

        if (!TrySettings(question, around, out var settings, out var certificate, out var fault)) return [.. seen, new Unreachable(fault)];
        if (certificate is not null) seen.Add(certificate);
        using var time = new CancellationTokenSource(question.Timeout, around.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancel);
        var run = new ExperimentRun(question, settings, around, both.Token);
        seen.AddRange(await run.AllAsync(SideBySide).ConfigureAwait(false));
        cancel.ThrowIfCancellationRequested();
        return seen;
    }

    private static bool TrySettings(Question question, Surroundings around, out WireSettings settings, out GivenCertificate? certificate, out string fault)
    {
        settings = new WireSettings { Clock = around.Clock, Timeout = question.Timeout, Resolve = question.Resolve, Proxy = question.Proxy, Insecure = question.Insecure };
        certificate = null;
        fault = "";
        if (question.Authorities is { } authorities)
        {
            if (!Certificates.TryAuthorities(authorities, out var trusted, out fault)) return false;
            settings = settings with { Authorities = trusted };
        }

        if (question.Certificate is not { } file) return true;
        if (!Certificates.TryClient(file, question.Key, out var own, out fault)) return false;
        settings = settings with { Client = own };
        var leaf = own[0];
        certificate = new GivenCertificate(file, leaf.Subject, leaf.Issuer, new DateTimeOffset(leaf.NotBefore), new DateTimeOffset(leaf.NotAfter), IsForClients(leaf));
        return true;
    }

    // RFC 5280 section 4.2.1.12: no extended key usage means any.
    private static bool IsForClients(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } usage || usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value is "1.3.6.1.5.5.7.3.2" or "2.5.29.37.0");
}
