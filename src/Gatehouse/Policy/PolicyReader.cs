namespace Gatehouse.Policy;

/// <summary>Turns the texts of rules into rules, and collects every fault with its place.</summary>
internal sealed class PolicyReader(PolicySurroundings surroundings)
{
    private readonly List<PolicyFault> _faults = [];

    /// <summary>Everything found, in the order of the file.</summary>
    public IReadOnlyList<PolicyFault> Faults => [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];

    /// <summary>A rule with its path; null where it has an error.</summary>
    public CompiledRule? ReadRule(RuleText text)
    {
        PathPattern? pattern = null;
        if (text.Pattern is null)
            Error(text, "a rule without a path", "write `/path: words`");
        else if (!PathPattern.TryParse(text.Pattern, out pattern, out var offset, out var message, out var advice))
            _faults.Add(new(text.File, text.Line, text.Column + offset, message, advice, true));
        return Read(text, pattern, refuses: false) is { } rule && pattern is not null ? rule : null;
    }

    /// <summary>An entry of the refuse list; null where it has an error.</summary>
    public CompiledRule? ReadRefusal(RuleText text)
    {
        if (text.Pattern is not null) Error(text, $"`{text.Pattern}`: the refuse list holds for every path", $"write `{text.Pattern}: nobody` under `rules:`");
        if (Read(text, null, refuses: true) is not { } entry) return null;
        if (entry.Alternatives.Conditions.FirstOrDefault(condition => condition.OfIdentity) is { } ofIdentity)
        {
            Error(text, $"`{ofIdentity.Text}` in the refuse list, which is asked before anybody is known", "write a rule that names those who may pass");
            return null;
        }

        return entry;
    }

    /// <summary>Adds a fault of a whole rule.</summary>
    public void Error(RuleText text, string message, string? advice, bool isError = true) =>
        _faults.Add(new(text.File, text.Line, text.Column, message, advice, isError));

    /// <summary>Adds a fault at a place in the words.</summary>
    public void AtWords(RuleText text, int offset, string message, string? advice, bool isError)
    {
        var line = text.WordsLine > 0 ? text.WordsLine : text.Line;
        var column = text.WordsLine > 0 || text.WordsColumn > 1 || text.Pattern is not null ? text.WordsColumn : text.Column;
        var before = text.Words.AsSpan(0, Math.Min(offset, text.Words.Length));
        var breaks = before.Count('\n');
        if (breaks > 0) (line, column) = (line + breaks, before.Length - before.LastIndexOf('\n'));
        else column += before.Length;
        _faults.Add(new(text.File, line, column, message, advice, isError));
    }

    private CompiledRule? Read(RuleText text, PathPattern? pattern, bool refuses)
    {
        var expression = RuleParser.Parse(text.Words, surroundings, refuses, (offset, message, advice, isError) => AtWords(text, offset, message, advice, isError));
        if (expression is null) return null;
        if (Alternatives.Of(expression) is not { } alternatives)
        {
            AtWords(text, 0, $"more than {Alternatives.MaximumConditions} conditions or {Alternatives.MaximumCount} combinations of them", "split the rule by path, or use a role for what is joined here", true);
            return null;
        }

        return PolicyReasoning.Compile(text, pattern, alternatives, expression, surroundings, this);
    }
}
