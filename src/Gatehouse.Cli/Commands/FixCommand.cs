using System.CommandLine;
using Gatehouse.Cli.Output;
using Gatehouse.Cli.Targets;
using Gatehouse.Doctor;
using Gatehouse.Doctor.Fixes;
using Gatehouse.Doctor.Inputs;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse fix TARGET...|REPORT.json [--apply]`: show, or carry out, the remedies that can be done by machine; `--undo ID` takes them back.</summary>
internal static class FixCommand
{
    /// <summary>Something of the plan was not done (contract.md, "Exit status": refused, and the cause is known).</summary>
    private const int NotDone = 1;

    /// <summary>The command.</summary>
    /// <param name="copied">What stood behind <c>--</c> on the command line; null: there was none.</param>
    public static Command Create(IReadOnlyList<string>? copied = null)
    {
        var targets = new Argument<string[]>("target") { Description = "what `why` takes, or a report that `why --json` wrote", Arity = ArgumentArity.ZeroOrMore };
        var why = new WhyOptions();
        var fix = new FixOptions();
        var command = new Command("fix", "show, or carry out, the remedies; --undo ID takes them back") { targets };
        foreach (var option in fix.All.Concat(why.All.Where(option => option.Name is not ("--html" or "--share")))) command.Options.Add(option);
        command.SetAction((parsed, cancel) => RunAsync(why, fix, parsed, parsed.GetValue(targets) ?? [], copied, cancel));
        return command;
    }

    private static async Task<int> RunAsync(WhyOptions why, FixOptions fix, ParseResult parsed, string[] targets, IReadOnlyList<string>? copied, CancellationToken cancel)
    {
        var json = parsed.GetValue(why.Json);
        try
        {
            if (parsed.GetValue(fix.List)) return UndoList.Print(json);
            if (parsed.GetResult(fix.Undo) is { Implicit: false } given) return Undone(given.Tokens.Count > 0 ? given.Tokens[0].Value : "", parsed.GetValue(fix.Force), json);
            if (targets is [var only] && copied is null && ReportFile.IsReport(only)) return await OfReportAsync(only, fix, parsed, json, cancel);
            return await OfTargetsAsync(why, fix, parsed, targets, copied, json, cancel);
        }
        catch (UsageFault fault)
        {
            await Console.Error.WriteLineAsync($"gatehouse: {fault.Message}");
            return fault.Status;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"gatehouse: {SafeText.Of(fault.Message)}: what the journal has written down can be taken back with `gatehouse fix --undo`");
            return 4;
        }
    }

    private static async Task<int> OfTargetsAsync(WhyOptions why, FixOptions fix, ParseResult parsed, string[] targets, IReadOnlyList<string>? copied, bool json, CancellationToken cancel)
    {
        var question = new QuestionReader(why, parsed, InputSources.OfThisMachine(TimeProvider.System)).Read(targets, copied).Question;
        var quiet = parsed.GetValue(why.Quiet);
        var report = await AskAsync(question, quiet, cancel);
        if (!json) Say(report);
        var plan = FixPlan.Of(report.Findings);
        var server = report.Evaluated.Count > 0 ? (report.Evaluated[0].Server, report.Evaluated[0].File) : default;
        if (plan.Edits.Count == 0) return Nothing(report, json);
        var status = Carry(plan, server, fix, parsed, json, out var outcome);
        if (outcome is null || outcome.Edits.All(edit => !edit.Applied)) return status;
        After(await AskAsync(question, quiet, cancel), json, outcome);
        return status;
    }

    private static async Task<int> OfReportAsync(string path, FixOptions fix, ParseResult parsed, bool json, CancellationToken cancel)
    {
        var report = ReportFile.Read(path);
        if (EditJson.Read(report.Octets, (edits, seal) => Seal.Holds(edits, seal), out var problem) is not { } plan) throw new UsageFault($"{SafeText.Of(path)} {problem}");
        if (plan.Edits.Count == 0)
        {
            if (json) Console.Out.Write(FixJson.Of(new FixOutcome(null, []), null));
            else Console.Out.WriteLine($"{SafeText.Of(path)}: none of its remedies can be carried out by machine");
            return report.Refused ? NotDone : 0;
        }

        var status = Carry(plan, report.Server is { } server && report.Configuration is { } file ? (server, file) : default, fix, parsed, json, out var outcome);
        if (outcome is null || outcome.Edits.All(edit => !edit.Applied)) return status;
        // The report knows no credentials: asked without them, 401 may only mean that.
        if (report.Url is { } url) After(await AskAsync(new Question { Url = url, MaxRequests = 6 }, quiet: true, cancel), json, outcome);
        else if (json) Console.Out.Write(FixJson.Of(outcome, null));
        return status;
    }

    /// <summary>Shows the plan, and with --apply makes it.</summary>
    private static int Carry(FixPlan plan, (string? Server, string? File) configuration, FixOptions fix, ParseResult parsed, bool json, out FixOutcome? outcome)
    {
        outcome = null;
        if (!json) foreach (var edit in plan.Edits) Console.Out.WriteLine($"\n{Words(edit.Safety)}:\n{SafeLines(FixPlan.Show(edit))}");
        if (!parsed.GetValue(fix.Apply))
        {
            if (json) Console.Out.Write(FixJson.Of(new FixOutcome(null, [.. plan.Edits.Select(edit => new EditOutcome(edit, false, null))]), null));
            else Console.Out.WriteLine("\nNothing was changed: --apply carries it out, and --undo takes it back.");
            return 0;
        }

        using var journal = Journal.Open(Journal.DefaultFolder(), out var problem, Journal.Patience) ?? throw new UsageFault(problem!, 4);
        string? untested = null;
        Func<string?>? test = null;
        if (plan.Edits.Any(edit => edit.Kind == EditKind.Content) && configuration is { Server: { } server, File: { } file }) test = SyntaxTest.For(server, file, out untested);
        outcome = Fixer.Apply(plan, edit => parsed.GetValue(fix.Yes) || (!json && Agreed(edit)), journal, TimeProvider.System, test is null ? null : _ => test());
        if (!json)
        {
            foreach (var edit in outcome.Edits) Console.Out.WriteLine(edit.Applied ? $"done: {SafeText.Of(edit.Edit.File)}" : $"not done: {SafeText.Of(edit.Edit.File)} {SafeText.Of(edit.Problem ?? "")}");
            if (!string.IsNullOrEmpty(untested)) Console.Out.WriteLine(SafeText.Of(untested));
            if (outcome.Problem is not null) Console.Out.WriteLine(SafeText.Of(outcome.Problem));
            if (outcome.Undo is { } id) Console.Out.WriteLine($"gatehouse fix --undo {id} takes it back");
            if (outcome.Edits.Any(edit => edit.Applied && edit.Edit.Kind == EditKind.Content) && configuration.Server is not null) Console.Out.WriteLine($"reload {configuration.Server}, so that it reads the changed file");
        }
        else if (outcome.Edits.All(edit => !edit.Applied))
        {
            Console.Out.Write(FixJson.Of(outcome, null));
        }

        return outcome.Edits.All(edit => edit.Applied) ? 0 : NotDone;
    }

    private static int Undone(string id, bool force, bool json)
    {
        using var journal = Journal.Open(Journal.DefaultFolder(), out var problem, Journal.Patience) ?? throw new UsageFault(problem!, 4);
        if (id.Length == 0)
        {
            if (journal.Ids() is not [var newest, ..]) throw new UsageFault("the journal is empty: nothing was changed yet", 4);
            id = newest;
        }

        var outcome = Fixer.Undo(journal, id, force);
        if (json) Console.Out.Write(FixJson.Of(outcome, null));
        else
        {
            foreach (var edit in outcome.Edits) Console.Out.WriteLine(edit.Applied ? $"taken back: {SafeText.Of(edit.Edit.File)}" : $"not taken back: {SafeText.Of(edit.Edit.File)} {SafeText.Of(edit.Problem ?? "")}");
            if (outcome.Problem is not null) Console.Error.WriteLine($"gatehouse: {SafeText.Of(outcome.Problem)}");
        }

        return outcome.Problem is null ? 0 : outcome.Edits.Count == 0 ? 4 : NotDone;
    }

    private static async Task<Report> AskAsync(Question question, bool quiet, CancellationToken cancel)
    {
        using var progress = new ProgressLine(TimeProvider.System, quiet);
        return await Diagnosis.OfAsync(question, new Surroundings(TimeProvider.System, progress, question.MaxRequests), cancel);
    }

    private static void Say(Report report)
    {
        if (report.Findings.Count > 0) Console.Out.WriteLine($"{report.Findings[0].Cause.Id}: {SafeText.Of(report.Findings[0].Summary)}");
        else Console.Out.WriteLine(report.Refused ? "refused, and what was seen proves no cause" : "nothing is refused");
    }

    private static int Nothing(Report report, bool json)
    {
        if (json) Console.Out.Write(FixJson.Of(new FixOutcome(null, []), null));
        else
        {
            foreach (var remedy in report.Findings.Take(1).SelectMany(finding => finding.Remedies)) Console.Out.WriteLine($"by hand: {SafeText.Of(remedy.What)}{(remedy.Command is { } command ? $"\n    {SafeText.Of(command)}" : "")}");
            if (report.Findings.Count > 0) Console.Out.WriteLine("Nothing of it can be done by machine.");
        }

        return report.ExitStatus;
    }

    private static void After(Report report, bool json, FixOutcome outcome)
    {
        if (json) Console.Out.Write(FixJson.Of(outcome, report));
        else if (!report.Refused && report.Unreachable.Count == 0) Console.Out.WriteLine($"asked again: {(report.Status is { } status ? $"{status}, " : "")}no longer refused");
        else if (report.Refused) Console.Out.WriteLine($"asked again: still refused{(report.Status is { } status ? $" with {status}" : "")}{(report.Findings.Count > 0 ? $" ({report.Findings[0].Cause.Id}: {SafeText.Of(report.Findings[0].Summary)})" : "")}");
    }

    private static bool Agreed(Edit edit)
    {
        if (Console.IsInputRedirected) return false;
        Console.Error.Write($"Change {SafeText.Of(edit.File)} as shown? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static string Words(EditSafety safety) => safety switch
    {
        EditSafety.Safe => "safe, made with --apply",
        EditSafety.Ask => "made when you agree (--yes agrees beforehand)",
        EditSafety.Show => "only shown: do it by hand if you are sure",
    };

    private static string SafeLines(string text) => string.Join('\n', text.Split('\n').Select(line => "    " + SafeText.Of(line)));
}
