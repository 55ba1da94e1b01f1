using Gatehouse.Policy;

namespace Gatehouse.Guard.Settings;

/// <summary>`rules:`, in short and long form.</summary>
internal static class RulesReader
{
    /// <summary>The rules, each pattern once; their words are read by the policy.</summary>
    public static List<RuleText> Rules(BlockReader blocks, YamlNode node)
    {
        var result = new List<RuleText>();
        if (node is not YamlNode.Mapping mapping)
        {
            blocks.Fault(node, $"`rules` is {node.Kind}", "write one `PATTERN: words` a line");
            return result;
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            if (!seen.TryAdd(key.Value, key.Line))
            {
                blocks.Faults.Add(new(blocks.File, key.Line, key.Column, $"the rule `{key.Value}` stands already in line {seen[key.Value]}", "join both with `and` or `or`"));
                continue;
            }

            var rule = new RuleText { Pattern = key.Value, Words = "", File = blocks.File, Line = key.Line, Column = key.Column };
            switch (value)
            {
                case YamlNode.Scalar { Value.Length: > 0 } words:
                    result.Add(rule with { Words = words.Value, WordsLine = words.Line, WordsColumn = words.Column + (words.Quoted ? 1 : 0) });
                    break;
                case YamlNode.Scalar empty:
                    blocks.Faults.Add(new(blocks.File, empty.Line, empty.Column, $"the rule `{key.Value}` says nothing", "write who may pass: `anyone`, `signed-in`, `role admin`, `nobody`"));
                    break;
                case YamlNode.Mapping when blocks.Block(value, ConfigurationKeys.Rule, $"the rule `{key.Value}`") is { } inside:
                    if (blocks.Text(inside, "allow") is not { } allow)
                    {
                        if (!inside.ContainsKey("allow")) blocks.Faults.Add(new(blocks.File, value.Line, value.Column, $"the rule `{key.Value}` says nobody who may pass", "add `allow:` with the rule's words"));
                        break;
                    }

                    result.Add(rule with
                    {
                        Words = allow.Value,
                        WordsLine = allow.Line,
                        WordsColumn = allow.Column + (allow.Quoted ? 1 : 0),
                        Say = blocks.Text(inside, "say")?.Value,
                        Contact = blocks.Text(inside, "contact")?.Value,
                        Hide = blocks.Truth(inside, "hide"),
                        ReportOnly = blocks.Truth(inside, "report-only"),
                        Strict = blocks.Truth(inside, "strict"),
                    });
                    break;
                case YamlNode.Sequence:
                    blocks.Fault(value, $"the rule `{key.Value}` is a list", "join the words with `and` or `or`: `role admin or role editor`");
                    break;
            }
        }

        return result;
    }
}
