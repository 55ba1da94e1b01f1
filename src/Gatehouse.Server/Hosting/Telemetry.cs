using Gatehouse.Guard.Settings;
using OpenTelemetry.Metrics;

namespace Gatehouse.Server.Hosting;

/// <summary>Figures for those who watch: by status and cause, never by user or path, which would be endless and tell too much.</summary>
internal static class Telemetry
{
    /// <summary>The meters that are told of.</summary>
    private static readonly string[] Meters = ["Gatehouse.Guard", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Sends to OpenTelemetry where the configuration names a collector.</summary>
    public static void Add(WebApplicationBuilder builder, GuardConfiguration configuration)
    {
        if (configuration.OpenTelemetry is not { } collector) return;
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => Measure(metrics).AddOtlpExporter(exporter => exporter.Endpoint = collector));
    }

    /// <summary>The meters.</summary>
    public static MeterProviderBuilder Measure(MeterProviderBuilder metrics) => metrics.AddMeter(Meters);
}
