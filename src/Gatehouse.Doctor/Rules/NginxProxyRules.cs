using Gatehouse.Causes;
using Gatehouse.Doctor.Http;
using Gatehouse.Doctor.Http.Experiments;
using Gatehouse.Doctor.Nginx;
using Gatehouse.Doctor.Nginx.Evaluation;
using Gatehouse.Doctor.Nginx.Model;
using Gatehouse.Doctor.Nginx.Syntax;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>What stands behind nginx, and what it does not get to see.</summary>
internal static class NginxProxyRules
{
    private static readonly string[] Setting = ["proxy_set_header", "grpc_set_header"];

    private static readonly string[] Parameters = ["fastcgi_param", "uwsgi_param", "scgi_param"];

    /// <summary>nginx lets it pass, and the refusal came all the same; or the service of auth_request gave it.</summary>
    public static IEnumerable<Finding> Behind(Observations seen)
    {
        if (seen.First<Asked>() is { OtherClient: true }) yield break;
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged is not { Verdict: { Flow: { } flow } verdict, Seen: { } status }) continue;
            if (verdict.Ground.Subrequests.LastOrDefault(inner => inner.Status is null && inner.HandedOnBy is not null) is { } asked && flow.UnknownAt is { } at && ReferenceEquals(at, asked.Node))
            {
                if (AuthService(verdict, asked, status, seen) is { } finding) yield return finding;
            }
            else if (verdict.HandedOn && status is 401 or 403 && verdict.HandedOn && !Limited(verdict, status))
            {
                var by = flow.HandedOnBy!;
                yield return new Finding
                {
                    Cause = Configuration.UpstreamRefused,
                    // Of a 401 the missing credentials are the cause, and who noticed is told beside it.
                    Confidence = status == 403 ? 0.9 : 0.7,
                    Summary = $"nginx lets the request pass and hands it on; the {status} comes from behind it ({Target(by)})",
                    Evidence = [NginxRules.At(by, "hands the request on"), new(EvidenceKind.ResponseStatus, seen.Final()?.Request.Url.AbsolutePath ?? "", status.ToString(System.Globalization.CultureInfo.InvariantCulture))],
                    Remedies = [new Remedy { Id = "ask-application", Who = Audience.Owner, What = $"look into the log of what listens at {Target(by)}: nginx's own rules allow this request" }],
                };
            }
        }
    }

    /// <summary>The client sent credentials, and the configuration takes them away before whoever asks for them.</summary>
    public static IEnumerable<Finding> Dropped(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged.Verdict is not { Flow: { HandedOnBy: { } by } flow } verdict || (judged.Seen is not (401 or 403) && judged.Seen is not null)) continue;
            foreach (var (name, value) in verdict.Ground.Headers)
            {
                if (!CredentialFields.IsSecret(name) || Taken(flow.Scope, name) is not { } node) continue;
                yield return new Finding
                {
                    Cause = Credentials.Dropped,
                    Confidence = judged.Seen is null ? 0.8 : 0.95,
                    Summary = $"the client sends {name} ({Masked.Secret(value)}), and `{Shown.Line(node)}` keeps it from what stands behind ({Target(by)})",
                    Evidence = [NginxRules.At(node, $"takes {name} away"), NginxRules.At(by, "hands the request on")],
                    Remedies = [new Remedy { Id = "pass-header", Who = Audience.Owner, What = $"let nginx pass {name} on: take `{Shown.Line(node)}` out", Edits = node.Name is "proxy_set_header" or "grpc_set_header" && node[1].Length == 0 ? NginxEdits.Without(node) : [] }],
                };
            }

            foreach (var name in verdict.Ground.IgnoredHeaders.Where(name => CredentialFields.IsSecret(name.Replace('_', '-')) || CredentialFields.IsSecret(name)))
            {
                yield return new Finding
                {
                    Cause = Credentials.Dropped,
                    Confidence = judged.Seen is null ? 0.7 : 0.9,
                    Summary = $"the field {name} came, and nginx drops names with underscores before anything sees them",
                    Evidence = [new(EvidenceKind.Request, name, "sent, with an underscore in its name"), NginxRules.At(by, "hands the request on without it")],
                    Remedies = [new Remedy { Id = "allow-underscores", Who = Audience.Owner, What = "set `underscores_in_headers on;` in the default server of this address, or send the field with hyphens" }],
                };
            }
        }
    }

    /// <summary>The status of a limit came where nothing else would give it.</summary>
    public static IEnumerable<Finding> Limited(Observations seen)
    {
        foreach (var judged in seen.Of<NginxJudged>())
        {
            if (judged is not { Verdict: { } verdict, Seen: { } status } || verdict.Refusal is { Status: var own } && own == status) continue;
            foreach (var limit in verdict.Ground.Limits.Where(limit => Limits.Status(verdict, limit) == status))
            {
                var zone = limit.Arguments.FirstOrDefault(word => word.StartsWith("zone=", StringComparison.Ordinal))?[5..] ?? limit[0];
                var defined = verdict.Ground.Model.Http.Nodes.FirstOrDefault(node => node.Name == limit.Name + "_zone" && node.Arguments.Any(word => word.StartsWith($"zone={zone}:", StringComparison.Ordinal)));
                yield return new Finding
                {
                    Cause = Network.RateExceeded,
                    Confidence = verdict.HandedOn ? 0.75 : 0.9,
                    Summary = $"{status} is what {limit.Name} answers here when too many requests come, and nothing else in the configuration would answer it",
                    Evidence = [NginxRules.At(limit, $"answers {status} beyond it"), .. defined is null ? Array.Empty<Evidence>() : [NginxRules.At(defined)], .. verdict.Flow?.Scope.One(limit.Name + "_status") is { } line ? [NginxRules.At(line)] : Array.Empty<Evidence>()],
                    Remedies = [new Remedy { Id = "slow-down", Who = Audience.Developer, What = "send fewer requests, and wait after a refusal" }, new Remedy { Id = "raise-limit", Who = Audience.Owner, What = $"raise the rate, or give `{limit.Name}` a burst, where such clients are meant to be served; answer 429 (`{limit.Name}_status 429;`)" }],
                };
                yield break;
            }
        }
    }

    private static bool Limited(Verdict verdict, int status) => verdict.Ground.Limits.Exists(limit => Limits.Status(verdict, limit) == status);

    private static Finding? AuthService(Verdict verdict, AuthSubrequest asked, int status, Observations seen)
    {
        var authorization = verdict.Ground.Headers.Exists(header => header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase));
        var cookie = verdict.Ground.Headers.Exists(header => header.Key.Equals("Cookie", StringComparison.OrdinalIgnoreCase));
        var challenge = seen.Final()?.Answer?.Value("WWW-Authenticate");
        var (cause, confidence, why) = status switch
        {
            401 when authorization => (Tokens.Rejected, 0.7, "the sign-in service behind auth_request does not accept the credentials that came"),
            401 when cookie => (Sessions.Unknown, 0.7, "the sign-in service behind auth_request does not know the session of the cookie that came"),
            401 when challenge is not null => (Credentials.Missing, 0.9, "the sign-in service behind auth_request asks for credentials, and none came"),
            401 => (Sessions.Missing, 0.9, "the sign-in service behind auth_request says 401, and neither a cookie nor credentials came"),
            403 => (Permissions.PermissionDenied, 0.75, "the sign-in service behind auth_request says 403"),
            500 => (Configuration.UpstreamAuthFailed, 0.85, "the sign-in service behind auth_request failed, or answered with another status than 2xx, 401 or 403, which the client sees as 500"),
            _ => default,
        };
        if (cause is null) return null;
        return new Finding
        {
            Cause = cause,
            Confidence = confidence,
            Summary = why,
            Evidence = [NginxRules.At(asked.Node, $"answered {status}"), NginxRules.At(asked.HandedOnBy!, "asks the sign-in service"), new(EvidenceKind.ResponseStatus, seen.Final()?.Request.Url.AbsolutePath ?? "", status.ToString(System.Globalization.CultureInfo.InvariantCulture))],
            Remedies = status == 500 ? [new Remedy { Id = "mend-auth-request", Who = Audience.Owner, What = $"let `{asked.HandedOnBy!.Line}` name an address that answers 2xx, 401 or 403" }] : [],
        };
    }

    /// <summary>The directive that takes a field away on the way; null: it is passed on.</summary>
    private static ConfNode? Taken(Scope scope, string header)
    {
        foreach (var name in Setting)
            if (scope.Find(name).LastOrDefault(node => node[0].Equals(header, StringComparison.OrdinalIgnoreCase)) is { } set && !set[1].Contains("$http_", StringComparison.OrdinalIgnoreCase)) return set;
        var parameter = "HTTP_" + header.Replace('-', '_');
        foreach (var name in Parameters)
            if (scope.Find(name).LastOrDefault(node => node[0].Equals(parameter, StringComparison.OrdinalIgnoreCase)) is { } set && !set[1].Contains("$http_", StringComparison.OrdinalIgnoreCase)) return set;
        foreach (var name in (string[])["proxy_pass_request_headers", "fastcgi_pass_request_headers", "uwsgi_pass_request_headers", "scgi_pass_request_headers"])
            if (scope.One(name) is { } off && off[0] == "off" && scope.Has(name.Replace("_request_headers", "", StringComparison.Ordinal))) return off;
        return null;
    }

    private static string Target(ConfNode node) => node.Count > 0 ? node[0] : node.Name;
}
