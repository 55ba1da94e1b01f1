namespace Gatehouse.Doctor.Fingerprints;

/// <summary>
/// Which words make a sentence say something. Groups stand one behind the other with blanks between; each is met by any one of its words
/// (<c>|</c> between them), in any order, all within a dozen words of each other. A trailing <c>*</c> stands for any ending, <c>_</c> joins words
/// that follow each other, and a group behind <c>-</c> must not be met anywhere in the sentence.
/// </summary>
internal sealed class WordPattern
{
    /// <summary>How far apart the words of one statement stand at most.</summary>
    internal const int Window = 13;

    private readonly string[][][] _wanted;
    private readonly string[][][] _unwanted;

    /// <summary>Reads a pattern of the tables.</summary>
    internal WordPattern(string text)
    {
        Text = text;
        var groups = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _wanted = [.. groups.Where(group => group[0] != '-').Select(Alternatives)];
        _unwanted = [.. groups.Where(group => group[0] == '-').Select(group => Alternatives(group[1..]))];
        if (_wanted.Length == 0) throw new ArgumentException($"`{text}` wants nothing", nameof(text));
    }

    /// <summary>As it stands in the table.</summary>
    internal string Text { get; }

    /// <summary>Whether the sentence says it.</summary>
    internal bool IsIn(Wording sentence)
    {
        var words = sentence.Words;
        foreach (var group in _wanted)
        {
            if (Next(words, group, 0) < 0) return false;
        }

        foreach (var group in _unwanted)
        {
            if (Next(words, group, 0) >= 0) return false;
        }

        for (var first = Next(words, _wanted[0], 0); first >= 0; first = Next(words, _wanted[0], first + 1))
        {
            if (StandsAround(words, first)) return true;
        }

        return false;
    }

    /// <summary>Whether every other group stands near enough to a word of the first.</summary>
    private bool StandsAround(IReadOnlyList<string> words, int first)
    {
        var low = first;
        var high = first;
        for (var i = 1; i < _wanted.Length; i++)
        {
            var nearest = -1;
            for (var at = Next(words, _wanted[i], 0); at >= 0; at = Next(words, _wanted[i], at + 1))
            {
                if (nearest < 0 || Math.Abs(at - first) < Math.Abs(nearest - first)) nearest = at;
            }

            low = Math.Min(low, nearest);
            high = Math.Max(high, nearest);
        }

        return high - low < Window;
    }

    private static string[][] Alternatives(string group) => [.. group.Split('|').Select(word => word.Split('_'))];

    private static int Next(IReadOnlyList<string> words, string[][] alternatives, int from)
    {
        for (var at = from; at < words.Count; at++)
        {
            foreach (var phrase in alternatives)
            {
                if (StandsAt(words, at, phrase)) return at;
            }
        }

        return -1;
    }

    private static bool StandsAt(IReadOnlyList<string> words, int at, string[] phrase)
    {
        if (at + phrase.Length > words.Count) return false;
        for (var i = 0; i < phrase.Length; i++)
        {
            var wanted = phrase[i];
            var word = words[at + i];
            var isMet = wanted[^1] == '*' ? word.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.Ordinal) : word == wanted;
            if (!isMet) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
