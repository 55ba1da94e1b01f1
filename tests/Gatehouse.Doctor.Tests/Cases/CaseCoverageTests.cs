using Gatehouse.Causes;

namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>Every cause has a page, a case that finds it and a look-alike that must not be it; what is missing stands in one list that only shrinks.</summary>
public class CaseCoverageTests
{
    [Fact]
    public void Every_cause_has_its_page_its_hit_and_its_look_alike_or_stands_in_the_list()
    {
        var missing = Missing().ToHashSet(StringComparer.Ordinal);
        if (Environment.GetEnvironmentVariable("GATEHOUSE_APPROVE") == "1")
            CaseFolder.Write("not-covered.txt", "# What causes still lack, one thing a line (docs/cases.md). The list only shrinks: GATEHOUSE_APPROVE=1 takes out what is no longer true.", missing.Order(StringComparer.Ordinal));
        var listed = CaseFolder.List("not-covered.txt").ToHashSet(StringComparer.Ordinal);
        Assert.True(missing.IsSubsetOf(listed), "these causes lack something:\n" + string.Join('\n', missing.Except(listed).Order(StringComparer.Ordinal)));
        Assert.True(listed.IsSubsetOf(missing), "tests/cases/not-covered.txt: these lines are no longer true, take them out:\n" + string.Join('\n', listed.Except(missing).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_folder_of_cases_is_named_after_a_cause_or_a_trap()
    {
        Assert.All(CaseFolder.Names().Where(name => !name.StartsWith("docs/", StringComparison.Ordinal)), name =>
            Assert.True(name.Split('/') is [var folder, _] && (folder is "traps" || Catalogue.Find(folder) is not null), name));
    }

    private static IEnumerable<string> Missing()
    {
        var cases = CaseFolder.Names().Where(name => !name.StartsWith("docs/", StringComparison.Ordinal)).Except(CaseFolder.List("failing.txt")).Select(name => CaseFile.Read(name, CaseFolder.Text(name)).Expected).ToList();
        foreach (var cause in Catalogue.All)
        {
            if (!CaseFolder.HasPage(cause.Id)) yield return cause.Id + " page";
            if (!cases.Any(expected => (expected["cause"] ?? "").Split(" or ")[0] == cause.Id || expected.Items("also").Contains(cause.Id))) yield return cause.Id + " hit";
            // What is not known can't be mistaken for something else.
            if (cause.Id != "unknown" && !cases.Any(expected => expected.Items("never").Contains(cause.Id))) yield return cause.Id + " look-alike";
        }
    }
}
