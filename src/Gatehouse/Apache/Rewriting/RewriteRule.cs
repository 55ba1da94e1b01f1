using Gatehouse.Apache.Expressions;
using Gatehouse.Apache.Patterns;

namespace Gatehouse.Apache.Rewriting;

/// <summary>A RewriteRule with the conditions that stand before it.</summary>
internal sealed record RewriteRule
{
    public required Directive Line { get; init; }

    public required HttpdPattern Pattern { get; init; }

    /// <summary>The pattern begins with <c>!</c>.</summary>
    public bool Negated { get; init; }

    /// <summary>The substitution as written.</summary>
    public required string Output { get; init; }

    public RewriteFlags Flags { get; set; }

    public IReadOnlyList<RewriteCondition> Conditions { get; init; } = [];

    /// <summary>Status of a redirect or, with <see cref="RewriteFlags.Status"/>, of the answer.</summary>
    public int Status { get; set; } = 302;

    public List<string> Environment { get; } = [];

    public List<string> Cookies { get; } = [];

    public int Skip { get; set; }

    /// <summary>Rounds that [N] may go.</summary>
    public int MaximumRounds { get; set; } = 10_000;

    public string? MediaType { get; set; }

    public string? Handler { get; set; }

    /// <summary>[B=...]: what alone is escaped; null: all but letters, digits and underscores.</summary>
    public string? Escaped { get; set; }

    /// <summary>[BNE=...]: what is not escaped.</summary>
    public string NotEscaped { get; set; } = "";

    public bool Has(RewriteFlags flag) => (Flags & flag) != 0;
}

/// <summary>What a RewriteCond tests.</summary>
internal enum RewriteTest
{
    Pattern,
    Expression,
    IsFile,
    IsNotEmpty,
    IsLink,
    IsDirectory,
    IsExecutable,
    LooksUpUrl,
    LooksUpFile,
    TextLess,
    TextLessOrEqual,
    TextEqual,
    TextGreater,
    TextGreaterOrEqual,
    NumberLess,
    NumberLessOrEqual,
    NumberEqual,
    NumberGreater,
    NumberGreaterOrEqual,
}

/// <summary>A RewriteCond.</summary>
internal sealed record RewriteCondition
{
    public required Directive Line { get; init; }

    /// <summary>The test string as written.</summary>
    public required string Input { get; init; }

    public required RewriteTest Test { get; init; }

    /// <summary>What comparisons compare with.</summary>
    public string Operand { get; init; } = "";

    public HttpdPattern? Pattern { get; init; }

    public Expression? Expression { get; init; }

    public bool Negated { get; init; }

    public bool IgnoreCase { get; init; }

    public bool OrNext { get; init; }
}
