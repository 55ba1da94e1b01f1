using System.Globalization;
using Gatehouse.Causes;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>error_page and return: what the client sees is not what was decided, or not what it should be.</summary>
internal static class NginxStatusRules
{
    private static readonly string[] LoginWords = ["login", "signin", "sign-in", "sign_in", "auth", "sso", "logon"];

    /// <summary>A refusal under another status.</summary>
    public static IEnumerable<Finding> Covered(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Verdict is not { Flow: { } flow, UnknownBecause: null } verdict || verdict.Refusal is not { Status: 401 or 403 } refusal) continue;
            if (refusal is { Status: 401, By: Nginx.Evaluation.DecidedBy.Returned } && flow.ErrorPageBy is null && verdict.Status == 401 && !flow.Scope.Find("add_header").Any(node => node[0].Equals("WWW-Authenticate", StringComparison.OrdinalIgnoreCase)))
            {
                yield return new Finding
                {
                    Cause = Status.UnauthorizedWithoutChallenge,
                    Confidence = Math.Min(0.9, NginxRules.Confidence(judged, seen, 401)),
                    Summary = $"`{refusal.Node!.Line}` answers 401 without the WWW-Authenticate field that tells how to sign in",
                    Evidence = [NginxRules.At(refusal.Node!)],
                    Remedies = [new Remedy { Id = "add-challenge", Who = Audience.Owner, What = "add `add_header WWW-Authenticate 'SCHEME realm=\"NAME\"' always;` beside it, or answer 403" }],
                };
            }

            if (flow.ErrorPageBy is not { } page || verdict.Status == refusal.Status) continue;
            var shown = verdict.Status ?? 200;
            var target = page[page.Count - 1];
            var login = LoginWords.Any(word => target.Contains(word, StringComparison.OrdinalIgnoreCase));
            var browser = verdict.Ground.Headers.Exists(header => (header.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase) && header.Value.Contains("text/html", StringComparison.OrdinalIgnoreCase)) || (header.Key.Equals("Sec-Fetch-Mode", StringComparison.OrdinalIgnoreCase) && header.Value == "navigate"));
            var cause = shown switch
            {
                404 or 410 => Status.HiddenAsNotFound,
                403 when refusal.Status == 401 => Status.ForbiddenShouldBeUnauthorized,
                401 when refusal.Status == 403 => Status.UnauthorizedWithoutChallenge,
                >= 300 and < 400 when login && !browser => Status.RedirectForApi,
                >= 200 and < 300 when login => Status.LoginPageWith200,
                >= 500 => Status.ServerErrorForDenial,
                _ => null,
            };
            if (cause is null) continue;
            yield return new Finding
            {
                Cause = cause,
                Confidence = NginxRules.Confidence(judged, seen, verdict.Status),
                Summary = $"the refusal ({refusal.Status.ToString(CultureInfo.InvariantCulture)}) is shown as {shown.ToString(CultureInfo.InvariantCulture)} by `{page.Line}`",
                Evidence = [NginxRules.At(page, $"stands for {refusal.Status.ToString(CultureInfo.InvariantCulture)}"), .. refusal.Node is { } node ? [NginxRules.At(node, refusal.Says)] : Array.Empty<Evidence>()],
                Remedies = [new Remedy { Id = "keep-status", Who = Audience.Owner, What = $"let the error page keep the status (`error_page {refusal.Status.ToString(CultureInfo.InvariantCulture)} {target};`), where it is not hidden on purpose" }],
            };
        }
    }

    /// <summary>error_page that makes 401 or 403 of what is none: nothing is there, or a server behind failed.</summary>
    public static IEnumerable<Finding> Pretended(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Verdict is not { Flow.ErrorPageBy: { } page, UnknownBecause: null, Status: 401 or 403 } verdict || verdict.Refusal is { Status: 401 or 403 }) continue;
            var missing = verdict.Ground.Decisions.FirstOrDefault(decision => decision is { Subrequest: false, Status: >= 400 });
            if (missing is null) continue;
            yield return new Finding
            {
                Cause = Causes.Files.ResourceDenied,
                Confidence = Math.Min(0.95, NginxRules.Confidence(judged, seen, verdict.Status)),
                Summary = $"nothing is refused here: {(missing.File is { } file ? $"{StaticContent.Shown8(file)} does not exist" : missing.Says)}, and `{page.Line}` shows the {missing.Status.ToString(CultureInfo.InvariantCulture)} as {verdict.Status?.ToString(CultureInfo.InvariantCulture)}",
                Evidence = [NginxRules.At(page, $"makes {verdict.Status?.ToString(CultureInfo.InvariantCulture)} of {missing.Status.ToString(CultureInfo.InvariantCulture)}"), .. missing.Node is { } node ? [NginxRules.At(node, missing.Says)] : Array.Empty<Evidence>()],
                Remedies = [new Remedy { Id = "keep-status", Who = Audience.Owner, What = $"let the error page keep the status (`error_page {missing.Status.ToString(CultureInfo.InvariantCulture)} {page[page.Count - 1]};`), or put the file there" }],
            };
        }
    }

    /// <summary>OPTIONS of a browser's preflight meets a rule that is meant for the request behind it.</summary>
    public static IEnumerable<Finding> Preflight(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Verdict is not { UnknownBecause: null } verdict || verdict.Ground.Request.Method != "OPTIONS" || verdict.Refusal is not { Status: 401 or 403 or 405 } refusal) continue;
            bool Came(string name) => verdict.Ground.Headers.Exists(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (!Came("Origin") || !Came("Access-Control-Request-Method")) continue;
            yield return new Finding
            {
                Cause = Network.CorsPreflightRefused,
                Confidence = NginxRules.Confidence(judged, seen, verdict.Status),
                Summary = $"the browser's preflight (OPTIONS, which never carries credentials) is refused with {refusal.Status.ToString(CultureInfo.InvariantCulture)}, so the request itself is never sent",
                Evidence = refusal.Node is { } node ? [NginxRules.At(node, refusal.Says)] : [],
                Remedies = [new Remedy { Id = "answer-preflight", Who = Audience.Owner, What = "answer OPTIONS before the rule: `if ($request_method = OPTIONS) { return 204; }` with the Access-Control-Allow-* fields (`add_header ... always`)" }],
            };
        }
    }
}
