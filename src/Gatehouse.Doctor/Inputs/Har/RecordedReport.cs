using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>Joins the answers about each kind of refusal in a recording to one report: each cause once, with every request that was refused for it.</summary>
public static class RecordedReport
{
    /// <summary>Most requests named with one cause.</summary>
    private const int MaxRequests = 10;

    /// <summary>Joins them.</summary>
    /// <param name="target">The recording.</param>
    /// <param name="parts">Each kind of refusal with the report about it, in the order of the recording.</param>
    public static Report Join(string target, IReadOnlyList<(RecordedRefusal Refusal, Report Report)> parts)
    {
        var groups = parts.SelectMany((part, order) => part.Report.Findings.Where((finding, rank) => rank == 0 || finding.Confidence >= 0.6).Select(finding => (part.Refusal, part.Report, Finding: finding, Order: order)))
            .GroupBy(found => found.Finding.Cause)
            .Select(group => (Finding: Joined([.. group.Select(found => (found.Refusal, found.Finding))]), First: group.Min(found => found.Order), Leads: group.Any(found => ReferenceEquals(found.Report.Findings[0], found.Finding)), Status: group.MinBy(found => found.Order).Report.Status))
            // What was refused first often brings the rest: among findings that are about as certain, the order of the recording.
            .OrderByDescending(group => group.Leads).ThenByDescending(group => Band(group.Finding.Confidence)).ThenBy(group => group.First).ThenByDescending(group => group.Finding.Confidence)
            .ToList();
        return new Report
        {
            Target = target,
            Refused = parts.Any(part => part.Report.Refused),
            Status = groups.Count > 0 ? groups[0].Status : parts.FirstOrDefault(part => part.Report.Refused).Report?.Status,
            Findings = [.. groups.Select(group => group.Finding)],
            Exchanges = [.. parts.SelectMany(part => part.Report.Exchanges)],
            NotLookedAt = [.. parts.SelectMany(part => part.Report.NotLookedAt).Distinct(StringComparer.Ordinal)],
            Unreachable = [.. parts.SelectMany(part => part.Report.Unreachable).Distinct(StringComparer.Ordinal)],
        };
    }

    private static int Band(double confidence) => confidence >= 0.9 ? 2 : confidence >= 0.6 ? 1 : 0;

    private static Finding Joined(IReadOnlyList<(RecordedRefusal Refusal, Finding Finding)> found)
    {
        var best = found.MaxBy(one => one.Finding.Confidence).Finding;
        var requests = found.SelectMany(one => one.Refusal.Requests.Select(request => new Evidence(EvidenceKind.Request, MaskedUrl.InText(request.Split(' ', 2)[1]), $"{request.Split(' ', 2)[0]}, answered {one.Refusal.Refused.Status?.ToString() ?? "not at all"}, entry {string.Join(", ", one.Refusal.Entries.Take(5))}{(one.Refusal.Count > 5 ? $" and {one.Refusal.Count - 5} more" : "")}"))).ToList();
        var count = found.Sum(one => one.Refusal.Count);
        return best with
        {
            Summary = count > 1 ? $"{best.Summary} (so for {count} requests of the recording)" : best.Summary,
            Evidence = [.. requests.Take(MaxRequests), .. best.Evidence],
        };
    }
}
