using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Guard.Refusals;

namespace Gatehouse.Server.Demo;

/// <summary>What the Guard answered to a situation, over a socket.</summary>
/// <param name="Situation">What was asked.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Challenges">Values of WWW-Authenticate.</param>
/// <param name="Incident">Under which the operator finds it; null: it was served.</param>
/// <param name="Told">What the caller is told to do; null: nothing, or the page does.</param>
internal sealed record Asked(Situation Situation, int Status, IReadOnlyList<string> Challenges, string? Incident, string? Told)
{
    /// <summary>What the operator finds under the incident; null: served, or not found.</summary>
    public string? Cause { get; init; }

    /// <summary>The nearest change that would allow it, for the operator; null: none is known.</summary>
    public string? Change { get; init; }

    /// <summary>What the operator can do at the file or folder that is at fault; null: nothing of that kind is.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether it is what a right server answers.</summary>
    public bool IsRight => Status == Situation.Status && Cause == Situation.Cause;

    /// <summary>Asks, on a connection of its own.</summary>
    public static async Task<Asked> AskAsync(Uri address, Situation situation, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = async (context, stop) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, situation.From]), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }, disposeHandler: true);
        using var request = new HttpRequestMessage(new HttpMethod(situation.Method), new Uri($"http://localhost:{address.Port}{situation.Path}"));
        foreach (var (name, value) in situation.Fields) request.Headers.TryAddWithoutValidation(name, value);
        if (situation.Form is { } form) request.Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var answer = await client.SendAsync(request, cancellation);
        string? told = null;
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            told = problem.RootElement.TryGetProperty("remedy", out var remedy) ? remedy.GetString() : null;
        }

        var challenges = answer.Headers.TryGetValues("WWW-Authenticate", out var values) ? values.ToList() : [];
        var incident = answer.Headers.TryGetValues(RefusalWriter.IncidentField, out var ids) ? ids.First() : null;
        return new Asked(situation, (int)answer.StatusCode, challenges, incident, told);
    }

    /// <summary>The same with what the operator finds under its incident.</summary>
    public async Task<Asked> LookedUpAsync(IncidentFiles incidents, TimeProvider time, CancellationToken cancellation)
    {
        if (Incident is null) return this;
        // Decisions reach the disk some tenths of a second after the answer.
        for (var i = 0; i < 50; i++)
        {
            if (incidents.Find(Incident) is { } found)
            {
                using (found)
                {
                    return this with
                    {
                        Cause = found.RootElement.TryGetProperty("cause", out var cause) ? cause.GetString() : null,
                        Remedy = found.RootElement.TryGetProperty("remedies", out var remedies) && remedies.GetArrayLength() > 0 ? Text(remedies[0]) : null,
                        Change = found.RootElement.TryGetProperty("nearest-change", out var change) ? change.GetString() : null,
                    };
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation);
        }

        return this;
    }

    private static string Text(JsonElement remedy) => remedy.GetProperty("what").GetString() + (remedy.TryGetProperty("command", out var command) ? $": {command.GetString()}" : "");
}
