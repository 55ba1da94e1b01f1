using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>Every case below tests/cases: its input judged, its expectation met (docs/cases.md).</summary>
public class CasesTests
{
    /// <summary>From here on a finding is one, and not a guess (contract.md, "Confidence").</summary>
    private const double Found = 0.6;

    public static TheoryData<string> Names() => [.. CaseFolder.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_case_comes_out_as_it_says(string name)
    {
        var file = CaseFile.Read(name, CaseFolder.Text(name));
        var (question, seen) = await CaseObservations.OfAsync(file);
        var report = Diagnosis.Judge(question, seen);
        var faults = Faults(file.Expected, report).ToList();
        // A page's example is the case of the same cause.
        var listed = name.StartsWith("docs/causes/", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) + "/example.case" : name;
        if (CaseFolder.List("failing.txt").Contains(listed))
        {
            Assert.True(faults.Count > 0, $"{listed} comes out as it says: take it out of tests/cases/failing.txt");
            return;
        }

        Assert.True(faults.Count == 0, $"tests/cases/{name}\n  {string.Join("\n  ", faults)}\nfound:\n{Shown(report)}");
    }

    /// <summary>What of the expectation is not met, a sentence each.</summary>
    internal static IEnumerable<string> Faults(CaseExpectation expected, Report report)
    {
        var first = report.Findings.FirstOrDefault(finding => finding.Confidence >= 0.5);
        var accepted = expected["cause"]?.Split(" or ", StringSplitOptions.TrimEntries) ?? [];
        foreach (var id in accepted.Concat(expected.Items("never")).Concat(expected.Items("also")))
            if (id is not "none" && Catalogue.Find(id) is null) yield return $"`{id}` is no cause of the catalogue";
        if (accepted is ["none"])
        {
            foreach (var finding in report.Findings.Where(finding => finding.Confidence >= Found)) yield return $"nothing was to be found, but {finding.Cause.Id} was";
        }
        else if (accepted.Length > 0 && !accepted.Contains(report.Cause ?? "none"))
        {
            yield return $"the first cause is {report.Cause ?? "none"} instead of {string.Join(" or ", accepted)}";
        }

        if (expected["confidence"] is { } confidence)
        {
            var bounds = confidence.Split("..").Select(bound => double.Parse(bound, CultureInfo.InvariantCulture)).ToArray();
            if (first is null || first.Confidence < bounds[0] - 1e-9 || (bounds.Length > 1 && first.Confidence > bounds[1] + 1e-9)) yield return $"the confidence is {first?.Confidence.ToString(CultureInfo.InvariantCulture) ?? "none"} instead of {confidence}";
        }

        foreach (var id in expected.Items("never"))
            if (report.Findings.Any(finding => finding.Cause.Id == id && finding.Confidence >= 0.5)) yield return $"{id} must not be found";
        foreach (var id in expected.Items("also"))
            if (!report.Findings.Any(finding => finding.Cause.Id == id && finding.Confidence >= 0.5)) yield return $"{id} is to be found too";
        if (expected["refused"] is { } refused && report.Refused != (refused == "yes")) yield return $"refused is {report.Refused}";
        if (expected["status"] is { } status && (report.Status?.ToString(CultureInfo.InvariantCulture) ?? "none") != status) yield return $"the status is {report.Status} instead of {status}";
        foreach (var fragment in expected.Items("evidence"))
            if (!report.Findings.Any(finding => Holds(finding.Summary, fragment) || finding.Evidence.Any(evidence => Holds(evidence.Where, fragment) || Holds(evidence.What, fragment)))) yield return $"`{fragment}` stands in no evidence";
        foreach (var fragment in expected.Items("summary"))
            if (first is null || !Holds(first.Summary, fragment)) yield return $"`{fragment}` does not stand in the summary";
        foreach (var fragment in expected.Items("remedy"))
            if (!report.Findings.Any(finding => finding.Remedies.Any(remedy => remedy.Id == fragment || Holds(remedy.What, fragment) || Holds(remedy.Command ?? "", fragment)))) yield return $"`{fragment}` stands in no remedy";
        foreach (var fragment in expected.Items("not-looked-at"))
            if (!report.NotLookedAt.Any(not => Holds(not, fragment))) yield return $"`{fragment}` is not among what was not looked at";
    }

    private static bool Holds(string text, string fragment) => text.Contains(fragment, StringComparison.OrdinalIgnoreCase);

    private static string Shown(Report report) =>
        $"  {(report.Refused ? "refused" : "served")} {report.Status} {report.Cause}\n" + string.Join('\n', report.Findings.Select(Shown));

    private static string Shown(Finding finding) =>
        string.Create(CultureInfo.InvariantCulture, $"  {finding.Cause.Id} {finding.Confidence:0.00}: {finding.Summary}") + string.Concat(finding.Evidence.Select(evidence => $"\n    {evidence.Kind} {evidence.Where}: {evidence.What}"));
}
