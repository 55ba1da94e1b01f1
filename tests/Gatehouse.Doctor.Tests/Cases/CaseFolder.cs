namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>Where the cases and the pages stand in the checkout.</summary>
internal static class CaseFolder
{
    private const string Fence = "````case\n";

    private static readonly string Cases = Path.Combine(FindTop(), "tests/cases");

    private static readonly string Pages = Path.Combine(FindTop(), "docs/causes");

    /// <summary>All cases: those below tests/cases, and the examples of the pages (<c>docs/causes/ID.md</c>).</summary>
    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Cases, "*.case", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Cases, path))
            .Concat(Directory.EnumerateFiles(Pages, "*.md").Where(path => File.ReadAllText(path).Contains(Fence, StringComparison.Ordinal)).Select(path => "docs/causes/" + Path.GetFileName(path)))
            .Order(StringComparer.Ordinal);

    /// <summary>The text of one.</summary>
    public static string Text(string name)
    {
        if (!name.StartsWith("docs/", StringComparison.Ordinal)) return File.ReadAllText(Path.Combine(Cases, name));
        var page = File.ReadAllText(Path.Combine(Pages, Path.GetFileName(name)));
        var start = page.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        return page[start..page.IndexOf("\n````", start, StringComparison.Ordinal)];
    }

    /// <summary>Whether a cause has a page with an example.</summary>
    public static bool HasPage(string id) => File.Exists(Path.Combine(Pages, id + ".md")) && File.ReadAllText(Path.Combine(Pages, id + ".md")).Contains(Fence, StringComparison.Ordinal);

    /// <summary>The lines of a list below tests/cases, without comments.</summary>
    public static IEnumerable<string> List(string name) =>
        File.ReadLines(Path.Combine(Cases, name)).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    /// <summary>Writes such a list.</summary>
    public static void Write(string name, string comment, IEnumerable<string> lines) => File.WriteAllText(Path.Combine(Cases, name), comment + "\n" + string.Join('\n', lines) + "\n");

    private static string FindTop()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("the tests run outside of the checkout");
    }
}
