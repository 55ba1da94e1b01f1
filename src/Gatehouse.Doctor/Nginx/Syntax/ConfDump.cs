namespace Gatehouse.Doctor.Nginx.Syntax;

/// <summary>The output of <c>nginx -T</c>: every file behind a line <c># configuration file PATH:</c>, in the order in which they were read.</summary>
internal sealed class ConfDump : IConfSource
{
    private const string Mark = "# configuration file ";

    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);

    private ConfDump()
    {
    }

    /// <summary>The first file of the dump.</summary>
    public string Main { get; private set; } = "";

    /// <inheritdoc/>
    public bool OnDisk => false;

    /// <summary>Takes a dump apart; null: the text is none.</summary>
    public static ConfDump? Of(string text)
    {
        var dump = new ConfDump();
        string? path = null;
        var body = 0;
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            if (end < 0) end = text.Length;
            var line = text.AsSpan(at, end - at).TrimEnd('\r');
            if (line.StartsWith(Mark, StringComparison.Ordinal) && line.EndsWith(":", StringComparison.Ordinal))
            {
                if (path is not null) dump.files.TryAdd(path, text[body..at]);
                path = line[Mark.Length..^1].ToString();
                if (dump.Main.Length == 0) dump.Main = path;
                body = Math.Min(end + 1, text.Length);
            }
            else if (path is null && !Preamble(line))
            {
                return null;
            }

            at = end + 1;
        }

        if (path is null) return null;
        dump.files.TryAdd(path, text[body..]);
        return dump;
    }

    /// <inheritdoc/>
    public string? Read(string path, out string? problem)
    {
        problem = files.TryGetValue(path, out var text) ? null : "is not in the dump";
        return text;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Match(string pattern) => [.. files.Keys.Where(path => ConfGlob.Matches(pattern, path)).Order(StringComparer.Ordinal)];

    /// <summary>What nginx says before the first file: the result of its test, warnings.</summary>
    private static bool Preamble(ReadOnlySpan<char> line) =>
        line.IsWhiteSpace() || line.StartsWith("nginx:", StringComparison.Ordinal) || (line.Length > 20 && char.IsAsciiDigit(line[0]) && line[4] == '/');
}
