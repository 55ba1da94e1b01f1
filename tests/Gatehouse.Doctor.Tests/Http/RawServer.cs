using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Doctor.Tests.Http;

/// <summary>A server that answers with exactly the octets that a test gives, malformed ones too.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<string, Stream, CancellationToken, Task> answer;
    private readonly Task serving;
    private readonly Lock gate = new();
    private readonly List<string> heads = [];

    /// <summary>Answers each request with what the function writes; its first argument is the request's head.</summary>
    public RawServer(Func<string, Stream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Answers every request with the same text (ISO-8859-1) and closes.</summary>
    public RawServer(string text)
        : this((_, stream, cancel) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancel).AsTask())
    {
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>The heads of all requests, in the order in which they came.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (gate) return [.. heads];
        }
    }

    /// <summary>An answer with a body and its length.</summary>
    public static string Answer(string status, string fields = "", string body = "") => $"HTTP/1.1 {status}\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var all = new List<Task>();
        try
        {
            while (true) all.Add(OneAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(all);
        }
    }

    private async Task OneAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var octet = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(octet, stop.Token) == 1) head.Append((char)octet[0]);
                lock (gate) heads.Add(head.ToString());
                await answer(head.ToString(), stream, stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, as it may.
        }
    }
}
