namespace Gatehouse.Corpus.Tests;

/// <summary>Vectors of others, read where they lie beside the checkout (shared/data); left out, and said so, where they are absent.</summary>
internal static class Corpus
{
    /// <summary>The text of a file below shared/data.</summary>
    internal static string Text(string file) => File.ReadAllText(Find(file));

    /// <summary>The paths of the files in a folder below shared/data, in order.</summary>
    internal static string[] Files(string folder, string pattern)
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(Find($"{folder}/SOURCES.md"))!, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        Assert.NotEmpty(files);
        return files;
    }

    /// <summary>The rows of a table with a head line: name of the column to value.</summary>
    internal static List<Dictionary<string, string>> Table(string file)
    {
        var lines = Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var names = lines[0].Split('\t');
        return [.. lines.Skip(1).Select(line => line.Split('\t')).Select(cells =>
            names.Select((name, i) => (name, cell: i < cells.Length ? cells[i] : "")).ToDictionary(pair => pair.name, pair => pair.cell))];
    }

    private static string Find(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "shared/data", file))) return Path.Combine(folder.FullName, "shared/data", file);
        Assert.Skip($"no shared/data/{file} beside the checkout");
        return "";
    }
}
