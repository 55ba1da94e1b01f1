using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;
using Gatehouse.Causes;
using Gatehouse.Findings;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Config = Gatehouse.Causes.Configuration;

namespace Gatehouse.Guard.StaticFiles;

/// <summary>What is answered where the rules of .htaccess files do not let a file be served: httpd's status, with the cause and the line.</summary>
internal static class HtaccessRefusal
{
    public static Refusal Of(HttpdEvaluation evaluation, Facts facts, Identity? who)
    {
        var answer = evaluation.Answer;
        var refusal = new Refusal { Status = Status(answer, facts), Incident = Incident.NewId(), Facts = facts, Who = who };
        if (refusal.Status == StatusCodes.Status405MethodNotAllowed) return refusal with { Allow = "GET, HEAD, POST" };
        if (refusal.Status == StatusCodes.Status404NotFound) return refusal;
        refusal = refusal with { Finding = Finding(evaluation, refusal.Status) };
        return refusal.Status == StatusCodes.Status401Unauthorized ? refusal with { Challenges = [Challenge(answer, facts)] } : refusal;
    }

    private static int Status(HttpdAnswer answer, Facts facts) => answer switch
    {
        { Status: null } or { Reason: AnswerReason.HandedOn } or { Status: 200 } when answer.Status is null || answer.HandedOn || WantsProgram(answer) => StatusCodes.Status500InternalServerError,
        { Status: 200, Reason: AnswerReason.Served } when facts.Method is not ("GET" or "HEAD" or "POST") => StatusCodes.Status405MethodNotAllowed,

        // A listing is nothing that the Guard makes, and a file elsewhere nothing that it serves.
        { Status: 200, Reason: not AnswerReason.Rewritten } => StatusCodes.Status403Forbidden,
        { Status: 401 } when AuthType(answer) is { } type && !type.Equals("Basic", StringComparison.OrdinalIgnoreCase) => StatusCodes.Status500InternalServerError,
        { Status: >= 400 and <= 599 } => answer.Status.Value,

        // A rule that answers a status of another kind has no page here that could go with it.
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Whether the rules give the file to a handler of programs (PHP and its like): httpd without that module sends the source, which nobody means.</summary>
    public static bool WantsProgram(HttpdAnswer answer) =>
        answer.Request?.Handler is { Length: > 0 } handler && (handler.Contains("php", StringComparison.OrdinalIgnoreCase) || handler.Contains("cgi", StringComparison.OrdinalIgnoreCase) || handler.StartsWith("proxy:", StringComparison.OrdinalIgnoreCase));

    private static string? AuthType(HttpdAnswer answer) => answer.Rules?.Word("authtype");

    // challenge = "Basic" SP "realm=" quoted-string (RFC 7617 section 2)
    private static string Challenge(HttpdAnswer answer, Facts facts)
    {
        var realm = answer.Rules?.Word("authname") ?? facts.Host;
        var text = new System.Text.StringBuilder("Basic realm=\"");
        foreach (var c in realm)
        {
            if (c is '"' or '\\') text.Append('\\');
            text.Append(c is >= ' ' and < '\u007F' ? c : '?');
        }

        return text.Append("\", charset=\"UTF-8\"").ToString();
    }

    private static Finding Finding(HttpdEvaluation evaluation, int status)
    {
        var answer = evaluation.Answer;
        var evidence = new List<Evidence>();
        if (answer.Fault is { } fault) evidence.Add(new(EvidenceKind.RuleLine, fault.At.ToString(), fault.Message));
        if (answer.By is { } by) evidence.Add(new(EvidenceKind.RuleLine, by.At.ToString(), Masked(by.Text)));
        foreach (var require in answer.Requires.Where(require => require.Node.By is not null && require.Node.By != answer.By).Take(6))
            evidence.Add(new(EvidenceKind.RuleLine, require.Node.By!.At.ToString(), $"{Masked(require.Node.By.Text)}: {require.Why}"));
        if (evidence.Count == 0 && answer.Path is { } path) evidence.Add(new(EvidenceKind.FileMode, path, answer.Detail));
        return new() { Cause = Cause(answer, status), Confidence = 1, Summary = Summary(answer), Evidence = evidence, Status = status };
    }

    // Password files may be named, passwords never stand in these lines but in expressions and headers that set them.
    private static string Masked(string line) => line.Length > 300 ? line[..300] + "…" : line;

    private static string Summary(HttpdAnswer answer)
    {
        if (answer.Fault is { } fault) return $"{fault.Message} ({fault.At})";
        if (answer.Status is null) return $"what the rules say can't be told: {answer.UnknownBecause}";
        if (answer.Reason == AnswerReason.HandedOn || WantsProgram(answer)) return $"the rules hand this to a program ({answer.Request?.Handler ?? answer.Target ?? answer.Detail}), and this site serves files alone";
        var where = answer.By is { } by ? $"`{by.Text}` ({by.At})" : "the folder's rules";
        return answer.Detail.Length > 0 ? $"{where}: {answer.Detail}" : where;
    }

    private static Cause Cause(HttpdAnswer answer, int status) => answer.Reason switch
    {
        AnswerReason.Served when WantsProgram(answer) => Config.HtaccessSyntaxError,
        AnswerReason.CredentialsMissing => Credentials.Missing,
        AnswerReason.WrongScheme => Credentials.WrongScheme,
        AnswerReason.CredentialsMalformed => Credentials.Malformed,
        AnswerReason.UnknownUser => Credentials.PasswordUnknownUser,
        AnswerReason.WrongPassword => Credentials.PasswordWrong,
        AnswerReason.BadHash => Credentials.PasswordFileBadHash,
        AnswerReason.NotAuthorized => Permissions.UserNotListed,
        AnswerReason.PasswordFile => Credentials.PasswordFileUnreadable,
        AnswerReason.LoginNotConfigured or AnswerReason.RulesFileFault or AnswerReason.ConfigurationFault or AnswerReason.Unknown or AnswerReason.HandedOn or AnswerReason.Loop => Config.HtaccessSyntaxError,
        AnswerReason.RulesFileUnreadable => Config.HtaccessUnreadable,
        AnswerReason.NotSearchable => Files.DirectoryNotSearchable,
        AnswerReason.NotReadable => Files.FileNotReadable,
        AnswerReason.LinkRefused => Files.SymlinkRefused,
        AnswerReason.NoIndex or AnswerReason.Listed => Files.DirectoryNoIndex,
        AnswerReason.Method => Network.MethodDenied,
        AnswerReason.TlsRequired => Network.HttpsRequired,
        AnswerReason.AllowDeny or AnswerReason.Require => OfAddress(answer) ?? Files.ResourceDenied,
        AnswerReason.Rewritten or AnswerReason.RedirectStatus when status == StatusCodes.Status401Unauthorized => Credentials.Missing,
        _ => Files.ResourceDenied,
    };

    private static Cause? OfAddress(HttpdAnswer answer)
    {
        if (answer.Compat is { Subject: CompatSubject.Network or CompatSubject.Host } entry) return entry.Allows ? Network.IpNotAllowed : Network.IpBlocked;
        var deciding = answer.Requires.FirstOrDefault(require => require.Node.By is not null && require.Node.By == answer.By);
        return deciding?.Node.Provider is "ip" or "host" or "local" or "forward-dns" ? deciding.Node.Negated ? Network.IpBlocked : Network.IpNotAllowed : null;
    }
}
