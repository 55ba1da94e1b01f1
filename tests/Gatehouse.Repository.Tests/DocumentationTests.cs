using System.Text.RegularExpressions;

namespace Gatehouse.Repository.Tests;

/// <summary>What the pages name is there, and the map leaves no folder out.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_link_of_a_page_leads_to_a_file()
    {
        string[] pages = [.. Directory.GetFiles(Repository.Root(), "*.md"), .. Directory.GetFiles(Path.Combine(Repository.Root(), "docs"), "*.md", SearchOption.AllDirectories), Path.Combine(Repository.Root(), "bench/README.md"), Path.Combine(Repository.Root(), "fuzz/README.md")];
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
        var map = File.ReadAllText(Path.Combine(Repository.Root(), "docs/map.md"));
        var from = map.IndexOf($"    {project}/ ", StringComparison.Ordinal);
        var end = map.IndexOf("\n    ", map.IndexOf('\n', from) + 1, StringComparison.Ordinal);
        while (end > 0 && map[end + 5] == ' ') end = map.IndexOf("\n    ", end + 1, StringComparison.Ordinal);
        var part = map[from..end];
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root(), project)).Select(folder => Path.GetFileName(folder)).Where(name => name is not ("bin" or "obj")).ToList();
        Assert.NotEmpty(folders);
        Assert.DoesNotContain(folders, name => !part.Contains($" {name}/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)]*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
