using Gatehouse.Findings;

namespace Gatehouse.Doctor;

/// <summary>Which finding stands on top: proved before fingerprint before comparison; what must be mended first before what follows from it.</summary>
public static class Ranking
{
    /// <summary>Orders the findings; one cause stands once, with its most certain finding.</summary>
    public static IReadOnlyList<Finding> Order(IEnumerable<Finding> findings, Observations seen) =>
        [.. findings.GroupBy(finding => finding.Cause).Select(group => group.MaxBy(finding => finding.Confidence)!).OrderByDescending(finding => finding.Confidence)];
}
