using System.Globalization;
using Gatehouse.Grammar;

namespace Gatehouse.Doctor.Inputs;

/// <summary>
/// Cookie jars in the form that Netscape's browser had and that curl, wget and browsers' extensions write: seven fields a line, split by tabs
/// (domain, whether hosts below it get it too, path, whether only over https, expiry in seconds, name, value).
/// </summary>
public static class NetscapeCookies
{
    /// <summary>Most cookies kept: a jar of gigabytes must not fill the memory.</summary>
    public const int MaxCookies = 20_000;

    /// <summary>Longest line read, in characters; browsers keep 4096 octets of name and value.</summary>
    public const int MaxLine = 16_384;

    private const string HttpOnlyMark = "#HttpOnly_";

    /// <summary>Reads a jar. What is no cookie is said and left out.</summary>
    public static (CookieJar Jar, IReadOnlyList<LeftOut> LeftOut) Read(string text)
    {
        var cookies = new List<StoredCookie>();
        var leftOut = new List<LeftOut>();
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw;
            var httpOnly = line.StartsWith(HttpOnlyMark);
            if (httpOnly) line = line[HttpOnlyMark.Length..];
            else if (line.Trim().IsEmpty || line.TrimStart()[0] == '#') continue;

            var fault = line.Length > MaxLine ? $"longer than {MaxLine} characters" : cookies.Count == MaxCookies ? $"more than {MaxCookies} cookies" : TryReadLine(line.ToString(), httpOnly, cookies);
            if (fault is null) continue;
            leftOut.Add(new(number, InputPlace.Line, $"no cookie of a Netscape jar: {fault}"));
            if (leftOut.Count == 20 || cookies.Count == MaxCookies) break;
        }

        return (new(cookies), leftOut);
    }

    /// <summary>Whether a text looks like a jar rather than like `name=value`.</summary>
    public static bool LooksLike(string text) =>
        text.StartsWith("# Netscape HTTP Cookie File", StringComparison.OrdinalIgnoreCase) || text.StartsWith("# HTTP Cookie File", StringComparison.OrdinalIgnoreCase)
        || text.AsSpan().Count('\t') >= 5;

    private static string? TryReadLine(string line, bool httpOnly, List<StoredCookie> cookies)
    {
        var fields = line.Split('\t', 7);
        // A value that is empty is left away by some writers, and with it the last tab.
        if (fields.Length is not (6 or 7)) return $"{fields.Length} fields instead of 7, split by tabs";
        var domain = fields[0].Trim().ToLowerInvariant();
        if (domain.TrimStart('.').Length == 0) return "no domain";
        if (!IsTruth(fields[1], out var below)) return "the second field must be TRUE or FALSE";
        if (!IsTruth(fields[3], out var secure)) return "the fourth field must be TRUE or FALSE";
        // Chrome's extensions write fractions, Firefox's milliseconds.
        if (!double.TryParse(fields[4], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var seconds) || double.IsNaN(seconds)) return "the fifth field must be seconds since 1970";
        if (seconds > 100_000_000_000) seconds /= 1000;
        if (fields[5].Length == 0 && fields.Length == 6) return "neither name nor value";
        var path = fields[2].StartsWith('/') ? fields[2] : "/";
        cookies.Add(new()
        {
            Name = Octets.Of(fields[5]),
            Value = fields.Length == 7 ? Octets.Of(fields[6]) : "",
            Domain = domain.TrimStart('.'),
            IsHostOnly = !below && !domain.StartsWith('.'),
            Path = path,
            Secure = secure,
            HttpOnly = httpOnly,
            SameSite = SameSite.Unspecified,
            Expires = seconds <= 0 ? null : seconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeSeconds((long)seconds),
        });
        return null;
    }

    private static bool IsTruth(string field, out bool value)
    {
        var text = field.AsSpan().Trim();
        value = text.Equals("TRUE", StringComparison.OrdinalIgnoreCase);
        return value || text.Equals("FALSE", StringComparison.OrdinalIgnoreCase);
    }
}
