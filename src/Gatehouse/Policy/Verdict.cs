namespace Gatehouse.Policy;

/// <summary>
/// What a policy says of a request. The order is the meaning: all-of is the smallest, any-of the largest.
/// Never combine verdicts with <c>&amp;</c> or <c>|</c>. The default is the refusing value.
/// </summary>
public enum Verdict
{
    /// <summary>No identity could pass: 403 without a challenge (RFC 9110 section 15.5.4).</summary>
    Deny = 0,

    /// <summary>The outcome depends on who asks, and nobody is known: 401 (RFC 9110 section 15.5.2).</summary>
    NeedsIdentity = 1,

    /// <summary>The request is served.</summary>
    Allow = 2,
}

/// <summary>The two folds over <see cref="Verdict"/>.</summary>
public static class Verdicts
{
    /// <summary>All must allow: the smallest verdict. Of none: <see cref="Verdict.Allow"/>.</summary>
    public static Verdict All(ReadOnlySpan<Verdict> verdicts)
    {
        var result = Verdict.Allow;
        foreach (var verdict in verdicts)
            if (verdict < result) result = verdict;
        return result;
    }

    /// <summary>Any may allow: the largest verdict. Of none: <see cref="Verdict.Deny"/>.</summary>
    public static Verdict Any(ReadOnlySpan<Verdict> verdicts)
    {
        var result = Verdict.Deny;
        foreach (var verdict in verdicts)
            if (verdict > result) result = verdict;
        return result;
    }
}
