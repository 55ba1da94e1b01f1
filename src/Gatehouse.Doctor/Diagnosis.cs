using Gatehouse.Doctor.Reports;
using Gatehouse.Doctor.Rules;

namespace Gatehouse.Doctor;

/// <summary>The whole way of an answer: probes collect, rules judge, findings are ranked, a report is made.</summary>
public static class Diagnosis
{
    /// <summary>Looks and judges.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="around">Clock, progress, allowance.</param>
    /// <param name="cancel">Ctrl-C.</param>
    public static async Task<Report> OfAsync(Question question, Surroundings around, CancellationToken cancel)
    {
        var seen = new Observations();
        seen.Add(new Asked(question));
        foreach (var probe in AllProbes.InOrder)
        {
            around.Progress.Report(probe.Name);
            seen.AddRange(await probe.Collect(question, seen, around, cancel).ConfigureAwait(false));
        }

        return Judge(question, seen);
    }

    /// <summary>Judges what was seen: a pure function, which cases test without a network.</summary>
    public static Report Judge(Question question, Observations seen)
    {
        var ranked = Ranking.Order(AllRules.All.SelectMany(rule => rule.Judge(seen)), seen);
        return Report.Of(question, seen, UnknownRules.Of(ranked, seen) is { } unknown ? [unknown, .. ranked] : ranked);
    }
}
