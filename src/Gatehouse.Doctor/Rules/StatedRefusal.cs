using System.Collections.Frozen;
using Gatehouse.Doctor.Fingerprints;
using Gatehouse.Doctor.Http;
using Gatehouse.Findings;

namespace Gatehouse.Doctor.Rules;

/// <summary>
/// A refusal that an answer states by a code of its own while its status says something else: GraphQL (errors[].extensions.code), gRPC
/// (grpc-status) and envelopes whose <c>code</c> is the status that was meant. A code counts only where the answer is nothing but an error there:
/// data that speak of refusals are none.
/// </summary>
/// <param name="Status">What is meant: 401 or 403.</param>
/// <param name="Evidence">The code and where it stands.</param>
/// <param name="Under">Texts of the body below this member belong to it (<c>errors</c>); empty: those of the outermost object.</param>
internal sealed record StatedRefusal(int Status, Evidence Evidence, string Under)
{
    // google.rpc.Code: PERMISSION_DENIED and UNAUTHENTICATED.
    private const string PermissionDenied = "7", Unauthenticated = "16";

    private static readonly FrozenSet<string> CodeNames = new[] { "code", "classification", "category", "status", "statusCode", "errorCode", "error_code", "errorType", "type", "error", "__type", "message", "msg", "reason" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Without <c>_</c>, <c>-</c> and blanks, in capitals.</summary>
    private static readonly FrozenDictionary<string, int> Codes = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        // RFC 6749 section 5.2: a token endpoint refuses with 400.
        ["INVALIDGRANT"] = 401,
        ["INVALIDCLIENT"] = 401,
        ["UNAUTHORIZEDCLIENT"] = 403,
        // Facebook Graph; Google Maps; Google Identity Toolkit; AWS.
        ["OAUTHEXCEPTION"] = 401,
        ["REQUESTDENIED"] = 403,
        ["INVALIDLOGINCREDENTIALS"] = 401,
        ["INVALIDPASSWORD"] = 401,
        ["EMAILNOTFOUND"] = 401,
        ["USERDISABLED"] = 401,
        ["NOTAUTHORIZEDEXCEPTION"] = 401,
        ["UNRECOGNIZEDCLIENTEXCEPTION"] = 401,
        ["EXPIREDTOKENEXCEPTION"] = 401,
        ["INVALIDSIGNATUREEXCEPTION"] = 403,
        ["ACCESSDENIEDEXCEPTION"] = 403,
        ["INVALIDCREDENTIALS"] = 401,
        ["INVALIDAUTHENTICATION"] = 401,
        ["BADCREDENTIALS"] = 401,
        ["INVALIDACCESSTOKEN"] = 401,
        ["EXPIREDACCESSTOKEN"] = 401,
        ["EXPIREDTOKEN"] = 401,
        ["TOKENREVOKED"] = 401,
        ["INVALIDAPIKEY"] = 401,
        ["INVALIDSESSION"] = 401,
        ["SESSIONEXPIRED"] = 401,
        ["INSUFFICIENTPERMISSION"] = 403,
        ["INSUFFICIENTPRIVILEGES"] = 403,
        ["401"] = 401,
        ["UNAUTHENTICATED"] = 401,
        ["UNAUTHENTICATEDEXCEPTION"] = 401,
        ["UNAUTHORIZED"] = 401,
        ["UNAUTHORISED"] = 401,
        ["UNAUTHORIZEDEXCEPTION"] = 401,
        ["NOTAUTHENTICATED"] = 401,
        ["AUTHNOTAUTHENTICATED"] = 401,
        ["AUTHENTICATIONREQUIRED"] = 401,
        ["AUTHENTICATIONFAILED"] = 401,
        ["AUTHENTICATION"] = 401,
        ["LOGINREQUIRED"] = 401,
        ["NOTLOGGEDIN"] = 401,
        ["INVALIDJWT"] = 401,
        ["INVALIDTOKEN"] = 401,
        ["TOKENEXPIRED"] = 401,
        ["NOTAUTHORISED"] = 403,
        ["YOUARENOTAUTHORIZED"] = 403,
        ["403"] = 403,
        ["FORBIDDEN"] = 403,
        ["FORBIDDENEXCEPTION"] = 403,
        ["PERMISSIONDENIED"] = 403,
        ["ACCESSDENIED"] = 403,
        ["NOTAUTHORIZED"] = 403,
        ["AUTHNOTAUTHORIZED"] = 403,
        ["AUTHORIZATION"] = 403,
        ["INSUFFICIENTPERMISSIONS"] = 403,
        ["INSUFFICIENTSCOPE"] = 403,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // What stands in an envelope around an error; any other member makes it a record.
    private static readonly FrozenSet<string> EnvelopeNames = new[]
    {
        "code", "status", "statusCode", "error", "errorCode", "error_code", "errorType", "type", "message", "msg", "detail", "details", "title", "reason", "description", "error_description", "success", "ok", "result", "timestamp", "path", "instance", "requestId", "request_id", "traceId", "trace_id",
        "jsonrpc", "messageId", "errorId", "succeeded", "__type", "error_codes", "suberror", "correlation_id", "error_uri", "error_message", "errorMessage", "error_subcode", "documentation_url", "hint", "statusText", "status_code", "claims", "exception",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Messages = new[] { "message", "msg", "detail", "details", "title", "reason", "description", "error_description", "error" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What an answer states; null: nothing, or its status says it already.</summary>
    internal static StatedRefusal? Of(ReceivedAnswer answer)
    {
        if (answer.Status is not ((>= 200 and < 300) or 400 or 422 or (>= 500 and < 600))) return null;
        if (answer.Value("grpc-status")?.Trim() is PermissionDenied or Unauthenticated)
        {
            var code = answer.Value("grpc-status")!.Trim();
            return new(code == Unauthenticated ? 401 : 403, new(EvidenceKind.ResponseHeader, "grpc-status", $"{code} ({(code == Unauthenticated ? "UNAUTHENTICATED" : "PERMISSION_DENIED")})"), "");
        }

        if (!answer.Content.IsJson) return null;
        return Stated(answer, "errors.") ?? (IsEnvelope(answer) ? Stated(answer, "error.") ?? Stated(answer, "") : null);
    }

    private static StatedRefusal? Stated(ReceivedAnswer answer, string under)
    {
        foreach (var text in answer.Content.Texts)
        {
            if (!text.Name.StartsWith(under, StringComparison.OrdinalIgnoreCase) || (under.Length == 0 && text.Name.Contains('.', StringComparison.Ordinal)) || !CodeNames.Contains(text.LastName)) continue;
            var code = text.Text[(text.Text.LastIndexOf('#') + 1)..].Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
            // A count of errors by their number is no error.
            if (under == "errors." && code is [>= '0' and <= '9', ..] && !answer.Content.Texts.Any(other => Messages.Contains(other.LastName))) continue;
            if (Codes.TryGetValue(code.TrimEnd('!', '.'), out var status)) return new(status, new(EvidenceKind.ResponseBody, text.Name, text.Text), under.TrimEnd('.'));
        }

        return null;
    }

    /// <summary>
    /// Of an envelope that says by <c>"ok": false</c> and the like, or as an error of JSON-RPC, that it is an error, and whose words mean a refusal and nothing else:
    /// Snowflake, Odoo and Slack answer 200 so. Null: it is none, or its words say nothing of access.
    /// </summary>
    internal static StatedRefusal? ByWords(ReceivedAnswer answer, Sent sent)
    {
        if (answer.Status is not (>= 200 and < 300) || !answer.Content.IsJson) return null;
        var texts = answer.Content.Texts;
        var isCall = texts.Any(text => text.Name == "jsonrpc") && texts.Any(text => text.Name.StartsWith("error.", StringComparison.Ordinal));
        if (!isCall && !texts.Any(text => OutcomeFlags.Contains(text.Name) && text.Text is "false" or "False" or "0" or "fail" or "failed" or "failure" or "error")) return null;
        if (!texts.Any(text => Messages.Contains(text.LastName)) || !texts.All(text => text.Text.Length == 0 || text.Text == "null" || EnvelopeNames.Contains(Outermost(text.Name)) || (isCall && text.Name == "id"))) return null;
        foreach (var text in texts)
        {
            if (!Messages.Contains(text.LastName) && !CodeNames.Contains(text.LastName)) continue;
            foreach (var sentence in Wording.Of(text.Text))
            {
                if (Sayings.All.FirstOrDefault(row => (row.When & sent) != Sent.Unread && row.Pattern.IsIn(sentence)) is not { IsGeneral: false, Confidence: >= Sure, Cause: { Status: 401 or 403 } cause } || !IsOfCaller(cause)) continue;
                return new(cause.Status!.Value, new(Gatehouse.Findings.EvidenceKind.ResponseBody, text.Name, Refusal.Shortened(text.Text)), text.Name.StartsWith("error.", StringComparison.OrdinalIgnoreCase) ? "error" : "");
            }
        }

        return null;
    }

    /// <summary>From here on a saying stands for itself.</summary>
    private const double Sure = 0.82;

    private static readonly FrozenSet<string> OutcomeFlags = new[] { "ok", "success", "succeeded", "status", "result", "isSuccess" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static bool IsOfCaller(Gatehouse.Causes.Cause cause) =>
        cause.Id.Split('.')[0] is "token" or "session" or "api-key" or "account" or "authentication" or "scope" or "role" or "credentials" or "ip" or "country";

    /// <summary>One object that says an error and nothing else.</summary>
    private static bool IsEnvelope(ReceivedAnswer answer)
    {
        var texts = answer.Content.Texts;
        if (answer.Text.AsSpan().TrimStart() is not ['{', ..]) return false;
        if (answer.Status is >= 200 and < 300 && SaysSuccess(texts)) return false;
        return texts.Any(text => Messages.Contains(text.LastName)) && texts.All(text => EnvelopeNames.Contains(Outermost(text.Name)));
    }

    /// <summary><c>"success": true</c> beside <c>"message": "Token revoked"</c> tells what was done.</summary>
    private static bool SaysSuccess(IReadOnlyList<NamedText> texts) =>
        texts.Any(text => OutcomeFlags.Contains(text.Name) && text.Text.ToLowerInvariant() is "true" or "ok" or "success" or "succeeded");

    private static string Outermost(string name) => name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? name[..dot] : name;

    /// <summary>Whether a text of the body is said of this refusal.</summary>
    internal bool Covers(NamedText text) => Under.Length == 0 ? !text.Name.Contains('.', StringComparison.Ordinal) : text.Name.Equals(Under, StringComparison.OrdinalIgnoreCase) || text.Name.StartsWith(Under + ".", StringComparison.OrdinalIgnoreCase) || text.Name is "message" or "msg";
}
