using System.Globalization;
using System.Text;
using Gatehouse.Grammar;

namespace Gatehouse.Patterns;

/// <summary>
/// Reads a pattern as PCRE2 10.42 does without UTF and writes it in .NET's language, over octets: every group gets its number
/// explicitly (.NET would count named groups last), classes become ranges, letters both their cases where case does not count.
/// </summary>
internal sealed partial class PatternTranslation
{
    /// <summary>Parentheses inside each other; PCRE2's own limit, and it keeps hostile patterns from exhausting the stack.</summary>
    private const int MaximumDepth = 250;

    /// <summary>Largest count in braces; PCRE2's own limit.</summary>
    private const int MaximumCount = 65535;

    private readonly string pattern;
    private readonly StringBuilder output = new();
    private readonly List<KeyValuePair<string, int>> names = [];
    private readonly int groups;
    private int at;
    private int atomStart;
    private int opened;
    private bool stopped;
    private int depth;
    private bool ignoreCase;
    private bool dotAll;
    private bool multiline;
    private bool extended;
    private bool ungreedy;
    private bool plainGroups;
    private readonly bool dollarEndOnly;
    private readonly List<int> open = [];

    private PatternTranslation(string octets, PatternOptions options)
    {
        pattern = octets;
        ignoreCase = options.HasFlag(PatternOptions.IgnoreCase);
        dotAll = options.HasFlag(PatternOptions.DotAll);
        extended = options.HasFlag(PatternOptions.Extended);
        dollarEndOnly = options.HasFlag(PatternOptions.DollarEndOnly);
        groups = CountGroups(octets);
    }

    /// <summary>What was written, in .NET's language.</summary>
    public string Written => output.ToString();

    /// <summary>Number of groups that capture.</summary>
    public int Groups => opened;

    /// <summary>Names of groups with their numbers, in order; a name may come twice.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Names => names;

    /// <summary>What .NET's language has no exact words for; null: all is translated.</summary>
    public string? Untranslatable { get; private set; }

    /// <summary>Reads a pattern given as octets.</summary>
    /// <returns>False, with the position, where PCRE2 refuses it too.</returns>
    public static bool TryRead(string octets, PatternOptions options, out PatternTranslation value, out SyntaxError error)
    {
        value = new PatternTranslation(octets, options);
        if (!value.ReadAlternatives(out _, out error)) return false;
        if (value.at >= octets.Length) return true;
        error = new(value.at, value.at, "no `)` without its `(`");
        return false;
    }

    /// <summary>How long a match of a piece can be, for look-behind; a maximum of -1 has no end.</summary>
    private readonly record struct Width(int Least, int Most)
    {
        public bool IsFixed => Least == Most;

        public static Width operator +(Width left, Width right) =>
            new(Sum(left.Least, right.Least), left.Most < 0 || right.Most < 0 ? -1 : Sum(left.Most, right.Most));

        private static int Sum(int left, int right) => (int)Math.Min((long)left + right, int.MaxValue);

        public Width Times(int least, int most) =>
            new((int)Math.Min((long)Least * least, int.MaxValue), most < 0 || Most < 0 ? (Most == 0 ? 0 : -1) : (int)Math.Min((long)Most * most, int.MaxValue));
    }

    // alternatives = sequence *( "|" sequence )
    private bool ReadAlternatives(out Width width, out SyntaxError error, bool eachFixed = false)
    {
        var (savedCase, savedDot, savedLine, savedExtended, savedGreed, savedPlain) = (ignoreCase, dotAll, multiline, extended, ungreedy, plainGroups);
        width = default;
        var first = true;
        var start = at;
        while (true)
        {
            if (!ReadSequence(out var one, out error)) return false;
            if (eachFixed && !one.IsFixed)
            {
                error = new(start, at, "look-behind of a fixed length");
                return false;
            }

            width = first ? one : new(Math.Min(width.Least, one.Least), width.Most < 0 || one.Most < 0 ? -1 : Math.Max(width.Most, one.Most));
            first = false;
            if (at >= pattern.Length || pattern[at] != '|') break;
            output.Append('|');
            at++;
        }

        (ignoreCase, dotAll, multiline, extended, ungreedy, plainGroups) = (savedCase, savedDot, savedLine, savedExtended, savedGreed, savedPlain);
        return true;
    }

    private bool ReadSequence(out Width width, out SyntaxError error)
    {
        width = default;
        error = default;
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            if (extended && SkipBlanks()) continue;
            var from = at;
            atomStart = output.Length;
            var start = atomStart;
            var quoted = pattern.AsSpan(at).StartsWith("\\Q");
            if (!ReadAtom(out var one, out var repeatable, out error)) return false;
            if (!quoted) atomStart = start;
            while (extended && at < pattern.Length && SkipBlanks())
            {
            }

            if (!ReadQuantifier(atomStart, from, repeatable, ref one, out error)) return false;
            width += one;
        }

        return true;
    }

    private bool SkipBlanks()
    {
        if (pattern[at] is ' ' or (>= '\t' and <= '\r'))
        {
            at++;
            return true;
        }

        if (pattern[at] != '#') return false;
        while (at < pattern.Length && pattern[at] != '\n') at++;
        return true;
    }

    private bool ReadQuantifier(int start, int from, bool repeatable, ref Width width, out SyntaxError error)
    {
        error = default;
        if (!PeekQuantifier(out var least, out var most, out var length)) return true;
        if (!repeatable)
        {
            error = new(from, at, "something that can be repeated before the quantifier");
            return false;
        }

        if (least > MaximumCount || most > MaximumCount || (most >= 0 && most < least))
        {
            error = new(at, at, $"counts up to {MaximumCount} in order");
            return false;
        }

        // .NET loses its place in lazy loops over groups that may match nothing, and runs counted ones once more than PCRE.
        var empty = pattern[from] == '(' && width.Least == 0;
        at += length;
        width = width.Times(least, most);
        output.Append((least, most) switch
        {
            (0, -1) => "*",
            (1, -1) => "+",
            (0, 1) => "?",
            (_, -1) => string.Create(CultureInfo.InvariantCulture, $"{{{least},}}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{{{least},{most}}}"),
        });
        if (at < pattern.Length && pattern[at] == '+')
        {
            at++;
            output.Insert(start, "(?>").Append(')');
        }
        else
        {
            var lazy = at < pattern.Length && pattern[at] == '?';
            if (lazy) at++;
            if (lazy != ungreedy) output.Append('?');
            if (empty && (most > 1 || (most < 0 && lazy != ungreedy) || pattern.AsSpan(from).StartsWith("(?>"))) Untranslatable ??= "a counted or lazy loop over a group that may match nothing";
        }

        if (!PeekQuantifier(out _, out _, out _)) return true;
        error = new(from, at, "something that can be repeated before the quantifier");
        return false;
    }

    // "*" / "+" / "?" / "{" 1*DIGIT [ "," [ 1*DIGIT ] ] "}"; any other brace stands for itself
    private bool PeekQuantifier(out int least, out int most, out int length)
    {
        (least, most, length) = (0, -1, 1);
        if (at >= pattern.Length) return false;
        switch (pattern[at])
        {
            case '*': return true;
            case '+':
                least = 1;
                return true;
            case '?':
                most = 1;
                return true;
            case '{': break;
            default: return false;
        }

        var i = at + 1;
        if (!ReadCount(ref i, out least)) return false;
        most = least;
        if (i < pattern.Length && pattern[i] == ',')
        {
            i++;
            if (!ReadCount(ref i, out most)) most = -1;
        }

        if (i >= pattern.Length || pattern[i] != '}') return false;
        length = i + 1 - at;
        return true;
    }

    private bool ReadCount(ref int i, out int value)
    {
        value = 0;
        var start = i;
        for (; i < pattern.Length && char.IsAsciiDigit(pattern[i]); i++) value = Math.Min(value * 10 + pattern[i] - '0', MaximumCount + 1);
        return i > start;
    }

    // Groups are counted ahead: \10 is a back reference only where there are ten of them, and a reference may point forward.
    private static int CountGroups(string pattern)
    {
        var count = 0;
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    if (i + 1 < pattern.Length && pattern[i + 1] == 'Q')
                    {
                        var end = pattern.IndexOf("\\E", i + 2, StringComparison.Ordinal);
                        i = end < 0 ? pattern.Length : end + 1;
                    }
                    else
                    {
                        i++;
                    }

                    break;
                case '[' when !inClass:
                    inClass = true;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '^') i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == ']') i++;
                    break;
                case ']': inClass = false; break;
                case '(' when !inClass:
                    if (i + 1 >= pattern.Length || pattern[i + 1] is not ('?' or '*')) count++;
                    else if (pattern[i + 1] == '?' && i + 2 < pattern.Length && IsNamed(pattern.AsSpan(i + 2))) count++;
                    break;
                default: break;
            }
        }

        return count;

        static bool IsNamed(ReadOnlySpan<char> rest) =>
            rest is ['\'', ..] or ['P', '<', ..] || (rest is ['<', ..] && rest is not (['<', '=', ..] or ['<', '!', ..]));
    }
}
