namespace Gatehouse.Doctor.Logs.Signatures;

/// <summary>
/// A message with holes: <c>user {user} not found: {url}</c>. It is sought anywhere in a text, without regard to case; a hole takes
/// what stands up to the next fixed piece, one at the end the rest of its line. Time is linear in the text.
/// </summary>
internal sealed class Template
{
    private readonly string[] pieces;
    private readonly string[] names;

    /// <summary>Takes the pattern apart.</summary>
    public Template(string pattern)
    {
        var fixedPieces = new List<string>();
        var holes = new List<string>();
        var from = 0;
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] != '{') continue;
            var end = pattern.IndexOf('}', at);
            if (end < 0 || pattern.AsSpan(at + 1, end - at - 1).ContainsAnyExceptInRange('a', 'z') || end == at + 1) continue;
            fixedPieces.Add(pattern[from..at]);
            holes.Add(pattern[(at + 1)..end]);
            from = end + 1;
            at = end;
        }

        fixedPieces.Add(pattern[from..]);
        pieces = [.. fixedPieces];
        names = [.. holes];
    }

    /// <summary>The longest fixed piece: what a text must hold at least.</summary>
    public string Anchor => pieces.MaxBy(piece => piece.Length) ?? "";

    /// <summary>What the holes hold; null: it does not fit.</summary>
    public IReadOnlyDictionary<string, string>? Match(string text)
    {
        var at = pieces[0].Length == 0 ? 0 : text.IndexOf(pieces[0], StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        at += pieces[0].Length;
        if (names.Length == 0) return NoHoles;
        var held = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            var next = pieces[i + 1];
            var end = next.Length > 0 ? text.IndexOf(next, at, StringComparison.OrdinalIgnoreCase) : EndOfLine(text, at);
            if (end < 0) return null;
            var value = text[at..end].Trim();
            // A hole at the very start would take what stands before the message: (13)Permission denied:
            if (i == 0 && pieces[0].Length == 0) value = value[Math.Max(Behind(value, ": "), Behind(value, "] "))..];
            held.TryAdd(names[i], value);
            at = end + next.Length;
        }

        return held;
    }

    private static readonly Dictionary<string, string> NoHoles = [];

    private static int Behind(string text, string mark) => text.LastIndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? at + mark.Length : 0;

    private static int EndOfLine(string text, int from) => text.IndexOf('\n', from) is var end && end >= 0 ? end : text.Length;
}
