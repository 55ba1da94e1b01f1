using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Pipeline;

/// <summary>`GET /.gatehouse/health`: 200 while requests can be decided, 503 while they can't. Tells nothing else, so anybody may ask.</summary>
internal static class HealthPage
{
    /// <summary>Its address, on every host.</summary>
    public const string Path = GuardPipeline.OwnPrefix + "health";

    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="facts">Its canonical form.</param>
    /// <param name="trouble">What keeps the Guard from deciding; null: nothing can.</param>
    /// <param name="refusal">Where false is returned, what is to be written instead.</param>
    public static bool TryWrite(HttpContext context, Facts facts, Func<string?>? trouble, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = facts.Method is not ("GET" or "HEAD") ? new Refusal { Status = StatusCodes.Status405MethodNotAllowed, Incident = Incident.NewId(), Facts = facts, Allow = "GET, HEAD" }
            : trouble?.Invoke() is { } detail ? new Refusal { Status = StatusCodes.Status503ServiceUnavailable, Incident = Incident.NewId(), Facts = facts, Detail = detail }
            : null;
        if (refusal is not null) return false;
        var response = context.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = 3;
        if (facts.Method == "GET") response.BodyWriter.Write("ok\n"u8);
        return true;
    }
}
