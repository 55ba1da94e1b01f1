using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>One pair of a Cookie header.</summary>
/// <param name="Name">As sent; names match exactly, with regard to case. Empty where the client holds a cookie without a name.</param>
/// <param name="Value">As sent, quotes included: they belong to the value (RFC 6265bis section 4.1.1). Often a secret.</param>
/// <param name="Start">Offset in the text at which the pair begins.</param>
public readonly record struct CookiePair(string Name, string Value, int Start)
{
    /// <summary>The name alone.</summary>
    public override string ToString() => $"{Name}=…";
}

/// <summary>Reads the value of a Cookie header: what clients send (RFC 6265bis section 5.8.3), one blank behind each semicolon or none.</summary>
public static class Cookies
{
    /// <summary>Longest field value read, in characters: servers take no longer header lines.</summary>
    public const int MaximumLength = 65_536;

    /// <summary>Most pairs: browsers keep some 180 of a site, and each costs allocations that the sender does not pay for.</summary>
    public const int MaximumCount = 512;

    /// <summary>Reads all pairs in the order sent, repeated names included; the joined list of several fields is taken too (HTTP/2 splits them, RFC 9113 section 8.2.3).</summary>
    /// <returns>False, with the position, where a control character stands in it or a limit is passed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IReadOnlyList<CookiePair> value, out SyntaxError error)
    {
        value = [];
        if (!IsSound(text, out error)) return false;
        var pairs = new List<CookiePair>();
        for (var at = 0; TryReadPair(text, ref at, out var start, out var name, out var content);)
        {
            if (pairs.Count == MaximumCount) return Fail(start, start, $"at most {MaximumCount} cookies", out error);
            pairs.Add(new(name.ToString(), content.ToString(), start));
        }

        value = pairs;
        return true;
    }

    /// <summary>Finds a cookie by its exact name without allocating.</summary>
    /// <param name="text">The field value.</param>
    /// <param name="name">With regard to case: <c>__host-id</c> is not <c>__Host-id</c>.</param>
    /// <param name="value">That of the first, where there are several.</param>
    /// <returns>
    /// How many have the name. More than one means that somebody else, as a neighbouring subdomain, may have planted one:
    /// a session is not to be taken from either.
    /// </returns>
    public static int Find(ReadOnlySpan<char> text, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        value = default;
        var found = 0;
        for (var at = 0; TryReadPair(text, ref at, out _, out var other, out var content);)
        {
            if (!other.SequenceEqual(name)) continue;
            if (found++ == 0) value = content;
        }

        return found;
    }

    private static bool IsSound(ReadOnlySpan<char> text, out SyntaxError error)
    {
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        for (var i = 0; i < text.Length; i++)
            if (IsForbidden(text[i])) return Fail(0, i, "no control character", out error);
        error = default;
        return true;
    }

    // cookie-pair = cookie-name "=" cookie-value; a pair without `=` is a value without a name (section 5.8.3).
    private static bool TryReadPair(
        ReadOnlySpan<char> text, scoped ref int at, out int start, out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = value = default;
        while (at < text.Length && text[at] is (' ' or '\t' or ';')) at++;
        start = at;
        if (at == text.Length) return false;
        var rest = text[at..];
        var end = rest.IndexOf(';');
        var pair = (end < 0 ? rest : rest[..end]).TrimEnd(" \t");
        at = end < 0 ? text.Length : at + end + 1;
        var equals = pair.IndexOf('=');
        name = equals < 0 ? default : pair[..equals].TrimEnd(" \t");
        value = (equals < 0 ? pair : pair[(equals + 1)..]).TrimStart(" \t");
        return true;
    }
}
