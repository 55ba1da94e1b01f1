using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Doctor.Apache;
using Gatehouse.Findings;
using Config = Gatehouse.Causes.Configuration;

namespace Gatehouse.Doctor.Rules;

/// <summary>Served, although a line of httpd's configuration means to protect it: the opposite fault of a refusal.</summary>
internal static class ApacheMistakeRules
{
    /// <summary>Nobody writes it on purpose; somebody may.</summary>
    private const double Certain = 0.9, Likely = 0.85;

    /// <summary>What is open by mistake, of an answer that serves.</summary>
    public static IEnumerable<Finding> Open(ApacheJudged judged, HttpdAnswer answer)
    {
        if (answer.Rules is not { } rules || answer.Request?.User is not null) yield break;
        var found = NoRequire(judged, rules) ?? Beside(judged, rules) ?? Replaced(judged, answer, rules) ?? Limited(answer, rules);
        if (found is not null) yield return found;
    }

    /// <summary>AuthType in a section that has no Require: what counts is the grant of an outer one.</summary>
    private static Finding? NoRequire(ApacheJudged judged, DirectoryRules rules)
    {
        if (rules.Setting("authtype") is not { } type || type.Arguments[0].Equals("None", StringComparison.OrdinalIgnoreCase)) return null;
        if (rules.Authorization?.Root is not { } root || root.Leaves.Any(leaf => !Grants(leaf))) return null;
        // Where the section of AuthType has its own Require, a deeper one lifted it on purpose.
        if (OfPlace(judged, type).Count > 0) return null;
        var granting = root.Leaves.FirstOrDefault()?.By;
        return new Finding
        {
            Cause = Config.ConfigOpenByMistake,
            Confidence = Certain,
            Summary = $"{Shown.Text(type)} ({type.At}) sets up a login, and no Require asks for it: everybody is let in",
            Evidence = granting is null ? [ApacheRules.Line(type)] : [ApacheRules.Line(type), ApacheRules.Line(granting, "grants before a login is asked for")],
            Remedies = [ApacheRules.Change(judged, "require-valid-user", "add `Require valid-user` beside AuthType", type.At.File, text => ConfigEdit.After(text, type, "Require valid-user"))],
        };
    }

    /// <summary><c>Require all granted</c> beside a Require that wants a user: outside of RequireAll one of them suffices.</summary>
    private static Finding? Beside(ApacheJudged judged, DirectoryRules rules)
    {
        if (rules.Authorization?.Root is not { } root) return null;
        var any = Inner(root).FirstOrDefault(node => node is { Logic: AuthorizationLogic.Any, Negated: false } && node.Members.Any(Grants) && node.Members.Any(member => member.Leaves.Any(Protects)));
        if (any is null || any.Members.First(Grants).By is not { } granting || any.Members.SelectMany(member => member.Leaves).First(Protects).By is not { } protecting) return null;
        return new Finding
        {
            Cause = Config.ConfigOpenByMistake,
            Confidence = Certain,
            Summary = $"{Shown.Text(granting)} ({granting.At}) stands beside {Shown.Text(protecting)} ({protecting.At}), and one of them suffices: everybody is let in",
            Evidence = [ApacheRules.Line(granting, "lets everybody in"), ApacheRules.Line(protecting, "is never needed")],
            Remedies = [ApacheRules.Change(judged, "drop-grant", $"take {Shown.Text(granting)} out ({granting.At}), or put both into <RequireAll>", granting.At.File, text => ConfigEdit.Remove(text, granting))],
        };
    }

    /// <summary>Sections of Location come after those of folders and their .htaccess: a wider one that grants lifts the login of a folder, or of a narrower Location before it.</summary>
    private static Finding? Replaced(ApacheJudged judged, HttpdAnswer answer, DirectoryRules rules)
    {
        if (rules.Authorization?.Root is not { } root || root.Leaves.Any(leaf => !Grants(leaf)) || root.Leaves.FirstOrDefault()?.By is not { } granting) return null;
        if (ApacheAccessRules.SectionOf(judged, granting) is not { } winner) return null;
        if (winner is not { Kind: SectionKind.Location, Expression: null, IsWild: false } && !IsOfWholeServer(judged, winner)) return null;
        var evaluation = judged.Evaluation!;
        var applied = evaluation.Trace.Select(line => line.By).OfType<Directive>().ToHashSet(ReferenceEqualityComparer.Instance);
        var documents = answer.Request?.DocumentRoot.TrimEnd('/') ?? "";
        foreach (var section in evaluation.Host.Directories.Concat(evaluation.Host.Locations).Where(section => applied.Contains(section.By) && section != winner))
        {
            if (section.Expression is not null || section.Rules.Authorization?.Root is not { } lost || lost.Leaves.FirstOrDefault(Protects)?.By is not { } protecting) continue;
            var place = section.Kind == SectionKind.Location ? section.Pattern : section.Pattern.StartsWith(documents + "/", StringComparison.Ordinal) ? section.Pattern[documents.Length..] : null;
            if (place is null || (winner.Kind == SectionKind.Location && !IsWithin(place, winner.Pattern))) continue;
            return Told(winner, granting, section.By, protecting);
        }

        foreach (var met in evaluation.RulesFiles.Where(met => met is { Read: true, Rules: not null }))
        {
            var folder = Path.GetDirectoryName(met.Path) ?? "/";
            if (met.Rules!.FirstOrDefault(line => line.Is("Require") && !line.Arguments.Contains("granted", StringComparer.OrdinalIgnoreCase)) is not { } protecting || !folder.StartsWith(documents, StringComparison.Ordinal)) continue;
            if (winner.Kind == SectionKind.Location && !IsWithin(folder[documents.Length..] + "/", winner.Pattern)) continue;
            return Told(winner, granting, null, protecting);
        }

        return null;
    }

    /// <summary>A Files section of the whole server, not one inside of a folder.</summary>
    private static bool IsOfWholeServer(ApacheJudged judged, Section section) =>
        section.Kind == SectionKind.Files && !ApacheRules.IsRulesFile(section.By.At.File)
        && !judged.Evaluation!.Host.Directories.Any(folder => folder.By.At.File == section.By.At.File && folder.By.At.Line < section.By.At.Line && section.By.At.Line < folder.By.ClosedAt);

    private static bool IsWithin(string place, string wider) => wider.TrimEnd('/') is var prefix && (place.TrimEnd('/') == prefix || place.StartsWith(prefix + "/", StringComparison.Ordinal));

    private static Finding Told(Section winner, Directive granting, Directive? section, Directive protecting) => new()
    {
        Cause = Config.ConfigOpenByMistake,
        Confidence = winner.Kind == SectionKind.Files ? Likely : Certain,
        Summary = $"{Shown.Text(winner.By)} ({winner.By.At}) comes after {(section is null ? "the rules file" : Shown.Text(section))} and replaces {Shown.Text(protecting)} ({protecting.At}) by {Shown.Text(granting)}: everybody is let in",
        Evidence = [ApacheRules.Line(winner.By, "comes last"), ApacheRules.Line(granting, "grants"), ApacheRules.Line(protecting, "is replaced")],
        Remedies = [new Remedy { Id = "narrow-grant", Who = Audience.Owner, What = $"take {Shown.Text(granting)} out of {Shown.Text(winner.By)}, narrow that section, or write `AuthMerging And` into it" }],
    };

    /// <summary>Limit names methods, and the others pass.</summary>
    private static Finding? Limited(HttpdAnswer answer, DirectoryRules rules)
    {
        var limited = (rules.Authorization?.Root?.Leaves ?? []).Where(leaf => leaf.Limit is { Except: false } && !leaf.Covers(answer.Request?.Method ?? "GET") && !Grants(leaf)).ToList();
        if (limited.Count == 0 || rules.Authorization!.Root!.Leaves.Any(leaf => leaf.Limit is null) || limited[0].By is not { } require) return null;
        return new Finding
        {
            Cause = Config.ConfigOpenByMistake,
            Confidence = Likely,
            Summary = $"{Shown.Text(limited[0].Limit!.Section)} ({limited[0].Limit!.Section.At}) protects the named methods alone: {answer.Request?.Method ?? "this one"} passes",
            Evidence = [ApacheRules.Line(limited[0].Limit!.Section), ApacheRules.Line(require)],
            Remedies = [new Remedy { Id = "drop-limit", Who = Audience.Owner, What = "take the Require out of <Limit>, or write <LimitExcept> with the methods that stay open" }],
        };
    }

    private static IEnumerable<AuthorizationNode> Inner(AuthorizationNode node) => node.Provider is not null ? [] : node.Members.SelectMany(Inner).Prepend(node);

    private static bool Grants(AuthorizationNode node) => node is { Provider: "all", Negated: false } && node.Arguments.Equals("granted", StringComparison.OrdinalIgnoreCase);

    private static bool Protects(AuthorizationNode node) => node.Provider is "valid-user" or "user" or "group" or "ip" or "host" or "ldap-user" or "ldap-group" or "file-owner" or "file-group" && !node.Negated;

    /// <summary>Require lines of the section, or the rules file, in which a directive stands.</summary>
    private static List<Directive> OfPlace(ApacheJudged judged, Directive line)
    {
        if (ApacheRules.IsRulesFile(line.At.File)) return [.. judged.Evaluation!.RulesFiles.Where(met => met.Path == line.At.File).SelectMany(met => met.Rules ?? []).Where(other => other.Is("Require"))];
        return ApacheAccessRules.SectionOf(judged, line) is { } section ? [.. (section.Rules.Authorization?.Root?.Leaves ?? []).Select(leaf => leaf.By).OfType<Directive>()] : [];
    }
}
