using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;

namespace Gatehouse.Doctor.Reports;

/// <summary>
/// Every secret that went over the wire, masked wherever a report would tell it: servers quote tokens in their errors, addresses carry keys in their query.
/// Rules write what they see; this stands between them and whoever reads the report.
/// </summary>
internal sealed class KnownSecrets
{
    /// <summary>Shorter ones stand in words by chance, and masking those would tell where.</summary>
    private const int MinLength = 6;

    /// <summary>Letters of one case alone may be a word of the report (<c>password</c>) up to here.</summary>
    private const int MaxWord = 12;

    /// <summary>From here on the beginning of a secret, where a text is cut, is masked: four characters may be shown, and shorter ones begin words.</summary>
    private const int MinBeginning = 8;

    private readonly List<string> _addresses = [];
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private readonly Lazy<string[]> _longestFirst;

    private KnownSecrets() => _longestFirst = new(() => [.. _secrets.OrderByDescending(secret => secret.Length)]);

    /// <summary>The secrets of a question and of all that was exchanged for it.</summary>
    internal static KnownSecrets Of(Question question, Observations seen)
    {
        var known = new KnownSecrets();
        if (question.Url is { } asked) known._addresses.Add(asked.AbsoluteUri);
        known._addresses.AddRange(seen.Of<Exchange>().Select(exchange => exchange.Request.Url.AbsoluteUri).Distinct(StringComparer.Ordinal));
        if (question.UserAndPassword is { } user) known.AddPassword(user);
        if (question.Proxy is { } proxy) known.AddPassword(Uri.UnescapeDataString(proxy.UserInfo));
        if (question.Url is { } url) known.Add(url);
        foreach (var header in question.Headers) known.Add(new Field(header.Key, header.Value));
        foreach (var cookie in question.Jar) known.AddCookie(cookie.Cookie.Value);
        foreach (var exchange in seen.Of<Exchange>())
        {
            known.Add(exchange.Request.Url);
            foreach (var field in exchange.Request.Fields) known.Add(field);
            known.AddBody(exchange.Request);
            foreach (var set in exchange.Answer?.Values("Set-Cookie") ?? []) known.AddPair(set.Split(';', 2)[0]);
        }

        return known;
    }

    /// <summary>A text with them masked, and with the secrets of addresses in it masked by their names.</summary>
    internal string In(string text)
    {
        foreach (var secret in _longestFirst.Value)
        {
            if (text.Contains(secret, StringComparison.Ordinal)) text = text.Replace(secret, MaskedField.Secret(secret), StringComparison.Ordinal);
        }

        return MaskedUrl.InText(WithoutBeginnings(text));
    }

    /// <summary>A text that was cut, by us or by the server, within a secret: what is left of it is masked too.</summary>
    private string WithoutBeginnings(string text)
    {
        for (var cut = text.Length; cut >= MinBeginning; cut = LastCut(text, cut))
        {
            foreach (var secret in _longestFirst.Value)
            {
                if (secret.Length <= MinBeginning) break;
                if (Beginning(text.AsSpan(0, cut), secret) is not (>= 0 and var at)) continue;
                text = string.Concat(text.AsSpan(0, at), MaskedField.Secret(secret), text.AsSpan(cut));
                cut = at;
                break;
            }
        }

        return text;
    }

    /// <summary>Where the beginning of a secret starts that a text ends with; -1: it ends with none.</summary>
    private static int Beginning(ReadOnlySpan<char> text, string secret)
    {
        var begin = secret.AsSpan(0, MinBeginning);
        for (var from = Math.Max(0, text.Length - secret.Length); text[from..].IndexOf(begin) is >= 0 and var next; from += next + 1)
        {
            if (secret.AsSpan().StartsWith(text[(from + next)..])) return from + next;
        }

        return -1;
    }

    /// <summary>Where the text before an offset was cut last; -1: nowhere.</summary>
    private static int LastCut(string text, int before)
    {
        var rest = text.AsSpan(0, before);
        return Math.Max(rest.LastIndexOf('…'), rest.LastIndexOf("..."));
    }

    private void Add(Uri url)
    {
        AddPassword(Uri.UnescapeDataString(url.UserInfo));
        var query = url.OriginalString.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) AddForm(url.OriginalString[(query + 1)..].Split('#')[0]);
    }

    private void Add(Field field)
    {
        if (!CredentialFields.IsSecret(field.Name)) return;
        if (CredentialFields.IsCookie(field.Name))
        {
            foreach (var pair in field.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) AddPair(pair);
            return;
        }

        var blank = field.Value.IndexOf(' ', StringComparison.Ordinal);
        var credentials = field.Name.EndsWith("Authorization", StringComparison.OrdinalIgnoreCase) && blank > 0 ? field.Value[(blank + 1)..].Trim() : field.Value;
        Add(credentials);
        var octets = new byte[credentials.Length];
        if (field.Value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(credentials, octets, out var length)) AddPassword(Encoding.UTF8.GetString(octets, 0, length));
    }

    private void AddBody(SentRequest request)
    {
        if (request.Body.IsEmpty || request.Body.Length > AnswerContent.MaximumLength) return;
        var body = new ReceivedAnswer { Status = 200, Body = request.Body };
        if (body.Content.IsJson)
        {
            foreach (var text in body.Content.Texts)
                if (MaskedUrl.IsSecret(text.LastName)) Add(text.Text);
        }
        else if (!body.Text.Contains('\n', StringComparison.Ordinal)) AddForm(body.Text);
    }

    private void AddForm(string form)
    {
        foreach (var pair in form.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !MaskedUrl.IsSecret(pair[..equals])) continue;
            Add(pair[(equals + 1)..]);
            Add(Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' ')));
        }
    }

    private void AddPair(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        AddCookie(pair[(equals + 1)..].Trim('"'));
    }

    /// <summary>Where to go back to after the sign-in is often kept in a cookie: the address that was asked for is no secret by that.</summary>
    private void AddCookie(string value)
    {
        if (value.Length > 0 && (value[0] == '/' || value.Contains("://", StringComparison.Ordinal)) && _addresses.Exists(address => address.Contains(value, StringComparison.Ordinal))) return;
        Add(value);
    }

    private void AddPassword(string userAndPassword)
    {
        if (userAndPassword.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) Add(userAndPassword[(colon + 1)..]);
    }

    private void Add(string secret)
    {
        if (secret.Length < MinLength || (secret.Length <= MaxWord && IsWord(secret))) return;
        _secrets.Add(secret);
        _secrets.Add(Uri.EscapeDataString(secret));
        if (secret.Any(c => c > '~')) _secrets.Add(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret)));
    }

    private static bool IsWord(string text) => text.All(char.IsAsciiLetterLower) || text.All(char.IsAsciiLetterUpper) || (char.IsAsciiLetterUpper(text[0]) && text.Skip(1).All(char.IsAsciiLetterLower)) || text.All(char.IsAsciiDigit);
}
