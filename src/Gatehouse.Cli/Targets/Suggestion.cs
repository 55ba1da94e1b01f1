namespace Gatehouse.Cli.Targets;

/// <summary>The known word that was most likely meant.</summary>
internal static class Suggestion
{
    /// <summary>The nearest by edits (insert, drop, change, swap), at most a third of the word's length away; null: nothing is near.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        var names = known.ToList();
        if (word.Length >= 3 && names.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).MinBy(name => name.Length) is { } longer) return longer;
        var nearest = names.Select(name => (Name: name, Edits: Distance(word.ToLowerInvariant(), name.ToLowerInvariant()))).OrderBy(pair => pair.Edits).ThenBy(pair => pair.Name, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Name is not null && nearest.Edits <= Math.Max(1, Math.Min(word.Length, nearest.Name.Length) / 3) ? nearest.Name : null;
    }

    /// <summary>As the end of a sentence: `: did you mean `x`?`; empty where nothing is near.</summary>
    public static string Clause(string word, IEnumerable<string> known) => For(word, known) is { } near ? $": did you mean `{near}`?" : "";

    private static int Distance(string one, string other)
    {
        var before = new int[other.Length + 1];
        var last = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last) = (last, row);
        }

        return last[other.Length];
    }
}
