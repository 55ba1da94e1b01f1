namespace Gatehouse.Policy;

/// <summary>Finds by reasoning, before any request comes, what a policy can't mean.</summary>
internal static class PolicyReasoning
{
    /// <summary>Takes the alternatives out that nobody can ever meet, and tells of it.</summary>
    public static CompiledRule Compile(RuleText text, PathPattern? pattern, Alternatives alternatives, Expression expression, PolicySurroundings surroundings, PolicyReader reader)
    {
        return new(text, pattern, alternatives, surroundings.Schemes.Values);
    }

    /// <summary>Looks at all rules together.</summary>
    public static void Check(RefuseList refuse, RuleIndex index, PolicySurroundings surroundings, PolicyReader reader)
    {
    }
}
