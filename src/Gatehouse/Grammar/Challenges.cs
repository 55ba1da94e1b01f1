using System.Buffers;
using System.Text;

namespace Gatehouse.Grammar;

/// <summary>One parameter of a challenge.</summary>
/// <param name="Name">As it was sent; names match without regard to case (RFC 9110 section 11.2).</param>
/// <param name="Value">With the quotes and their escapes taken away.</param>
/// <param name="Quoted">Whether it came as a quoted-string: RFC 7616 and RFC 7617 demand one form for some names.</param>
public readonly record struct AuthenticationParameter(string Name, string Value, bool Quoted);

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

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Token68Characters =
        SearchValues.Create("-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

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
        var scheme = Run(text, at, TokenCharacters);
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

        var parameters = new List<AuthenticationParameter>();
        // Parameters need a blank behind the scheme: in `Basic, realm="x"` the comma has ended the challenge.
        while (body > start + scheme.Length || parameters.Count > 0)
        {
            var next = SkipEmptyElements(text, at);
            var name = Run(text, next, TokenCharacters);
            var equals = SkipBlanks(text, next + name.Length);
            // A token without `=` behind it is the scheme of the next challenge.
            if (next == text.Length || (name.Length > 0 && (equals == text.Length || text[equals] != '='))) break;
            if (name.Length == 0) return Fail(next, next, "a parameter's name or a scheme", out error);
            if (parameters.Count == MaximumCount) return Fail(next, next, $"at most {MaximumCount} parameters", out error);
            foreach (var earlier in parameters)
                if (name.Equals(earlier.Name, StringComparison.OrdinalIgnoreCase))
                    return Fail(next, next, "each parameter once (RFC 9110 section 11.2)", out error);

            at = SkipBlanks(text, equals + 1);
            var quoted = at < text.Length && text[at] == '"';
            if (!TryParseValue(text, ref at, quoted, out var parameterValue, out error)) return false;
            parameters.Add(new(name.ToString(), parameterValue, quoted));
            at = SkipBlanks(text, at);
            if (at < text.Length && text[at] != ',') return Fail(next, at, "a comma", out error);
        }

        value = new(scheme.ToString(), null, parameters);
        error = default;
        return true;
    }

    // token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="; only where an element ends behind it.
    private static bool TryParseToken68(ReadOnlySpan<char> text, int at, out string? value, out int end)
    {
        value = null;
        end = at;
        var length = Run(text, at, Token68Characters).Length;
        if (length == 0) return false;
        end = at + length;
        while (end < text.Length && text[end] == '=') end++;
        var behind = SkipBlanks(text, end);
        if (behind < text.Length && text[behind] != ',') return false;
        value = text[at..end].ToString();
        return true;
    }

    // token / quoted-string (RFC 9110 section 5.6.4)
    private static bool TryParseValue(ReadOnlySpan<char> text, ref int at, bool quoted, out string value, out SyntaxError error)
    {
        value = "";
        var start = at;
        if (!quoted)
        {
            var token = Run(text, at, TokenCharacters);
            if (token.Length == 0) return Fail(start, at, "a value: a token or a quoted string", out error);
            value = token.ToString();
            at += token.Length;
            error = default;
            return true;
        }

        var unescaped = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '"')
            {
                at++;
                value = unescaped.ToString();
                error = default;
                return true;
            }

            if (c == '\\' && ++at < text.Length) c = text[at];
            if (at == text.Length) break;
            if (c != '\t' && (c < ' ' || c == '\x7F')) return Fail(start, at, "no control character", out error);
            unescaped.Append(c);
        }

        at = text.Length;
        return Fail(start, at, "a closing quote", out error);
    }

    private static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, int at, SearchValues<char> characters)
    {
        var rest = text[at..];
        var end = rest.IndexOfAnyExcept(characters);
        return end < 0 ? rest : rest[..end];
    }

    private static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t')) at++;
        return at;
    }

    // Recipients accept empty list elements (RFC 9110 section 5.6.1.2).
    private static int SkipEmptyElements(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t' or ',')) at++;
        return at;
    }

    private static bool Fail(int start, int offset, string expected, out SyntaxError error)
    {
        error = new(start, offset, expected);
        return false;
    }
}
