using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Causes;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Guard.Pipeline;

/// <summary>`GET /.gatehouse/causes/ID`: where `type` of a refusal leads (RFC 9457 section 3.1.1). The same on every host, and about no request.</summary>
internal static class CausePages
{
    // As many as the catalogue has.
    private static readonly ConcurrentDictionary<string, byte[]> Pages = new(StringComparer.Ordinal);

    /// <summary>Answers, where the address is one of these.</summary>
    public static bool TryWrite(HttpContext context, Facts facts)
    {
        if (facts.Method is not ("GET" or "HEAD") || !facts.Path.StartsWith(RefusalWriter.CausePages, StringComparison.Ordinal)) return false;
        if (Catalogue.Find(facts.Path[RefusalWriter.CausePages.Length..]) is not { } cause) return false;
        var page = Pages.GetOrAdd(cause.Id, static (_, cause) => Encoding.UTF8.GetBytes(RefusalPage.Write(cause)), cause);
        var headers = context.Response.Headers;
        headers.ContentType = "text/html; charset=utf-8";
        headers.CacheControl = "public, max-age=3600";
        headers.ContentSecurityPolicy = RefusalPage.ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = page.Length;
        if (facts.Method == "GET")
        {
            page.CopyTo(context.Response.BodyWriter.GetSpan(page.Length));
            context.Response.BodyWriter.Advance(page.Length);
        }

        return true;
    }
}
