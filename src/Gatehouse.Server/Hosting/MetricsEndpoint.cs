using System.Net;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Settings;
using OpenTelemetry.Metrics;

namespace Gatehouse.Server.Hosting;

/// <summary>Prometheus' page on a listener of its own, so that no rule of a site and no slip in one opens it.</summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;

    private MetricsEndpoint(WebApplication app) => this.app = app;

    /// <summary>Starts; faults of the address are the caller's to tell.</summary>
    public static async Task<MetricsEndpoint> StartAsync(ListenAddress address, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            StrictKestrel.Apply(kestrel);
            if (address.Host == "*") kestrel.ListenAnyIP(address.Port);
            else if (address.Host == "localhost") kestrel.ListenLocalhost(address.Port);
            else kestrel.Listen(Grammar.Address.TryParse(address.Host, out var ip, out _) ? ip! : IPAddress.Loopback, address.Port);
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => Telemetry.Measure(metrics).AddPrometheusExporter());
        var app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
        app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await app.StartAsync(cancellation);
        return new MetricsEndpoint(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
