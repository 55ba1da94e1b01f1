using System.Net;
using System.Text;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Guard.Proxy;

/// <summary>What is forwarded, and what is not.</summary>
public sealed record ProxySettings
{
    /// <summary>Scheme, host, port and an optional path in front.</summary>
    public required Uri Upstream { get; init; }

    /// <summary>Whether Authorization goes on as it came.</summary>
    public bool ForwardsCredentials { get; init; }

    /// <summary>Fields in which the Guard's own credentials travel (API keys): never forwarded.</summary>
    public IReadOnlyList<string> CredentialFields { get; init; } = [];

    /// <summary>Cookies of the Guard: never forwarded.</summary>
    public IReadOnlyList<string> Cookies { get; init; } = [];
}

/// <summary>
/// The reverse proxy: YARP's forwarder under our own request. Path, host and identity come from the facts that were decided on;
/// the upstream sees its own host, and ours in <c>X-Forwarded-Host</c>.
/// </summary>
public sealed class ProxyContent : IDisposable
{
    private static readonly ForwarderRequestConfig Timeouts = new() { ActivityTimeout = TimeSpan.FromSeconds(100), AllowResponseBuffering = false };

    private readonly IHttpForwarder forwarder;
    private readonly HttpMessageInvoker client;
    private readonly Transformer transformer;
    private readonly string prefix;

    // Those who use the connections: each request that is forwarded, and whoever will dispose of this.
    private int users = 1;

    /// <summary>Forwards to one upstream; the connections are this instance's own.</summary>
    public ProxyContent(IHttpForwarder forwarder, ProxySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.forwarder = forwarder;
        prefix = settings.Upstream.GetLeftPart(UriPartial.Path).TrimEnd('/');
        transformer = new Transformer(settings, prefix);
        client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        });
    }

    /// <summary>Forwards; the refusal where the upstream can't be reached and nothing was written yet.</summary>
    public async ValueTask<Refusal?> ServeAsync(HttpContext context, Facts facts, Identity? who)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Features.Set(new Decided(facts, who));
        Interlocked.Increment(ref users);
        ForwarderError error;
        try
        {
            error = await forwarder.SendAsync(context, prefix, client, Timeouts, transformer, context.RequestAborted);
        }
        finally
        {
            Release();
        }

        if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return null;
        var timedOut = error is ForwarderError.RequestTimedOut;
        if (context.Response.StatusCode is 400 or 413) return null; // the client's own fault, told by the server below
        return new Refusal
        {
            Status = timedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway,
            Incident = Incident.NewId(),
            Facts = facts,
            Who = who,
            Detail = $"the upstream {prefix} {(timedOut ? "did not answer in time" : "could not be reached")} ({error}): see whether it runs and listens there",
        };
    }

    /// <summary>Ends the connections, after the last request that is under way on one: a WebSocket or a long download outlives a change of the configuration.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        if (Interlocked.Decrement(ref users) == 0) client.Dispose();
    }

    private sealed record Decided(Facts Facts, Identity? Who);

    internal sealed class Transformer(ProxySettings settings, string prefix) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var (facts, who) = httpContext.Features.Get<Decided>()!;
            proxyRequest.RequestUri = new Uri(prefix + ForwardedPath.Encode(facts.Path) + httpContext.Request.QueryString.Value, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            var headers = proxyRequest.Headers;
            headers.Host = null;
            foreach (var field in httpContext.Request.Headers)
                if (IdentityFields.IsReserved(field.Key)) Remove(proxyRequest, field.Key);
            if (!settings.ForwardsCredentials) headers.Remove("Authorization");
            foreach (var field in settings.CredentialFields) Remove(proxyRequest, field);
            if (settings.Cookies.Count > 0 && httpContext.Request.Headers.Cookie is { Count: > 0 } cookies) KeepForeignCookies(headers, cookies);

            headers.TryAddWithoutValidation("X-Forwarded-For", facts.Address?.ToString() ?? "unknown");
            headers.TryAddWithoutValidation("X-Forwarded-Proto", facts.Secure ? "https" : "http");
            headers.TryAddWithoutValidation("X-Forwarded-Host", facts.Host);
            if (who is null) return;
            headers.TryAddWithoutValidation(IdentityFields.User, Value(who.Name));
            if (who.Roles.Count > 0) headers.TryAddWithoutValidation(IdentityFields.Roles, string.Join(',', who.Roles.Order(StringComparer.Ordinal).Select(Value)));
            if (who.Groups.Count > 0) headers.TryAddWithoutValidation(IdentityFields.Groups, string.Join(',', who.Groups.Order(StringComparer.Ordinal).Select(Value)));
            if (who.Scopes.Count > 0) headers.TryAddWithoutValidation(IdentityFields.Scopes, string.Join(' ', who.Scopes.Order(StringComparer.Ordinal).Select(Value)));
        }

        // What the upstream says passes on as it is, but for what would pass for ours: a cookie that stands for a session, the mark of a refusal.
        public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            var headers = httpContext.Response.Headers;
            headers.Remove(RefusalWriter.IncidentField);
            if (headers.SetCookie is { Count: > 0 } set && set.Any(IsOurs)) headers.SetCookie = new StringValues([.. set.Where(cookie => !IsOurs(cookie))]);
            return copied;
        }

        private bool IsOurs(string? cookie) => cookie is not null && settings.Cookies.Contains(SentName(cookie), StringComparer.Ordinal);

        // A cookie without a name (`=a=b`) goes back as its value alone (RFC 6265bis section 5.8.3), and `a=b` is then a pair of that name.
        internal static string SentName(string cookie) => cookie.Split(';', 2)[0].TrimStart(['=', ' ', '\t']).Split('=', 2)[0].TrimEnd([' ', '\t']);

        private static void Remove(HttpRequestMessage request, string name)
        {
            request.Headers.Remove(name);
            request.Content?.Headers.Remove(name);
        }

        private void KeepForeignCookies(System.Net.Http.Headers.HttpRequestHeaders headers, StringValues cookies)
        {
            headers.Remove("Cookie");
            var kept = cookies.SelectMany(line => (line ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Where(pair => !settings.Cookies.Contains(SentName(pair), StringComparer.Ordinal));
            var text = string.Join("; ", kept);
            if (text.Length > 0) headers.TryAddWithoutValidation("Cookie", text);
        }

        /// <summary>Visible ASCII but comma and percent as it is; every other byte of UTF-8 as %XX.</summary>
        internal static string Value(string text)
        {
            if (text.All(c => c is > ' ' and < '\x7f' and not ',' and not '%')) return text;
            var result = new StringBuilder();
            foreach (var b in Encoding.UTF8.GetBytes(text))
            {
                if (b is > 0x20 and < 0x7f and not (byte)',' and not (byte)'%') result.Append((char)b);
                else result.Append('%').Append(Convert.ToHexString([b]));
            }

            return result.ToString();
        }
    }
}
