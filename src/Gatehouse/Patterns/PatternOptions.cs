namespace Gatehouse.Patterns;

/// <summary>How a server has PCRE compile a pattern (httpd's RegexDefaultOptions, nginx's none).</summary>
[Flags]
public enum PatternOptions
{
    /// <summary>None: a dot stops at line ends and a dollar sign also matches before the last one.</summary>
    None = 0,

    /// <summary>Letters match without regard to case (ASCII only, as in PCRE without UTF).</summary>
    IgnoreCase = 1,

    /// <summary>A dot matches line ends too.</summary>
    DotAll = 2,

    /// <summary>A dollar sign matches at the very end only.</summary>
    DollarEndOnly = 4,

    /// <summary>Blanks and comments in the pattern do not count.</summary>
    Extended = 8,

    /// <summary>What httpd 2.4.30 and later use where RegexDefaultOptions says nothing.</summary>
    Default = DotAll | DollarEndOnly,
}
