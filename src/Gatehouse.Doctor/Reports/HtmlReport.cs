using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>The report as one page that holds everything: to be printed, or sent to whoever runs the server. No script, nothing loaded, secrets masked.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --line: #d0d7de; --bad: #a40e26; --good: #116329; --code: #f6f8fa; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --paper: #0d1117; --line: #3d444d; --bad: #ff8182; --good: #7ee787; --code: #161b22; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 54rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
        .refused { color: var(--bad); } .served { color: var(--good); }
        .target, .when { color: var(--soft); margin: 0; overflow-wrap: anywhere; }
        .why { font-size: 1.15rem; margin: 1rem 0 .5rem; overflow-wrap: anywhere; }
        .do { margin: 0; padding: .6rem .9rem; border-left: .3rem solid currentColor; background: var(--code); overflow-wrap: anywhere; }
        code, pre { font-family: ui-monospace, monospace; font-size: .85rem; background: var(--code); border-radius: .25rem; }
        code { padding: .1rem .3rem; overflow-wrap: anywhere; } pre { margin: .4rem 0 0; padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        ul { padding-left: 1.2rem; } li { margin: .35rem 0; overflow-wrap: anywhere; }
        .kind, .who { color: var(--soft); font-size: .85rem; margin-right: .4rem; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 600; font-size: .85rem; } td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
        footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
        @media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2 { break-after: avoid; } li, tr { break-inside: avoid; } }
        """;

    /// <summary>The page.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="now">When, for the head of the page.</param>
    public static string Of(Report report, DateTimeOffset now)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n")
            .Append("<title>").Append(Text($"{Answer.Headline(report)}: {report.Target}")).Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<main>\n");
        page.Append("<h1 class=\"").Append(report.Refused || report.Unreachable.Count > 0 ? "refused" : "served").Append("\">").Append(Text(Answer.Headline(report))).Append("</h1>\n")
            .Append("<p class=\"target\">").Append(Text(report.Target)).Append("</p>\n<p class=\"when\">").Append(Text(now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture))).Append("</p>\n")
            .Append("<p class=\"why\">").Append(Text(Answer.Why(report))).Append("</p>\n");
        if (Answer.Do(report) is { } todo) page.Append("<p class=\"do\"><strong>Do this:</strong> ").Append(Text(todo)).Append("</p>\n");
        foreach (var finding in report.Findings) Write(page, report, finding);
        if (Answer.Candidates(report).Count > 1 && Answer.Next(report) is { } next) page.Append("<p>").Append(Text(next)).Append("</p>\n");
        WriteTried(page, report);
        WriteList(page, "Not looked at", report.NotLookedAt);
        WriteList(page, "Not reached", report.Unreachable);
        return page.Append("</main>\n<footer>Made by gatehouse why. Passwords, tokens, keys and cookies are masked.</footer>\n</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder page, Report report, Finding finding)
    {
        var guess = finding.Confidence < Answer.Told;
        page.Append("<section>\n<h2>").Append(Text(guess ? "Perhaps: " : "")).Append(Text(finding.Cause.Title)).Append(" <code>").Append(Text(finding.Cause.Id)).Append("</code></h2>\n")
            .Append("<p>").Append(Text(guess ? $"A guess: {finding.Summary}" : Answer.Sentence(finding.Summary))).Append(finding.Cause == Causes.Status.Unknown ? "" : $" <span class=\"kind\">({Text(Answer.Certainty(finding.Confidence))})</span>").Append("</p>\n");
        if (finding.Status is { } right && report.Refused && report.Status is { } status && right != status) page.Append("<p>").Append(Text($"A correct server answers {right} in this case, not {status}.")).Append("</p>\n");
        // Of an unknown cause every comparison is evidence, and stands below, under what was tried.
        var unknown = finding.Cause == Causes.Status.Unknown;
        var shown = finding.Evidence.Where(evidence => !unknown || evidence.Kind != EvidenceKind.Comparison).ToList();
        if (shown.Count > 0)
        {
            page.Append("<ul>\n");
            foreach (var evidence in shown) page.Append("<li><span class=\"kind\">").Append(Text(Words.Kebab(evidence.Kind))).Append("</span>").Append(Text(evidence.Where)).Append(": <code>").Append(Text(evidence.What)).Append("</code></li>\n");
            page.Append("</ul>\n");
        }

        page.Append("<ul>\n");
        foreach (var remedy in finding.Remedies) WriteRemedy(page, Words.Of(remedy.Who), Answer.Sentence(remedy.What), remedy.Command);
        foreach (var who in (ReadOnlySpan<Audience>)[Audience.Visitor, Audience.Developer, Audience.Owner])
        {
            if (!guess && !finding.Remedies.Any(remedy => remedy.Who == who)) WriteRemedy(page, Words.Of(who), Answer.Of(finding, who), null);
        }

        page.Append("</ul>\n</section>\n");
    }

    private static void WriteRemedy(StringBuilder page, string who, string what, string? command)
    {
        page.Append("<li><span class=\"who\">for the ").Append(Text(who)).Append("</span>").Append(Text(what));
        if (command is not null) page.Append("<pre>").Append(Lines(command)).Append("</pre>");
        page.Append("</li>\n");
    }

    private static void WriteTried(StringBuilder page, Report report)
    {
        if (report.Exchanges.Count == 0) return;
        page.Append("<section>\n<h2>What was tried</h2>\n<table>\n<thead><tr><th scope=\"col\">Request</th><th scope=\"col\">Answer</th><th scope=\"col\">Time</th></tr></thead>\n<tbody>\n");
        foreach (var exchange in report.Exchanges)
        {
            page.Append("<tr><td>").Append(Text(exchange.Purpose)).Append("<pre>").Append(Text(CurlText.Of(exchange.Request, report.Asked))).Append("</pre>");
            foreach (var left in exchange.NotCarried) page.Append("<p>").Append(Text($"{left.Name} did not go along: {left.Why}")).Append("</p>");
            page.Append("</td><td class=\"number\">").Append(Text(exchange.Status?.ToString(CultureInfo.InvariantCulture) ?? "none")).Append("</td><td class=\"number\">").Append(Text(exchange.Elapsed.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture))).Append(" ms</td></tr>\n");
        }

        page.Append("</tbody>\n</table>\n</section>\n");
    }

    private static void WriteList(StringBuilder page, string heading, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        page.Append("<section>\n<h2>").Append(Text(heading)).Append("</h2>\n<ul>\n");
        foreach (var line in lines) page.Append("<li>").Append(Text(line)).Append("</li>\n");
        page.Append("</ul>\n</section>\n");
    }

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Text));

    private static string Text(string text) => HtmlEncoder.Default.Encode(SafeText.Of(text));
}
