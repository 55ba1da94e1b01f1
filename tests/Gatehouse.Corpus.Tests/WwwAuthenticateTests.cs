using System.Text.Json;
using Gatehouse.Grammar;

namespace Gatehouse.Corpus.Tests;

/// <summary>Vectors of others, read where they lie beside the checkout (shared/data); left out, and said so, where they are absent.</summary>
public class WwwAuthenticateTests
{
    [Fact]
    public void Agrees_with_the_vectors_for_single_and_listed_challenges()
    {
        var differences = new List<string>();
        using var cases = JsonDocument.Parse(File.ReadAllText(Corpus("www-authenticate/reschke-cases.odd.json")));
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var header = one.GetProperty("header").GetString()!;
            var parsed = Challenges.TryParse(header, out var value, out var error);
            if (parsed != one.GetProperty("valid").GetBoolean())
                differences.Add($"{one.GetProperty("n")}: {header} parsed={parsed} {error}");
            else if (parsed && one.GetProperty("expected") is { ValueKind: JsonValueKind.Array } expected
                && !expected.EnumerateArray().Select(e => e.GetProperty("scheme").GetString())
                    .SequenceEqual(value.Select(c => c.Scheme), StringComparer.OrdinalIgnoreCase))
                differences.Add($"{one.GetProperty("n")}: {header} schemes {string.Join(' ', value.Select(c => c.Scheme))}");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static string Corpus(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "shared/data", file))) return Path.Combine(folder.FullName, "shared/data", file);
        Assert.Skip($"no shared/data/{file} beside the checkout");
        return "";
    }
}
