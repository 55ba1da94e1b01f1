using System.Net;
using System.Text.Json;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Guard.Tests;

/// <summary>The Guard on a real Kestrel on a free loopback port, with its log in memory and its incidents in a folder of its own.</summary>
internal sealed class RunningGuard : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly DecisionLog _log;
    private readonly MemoryStream _lines;
    private readonly string _folder;

    private RunningGuard(WebApplication application, DecisionLog log, MemoryStream lines, string folder, int port)
    {
        _application = application;
        _log = log;
        _lines = lines;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public static async Task<RunningGuard> StartAsync(Func<string, GuardedSite?> siteOf, RequestSurroundings? surroundings = null)
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-test-").FullName;
        var lines = new MemoryStream();
        var log = new DecisionLog(lines, new IncidentFiles(Path.Combine(folder, "incidents")));
        var pipeline = new GuardPipeline(siteOf, surroundings ?? new RequestSurroundings(), new RefusalWriter(), log);
        StrictKestrel.RefuseBareLineFeeds();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            StrictKestrel.Apply(options);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        application.Run(pipeline.InvokeAsync);
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new(application, log, lines, folder, new Uri(address).Port);
    }

    /// <summary>Sends a request as a well-behaved client would, path as it stands.</summary>
    public Task<Answer> AskAsync(string path, string method = "GET", params string[] fields) => AskFromAsync(1, path, method, fields);

    /// <summary>The same from 127.0.0.<paramref name="from"/>.</summary>
    public Task<Answer> AskFromAsync(byte from, string path, string method = "GET", params string[] fields) =>
        RawAsync($"{method} {path} HTTP/1.1\r\nHost: lab.test\r\nConnection: close\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n", from);

    /// <summary>Sends these very bytes (Latin-1) and reads the first answer.</summary>
    public async Task<Answer> RawAsync(string request, byte from = 1)
    {
        await using var wire = await Wire.OpenAsync(Port, from);
        await wire.SendAsync(request);
        return await wire.ReadAsync(request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Ends the server and hands out what it logged, one object a line.</summary>
    public async Task<IReadOnlyList<JsonElement>> StopAndReadLogAsync()
    {
        await _application.StopAsync();
        await _log.DisposeAsync();
        return [.. System.Text.Encoding.UTF8.GetString(_lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>What the operator finds under an incident id, at the latest two seconds after the refusal.</summary>
    public async Task<JsonElement> IncidentAsync(string? id)
    {
        Assert.NotNull(id);
        for (var i = 0; i < 100; i++)
        {
            if (new IncidentFiles(Path.Combine(_folder, "incidents")).Find(id) is { } found) return found.RootElement;
            await Task.Delay(20);
        }

        throw new InvalidOperationException($"there is no incident {id}");
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await _log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
