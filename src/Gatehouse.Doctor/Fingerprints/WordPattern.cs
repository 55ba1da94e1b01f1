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
        foreach (var group in _unwanted)
        {
            if (Positions(words, group).Any()) return false;
        }

        var positions = new List<int>[_wanted.Length];
        for (var i = 0; i < _wanted.Length; i++)
        {
            positions[i] = [.. Positions(words, _wanted[i])];
            if (positions[i].Count == 0) return false;
        }

        foreach (var first in positions[0])
        {
            var low = first;
            var high = first;
            var isMet = true;
            for (var i = 1; i < positions.Length && isMet; i++)
            {
                var nearest = positions[i].MinBy(at => Math.Abs(at - first));
                low = Math.Min(low, nearest);
                high = Math.Max(high, nearest);
                isMet = high - low < Window;
            }

            if (isMet) return true;
        }

        return false;
    }

    private static string[][] Alternatives(string group) => [.. group.Split('|').Select(word => word.Split('_'))];

    private static IEnumerable<int> Positions(IReadOnlyList<string> words, string[][] alternatives)
    {
        for (var at = 0; at < words.Count; at++)
        {
            foreach (var phrase in alternatives)
            {
                if (StandsAt(words, at, phrase))
                {
                    yield return at;
                    break;
                }
            }
        }
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
