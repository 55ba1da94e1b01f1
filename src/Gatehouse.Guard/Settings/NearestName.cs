namespace Gatehouse.Guard.Settings;

/// <summary>What was meant by a name that nobody knows.</summary>
internal static class NearestName
{
    /// <summary>The known name within two slips of the pen, or null.</summary>
    public static string? Of(string text, IEnumerable<string> known) =>
        known.Select(name => (Name: name, Slips: Slips(text, name))).Where(pair => pair.Slips <= 2).OrderBy(pair => pair.Slips).Select(pair => pair.Name).FirstOrDefault();

    private static int Slips(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2 || a.Length > 64) return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
            {
                var up = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = up;
            }
        }

        return row[^1];
    }
}
