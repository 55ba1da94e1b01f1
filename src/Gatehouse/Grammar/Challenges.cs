using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>One parameter of a challenge.</summary>
/// <param name="Name">As it was sent; names match without regard to case (RFC 9110 section 11.2).</param>
/// <param name="Value">With the quotes and their escapes taken away.</param>
/// <param name="Quoted">Whether it came as a quoted-string: RFC 7616 and RFC 7617 demand one form for some names.</param>
public readonly record struct AuthenticationParameter(string Name, string Value, bool Quoted)
{
    /// <summary>Offset in the text at which the name begins.</summary>
    public int Start { get; init; }
}

/// <summary>One challenge of WWW-Authenticate (RFC 9110 section 11.3).</summary>
/// <param name="Scheme">As it was sent; schemes match without regard to case (section 11.1).</param>
/// <param name="Token68">The one unnamed value, or null.</param>
/// <param name="Parameters">In the order sent; empty where there are none.</param>
public sealed record Challenge(string Scheme, string? Token68, IReadOnlyList<AuthenticationParameter> Parameters)
{
    /// <summary>The value of the parameter, or null where the challenge has none of that name.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in Parameters)
                if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return parameter.Value;
            return null;
        }
    }
}

/// <summary>Reads the value of WWW-Authenticate or Proxy-Authenticate: a list of challenges (RFC 9110 section 11.6.1).</summary>
public static class Challenges
{
    /// <summary>Longest field value read, in characters; a megabyte of commas would be read for nothing.</summary>
    public const int MaximumLength = 65_536;

    /// <summary>Most challenges, and most parameters of one: each costs an allocation that the sender does not pay for.</summary>
    public const int MaximumCount = 64;

    /// <summary>Reads all challenges of one field value; several fields are joined with a comma first (RFC 9110 section 5.3).</summary>
    /// <returns>False, with the position, where the text is not such a list or passes a limit.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out IReadOnlyList<Challenge> value, out SyntaxError error)
    {
        value = [];
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);

        var challenges = new List<Challenge>();
        var at = SkipEmptyElements(text, 0);
        while (at < text.Length)
        {
            if (challenges.Count == MaximumCount) return Fail(at, at, $"at most {MaximumCount} challenges", out error);
            if (!TryParseChallenge(text, ref at, out var challenge, out error)) return false;
            challenges.Add(challenge!);
            at = SkipEmptyElements(text, at);
        }

        if (challenges.Count == 0) return Fail(0, text.Length, "an authentication scheme", out error);
        value = challenges;
        error = default;
        return true;
    }

    // challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ] (RFC 9110 section 11.3)
    private static bool TryParseChallenge(ReadOnlySpan<char> text, ref int at, out Challenge? value, out SyntaxError error)
    {
        value = null;
        var start = at;
        var scheme = Token(text, at);
        if (scheme.Length == 0) return Fail(start, at, "an authentication scheme", out error);
        at += scheme.Length;
        if (at < text.Length && text[at] is not (' ' or ',' or '\t'))
            return Fail(start, at, "a blank or a comma behind the scheme", out error);

        var body = SkipBlanks(text, at);
        if (TryParseToken68(text, body, out var token68, out var end))
        {
            at = end;
            value = new(scheme.ToString(), token68, []);
            error = default;
            return true;
        }

        // Parameters need a blank behind the scheme: in `Basic, realm="x"` the comma has ended the challenge.
        var parameters = new List<AuthenticationParameter>();
        if (body > start + scheme.Length && !TryParseParameters(text, ref at, MaximumCount, othersFollow: true, out parameters, out error))
            return false;

        value = new(scheme.ToString(), null, parameters);
        error = default;
        return true;
    }

    // Only where an element ends behind it: `realm="x"` begins like a token68 too.
    private static bool TryParseToken68(ReadOnlySpan<char> text, int at, out string? value, out int end)
    {
        value = null;
        end = at + Token68Length(text, at);
        if (end == at) return false;
        var behind = SkipBlanks(text, end);
        if (behind < text.Length && text[behind] != ',') return false;
        value = text[at..end].ToString();
        return true;
    }
}
