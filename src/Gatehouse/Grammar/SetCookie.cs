using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>What a cookie says about requests from other sites (RFC 6265bis section 5.6.7).</summary>
public enum SameSite
{
    /// <summary>Not said, or a word that nobody knows: browsers take it as Lax.</summary>
    Unspecified,

    /// <summary>Only from the same site.</summary>
    Strict,

    /// <summary>From other sites only with a top-level navigation by a safe method.</summary>
    Lax,

    /// <summary>From everywhere; browsers store it only with Secure.</summary>
    None,
}

/// <summary>One attribute as it stands in Set-Cookie.</summary>
/// <param name="Name">As sent; names match without regard to case.</param>
/// <param name="Value">As sent; empty where there is none.</param>
/// <param name="Start">Offset in the text at which it begins.</param>
/// <param name="IsKnown">Whether clients act on it: an unknown name, or a value that they can't read, is ignored (section 5.6).</param>
public readonly record struct CookieAttribute(string Name, string Value, int Start, bool IsKnown);

/// <summary>The value of Set-Cookie, read as browsers read it (RFC 6265bis section 5.6): where an attribute comes twice the last counts.</summary>
public sealed record SetCookie
{
    /// <summary>Longest text read, in characters; the parts have limits of their own.</summary>
    public const int MaximumLength = 65_536;

    /// <summary>Longest name and value together, in bytes: browsers drop what is longer (section 5.6).</summary>
    public const int MaximumPairLength = 4096;

    /// <summary>Longest value of an attribute, in bytes: browsers ignore longer ones.</summary>
    public const int MaximumAttributeLength = 1024;

    /// <summary>Most attributes read: each costs an allocation that the sender does not pay for.</summary>
    public const int MaximumCount = 64;

    /// <summary>Empty where there is none: <c>Set-Cookie: value</c>.</summary>
    public required string Name { get; init; }

    /// <summary>As sent, quotes included.</summary>
    public required string Value { get; init; }

    /// <summary>All attributes in the order sent.</summary>
    public IReadOnlyList<CookieAttribute> Attributes { get; init; } = [];

    /// <summary>When it ends by the attribute Expires, or null.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How long it lives by the attribute Max-Age, which counts before Expires; zero or less: it ends at once. Null: not said.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Lower case, without the leading dot; empty where the attribute is there and empty, null where it is missing: the cookie goes to this host alone.</summary>
    public string? Domain { get; init; }

    /// <summary>Null where it is missing or does not start with a slash: the default path counts (section 5.1.4).</summary>
    public string? Path { get; init; }

    /// <summary>Only over https.</summary>
    public bool Secure { get; init; }

    /// <summary>Not for scripts.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>What it says of other sites.</summary>
    public SameSite SameSite { get; init; }

    /// <summary>Reads one field value; several fields are never joined (RFC 9110 section 5.3).</summary>
    /// <returns>False, with the position, where browsers drop the whole: control characters, no name and no value, longer than the limits.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out SetCookie? value, out SyntaxError error)
    {
        value = null;
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        for (var i = 0; i < text.Length; i++)
            if (IsForbidden(text[i])) return Fail(0, i, "no control character: browsers drop the whole cookie", out error);

        var end = text.IndexOf(';') is var semicolon && semicolon < 0 ? text.Length : semicolon;
        var pair = text[..end];
        var equals = pair.IndexOf('=');
        var name = (equals < 0 ? default : pair[..equals]).Trim(" \t");
        var content = (equals < 0 ? pair : pair[(equals + 1)..]).Trim(" \t");
        if (name.IsEmpty && content.IsEmpty) return Fail(0, end, "a name or a value", out error);
        if (System.Text.Encoding.UTF8.GetByteCount(name) + System.Text.Encoding.UTF8.GetByteCount(content) > MaximumPairLength)
            return Fail(0, end, $"at most {MaximumPairLength} bytes of name and value: browsers drop longer cookies", out error);

        var cookie = new SetCookie { Name = name.ToString(), Value = content.ToString() };
        var attributes = new List<CookieAttribute>();
        for (var at = end; at < text.Length;)
        {
            var start = SkipBlanks(text, at + 1);
            var next = text[(at + 1)..].IndexOf(';');
            at = next < 0 ? text.Length : at + 1 + next;
            if (start >= at) continue;
            if (attributes.Count == MaximumCount) return Fail(start, start, $"at most {MaximumCount} attributes", out error);
            var attribute = text[start..at];
            var split = attribute.IndexOf('=');
            var attributeName = (split < 0 ? attribute : attribute[..split]).Trim(" \t").ToString();
            var attributeValue = (split < 0 ? default : attribute[(split + 1)..]).Trim(" \t").ToString();
            var known = System.Text.Encoding.UTF8.GetByteCount(attributeValue) <= MaximumAttributeLength
                && TryApply(ref cookie, attributeName, attributeValue);
            attributes.Add(new(attributeName, attributeValue, start, known));
        }

        value = cookie with { Attributes = attributes };
        error = default;
        return true;
    }

    private static bool TryApply(ref SetCookie cookie, string name, string value)
    {
        if (Is(name, "Expires"))
        {
            if (!CookieDate.TryParse(value, out var expires)) return false;
            cookie = cookie with { Expires = expires };
        }
        else if (Is(name, "Max-Age"))
        {
            if (!TryReadSeconds(value, out var age)) return false;
            cookie = cookie with { MaxAge = age };
        }
        else if (Is(name, "Domain"))
        {
            cookie = cookie with { Domain = AsciiLower(value.StartsWith('.') ? value.AsSpan(1) : value) };
        }
        else if (Is(name, "Path"))
        {
            cookie = cookie with { Path = value.StartsWith('/') ? value : null };
        }
        else if (Is(name, "Secure"))
        {
            cookie = cookie with { Secure = true };
        }
        else if (Is(name, "HttpOnly"))
        {
            cookie = cookie with { HttpOnly = true };
        }
        else if (Is(name, "SameSite"))
        {
            var site = Is(value, "None") ? SameSite.None : Is(value, "Strict") ? SameSite.Strict : Is(value, "Lax") ? SameSite.Lax : SameSite.Unspecified;
            cookie = cookie with { SameSite = site };
            return site != SameSite.Unspecified;
        }
        else
        {
            return false;
        }

        return true;
    }

    // "-" or digits; a number too large for us is as good as for ever, and the 400 days of the storage model cut it (section 5.5).
    private static bool TryReadSeconds(string value, out TimeSpan age)
    {
        age = default;
        var digits = value.StartsWith('-') ? value.AsSpan(1) : value;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        var seconds = long.TryParse(digits, out var number) ? Math.Min(number, 1L << 36) : 1L << 36;
        age = TimeSpan.FromSeconds(value[0] == '-' ? -seconds : seconds);
        return true;
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Name and attributes; the value is often a secret.</summary>
    public override string ToString() => $"{Name}=…{string.Concat(Attributes.Select(a => a.Value.Length > 0 ? $"; {a.Name}={a.Value}" : $"; {a.Name}"))}";
}
