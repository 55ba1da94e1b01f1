using System.CommandLine;
using Gatehouse.Doctor;

namespace Gatehouse.Cli.Commands;

/// <summary>`gatehouse why TARGET... [options]`: find out why something is refused.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var targets = new Argument<string[]>("target") { Description = "a URL, a directory, a server's configuration, a log file", Arity = ArgumentArity.OneOrMore };
        var site = new Option<string?>("--site") { Description = "the document root" };
        var command = new Command("why", "find out why something is refused") { targets, site };
        command.SetAction(async (parsed, cancel) =>
        {
            var question = new Question
            {
                Url = parsed.GetValue(targets)!.Select(target => Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null).FirstOrDefault(url => url is not null),
                Site = parsed.GetValue(site),
            };
            var report = await Diagnosis.OfAsync(question, new Surroundings(TimeProvider.System, new Progress<string>(), question.MaxRequests), cancel);
            foreach (var finding in report.Findings) Console.WriteLine($"{finding.Cause.Id} {finding.Confidence:0.00}: {finding.Summary}");
            return report.ExitStatus;
        });
        return command;
    }
}
