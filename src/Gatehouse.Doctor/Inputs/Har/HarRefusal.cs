using System.Text;
using Gatehouse.Doctor.Rules;

namespace Gatehouse.Doctor.Inputs.Har;

/// <summary>Which entries of a recording are looked at as refusals, and which of them are the same.</summary>
internal static class HarRefusal
{
    /// <summary>Longest body in which a stated refusal is looked for, in bytes.</summary>
    private const int MaxStated = 16_384;

    private static readonly string[] LoginWords = ["login", "signin", "sign-in", "sign_in", "logon", "log-in", "auth", "sso", "saml", "oauth", "session/new"];

    /// <summary>Whether the entry was refused: by its status, as a preflight, or as a program's request that was sent to a login page.</summary>
    public static bool Is(HarEntry entry) => entry.Answer is { } answer && answer.Status switch
    {
        401 or 403 or 407 or 419 or 429 or 451 or 511 => true,
        >= 400 when entry.IsPreflight => true,
        301 or 302 or 303 or 307 or 308 => entry.IsPreflight || (IsProgram(entry) && answer.Value("Location") is { } target && Login(target)),
        // What GraphQL and envelopes state in a body: those are short, and a recording has many answers.
        _ => answer.Body.Length <= MaxStated && StatedRefusal.Of(answer) is not null,
    };

    /// <summary>Why an entry without an answer is not looked at; null: it need not be said.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="preflight">Its preflight, where one is remembered.</param>
    public static string? Silence(HarEntry entry, HarEntry? preflight)
    {
        if (preflight is not null && Is(preflight)) return null; // told with the preflight
        var error = entry.Error ?? "";
        if (error.Contains("BLOCKED_BY_CLIENT", StringComparison.Ordinal)) return $"{Shown(entry)}: an extension or the browser itself blocked it, no server did";
        if (error.Contains("ABORTED", StringComparison.Ordinal) || error.Contains("CACHE_MISS", StringComparison.Ordinal)) return null;
        return $"{Shown(entry)}: the browser got no answer or hid it ({(error.Length is 0 or > 80 ? "status 0" : error)}), as after a failed CORS check or connection; it was not looked at";
    }

    /// <summary>Two entries with the same key are one kind of refusal: same host, method, path but for ids, status, challenge and words of the body.</summary>
    public static string Key(HarEntry entry)
    {
        var answer = entry.Answer!;
        var key = new StringBuilder();
        key.Append(entry.Request.Method).Append(' ').Append(entry.Request.Url.GetLeftPart(UriPartial.Authority)).Append(WithoutIds(entry.Request.Url.AbsolutePath)).Append(' ').Append(answer.Status);
        key.Append(' ').AppendJoin(',', answer.Values("WWW-Authenticate").Select(WithoutIds)).Append(' ').Append(answer.Value("Server"));
        key.Append(entry.Request.Value("Authorization") is null ? "" : " authorization").Append(entry.Request.Value("Cookie") is null ? "" : " cookie").Append(' ');
        var text = answer.Text;
        return key.Append(WithoutIds(text.Length > 400 ? text[..400] : text)).ToString();
    }

    private static bool IsProgram(HarEntry entry) =>
        entry.ResourceType is "xhr" or "fetch" || (entry.Request.Value("Sec-Fetch-Mode") is { } mode && mode != "navigate") || entry.Request.Value("X-Requested-With") is not null
        || (entry.Request.Value("Accept") is { } accept && accept.Contains("json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("html", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the entry sends to a sign-in, be it a program or a page that asked.</summary>
    public static bool LeadsToLogin(HarEntry entry) => entry.Answer is { Status: 301 or 302 or 303 or 307 or 308 } answer && answer.Value("Location") is { } target && Login(target) && !Login(entry.Request.Url.AbsolutePath);

    /// <summary>Whether the entry ends a sign-in that went well: a form that was posted, or the return from another sign-in, answered with a redirect and a cookie.</summary>
    public static bool EndsSignIn(HarEntry entry) => entry.Answer is { Status: 302 or 303 } answer && answer.Value("Set-Cookie") is not null
        && (entry.Request.Method == "POST" || entry.Request.Url.Query.Contains("code=", StringComparison.Ordinal) || entry.Request.Url.Query.Contains("ticket=", StringComparison.Ordinal));

    private static bool Login(string target) => LoginWords.Any(word => target.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Digits, and runs of letters and digits mixed as tokens have them, become one sign.</summary>
    private static string WithoutIds(string text)
    {
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            var digits = 0;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_'))
            {
                if (char.IsAsciiDigit(text[end])) digits++;
                end++;
            }

            if (end == at)
            {
                plain.Append(text[at++]);
                continue;
            }

            if (digits == 0 && end - at < 40) plain.Append(text, at, end - at);
            else plain.Append(end - at < 4 && digits < end - at ? text[at..end] : "*");
            at = end;
        }

        return plain.ToString();
    }

    private static string Shown(HarEntry entry) => $"{entry.Request.Method} {entry.Request.Url.GetLeftPart(UriPartial.Authority)}{entry.Request.Url.AbsolutePath}";
}
