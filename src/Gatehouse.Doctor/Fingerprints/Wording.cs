using System.Globalization;
using System.Text;

namespace Gatehouse.Doctor.Fingerprints;

/// <summary>
/// One sentence, or one error code, as its words: lower case, apostrophes gone, codes taken apart at underscores and capitals, so that
/// <c>ACCESS_TOKEN_EXPIRED</c>, <c>accessTokenExpired</c> and <c>The access token expired.</c> have the same words.
/// </summary>
internal sealed class Wording
{
    /// <summary>Most words of one sentence: a text of a megabyte without a full stop.</summary>
    internal const int MaximumWords = 60;

    private Wording(string text, string[] words)
    {
        Text = text;
        Words = words;
    }

    /// <summary>As it stood there.</summary>
    internal string Text { get; }

    /// <summary>In order.</summary>
    internal IReadOnlyList<string> Words { get; }

    /// <summary>The sentences of a text.</summary>
    internal static IEnumerable<Wording> Of(string text)
    {
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && !EndsSentence(text, at)) continue;
            var sentence = text[start..at].Trim();
            start = Math.Min(at + 1, text.Length);
            if (sentence.Length == 0) continue;
            var words = Split(sentence);
            if (words.Length > 0) yield return new(sentence, words);
        }
    }

    private static bool EndsSentence(string text, int at) =>
        text[at] is '\n' or ';' or '\u3002' || (text[at] is '.' or '!' or '?' && (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1])) && !EndsAbbreviation(text, at));

    private static bool EndsAbbreviation(string text, int at) => at >= 2 && text[at - 2] == '.';

    // Names whose capitals stand inside a word.
    private static readonly (string Written, string Word)[] Names =
        [("DPoP", "Dpop"), ("OAuth", "Oauth"), ("mTLS", "Mtls"), ("reCAPTCHA", "Recaptcha"), ("hCaptcha", "Hcaptcha"), ("GitHub", "Github"), ("OpenID", "Openid"), ("IPs", "Ips"), ("APIs", "Apis"), ("URLs", "Urls"), ("JWTs", "Jwts"), ("IPv4", "Ip"), ("IPv6", "Ip"), ("CAPTCHAs", "Captcha")];

    private static string[] Split(string sentence)
    {
        foreach (var (written, word) in Names)
        {
            if (sentence.Contains(written, StringComparison.Ordinal)) sentence = sentence.Replace(written, word, StringComparison.Ordinal);
        }

        return SplitPlain(sentence);
    }

    private static string[] SplitPlain(string sentence)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var at = 0; at < sentence.Length && words.Count < MaximumWords; at++)
        {
            var c = sentence[at];
            if (c is '\'' or '\u2019' && word.Length > 0 && at + 1 < sentence.Length && char.IsLetter(sentence[at + 1])) continue;
            if (!char.IsLetterOrDigit(c))
            {
                End(words, word);
                continue;
            }

            if (word.Length > 0 && StartsWord(sentence, at)) End(words, word);
            word.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }

        End(words, word);
        return [.. words];
    }

    /// <summary>Between <c>tooSkewed</c>'s o and S, and between <c>IPAddress</c>'s P and A.</summary>
    private static bool StartsWord(string text, int at) =>
        char.IsUpper(text[at]) && (char.IsLower(text[at - 1]) || (char.IsUpper(text[at - 1]) && at + 1 < text.Length && char.IsLower(text[at + 1])));

    private static void End(List<string> words, StringBuilder word)
    {
        if (word.Length > 0) words.Add(word.ToString());
        word.Clear();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', Words);
}
