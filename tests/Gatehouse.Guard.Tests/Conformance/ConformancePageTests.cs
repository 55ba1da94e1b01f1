using System.Text.RegularExpressions;

namespace Gatehouse.Guard.Tests.Conformance;

/// <summary>docs/conformance.md names every row of the bar, and what it calls tested has a test that bears its number.</summary>
public sealed partial class ConformancePageTests
{
    private static readonly (char Letter, int Rows)[] Bar = [('A', 32), ('B', 12), ('C', 8), ('D', 22), ('E', 12), ('F', 14), ('G', 22), ('I', 22), ('K', 20), ('L', 18), ('P', 12), ('Q', 10), ('W', 37)];

    [Fact]
    public void Every_row_is_named_and_none_is_called_tested_without_a_test()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Gatehouse.slnx"))) root = Path.GetDirectoryName(root)!;
        var rows = Row().Matches(File.ReadAllText(Path.Combine(root, "docs", "conformance.md"))).ToDictionary(match => match.Groups[1].Value, match => (State: match.Groups[2].Value, Why: match.Groups[3].Value), StringComparer.Ordinal);
        var expected = Bar.SelectMany(group => Enumerable.Range(1, group.Rows).Select(number => FormattableString.Invariant($"{group.Letter}{number:00}"))).ToList();
        Assert.Equal(expected, rows.Keys.Order(StringComparer.Ordinal));
        var numbers = Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => Number().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        // What is tested under another row's number says which.
        Assert.Empty(rows.Where(row => row.Value.State == "tested" && !numbers.Contains(row.Key) && !row.Value.Why.Contains("see ", StringComparison.Ordinal)).Select(row => row.Key));
        Assert.All(rows.Values, row => Assert.Contains(row.State, new[] { "tested", "not applicable", "later" }));
    }

    [GeneratedRegex(@"^\| ([A-Z]\d\d) \| ([a-z ]+) \| (.+) \|$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex(@"[ _""]([A-Z]\d\d)", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
