using static Gatehouse.Grammar.FieldSyntax;

namespace Gatehouse.Grammar;

/// <summary>The value of Authorization or Proxy-Authorization (RFC 9110 section 11.6.2): a scheme, and one unnamed value or parameters.</summary>
/// <param name="Scheme">As it was sent; schemes match without regard to case (section 11.1).</param>
/// <param name="Token68">The one unnamed value, or null. A secret.</param>
/// <param name="Parameters">In the order sent; empty where there are none. May hold secrets.</param>
public sealed record Authorization(string Scheme, string? Token68, IReadOnlyList<AuthenticationParameter> Parameters)
{
    /// <summary>
    /// Longest field value read, in characters: Kerberos tickets with many groups reach 48 KB in base64, and servers take no
    /// longer header lines; a megabyte would be decoded, hashed and compared for nothing.
    /// </summary>
    public const int MaximumLength = 65_536;

    /// <summary>Most parameters: each costs an allocation that the sender does not pay for.</summary>
    public const int MaximumCount = 64;

    /// <summary>The value of the parameter, or null where none has that name.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in Parameters)
                if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return parameter.Value;
            return null;
        }
    }

    /// <summary>Reads one field value; several fields are no list (RFC 9110 section 11.6.2) and are refused by whoever sees them.</summary>
    /// <returns>False, with the position, where the text is no credentials or passes a limit.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Authorization? value, out SyntaxError error)
    {
        value = null;
        if (!TrySplit(text, out var scheme, out var start, out error)) return false;
        var end = start + Token68Length(text, start);
        if (end > start && end == text.Length)
        {
            value = new(scheme.ToString(), text[start..end].ToString(), []);
            return true;
        }

        var at = start;
        var unquoted = IsRequestSignature(scheme) ? SignatureCharacters : null;
        if (!TryParseParameters(text, ref at, MaximumCount, othersFollow: false, out var parameters, out error, unquoted)) return false;
        value = new(scheme.ToString(), null, parameters);
        return true;
    }

    /// <summary>
    /// Takes the scheme off without allocating, and leaves what stands behind it to the scheme's own grammar:
    /// <c>credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]</c>.
    /// </summary>
    /// <param name="text">The field value without blanks around it.</param>
    /// <param name="scheme">As sent.</param>
    /// <param name="start">Where the credentials begin; the text's length where there are none.</param>
    /// <param name="error">The position of the fault where the result is false.</param>
    public static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> scheme, out int start, out SyntaxError error)
    {
        scheme = default;
        start = 0;
        if (text.Length > MaximumLength) return Fail(0, MaximumLength, $"at most {MaximumLength} characters", out error);
        var token = Token(text, 0);
        if (token.Length == 0) return Fail(0, 0, "an authentication scheme", out error);
        if (token.Length < text.Length && text[token.Length] != ' ')
            return Fail(0, token.Length, "a blank behind the scheme", out error);

        scheme = token;
        start = token.Length;
        while (start < text.Length && text[start] == ' ') start++;
        error = default;
        return true;
    }

    // AWS4-HMAC-SHA256, AWS4-ECDSA-P256-SHA256, and the names that others gave to the same form.
    private static bool IsRequestSignature(ReadOnlySpan<char> scheme) =>
        scheme.EndsWith("-HMAC-SHA256", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("AWS4-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The scheme alone: values are secrets and are never formatted.</summary>
    public override string ToString() => $"{Scheme} …";
}
