using System.Text.RegularExpressions;

namespace Gatehouse.Repository.Tests;

/// <summary>What the pages name is there, and the map leaves no folder out.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_link_of_a_page_leads_to_a_file()
    {
        string[] pages = [.. Directory.GetFiles(Root(), "*.md"), .. Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories), Path.Combine(Root(), "bench/README.md"), Path.Combine(Root(), "fuzz/README.md")];
        var links = pages.SelectMany(page => Link().Matches(File.ReadAllText(page)).Select(link => (Page: page, Target: link.Groups[1].Value))).Where(link => !link.Target.Contains(':', StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(links);
        Assert.Empty(links.Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(link.Page)!, link.Target))).Select(link => $"{link.Page}: {link.Target}"));
    }

    [Theory]
    [InlineData("src/Gatehouse")]
    [InlineData("src/Gatehouse.Guard")]
    [InlineData("src/Gatehouse.Doctor")]
    public void The_map_names_every_folder_of_subjects(string project)
    {
        var map = File.ReadAllText(Path.Combine(Root(), "docs/map.md"));
        var from = map.IndexOf($"    {project}/ ", StringComparison.Ordinal);
        var end = map.IndexOf("\n    ", map.IndexOf('\n', from) + 1, StringComparison.Ordinal);
        while (end > 0 && map[end + 5] == ' ') end = map.IndexOf("\n    ", end + 1, StringComparison.Ordinal);
        var part = map[from..end];
        var folders = Directory.GetDirectories(Path.Combine(Root(), project)).Select(folder => Path.GetFileName(folder)).Where(name => name is not ("bin" or "obj")).ToList();
        Assert.NotEmpty(folders);
        Assert.DoesNotContain(folders, name => !part.Contains($" {name}/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)]*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gatehouse.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository is not above the tests");
        return folder;
    }
}
