using Gatehouse.Apache;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Doctor.Apache;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What httpd's own configuration says of the refusal, evaluated line by line.</summary>
internal static class ApacheRules
{
    /// <summary>The evaluated status is the one that came; nothing was sent; the configuration is a distribution's and Apache answered so; likewise and it is not known who answered; another status came.</summary>
    private const double Agrees = 0.98, NothingSent = 0.95, DefaultsAgree = 0.93, DefaultsGuessed = 0.72, Differs = 0.5;

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("httpd: Require refuses", ApacheAccessRules.Require),
        new("httpd: names and countries that can't be looked up", ApacheOpenRules.Open),
        new("httpd: Order, Allow and Deny refuse", ApacheAccessRules.AllowDeny),
        new("httpd: TLS, methods, rewriting and Redirect refuse", ApacheAccessRules.Others),
        new("httpd: a login fails", ApacheLoginRules.Login),
        new("httpd: password and group files", ApacheLoginRules.AccountFiles),
        new("httpd: .htaccess files with faults", ApacheRulesFileRules.Faulty),
        new("httpd: .htaccess files without effect, and what is open by mistake", ApacheRulesFileRules.Ineffective),
        new("httpd: rules that never take effect", ApacheUnreachableRules.Unreachable),
        new("httpd: the configuration does not parse", ApacheRulesFileRules.Configuration),
        new("httpd: links, listings, programs and what is handed on", ApacheServingRules.Serving),
    ];

    /// <summary>What was judged, where it came to an answer.</summary>
    public static (ApacheJudged Judged, HttpdAnswer Answer)? Judged(Observations seen) =>
        seen.First<ApacheJudged>() is { Evaluation: { } evaluation } judged ? (judged, evaluation.Answer) : null;

    /// <summary>How certain a finding is that explains the evaluated answer.</summary>
    public static double Certainty(ApacheJudged judged, HttpdAnswer answer, Observations seen)
    {
        var came = seen.First<Asked>() is { OtherClient: true } ? null : judged.Seen;
        if (came is not null && came != answer.Status) return Differs;
        return judged.Assumed ? came is not null && judged.IsApache ? DefaultsAgree : DefaultsGuessed : came is null ? NothingSent : Agrees;
    }

    /// <summary>A line as evidence: of .htaccess a rule, else of the configuration.</summary>
    public static Evidence Line(Directive by, string says = "") =>
        new(IsRulesFile(by.At.File) ? EvidenceKind.RuleLine : EvidenceKind.ConfigLine, by.At.ToString(), says.Length == 0 ? Shown.Text(by) : $"{Shown.Text(by)} ({says})");

    /// <summary>Whether a file is no part of the server's configuration.</summary>
    public static bool IsRulesFile(string path) => Path.GetFileName(path).StartsWith('.');

    /// <summary>The client as evidence.</summary>
    public static Evidence Client(HttpdAnswer answer) => new(EvidenceKind.Address, "client", answer.Request is { } request && !request.Client.Equals(System.Net.IPAddress.Any) ? request.Client.ToString() : "not known: --from IP tells it");

    /// <summary>A change to a file as a remedy that somebody has to agree to.</summary>
    public static Remedy Change(ApacheJudged judged, string id, string what, string file, Func<string, string> change, string? command = null)
    {
        var before = judged.Texts.GetValueOrDefault(file);
        var after = before is null ? null : change(before);
        return new Remedy
        {
            Id = id,
            Who = Audience.Owner,
            What = what,
            Command = command,
            Edits = before is null || after is null || after == before ? [] : [new Edit(EditKind.Content, judged.Here(file), before, after, EditSafety.Ask)],
        };
    }
}
