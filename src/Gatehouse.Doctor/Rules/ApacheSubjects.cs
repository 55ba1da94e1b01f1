using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Causes;
using Gatehouse.Doctor.Apache;
using FileCauses = Gatehouse.Causes.Files;

namespace Gatehouse.Doctor.Rules;

/// <summary>What a condition of httpd's configuration looks at, and which cause that makes a refusal.</summary>
internal static class ApacheSubjects
{
    private static readonly (string Word, Cause Blocks, Cause? Requires)[] Words =
    [
        ("user-agent", Network.UserAgentBlocked, null), ("user_agent", Network.UserAgentBlocked, null), ("browsermatch", Network.UserAgentBlocked, null),
        ("referer", Network.ReferrerBlocked, null), ("geoip", Network.CountryBlocked, null), ("country", Network.CountryBlocked, null), ("mm_", Network.CountryBlocked, null),
        ("origin", Network.OriginRefused, null), ("remote_addr", Network.IpBlocked, Network.IpNotAllowed), ("remote_host", Network.IpBlocked, Network.IpNotAllowed),
        ("x-forwarded-for", Network.IpBlocked, Network.IpNotAllowed), ("conn_remote_addr", Network.IpBlocked, Network.IpNotAllowed), (" -ipmatch ", Network.IpBlocked, Network.IpNotAllowed), (" -r ", Network.IpBlocked, Network.IpNotAllowed),
        ("x-forwarded-proto", Network.HttpsRequired, null), ("request_scheme", Network.HttpsRequired, null), ("https", Network.HttpsRequired, null), ("server_port", Network.HttpsRequired, null),
        ("request_method", Network.MethodDenied, null), ("time", Network.TimeOutsideWindow, null), ("http_host", Network.HostUnknown, null), ("server_name", Network.HostUnknown, null),
    ];

    /// <summary>The cause of a refusal by a condition that holds (it blocks), or that does not hold and should (it requires).</summary>
    /// <param name="text">The condition's words: an attribute of SetEnvIf, an expression, a RewriteCond's variable.</param>
    /// <param name="requires">Whether the refusal comes from its not holding.</param>
    public static Cause? Of(string text, bool requires)
    {
        // An expression that must hold and says "not this address" is a deny list.
        if (requires && text.Contains("REMOTE_ADDR", StringComparison.OrdinalIgnoreCase) && text.Contains(" != ", StringComparison.Ordinal) && !text.Contains("&&", StringComparison.Ordinal) && !text.Contains("||", StringComparison.Ordinal)) return Network.IpBlocked;
        foreach (var (word, blocks, required) in Words)
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase)) return requires ? required ?? blocks : blocks;
        var header = text.Contains("HTTP:", StringComparison.OrdinalIgnoreCase) || text.Contains("req(", StringComparison.OrdinalIgnoreCase) || text.Contains("http(", StringComparison.OrdinalIgnoreCase) || text.Contains("HTTP_", StringComparison.OrdinalIgnoreCase);
        return header && requires ? Network.HeaderRequired : null;
    }

    /// <summary>Whether an expression says "not": what it holds for lacks what the rule asks for.</summary>
    public static bool Negates(string expression) =>
        expression.Contains("!=", StringComparison.Ordinal) || expression.Contains("!~", StringComparison.Ordinal) || expression.Contains(" -ne ", StringComparison.OrdinalIgnoreCase)
        || expression.Contains("-z ", StringComparison.Ordinal) || expression.TrimStart(' ', '(').StartsWith('!') || expression.TrimStart(' ', '(').StartsWith("not ", StringComparison.OrdinalIgnoreCase);

    /// <summary>What a section refuses for that stands under a condition: what If and ElseIf ask, or what those before an Else asked in vain; null: no condition, or one that tells nothing.</summary>
    public static (Cause Cause, Section By, string Text)? OfCondition(ApacheJudged judged, Section section)
    {
        var ifs = judged.Evaluation?.Answer.Rules?.Ifs ?? [];
        var asked = section;
        if (section.Kind == SectionKind.Else)
        {
            var at = ifs.ToList().FindIndex(one => one.By.At == section.By.At);
            if (at < 1) return null;
            asked = ifs[at - 1];
        }

        if (asked.Kind is not (SectionKind.If or SectionKind.ElseIf)) return null;
        return Of(" " + asked.Pattern, requires: Negates(asked.Pattern) != (section.Kind == SectionKind.Else)) is { } cause ? (cause, asked, asked.Pattern) : null;
    }

    /// <summary>The SetEnvIf and BrowserMatch lines that set a variable, and what they look at.</summary>
    public static IReadOnlyList<(Directive By, string Subject)> Origins(ApacheJudged judged, string variable)
    {
        if (judged.Evaluation is not { } evaluation) return [];
        var layers = evaluation.Host.Defaults.Layers.Concat(evaluation.Answer.Rules?.Layers ?? []).SelectMany(layer => layer.Directives).Distinct();
        var found = new List<(Directive, string)>();
        foreach (var directive in layers)
        {
            var browser = directive.Name.StartsWith("BrowserMatch", StringComparison.OrdinalIgnoreCase);
            if (!browser && !directive.Name.StartsWith("SetEnvIf", StringComparison.OrdinalIgnoreCase)) continue;
            if (directive.Arguments.Skip(browser ? 1 : 2).Concat(directive.Is("SetEnvIfExpr") ? directive.Arguments.Skip(1) : []).Any(word => Name(word) == variable))
                found.Add((directive, browser ? "User-Agent" : directive.Arguments[0]));
        }

        return found;
    }

    private static string Name(string word)
    {
        var name = word.TrimStart('!');
        var equals = name.IndexOf('=');
        return equals < 0 ? name : name[..equals];
    }

    /// <summary>The cause of a refusal by a variable.</summary>
    public static Cause OfVariable(IReadOnlyList<(Directive By, string Subject)> origins, string variable, bool requires)
    {
        var subjects = origins.Select(origin => origin.Subject).DefaultIfEmpty(variable).ToList();
        foreach (var subject in subjects)
            if (Of(subject, requires) is { } cause) return cause;
        return requires && origins.Count > 0 ? Network.HeaderRequired : FileCauses.ResourceDenied;
    }

    /// <summary>Whether a section is the one over the whole disk, or the default root of a distribution's pages.</summary>
    public static bool IsWholeDisk(Section section) => section.Kind == SectionKind.Directory && section.Expression is null && section.Pattern == "/";
}
