using System.Buffers;
using System.Globalization;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>The answer in two sentences: what and why, and what to do now for whoever asks. Text and page say the same.</summary>
public static class Answer
{
    /// <summary>From here on a finding is told as what is so; below it, as a guess (contract.md, "Confidence").</summary>
    public const double Told = 0.5;

    /// <summary>How near a second cause must be to the first to be told as one that fits as well.</summary>
    private const double Near = 0.15;

    /// <summary>What happened, in a few words: <c>403 Forbidden</c>.</summary>
    public static string Headline(Report report) =>
        report.Refused ? report.Status is { } refused ? $"{refused}{(Phrase(report) is { Length: > 0 } phrase ? $" {phrase}" : "")}" : "refused"
        : report.Status is { } status ? $"{status}{(Phrase(report) is { Length: > 0 } served ? $" {served}" : "")}"
        : report.Unreachable.Count > 0 ? "no answer" : "not refused";

    /// <summary>Why, one sentence.</summary>
    public static string Why(Report report)
    {
        var first = report.Findings.Count > 0 ? report.Findings[0] : null;
        if (first is not null && first.Confidence >= Told && (report.Refused || report.Cause is not null)) return Sentence(first.Summary);
        if (!report.Refused)
        {
            if (report.Unreachable.Count > 0 && report.Status is null) return Sentence(report.Unreachable[0]);
            if (first is not null) return first.Confidence >= Told ? $"Nothing is refused here. But {LowerFirst(Sentence(first.Summary))}" : "Nothing is refused here.";
            return report.Status switch
            {
                null => "Nothing is refused, as far as can be seen from here.",
                404 or 410 => "This is not a refusal: the server says that there is nothing at this address.",
                >= 500 => "This is a fault of the server, and nothing shows that it stands for a refusal.",
                _ => "Nothing is refused here.",
            };
        }

        return first is null ? "It is refused, and what was seen proves no cause." : $"What was seen proves no cause. A guess: {LowerFirst(Sentence(first.Summary))}";
    }

    /// <summary>What to do now, one sentence; null: nothing.</summary>
    public static string? Do(Report report)
    {
        if (!report.Refused && report.Cause is null) return report.Unreachable.Count > 0 && report.Status is null ? "Look at the address and whether the server runs; nothing can be said of an answer that does not come." : null;
        var first = report.Findings.FirstOrDefault(finding => finding.Confidence >= Told);
        if (first is not null)
        {
            var remedy = first.Remedies.FirstOrDefault(one => one.Who == report.Asker);
            return remedy is not null ? Sentence(remedy.What) : Of(first, report.Asker);
        }

        return Next(report) is { } next ? next : report.NotLookedAt.Count > 0 ? Sentence(report.NotLookedAt[0]) : "Ask whoever runs the server, with the time of the request: its error log names the cause.";
    }

    /// <summary>Causes that fit the same evidence nearly as well as the first, the first included; empty where it stands alone or is proved.</summary>
    public static IReadOnlyList<Finding> Candidates(Report report)
    {
        if (report.Findings.Count < 2 || report.Findings[0].Confidence >= 0.9) return [];
        var near = report.Findings.Where(finding => finding.Confidence >= report.Findings[0].Confidence - Near && finding.Cause.Status is not null).ToList();
        return near.Count > 1 ? near : [];
    }

    /// <summary>The step that would separate the candidates; null: there is nothing to separate.</summary>
    public static string? Next(Report report) => Candidates(report).FirstOrDefault(finding => finding.Cause != Causes.Status.Unknown) is { } first ? $"To tell them apart: {first.Cause.Confirm}" : null;

    /// <summary>How certain, in words and figures.</summary>
    public static string Certainty(double confidence) => confidence switch
    {
        >= 0.995 => "proved",
        >= 0.9 => $"nearly certain, {Percent(confidence)}",
        >= 0.6 => $"likely, {Percent(confidence)}",
        >= Told => $"possible, {Percent(confidence)}",
        _ => $"a guess, {Percent(confidence)}",
    };

    /// <summary>The catalogue's advice for an audience.</summary>
    public static string Of(Finding finding, Audience who) => who switch
    {
        Audience.Visitor => finding.Cause.Visitor,
        Audience.Developer => finding.Cause.Developer,
        Audience.Owner => finding.Cause.Owner,
    };

    /// <summary>With a capital and a final stop.</summary>
    public static string Sentence(string text)
    {
        text = text.Trim();
        if (text.Length == 0) return text;
        var first = char.IsAsciiLetterLower(text[0]) && !LooksLikeAName(text) ? char.ToUpperInvariant(text[0]) + text[1..] : text;
        return first[^1] is '.' or '!' or '?' ? first : first + ".";
    }

    private static readonly SearchValues<char> OfNames = SearchValues.Create("-_./:0123456789`=@");

    private static string Percent(double confidence) => (confidence * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string LowerFirst(string text) => text.Length > 1 && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    // A sentence that begins with a name keeps it: `www-data cannot ...`, `exp is ...`, `alice ...` can't be told from words, but these can.
    private static bool LooksLikeAName(string text)
    {
        var end = text.IndexOf(' ');
        var word = end < 0 ? text : text[..end];
        return word.AsSpan().ContainsAny(OfNames);
    }

    private static string Phrase(Report report) => report.Reason is { Length: > 0 } reason ? reason : report.Status switch
    {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "",
    };
}
