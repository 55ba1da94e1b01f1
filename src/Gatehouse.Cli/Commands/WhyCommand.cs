using System.CommandLine;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Targets;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Doctor.Inputs.Har;
using Gatehouse.Doctor.Reports;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse why TARGET... [options]`: find out why something is refused.</summary>
internal static class WhyCommand
{
    /// <summary>Ctrl-C.</summary>
    private const int Interrupted = 130;

    /// <summary>The command.</summary>
    /// <param name="copied">What stood behind <c>--</c> on the command line; null: there was none.</param>
    public static Command Create(IReadOnlyList<string>? copied = null)
    {
        var targets = new Argument<string[]>("target") { HelpName = "TARGET", Description = "a URL, a .har file, a folder, a server's configuration, a log, - for what is piped in; -- curl ... for a copied command", Arity = ArgumentArity.ZeroOrMore };
        var options = new WhyOptions();
        var command = new Command("why", "find out why something is refused") { targets };
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction((parsed, cancel) => RunAsync(options, parsed, parsed.GetValue(targets) ?? [], copied, cancel));
        return command;
    }

    private static async Task<int> RunAsync(WhyOptions options, ParseResult parsed, string[] targets, IReadOnlyList<string>? copied, CancellationToken cancel)
    {
        try
        {
            if (targets.FirstOrDefault(target => target.Length > 1 && target[0] == '-') is { } unknown)
                throw new UsageFault($"unknown option `{SafeText.Of(unknown)}`{Suggestion.Clause(unknown.Split('=')[0], options.All.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name)))}");
            var asked = new QuestionReader(options, parsed, InputSources.OfThisMachine(TimeProvider.System)).Read(targets, copied);
            Report report;
            using (var progress = new ProgressLine(TimeProvider.System, parsed.GetValue(options.Quiet))) report = await LookAsync(asked, progress, cancel);
            if (parsed.GetValue(options.Share)) report = Sharing.Of(report);
            if (parsed.GetValue(options.Html) is { } page) WritePage(page, HtmlReport.Of(report, TimeProvider.System.GetUtcNow()));
            if (parsed.GetValue(options.Json)) await Console.Out.WriteAsync(JsonReport.Of(report));
            else await Console.Out.WriteAsync(TextReport.Of(report, new TextStyle(Terminal.Width, Terminal.HasColour && !parsed.GetValue(options.NoColour), parsed.GetValue(options.Quiet))));
            return report.ExitStatus;
        }
        catch (UsageFault fault)
        {
            await Console.Error.WriteLineAsync($"gatehouse: {fault.Message}");
            return fault.Status;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("gatehouse: interrupted");
            return Interrupted;
        }
    }

    private static async Task<Report> LookAsync(Inquiry asked, ProgressLine progress, CancellationToken cancel)
    {
        if (asked.Recording is not { } recording) return await OneAsync(asked.Question);
        var parts = new List<(RecordedRefusal Refusal, Report Report)>();
        foreach (var (refusal, question) in asked.Refusals) parts.Add((refusal, await OneAsync(question)));
        var report = RecordedReport.Join(recording, parts);
        return report with { NotLookedAt = [.. asked.Question.LeftOut, .. report.NotLookedAt], Asker = Findings.Audience.Developer };

        Task<Report> OneAsync(Question question) => Diagnosis.OfAsync(question, new Surroundings(TimeProvider.System, progress, question.MaxRequests), cancel);
    }

    private static void WritePage(string file, string page)
    {
        try
        {
            File.WriteAllText(file, page);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageFault($"the page can't be written to {SafeText.Of(file)}: {SafeText.Of(refused.Message.TrimEnd('.'))}", 4);
        }
    }
}
