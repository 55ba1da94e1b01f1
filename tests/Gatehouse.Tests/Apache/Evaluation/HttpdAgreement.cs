using System.Net;
using System.Text;
using Gatehouse.Apache;
using Gatehouse.Apache.Configuration;
using Gatehouse.Apache.Evaluation;

namespace Gatehouse.Tests.Apache.Evaluation;

/// <summary>A request that is put to the real server and to the evaluation alike.</summary>
/// <param name="Method">GET, POST, ...</param>
/// <param name="Target">Path and query.</param>
/// <param name="Fields">Header fields beyond Host and Connection.</param>
internal sealed record Probe(string Method, string Target, params string[] Fields);

/// <summary>Starts httpd over a configuration and compares its status with the evaluated one, request by request.</summary>
internal sealed class HttpdAgreement : IAsyncDisposable
{
    private readonly RealHttpd server;
    private readonly HttpdEvaluator evaluator;

    private HttpdAgreement(RealHttpd server, HttpdEvaluator evaluator)
    {
        this.server = server;
        this.evaluator = evaluator;
    }

    public List<string> Differences { get; } = [];

    public int Asked { get; private set; }

    public int Known { get; private set; }

    public static async Task<HttpdAgreement> StartAsync(string folder, string configuration)
    {
        var server = await RealHttpd.StartAsync(folder, configuration);
        var view = new TreeView();
        var built = ServerBuilder.Build(ConfigurationReader.Read(Path.Combine(folder, "httpd.conf"), view, new ReadingLimits { Roots = [folder] }));
        Assert.DoesNotContain(built.Faults, fault => fault.Kind != ConfigFaultKind.NotRead);
        return new(server, new HttpdEvaluator(built, view));
    }

    public async Task AskAsync(Probe probe, string host = "lab.test")
    {
        var real = await server.AskAsync(probe.Target, host, probe.Method, probe.Fields);
        var request = new ApacheRequest
        {
            Method = probe.Method,
            UnparsedTarget = probe.Target,
            Path = "",
            HostName = host,
            Client = IPAddress.Loopback,
            Peer = IPAddress.Loopback,
            ServerAddress = IPAddress.Loopback,
            ServerPort = server.Port,
        };
        request.Headers.Add(new("Host", host));
        foreach (var field in probe.Fields)
            request.Headers.Add(new(field[..field.IndexOf(':')], field[(field.IndexOf(':') + 1)..].Trim()));
        var found = evaluator.Evaluate(request).Answer;
        Asked++;
        if (found.Status is not { } status) return;
        Known++;
        if (status != real.Status) Differences.Add($"{probe.Method} {probe.Target} {string.Join(' ', probe.Fields)}: httpd {real.Status}, evaluated {status} ({found.Reason} {found.By?.At} {found.Detail} {found.Fault?.Message})");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public static string Basic(string login) => "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login));
}
