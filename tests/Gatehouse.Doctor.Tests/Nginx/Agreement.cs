using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Tests.Nginx;

/// <summary>Counts where evaluator and server agree, and writes down where they don't.</summary>
internal sealed class Agreement
{
    private readonly StringBuilder wrong = new();

    public int Asked { get; private set; }

    public int Claimed { get; private set; }

    public int Wrong { get; private set; }

    public Dictionary<string, int> NotKnown { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Statuses { get; } = new(StringComparer.Ordinal);

    /// <summary>Asks both.</summary>
    public void Hold(RealNginx nginx, Asked asked, int port, string about)
    {
        Asked++;
        var verdict = nginx.Evaluate(asked, DateTimeOffset.UnixEpoch.AddSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), port);
        var real = RealNginx.Ask(asked, port);
        var name = real?.ToString(CultureInfo.InvariantCulture) ?? "closed";
        Statuses[name] = Statuses.GetValueOrDefault(name) + 1;
        if (verdict.UnknownBecause is { } why)
        {
            NotKnown[why] = NotKnown.GetValueOrDefault(why) + 1;
            return;
        }

        if (verdict.HandedOn) return; // whoever stands behind decides
        Claimed++;
        if (verdict.Status == real) return;
        if (++Wrong > 10) return;
        wrong.AppendLine(CultureInfo.InvariantCulture, $"--- {asked}: nginx {name}, evaluated {verdict.Status?.ToString(CultureInfo.InvariantCulture) ?? "closed"}");
        wrong.AppendLine(about);
        foreach (var step in verdict.Ground.Trace) wrong.AppendLine(CultureInfo.InvariantCulture, $"    {step.Line}: {step.Text}  -- {step.Says}");
    }

    /// <summary>All that was claimed is right, and enough was claimed.</summary>
    public void Check(double share)
    {
        Assert.True(Wrong == 0, $"{Wrong} of {Claimed} differ\n{wrong}");
        Assert.True(Claimed >= share * Asked, $"only {Claimed} of {Asked} were claimed: {string.Join("; ", NotKnown.OrderByDescending(pair => pair.Value).Take(10).Select(pair => $"{pair.Value} x {pair.Key}"))}");
    }

    public override string ToString() =>
        $"{Asked} requests, {Claimed} claimed, {Wrong} wrong; statuses {string.Join(' ', Statuses.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{pair.Value}"))}; not known {string.Join("; ", NotKnown.OrderByDescending(pair => pair.Value).Take(8).Select(pair => $"{pair.Value} x {pair.Key}"))}";
}
