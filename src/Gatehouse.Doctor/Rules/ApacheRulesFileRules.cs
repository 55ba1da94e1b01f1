using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Directives;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Causes;
using Gatehouse.Doctor.Apache;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;
using Config = Gatehouse.Causes.Configuration;

namespace Gatehouse.Doctor.Rules;

/// <summary>.htaccess files that fail or have no effect, a configuration that does not parse, and what is open although a rule means to protect it.</summary>
internal static class ApacheRulesFileRules
{
    /// <summary>Directives that someone writes to keep others out.</summary>
    private static readonly string[] Protecting = ["Require", "Deny", "Order", "AuthType", "AuthUserFile", "Satisfy"];

    private static readonly (Allowed Class, string Name)[] Classes =
        [(Allowed.AuthConfig, "AuthConfig"), (Allowed.FileInfo, "FileInfo"), (Allowed.Indexes, "Indexes"), (Allowed.Limit, "Limit"), (Allowed.Options, "Options")];

    public static IEnumerable<Finding> Faulty(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer)) yield break;
        var certainty = ApacheRules.Certainty(judged, answer, seen);
        if (answer.Reason == AnswerReason.RulesFileUnreadable)
        {
            var evidence = new List<Evidence> { new(EvidenceKind.FileMode, judged.Here(answer.Path!), "the server's user can't read it") };
            if (answer.By is { } allows) evidence.Add(ApacheRules.Line(allows, "makes httpd read it"));
            yield return new Finding { Cause = Config.HtaccessUnreadable, Confidence = certainty, Summary = $"httpd can't read {judged.Here(answer.Path!)} and refuses everything below its folder", Evidence = evidence };
            yield break;
        }

        if (answer is not { Reason: AnswerReason.RulesFileFault, Fault: { } fault }) yield break;
        var line = LineOf(judged, fault);
        List<Evidence> lines = [new(EvidenceKind.RuleLine, fault.At.ToString(), line is null ? fault.Message : $"{line} ({fault.Message})")];
        if (answer.By is { } by) lines.Add(ApacheRules.Line(by));
        if (fault.Kind == ConfigFaultKind.NotPermitted)
        {
            var remedies = new List<Remedy>();
            var wanted = DirectiveTable.Find(fault.Directive ?? "").Aggregate(Allowed.Nothing, (sum, fact) => sum | (fact.Allowed & Allowed.All));
            var names = Classes.Where(pair => wanted.HasFlag(pair.Class)).Select(pair => pair.Name).ToList();
            if (answer.By is { } override_ && names.Count > 0) remedies.Add(ApacheRules.Change(judged, "allow-override", $"permit it: add `{names[0]}` to {Shown.Text(override_)} ({override_.At})", override_.At.File, text => ConfigEdit.Append(text, override_, " " + names[0])));
            else if (names.Count > 0) remedies.Add(new Remedy { Id = "allow-override", Who = Audience.Owner, What = $"permit it in the server's configuration: `AllowOverride {names[0]}`" });
            remedies.Add(new Remedy { Id = "remove-directive", Who = Audience.Owner, What = $"or take the line out of {judged.Here(fault.At.File)} (line {fault.At.Line})" });
            yield return new Finding
            {
                Cause = Config.HtaccessNotPermitted,
                Confidence = certainty,
                Summary = $"`{fault.Directive?.TrimStart('<')}` ({fault.At}) is not permitted by {(answer.By is { } permits ? $"{Shown.Text(permits)} ({permits.At})" : "AllowOverride, which is written nowhere")}: httpd answers 500",
                Evidence = lines,
                Remedies = remedies,
            };
            yield break;
        }

        yield return new Finding { Cause = Config.HtaccessSyntaxError, Confidence = certainty, Summary = $"{fault.At}: {fault.Message}: httpd answers 500", Evidence = lines, Remedies = Mend(judged, fault) };
    }

    /// <summary>A word that is spelled nearly right; a module that is not loaded.</summary>
    private static List<Remedy> Mend(ApacheJudged judged, ConfigFault fault)
    {
        var name = fault.Directive ?? "";
        if (fault.Kind == ConfigFaultKind.UnknownDirective && DirectiveTable.Find(name) is { Count: > 0 } facts)
        {
            var module = facts[0].Module.Replace("_module", "", StringComparison.Ordinal);
            var old = name.ToLowerInvariant() is "order" or "allow" or "deny" or "satisfy";
            return
            [
                new Remedy { Id = "load-module", Who = Audience.Owner, What = old ? "write the rule in today's words: `Require all granted`, `Require all denied`, `Require ip ...`; or load mod_access_compat" : $"load mod_{module}, or guard the line by <IfModule mod_{module}.c>", Command = $"a2enmod {module}" },
            ];
        }

        var nearest = DirectiveTable.Nearest(name);
        return
        [
            nearest is null || nearest.Equals(name.TrimStart('<'), StringComparison.OrdinalIgnoreCase)
                ? new Remedy { Id = "mend-line", Who = Audience.Owner, What = $"correct or remove line {fault.At.Line} of {judged.Here(fault.At.File)}" }
                : ApacheRules.Change(judged, "mend-spelling", $"write `{nearest}` in place of `{name}` ({fault.At})", fault.At.File, text => Respelled(text, fault, nearest)),
        ];
    }

    private static string Respelled(string text, ConfigFault fault, string nearest)
    {
        if (Gatehouse.Apache.Syntax.ConfigText.Parse(fault.At.File, text).At(fault.At.Line) is not { } statement) return text;
        var start = statement.Start + statement.Column - 1;
        var length = fault.Directive!.Length;
        return start + length <= text.Length && text.AsSpan(start, length).Equals(fault.Directive, StringComparison.OrdinalIgnoreCase) ? string.Concat(text.AsSpan(0, start), nearest, text.AsSpan(start + length)) : text;
    }

    public static IEnumerable<Finding> Configuration(Observations seen)
    {
        if (seen.First<ApacheJudged>() is not { Assumed: false } judged) yield break;
        var fatal = judged.Server.Faults.FirstOrDefault(fault => fault.Kind is ConfigFaultKind.Syntax or ConfigFaultKind.UnknownDirective or ConfigFaultKind.NotPermitted);
        if (fatal is null) yield break;
        yield return new Finding
        {
            Cause = Config.ConfigSyntaxError,
            // A server that answers all the same has read another text, or has not been started again since.
            Confidence = judged.Seen is null ? 0.9 : 0.6,
            Summary = $"{fatal.At}: {fatal.Message}: httpd does not start with it",
            Evidence = [new(EvidenceKind.ConfigLine, fatal.At.ToString(), LineOf(judged, fatal) ?? fatal.Message)],
            Remedies = Mend(judged, fatal),
        };
    }

    public static IEnumerable<Finding> Ineffective(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer) || judged.Assumed) yield break;
        var served = judged.Seen is null ? answer.Status is >= 200 and < 400 : judged.Seen is >= 200 and < 400;
        if (!served || answer.Status is not (>= 200 and < 400)) yield break;
        if (seen.First<Asked>() is { OtherClient: true }) yield break;
        foreach (var met in judged.Evaluation!.RulesFiles.Where(met => !met.Read))
        {
            if (judged.Texts.GetValueOrDefault(met.Path) is not { } text) continue;
            var protects = Gatehouse.Apache.Syntax.ConfigText.Parse(met.Path, text).Statements.Where(statement => Protecting.Any(word => statement.Text.StartsWith(word + " ", StringComparison.OrdinalIgnoreCase)) && !statement.Text.EndsWith("granted", StringComparison.OrdinalIgnoreCase)).ToList();
            if (protects.Count == 0) continue;
            var by = met.OtherNames ?? met.Override.By;
            var evidence = protects.Take(5).Select(statement => new Evidence(EvidenceKind.RuleLine, $"{met.Path}:{statement.Line}", statement.Text)).ToList();
            evidence.Add(by is null ? new(EvidenceKind.ConfigLine, judged.Server.Configuration.Path, "AllowOverride None") : ApacheRules.Line(by, "so httpd does not read it"));
            yield return new Finding
            {
                Cause = Config.HtaccessIgnored,
                Confidence = 0.97,
                Summary = $"{judged.Here(met.Path)} means to protect the folder and is never read: {(by is null ? "AllowOverride is off" : $"{Shown.Text(by)} ({by.At})")}",
                Evidence = evidence,
                Remedies = met.OtherNames is { } naming ? [new Remedy { Id = "rename-rules-file", Who = Audience.Owner, What = $"rename it to `{naming.Arguments[0]}`, or add `.htaccess` to {Shown.Text(naming)} ({naming.At})" }]
                    : by is null ? [new Remedy { Id = "allow-override", Who = Audience.Owner, What = "permit it: `AllowOverride AuthConfig Limit`" }]
                    : [ApacheRules.Change(judged, "allow-override", $"permit it: `AllowOverride AuthConfig Limit` in place of {Shown.Text(by)} ({by.At}); or move its lines into the server's configuration", by.At.File, source => ConfigEdit.Replace(source, by, "AllowOverride AuthConfig Limit"))],
            };
        }

        foreach (var finding in ApacheMistakeRules.Open(judged, answer)) yield return finding;
    }

    private static string? LineOf(ApacheJudged judged, ConfigFault fault)
    {
        if (judged.Texts.GetValueOrDefault(fault.At.File) is not { } text) return null;
        var line = Gatehouse.Apache.Syntax.ConfigText.Parse(fault.At.File, text).At(fault.At.Line)?.Text;
        return line is { Length: > 300 } ? line[..300] + "…" : line;
    }
}
