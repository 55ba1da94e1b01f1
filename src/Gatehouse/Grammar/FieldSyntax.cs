using System.Buffers;
using System.Text;

namespace Gatehouse.Grammar;

/// <summary>The rules that header fields share: token, token68, quoted-string, blanks, empty list elements (RFC 9110 sections 5.6 and 11.2).</summary>
internal static class FieldSyntax
{
    private const string Alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    internal static readonly SearchValues<char> TokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~" + Alphanumerics);

    /// <summary>
    /// Unquoted values of AWS Signature Version 4 and of what follows it (<c>Credential=KEY/DATE/REGION/SERVICE/aws4_request,
    /// SignedHeaders=host;x-amz-date</c>): slashes and semicolons are no token characters, and quotes would break the signature.
    /// </summary>
    internal static readonly SearchValues<char> SignatureCharacters = SearchValues.Create("!#$%&'*+-.^_`|~/;:=@" + Alphanumerics);

    private static readonly SearchValues<char> Token68Characters = SearchValues.Create("-._~+/" + Alphanumerics);

    /// <summary>The characters from a position on that belong to the set; empty where the first does not.</summary>
    internal static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, int at, SearchValues<char> characters)
    {
        var rest = text[at..];
        var end = rest.IndexOfAnyExcept(characters);
        return end < 0 ? rest : rest[..end];
    }

    internal static ReadOnlySpan<char> Token(ReadOnlySpan<char> text, int at) => Run(text, at, TokenCharacters);

    internal static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t')) at++;
        return at;
    }

    // Recipients accept empty list elements (RFC 9110 section 5.6.1.2).
    internal static int SkipEmptyElements(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t' or ',')) at++;
        return at;
    }

    // token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" (RFC 9110 section 11.2)
    internal static int Token68Length(ReadOnlySpan<char> text, int at)
    {
        var length = Run(text, at, Token68Characters).Length;
        if (length == 0) return 0;
        while (at + length < text.Length && text[at + length] == '=') length++;
        return length;
    }

    // #auth-param: the parameters up to the end, or up to what must be the scheme of the next challenge.
    internal static bool TryParseParameters(
        ReadOnlySpan<char> text, ref int at, int most, bool othersFollow, out List<AuthenticationParameter> value, out SyntaxError error,
        SearchValues<char>? unquoted = null)
    {
        value = [];
        while (true)
        {
            var next = SkipEmptyElements(text, at);
            var name = Token(text, next);
            var equals = SkipBlanks(text, next + name.Length);
            if (next == text.Length) break;
            // A token without `=` behind it is the scheme of the next challenge.
            if (name.Length > 0 && (equals == text.Length || text[equals] != '='))
            {
                if (othersFollow) break;
                return Fail(next, equals, "an equals sign behind the parameter's name", out error);
            }

            if (name.Length == 0)
                return Fail(next, next, othersFollow ? "a parameter's name or a scheme" : "a parameter's name", out error);
            if (value.Count == most) return Fail(next, next, $"at most {most} parameters", out error);
            foreach (var earlier in value)
                if (name.Equals(earlier.Name, StringComparison.OrdinalIgnoreCase))
                    return Fail(next, next, "each parameter once (RFC 9110 section 11.2)", out error);

            at = SkipBlanks(text, equals + 1);
            var quoted = at < text.Length && text[at] == '"';
            if (!TryParseValue(text, ref at, out var parameterValue, out error, unquoted)) return false;
            value.Add(new(name.ToString(), parameterValue, quoted) { Start = next });
            at = SkipBlanks(text, at);
            if (at < text.Length && text[at] != ',') return Fail(next, at, "a comma", out error);
        }

        error = default;
        return true;
    }

    // token / quoted-string (RFC 9110 section 5.6.4)
    internal static bool TryParseValue(
        ReadOnlySpan<char> text, ref int at, out string value, out SyntaxError error, SearchValues<char>? unquoted = null)
    {
        value = "";
        var start = at;
        if (at == text.Length || text[at] != '"')
        {
            var token = Run(text, at, unquoted ?? TokenCharacters);
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
            if (IsForbidden(c)) return Fail(start, at, "no control character", out error);
            unescaped.Append(c);
        }

        at = text.Length;
        return Fail(start, at, "a closing quote", out error);
    }

    /// <summary>A value in quotes, with backslashes where they are needed (RFC 9110 section 5.6.4).</summary>
    internal static string Quoted(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Control characters but the tab: no field value holds them (RFC 9110 section 5.5).</summary>
    internal static bool IsForbidden(char c) => c != '\t' && (c < ' ' || c == '\x7F');

    /// <summary>Lower case of A to Z alone: Unicode's folding makes a k of the Kelvin sign.</summary>
    internal static string AsciiLower(ReadOnlySpan<char> text)
    {
        var lower = text.ToArray();
        foreach (ref var c in lower.AsSpan())
            if (char.IsAsciiLetterUpper(c)) c = (char)(c | 0x20);
        return new string(lower);
    }

    internal static bool Fail(int start, int offset, string expected, out SyntaxError error)
    {
        error = new(start, offset, expected);
        return false;
    }
}
