using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Guard.Refusals;

/// <summary>The forms in which a refusal can be written.</summary>
internal enum AnswerFormat
{
    /// <summary>application/problem+json (RFC 9457).</summary>
    Problem = 0,

    /// <summary>text/html, for people.</summary>
    Page,

    /// <summary>text/plain, for people at a terminal.</summary>
    Text,
}

/// <summary>Chooses the form by the request's own preferences (RFC 9110 section 12.5.1).</summary>
internal static class AnswerFormats
{
    /// <summary>No more of an Accept field is looked at; what comes after it is as good as absent.</summary>
    private const int MaximumRanges = 32;

    /// <summary>What this request wants. Programs get problem+json: whoever does not name text/html, or is a page's script or sub-resource, never gets a page or a form.</summary>
    public static AnswerFormat For(HttpRequest request)
    {
        var mode = request.Headers["Sec-Fetch-Mode"];
        var navigates = mode.Count == 1 && string.Equals(mode[0], "navigate", StringComparison.OrdinalIgnoreCase);
        var accept = request.Headers.Accept;
        if (accept.Count == 0) return navigates ? AnswerFormat.Page : AnswerFormat.Problem;
        var page = default(Preference);
        var problem = default(Preference);
        var text = default(Preference);
        var position = 0;
        foreach (var line in accept)
        {
            foreach (var item in line.AsSpan().Split(','))
            {
                if (++position > MaximumRanges) break;
                var range = line.AsSpan()[item];
                var (type, quality) = Split(range.Trim());
                page.Take(Specificity(type, "text/html", "application/xhtml+xml"), quality, position);
                problem.Take(Specificity(type, "application/problem+json", "application/json"), quality, position);
                text.Take(Specificity(type, "text/plain", "text/plain"), quality, position);
            }
        }

        var scripted = (mode.Count > 0 && !navigates) || request.Headers.XRequestedWith.Count > 0;
        if (scripted || page.Specificity < 3) page = default;
        if (text.Specificity < 3) text = default;
        if (page.Quality > 0 && (page.Quality > problem.Quality || (page.Quality == problem.Quality && (navigates || page.IsBefore(problem)))) && page.Quality >= text.Quality) return AnswerFormat.Page;
        return text.Quality > 0 && (text.Quality > problem.Quality || (text.Quality == problem.Quality && text.IsBefore(problem))) ? AnswerFormat.Text : AnswerFormat.Problem;
    }

    private static (string Type, int Quality) Split(ReadOnlySpan<char> range)
    {
        var parameters = range.IndexOf(';');
        var type = (parameters < 0 ? range : range[..parameters]).TrimEnd();
        var quality = 1000;
        while (parameters >= 0)
        {
            range = range[(parameters + 1)..];
            parameters = range.IndexOf(';');
            var parameter = (parameters < 0 ? range : range[..parameters]).Trim();
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) quality = Thousandths(parameter[2..]);
        }

        return (type.ToString(), quality);
    }

    // qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) (RFC 9110 section 12.4.2); anything else counts as nothing wanted
    private static int Thousandths(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.')) return 0;
        var result = (text[0] - '0') * 1000;
        var weight = 100;
        for (var i = 2; i < text.Length; i++, weight /= 10)
        {
            if (!char.IsAsciiDigit(text[i])) return 0;
            result += (text[i] - '0') * weight;
        }

        return Math.Min(result, 1000);
    }

    /// <summary>3: the type itself, 2: its family, 1: anything, 0: another.</summary>
    private static int Specificity(string type, string wanted, string also)
    {
        if (string.Equals(type, wanted, StringComparison.OrdinalIgnoreCase) || string.Equals(type, also, StringComparison.OrdinalIgnoreCase)) return 3;
        if (wanted.StartsWith("application/", StringComparison.Ordinal) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)) return 3;
        if (string.Equals(type, "*/*", StringComparison.Ordinal)) return 1;
        return type.EndsWith("/*", StringComparison.Ordinal) && wanted.StartsWith(type.AsSpan(0, type.Length - 1), StringComparison.OrdinalIgnoreCase) ? 2 : 0;
    }

    /// <summary>What the most specific range says of one form.</summary>
    private struct Preference
    {
        public int Specificity;
        public int Quality;
        private int _position;

        public void Take(int specificity, int quality, int position)
        {
            if (specificity == 0 || specificity < Specificity || (specificity == Specificity && quality <= Quality)) return;
            (Specificity, Quality, _position) = (specificity, quality, position);
        }

        public readonly bool IsBefore(in Preference other) => Specificity > other.Specificity || (Specificity == other.Specificity && _position < other._position);
    }
}
