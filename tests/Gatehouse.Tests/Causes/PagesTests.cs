using System.Text;
using Gatehouse.Causes;

namespace Gatehouse.Tests.Causes;

/// <summary>docs/causes: one page a cause, made of the catalogue's own texts and of its example (docs/cases.md, "Pages").</summary>
public class PagesTests
{
    private static readonly string Top = FindTop();

    public static TheoryData<string> Ids() => [.. Catalogue.All.Select(cause => cause.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_page_of_a_cause_says_what_the_catalogue_says(string id)
    {
        var page = Page(Catalogue.Find(id)!);
        var path = Path.Combine(Top, "docs/causes", id + ".md");
        if (Environment.GetEnvironmentVariable("GATEHOUSE_APPROVE") == "1")
        {
            File.WriteAllText(path, page);
            return;
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, $"docs/causes/{id}.md is to be (GATEHOUSE_APPROVE=1 writes it):\n{page}");
    }

    [Fact]
    public void The_list_of_pages_names_every_cause_and_no_page_stands_without_one()
    {
        var index = Index();
        var path = Path.Combine(Top, "docs/causes/README.md");
        if (Environment.GetEnvironmentVariable("GATEHOUSE_APPROVE") == "1") File.WriteAllText(path, index);
        Assert.Equal(index, File.ReadAllText(path));
        Assert.All(Directory.EnumerateFiles(Path.Combine(Top, "docs/causes"), "*.md"), file =>
            Assert.True(Path.GetFileName(file) == "README.md" || Catalogue.Find(Path.GetFileNameWithoutExtension(file)) is not null, file));
    }

    private static string Page(Cause cause)
    {
        var page = new StringBuilder();
        page.Append($"# {cause.Title}\n\n`{cause.Id}` · {Status(cause)} · seen {SeenFrom(cause.SeenFrom)}\n\n{cause.Meaning}\n\n");
        page.Append($"- **To prove it by hand.** {cause.Confirm}\n");
        page.Append($"- **You met the page.** {cause.Visitor}\n");
        page.Append($"- **You write the client.** {cause.Developer}\n");
        page.Append($"- **You run the server.** {cause.Owner}\n\n");
        page.Append($"Rests on: {cause.Specification}\n");
        if (Example(cause.Id) is not { } example) return page.ToString();
        var lines = example.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var words = lines.TakeWhile(line => line.StartsWith('#')).Select(line => line.TrimStart('#').Trim());
        page.Append($"\n## Example\n\n{string.Join('\n', words)} What was seen, and below the dashed line what `gatehouse why` makes of it ([form](../cases.md)):\n\n");
        page.Append($"````case\n{string.Join('\n', lines.SkipWhile(line => line.StartsWith('#') || line.Length == 0))}\n````\n");
        return page.ToString();
    }

    private static string Index()
    {
        var index = new StringBuilder("# The catalogue of causes\n\n`gatehouse causes ID` prints the same on the terminal.\n\n| cause | status | what it is |\n|---|---|---|\n");
        foreach (var cause in Catalogue.All) index.Append($"| [`{cause.Id}`]({cause.Id}.md) | {cause.Status?.ToString() ?? "any"} | {cause.Title} |\n");
        return index.ToString();
    }

    private static string? Example(string id)
    {
        var path = Path.Combine(Top, "tests/cases", id, "example.case");
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    private static string Status(Cause cause) => cause.Status is { } status ? $"a correct server answers {status}" : "another fault than the status itself";

    private static string SeenFrom(Vantage vantage)
    {
        var places = new List<string>();
        if (vantage.HasFlag(Vantage.Outside)) places.Add("from outside");
        if (vantage.HasFlag(Vantage.Log)) places.Add("in a log");
        if (vantage.HasFlag(Vantage.Configuration)) places.Add("in the configuration");
        if (vantage.HasFlag(Vantage.Files)) places.Add("in the files");
        if (vantage.HasFlag(Vantage.Guard)) places.Add("by the Guard");
        return string.Join(", ", places);
    }

    private static string FindTop()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("the tests run outside of the checkout");
    }
}
