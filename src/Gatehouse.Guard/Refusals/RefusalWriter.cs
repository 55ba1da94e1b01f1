using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Gatehouse.Causes;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Guard.Refusals;

/// <summary>
/// The only place that answers 401 or 403. Says the same in problem+json (RFC 9457), HTML or plain text, as much of it
/// as the site's level allows, never lets a shared cache keep it, and keeps the bodies that are the same for everybody ready.
/// </summary>
public sealed class RefusalWriter
{
    /// <summary>Where the page of a cause stands on this host; the id follows.</summary>
    public const string CausePages = "/.gatehouse/causes/";

    /// <summary>The field that tells a refusal of the Guard from one of the application behind it, and the operator where to look.</summary>
    public const string IncidentField = "Gatehouse-Incident";

    /// <summary>How many ready bodies are kept: causes times rules times formats of a large configuration. Beyond it all are made anew.</summary>
    private const int MaximumPrepared = 4096;

    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Policy = RefusalPage.ContentSecurityPolicy;
    private static readonly StringValues Referrer = "same-origin";
    private static readonly StringValues RetryAfter = "10";
    private static readonly StringValues Close = "close";

    private readonly ConcurrentDictionary<Kind, Prepared> _prepared = new();

    /// <summary>Answers. Faults do not escape: what can't be written ends the connection.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">What to answer.</param>
    /// <param name="site">Whose words, form and cookie apply; null: no site was found for the request.</param>
    public void Write(HttpContext context, Refusal refusal, GuardedSite? site)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        try
        {
            response.Clear();
            Answer(context, response, refusal, site);
        }
#pragma warning disable CA1031 // the last resort: whatever failed, the request must not be served and the process must live
        catch (Exception)
#pragma warning restore CA1031
        {
            if (response.HasStarted)
            {
                context.Abort();
                return;
            }

            response.Clear();
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.ContentLength = 0;
        }
    }

    private void Answer(HttpContext context, HttpResponse response, Refusal refusal, GuardedSite? site)
    {
        var request = context.Request;
        var explain = site?.Explain ?? ExplainLevel.Minimal;
        var format = AnswerFormats.For(request);
        SignInForm? form = null;
        if (format == AnswerFormat.Page && refusal.Status == StatusCodes.Status401Unauthorized && refusal.Facts is { } facts && site?.SignInForm is { } formOf) form = formOf(context, facts);
        var body = form is null && Words.AreShared(refusal, explain) ? Ready(refusal, explain, format) : Make(refusal, explain, format, form, refusal.Incident);

        var headers = response.Headers;
        response.StatusCode = refusal.Status;
        headers.ContentType = body.ContentType;
        response.ContentLength = body.Length;
        headers.CacheControl = NoStore;
        headers.XContentTypeOptions = NoSniff;
        headers[IncidentField] = refusal.Incident;
        if (format == AnswerFormat.Page)
        {
            headers.ContentSecurityPolicy = Policy;
            headers["Referrer-Policy"] = Referrer;
        }

        if (refusal.Challenges.Count > 0) headers.WWWAuthenticate = Challenges(refusal, form);
        if (refusal.Allow is { } allow) headers.Allow = allow;
        if (refusal.Status == StatusCodes.Status503ServiceUnavailable) headers.RetryAfter = RetryAfter;
        if (refusal.ClearsSession && ((refusal.Facts is { Secure: true } ? site?.ClearSecureSessionCookie : null) ?? site?.ClearSessionCookie) is { } clear) headers.SetCookie = StringValues.Concat(headers.SetCookie, clear);
        if (form?.SetCookie is { } cookie) headers.SetCookie = StringValues.Concat(headers.SetCookie, cookie);
        if (HttpProtocol.IsHttp11(request.Protocol) && (refusal.Closes || HasLongBody(request))) headers.Connection = Close;

        if (HttpMethods.IsHead(request.Method)) return;
        var writer = response.BodyWriter;
        body.Write(refusal.Incident, writer.GetSpan(body.Length));
        writer.Advance(body.Length);
    }

    /// <summary>
    /// All of them; with the form, Basic's is left off: browsers put their password box over a page that comes with it
    /// (they know no other scheme), and the form could never be filled in.
    /// </summary>
    private static StringValues Challenges(Refusal refusal, SignInForm? form)
    {
        if (refusal.Challenges is [{ } only]) return only;
        if (form is null) return new StringValues([.. refusal.Challenges]);
        var others = refusal.Challenges.Where(challenge => !challenge.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)).ToArray();
        return new StringValues(others.Length > 0 ? others : [.. refusal.Challenges]);
    }

    /// <summary>A body that is worth more than a new connection is not read to its end.</summary>
    private static bool HasLongBody(HttpRequest request) => request.ContentLength > 64 * 1024 || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0);

    private Prepared Ready(Refusal refusal, ExplainLevel explain, AnswerFormat format)
    {
        var kind = new Kind(refusal.Status, explain == ExplainLevel.Minimal ? null : refusal.Finding?.Cause, explain == ExplainLevel.Minimal ? null : refusal.Rule, explain, format);
        if (_prepared.TryGetValue(kind, out var ready)) return ready;
        if (_prepared.Count >= MaximumPrepared) _prepared.Clear();
        return _prepared.GetOrAdd(kind, static (kind, refusal) => Make(refusal, kind.Explain, kind.Format, null, Prepared.Marker), refusal);
    }

    private static Prepared Make(Refusal refusal, ExplainLevel explain, AnswerFormat format, SignInForm? form, string incident)
    {
        var words = Words.For(refusal, explain);
        var full = explain == ExplainLevel.Full && refusal.Status != StatusCodes.Status404NotFound ? refusal : null;
        return format switch
        {
            AnswerFormat.Problem => new("application/problem+json", Problem(words, refusal.Status, incident, full)),
            AnswerFormat.Page => new("text/html; charset=utf-8", RefusalPage.Write(words, refusal.Status, incident, form, full is null ? null : FullText(full))),
            AnswerFormat.Text => new("text/plain; charset=utf-8", $"{refusal.Status} {words.Title}\n\n{words.Detail}\n{words.Remedy}\n\n{(full is null ? "" : FullText(full) + "\n")}Incident {incident}\n"),
        };
    }

    // RFC 9457 section 3.1; the extensions are those of the contract.
    private static string Problem(Words words, int status, string incident, Refusal? full)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", words.Cause is { } cause ? CausePages + cause.Id : "about:blank");
            json.WriteString("title", words.Title);
            json.WriteNumber("status", status);
            json.WriteString("detail", words.Detail);
            json.WriteString("instance", "/.gatehouse/incidents/" + incident);
            if (words.Cause is not null) json.WriteString("cause", words.Cause.Id);
            json.WriteString("incident", incident);
            json.WriteString("remedy", words.Remedy);
            if (full is not null)
            {
                if (full.Decision?.Rule is { } rule) json.WriteString("rule", $"{rule.File}:{rule.Line}: {rule.Text}");
                json.WriteStartArray("trace");
                foreach (var step in full.Decision?.Trace ?? []) json.WriteStringValue(Line(step));
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static string FullText(Refusal refusal)
    {
        var text = new StringBuilder();
        if (refusal.Decision?.Rule is { } rule) text.Append("rule ").Append(rule.File).Append(':').Append(rule.Line).Append(": ").Append(rule.Text).Append('\n');
        foreach (var step in refusal.Decision?.Trace ?? []) text.Append(Line(step)).Append('\n');
        return text.ToString();
    }

    private static string Line(TraceStep step) => $"{step.Condition}: {Shown(step.Value)} ({step.Why})";

    internal static string Shown(Verdict verdict) => verdict switch
    {
        Verdict.Deny => "false",
        Verdict.NeedsIdentity => "unknown",
        Verdict.Allow => "true",
    };

    /// <summary>What a ready body depends on; causes and rules are compared as the objects that they are.</summary>
    private readonly record struct Kind(int Status, Cause? Cause, RuleText? Rule, ExplainLevel Explain, AnswerFormat Format)
    {
        public bool Equals(Kind other) => Status == other.Status && ReferenceEquals(Cause, other.Cause) && ReferenceEquals(Rule, other.Rule) && Explain == other.Explain && Format == other.Format;

        public override int GetHashCode() => HashCode.Combine(Status, Cause is null ? 0 : RuntimeHelpers.GetHashCode(Cause), Rule is null ? 0 : RuntimeHelpers.GetHashCode(Rule), Explain, Format);
    }
}
