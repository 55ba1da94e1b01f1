namespace Gatehouse.Doctor.Tests.Cases;

/// <summary>A block of a case: its header line (<c>=== request as given</c>) and the lines below it.</summary>
internal sealed record CaseBlock(string Kind, string Rest, IReadOnlyList<string> Lines, int Line)
{
    /// <summary>The lines as one text, with line feeds, without blank lines at the end.</summary>
    public string Text => string.Join('\n', Lines).TrimEnd('\n');
}

/// <summary>What must come out.</summary>
internal sealed record CaseExpectation(IReadOnlyList<KeyValuePair<string, string>> Lines)
{
    /// <summary>Keys that a case may have below its dashed line (docs/cases.md).</summary>
    public static IReadOnlyList<string> Keys { get; } = ["cause", "confidence", "never", "also", "refused", "status", "evidence", "summary", "remedy", "not-looked-at"];

    /// <summary>The value of a key; null: it is not there.</summary>
    public string? this[string key] => Lines.Where(line => line.Key == key).Select(line => line.Value).FirstOrDefault();

    /// <summary>The items of a key, which may stand in several lines and be split by commas.</summary>
    public IReadOnlyList<string> Items(string key) =>
        [.. Lines.Where(line => line.Key == key).SelectMany(line => line.Value.Split(", ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
}

/// <summary>One case, as docs/cases.md describes its form: words about it, blocks of input, a dashed line, what must come out.</summary>
internal sealed record CaseFile(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings, IReadOnlyList<CaseBlock> Blocks, CaseExpectation Expected)
{
    private const string BlockMark = "=== ";

    /// <summary>Reads a case; a mistake in it is an exception that names file and line, for it is ours.</summary>
    public static CaseFile Read(string name, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var settings = new List<KeyValuePair<string, string>>();
        var blocks = new List<CaseBlock>();
        var expected = new List<KeyValuePair<string, string>>();
        List<string>? block = null;
        var below = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (!below && line.Length >= 3 && line.All(c => c == '-'))
            {
                below = true;
            }
            else if (!below && line.StartsWith(BlockMark, StringComparison.Ordinal))
            {
                var head = line[BlockMark.Length..].Trim().Split(' ', 2);
                block = [];
                blocks.Add(new(head[0], head.Length > 1 ? head[1].Trim() : "", block, i + 1));
            }
            else if (!below && block is not null)
            {
                block.Add(line);
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0) throw new FormatException($"{name}:{i + 1}: expected `key: value`, found `{line}`");
                (below ? expected : settings).Add(new(line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
        }

        if (!below) throw new FormatException($"{name}: the dashed line between input and expectation is missing");
        foreach (var (key, _) in expected)
            if (!CaseExpectation.Keys.Contains(key)) throw new FormatException($"{name}: `{key}` is none of {string.Join(", ", CaseExpectation.Keys)}");
        return new(name, settings, blocks, new(expected));
    }

    /// <summary>The value of a setting above the blocks; null: it is not there.</summary>
    public string? Setting(string key) => Settings.Where(setting => setting.Key == key).Select(setting => setting.Value).FirstOrDefault();
}
