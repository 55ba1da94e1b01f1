using System.Text;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Reports;

/// <summary>How a report is laid out for a terminal.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Colour">Whether colours are added; nothing is told by colour alone.</param>
/// <param name="Quiet">The answer alone.</param>
public readonly record struct TextStyle(int Width, bool Colour, bool Quiet);

/// <summary>The report for people: the answer in the first two lines, then evidence, then what was tried.</summary>
public sealed class TextReport
{
    private const int Indent = 2;

    private readonly Report report;
    private readonly TextStyle style;
    private readonly StringBuilder text = new();

    private TextReport(Report report, TextStyle style)
    {
        this.report = report;
        this.style = style;
    }

    /// <summary>The whole report, with a line end.</summary>
    public static string Of(Report report, TextStyle style)
    {
        var written = new TextReport(report, style);
        written.WriteAnswer();
        if (!style.Quiet) written.WriteRest();
        return written.text.ToString();
    }

    private void WriteAnswer()
    {
        var headline = SafeText.Of(Answer.Headline(report));
        var shade = report.Refused ? Shade.Bad : report.Unreachable.Count > 0 && report.Status is null ? Shade.Bad : Shade.Good;
        Line(headline + ":", Answer.Why(report), shade);
        if (Answer.Do(report) is { } todo) Line("Do this:", todo, Shade.Strong);
    }

    private void WriteRest()
    {
        var told = report.Findings.Count > 0 ? report.Findings[0] : null;
        if (told is not null && (report.Refused || report.Cause is not null || told.Confidence >= Answer.Told)) WriteFinding(told, first: true);
        var candidates = Answer.Candidates(report);
        if (candidates.Count > 1)
        {
            Heading("Also fits what was seen");
            foreach (var candidate in candidates.Skip(1)) Item($"{candidate.Cause.Id} ({Answer.Certainty(candidate.Confidence)}): {candidate.Summary}");
            if (Answer.Next(report) is { } next && next != Answer.Do(report)) Item(next);
        }

        foreach (var finding in report.Findings.Skip(1).Except(candidates).Where(finding => finding.Confidence >= Answer.Told)) WriteFinding(finding, first: false);
        var guesses = report.Findings.Skip(1).Except(candidates).Where(finding => finding.Confidence < Answer.Told).ToList();
        if (guesses.Count > 0)
        {
            Heading("Guesses");
            foreach (var guess in guesses) Item($"perhaps {guess.Cause.Id} ({Answer.Certainty(guess.Confidence)}): {guess.Summary}");
        }

        WriteTried();
        WriteList("Not looked at", report.NotLookedAt);
        WriteList("Not reached", report.Status is null && report.Findings.Count == 0 ? report.Unreachable.Skip(1) : report.Unreachable);
    }

    private void WriteFinding(Finding finding, bool first)
    {
        var unknown = finding.Cause == Causes.Status.Unknown;
        Heading($"{(finding.Confidence < Answer.Told ? "Perhaps" : first ? "Cause" : "Also")}: {finding.Cause.Id}{(unknown ? "" : $" ({Answer.Certainty(finding.Confidence)})")}");
        if (!first) Item(finding.Summary);
        // In a recording each finding has a status of its own.
        var oneStatus = report.Exchanges.Where(exchange => exchange.Variation == Variation.Recorded && exchange.Status >= 400).Select(exchange => exchange.Status).Distinct().Count() <= 1;
        if (oneStatus && finding.Status is { } right && report.Status is { } status && right != status && report.Refused) Item($"a correct server answers {right} in this case, not {status}");
        // Of an unknown cause every comparison is evidence, and stands below, under what was tried.
        foreach (var evidence in finding.Evidence.Where(evidence => !unknown || evidence.Kind != EvidenceKind.Comparison)) Item($"{evidence.Where}: {evidence.What}", Words.Kebab(evidence.Kind));
        var remedies = finding.Remedies.Where(remedy => !first || remedy.What != finding.Remedies.FirstOrDefault(one => one.Who == report.Asker)?.What || remedy.Command is not null).ToList();
        foreach (var remedy in remedies)
        {
            Item($"{Answer.Sentence(remedy.What)}{(remedy.Automatic ? " `gatehouse fix` can do it." : "")}", $"for the {Words.Of(remedy.Who)}");
            if (remedy.Command is { } command) Command(command);
        }
    }

    private void WriteTried()
    {
        if (report.Exchanges.Count == 0) return;
        Heading(report.Exchanges[0].Variation == Variation.Recorded ? "What was recorded" : "What was tried");
        var widest = Math.Min(report.Exchanges.Max(exchange => exchange.Purpose.Length), 44);
        foreach (var exchange in report.Exchanges)
        {
            var outcome = exchange.Status is { } status ? status.ToString(System.Globalization.CultureInfo.InvariantCulture) : exchange.Fault is { } fault ? Short(fault) : "no answer";
            text.Append(' ', Indent).Append(Styled(outcome, exchange.Status is 401 or 403 || exchange.Fault is not null ? Shade.Bad : Shade.Strong)).Append("  ").Append(SafeText.Of(exchange.Purpose).PadRight(widest));
            if (exchange.Variation != Variation.Recorded) text.Append("  ").Append(Math.Round(exchange.Elapsed.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)).Append(" ms");
            text.Append('\n');
            foreach (var left in exchange.NotCarried) text.Append(Wrapping.Of(SafeText.Of($"{left.Name} did not go along: {left.Why}"), style.Width, "       ", 7)).Append('\n');
            text.Append("       ").Append(Styled(SafeText.Of(CurlText.Of(exchange.Request, report.Asked)), Shade.Faint)).Append('\n');
        }
    }

    private void WriteList(string heading, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0) return;
        Heading(heading);
        foreach (var line in all) Item(line);
    }

    private void Line(string head, string rest, Shade shade)
    {
        var wrapped = Wrapping.Of($"{head} {SafeText.Of(rest)}", style.Width, "", Indent);
        text.Append(Styled(head, shade)).Append(wrapped[head.Length..]).Append('\n');
    }

    private void Heading(string heading) => text.Append('\n').Append(Styled(SafeText.Of(heading), Shade.Strong)).Append('\n');

    private void Item(string item, string? label = null)
    {
        var first = label is null ? "  - " : $"  - {label}: ";
        text.Append(Wrapping.Of(SafeText.Of(item), style.Width, first, 4)).Append('\n');
    }

    private void Command(string command)
    {
        foreach (var line in command.Split('\n')) text.Append("      ").Append(Styled(SafeText.Of(line), Shade.Strong)).Append('\n');
    }

    private string Styled(string what, Shade shade) => style.Colour ? $"\u001b[{Code(shade)}m{what}\u001b[0m" : what;

    private static string Code(Shade shade) => shade switch
    {
        Shade.Bad => "1;31",
        Shade.Good => "1;32",
        Shade.Strong => "1",
        Shade.Faint => "2",
    };

    private static string Short(ExchangeFault fault) => fault switch
    {
        ExchangeFault.UnknownHost => "no such host",
        ExchangeFault.ConnectionRefused => "refused",
        ExchangeFault.ConnectionReset => "closed",
        ExchangeFault.Tls => "TLS fault",
        ExchangeFault.ServerCertificate => "bad certificate",
        ExchangeFault.ClientCertificate => "certificate wanted",
        ExchangeFault.TimedOut => "time-out",
        ExchangeFault.Protocol => "no HTTP",
    };

    private enum Shade
    {
        Bad,
        Good,
        Strong,
        Faint,
    }
}
