using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Guard.Pipeline;

/// <summary>How Kestrel is set up below the Guard: strict about framing, silent about itself, bounded.</summary>
public static class StrictKestrel
{
    /// <summary>Makes Kestrel refuse requests whose lines end in a bare line feed (RFC 9112 section 2.2 allows it, and proxies disagree about it). Must be called before the server is built.</summary>
    public static void RefuseBareLineFeeds() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    /// <summary>Sets the limits.</summary>
    public static void Apply(KestrelServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RefuseBareLineFeeds();
        options.AddServerHeader = false;
        options.AllowResponseHeaderCompression = false;
        options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        options.Limits.MaxRequestHeaderCount = 100;
        options.Limits.MaxRequestLineSize = 8 * 1024;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
    }
}
