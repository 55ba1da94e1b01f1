using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using BenchmarkDotNet.Attributes;
using Gatehouse.Guard.Pipeline;
using Gatehouse.Guard.Refusals;
using Gatehouse.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Benchmarks;

/// <summary>What the Guard itself spends on a request, without the socket: judged, explained, told to the log and the incident store, answered.</summary>
[MemoryDiagnoser]
public class Refusing
{
    private readonly NoBody body = new();
    private DefaultHttpContext context = null!;
    private GuardPipeline silent = null!;
    private GuardPipeline telling = null!;
    private DecisionLog log = null!;
    private string incidents = null!;

    [Params("/public/file.txt", "/denied/file.txt", "/unnamed/file.txt", "/account/file.txt")]
    public string Path { get; set; } = "";

    [GlobalSetup]
    public void Build()
    {
        var surroundings = new PolicySurroundings { OpenList = _ => (null, "there is none"), CountriesKnown = false, Schemes = new Dictionary<Scheme, SchemeAbilities> { [Scheme.Cookie] = SchemeAbilities.Roles } };
        var policy = AccessPolicy.Load(
            [new() { Words = "network 192.0.2.0/24", File = "bench", Line = 1 }],
            [new() { Pattern = "/public/**", Words = "anyone", File = "bench", Line = 3 }, new() { Pattern = "/denied/**", Words = "nobody", File = "bench", Line = 4 }, new() { Pattern = "/account/**", Words = "signed-in", File = "bench", Line = 5 }],
            surroundings, out var faults) ?? throw new InvalidOperationException(string.Join('\n', faults));
        var site = new GuardedSite { Name = "bench", Policy = policy, Authenticators = [], Content = (_, _, _) => default };
        incidents = Directory.CreateTempSubdirectory("gatehouse-bench").FullName;
        log = new DecisionLog(Stream.Null, new IncidentFiles(incidents));
        silent = new(_ => site, new(), new(), new DecisionLog(null, null));
        telling = new(_ => site, new(), new(), log);

        context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(body);
        context.Request.Method = "GET";
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Path = Path;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = Path;
        context.Request.Headers.Host = "example.org";
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
    }

    [GlobalCleanup]
    public void End()
    {
        log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(incidents, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task Silent() => silent.InvokeAsync(context);

    [Benchmark]
    public Task WithLogAndIncident() => telling.InvokeAsync(context);

    /// <summary>Takes what is written and forgets it.</summary>
    private sealed class NoBody : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly byte[] bytes = new byte[64 * 1024];

        public Stream Stream => Stream.Null;

        public PipeWriter Writer => this;

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => bytes;

        public override Span<byte> GetSpan(int sizeHint = 0) => bytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
