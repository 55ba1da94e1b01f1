using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Causes;
using Gatehouse.Doctor.Apache;
using Gatehouse.Findings;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Rules;

/// <summary>Refusals that no login can cure: Require, Order/Allow/Deny, TLS, methods, rewriting.</summary>
internal static class ApacheAccessRules
{
    /// <summary>The request never reached the server, and no --from was given: an allow list is likely the reason, and whom it would meet is not known.</summary>
    private const double ClientUnknown = 0.6;

    public static IEnumerable<Finding> Require(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer)) yield break;
        if (answer.Reason != AnswerReason.Require || (answer.Inner ?? answer.Status) is not 403) yield break;
        var certainty = ApacheRules.Certainty(judged, answer, seen);
        var evaluation = judged.Evaluation!;
        var refusing = answer.Requires.Where(line => line.Refuses).ToList();
        var deciding = refusing.FirstOrDefault(line => ReferenceEquals(line.Node.By, answer.By)) ?? refusing.LastOrDefault();
        // Among several that each would have granted, the one that speaks of the request says more than "all denied".
        if (deciding is { Excludes: false, Node.Provider: "all" } && refusing.LastOrDefault(line => line.Node.Provider != "all") is { } exact) deciding = exact;
        var section = SectionOf(judged, deciding?.Node.By ?? answer.By);
        List<Evidence> evidence = [];
        if (deciding?.Node.By is { } by) evidence.Add(ApacheRules.Line(by, deciding.Why));
        else if (answer.By is { } other) evidence.Add(ApacheRules.Line(other));
        if (section is not null) evidence.Add(ApacheRules.Line(section.By, "it stands in this section"));
        evidence.AddRange(refusing.Where(line => line != deciding && line.Node.By is not null).Select(line => ApacheRules.Line(line.Node.By!, line.Why)).Take(6));
        evidence.AddRange(Containers(judged, deciding?.Node.By));
        if (deciding is null)
        {
            yield return new Finding { Cause = FileCauses.ResourceDeniedByDefault, Confidence = certainty, Summary = $"no Require grants {Place(judged, answer)}", Evidence = evidence, Remedies = [Grant(judged, answer)] };
            yield break;
        }

        if (deciding.Node.Limit is { } limit)
        {
            evidence.Insert(0, ApacheRules.Line(limit.Section));
            yield return new Finding { Cause = Network.MethodDenied, Confidence = certainty, Summary = $"{answer.Request!.Method} is refused by {Shown.Text(limit.Section)} ({limit.Section.At})", Evidence = evidence, Remedies = [Lift(deciding.Node.By!)] };
            yield break;
        }

        if (HostByDefault(judged, section) is { } byDefault)
        {
            evidence.AddRange(byDefault);
            yield return new Finding
            {
                Cause = Network.HostUnknown,
                Confidence = certainty,
                Summary = $"no virtual host has the name `{answer.Request!.HostName}`, so the first one answers ({evaluation.Host.By!.At}), and it refuses",
                Evidence = evidence,
                Remedies = [new Remedy { Id = "use-server-name", Who = Audience.Visitor, What = $"ask for the site by its name: {string.Join(", ", Names(judged).Take(4))}" }, new Remedy { Id = "add-server-alias", Who = Audience.Owner, What = $"add `ServerAlias {answer.Request.HostName}` to the virtual host that is meant" }],
            };
            yield break;
        }

        yield return Refused(judged, answer, deciding, section, evidence, certainty);
    }

    private static Finding Refused(ApacheJudged judged, HttpdAnswer answer, RequireResult deciding, Section? section, List<Evidence> evidence, double certainty)
    {
        var line = deciding.Node.By!;
        var node = judged.Server.Aliases.TryGetValue(deciding.Node.Provider!, out var alias) ? alias.Require : deciding.Node;
        if (alias is not null) evidence.Add(ApacheRules.Line(alias.By));
        var request = answer.Request!;
        Finding Of(Cause cause, string summary, params Remedy[] remedies) => new() { Cause = cause, Confidence = certainty, Summary = summary, Evidence = evidence, Remedies = remedies };
        switch (node.Provider)
        {
            case "all":
                if (OldRules(answer, section) is { } old)
                {
                    evidence.AddRange(old.Select(entry => ApacheRules.Line(entry, "of httpd 2.2: it grants nothing where Require denies")));
                    return Of(Configuration.HtaccessConflictingRules, $"{Shown.Text(old[0])} ({old[0].At}) is of httpd 2.2 and does not lift {Shown.Text(line)} ({line.At})", Translate(judged, old), Grant(judged, answer));
                }

                if (!deciding.Excludes && section is not null && ApacheSubjects.OfCondition(judged, section) is { } conditional)
                {
                    if (conditional.By != section) evidence.Add(ApacheRules.Line(conditional.By.By, "did not hold"));
                    evidence.AddRange(Fields(request, [conditional.Text]));
                    if (conditional.Cause == Network.IpBlocked || conditional.Cause == Network.IpNotAllowed) evidence.Add(ApacheRules.Client(answer));
                    return Of(conditional.Cause, $"{Shown.Text(section.By)} ({section.By.At}) applies to this request, and {Shown.Text(line)} refuses it there", new Remedy { Id = "change-condition", Who = Audience.Owner, What = $"change the condition of {Shown.Text(conditional.By.By)} ({conditional.By.By.At}), where this request is meant to pass" });
                }

                return section is not null && ApacheSubjects.IsWholeDisk(section)
                    ? Of(FileCauses.ResourceDeniedByDefault, $"{Place(judged, answer)} lies in no folder that the configuration grants: {Shown.Text(line)} of {Shown.Text(section.By)} counts ({line.At})", Grant(judged, answer))
                    : Of(FileCauses.ResourceDenied, $"{Shown.Text(line)} ({line.At}) refuses {Place(judged, answer)} to everybody", Replace(judged, line));
            case "ip" or "local" or "host" or "forward-dns":
                evidence.Add(ApacheRules.Client(answer));
                evidence.AddRange(RemoteLines(judged));
                return deciding.Excludes
                    ? Of(Network.IpBlocked, $"{request.Client} is refused by {Shown.Text(line)} ({line.At})", Lift(line))
                    : request.Client.Equals(System.Net.IPAddress.Any)
                        ? Of(Network.IpNotAllowed, $"only the addresses of {Shown.Text(line)} ({line.At}) are let in; which one the server sees is not known here (--from IP)", Lift(line)) with { Confidence = Math.Min(certainty, ClientUnknown) }
                    : Of(Network.IpNotAllowed, $"{request.Client} is not among the addresses of {Shown.Text(line)} ({line.At})", Admit(judged, line, request));
            case "env":
                var origins = ApacheSubjects.Origins(judged, node.Arguments.Trim());
                evidence.AddRange(origins.Select(origin => ApacheRules.Line(origin.By, $"sets `{node.Arguments.Trim()}`")));
                evidence.AddRange(Fields(request, origins.Select(origin => origin.Subject)));
                var cause = ApacheSubjects.OfVariable(origins, node.Arguments.Trim(), requires: !deciding.Excludes);
                return Of(cause, deciding.Excludes ? $"{Because(origins, node)} ({line.At})" : $"{Shown.Text(line)} ({line.At}) wants `{node.Arguments.Trim()}`, which {(origins.Count == 0 ? "nothing sets for this request" : $"is set by {Shown.Text(origins[0].By)} ({origins[0].By.At}) and did not match")}", Lift(line));
            case "ssl":
                return Of(Network.HttpsRequired, $"plain http is refused by {Shown.Text(line)} ({line.At})", UseHttps(), Lift(line));
            case "ssl-verify-client":
                return Of(Credentials.CertificateMissing, $"{Shown.Text(line)} ({line.At}) wants a client certificate", Lift(line));
            case "method":
                return Of(Network.MethodDenied, $"{request.Method} is not among the methods of {Shown.Text(line)} ({line.At})", Lift(line));
            case "expr":
                evidence.AddRange(Fields(request, [node.Arguments]));
                return Of(ApacheSubjects.Of(node.Arguments, requires: !deciding.Excludes) ?? FileCauses.ResourceDenied, $"{Shown.Text(line)} ({line.At}) {(deciding.Excludes ? "holds" : "does not hold")} for this request", Lift(line));
            default:
                return Of(FileCauses.ResourceDenied, $"{Shown.Text(line)} ({line.At}) refuses: {deciding.Why}", Lift(line));
        }
    }

    public static IEnumerable<Finding> AllowDeny(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer) || answer.Reason != AnswerReason.AllowDeny || answer.Rules?.Compat is not { } compat) yield break;
        var certainty = ApacheRules.Certainty(judged, answer, seen);
        var request = answer.Request!;
        var relevant = compat.Entries.Where(entry => entry.Limit?.Covers(request.Method) ?? true).ToList();
        var allows = relevant.Where(entry => entry.Allows).ToList();
        var evidence = new List<Evidence>();
        if (answer.By is { } by) evidence.Add(ApacheRules.Line(by));
        evidence.AddRange(relevant.Select(entry => entry.By).Distinct().Where(line => line != answer.By).Select(line => ApacheRules.Line(line)).Take(12));
        if (compat.OrderFor(request.Method).By is { } order && order != answer.By) evidence.Add(ApacheRules.Line(order));
        var decided = answer.Compat;
        var (cause, summary) = decided switch
        {
            { Limit: { } limit } => (Network.MethodDenied, $"{request.Method} is refused by {Shown.Text(decided.By)} in {Shown.Text(limit.Section)} ({decided.By.At})"),
            { Allows: false, Subject: CompatSubject.Network or CompatSubject.Host } => (Network.IpBlocked, $"{request.Client} is refused by {Shown.Text(decided.By)} ({decided.By.At})"),
            { Allows: false, Subject: CompatSubject.Environment } => OfVariable(judged, request, decided, evidence, requires: false),
            _ when allows.Any(entry => entry.Subject is CompatSubject.Network or CompatSubject.Host) => (Network.IpNotAllowed, $"{request.Client} is not among {string.Join(", ", allows.Select(entry => Shown.Text(entry.By)).Distinct(StringComparer.Ordinal).Take(3))} ({allows[0].By.At})"),
            _ when allows.Count > 0 => OfVariable(judged, request, allows[0], evidence, requires: true),
            _ => (FileCauses.ResourceDenied, $"{(answer.By is { } line ? $"{Shown.Text(line)} ({line.At})" : "the order of Allow and Deny")} refuses {Place(judged, answer)} to everybody"),
        };
        if (cause == Network.IpBlocked || cause == Network.IpNotAllowed) evidence.Add(ApacheRules.Client(answer));
        if (cause == FileCauses.ResourceDenied && Granting(judged, answer) is { } grants)
        {
            evidence.Add(ApacheRules.Line(grants, "grants, and does not lift the old rule"));
            yield return new Finding { Cause = Configuration.HtaccessConflictingRules, Confidence = certainty, Summary = $"{Shown.Text(grants)} ({grants.At}) stands beside {Shown.Text(answer.By!)} of httpd 2.2 ({answer.By!.At}), and both must agree", Evidence = evidence, Remedies = [Replace(judged, answer.By!)] };
            yield break;
        }

        var remedy = cause == FileCauses.ResourceDenied && answer.By is { } denying ? Replace(judged, denying) : answer.By is { } lifted ? Lift(lifted) : Grant(judged, answer);
        yield return new Finding { Cause = cause, Confidence = certainty, Summary = summary, Evidence = evidence, Remedies = [remedy] };
    }

    public static IEnumerable<Finding> Others(Observations seen)
    {
        if (ApacheRules.Judged(seen) is not var (judged, answer) || answer.By is not { } by) yield break;
        var certainty = ApacheRules.Certainty(judged, answer, seen);
        var request = answer.Request!;
        var evidence = new List<Evidence> { ApacheRules.Line(by, answer.Detail) };
        switch (answer.Reason)
        {
            case AnswerReason.TlsRequired:
                yield return new Finding { Cause = Network.HttpsRequired, Confidence = certainty, Summary = $"plain http is refused by {Shown.Text(by)} ({by.At})", Evidence = evidence, Remedies = [UseHttps(), Lift(by)] };
                break;
            case AnswerReason.Method:
                yield return new Finding { Cause = Network.MethodDenied, Confidence = certainty, Status = 405, Summary = $"{request.Method} is refused by {Shown.Text(by)} ({by.At})", Evidence = evidence, Remedies = [Lift(by)] };
                break;
            case AnswerReason.Rewritten when by.Is("Options"):
                yield return new Finding
                {
                    Cause = FileCauses.SymlinkRefused,
                    Confidence = certainty,
                    Summary = $"{Shown.Text(by)} ({by.At}): {answer.Detail}",
                    Evidence = [.. evidence, .. (answer.Rules?.Rewriting ?? []).SelectMany(layer => layer.Directives).Where(line => line.Is("RewriteEngine")).TakeLast(1).Select(line => ApacheRules.Line(line))],
                    Remedies = [ApacheRules.Change(judged, "follow-symlinks", $"let links of one owner be followed: `SymLinksIfOwnerMatch` in {Shown.Text(by)} ({by.At}), or take RewriteEngine out where nothing is rewritten", by.At.File, text => ConfigEdit.Replace(text, by, ApacheServingRules.WithLinks(by, "SymLinksIfOwnerMatch")))],
                };
                break;
            case AnswerReason.Rewritten when answer.Status is 403 or 401:
                evidence.AddRange(Conditions(judged, by));
                var text = string.Join(' ', Conditions(judged, by).Select(line => line.What));
                evidence.AddRange(Fields(request, [text]));
                var cause = ApacheSubjects.Of(text, requires: Negated(judged, by)) ?? FileCauses.ResourceDenied;
                if (cause == Network.IpBlocked || cause == Network.IpNotAllowed) evidence.Add(ApacheRules.Client(answer));
                yield return new Finding { Cause = cause, Confidence = certainty, Summary = $"{Shown.Text(by)} ({by.At}) refuses {Place(judged, answer)}", Evidence = evidence, Remedies = [Lift(by)] };
                break;
            case AnswerReason.RedirectStatus when answer.Status is 403 or 401:
                yield return new Finding { Cause = FileCauses.ResourceDenied, Confidence = certainty, Summary = $"{Shown.Text(by)} ({by.At}) answers {answer.Status} for this path", Evidence = evidence, Remedies = [Lift(by)] };
                break;
            case AnswerReason.RedirectStatus or AnswerReason.Rewritten when answer is { Status: 404 or 410, Hides: { } hidden }:
                evidence.Add(new(EvidenceKind.FileMode, judged.Here(hidden), "it exists"));
                yield return new Finding { Cause = Status.HiddenAsNotFound, Confidence = certainty, Status = answer.Status, Summary = $"{judged.Here(hidden)} exists, and {Shown.Text(by)} ({by.At}) answers {answer.Status}", Evidence = evidence, Remedies = [Lift(by)] };
                break;
        }
    }

    private static (Cause, string) OfVariable(ApacheJudged judged, ApacheRequest request, CompatEntry entry, List<Evidence> evidence, bool requires)
    {
        var origins = ApacheSubjects.Origins(judged, entry.Value);
        evidence.AddRange(origins.Select(origin => ApacheRules.Line(origin.By, $"sets `{entry.Value}`")));
        evidence.AddRange(Fields(request, origins.Select(origin => origin.Subject)));
        var cause = ApacheSubjects.OfVariable(origins, entry.Value, requires);
        return (cause, requires ? $"{Shown.Text(entry.By)} ({entry.By.At}) wants `{entry.Value}`, which is not set for this request" : $"{Shown.Text(entry.By)} ({entry.By.At}) refuses because `{entry.Value}` is set{(origins.Count == 0 ? "" : $" by {Shown.Text(origins[0].By)} ({origins[0].By.At})")}");
    }

    private static string Because(IReadOnlyList<(Directive By, string Subject)> origins, AuthorizationNode node) =>
        origins.Count == 0 ? $"{Shown.Text(node.By!)} refuses because the variable is set" : $"{Shown.Text(origins[0].By)} ({origins[0].By.At}) matches the request's {origins[0].Subject}, and {Shown.Text(node.By!)} refuses what it marks";

    /// <summary>Header fields of the request that a condition looks at.</summary>
    private static IEnumerable<Evidence> Fields(ApacheRequest request, IEnumerable<string> subjects)
    {
        foreach (var subject in subjects.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var name in request.Headers.Select(field => field.Key).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (name.ToLowerInvariant() is "authorization" or "cookie" or "host" or "accept" or "connection") continue;
                if (subject.Contains(name, StringComparison.OrdinalIgnoreCase) || subject.Contains(name.Replace('-', '_'), StringComparison.OrdinalIgnoreCase)) yield return new(EvidenceKind.Request, name, request.Header(name)!);
            }
        }
    }

    private static IEnumerable<Evidence> RemoteLines(ApacheJudged judged) =>
        judged.Evaluation!.Trace.Where(line => line.By?.Is("RemoteIPHeader") == true).Select(line => ApacheRules.Line(line.By!, line.Says)).Take(1);

    /// <summary>Containers around a Require that joined it with others.</summary>
    private static IEnumerable<Evidence> Containers(ApacheJudged judged, Directive? by) =>
        by is null || judged.Evaluation!.Answer.Rules?.Authorization?.Root is not { } root ? []
        : Around(root, by).Where(node => node.By is not null).Select(node => ApacheRules.Line(node.By!)).Take(3);

    private static IEnumerable<AuthorizationNode> Around(AuthorizationNode node, Directive by) =>
        node.Members.Any(member => member.Leaves.Any(leaf => leaf.By == by)) ? node.Members.Where(member => member.Provider is null && member.Leaves.Any(leaf => leaf.By == by)).SelectMany(member => Around(member, by).Prepend(member)) : [];

    /// <summary>The section of the configuration in which a directive stands; null: .htaccess or none.</summary>
    public static Section? SectionOf(ApacheJudged judged, Directive? by)
    {
        if (by is null || judged.Evaluation is not { } evaluation) return null;
        var all = evaluation.Host.Directories.Concat(evaluation.Host.Locations).Concat(evaluation.Host.Proxies).ToList();
        var files = (evaluation.Answer.Rules?.Files ?? []).Concat(evaluation.Answer.Rules?.Ifs ?? []);
        return files.Concat(all).Where(section => section.By.At.File == by.At.File && section.By.At.Line <= by.At.Line && (section.By.ClosedAt == 0 || by.At.Line <= section.By.ClosedAt)).MaxBy(section => section.By.At.Line);
    }

    /// <summary>Old rules that were meant to open a folder that an outer Require closes.</summary>
    private static List<Directive>? OldRules(HttpdAnswer answer, Section? section)
    {
        if (section is null || answer.Rules?.Compat is not { } compat) return null;
        var allows = compat.Entries.Where(entry => entry.Allows).Select(entry => entry.By).Distinct().ToList();
        return allows.Count > 0 && !compat.Entries.Any(entry => !entry.Allows && entry.Subject == CompatSubject.All) ? allows : null;
    }

    /// <summary>A Require all granted in the same or a deeper file than the old rule that refuses.</summary>
    private static Directive? Granting(ApacheJudged judged, HttpdAnswer answer)
    {
        if (answer.By is not { } old || answer.Rules?.Authorization?.Root is not { } root) return null;
        return root.Leaves.Where(leaf => leaf is { Provider: "all", Negated: false } && leaf.Arguments.Equals("granted", StringComparison.OrdinalIgnoreCase))
            .Select(leaf => leaf.By!).FirstOrDefault(line => SameOrDeeper(judged, line, old));
    }

    private static bool SameOrDeeper(ApacheJudged judged, Directive line, Directive old)
    {
        var (file, other) = (line.At.File, old.At.File);
        if (file == other) return ApacheRules.IsRulesFile(file) || SectionOf(judged, line)?.By == SectionOf(judged, old)?.By;
        return ApacheRules.IsRulesFile(file) && (!ApacheRules.IsRulesFile(other) || Path.GetDirectoryName(file)!.Length > Path.GetDirectoryName(other)!.Length);
    }

    private static List<Evidence>? HostByDefault(ApacheJudged judged, Section? section)
    {
        var evaluation = judged.Evaluation!;
        if (!evaluation.HostByDefault || evaluation.Host.By is not { } by || judged.Server.Hosts.Count < 2) return null;
        if (section is null || section.By.At.File != by.At.File || section.By.At.Line < by.At.Line || section.By.At.Line > by.ClosedAt) return null;
        var others = judged.Server.Best(evaluation.Answer.Request?.ServerAddress, evaluation.Answer.Request?.ServerPort ?? 80).Where(host => host != evaluation.Host && host.Name is not null).ToList();
        if (others.Count == 0) return null;
        return [ApacheRules.Line(by, "the first virtual host of this address answers names that none has"), .. others.Take(4).Select(host => ApacheRules.Line(host.Own.LastOrDefault(directive => directive.Is("ServerName")) ?? host.By!, "another virtual host"))];
    }

    private static IEnumerable<string> Names(ApacheJudged judged) => judged.Server.Hosts.Where(host => host != judged.Evaluation!.Host).SelectMany(host => host.Aliases.Prepend(host.Name ?? "")).Where(name => name.Length > 0 && !name.Contains('*'));

    /// <summary>The RewriteCond lines directly above a RewriteRule.</summary>
    private static IReadOnlyList<Evidence> Conditions(ApacheJudged judged, Directive rule) => [.. Above(judged, rule).Select(line => ApacheRules.Line(line))];

    private static bool Negated(ApacheJudged judged, Directive rule) => Above(judged, rule).Any(line => line.Arguments.ElementAtOrDefault(1)?.StartsWith('!') == true);

    private static List<Directive> Above(ApacheJudged judged, Directive rule)
    {
        var lines = (judged.Evaluation!.Answer.Rules?.Rewriting ?? []).SelectMany(layer => layer.Directives)
            .Concat(judged.Evaluation.Host.Inherited).Concat(judged.Evaluation.Host.Own).Concat(judged.Evaluation.RulesFiles.SelectMany(file => file.Rules ?? [])).Distinct().ToList();
        var at = lines.FindIndex(line => line.At == rule.At);
        var found = new List<Directive>();
        for (var i = at - 1; i >= 0 && lines[i].Is("RewriteCond"); i--) found.Insert(0, lines[i]);
        return found;
    }

    private static string Place(ApacheJudged judged, HttpdAnswer answer) => answer.Request?.FileName is { } file ? judged.Here(file) : answer.Request?.Path ?? "the resource";

    public static Remedy Lift(Directive line) => new() { Id = "change-rule", Who = Audience.Owner, What = $"change or remove `{Shown.Text(line)}` in {line.At.File}, line {line.At.Line}, where the refusal is not meant" };

    private static Remedy UseHttps() => new() { Id = "use-https", Who = Audience.Visitor, What = "ask by https" };

    private static Remedy Admit(ApacheJudged judged, Directive line, ApacheRequest request) =>
        ApacheRules.Change(judged, "add-address", $"add the client to the line, where it is meant to be let in: `{line.Text} {request.Client}`", line.At.File, text => ConfigEdit.Append(text, line, " " + request.Client));

    /// <summary>Turns a refusal of everybody into a grant, in place.</summary>
    private static Remedy Replace(ApacheJudged judged, Directive line)
    {
        var grant = line.Is("Require") ? "Require all granted" : "Allow from all";
        return ApacheRules.Change(judged, "require-all-granted", $"if everybody may read it, write `{(line.Is("Require") ? grant : "Require all granted")}` in place of `{Shown.Text(line)}`; if only some may, name them (`Require ip`, `Require valid-user`)", line.At.File, text => line.Is("Order") ? ConfigEdit.After(text, line, "Allow from all") : ConfigEdit.Replace(text, line, grant));
    }

    /// <summary>Old Allow lines in today's words.</summary>
    private static Remedy Translate(ApacheJudged judged, List<Directive> old) =>
        ApacheRules.Change(judged, "translate-to-require", $"write `Require all granted` in place of {Shown.Text(old[0])} ({old[0].At}), and remove its Order", old[0].At.File, text => ConfigEdit.Replace(text, old[0], old[0].Arguments.Contains("all", StringComparer.OrdinalIgnoreCase) ? "Require all granted" : "Require ip " + string.Join(' ', old[0].Arguments.Skip(1))));

    /// <summary>Grants the folder: in its own Directory section where it has one, else in a new one.</summary>
    private static Remedy Grant(ApacheJudged judged, HttpdAnswer answer)
    {
        var host = judged.Evaluation!.Host;
        var file = answer.Request?.FileName ?? answer.Request?.DocumentRoot ?? "/";
        var root = answer.Request?.DocumentRoot is { } documents && (file == documents || file.StartsWith(documents + "/", StringComparison.Ordinal)) ? documents : Path.GetDirectoryName(file.TrimEnd('/')) ?? "/";
        var own = host.Directories.LastOrDefault(section => section.Expression is null && section.Pattern.TrimEnd('/') == root.TrimEnd('/') && section.Pattern != "/");
        var what = $"grant the folder: `Require all granted` in <Directory \"{root}\">";
        return own is not null && own.By.ClosedAt > 0
            ? ApacheRules.Change(judged, "require-all-granted", what, own.By.At.File, text => ConfigEdit.Inside(text, own.By, "Require all granted"))
            : ApacheRules.Change(judged, "require-all-granted", what, judged.Server.Configuration.Path, text => ConfigEdit.AtEnd(text, $"<Directory \"{root}\">", "    Require all granted", "</Directory>"));
    }
}
