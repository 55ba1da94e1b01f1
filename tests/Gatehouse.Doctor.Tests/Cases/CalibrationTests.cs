using System.Globalization;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>All cases together: certainty is earned, and no advice opens more than is meant.</summary>
public class CalibrationTests
{
    private const double Proved = 0.9, Inferred = 0.6;

    private static async Task<IReadOnlyList<(string Name, CaseExpectation Expected, Report Report)>> JudgedAsync()
    {
        var all = new List<(string, CaseExpectation, Report)>();
        var failing = CaseFolder.List("failing.txt").ToHashSet(StringComparer.Ordinal);
        foreach (var name in CaseFolder.Names().Where(name => !failing.Contains(name)))
        {
            var file = CaseFile.Read(name, CaseFolder.Text(name));
            var (question, seen) = await CaseObservations.OfAsync(file);
            all.Add((name, file.Expected, Diagnosis.Judge(question, seen)));
        }

        return all;
    }

    [Fact]
    public async Task Of_findings_given_first_with_nine_tenths_nine_in_ten_are_right_and_no_look_alike_is_inferred()
    {
        var given = 0;
        var right = 0;
        var judged = 0;
        var wrong = new List<string>();
        var taken = new List<string>();
        foreach (var (name, expected, report) in await JudgedAsync())
        {
            var accepted = (expected["cause"]?.Split(" or ", StringSplitOptions.TrimEntries) ?? []).Concat(expected.Items("also")).ToHashSet(StringComparer.Ordinal);
            taken.AddRange(report.Findings.Where(finding => finding.Confidence >= Inferred && expected.Items("never").Contains(finding.Cause.Id)).Select(finding => $"{name}: {finding.Cause.Id}"));
            if (accepted.Count == 0) continue;
            judged++;
            if (report.Findings is not [{ Confidence: >= Proved } first, ..]) continue;
            given++;
            if (accepted.Contains(first.Cause.Id)) right++;
            else wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {first.Cause.Id} {first.Confidence:0.00}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{judged} cases, {given} answered first with {Proved} or more, {right} of them right; {taken.Count} look-alikes taken");
        Assert.True(given > 100, $"only {given} cases are answered with certainty: the measure means nothing");
        Assert.True(right * 10 >= given * 9, $"{right} of {given}:\n{string.Join('\n', wrong)}");
        Assert.True(taken.Count == 0, string.Join('\n', taken));
    }

    [Fact]
    public async Task R22_no_advice_opens_more_than_is_meant()
    {
        string[] forbidden = ["777", "0666", "chmod -R", "chown -R", "setenforce 0", "a+w", "o+w", "SecRuleEngine Off", "Access-Control-Allow-Origin: *", "AllowAny", "verify=False"];
        var dangerous = new List<string>();
        var remedies = 0;
        foreach (var (name, _, report) in await JudgedAsync())
        {
            foreach (var remedy in report.Findings.SelectMany(finding => finding.Remedies))
            {
                remedies++;
                var command = remedy.Command ?? "";
                dangerous.AddRange(forbidden.Where(word => command.Contains(word, StringComparison.OrdinalIgnoreCase)).Select(word => $"{name}: `{command}` has {word}"));
                dangerous.AddRange(forbidden.Where(word => remedy.What.Contains(word, StringComparison.OrdinalIgnoreCase) && !Warns(remedy.What)).Select(word => $"{name}: {remedy.What}"));
                // Granting all is an answer for one folder that is meant to be public, and never a command to paste.
                if (command.Contains("Require all granted", StringComparison.OrdinalIgnoreCase)) dangerous.Add($"{name}: `{command}`");
            }
        }

        Assert.True(remedies > 1000, $"only {remedies} remedies were read");
        Assert.True(dangerous.Count == 0, string.Join('\n', dangerous.Distinct(StringComparer.Ordinal)));
    }

    private static bool Warns(string text) => text.Contains("never", StringComparison.OrdinalIgnoreCase) || text.Contains(" not ", StringComparison.OrdinalIgnoreCase) || text.Contains("do not", StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task R23_who_is_blocked_or_banned_is_asked_about_and_never_let_in_by_a_command_for_everybody()
    {
        foreach (var (name, _, report) in await JudgedAsync())
        {
            foreach (var remedy in report.Findings.Where(finding => finding.Cause.Id.StartsWith("ip.", StringComparison.Ordinal)).SelectMany(finding => finding.Remedies))
            {
                Assert.False(remedy.Edits.Any(edit => edit.Safety == EditSafety.Safe), $"{name}: {remedy.Id} lets an address in without a question");
                Assert.False(remedy.Command is { } command && (command.Contains("flush", StringComparison.OrdinalIgnoreCase) || command.Contains("--all", StringComparison.Ordinal) || command.Contains("unban --all", StringComparison.Ordinal) || command.Contains("iptables -F", StringComparison.Ordinal) || command.Contains("0.0.0.0/0", StringComparison.Ordinal)), $"{name}: {remedy.Command}");
            }
        }
    }
}
