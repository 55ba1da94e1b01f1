using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Apache.Rewriting;
using Gatehouse.Doctor.Apache;
using Gatehouse.Findings;
using Config = Gatehouse.Causes.Configuration;

namespace Gatehouse.Doctor.Rules;

/// <summary>Rules that never take effect: replaced whole by a later section of the same place, or behind a RewriteRule that ends the list for everything.</summary>
internal static class ApacheUnreachableRules
{
    private const double Confidence = 0.9;

    public static IEnumerable<Finding> Unreachable(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer) || judged.Assumed || answer.Rules is not { } rules) yield break;
        var evaluation = judged.Evaluation!;
        foreach (var finding in Replaced(judged, evaluation, rules)) yield return finding;
        foreach (var settings in new[] { evaluation.Host.Rewrite, rules.Rewrite }.OfType<RewriteSettings>().Where(settings => settings.IsOn))
        {
            // Said only of a list that this request went through.
            if (UnreachableRules.Of(settings) is not var (ends, behind) || !evaluation.Trace.Any(line => line.By?.At == ends.At)) continue;
            yield return new Finding
            {
                Cause = Config.ConfigRuleUnreachable,
                Confidence = Confidence,
                Summary = $"{Shown.Text(behind[0])} ({behind[0].At}) is never asked: {Shown.Text(ends)} ({ends.At}) stands before it, fits every path and ends the list",
                Evidence = [.. behind.Take(4).Select(line => ApacheRules.Line(line, "is never reached")), ApacheRules.Line(ends)],
                Remedies = [new Remedy { Id = "move-rule-up", Who = Audience.Owner, What = $"move {Shown.Text(behind[0])} before {Shown.Text(ends)}, or put a RewriteCond before the latter" }],
            };
        }
    }

    private static IEnumerable<Finding> Replaced(ApacheJudged judged, HttpdEvaluation evaluation, DirectoryRules rules)
    {
        var said = evaluation.Trace.Select(line => line.By).OfType<Directive>().ToHashSet(ReferenceEqualityComparer.Instance);
        var sections = evaluation.Host.Directories.Concat(rules.Files).Concat(evaluation.Host.Locations).Where(section => said.Contains(section.By)).ToList();
        for (var i = 1; i < sections.Count; i++)
        {
            var later = sections[i];
            var earlier = sections.Take(i).LastOrDefault(section => SamePlace(section, later, evaluation.Host));
            if (earlier is null) continue;
            var (lost, by) = (Requires(earlier), Requires(later));
            if (by.Count == 0 || later.Rules.Authorization!.Merging is AuthMerging.And or AuthMerging.Or) (lost, by) = (Old(earlier), Old(later));
            if (lost.Count == 0 || by.Count == 0 || lost.Select(line => line.Text).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(by.Select(line => line.Text))) continue;
            yield return new Finding
            {
                Cause = Config.ConfigRuleUnreachable,
                Confidence = Confidence,
                Summary = $"{Shown.Text(lost[0])} ({lost[0].At}) never counts: {Shown.Text(later.By)} ({later.By.At}) is of the same place, comes later and replaces it whole",
                Evidence = [.. lost.Take(4).Select(line => ApacheRules.Line(line, "is replaced")), ApacheRules.Line(later.By, "of the same place"), .. by.Take(4).Select(line => ApacheRules.Line(line))],
                Remedies = [new Remedy { Id = "join-sections", Who = Audience.Owner, What = by[0].Is("Require") ? "write both into one section, or `AuthMerging Or` (`And`) into the later" : "write both into one section" }],
            };
        }
    }

    /// <summary>The same pattern of the same host; for Files of the same text too, since folders lie between others.</summary>
    private static bool SamePlace(Section one, Section other, HttpdHost host) =>
        one.Kind == other.Kind && one.Pattern == other.Pattern && one.Expression is null == other.Expression is null && Inside(one, host) == Inside(other, host)
        && (one.Kind != SectionKind.Files || one.By.At.File == other.By.At.File);

    private static bool Inside(Section section, HttpdHost host) =>
        host.By is { } by && section.By.At.File == by.At.File && section.By.At.Line >= by.At.Line && section.By.At.Line <= by.ClosedAt;

    private static List<Directive> Requires(Section section) => [.. (section.Rules.Authorization?.Root?.Leaves ?? []).Select(leaf => leaf.By).OfType<Directive>().Distinct()];

    private static List<Directive> Old(Section section) => section.Rules.Compat is { HasAccessRules: true } compat ? [.. compat.Entries.Select(entry => entry.By).Distinct()] : [];
}
