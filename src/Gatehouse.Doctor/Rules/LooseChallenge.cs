using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Rules;

/// <summary>
/// A challenge that does not follow the grammar, read for what it says all the same. Senders that write so: AWS API Gateway and Azure App Service leave the commas
/// out (<c>Bearer scope="" error="invalid_token"</c>), WSO2 puts <c>null</c> before the scheme or forgets the last quote.
/// </summary>
internal static class LooseChallenge
{
    /// <summary>Longest value read, in characters: what is longer says nothing that a person would read.</summary>
    internal const int MaximumLength = 8192;

    /// <summary>Most parameters: each costs an allocation that the sender does not pay for.</summary>
    internal const int MaximumParameters = 32;

    /// <summary>The scheme and every <c>name=value</c> behind it; null: it does not begin with a scheme.</summary>
    internal static Challenge? Read(string text)
    {
        if (text.Length > MaximumLength) return null;
        var at = 0;
        var scheme = Word(text, ref at);
        if (scheme.Equals("null", StringComparison.Ordinal)) scheme = Word(text, ref at);
        if (scheme.Length == 0) return null;
        var parameters = new List<AuthenticationParameter>();
        while (at < text.Length && parameters.Count < MaximumParameters)
        {
            if (!IsName(text[at]))
            {
                at++;
                continue;
            }

            var start = at;
            var name = Word(text, ref at);
            if (at >= text.Length || text[at] != '=') continue;
            at++;
            var isQuoted = at < text.Length && text[at] == '"';
            if (isQuoted) at++;
            var from = at;
            while (at < text.Length && (isQuoted ? text[at] != '"' : text[at] is not (' ' or ',' or '\t'))) at++;
            parameters.Add(new(name, text[from..at], isQuoted) { Start = start });
            if (isQuoted && at < text.Length) at++;
        }

        return new(scheme, null, parameters);
    }

    private static string Word(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
        var start = at;
        while (at < text.Length && IsName(text[at])) at++;
        return text[start..at];
    }

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
}
