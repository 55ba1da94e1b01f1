using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Guard.Settings;
using Gatehouse.Server.Commands;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting.Systemd;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Server.Hosting;

/// <summary>
/// The Guard as a process: Kestrel below, the pipeline above, the configuration renewed while it runs. It stands whole or not
/// at all: every fault of the start is one sentence on stderr and no listener.
/// </summary>
internal sealed class GuardServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly RunningConfiguration running;
    private readonly MetricsEndpoint? metrics;
    private readonly PosixSignalRegistration hangUp;

    private GuardServer(WebApplication app, RunningConfiguration running, MetricsEndpoint? metrics)
    {
        this.app = app;
        this.running = running;
        this.metrics = metrics;
        hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            running.RenewNow();
        });
    }

    /// <summary>The addresses at which it listens, with the ports that were taken.</summary>
    public IReadOnlyCollection<string> Addresses => [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Starts; null after the reason was written to stderr.</summary>
    public static async Task<GuardServer?> StartAsync(string configurationFile, CancellationToken cancellation)
    {
        if (ConfigurationOption.Read(configurationFile) is not { } configuration) return null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        // Faults of the start are told below in a sentence, not by the host with a stack; those of requests by the pipeline: the host's
        // own diagnostics would make an activity and a scope for each request, for nobody.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None).AddFilter("Yarp", LogLevel.None).AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSystemd();
        if (!SystemdHelpers.IsSystemdService() && Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 })
        {
            // Whoever else passes the socket (containers, supervisors) wants to be told as well.
            builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
            builder.Services.AddSingleton<IHostLifetime, SystemdLifetime>();
        }

        builder.Services.AddHttpForwarder();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        var listening = new List<(ListenAddress Address, X509Certificate2Collection? Certificate)>();
        foreach (var address in configuration.Listen)
        {
            X509Certificate2Collection? certificate = null;
            if (address.Secure && !TryCertificate(address, out certificate)) return null;
            listening.Add((address, certificate));
        }

        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.IOQueueCount = 0).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            StrictKestrel.Apply(kestrel);
            kestrel.Limits.MaxRequestBodySize = configuration.MaxBodyInBytes;
            foreach (var (address, certificate) in listening) Listen(kestrel, address, certificate);
        });
        Telemetry.Add(builder, configuration);
        var app = builder.Build();
        var running = RunningConfiguration.Start(configuration, app.Services.GetRequiredService<IHttpForwarder>(), app.Services.GetRequiredService<ILoggerFactory>(), TimeProvider.System);
        if (running is null)
        {
            await app.DisposeAsync();
            return null;
        }

        app.Run(context => running.Pipeline.InvokeAsync(context));
        MetricsEndpoint? metrics = null;
        try
        {
            if (configuration.Metrics is { } address) metrics = await MetricsEndpoint.StartAsync(address, cancellation);
            await app.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync(error.InnerException is AddressInUseException
                ? $"gatehouse: {InUse(error.Message, configuration, out var key)} is taken by another program: stop it, or name another port under `{key}` in {configurationFile}"
                : $"gatehouse: can't listen: {error.Message}");
            await DisposeAllAsync(app, running, metrics);
            return null;
        }
        catch (System.Net.Sockets.SocketException error)
        {
            var (at, key) = metrics is null && configuration.Metrics is { } wanted ? (wanted.ToString(), "metrics") : (string.Join(", ", configuration.Listen), "listen");
            var advice = error.SocketErrorCode switch
            {
                System.Net.Sockets.SocketError.AccessDenied => "ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE",
                System.Net.Sockets.SocketError.AddressNotAvailable => "no interface of this machine has that address",
                _ => $"see `{key}` in {configurationFile}",
            };
            await Console.Error.WriteLineAsync($"gatehouse: can't listen at {at}: {error.Message}: {advice}");
            await DisposeAllAsync(app, running, metrics);
            return null;
        }

        var server = new GuardServer(app, running, metrics);
        await Console.Error.WriteLineAsync($"gatehouse: {configurationFile} is in force; listening at {string.Join(", ", server.Addresses)}");
        return server;
    }

    /// <summary>Until somebody stops it.</summary>
    public Task WaitAsync() => app.WaitForShutdownAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        hangUp.Dispose();
        await app.StopAsync(CancellationToken.None);
        await DisposeAllAsync(app, running, metrics);
    }

    private static async Task DisposeAllAsync(WebApplication app, RunningConfiguration running, MetricsEndpoint? metrics)
    {
        if (metrics is not null) await metrics.DisposeAsync();
        await app.DisposeAsync();
        await running.DisposeAsync();
    }

    /// <summary>The address that a message of Kestrel's speaks of, and the key under which it stands.</summary>
    private static string InUse(string message, GuardConfiguration configuration, out string key)
    {
        var taken = configuration.Listen.Append(configuration.Metrics).OfType<ListenAddress>().FirstOrDefault(address => message.Contains($":{address.Port}:", StringComparison.Ordinal) || message.Contains($":{address.Port} ", StringComparison.Ordinal));
        key = ReferenceEquals(taken, configuration.Metrics) && taken is not null ? "metrics" : "listen";
        return taken?.ToString() ?? "the address";
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, X509Certificate2Collection? certificate)
    {
        Action<ListenOptions> set = listen =>
        {
            listen.Protocols = address.Secure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            if (certificate is not null)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate[0];
                    https.ServerCertificateChain = certificate;
                    https.SslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13;
                });
            }
        };
        if (address.Host == "*") kestrel.ListenAnyIP(address.Port, set);
        // A free port can't be the same one at both loopback addresses.
        else if (address.Host == "localhost" && address.Port == 0) kestrel.Listen(IPAddress.Loopback, 0, set);
        else if (address.Host == "localhost") kestrel.ListenLocalhost(address.Port, set);
        else kestrel.Listen(Grammar.Address.TryParse(address.Host, out var ip, out _) ? ip! : IPAddress.Loopback, address.Port, set);
    }

    private static bool IsPem(string path)
    {
        using var file = new StreamReader(path);
        return file.ReadLine()?.StartsWith("-----BEGIN ", StringComparison.Ordinal) == true;
    }

    private static bool TryCertificate(ListenAddress address, out X509Certificate2Collection? chain)
    {
        chain = [];
        try
        {
            if (address.Key is { } key)
            {
                using var pem = address.Password is { } password
                    ? X509Certificate2.CreateFromEncryptedPemFile(address.Certificate!, password, key)
                    : X509Certificate2.CreateFromPemFile(address.Certificate!, key);
                // Kestrel wants the private key bound to the certificate, which the round trip does on every system.
                chain.Add(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
                var rest = new X509Certificate2Collection();
                rest.ImportFromPemFile(address.Certificate!);
                foreach (var issuer in rest.Skip(1)) chain.Add(issuer);
            }
            else chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(address.Certificate!, address.Password);

            if (chain.Count == 0 || !chain[0].HasPrivateKey)
            {
                Console.Error.WriteLine($"gatehouse: {address.Certificate} has no private key: name it with `key:`, or use a PFX that holds it");
                return false;
            }

            if (chain[0].NotAfter < TimeProvider.System.GetLocalNow().DateTime)
                Console.Error.WriteLine($"gatehouse: warning: the certificate {address.Certificate} ended on {chain[0].NotAfter:yyyy-MM-dd}: browsers will refuse it");
            return true;
        }
        catch (CryptographicException) when (address.Key is null && IsPem(address.Certificate!))
        {
            Console.Error.WriteLine($"gatehouse: {address.Certificate} is a PEM file and no `key:` stands beside it: name the private key (the same file, where it holds both)");
            return false;
        }
        catch (CryptographicException)
        {
            Console.Error.WriteLine($"gatehouse: the certificate {address.Certificate}{(address.Key is null ? "" : $" and key {address.Key}")} can't be used: it is no {(address.Key is null ? "PFX" : "PEM")} file, the key does not belong to it, or the password is wrong; see `openssl x509 -in {address.Certificate} -noout -subject`");
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gatehouse: the certificate {address.Certificate} or its key can't be read: permission denied; let the account that runs Gatehouse read both");
            return false;
        }
        catch (IOException error)
        {
            Console.Error.WriteLine($"gatehouse: the certificate {address.Certificate} can't be read: {error.Message}");
            return false;
        }
    }
}
