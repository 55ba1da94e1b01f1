using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Causes;
using Gatehouse.Doctor.Apache;
using Gatehouse.Doctor.Files;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Reports;
using Gatehouse.Findings;
using Config = Gatehouse.Causes.Configuration;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Rules;

/// <summary>Refusals after access was granted: links, listings, programs, and those behind a proxy.</summary>
internal static class ApacheServingRules
{
    public static IEnumerable<Finding> Serving(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer)) yield break;
        var certainty = ApacheRules.Certainty(judged, answer, seen);
        if (judged.CertificateWanted is { } wanted && judged.Seen is null or 403 or >= 500)
        {
            yield return new Finding
            {
                Cause = Credentials.CertificateMissing,
                Confidence = seen.Baseline() is null ? 0.9 : 0.96,
                Summary = $"{Shown.Text(wanted)} ({wanted.At}) wants a client certificate, and none was given",
                Evidence = [ApacheRules.Line(wanted)],
                Remedies = [new Remedy { Id = "give-certificate", Who = Audience.Developer, What = "send a client certificate that its SSLCACertificateFile accepts: `--cert FILE --key FILE`" }],
            };
            yield break;
        }

        switch (answer.Reason)
        {
            case AnswerReason.LinkRefused:
                yield return Link(judged, answer, certainty);
                break;
            case AnswerReason.NoIndex:
                yield return NoIndex(judged, answer, certainty);
                break;
            case AnswerReason.NotReadable when answer.Detail.Length > 0 && seen.Of<PathWalk>().Select(walk => walk.Target).FirstOrDefault(target => target is { Kind: FileKind.Directory }) is { } folder && judged.Worker is { } worker:
                yield return new Finding
                {
                    Cause = FileCauses.FileNotReadable,
                    Confidence = certainty,
                    Summary = $"{worker.Name} cannot list {folder.Path} (mode {folder.ModeDigits}, owner {folder.Owner}:{folder.Group}), though Options Indexes is on and no index file is there",
                    Evidence = [new(EvidenceKind.FileMode, folder.Path, folder.Line), .. answer.Rules?.Options.By.LastOrDefault() is { } options ? [ApacheRules.Line(options)] : Array.Empty<Evidence>()],
                    Remedies = [folder.Acl is not null ? FileRules.AclRemedy(folder, worker, Need.Read) : FileRules.ModeRemedy(folder, worker, Need.Read)],
                };
                break;
            case AnswerReason.Program when answer.Status == 403:
                yield return new Finding { Cause = FileCauses.ResourceDenied, Confidence = certainty, Summary = $"{judged.Here(answer.Path!)} is a program, and {answer.Detail}", Evidence = answer.By is { } by ? [ApacheRules.Line(by)] : [], Remedies = [new Remedy { Id = "exec-cgi", Who = Audience.Owner, What = "switch `Options +ExecCGI` on for its folder, where programs are meant to run" }] };
                break;
            case AnswerReason.HandedOn when judged.Seen is 401 or 403:
                foreach (var finding in HandedOn(judged, answer)) yield return finding;
                break;
        }
    }

    private static Finding Link(ApacheJudged judged, HttpdAnswer answer, double certainty)
    {
        var evidence = new List<Evidence> { new(EvidenceKind.FileLink, judged.Here(answer.Path!), answer.Detail) };
        List<Remedy> remedies = [];
        if (answer.By is { } by)
        {
            evidence.Add(ApacheRules.Line(by, "decides whether links are followed"));
            remedies.Add(ApacheRules.Change(judged, "follow-symlinks", $"let links be followed: `FollowSymLinks` in {Shown.Text(by)} ({by.At})", by.At.File, text => ConfigEdit.Replace(text, by, WithLinks(by, "FollowSymLinks"))));
        }
        else
        {
            remedies.Add(new Remedy { Id = "follow-symlinks", Who = Audience.Owner, What = "let links be followed: `Options +FollowSymLinks` for the folder" });
        }

        return new Finding { Cause = FileCauses.SymlinkRefused, Confidence = certainty, Summary = $"httpd does not follow the link {judged.Here(answer.Path!)}: {answer.Detail}{(answer.By is { } line ? $" ({line.At})" : "")}", Evidence = evidence, Remedies = remedies };
    }

    /// <summary>The same Options with links followed.</summary>
    internal static string WithLinks(Directive options, string option)
    {
        var words = options.Arguments.ToList();
        var relative = words.Any(word => word.StartsWith('+') || word.StartsWith('-'));
        words.RemoveAll(word => word.TrimStart('+', '-').ToLowerInvariant() is "followsymlinks" or "symlinksifownermatch" or "none");
        words.Add(relative ? "+" + option : option);
        return "Options " + string.Join(' ', words);
    }

    private static Finding NoIndex(ApacheJudged judged, HttpdAnswer answer, double certainty)
    {
        var evidence = new List<Evidence> { new(EvidenceKind.FileMode, judged.Here(answer.Path!), $"none of {answer.Detail}") };
        if (answer.By is { } by) evidence.Add(ApacheRules.Line(by, "listings are off"));
        if (answer.Rules?.List("directoryindex").LastOrDefault() is { } index) evidence.Add(ApacheRules.Line(index));
        return new Finding
        {
            Cause = FileCauses.DirectoryNoIndex,
            Confidence = certainty,
            Summary = $"{judged.Here(answer.Path!)} has no index file ({answer.Detail}), and Options Indexes is off",
            Evidence = evidence,
            Remedies = [new Remedy { Id = "add-index", Who = Audience.Owner, What = $"put an index file into {judged.Here(answer.Path!)}, name the one that is there by DirectoryIndex, or switch `Options +Indexes` on where a listing is meant" }],
        };
    }

    private static IEnumerable<Finding> HandedOn(ApacheJudged judged, HttpdAnswer answer)
    {
        var request = answer.Request!;
        var program = answer.Detail == "cgi" || answer.Target?.StartsWith("fcgi:", StringComparison.OrdinalIgnoreCase) == true || answer.Target?.StartsWith("unix:", StringComparison.OrdinalIgnoreCase) == true || answer.Target == "PHP" && judged.Server.Has("cgid_module");
        if (program && judged.Seen == 401 && request.Header("Authorization") is not null && answer.Rules?.Flag("cgipassauth") != true && !PassesByHand(judged, answer))
        {
            var section = answer.By is null ? null : judged.Evaluation!.Host.Directories.LastOrDefault(folder => folder.Expression is null && answer.Path is not null && (answer.Path + "/").StartsWith(folder.Pattern, StringComparison.Ordinal) && folder.Pattern != "/");
            var evidence = new List<Evidence>();
            if (answer.By is { } by) evidence.Add(ApacheRules.Line(by, "hands the request to a program"));
            evidence.Add(Sent(request.Header("Authorization")!));
            evidence.Add(answer.Rules?.Setting("cgipassauth") is { } off ? ApacheRules.Line(off) : new(EvidenceKind.ConfigLine, section?.By.At.ToString() ?? judged.Server.Configuration.Path, "CGIPassAuth is not On: HTTP_AUTHORIZATION is not set for programs"));
            yield return new Finding
            {
                Cause = Credentials.Dropped,
                Confidence = 0.93,
                Summary = $"the request carries Authorization, and httpd does not hand it to {answer.Target ?? "the program"}: CGIPassAuth is not On",
                Evidence = evidence,
                Remedies = [section is null ? new Remedy { Id = "cgi-pass-auth", Who = Audience.Owner, What = "write `CGIPassAuth On` for the program's folder" }
                    : ApacheRules.Change(judged, "cgi-pass-auth", $"write `CGIPassAuth On` in {Shown.Text(section.By)} ({section.By.At})", section.By.At.File, text => ConfigEdit.Inside(text, section.By, "CGIPassAuth On"))],
            };
            yield break;
        }

        if (judged.Seen is 401 or 403 && request.Header("Authorization") is { } sent && TakenAway(answer) is { } taking)
        {
            yield return new Finding
            {
                Cause = Credentials.Dropped,
                Confidence = 0.95,
                Summary = $"the request carries Authorization, and {Shown.Text(taking)} ({taking.At}) keeps it from {answer.Target ?? "the program"}",
                Evidence = [ApacheRules.Line(taking, "takes the field away"), Sent(sent), .. answer.By is { } handing ? [ApacheRules.Line(handing, "hands the request on")] : Array.Empty<Evidence>()],
                Remedies = [ApacheRules.Change(judged, "pass-authorization", $"let the field through: take {Shown.Text(taking)} out ({taking.At}), where what stands behind is to check it", taking.At.File, text => ConfigEdit.Remove(text, taking))],
            };
            yield break;
        }

        yield return new Finding
        {
            Cause = Config.UpstreamRefused,
            Confidence = 0.92,
            Summary = $"httpd lets the request pass and hands it to {answer.Target ?? "another program"}, which answers {judged.Seen}",
            Evidence = answer.By is { } pass ? [ApacheRules.Line(pass, "hands the request on")] : [],
            Remedies = [new Remedy { Id = "look-upstream", Who = Audience.Owner, What = $"look into the logs and rules of {answer.Target ?? "the program"}" }],
        };
    }

    /// <summary>The field as evidence. Without a scheme all of it is the secret.</summary>
    private static Evidence Sent(string authorization) => new(EvidenceKind.Request, "Authorization", MaskedField.Value(new("Authorization", authorization)));

    /// <summary>The last RequestHeader in force that speaks of Authorization, where it unsets it always; null: it goes through, or another takes its place.</summary>
    private static Directive? TakenAway(HttpdAnswer answer)
    {
        var last = (answer.Rules?.Layers ?? []).SelectMany(layer => layer.Directives)
            .LastOrDefault(line => line.Is("RequestHeader") && line.Arguments.Count > 1 && line.Arguments[1].TrimEnd(':').Equals("Authorization", StringComparison.OrdinalIgnoreCase));
        if (last is null || last.Arguments.Skip(2).Any(word => word.StartsWith("env=", StringComparison.OrdinalIgnoreCase) || word.StartsWith("expr=", StringComparison.OrdinalIgnoreCase))) return null;
        return last.Arguments[0].ToLowerInvariant() is "unset" ? last : null;
    }

    /// <summary>SetEnvIf Authorization, or a RewriteRule with E=HTTP_AUTHORIZATION.</summary>
    private static bool PassesByHand(ApacheJudged judged, HttpdAnswer answer) =>
        judged.Evaluation!.Host.Own.Concat(judged.Evaluation.Host.Inherited).Concat(answer.Rules?.Layers.SelectMany(layer => layer.Directives) ?? []).Concat(answer.Rules?.Rewriting.SelectMany(layer => layer.Directives) ?? [])
            .Any(directive => directive.Raw.Contains("HTTP_AUTHORIZATION", StringComparison.OrdinalIgnoreCase));
}
