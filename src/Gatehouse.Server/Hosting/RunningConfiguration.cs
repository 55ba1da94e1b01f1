using Gatehouse.Guard.Hosting;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Guard.Settings;
using Gatehouse.Guard.SignIn;
using Gatehouse.Server.Commands;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Server.Hosting;

/// <summary>
/// What runs now. The file is looked at twice a second (and on SIGHUP); a changed one that is right becomes a new pipeline, while
/// requests that are under way end in the old one. A changed one with faults is told and changes nothing.
/// </summary>
internal sealed class RunningConfiguration : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>A file that was written this moment may be half of what it will be, and half of it may be right.</summary>
    private static readonly TimeSpan Settles = TimeSpan.FromMilliseconds(250);

    /// <summary>How long what was replaced lives on for the requests that it is to decide. What is forwarded meanwhile may take any time.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(1);

    private readonly IHttpForwarder forwarder;
    private readonly TimeProvider time;
    private readonly RefusalWriter writer = new();
    private readonly DecisionLog log;
    private readonly SignInParts signIn;
    private readonly Lock renewing = new();
    private ITimer? timer;
    private GuardConfiguration configuration;
    private SiteSet sites;
    private CountryLookup? countries;
    private (DateTime, long) stamp;
    private volatile GuardPipeline pipeline;

    private RunningConfiguration(GuardConfiguration configuration, SiteSet sites, CountryLookup? countries, SignInParts signIn, IHttpForwarder forwarder, TimeProvider time)
    {
        this.configuration = configuration;
        this.sites = sites;
        this.countries = countries;
        this.signIn = signIn;
        this.forwarder = forwarder;
        this.time = time;
        stamp = Stamp(configuration.File);
        log = new DecisionLog(Console.OpenStandardOutput(), new IncidentFiles(Path.Combine(configuration.State, "incidents")), time, message => Console.Error.WriteLine("gatehouse: " + message));
        pipeline = NewPipeline();
    }

    /// <summary>The pipeline for the next request.</summary>
    public GuardPipeline Pipeline => pipeline;

    /// <summary>Builds everything; null after the faults were written to stderr.</summary>
    public static RunningConfiguration? Start(GuardConfiguration configuration, IHttpForwarder forwarder, ILoggerFactory logs, TimeProvider time)
    {
        if (!TryBuild(configuration, SignInParts.Create(time, logs), isFirst: true, forwarder, time, out var sites, out var countries, out var signIn)) return null;
        var running = new RunningConfiguration(configuration, sites!, countries, signIn!, forwarder, time);
        running.timer = time.CreateTimer(_ => running.Look(), null, LookEvery, LookEvery);
        return running;
    }

    /// <summary>Reads the file again whether or not it changed.</summary>
    public void RenewNow()
    {
        lock (renewing) Renew();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (timer is not null) await timer.DisposeAsync();
        await log.DisposeAsync();
        sites.Dispose();
        countries?.Dispose();
        signIn.Dispose();
    }

    private void Look()
    {
        // A slow renewal is not overtaken by the next tick.
        if (!renewing.TryEnter()) return;
        try
        {
            if (Stamp(configuration.File) is var (written, length) && (written, length) != stamp && !(written <= Now && Now - written < Settles)) Renew();
        }
        finally
        {
            renewing.Exit();
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private void Renew()
    {
        stamp = Stamp(configuration.File);
        try
        {
            RenewFrom();
        }
#pragma warning disable CA1031 // whatever is wrong with a new configuration, the one that runs goes on, and so does the process
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"gatehouse: {configuration.File} can't be put in force ({fault.GetType().Name}: {fault.Message}): what was read before goes on");
        }
    }

    private void RenewFrom()
    {
        if (ConfigurationOption.Read(configuration.File) is not { } next || !TryBuild(next, signIn, isFirst: false, forwarder, time, out var nextSites, out var nextCountries, out _))
        {
            Console.Error.WriteLine($"gatehouse: {configuration.File} has faults and is not in force: what was read before goes on");
            return;
        }

        if (!next.Listen.SequenceEqual(configuration.Listen) || next.Metrics != configuration.Metrics)
            Console.Error.WriteLine("gatehouse: `listen` or `metrics` changed: restart to listen elsewhere; the rest is in force now");
        var (oldSites, oldCountries) = (sites, countries);
        (configuration, sites, countries) = (next, nextSites!, nextCountries);
        pipeline = NewPipeline();
        Console.Error.WriteLine($"gatehouse: {configuration.File} was read again and is in force");
        _ = DisposeLaterAsync(oldSites, oldCountries);
    }

    private async Task DisposeLaterAsync(params IDisposable?[] replaced)
    {
        await Task.Delay(Drain, time);
        foreach (var one in replaced) one?.Dispose();
    }

    private static bool TryBuild(GuardConfiguration configuration, SignInParts parts, bool isFirst, IHttpForwarder forwarder, TimeProvider time, out SiteSet? sites, out CountryLookup? countries, out SignInParts? signIn)
    {
        (sites, countries, signIn) = (null, null, parts);
        var faults = new List<ConfigurationFault>();
        if (configuration.Geo is { } geo) countries = CountryLookup.Open(geo, configuration.File, faults, time);
        if (signIn.Wire(configuration, faults) is { } wiring)
        {
            sites = SiteSet.Build(configuration, wiring, countries is not null, forwarder, time, out var found);
            faults.AddRange(found);
        }

        ConfigurationOption.Tell(faults);
        if (sites is not null && !faults.Exists(fault => fault.IsError)) return true;
        sites?.Dispose();
        countries?.Dispose();
        if (isFirst) signIn.Dispose();
        return false;
    }

    private GuardPipeline NewPipeline()
    {
        var known = countries;
        return new GuardPipeline(
            sites.Of,
            new RequestSurroundings { TrustedProxies = configuration.TrustedProxies, ForwardingField = configuration.ForwardingField, CountryOf = known is null ? null : known.Of, Trouble = signIn.Trouble, Time = time },
            writer,
            log);
    }

    private static (DateTime, long) Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
