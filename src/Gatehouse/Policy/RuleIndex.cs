namespace Gatehouse.Policy;

/// <summary>Finds the most specific rule of a path among thousands in a few look-ups, without allocation.</summary>
internal sealed class RuleIndex
{
    private readonly Dictionary<string, CompiledRule[]> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledRule[]> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledRule[]> _endings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> _foldersBySpan;
    private readonly Dictionary<string, CompiledRule[]>.AlternateLookup<ReadOnlySpan<char>> _endingsBySpan;
    private readonly int[] _endingLengths;
    private readonly int _longestFolder;

    public RuleIndex(IEnumerable<CompiledRule> rules)
    {
        Rules = [.. rules.OrderBy(rule => rule.Pattern).ThenBy(rule => rule.Pattern!.Text, StringComparer.Ordinal).ThenBy(rule => rule.Source.Line)];
        foreach (var group in Rules.GroupBy(rule => (rule.Pattern!.Kind, Key: KeyOf(rule.Pattern))))
            TableOf(group.Key.Kind)[group.Key.Key] = [.. group];
        _foldersBySpan = _folders.GetAlternateLookup<ReadOnlySpan<char>>();
        _endingsBySpan = _endings.GetAlternateLookup<ReadOnlySpan<char>>();
        _endingLengths = [.. _endings.Keys.Select(ending => ending.Length).Distinct().Order()];
        _longestFolder = _folders.Count == 0 ? -1 : _folders.Keys.Max(folder => folder.Length);
    }

    /// <summary>All rules, the most specific first.</summary>
    public IReadOnlyList<CompiledRule> Rules { get; }

    /// <summary>The rule that decides; null where none names the request.</summary>
    public CompiledRule? Find(string path, string method)
    {
        if (_exact.TryGetValue(path, out var exact) && First(exact, path, method) is { } named) return named;
        return ByName(path, method) ?? ByFolder(path, method);
    }

    /// <summary>All rules that name the request, the most specific first.</summary>
    public List<CompiledRule> FindAll(string path, string method)
    {
        List<CompiledRule> all = [];
        if (_exact.TryGetValue(path, out var exact)) Collect(exact);
        var (start, end) = PathPattern.LastSegment(path);
        foreach (var length in _endingLengths)
            if (length <= end - start && _endingsBySpan.TryGetValue(path.AsSpan(end - length, length), out var names)) Collect(names);
        for (var at = path.Length; at >= 0; at = at == 0 ? -1 : path.LastIndexOf('/', at - 1))
            if (at <= _longestFolder && _foldersBySpan.TryGetValue(path.AsSpan(0, at), out var folders)) Collect(folders);
        all.Sort(static (a, b) => a.Pattern!.CompareTo(b.Pattern));
        return all;

        void Collect(CompiledRule[] group)
        {
            foreach (var rule in group)
                if (rule.Pattern!.Names(method) && rule.Pattern.Matches(path)) all.Add(rule);
        }
    }

    /// <summary>The rules that would decide the requests of an exact path or a subtree in the rule's place, the next one first; those of part of its methods stand among them.</summary>
    public List<CompiledRule> Beaten(CompiledRule rule)
    {
        var pattern = rule.Pattern!;
        List<CompiledRule> beaten = [];
        var path = pattern.Folder;
        if (pattern.Kind == PatternKind.Exact)
        {
            if (_exact.TryGetValue(path, out var exact)) beaten.AddRange(exact);
            var (start, end) = PathPattern.LastSegment(path);
            foreach (var length in _endingLengths)
                if (length <= end - start && _endingsBySpan.TryGetValue(path.AsSpan(end - length, length), out var names)) beaten.AddRange(names.Where(name => name.Pattern!.Matches(path)));
        }

        for (var at = path.Length; at >= 0; at = at == 0 ? -1 : path.LastIndexOf('/', at - 1))
            if (_foldersBySpan.TryGetValue(path.AsSpan(0, at), out var folders)) beaten.AddRange(folders);
        beaten.RemoveAll(other => other == rule || other.Pattern!.CompareTo(pattern) <= 0 || (pattern.Methods.Length > 0 && other.Pattern.Methods.Length > 0 && !pattern.Methods.Any(other.Pattern.Names) && !other.Pattern.Methods.Any(pattern.Names)));
        beaten.Sort(static (a, b) => a.Pattern!.CompareTo(b.Pattern));
        return beaten;
    }

    private CompiledRule? ByName(string path, string method)
    {
        if (_endingLengths.Length == 0) return null;
        CompiledRule? best = null;
        var (start, end) = PathPattern.LastSegment(path);
        foreach (var length in _endingLengths)
        {
            if (length > end - start) break;
            if (!_endingsBySpan.TryGetValue(path.AsSpan(end - length, length), out var group)) continue;
            if (First(group, path, method) is { } rule && (best is null || rule.Pattern!.CompareTo(best.Pattern) < 0)) best = rule;
        }

        return best;
    }

    private CompiledRule? ByFolder(string path, string method)
    {
        // A path of thousands of slashes costs no more than the longest folder that a rule names.
        var at = path.Length;
        while (at >= 0)
        {
            if (at <= _longestFolder && _foldersBySpan.TryGetValue(path.AsSpan(0, at), out var group) && First(group, path, method) is { } rule) return rule;
            if (at == 0) return null;
            at = path.AsSpan(0, Math.Min(at, _longestFolder + 1)).LastIndexOf('/');
        }

        return null;
    }

    private static CompiledRule? First(CompiledRule[] group, string path, string method)
    {
        foreach (var rule in group)
            if (rule.Pattern!.Names(method) && rule.Pattern.Matches(path)) return rule;
        return null;
    }

    private Dictionary<string, CompiledRule[]> TableOf(PatternKind kind) => kind switch
    {
        PatternKind.Exact => _exact,
        PatternKind.FileName => _endings,
        PatternKind.Subtree => _folders,
    };

    // File names are found by what follows their last star; most patterns are `*.ending`.
    private static string KeyOf(PathPattern pattern) =>
        pattern.Kind == PatternKind.FileName ? pattern.Name[(pattern.Name.LastIndexOf('*') + 1)..] : pattern.Folder;
}
