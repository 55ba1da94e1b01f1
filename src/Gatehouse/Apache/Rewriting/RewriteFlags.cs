namespace Gatehouse.Apache.Rewriting;

/// <summary>Flags of RewriteRule that are on or off.</summary>
[Flags]
internal enum RewriteFlags
{
    None = 0,
    ForceRedirect = 1,
    Last = 1 << 1,
    NextRound = 1 << 2,
    Chain = 1 << 3,
    NotInSubRequests = 1 << 4,
    Proxy = 1 << 5,
    PassThrough = 1 << 6,
    AppendQuery = 1 << 7,
    DiscardQuery = 1 << 8,
    QueryLast = 1 << 9,
    IgnoreCase = 1 << 10,
    NoEscape = 1 << 11,
    NoSubstitution = 1 << 12,
    Status = 1 << 13,
    EscapeBackreferences = 1 << 14,
    EscapeControls = 1 << 15,
    NoPlus = 1 << 16,
    DiscardPathInfo = 1 << 17,
    End = 1 << 18,
    UnsafeAllow3F = 1 << 19,
    UnsafePrefixStat = 1 << 20,
    Unc = 1 << 21,
}

/// <summary>RewriteOptions.</summary>
[Flags]
internal enum RewriteOptions
{
    None = 0,
    Inherit = 1,
    InheritBefore = 1 << 1,
    InheritDown = 1 << 2,
    InheritDownBefore = 1 << 3,
    IgnoreInherit = 1 << 4,
    AllowNoSlash = 1 << 5,
    AllowAnyUri = 1 << 6,
    MergeBase = 1 << 7,
    IgnoreContextInfo = 1 << 8,
    LegacyPrefixDocRoot = 1 << 9,
    UnsafePrefixStat = 1 << 10,
    LongUrlOptimization = 1 << 11,
}
