using System.Globalization;
using Gatehouse.Apache.Evaluation;

namespace Gatehouse.Corpus.Tests;

/// <summary>Counts how often an evaluation claims a status, and how often that is httpd's.</summary>
internal sealed class AgreementScore
{
    private readonly List<string> differences = [];
    private readonly Dictionary<string, int> unknown = new(StringComparer.Ordinal);
    private int all;
    private int known;

    public void Add(HttpdAnswer found, int expected, Func<string> what)
    {
        all++;
        if (found.Status is not { } status)
        {
            var because = found.UnknownBecause ?? "";
            unknown[because] = unknown.GetValueOrDefault(because) + 1;
            return;
        }

        known++;
        if (status != expected) differences.Add($"httpd {expected}, evaluated {status} ({found.Reason} {found.Detail} {found.By?.At} {found.Fault?.Message}): {what()}");
    }

    public void Assert(double leastKnown)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{all} answers, {known} claimed ({100.0 * known / Math.Max(1, all):0.00} of 100), {differences.Count} of them wrong");
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        var why = string.Join('\n', unknown.OrderByDescending(pair => pair.Value).Take(25).Select(pair => $"{pair.Value} unknown: {pair.Key}"));
        Xunit.Assert.True(differences.Count == 0 && known >= leastKnown * all, $"{text}\n{why}\n{string.Join('\n', differences.DistinctBy(text => text[..Math.Min(text.Length, text.IndexOf(": ", StringComparison.Ordinal) + 6)]).Take(40))}");
    }
}
